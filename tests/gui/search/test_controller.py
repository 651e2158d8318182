from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from siamgui.gui.search.page import SearchPage
from siamgui.storage.people_store import PeopleStore
from siamgui.vault.vault import vault_of
from tests.builders.search_page import Seeker, scans
from tests.builders.vault_window import PASSPHRASE, Owner
from tests.builders.window import User


def test_a_lock_pauses_the_reading_and_clears_what_was_found_and_it_goes_on_after_unlocking(
    quick_passphrases: None, open_window: Callable[..., User], tmp_path: Path, samples: Path
) -> None:
    with PeopleStore.open():
        pass
    vault_of().set_passphrase(PASSPHRASE)
    owner = Owner.at(open_window())
    window = owner.window
    owner.qtbot.waitUntil(lambda: window.controllers.inference.current is not None, timeout=60_000)
    window.go("search")
    page = window.view("search")
    assert isinstance(page, SearchPage)
    seeker = Seeker(owner.qtbot, page)
    seeker.has_read(scans(tmp_path / "one", ["obama1"]))
    seeker.drop(samples / "obama3.jpg")
    seeker.found()
    seeker.drop(folder := scans(tmp_path / "two", ["obama1", "obama2", "obama3", "biden"]))
    seeker.wait(lambda: seeker.state.reading is not None)
    owner.vault.lock()
    owner.vault.lock_anyway()
    owner.rest()
    assert "search" not in window.controllers.__dict__
    assert not isinstance(window.view("search"), SearchPage)
    owner.vault.unlock(PASSPHRASE)
    owner.rest()
    window.go("search")
    page = window.view("search")
    assert isinstance(page, SearchPage)
    seeker = Seeker(owner.qtbot, page)
    assert seeker.state.found is None
    if folder in seeker.state.unfinished:
        seeker.controller.go_on()
    seeker.wait(lambda: all(one.read for one in seeker.state.folders or ()) and seeker.state.current is None)
    assert sum(one.files for one in seeker.state.folders or ()) in (1, 5)
