"""Step 2: what the pairs are worth: faces, duplicates, people who overlap, balance, and who is held out."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from siamgui.gui.training.controller import TrainingController
from siamgui.gui.training.state import TrainingState


class CheckStep(QWidget):
    """The view of a Check."""

    def __init__(self, controller: TrainingController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controller = controller

    def render_state(self, state: TrainingState) -> None:
        """Show state."""
