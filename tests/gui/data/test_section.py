"""Check, backup, restore and repair in the settings, as a person uses them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from siamgui.core.errors import Cancelled
from siamgui.gui.data.section import DataSection
from siamgui.gui.data.state import Work
from siamgui.storage.backup import back_up
from siamgui.storage.people_operations import EnrolPerson, ListPeople, RemovePerson
from siamgui.storage.steps import Steps
from siamgui.storage.store import Store
from siamgui.vault.vault import vault_of
from tests.builders.databases import raw
from tests.builders.people import shots
from tests.builders.window import PATIENCE, User


@pytest.fixture
def user(open_window: Callable[..., User]) -> User:
    with Store() as store:
        store.do(EnrolPerson("Ann", "yes", None, shots(1, 2)))
    user = open_window(start=False)
    user.window.go("settings")
    return user


def section(user: User) -> DataSection:
    return user.settings.data


def done(user: User) -> DataSection:
    """Once nothing is under way."""
    user.qtbot.waitUntil(lambda: section(user).controller.state.work is Work.NONE, timeout=PATIENCE)
    return section(user)


def press(user: User, button: object) -> DataSection:
    user.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    return done(user)


def names() -> list[str]:
    with Store() as store:
        return [person.name for person in store.do(ListPeople())]


def test_check_says_that_everything_is_whole(user: User) -> None:
    assert "Everything is whole." in press(user, section(user).check_button).told.text()


def test_a_backup_is_put_back_after_a_question(user: User, tmp_path: Path) -> None:
    file = tmp_path / "one.siamgui-backup"
    page = section(user)
    page.saved.chosen.emit((file,))
    assert "“one.siamgui-backup” is written" in done(user).told.text()
    user.window.go("people")
    people = user.window.controllers.people
    user.qtbot.waitUntil(lambda: bool(people.state.people), timeout=PATIENCE)
    store = user.window.controllers.store
    with user.qtbot.waitSignal(store.ask(RemovePerson(1)).finished, timeout=PATIENCE):
        pass
    user.qtbot.waitUntil(lambda: people.state.people == (), timeout=PATIENCE)
    user.window.go("settings")
    page.opened.chosen.emit((file,))
    assert page.sure.isVisible()
    user.press(Qt.Key.Key_Escape)  # not meant
    assert not page.sure.isVisible()
    assert user.window.page == "settings"
    page.opened.chosen.emit((file,))
    page = press(user, page.sure.yes_button)
    assert "is in place: 1 person" in page.told.text()
    user.qtbot.waitUntil(lambda: bool(people.state.people), timeout=PATIENCE)  # every page has looked again
    assert names() == ["Ann"]


def test_a_backup_that_does_not_open_by_itself_asks_for_the_recovery_code(
    open_window: Callable[..., User], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.siamgui-backup"
    with Store() as store:
        store.do(EnrolPerson("Ann", "yes", None, shots(1)))
    code = vault_of().new_recovery_code()
    back_up(file, Steps())
    monkeypatch.setenv("SIAMGUI_DATA", str(tmp_path / "on another computer"))
    user = open_window(start=False)
    user.window.go("settings")
    page = section(user)
    page.opened.chosen.emit((file,))
    page = press(user, page.sure.yes_button)
    assert page.closed.isVisible()
    assert "recovery code" in page.closed.words.text()
    page.secret.setText(code)
    assert "is in place: 1 person" in press(user, page.closed.yes_button).told.text()
    assert names() == ["Ann"]


def test_a_passphrase_is_taken_as_it_was_typed(
    open_window: Callable[..., User], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.siamgui-backup"
    with Store() as store:
        store.do(EnrolPerson("Ann", "yes", None, shots(1)))
    vault_of().set_passphrase("a space behind ")
    back_up(file, Steps())
    monkeypatch.setenv("SIAMGUI_DATA", str(tmp_path / "on another computer"))
    user = open_window(start=False)
    user.window.go("settings")
    page = section(user)
    page.opened.chosen.emit((file,))
    page = press(user, page.sure.yes_button)
    page.secret.setText("a space behind ")
    assert "is in place: 1 person" in press(user, page.closed.yes_button).told.text()


def test_a_damaged_library_is_repaired_after_a_question(user: User) -> None:
    with raw() as db:
        db.execute("UPDATE person_image SET crop = x'' WHERE photo = 2")
    page = press(user, section(user).check_button)
    assert "The picture of “2.png” is damaged." in page.told.text()
    page = press(user, page.repair_button)
    assert "Lost: the photo “2.png”" in page.told.text()
    assert page.repairing.isVisible()
    page = press(user, page.repairing.yes_button)
    assert "The repaired library is in place." in page.told.text()
    assert "Everything is whole." in press(user, page.check_button).told.text()


def test_a_file_that_is_no_backup_is_said_and_changes_nothing(user: User, samples: Path) -> None:
    page = section(user)
    page.opened.chosen.emit((samples / "obama1.jpg",))
    page = press(user, page.sure.yes_button)
    assert "no backup of siamgui" in page.trouble.text()
    assert names() == ["Ann"]


def test_what_is_stopped_leaves_nothing(user: User, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        back_up(tmp_path / "one.siamgui-backup", Steps(stop=stop))
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []
    page = section(user)
    page.controller.back_up(tmp_path / "two.siamgui-backup")
    user.qtbot.mouseClick(page.stop_button, Qt.MouseButton.LeftButton)  # in time or not
    assert done(user).trouble.isHidden()
    assert [path.name for path in tmp_path.glob(".two*")] == []
