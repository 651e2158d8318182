"""Check, backup, restore and repair without their looks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from siamgui.core.errors import Cancelled, SiamguiError
from siamgui.core.i18n import mark
from siamgui.gui.controller import Controller, known
from siamgui.gui.data.state import DataState, Work
from siamgui.gui.store import WindowStore
from siamgui.gui.tasks import Task, Workers
from siamgui.storage.backup import Backup, back_up
from siamgui.storage.checking import Checked, check
from siamgui.storage.data_wording import backup_words, checked_words, repair_words, restored_words
from siamgui.storage.repairing import Repair, repair
from siamgui.storage.restoring import Held, Opener, restore
from siamgui.storage.steps import Steps
from siamgui.vault.errors import Locked, VaultError
from siamgui.vault.vault import Vault

_SURE_AFTER = 1.0
"""Seconds after which the time that is left can be told."""


class _Closed(SiamguiError):
    """file: the backup. error: why it does not open by itself."""

    text = mark("The backup does not open by itself.")

    def __init__(self, file: Path, error: VaultError) -> None:
        super().__init__()
        self.file, self.error = file, error


class DataController(Controller[DataState]):
    replaced = Signal()
    """What is kept is something else now, model versions too."""
    _stepped = Signal(int, int)

    def __init__(self, store: Callable[[], WindowStore], parent: QObject | None = None) -> None:
        """store: the one of the moment. It raises Locked while there is none."""
        super().__init__(DataState(), parent)
        self._store = store
        self._worker = Workers(1, "data", self)
        self._stop = threading.Event()
        self._begun = 0.0
        self._stepped.connect(self._took_a_step)

    @property
    def busy(self) -> bool:
        return self.state.work is not Work.NONE

    @Slot()
    def check(self) -> None:
        self._start(Work.CHECK, check, self._checked)

    def back_up(self, file: Path) -> None:
        self._start(Work.BACKUP, lambda steps: back_up(file, steps), self._backed_up)

    def restore(self, file: Path, secret: str = "") -> None:
        """secret: the passphrase or the recovery code of a backup that is known not to open by itself."""
        code, opened = self.state.wants_code, _opener(file, secret)
        opened = _opener_by_code(secret) if code and secret else opened
        self._start_alone(Work.RESTORE, lambda steps: restore(file, steps, opened, _sure), self._restored)

    @Slot()
    def repair(self) -> None:
        """See what can be saved; state.repair says so, and nothing is changed yet."""
        self._start(Work.REPAIR, lambda steps: repair(steps, None), self._tried)

    @Slot()
    def put_in_place(self) -> None:
        """Repair in earnest."""
        self._start_alone(Work.REPAIR, lambda steps: repair(steps, lambda found: found.lost), self._repaired)

    @Slot()
    def leave(self) -> None:
        """Neither open the backup nor repair."""
        self._set(closed=None, repair=None)

    @Slot()
    def forget(self) -> None:
        """What was found may name people, and is not to be seen any more."""
        self._show(DataState())

    @Slot()
    def stop_work(self) -> None:
        self._stop.set()

    def stop(self) -> None:
        """The window closes: what is under way is given up, and everything is as it was."""
        self._stop.set()
        self._worker.stop()

    def _start(self, work: Work, what: Callable[[Steps], object], then: Callable[..., None]) -> None:
        self._begin(work, self._worker.start, what, then)

    def _start_alone(self, work: Work, what: Callable[[Steps], object], then: Callable[..., None]) -> None:
        try:
            store = self._store()
        except Locked as error:  # just now
            self._set(error=error)
        else:
            self._begin(work, store.alone, what, then)

    def _begin(
        self,
        work: Work,
        start: Callable[[Callable[[], object]], Task],
        what: Callable[[Steps], object],
        then: Callable[..., None],
    ) -> None:
        if self.state.work is not Work.NONE:
            return
        self._stop.clear()
        self._begun = time.monotonic()
        self._show(DataState(work))
        start(partial(what, Steps(self._stepped.emit, self._stop))).on(then, self._not_done)

    # What comes back.

    @Slot(int, int)
    def _took_a_step(self, done: int, total: int) -> None:
        if self.state.work is not Work.NONE:
            spent = time.monotonic() - self._begun
            left = spent / done * (total - done) if done and spent > _SURE_AFTER else None
            self._set(done=done, total=total, seconds_left=left)

    @Slot(object)
    def _checked(self, checked: Checked) -> None:
        self._show(DataState(lines=tuple(checked_words(checked))))

    @Slot(object)
    def _backed_up(self, backup: Backup) -> None:
        self._show(DataState(lines=tuple(backup_words(backup))))

    @Slot(object)
    def _restored(self, held: Held) -> None:
        self._show(DataState(lines=tuple(restored_words(held))))
        self.replaced.emit()

    @Slot(object)
    def _tried(self, found: Repair) -> None:
        self._show(DataState(lines=tuple(repair_words(found, False)), repair=found if found.lost else None))

    @Slot(object)
    def _repaired(self, found: Repair) -> None:
        self._show(DataState(lines=tuple(repair_words(found, True))))
        self.replaced.emit()

    @Slot(object)
    def _not_done(self, error: Exception) -> None:
        if isinstance(error, _Closed):
            self._show(DataState(closed=(error.file, error.error)))
        else:
            self._show(DataState(error=None if isinstance(error, Cancelled) else known(error)))


def _sure(_held: Held) -> None:
    """The page has asked before."""


def _opener(file: Path, passphrase: str) -> Opener:
    def opened(vault: Vault, error: VaultError) -> None:
        if not passphrase or not isinstance(error, Locked):
            raise _Closed(file, error)
        vault.unlock(passphrase)

    return opened


def _opener_by_code(code: str) -> Opener:
    return lambda vault, _: vault.unlock_by_code(code)
