"""The history page without its looks: what its lists do alike, and the log of verifications."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import QObject, Slot

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.gui.history.state import Exported, HistoryState
from siamgui.gui.store import WindowStore
from siamgui.gui.store_controller import StoreController
from siamgui.gui.tasks import Task
from siamgui.storage.log_operations import (
    AnyEntryOverdue,
    ClearLog,
    ExpireLog,
    ExportLog,
    KeepLogFor,
    LoggedVerifications,
    ReadLog,
)
from siamgui.storage.log_wording import log_row
from siamgui.storage.store import Operation, Topic

MOST = 5000
"""Entries that are shown; the export holds all."""


class LogBroken(SiamguiError):
    text = mark("The history could not be opened.")


class ListController(StoreController[HistoryState]):
    """Of a list whose entries are looked through, exported and forgotten."""

    broken = LogBroken

    def __init__(self, store: WindowStore, parent: QObject | None = None) -> None:
        super().__init__(HistoryState(), store, parent)

    def _export(self, path: Path) -> Operation[int]:
        raise NotImplementedError

    def _clear(self) -> Operation[int]:
        raise NotImplementedError

    @Slot()
    def refresh(self) -> None:
        """Read it, and forget what is older than the user wants."""
        self._store.ask(AnyEntryOverdue(date.today())).on(self._overdue_known, self._not_done)

    @Slot(object)
    def _overdue_known(self, overdue: bool) -> None:
        self._view.look()
        if overdue:
            self._do(ExpireLog(date.today()))

    def export(self, path: Path) -> None:
        """Write all entries to a file, whole or not at all."""
        self._set(exported=None, notice=None)
        written = self._store.ask(self._export(path), lambda entries: Exported(entries, path.name))
        written.on(self._exported, self._not_done)

    @Slot()
    def clear(self) -> None:
        """Forget all entries. There is no way back: ask before."""
        self._set(exported=None, notice=None)
        self._do(self._clear())

    @Slot(object)
    def keep(self, days: int | None) -> None:
        """Forget entries, comparisons and verifications alike, after so many days, from now on; None: never."""
        self._set(exported=None, notice=None)
        self._do(KeepLogFor(days))

    @Slot(object)
    def _seen(self, shown: HistoryState) -> None:
        self._set(rows=shown.rows, total=shown.total, keep_days=shown.keep_days, blocked=None)

    @Slot(object)
    def _exported(self, exported: Exported) -> None:
        self._set(exported=exported)


class HistoryController(ListController):
    """Of the log of verifications."""

    topics = frozenset({Topic.LOG})

    def _look(self) -> Task:
        return self._store.ask(ReadLog(MOST), _shown)

    def _export(self, path: Path) -> Operation[int]:
        return ExportLog(path)

    def _clear(self) -> Operation[int]:
        return ClearLog()


def _shown(log: LoggedVerifications) -> HistoryState:
    """In words, of which thousands take too long for the GUI thread."""
    return HistoryState(tuple(log_row(entry) for entry in log.entries), log.total, log.keep_days)
