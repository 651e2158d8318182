"""What the people page does without its looks: removals, retention, another model, a damaged file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from siamgui.core.paths import LIBRARY, data_folder
from siamgui.core.pipeline import FaceEngine
from siamgui.gui.people import controller as controlling
from siamgui.gui.photos.reader import Share
from siamgui.storage.errors import LibraryFull
from siamgui.storage.label_operations import AddFace
from siamgui.storage.owed_removals import OwedRemovals
from siamgui.storage.people_store import PeopleStore, Person
from siamgui.storage.store import Store
from tests.builders.databases import raw
from tests.builders.labels import photo, reading
from tests.builders.people_page import Keeper
from tests.builders.window import PATIENCE, User

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
OLD = "old 1"


def test_two_photos_are_taken_out_before_the_store_has_answered(keeper: Keeper, obamas: list[Path]) -> None:
    keeper.press(KEY.Key_N, CTRL)
    keeper.drop(*obamas)
    first, second, third = keeper.state.draft.tiles
    keeper.controller.remove_photo(first.key)
    keeper.controller.remove_photo(second.key)
    keeper.settle()
    assert [tile.name for tile in keeper.state.draft.tiles] == [third.name]


def test_a_photo_is_taken_out_while_the_draft_is_being_enrolled(
    open_page: Callable[[], Keeper], already: Callable[..., Person], obamas: list[Path]
) -> None:
    already("Joe", "biden.jpg", "obama1.jpg")
    keeper = open_page()
    keeper.press(KEY.Key_N, CTRL)
    keeper.type("Barack")
    keeper.drop(*obamas)
    keeper.click(keeper.page.person.enrol_button)
    for tile in keeper.state.draft.tiles:
        keeper.controller.remove_photo(tile.key)
    keys = [tile.key for tile in keeper.state.draft.tiles]
    keeper.wait(lambda: not keeper.state.drafting)
    for key in keys:  # as if it had been pressed a moment later
        keeper.controller.remove_photo(key)
    keeper.settle()
    keeper.controller.settle()
    keeper.settle()
    assert {person.name: person.photos for person in keeper.stored()} == {"Barack": 3, "Joe": 2}


def test_a_removal_is_carried_out_after_a_while_and_by_the_next_one(
    already: Callable[..., Person], open_page: Callable[[], Keeper], monkeypatch: pytest.MonkeyPatch
) -> None:
    already("Barack", "obama1.jpg", "obama2.jpg")
    already("Joe", "biden.jpg")
    already("Third", "obama3.jpg")
    keeper = open_page()
    for _ in range(2):
        keeper.click(keeper.page.person.remove_button)
        keeper.settle()
    assert [person.name for person in keeper.stored()] == ["Joe", "Third"]  # the second can still come back
    keeper.press(KEY.Key_Z, CTRL)
    keeper.settle()
    assert keeper.names() == ["Joe", "Third"]
    monkeypatch.setattr(controlling, "GRACE", 50)
    keeper = open_page()
    keeper.click(keeper.page.person.remove_button)
    keeper.wait(lambda: [person.name for person in keeper.stored()] == ["Third"])


def test_a_removal_is_owed_at_once_until_it_is_undone(
    already: Callable[..., Person], open_page: Callable[[], Keeper], monkeypatch: pytest.MonkeyPatch
) -> None:
    already("Barack", "obama1.jpg", "obama2.jpg")
    keeper = open_page()

    def full(*_: object) -> None:
        raise LibraryFull(name=LIBRARY)

    def owed() -> tuple[tuple[int, int | None], ...]:
        with OwedRemovals.open() as found:
            return found.all()

    keeper.click(keeper.page.person.remove_button)
    keeper.settle()
    assert owed() == ((1, None),)
    with monkeypatch.context() as patch:
        patch.setattr(OwedRemovals, "take_back", full)
        keeper.press(KEY.Key_Z, CTRL)
        keeper.wait(lambda: keeper.state.removal is not None)
        keeper.settle()
    assert "disk is full" in keeper.page.notice.text()
    assert keeper.names() == []
    keeper.press(KEY.Key_Z, CTRL)
    keeper.settle()
    assert (owed(), keeper.names()) == ((), ["Barack"])
    assert keeper.state.opened is not None
    keeper.controller.remove_photo(keeper.state.opened.tiles[0].key)
    keeper.settle()
    assert owed() == ((1, 1),)


def test_the_retention_date_removes_a_person_and_says_so(
    already: Callable[..., Person], open_page: Callable[[], Keeper]
) -> None:
    already("Gone", "obama1.jpg", until=date.today())
    already("Stays", "biden.jpg", until=date.today())
    with raw() as db:
        db.execute(
            "UPDATE person SET retain_until = ? WHERE name = 'Gone'", ((date.today() - timedelta(1)).isoformat(),)
        )
    keeper = open_page()
    assert keeper.names() == ["Stays"]
    assert "retention date has passed: “Gone”." in keeper.page.expired.text()


def test_after_the_model_changed_everybody_is_read_anew(
    already: Callable[..., Person], open_page: Callable[[], Keeper], engine: FaceEngine
) -> None:
    new = engine.info.encoder
    people = [
        already("Barack", "obama1.jpg", "obama2.jpg", "obama3.jpg", encoder=OLD),
        already("Joe", "biden.jpg", encoder=OLD),
        already("Both", "obama1.jpg", "biden.jpg", encoder=OLD),
    ]
    with PeopleStore.open() as stored:  # one was read before the program was ended
        photo = stored.photos(people[0].id)[0].id
        stored.put_vectors(new, {photo: engine.embed(stored.crop(photo))[0].vector})
        assert stored.gallery(new).people == ()
    shares: list[Share | None] = []
    keeper = open_page()
    keeper.controller.changed.connect(lambda: shares.append(keeper.state.embedding))
    keeper.controller.refresh()
    keeper.wait(lambda: not PeopleStore.open().missing(new))
    keeper.settle()
    with PeopleStore.open() as stored:
        assert len(stored.gallery(new).people) == 3
        assert stored.gallery(OLD).people == ()  # old and new never mix
        vector = engine.embed(stored.crop(photo))[0].vector
        nearest = stored.gallery(new).nearest(vector)
        assert stored.gallery(new).names[nearest.row] == "Barack"


def test_a_damaged_file_is_said_and_nothing_else_happens(open_page: Callable[[], Keeper]) -> None:
    data_folder().mkdir(parents=True, exist_ok=True)
    (data_folder() / LIBRARY).write_bytes(b"this is no database" * 100)
    keeper = open_page()
    assert "is damaged" in keeper.page.trouble.text()
    assert not keeper.page.invite_button.isEnabled()


def test_the_window_looks_after_people_though_nobody_looks_at_the_page(
    already: Callable[..., Person], open_window: Callable[..., User], engine: FaceEngine
) -> None:
    already("Read by another model", "obama1.jpg", encoder=OLD)
    already("Gone", "biden.jpg", until=date.today())
    with raw() as db:
        db.execute(
            "UPDATE person SET retain_until = ? WHERE name = 'Gone'", ((date.today() - timedelta(1)).isoformat(),)
        )
    user = open_window()
    with PeopleStore.open() as people:
        user.qtbot.waitUntil(lambda: len(people.list()) == 1, timeout=PATIENCE)
        user.qtbot.waitUntil(lambda: len(people.gallery(engine.info.encoder)) == 1, timeout=PATIENCE)
    user.press(KEY.Key_4, CTRL)
    assert user.window.page == "people"
    user.qtbot.waitUntil(user.people.person.isVisible, timeout=PATIENCE)
    assert "“Gone”" in user.people.expired.text()


def test_before_anybody_is_enrolled_the_window_makes_no_file(open_window: Callable[..., User]) -> None:
    user = open_window()
    user.settled()
    user.window.close()
    assert not (data_folder() / LIBRARY).exists()


@pytest.mark.parametrize("photos", [("obama1.jpg",), ("obama1.jpg", "obama2.jpg")])
def test_labelled_photos_that_go_with_a_person_or_a_photo_are_said(
    open_page: Callable[[], Keeper], already: Callable[..., Person], photos: tuple[str, ...]
) -> None:
    already("Ann", *photos)
    with Store() as store:
        digest = store._opened().file.read("SELECT sha256 FROM person_photo ORDER BY id")[0][0]
        store.do(AddFace(replace(photo(1), sha256=digest), reading(photo(1)), 1, Path("/p/1.png"), None))
    keeper = open_page()
    controller = keeper.page.controller
    keeper.settle()
    if len(photos) > 1:
        assert controller.state.opened is not None
        controller.remove_photo(controller.state.opened.tiles[0].key)
    else:
        controller.remove(controller.state.people[0].person)
    controller.settle()
    keeper.qtbot.waitUntil(
        lambda: "1 labelled photo of the same person went too" in keeper.page.notice.text(), timeout=PATIENCE
    )
