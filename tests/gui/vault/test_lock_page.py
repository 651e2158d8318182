"""Locking and unlocking at the real window: what is shown, what is forgotten, and what is never lost."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLineEdit

from siamgui.core.paths import data_folder
from siamgui.core.types import Label
from siamgui.gui.actions import COMMANDS
from siamgui.gui.controllers import KEPT
from siamgui.gui.live.state import ReferenceKind
from siamgui.gui.vault.lock_page import LockPage
from siamgui.storage.backup import back_up
from siamgui.storage.note_operations import KeepNote, ReadNotes
from siamgui.storage.people_store import PeopleStore
from siamgui.storage.steps import Steps
from siamgui.storage.store import Store
from siamgui.vault.errors import Locked
from siamgui.vault.vault import vault_of
from siamgui.versions.version_store import VersionStore
from tests.builders.people import enrol
from tests.builders.vault_window import PASSPHRASE, Owner, with_passphrase
from tests.builders.versions import result
from tests.builders.window import PATIENCE, User

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NEW = "another horse entirely"


def test_by_keyboard_alone_a_wrong_passphrase_then_the_right_one_then_locked_again(owner: Owner) -> None:
    window = owner.window
    assert window.page == "lock"
    owner.type_in("not the passphrase")
    owner.rest()
    assert owner.lock_page.error.text() == "That is not the passphrase of this vault."
    owner.type_in(PASSPHRASE)  # over the wrong one, which is selected
    owner.rest()
    assert window.page == "compare"
    owner.press(Qt.Key.Key_4, CTRL)
    assert owner.names() == ("Ada", "Grace")
    owner.press(Qt.Key.Key_L, CTRL, SHIFT)
    owner.rest()
    assert isinstance(window.view("people"), LockPage)
    owner.type_in(PASSPHRASE)
    owner.rest()
    assert window.page == "people"
    assert owner.names() == ("Ada", "Grace")


def test_pages_of_what_is_kept_show_the_lock_and_comparing_works(owner: Owner, samples: Path) -> None:
    for name in ("people", "training", "history"):
        owner.window.go(name)
        assert owner.lock_page.unlock.passphrase.isVisible(), name
    owner.lock_page.compare_button.click()
    assert owner.window.page == "compare"
    owner.window.start()
    owner.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    assert owner.verdict().verdict.outcome.value == "same"
    owner.page.card.truth.buttons[Label.SAME].click()
    assert owner.page.card.truth.words.text() == str(Locked())


def test_what_was_kept_is_in_no_page_and_no_controller_once_it_is_locked(owner: Owner) -> None:
    owner.unlock()
    for name in ("history", "training", "live", "search"):
        owner.window.go(name)
    assert owner.names() == ("Ada", "Grace")
    controllers = owner.window.controllers
    assert not controllers.audit.state.running  # made, as when its step is shown
    was = [weakref.ref(controllers.__dict__[name]) for name in KEPT]
    was += [weakref.ref(owner.window.view(name)) for name in ("people", "history", "training", "live", "search")]
    owner.vault.lock()
    owner.rest()
    assert owner.window.page == "people"
    assert owner.lock_page.unlock.passphrase.text == ""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert [one() for one in was if one() is not None] == []
    with pytest.raises(Locked):
        _ = vault_of().database


def _gone(was: Sequence[weakref.ref[Any]]) -> bool:
    return all(one() is None for one in was)


def test_what_is_set_aside_so_that_a_lock_is_short_holds_nothing_that_was_kept(
    quick_passphrases: None, open_window: Callable[..., User]
) -> None:
    with_passphrase()
    owner = Owner.at(open_window())
    controllers = owner.window.controllers
    owner.qtbot.waitUntil(lambda: controllers.inference.current is not None, timeout=PATIENCE)
    assert gc.get_freeze_count() > 10_000
    owner.window.go("people")
    for _ in range(2):
        owner.unlock()
        assert owner.names() == ("Ada", "Grace")
        owner.window.go("live")
        people, live = controllers.people, controllers.live
        picture = (people.state.people or ())[0].picture
        was: list[weakref.ref[Any]] = [
            weakref.ref(one) for one in (people, live, controllers.store, picture, owner.window.view("people"))
        ]
        del people, live, picture
        if "settings" not in owner.window._pages:
            owner.window.go("settings")
        else:  # what was set aside goes too when it is replaced
            was.append(weakref.ref(owner.window.view("settings")))
            owner.window._build_anew()
        owner.window.go("people")
        owner.vault.lock()
        owner.rest()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        owner.qtbot.waitUntil(partial(_gone, was), timeout=PATIENCE)
        # It is set aside by a turn of the event loop of its own.
        owner.qtbot.waitUntil(lambda: gc.get_freeze_count() > 10 * len(gc.get_objects()), timeout=PATIENCE)
    owner.window.close()
    assert gc.get_freeze_count() == 0


def test_what_was_asked_for_before_the_lock_is_written(owner: Owner) -> None:
    owner.unlock()
    for number in range(20):
        owner.window.controllers.store.ask(KeepNote(str(number), number))
    owner.vault.lock()
    owner.rest()
    vault_of().unlock(PASSPHRASE)
    with Store() as store:
        assert [store.do(ReadNotes((str(n),)))[str(n)] for n in range(20)] == list(range(20))


def test_live_opens_nothing_while_all_is_put_away_and_is_there_afterwards(owner: Owner) -> None:
    owner.unlock()
    owner.window.go("live")
    for number in range(20):
        owner.window.controllers.store.ask(KeepNote(str(number), number))
    owner.vault.lock_anyway()
    owner.window.go("live")
    assert owner.vault.state.busy
    assert not owner.lock_page.unlock.unlock_button.isEnabled()
    with pytest.raises(Locked):
        _ = owner.window.controllers.store
    owner.rest()
    reference = owner.window.controllers.live.reference
    owner.qtbot.waitUntil(lambda: reference.state.error is not None, timeout=PATIENCE)
    assert reference.state.people is None
    assert owner.live.isVisible()


def test_live_says_that_the_people_are_locked_and_shows_them_after_unlocking(owner: Owner) -> None:
    owner.window.go("live")
    reference = owner.window.controllers.live.reference
    owner.qtbot.waitUntil(lambda: reference.state.error is not None, timeout=PATIENCE)
    owner.live.reference.kinds[ReferenceKind.PERSON].click()
    empty = owner.live.reference.person.empty
    assert empty.text.text() == str(Locked())
    empty.button.click()
    owner.unlock()
    owner.window.go("live")
    owner.qtbot.waitUntil(lambda: len(reference.state.people or ()) == 2, timeout=PATIENCE)


def test_the_recovery_code_opens_it_and_sets_another_passphrase(
    quick_passphrases: None, open_window: Callable[..., User]
) -> None:
    with PeopleStore.open() as people:
        enrol(people, "Ada", 1)
    vault_of().set_passphrase(PASSPHRASE)
    code = vault_of().new_recovery_code(PASSPHRASE)
    vault_of().forget()
    owner = Owner.at(open_window(start=False))
    owner.lock_page.unlock.recovery_button.click()
    form = owner.lock_page.recovery
    form.code.setText(code[:-1])
    form.recover_button.click()
    owner.rest()
    assert owner.lock_page.error.text().startswith("The recovery code has a typing mistake")
    form.code.setText(code.lower().replace("-", " "))
    form.passphrase.new.field.setText(NEW)
    form.recover_button.click()
    assert owner.lock_page.error.text().startswith("The two passphrases are not the same")
    form.passphrase.again.field.setText(NEW)
    form.recover_button.click()
    owner.rest()
    assert owner.names() == ("Ada",)
    vault_of().unlock(NEW)
    owner.vault.lock()
    owner.rest()
    owner.window.go("lock")
    assert owner.lock_page.unlock.isVisible()
    for part in (owner.lock_page, form):  # nothing that was typed waits for whoever comes next
        assert [one.text() for one in part.findChildren(QLineEdit) if one.text()] == []


def test_without_a_recovery_code_it_says_that_there_is_none(owner: Owner) -> None:
    part = owner.lock_page.unlock
    assert not part.recovery_button.isVisible()
    assert part.lost.isVisible()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "vault.key").unlink(), "“vault.key”, the key of the vault, is missing."),
        (lambda folder: (folder / "vault.json").write_text("{"), "“vault.json” is damaged"),
        (lambda folder: (folder / "vault.json").unlink(), "“vault.json” is missing"),
    ],
)
def test_a_vault_that_nothing_opens_gets_one_page_and_opens_once_its_key_is_back(
    open_window: Callable[..., User], spoil: Callable[[Path], object], said: str
) -> None:
    with PeopleStore.open() as people:
        enrol(people, "Ada", 1)
    folder = data_folder()
    kept = {name: (folder / name).read_bytes() for name in ("vault.key", "vault.json")}
    vault_of().forget()
    spoil(folder)
    owner = Owner.at(open_window(start=False))
    for name in ("lock", "people", "training", "history"):
        owner.window.go(name)
        assert owner.lock_page.trouble.words.text().startswith(said)
        assert not owner.lock_page.trouble.recovery_button.isVisible()
    for name, data in kept.items():
        (folder / name).write_bytes(data)
    owner.lock_page.trouble.again_button.click()
    owner.rest()
    assert owner.names() == ("Ada",)


def test_a_backup_restored_in_the_settings_brings_back_what_nothing_opened(
    open_window: Callable[..., User], tmp_path: Path
) -> None:
    with PeopleStore.open() as people:
        enrol(people, "Ada", 1)
    back_up(tmp_path / "one.siamgui-backup", Steps())
    vault_of().forget()
    (data_folder() / "vault.json").write_text("{")
    owner = Owner.at(open_window(start=False))
    owner.window.go("settings")
    data = owner.settings.data
    data.opened.chosen.emit((tmp_path / "one.siamgui-backup",))
    data.sure.yes_button.click()
    owner.qtbot.waitUntil(lambda: not (owner.vault.state.shut or data.controller.busy), timeout=PATIENCE)
    assert owner.names() == ("Ada",)


def test_a_lost_key_file_is_made_good_by_the_recovery_code(open_window: Callable[..., User]) -> None:
    with PeopleStore.open() as people:
        enrol(people, "Ada", 1)
    code = vault_of().new_recovery_code()
    vault_of().forget()
    (data_folder() / "vault.key").unlink()
    owner = Owner.at(open_window(start=False))
    owner.lock_page.trouble.recovery_button.click()
    owner.lock_page.recovery.code.setText(code)
    owner.lock_page.recovery.recover_button.click()
    owner.rest()
    assert owner.names() == ("Ada",)
    vault_of().forget()
    assert vault_of().database


def test_photos_that_the_window_was_started_with_are_shown_and_not_the_lock(
    quick_passphrases: None, open_window: Callable[..., User], samples: Path
) -> None:
    vault_of().set_passphrase(PASSPHRASE)
    vault_of().forget()
    user = open_window(start=False)
    user.window.open_files([samples / "obama1.jpg"])
    owner = Owner.at(user)
    assert owner.window.page == "compare"
    assert owner.window.rail.tabs["lock"].text() == "Unlock"


def test_a_version_of_ones_own_answers_only_while_it_is_unlocked(
    owner: Owner, finished_version: Path, tmp_path: Path
) -> None:
    vault_of().unlock(PASSPHRASE)
    version = VersionStore().adopt(result(finished_version, tmp_path))
    VersionStore().activate(version.id)
    vault_of().forget()
    owner.window.controllers.start()
    inference = owner.window.controllers.inference

    def answers(name: str) -> None:
        owner.qtbot.waitUntil(
            lambda: inference.current is not None and inference.current.info.encoder_name.startswith(name),
            timeout=PATIENCE,
        )

    answers("MobileFaceNet")
    assert "is locked with the vault" in owner.window.notice.text()
    owner.unlock()
    answers("Poor camera")
    owner.vault.lock()
    owner.rest()
    answers("MobileFaceNet")


def test_another_language_leaves_it_locked(owner: Owner) -> None:
    owner.window.go("people")
    owner.speak("zh_CN")
    assert not owner.lock_page.title.text().isascii()
    owner.unlock()
    assert owner.names() == ("Ada", "Grace")


def test_the_key_stands_under_f1(owner: Owner) -> None:
    owner.window.go("help")
    keys = QKeySequence(COMMANDS["lock"].keys).toString(QKeySequence.SequenceFormat.NativeText)
    assert keys in owner.help.text.toPlainText()
