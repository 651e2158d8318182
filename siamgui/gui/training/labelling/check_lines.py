"""What was found in the photographs and pairs, line by line, each with what it means."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from siamgui.core.i18n import tr, trn
from siamgui.core.types import Label
from siamgui.gui import theme
from siamgui.gui.training.labelling.state import Check, DeskMode, Shelf
from siamgui.gui.widgets.mosaic import Mosaic

GROUPS_SHOWN = 3


class CheckLines(QFrame):
    """wanted(DeskMode) is emitted when the person wants to go and put something right."""

    wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._title = QLabel()
        self._title.setProperty("role", "title")
        self.lines = {
            name: _Line()
            for name in ("faces", "several", "files", "copies", "people", "contradictions", "doubts", "balance")
        }
        self.balance = _Balance()
        self.lines["balance"].add(self.balance)
        for name, mode in (("contradictions", DeskMode.RESOLVE), ("doubts", DeskMode.LOOK)):
            button = self.lines[name].make_button()
            button.setObjectName(mode.value)
            button.clicked.connect(self._clicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(12)
        layout.addWidget(self._title)
        for line in self.lines.values():
            layout.addWidget(line)

    @Slot()
    def _clicked(self) -> None:
        self.wanted.emit(DeskMode(self.sender().objectName()))

    def show_check(self, check: Check, shelf: Shelf) -> None:
        self._title.setText(tr("What was found"))
        say = self.lines
        unread = len(shelf.problems)
        text = trn("A face was found in {n} photo.", "A face was found in {n} photos.", len(shelf.faces))
        if unread:
            text += " " + trn(
                "{n} photo could not be used; the first step lists it.",
                "{n} photos could not be used; the first step lists them.",
                unread,
            )
        say["faces"].show_line(text, warn=unread > 0)
        if n := check.several_found:
            text = trn(
                "{n} photo shows several faces. The most prominent one was taken.",
                "{n} photos show several faces. The most prominent one was taken.",
                n,
            )
            say["several"].show_line(text, [(face.picture, face.name) for face in check.several], n)
        else:
            say["several"].show_line(tr("Every photo shows one face."))
        text = tr("No file is a copy of another.")
        if n := check.files:
            text = trn("{n} file is an exact copy; it counts once.", "{n} files are exact copies; they count once.", n)
        say["files"].show_line(text)
        self._show_copies(check)
        self._show_people(check)
        self._show_desk_lines(shelf)
        self._show_balance(shelf)

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
        faces = [(face.picture, face.name) for card in check.copies for face in (card.left, card.right)]
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

    def _show_desk_lines(self, shelf: Shelf) -> None:
        contradictions, doubts = len(shelf.contradictions), len(shelf.doubts)
        text = tr("No two answers contradict each other.")
        if contradictions:
            text = trn(
                "{n} answer contradicts others. It is left out until that is resolved.",
                "{n} answers contradict others. They are left out until that is resolved.",
                contradictions,
            )
        self.lines["contradictions"].show_line(
            text, warn=contradictions > 0, action=tr("Resolve") if contradictions else ""
        )
        text = tr("No answer looks like a slip.")
        if doubts:
            text = trn(
                "{n} answer looks like a slip: the encoder is sure of the opposite.",
                "{n} answers look like slips: the encoder is sure of the opposite.",
                doubts,
            )
        self.lines["doubts"].show_line(text, warn=doubts > 0, action=tr("Look again") if doubts else "")

    def _show_balance(self, shelf: Shelf) -> None:
        same, different = shelf.count(Label.SAME), shelf.count(Label.DIFFERENT)
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

    def __init__(self) -> None:
        super().__init__()
        self._sign = QLabel()
        self._sign.setFixedWidth(20)
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self._warn = False
        self.mosaic = Mosaic(1)
        self.mosaic.hide()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self._sign, 0, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(self.words, 0, 1)
        self._grid.addWidget(self.mosaic, 1, 1)
        self.button: QPushButton | None = None
        theme.theme.changed.connect(self._paint)

    def add(self, widget: QWidget) -> None:
        self._grid.addWidget(widget, 1, 1)

    def make_button(self) -> QPushButton:
        self.button = QPushButton()
        self._grid.addWidget(self.button, 0, 2)
        return self.button

    def show_line(
        self,
        text: str,
        faces: Sequence[tuple[QImage, str]] = (),
        total: int = 0,
        *,
        warn: bool = False,
        action: str = "",
    ) -> None:
        self._warn = warn
        self.words.setText(text)
        self.mosaic.set_faces(faces, total)
        self.mosaic.setAccessibleName(text)
        self.mosaic.setVisible(bool(faces))
        if self.button is not None:
            self.button.setText(action)
            self.button.setVisible(bool(action))
        self._paint()

    @Slot()
    def _paint(self) -> None:
        colours = theme.colours()
        name, colour = ("warning", colours.warning) if self._warn else ("done", colours.muted)
        self._sign.setPixmap(theme.pixmap(name, colour, 16, self.devicePixelRatioF()))


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

    def sizeHint(self) -> QSize:
        return QSize(200, 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect())
        share = self._same / max(1, self._same + self._different)
        at = whole.width() * share
        painter.setBrush(theme.colours().same)
        painter.drawRoundedRect(QRectF(0, 0, max(0.0, at - 1), whole.height()), 3, 3)
        painter.setBrush(theme.colours().different)
        painter.drawRoundedRect(QRectF(at + 1, 0, max(0.0, whole.width() - at - 1), whole.height()), 3, 3)
