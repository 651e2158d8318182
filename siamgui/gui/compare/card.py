"""The verdict card: what the two faces say, in words, colour and shape, and what is behind it on demand."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from siamgui.core import firmness_words, wording
from siamgui.core.i18n import tr
from siamgui.core.types import Comparison, Outcome
from siamgui.gui.compare.state import PairState
from siamgui.gui.compare.truth_row import TruthRow
from siamgui.gui.display import image_of
from siamgui.gui.widgets.answer_card import AnswerCard
from siamgui.gui.widgets.face_picture import FaceTile
from siamgui.gui.widgets.gauge import DistanceGauge
from siamgui.gui.widgets.kit import (
    Align,
    Icon,
    at,
    bar,
    box,
    column,
    grow,
    label,
    row,
    say,
    shortcuts,
    stretch,
    tool,
)

UNDER_HEIGHT = 196
CROP_UNDER = 96
CROP_BESIDE = 160
BESIDE_WIDTH = 372


class VerdictCard(AnswerCard):
    """Shows a PairState."""

    report_wanted = Signal()
    """Of the comparison that is shown."""
    closer_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._state: PairState | None = None
        self._beside = False
        self.crops = (FaceTile(CROP_UNDER, tr("Left")), FaceTile(CROP_UNDER, tr("Right")))
        self.symbol = Icon(side=28)
        self.truth = TruthRow()
        self.closer_button = tool("closer", self.closer_wanted, words=True)
        self.firm = label(role="small", wrap=True)
        self.bar = bar(tr("Working"))
        self.bar.setRange(0, 0)
        self.gauge = DistanceGauge()
        self.report_button = tool("report", self.report_wanted, words=True)
        shortcuts(self, {"report": self.report_wanted})
        self._build()

    def _build(self) -> None:
        upper = row(self.details_button, self.copy_button, stretch(), spacing=0)
        lower = row(self.closer_button, self.report_button, stretch(), spacing=0)
        self._buttons = box(column(upper, lower, spacing=0))
        self._face_column = column(row(*self.crops, stretch()), self._buttons, stretch(), spacing=4)
        head = row(at(self.symbol, Align.AlignTop), grow(self.headline))
        parts = (self.bar, self.reason, self.rarity, self.firm, self.advice, self.truth)
        self._word_column = column(head, *parts, stretch())
        self._measure_column = column(self.gauge, stretch())
        self._columns = row(self._face_column, grow(self._word_column), grow(self._measure_column), spacing=16)
        self._content = column(self._columns, self.details, stretch(), spacing=12, margins=11)
        self.place(self._content)
        self.setLayout(column(self.scroll_area))
        self.set_beside(False)

    def set_beside(self, beside: bool) -> None:
        """True: a tall card beside the photographs; False: a flat one under them."""
        self._beside = beside
        self._columns.setDirection(QHBoxLayout.Direction.TopToBottom if beside else QHBoxLayout.Direction.LeftToRight)
        # Under the faces the buttons cost no height; beside the photographs they come after what they are about.
        for crop in self.crops:
            crop.face.setFixedSize(*(2 * (CROP_BESIDE if beside else CROP_UNDER,)))
        (self._measure_column if beside else self._face_column).insertWidget(1, self._buttons)
        self.setSizePolicy(
            QSizePolicy.Policy.Fixed if beside else QSizePolicy.Policy.Preferred,
            QSizePolicy.Policy.Preferred if beside else QSizePolicy.Policy.Fixed,
        )
        self.details.arrange(1 if beside else 2)
        self._show()

    def sizeHint(self) -> QSize:
        if self._beside:
            return QSize(BESIDE_WIDTH, 480)
        # As high as its content, but the photographs keep the larger part of the window.
        needed = self._content.totalHeightForWidth(max(self.width(), 480) - 24)  # as if a scroll bar took its part
        share = 0.5 if self.details.isVisibleTo(self) else 0.4
        return QSize(800, min(max(needed + 8, UNDER_HEIGHT), round(share * self.window().height())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return QSize(BESIDE_WIDTH if self._beside else 480, 160)

    def render_state(self, state: PairState) -> None:
        before, self._state = self._state, state
        same = before is not None and state.comparison is not None and state.comparison is before.comparison
        same = same and before is not None and state.checking is before.checking
        self.truth.render_state(state)
        if not same:
            self._show()

    def _show(self) -> None:
        state = self._state
        if state is None:
            return
        comparison = state.comparison
        if comparison is not None:
            self._show_verdict(comparison, state.checking)
        else:
            self._show_wait(state)
        names = (tr("Left face as it is compared"), tr("Right face as it is compared"))
        for side, crop, name in zip((state.left, state.right), self.crops, names, strict=True):
            crop.face.set_image(image_of(side.reading.crop) if side.reading is not None else None, name)
        self.copy_button.setEnabled(comparison is not None)
        self.closer_button.setEnabled(comparison is not None)
        self.details_button.setEnabled(comparison is not None)
        self.report_button.setEnabled(comparison is not None and not state.checking)
        self.show_details()

    def details_rows(self) -> tuple[tuple[str, str], ...]:
        state = self._state
        if state is None or state.comparison is None:
            return ()
        return (*wording.details(state.comparison), *_timings(state))

    def as_text(self) -> str:
        state = self._state
        if state is None or state.comparison is None or state.left.shown is None or state.right.shown is None:
            return ""
        return wording.as_text(state.comparison, state.left.shown.photo.name, state.right.shown.photo.name)

    def _show_verdict(self, comparison: Comparison, checking: bool) -> None:
        verdict = comparison.verdict
        known = firmness_words.untried() if verdict.firmness is None else firmness_words.standing(verdict)
        firm = firmness_words.checking() if checking else known
        advice = wording.all_advice(comparison)
        headline, rarity, reason = wording.headline(verdict.outcome), wording.rarity(verdict), wording.reason(verdict)
        self._show_outcome(verdict.outcome, headline)
        say(self.rarity, rarity)
        say(self.reason, reason)
        # A decided verdict is followed by its rarity, an open one by what would help.
        self._word_column.removeWidget(self.rarity)
        self._word_column.insertWidget(4 if reason else 3, self.rarity)
        say(self.firm, firm)
        self.warn(advice)
        self.bar.hide()
        self.gauge.set_comparison(comparison)
        # Said aloud once it is settled: a moment later, but only once.
        self.describe(headline, rarity, reason, firm, *advice, aloud=not checking)

    def _show_wait(self, state: PairState) -> None:
        working = (state.left.busy or state.right.busy) and state.blocked is None
        if state.blocked is not None:
            headline, text = tr("Cannot compare yet"), str(state.blocked)
        elif working and state.left.shown is not None and state.right.shown is not None:
            headline, text = tr("Comparing…"), ""
        elif working:
            headline, text = tr("Looking for faces…"), ""
        else:
            headline, text = tr("One more photo"), tr("Drop or open the second photo to compare the two faces.")
        self._show_outcome(None, headline)
        say(self.rarity, text)
        say(self.reason, "")
        say(self.firm, "")
        self.warn(())
        self.bar.setVisible(working)
        self.gauge.set_comparison(None)
        self.describe(f"{headline}.", text)

    def _show_outcome(self, outcome: Outcome | None, headline: str) -> None:
        self.show_headline(outcome, headline)
        self.symbol.setVisible(outcome is not None)
        if outcome is not None:
            self.symbol.show_icon(outcome.value, outcome.value)


def _timings(state: PairState) -> tuple[tuple[str, str], ...]:
    left, right = state.left.loaded, state.right.loaded
    if left is None or right is None or left.read is None or right.read is None:
        return ()
    rows = (
        (tr("Time to decode"), left.decoded.milliseconds, right.decoded.milliseconds),
        (tr("Time to find and read the face"), left.read.milliseconds, right.read.milliseconds),
    )
    return tuple(
        (name, tr("left {left}, right {right}", left=f"{a:.0f} ms", right=f"{b:.0f} ms")) for name, a, b in rows
    )
