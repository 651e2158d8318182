"""What every step of the training page is, besides a widget."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtWidgets import QWidget

ViewState = TypeVar("ViewState")


class StepView(QWidget, Generic[ViewState]):
    """Built when it is first shown; follows its controller only while it is shown. As a Page, so does a step keep()."""

    def show_state(self) -> None:
        """Show what the controllers hold now."""
        raise NotImplementedError

    def go_back(self) -> bool:
        """Escape: out of a place within the step. False if there was nothing to go back from."""
        return False

    def keep(self) -> ViewState | None:
        """What only this view knows."""
        return None

    def restore(self, kept: ViewState) -> None:
        """Take in what the view before knew."""
