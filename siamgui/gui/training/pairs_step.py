"""Step 1: where labelled pairs come from, and the desk at which a person labels more."""

from __future__ import annotations

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QWidget

from siamgui.gui.training.controller import TrainingController
from siamgui.gui.training.state import TrainingState


class PairsStep(QWidget):
    """The view of the import and of the desk."""

    def __init__(self, controller: TrainingController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controller = controller

    def render_state(self, state: TrainingState) -> None:
        """Show state."""

    def drag_over(self, mime: QMimeData) -> None:
        """Show that a drop would be taken."""

    def drag_end(self) -> None:
        """A drag has left the window."""

    def drop(self, mime: QMimeData) -> None:
        """Take what was dropped."""
