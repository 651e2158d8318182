"""What controllers do alike: a frozen state, the next one made of it, and what a person reads of errors."""

from __future__ import annotations

from dataclasses import replace
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark

State = TypeVar("State")


class NotDone(SiamguiError):
    text = mark("That could not be done. Everything is as it was before.")


def known(error: Exception, otherwise: type[SiamguiError] = NotDone) -> SiamguiError:
    """An error with a sentence for a person: itself if it has one; what has none has been reported by its Task."""
    return error if isinstance(error, SiamguiError) else otherwise()


class Controller(QObject, Generic[State]):
    """Turns what the user does and what comes back into a frozen state; `changed` says that `state` is another one."""

    changed = Signal()

    def __init__(self, state: State, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = state

    def _set(self, **values: object) -> None:
        self._show(replace(self.state, **values))  # type: ignore[type-var]

    def _show(self, state: State) -> None:
        self.state = state
        self.changed.emit()
