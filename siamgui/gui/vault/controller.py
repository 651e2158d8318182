"""The vault without its looks: lock, unlock, what opens it, and locking by itself when nobody is there."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from siamgui.core.paths import LIBRARY
from siamgui.gui.controller import Controller, known
from siamgui.gui.tasks import Task, Workers
from siamgui.gui.vault.state import PassphrasesDiffer, VaultPageState, Work
from siamgui.vault.errors import NoPassphrase, VaultError, VaultUnwritable
from siamgui.vault.vault import Vault, VaultState, vault_of

LOOK = 5_000
"""Milliseconds between two looks at whether somebody is still there."""
AGAIN = 100
"""Milliseconds between two looks at whether what was interrupted has come to its end."""


@dataclass(frozen=True, slots=True)
class _Found:
    vault: VaultState
    trouble: VaultError | None = None
    code: str = ""


def _clock() -> float:
    """Seconds, those in which the machine slept too."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.time()


class VaultController(Controller[VaultPageState]):
    turned = Signal()
    """state.shut is another: what was kept is to be shown no more, or can be again."""
    done = Signal()
    """What was asked for has been done."""
    locked = Signal()
    """Everything is written and closed, and the key is forgotten."""

    def __init__(
        self,
        under_way: Callable[[bool], Work | None],
        interrupt: Callable[[], object],
        close: Callable[[], threading.Event | None],
        parent: QObject | None = None,
    ) -> None:
        """under_way: what runs; with True, what has not come to its end. interrupt: has it end, to go on later.

        close: has everything that is kept written, closed and forgotten; the event is set when that is done.
        """
        super().__init__(VaultPageState(), parent)
        self._vault: Vault = vault_of()
        self._under_way, self._interrupt, self._close = under_way, interrupt, close
        self._workers = Workers(1, "vault", self)
        self.clock: Callable[[], float] = _clock
        self._touched = self.clock()
        self._look: Task | None = None
        self.putting_away = False
        """Whether it is locked for whoever looks, and the key not forgotten yet."""
        self._idle = QTimer(self, interval=LOOK)
        self._idle.timeout.connect(self.tick)
        self._ending = QTimer(self, interval=AGAIN)
        self._ending.timeout.connect(self._put_away)

    @Slot()
    def look(self) -> None:
        """Find out what opens the vault, and whether that does; looking is True until that is known.

        Nobody waits for it; the next one takes its place.
        """
        if not self.state.busy:
            self._look_no_more()
            self._look = self._workers.start(self._looked).on(self._found, self._failed)
            self._look.finished.connect(self._look_over)

    @property
    def looking(self) -> bool:
        return self._look is not None

    # What a person does.

    def unlock(self, passphrase: str) -> None:
        self._change(partial(self._vault.unlock, passphrase))

    def recover(self, code: str, new: str, again: str) -> None:
        """Open with the recovery code, and set a passphrase, "" for none."""
        if self._same(new, again):
            self._change(partial(self._vault.recover, code, new or None))

    def set_passphrase(self, new: str, again: str, current: str) -> None:
        """current: "" where there is none."""
        if self._same(new, again):
            self._change(partial(self._vault.set_passphrase, new, current or None))

    def remove_passphrase(self, current: str) -> None:
        self._change(partial(self._vault.set_passphrase, None, current))

    def make_code(self, current: str) -> None:
        """A new recovery code in place of the one before. current: "" where there is no passphrase."""

        def made() -> _Found:
            code = self._vault.new_recovery_code(current or None)
            return replace(self._looked(), code=code)

        self._do(made)

    @Slot()
    def forget_code(self) -> None:
        """It has been written down."""
        self._set(code="")

    def set_lock_after(self, minutes: int | None) -> None:
        """minutes: None for never. The one that was asked for last counts."""
        if not self.state.busy:
            self._set(vault=replace(self.state.vault, lock_after=minutes), error=None)
            self._workers.start(partial(self._vault.set_lock_after, minutes)).failed.connect(self._not_set)
            self.look()  # after it: there is one thread

    @Slot()
    def dismiss(self) -> None:
        self._set(error=None)

    @Slot()
    def lock(self) -> None:
        """Now; where something runs, a person is asked first."""
        if self.state.shut or self.state.busy:
            return
        if not self.state.has_passphrase:
            self._set(error=NoPassphrase())
        elif (work := self._under_way(False)) is not None:
            self._set(asked=work)
        else:
            self.lock_anyway()

    @Slot()
    def stay_open(self) -> None:
        """What runs is not to be interrupted."""
        self._set(asked=None)

    @Slot()
    def lock_anyway(self) -> None:
        """What runs ends first, so that it can go on later; nothing of what is kept is shown meanwhile."""
        if self.state.shut or not self.state.has_passphrase:
            return
        self._look_no_more()
        self.putting_away = True
        vault = replace(self.state.vault, locked=True)
        self._set(vault=vault, busy=True, error=None, asked=None, code="")
        self._idle.stop()
        self.turned.emit()
        self._put_away()

    # Nobody is there.

    @property
    def watching(self) -> bool:
        """Whether touched() is to be called."""
        return self.state.vault.lock_after is not None and self.state.has_passphrase and not self.state.shut

    def touched(self) -> None:
        """Somebody has used a key, the mouse or the screen."""
        self._touched = self.clock()

    @Slot()
    def tick(self) -> None:
        """Lock if nobody has been there for long enough, and nothing runs."""
        minutes = self.state.vault.lock_after
        if not self.watching or minutes is None or self.state.busy:
            return
        if self.clock() - self._touched >= 60 * minutes and self._under_way(False) is None:
            self.lock_anyway()

    def stop(self) -> None:
        """What was asked for is done."""
        self._idle.stop()
        self._ending.stop()
        self._workers.stop()

    # Work elsewhere.

    @Slot()
    def _put_away(self) -> None:
        if self._under_way(True) is not None:
            self._interrupt()
        if self._under_way(True) is not None:
            self._ending.start()
            return
        self._ending.stop()
        self._workers.start(partial(self._forget, self._close())).succeeded.connect(self._forgotten)

    def _forget(self, closed: threading.Event | None) -> None:
        if closed is not None:
            closed.wait()
        self._vault.forget()

    @Slot()
    def _forgotten(self) -> None:
        self.putting_away = False
        self._set(busy=False)
        self.locked.emit()

    def _same(self, new: str, again: str) -> bool:
        if new != again:
            self._set(error=PassphrasesDiffer())
        return new == again

    def _change(self, change: Callable[[], object]) -> None:
        self._do(self._changed(change))

    def _changed(self, change: Callable[[], object]) -> Callable[[], _Found]:
        def changed() -> _Found:
            change()
            return self._looked()

        return changed

    def _do(self, work: Callable[[], _Found]) -> None:
        """One thing at a time; nobody can ask for a second one meanwhile."""
        if not self.state.busy:
            self._look_no_more()
            self._set(busy=True, error=None)
            self._workers.start(work).on(self._found, self._failed).succeeded.connect(self.done)

    @Slot(object)
    def _not_set(self, error: Exception) -> None:
        self._set(error=known(error))

    def _look_no_more(self) -> None:
        if self._look is not None:
            self._look.cancel()

    @Slot()
    def _look_over(self) -> None:
        if self.sender() is self._look:
            self._look = None

    def _looked(self) -> _Found:
        try:
            vault = self._vault.state
        except VaultError as error:
            return _Found(VaultState(), error)
        if vault.locked or not (self._vault.root / LIBRARY).exists():
            return _Found(vault)
        try:
            _ = self._vault.database
        except VaultUnwritable:  # whoever wants to write says so
            pass
        except VaultError as error:
            return _Found(vault, error)
        return _Found(self._vault.state)

    @Slot(object)
    def _found(self, found: _Found) -> None:
        before = self.state.shut
        if before:
            self.touched()
        self._set(vault=found.vault, trouble=found.trouble, code=found.code or self.state.code, busy=False)
        if self.watching:
            self._idle.start()
        else:
            self._idle.stop()
        if self.state.shut != before:
            self.turned.emit()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self._set(busy=False, error=known(error))
        if isinstance(error, NoPassphrase | VaultUnwritable):  # what is shown may not be so
            self.look()
