"""The verdict card: what the two faces say, in words, colour and shape, and what is behind it on demand."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy

from siamgui.core import wording
from siamgui.core.i18n import tr
from siamgui.core.types import Comparison
from siamgui.gui import theme
from siamgui.gui.compare.state import PairState
from siamgui.gui.compare.truth_row import TruthRow
from siamgui.gui.display import wrap
from siamgui.gui.widgets.details import DetailsTable
from siamgui.gui.widgets.face_picture import FaceTile
from siamgui.gui.widgets.gauge import DistanceGauge
from siamgui.gui.widgets.kit import (
    Align,
    Card,
    CopyButton,
    FoldButton,
    Icon,
    announce,
    at,
    bar,
    box,
    column,
    grow,
    label,
    row,
    say,
    stretch,
)
from siamgui.gui.widgets.scrolling import scrolling

UNDER_HEIGHT = 196
CROP_UNDER = 96
CROP_BESIDE = 160
BESIDE_WIDTH = 372


class VerdictCard(Card):
    """Shows a PairState. Its content scrolls where there is no room."""

    copy_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._state: PairState | None = None
        self._beside = False
        self.setAccessibleName(tr("Verdict"))
        self.crops = (FaceTile(CROP_UNDER, tr("Left")), FaceTile(CROP_UNDER, tr("Right")))
        self.symbol = Icon(side=28)
        self.headline = label(role="headline", wrap=True)
        self.rarity, self.reason, self.advice = (label(wrap=True) for _ in range(3))
        self.truth = TruthRow()
        self.bar = bar(tr("Working"))
        self.bar.setRange(0, 0)
        self.gauge = DistanceGauge()
        self.details_button = FoldButton(name="details")
        self.details_button.toggled.connect(self._show_details)
        self.copy_button = CopyButton(self.copy_wanted)
        self.details = DetailsTable()
        self.details.hide()
        self._build()

    def _build(self) -> None:
        self._buttons = box(row(self.details_button, self.copy_button, stretch(), spacing=0))
        self._face_column = column(row(*self.crops, stretch()), self._buttons, stretch(), spacing=4)
        head = row(at(self.symbol, Align.AlignTop), grow(self.headline))
        parts = (self.bar, self.reason, self.rarity, self.advice, self.truth)
        self._word_column = column(head, *parts, stretch())
        self._measure_column = column(self.gauge, stretch())
        self._columns = row(self._face_column, grow(self._word_column), grow(self._measure_column), spacing=16)
        self._content = column(self._columns, self.details, stretch(), spacing=12, margins=11)
        self.scroll_area = scrolling(box(self._content), by_keyboard=True)
        self.scroll_area.setObjectName("verdict")
        self.scroll_area.setAccessibleName(tr("Verdict"))
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
        same = state.comparison is not None and self._state is not None and state.comparison is self._state.comparison
        self._state = state
        self.truth.render_state(state)
        if not same:
            self._show()

    def _show(self) -> None:
        state = self._state
        if state is None:
            return
        comparison = state.comparison
        if comparison is not None:
            self._show_verdict(comparison)
        else:
            self._show_wait(state)
        names = (tr("Left face as it is compared"), tr("Right face as it is compared"))
        for side, crop, name in zip((state.left, state.right), self.crops, names, strict=True):
            crop.face.set_image(wrap(side.reading.crop).copy() if side.reading is not None else None, name)
        self.copy_button.setEnabled(comparison is not None)
        self.details_button.setEnabled(comparison is not None)
        self._show_details()

    @Slot()
    def _show_details(self) -> None:
        state, unfolded = self._state, self.details_button.isChecked()
        if unfolded and state is not None and state.comparison is not None:
            self.details.set_rows((*wording.details(state.comparison), *_timings(state)))
            self.details.show()
        else:
            self.details.hide()
        self.updateGeometry()

    def confirm_copy(self) -> None:
        """Say for a moment that the text is on the clipboard."""
        self.copy_button.confirm()

    def _show_verdict(self, comparison: Comparison) -> None:
        verdict = comparison.verdict
        advice = wording.all_advice(comparison)
        headline, rarity, reason = wording.headline(verdict.outcome), wording.rarity(verdict), wording.reason(verdict)
        self._paint_headline(verdict.outcome.value, headline)
        say(self.rarity, rarity)
        say(self.reason, reason)
        # A decided verdict is followed by its rarity, an open one by what would help.
        self._word_column.removeWidget(self.rarity)
        self._word_column.insertWidget(4 if reason else 3, self.rarity)
        say(self.advice, "\n".join(f"⚠ {line}" for line in advice))
        self.bar.hide()
        self.gauge.set_verdict(verdict)
        spoken = " ".join(part for part in (headline, rarity, reason, *advice) if part)
        if spoken != self.accessibleDescription():
            self._describe(spoken)
            announce(self, spoken)

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
        self._paint_headline("", headline)
        say(self.rarity, text)
        say(self.reason, "")
        say(self.advice, "")
        self.bar.setVisible(working)
        self.gauge.set_verdict(None)
        self._describe(f"{headline}. {text}".strip())

    def _describe(self, text: str) -> None:
        self.setAccessibleDescription(text)
        self.scroll_area.setAccessibleDescription(text)

    def _paint_headline(self, outcome: str, text: str) -> None:
        """outcome: "" for none."""
        self.headline.setText(text)
        theme.set_style(self.headline, "outcome", outcome)
        self.symbol.setVisible(bool(outcome))
        self.symbol.show_icon(outcome, outcome)


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
