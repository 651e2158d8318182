"""A data folder that disappears, turns read-only or fills up while the window is open is noticed, and so said."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from siamgui.core.paths import data_folder
from siamgui.gui.preferences import Preferences
from siamgui.storage.database import Database
from siamgui.storage.errors import LibraryLost
from siamgui.storage.note_operations import KeepNote, ReadNotes
from siamgui.storage.people_operations import EnrolPerson, RemovePerson
from siamgui.storage.store import Store
from tests.builders.people import shots
from tests.builders.window import PATIENCE, User


def says(user: User, text: str) -> None:
    user.qtbot.waitUntil(lambda: text in user.window.kept.text(), timeout=PATIENCE)


def all_is_well(user: User) -> None:
    user.qtbot.waitUntil(user.window.kept.isHidden, timeout=PATIENCE)


def kept(user: User, value: object) -> Exception | None:
    """Keep something; returns what was said instead."""
    failed: list[Exception] = []
    task = user.window.controllers.store.ask(KeepNote("key", value)).on(failed=failed.append)
    with user.qtbot.waitSignal(task.finished, timeout=PATIENCE):
        pass
    return failed[0] if failed else None


def test_a_folder_that_disappears_and_comes_back(open_window: Callable[..., User], tmp_path: Path) -> None:
    user = open_window(start=False)
    assert kept(user, 1) is None
    data_folder().rename(tmp_path / "away")
    assert isinstance(kept(user, 2), LibraryLost)  # and not a word of having saved it
    says(user, "The data folder is gone")
    (tmp_path / "away").rename(data_folder())
    all_is_well(user)
    assert kept(user, 3) is None
    with Store() as store:
        assert store.do(ReadNotes(("key",))) == {"key": 3}
    shutil.rmtree(data_folder())
    assert isinstance(kept(user, 4), LibraryLost)
    assert not data_folder().exists()  # no empty one in its place


def test_a_disk_that_is_full_or_read_only(open_window: Callable[..., User], monkeypatch: pytest.MonkeyPatch) -> None:
    user = open_window(start=False)
    assert kept(user, 1) is None
    monkeypatch.setattr("siamgui.storage.database._LEAST", 2**62)  # no disk has that much room
    says(user, "The disk is full")
    monkeypatch.undo()
    all_is_well(user)


def test_what_is_not_gone_yet_is_said_until_it_is(open_window: Callable[..., User]) -> None:
    user = open_window(start=False)
    store = user.window.controllers.store
    enrolled = store.ask(EnrolPerson("Somebody Removed", "", None, shots(1)))
    with user.qtbot.waitSignal(enrolled.succeeded, timeout=PATIENCE) as answer:
        pass
    with closing(Database.open()) as other:
        other.read("BEGIN")
        other.read("SELECT * FROM person")
        store.ask(RemovePerson(answer.args[0].id))
        says(user, "another program reads it")
    all_is_well(user)


def test_settings_that_cannot_be_saved(open_window: Callable[..., User], tmp_path: Path) -> None:
    user = open_window(start=False)
    (tmp_path / "settings").mkdir(exist_ok=True)
    (tmp_path / "settings" / "siamgui").write_bytes(b"a file where the folder should be")
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "settings"))
    user.window.controllers.set_preferences(Preferences(appearance="dark"))
    says(user, "settings can’t be saved")
