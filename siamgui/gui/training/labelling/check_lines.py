"""What was found in the photographs and pairs, line by line, each with what it means."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget

from siamgui.core.i18n import tr, trn
from siamgui.core.types import Label
from siamgui.gui import theme
from siamgui.gui.display import image_of
from siamgui.gui.widgets.kit import Align, Card, Icon, at, button, column, grow, label, row
from siamgui.gui.widgets.mosaic import Mosaic
from siamgui.storage.label_check import Check
from siamgui.storage.labelling_session import DeskMode
from siamgui.storage.labelling_view import LabelSummary

GROUPS_SHOWN = 3


class CheckLines(Card):
    """wanted(DeskMode) is emitted when the person wants to go and put something right."""

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        resolve, look = button(tr("Resolve"), self._clicked), button(tr("Look again"), self._clicked)
        resolve.setObjectName(DeskMode.RESOLVE.value)
        look.setObjectName(DeskMode.LOOK.value)
        self.balance = _Balance()
        self.lines = {
            "faces": _Line(),
            "several": _Line(),
            "files": _Line(),
            "copies": _Line(),
            "people": _Line(),
            "contradictions": _Line(resolve),
            "doubts": _Line(look),
            "balance": _Line(below=self.balance),
        }
        title = label(tr("What was found"), "title")
        self.setLayout(column(title, *self.lines.values(), spacing=12, margins=(16, 12, 16, 12)))

    @Slot()
    def _clicked(self) -> None:
        self.wanted.emit(DeskMode(self.sender().objectName()))

    def show_check(self, check: Check, summary: LabelSummary) -> None:
        self._show_photos(check, summary)
        self._show_copies(check)
        self._show_people(check)
        self._show_answers(summary)
        self._show_balance(summary)

    def _show_photos(self, check: Check, summary: LabelSummary) -> None:
        unread = len(summary.problems)
        text = trn("A face was found in {n} photo.", "A face was found in {n} photos.", len(summary.faces))
        if unread:
            text += " " + trn(
                "{n} photo could not be used; the first step lists it.",
                "{n} photos could not be used; the first step lists them.",
                unread,
            )
        self.lines["faces"].show_line(text, warn=unread > 0)
        text = tr("Every photo shows one face.")
        if n := check.several_found:
            text = trn(
                "{n} photo shows several faces. The most prominent one was taken.",
                "{n} photos show several faces. The most prominent one was taken.",
                n,
            )
        self.lines["several"].show_line(text, [(image_of(face.picture), face.name) for face in check.several], n)
        text = tr("No file is a copy of another.")
        if n := check.files:
            text = trn("{n} file is an exact copy; it counts once.", "{n} files are exact copies; they count once.", n)
        self.lines["files"].show_line(text)

    def _show_copies(self, check: Check) -> None:
        if not check.copies_found:
            self.lines["copies"].show_line(tr("No two photos are nearly identical."))
            return
        text = trn(
            "{n} pair of photos is nearly identical: the same picture saved again, or the next one of a series. "
            "Such a pair teaches nothing.",
            "{n} pairs of photos are nearly identical: the same picture saved again, or the next one of a series. "
            "Such pairs teach nothing.",
            check.copies_found,
        )
        if any(card.said is Label.DIFFERENT for card in check.copies):
            text += " " + tr("One of them is labelled as different people: look at it again.")
        faces = [(image_of(face.picture), face.name) for card in check.copies for face in (card.left, card.right)]
        self.lines["copies"].show_line(text, faces, 2 * check.copies_found, warn=True)

    def _show_people(self, check: Check) -> None:
        if not check.merged:
            self.lines["people"].show_line(tr("No person stands under two names."))
            return
        groups = "; ".join(" = ".join(f"“{name}”" for name in group) for group in check.merged[:GROUPS_SHOWN])
        more = len(check.merged) - GROUPS_SHOWN
        if more > 0:
            groups += " " + trn("and {n} more", "and {n} more", more)
        text = tr("People overlap: your answers make these folders one person: {groups}.", groups=groups)
        self.lines["people"].show_line(text, warn=True)

    def _show_answers(self, summary: LabelSummary) -> None:
        text = tr("No two answers contradict each other.")
        if n := len(summary.contradictions):
            text = trn(
                "{n} answer contradicts others. It is left out until that is resolved.",
                "{n} answers contradict others. They are left out until that is resolved.",
                n,
            )
        self.lines["contradictions"].show_line(text, warn=n > 0)
        text = tr("No answer looks like a slip.")
        if n := len(summary.doubts):
            text = trn(
                "{n} answer looks like a slip: the encoder is sure of the opposite.",
                "{n} answers look like slips: the encoder is sure of the opposite.",
                n,
            )
        self.lines["doubts"].show_line(text, warn=n > 0)

    def _show_balance(self, summary: LabelSummary) -> None:
        same, different = summary.count(Label.SAME), summary.count(Label.DIFFERENT)
        fewer, more = sorted((same, different))
        lopsided = 4 * fewer < more
        numbers = {"same": f"{same:,}", "different": f"{different:,}"}
        text = tr("Both kinds: {same} pairs of the same person, {different} of different people.", **numbers)
        if 2 * fewer >= more > 0:
            text = tr("Well balanced: {same} pairs of the same person, {different} of different people.", **numbers)
        elif lopsided:
            text = tr("Lopsided: {same} pairs of the same person, {different} of different people.", **numbers)
        self.lines["balance"].show_line(text, warn=lopsided)
        self.balance.show_counts(same, different)


class _Line(QWidget):
    """A sign, a sentence, and what belongs to it."""

    def __init__(self, action: QPushButton | None = None, below: QWidget | None = None) -> None:
        """action: offered while there is something to warn of. below: under the sentence."""
        super().__init__()
        self._sign = Icon("done", "muted", 16)
        self.words = label(wrap=True)
        self.mosaic = Mosaic(1)
        self.mosaic.hide()
        self.button = action
        sentence = column(self.words, self.mosaic, *([below] if below is not None else []), spacing=4)
        actions = [at(action, Align.AlignTop)] if action is not None else []
        self.setLayout(row(at(self._sign, Align.AlignTop), grow(sentence), *actions, spacing=12))

    def show_line(
        self, text: str, faces: Sequence[tuple[QImage, str]] = (), total: int = 0, *, warn: bool = False
    ) -> None:
        """faces: some of total, with their names."""
        self._sign.show_icon(*(("warning", "warning") if warn else ("done", "muted")))
        self.words.setText(text)
        self.mosaic.set_faces(faces, total)
        self.mosaic.setAccessibleName(text)
        self.mosaic.setVisible(bool(faces))
        if self.button is not None:
            self.button.setVisible(warn)


class _Balance(QWidget):
    """Two bars end to end, as long as there are pairs of either kind."""

    def __init__(self) -> None:
        super().__init__()
        self._same = self._different = 0
        self.setFixedHeight(12)

    def show_counts(self, same: int, different: int) -> None:
        self._same, self._different = same, different
        self.setVisible(same + different > 0)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        at_same = self.width() * self._same / max(1, self._same + self._different)
        painter.setBrush(theme.colours().same)
        painter.drawRoundedRect(QRectF(0, 0, max(0.0, at_same - 1), self.height()), 3, 3)
        painter.setBrush(theme.colours().different)
        painter.drawRoundedRect(QRectF(at_same + 1, 0, max(0.0, self.width() - at_same - 1), self.height()), 3, 3)
