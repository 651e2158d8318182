"""What controllers do alike whose page shows what is stored."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Slot

from siamgui.core.errors import SiamguiError
from siamgui.gui.controller import Controller, State, known
from siamgui.gui.store import StoreView, WindowStore
from siamgui.gui.tasks import Task
from siamgui.storage.store import Operation, Topics


class StoreController(Controller[State]):
    """A page that shows what is stored.

    Its state has `notice`, what could not be done, until dismissed, and `blocked`, why nothing can be shown at all.
    """

    topics: Topics
    """What the page depends on."""
    broken: type[SiamguiError]
    """What blocks the page where the store fails without a sentence of its own."""

    def __init__(self, state: State, store: WindowStore, parent: QObject | None = None) -> None:
        super().__init__(state, parent)
        self._store = store
        self._view = StoreView(store, self.topics, self._look, self._seen, self._not_done, self)

    def _look(self) -> Task:
        """Ask the store for what the page shows."""
        raise NotImplementedError

    def _seen(self, found: Any) -> None:
        """Show what _look() has found; nothing blocks the page any more."""
        raise NotImplementedError

    def _do(self, operation: Operation[Any]) -> Task:
        """Change what is stored, and show what has become of it."""
        return self._view.do(operation).on(failed=self._not_done)

    @Slot(object)
    def report(self, error: Exception) -> None:
        """Say on the page what could not be done."""
        self._set(notice=known(error))

    @Slot()
    def dismiss(self) -> None:
        self._set(notice=None)

    @Slot(object)
    def _not_done(self, error: Exception) -> None:
        if self._view.opened:
            self.report(error)
        else:
            self._set(blocked=known(error, self.broken))
