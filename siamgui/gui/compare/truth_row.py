"""Under the verdict: who the two really are. What a person knows of a pair is kept for training."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from siamgui.core.i18n import tr
from siamgui.core.types import Label
from siamgui.gui.compare.state import PairState, Told
from siamgui.gui.widgets.kit import button, command, label, row, shortcuts, stretch

_COMMANDS = {Label.SAME: "tell_same", Label.DIFFERENT: "tell_different"}


class TruthRow(QWidget):
    """told(Label) is emitted when the person says who they are, taken_back when that was a slip."""

    told = Signal(object)
    taken_back = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.words = label(role="muted")
        self.buttons = {said: command(name, self._clicked) for said, name in _COMMANDS.items()}
        self.buttons[Label.SAME].setText(tr("Same person"))
        self.buttons[Label.DIFFERENT].setText(tr("Different people"))
        for said, one in self.buttons.items():
            one.setObjectName(said.value)
        self.undo_button = button(tr("Take back"), self.taken_back, "quiet")
        actions = shortcuts(self, {_COMMANDS[said]: one.click for said, one in self.buttons.items()})
        for action in actions.values():
            action.setAutoRepeat(False)
        self._row = row(self.words, *self.buttons.values(), self.undo_button, stretch())
        self.setLayout(self._row)

    def render_state(self, state: PairState) -> None:
        """Hidden where there is no pair."""
        self.setVisible(state.comparison is not None)
        told = state.told
        self.words.setText(_words(told))
        self.words.setWordWrap(told is not None)  # a wrapping label gives its width away
        self._row.setStretch(0, 100 if told is not None else 0)
        kept = told is not None and told.label is not None
        for one in self.buttons.values():
            one.setVisible(not kept)
        self.undo_button.setVisible(kept)

    @Slot()
    def _clicked(self) -> None:
        self.told.emit(Label(self.sender().objectName()))


def _words(told: Told | None) -> str:
    if told is None:
        return tr("They are:")
    if told.error is not None:
        return str(told.error)
    if told.label is Label.SAME:
        return tr("Kept for training: the same person.")
    return tr("Kept for training: different people.")
