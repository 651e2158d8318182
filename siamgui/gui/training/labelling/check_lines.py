"""What was found in the photographs and pairs, line by line, each with what it means."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget

from siamgui.core.i18n import tr
from siamgui.core.types import Label
from siamgui.gui import theme
from siamgui.gui.display import image_of
from siamgui.gui.widgets.kit import Align, Card, Icon, at, button, column, grow, label, row
from siamgui.gui.widgets.mosaic import Mosaic
from siamgui.storage.label_check import Check
from siamgui.storage.labelling_session import DeskMode
from siamgui.storage.labelling_view import LabelSummary
from siamgui.storage.labelling_wording import Finding, findings


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
        for name, found in findings(check, summary).items():
            self.lines[name].show_finding(found)
        self.balance.show_counts(summary.count(Label.SAME), summary.count(Label.DIFFERENT))


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

    def show_finding(self, found: Finding) -> None:
        self._sign.show_icon(*(("warning", "warning") if found.warn else ("done", "muted")))
        self.words.setText(found.text)
        self.mosaic.set_faces([(image_of(face.picture), face.name) for face in found.faces], found.total)
        self.mosaic.setAccessibleName(found.text)
        self.mosaic.setVisible(bool(found.faces))
        if self.button is not None:
            self.button.setVisible(found.warn)


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
