"""Locking by itself, by the controller's own clock; and what a lock would interrupt."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog

from siamgui.gui.training.finetuning import run_controller
from siamgui.gui.vault.state import Work
from siamgui.storage.run_state import Phase
from siamgui.vault.vault import vault_of
from tests.builders.vault_window import PASSPHRASE, Owner
from tests.builders.window import PATIENCE


class Clock:
    """Stands still until it is put forward."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def idle(owner: Owner, minutes: int) -> Clock:
    """Unlocked at the clock that is returned, with a lock after so many minutes."""
    owner.unlock()
    clock = owner.vault.clock = Clock()
    owner.vault.touched()
    owner.vault.set_lock_after(minutes)
    owner.rest()
    return clock


def test_it_locks_when_nobody_is_there_and_not_while_somebody_types(owner: Owner) -> None:
    clock = idle(owner, 5)
    owner.window.go("people")
    clock.seconds += 299
    owner.vault.tick()
    assert not owner.vault.state.shut
    window, dialog = owner.window.windowHandle(), QDialog(owner.window)
    dialog.show()
    owner.qtbot.waitUntil(dialog.isActiveWindow, timeout=PATIENCE)
    for come_in in (  # where a mouse and a keyboard do
        lambda: QTest.mouseMove(window, QPoint(40, 40)),
        lambda: QTest.keyClick(window, Qt.Key.Key_Shift),
        lambda: QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_Shift),
    ):
        come_in()
        clock.seconds += 299
        owner.vault.tick()
        assert not owner.vault.state.shut
    dialog.close()
    clock.seconds += 1
    owner.vault.tick()
    owner.rest()
    assert owner.lock_page.unlock.passphrase.isVisible()
    assert vault_of().state.locked


def test_without_such_a_time_it_stays_open_and_nobody_is_watched(owner: Owner) -> None:
    owner.unlock()
    assert not owner.vault.watching
    owner.vault.tick()
    assert not owner.vault.state.shut


def test_the_time_is_kept_whoever_looks_meanwhile(owner: Owner) -> None:
    owner.unlock()
    owner.vault.set_lock_after(5)
    owner.vault.look()
    owner.rest()
    assert vault_of().state.lock_after == owner.vault.state.vault.lock_after == 5


def test_an_import_that_runs_postpones_it(owner: Owner, running: Callable[[], None]) -> None:
    clock = idle(owner, 1)
    running()
    clock.seconds += 3600
    owner.vault.tick()
    assert not owner.vault.state.shut
    owner.window.controllers.labelling.stop_import()
    owner.qtbot.waitUntil(lambda: owner.window.controllers.labelling.state.importing is None, timeout=PATIENCE)
    clock.seconds += 60  # something may have touched the window meanwhile
    owner.vault.tick()
    owner.rest()
    assert owner.vault.state.shut


def test_whoever_locks_during_an_import_is_asked_and_what_was_read_is_kept(
    owner: Owner, running: Callable[[], None]
) -> None:
    owner.unlock()
    running()
    owner.vault.lock()
    assert owner.vault.state.asked is Work.IMPORT
    assert "import is running" in owner.window.question.words.text()
    owner.window.question.no_button.click()
    assert owner.vault.state.asked is None
    assert not owner.vault.state.shut
    owner.vault.lock()
    owner.window.question.yes_button.click()
    assert owner.vault.state.shut
    QCoreApplication.processEvents()
    owner.rest()
    assert "labelling" not in owner.window.controllers.__dict__
    owner.unlock(PASSPHRASE)
    owner.window.go("training")
    labelling = owner.window.controllers.labelling
    owner.qtbot.waitUntil(lambda: labelling.state.summary is not None, timeout=PATIENCE)
    assert labelling.state.importing is None


UNTIL_CANCELLED = "import sys\nfor line in sys.stdin:\n    if line.strip() == 'cancel':\n        sys.exit(3)"


def test_a_training_run_is_told_to_leave_and_is_seen_to_its_end_before_the_key_goes(
    owner: Owner, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(run_controller, "command", lambda _: (sys.executable, "-c", UNTIL_CANCELLED))
    owner.unlock()
    owner.window.go("training")
    runs = owner.window.controllers.runs
    runs._run(tmp_path)
    owner.qtbot.waitUntil(lambda: runs.state.phase is Phase.RUNNING, timeout=PATIENCE)  # its key is fetched first
    owner.vault.lock()
    assert owner.vault.state.asked is Work.TRAINING
    phases: list[Phase] = []
    runs.changed.connect(lambda: phases.append(runs.state.phase))
    owner.window.question.yes_button.click()
    assert owner.lock_page.unlock.passphrase.isVisible()  # at once, whatever still runs behind it
    assert not vault_of().state.locked
    owner.rest()
    assert phases[-1] is Phase.BROKEN_OFF
    assert vault_of().state.locked
