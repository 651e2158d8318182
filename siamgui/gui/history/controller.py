"""The history page without its looks. A thread of its own, which alone touches the log, answers it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.gui.history.state import Exported, HistoryState, Row
from siamgui.gui.tasks import Task, Workers

if TYPE_CHECKING:
    from siamgui.storage.verification_log import VerificationLog

MOST = 5000
"""Entries that are shown; the export holds all."""
View = tuple[tuple[Row, ...], int, int | None]


class LogBroken(SiamguiError):
    text = mark("The log of verifications could not be opened.")


class NotDone(SiamguiError):
    text = mark("That could not be done. Everything is as it was before.")


class HistoryController(QObject):
    """Turns what the user does into a HistoryState; `changed` says that `state` is another one."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._storage = Workers(1, "history", self)
        self._log: VerificationLog | None = None  # touched by the storage thread only
        self.state = HistoryState()

    @Slot()
    def refresh(self) -> None:
        """Read the log, and forget what is older than the user wants."""
        self._do(_nothing)

    def export(self, path: Path) -> None:
        """Write all entries to a CSV file, whole or not at all."""
        self._set(exported=None, notice=None)
        task = self._ask(lambda log: Exported(log.export_csv(path), path.name))
        task.succeeded.connect(self._exported)
        task.failed.connect(self._not_done)

    @Slot()
    def clear(self) -> None:
        """Forget all entries. There is no way back: ask before."""
        self._set(exported=None, notice=None)
        self._do(lambda log: log.clear())

    @Slot(object)
    def keep(self, days: int | None) -> None:
        """Forget entries after so many days, from now on; None: never."""
        self._set(exported=None, notice=None)
        self._do(lambda log: log.set_keep_days(days))

    @Slot()
    def dismiss(self) -> None:
        self._set(notice=None)

    def stop(self) -> None:
        """Let everything that was asked for be written, then close the log and end its thread."""
        closed = threading.Event()
        self._storage.start(partial(self._close, closed))
        closed.wait()
        self._storage.stop()

    def _ask(self, work: Callable[[VerificationLog], object]) -> Task:
        return self._storage.start(partial(self._run, work))

    def _do(self, work: Callable[[VerificationLog], object]) -> None:
        task = self._ask(partial(_and_view, work=work))
        task.succeeded.connect(self._viewed)
        task.failed.connect(self._not_done)

    @Slot(object)
    def _viewed(self, view: View) -> None:
        rows, total, keep_days = view
        self._set(rows=rows, total=total, keep_days=keep_days, blocked=None)

    @Slot(object)
    def _exported(self, exported: Exported) -> None:
        self._set(exported=exported)

    @Slot(object)
    def _not_done(self, error: Exception) -> None:
        if self.state.rows is None:
            self._set(blocked=error if isinstance(error, SiamguiError) else LogBroken())
        else:
            self._set(notice=error if isinstance(error, SiamguiError) else NotDone())

    def _set(self, **values: object) -> None:
        self.state = replace(self.state, **values)  # type: ignore[arg-type]
        self.changed.emit()

    # From here on: the storage thread.

    def _run(self, work: Callable[[VerificationLog], object]) -> object:
        from siamgui.storage.verification_log import VerificationLog

        if self._log is None:
            self._log = VerificationLog.open()
        return work(self._log)

    def _close(self, closed: threading.Event) -> None:
        try:
            if self._log is not None:
                self._log.close()
        finally:
            closed.set()


def _and_view(log: VerificationLog, work: Callable[[VerificationLog], object]) -> View:
    from siamgui.gui.history.wording import row_of

    work(log)
    log.expire(date.today())
    return tuple(row_of(entry) for entry in log.entries(MOST)), log.count(), log.keep_days


def _nothing(log: VerificationLog) -> None:
    """Only to look."""
