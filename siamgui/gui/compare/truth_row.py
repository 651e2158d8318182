"""Under the verdict: who the two really are. What a person knows of a pair is kept for training."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import tr
from siamgui.core.types import Comparison, FaceReading, Label
from siamgui.gui.actions import COMMANDS, add_action, name_action
from siamgui.gui.compare.state import PairState

_COMMANDS = {Label.SAME: "tell_same", Label.DIFFERENT: "tell_different"}


class TruthRow(QWidget):
    """told(Label) is emitted when the person says who they are, taken_back when that was a slip."""

    told = Signal(object)
    taken_back = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._readings: tuple[FaceReading | None, ...] = (None, None)
        self._kept: Label | None = None
        self._error: SiamguiError | None = None
        self.words = QLabel()
        self.words.setProperty("role", "muted")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.buttons = {label: QPushButton() for label in _COMMANDS}
        self.undo_button = QPushButton()
        self.undo_button.setProperty("kind", "quiet")
        self.undo_button.clicked.connect(self._take_back)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.words)
        self._actions = {}
        for label, button in self.buttons.items():
            button.setObjectName(label.value)
            button.clicked.connect(self._clicked)
            row.addWidget(button)
            action = self._actions[label] = add_action(self, _COMMANDS[label])
            action.setAutoRepeat(False)
            action.triggered.connect(button.click)
        row.addWidget(self.undo_button)
        row.addStretch(1)
        self._row = row
        self._show()

    def show_comparison(self, comparison: Comparison | None) -> None:
        """The pair that is shown now; what was said of another one is no longer shown."""
        readings = (comparison.left, comparison.right) if comparison is not None else (None, None)
        if any(a is not b for a, b in zip(readings, self._readings, strict=True)):
            self._readings = readings
            self._kept = self._error = None
            self._show()
        self.setVisible(comparison is not None)

    @Slot(object)
    def confirm(self, answer: tuple[PairState, Label]) -> None:
        """The pair is kept. answer: what was compared then, and what was said."""
        state, label = answer
        if (state.left.reading, state.right.reading) == self._readings:
            self._kept, self._error = label, None
            self._show()

    @Slot(object)
    def refuse(self, error: Exception) -> None:
        """The pair could not be kept."""
        self._error = error if isinstance(error, SiamguiError) else SiamguiError()
        self._show()

    @Slot()
    def _clicked(self) -> None:
        self.told.emit(Label(self.sender().objectName()))

    @Slot()
    def _take_back(self) -> None:
        self._kept = None
        self._show()
        self.taken_back.emit()

    def _show(self) -> None:
        words = tr("They are:")
        if self._error is not None:
            words = str(self._error)
        elif self._kept is not None:
            same = self._kept is Label.SAME
            words = tr("Kept for training: the same person.") if same else tr("Kept for training: different people.")
        self.words.setText(words)
        spoken = self._error is not None or self._kept is not None
        self.words.setWordWrap(spoken)  # a wrapping label gives its width away
        self._row.setStretch(0, 100 if spoken else 0)
        for label, button in self.buttons.items():
            button.setVisible(self._kept is None)
            name = tr(COMMANDS[_COMMANDS[label]].text)
            keys = QKeySequence(COMMANDS[_COMMANDS[label]].keys).toString(QKeySequence.SequenceFormat.NativeText)
            button.setText(tr("Same person") if label is Label.SAME else tr("Different people"))
            button.setToolTip(f"{name} ({keys})")
            button.setAccessibleName(name)
            name_action(self._actions[label])
        self.undo_button.setText(tr("Take back"))
        self.undo_button.setVisible(self._kept is not None)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._show()
