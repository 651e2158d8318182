"""The list of people: searched, walked through, and where a person is taken out of."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from siamgui.storage.people_store import Person
from tests.builders.people_page import Keeper

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def test_people_are_searched_and_walked_through_by_keyboard(
    already: Callable[..., Person], open_page: Callable[[], Keeper]
) -> None:
    for name, photo in (("Ann", "obama1.jpg"), ("Bob", "biden.jpg"), ("Zoë", "obama2.jpg")):
        already(name, photo)
    keeper = open_page()
    assert keeper.names() == ["Ann", "Bob", "Zoë"]
    assert keeper.page.person.title.whole_text() == "Ann"
    keeper.press(KEY.Key_F, CTRL)
    keeper.type("zO")
    assert keeper.names() == ["Zoë"]
    keeper.press(KEY.Key_Return)
    keeper.settle()
    assert keeper.page.person.title.whole_text() == "Zoë"
    assert keeper.page.list.view.hasFocus()
    keeper.press(KEY.Key_F, CTRL)
    keeper.type("nobody")
    assert keeper.page.list.nobody.text() == "Nobody here is called “nobody”."
    assert keeper.page.go_back()
    assert len(keeper.names()) == 3
    keeper.page.list.view.setFocus()
    keeper.press(KEY.Key_Home)
    keeper.settle()
    assert keeper.page.person.title.whole_text() == "Ann"


def test_a_person_is_removed_and_brought_back(already: Callable[..., Person], open_page: Callable[[], Keeper]) -> None:
    already("Barack", "obama1.jpg", "obama2.jpg")
    already("Joe", "biden.jpg")
    keeper = open_page()
    keeper.page.list.view.setFocus()
    keeper.press(KEY.Key_Delete)
    keeper.settle()
    assert keeper.names() == ["Joe"]
    assert "“Barack” is removed" in keeper.page.undo_bar.text()
    keeper.press(KEY.Key_Z, CTRL)
    keeper.settle()
    assert keeper.names() == ["Barack", "Joe"]
    assert keeper.page.person.title.whole_text() == "Barack"
    assert len(keeper.stored()) == 2
    keeper.click(keeper.page.person.remove_button)
    keeper.page.hide()  # another page is shown
    keeper.wait(lambda: [person.name for person in keeper.stored()] == ["Joe"])
    keeper.page.show()
    keeper.settle()
    assert keeper.names() == ["Joe"]
    assert not keeper.page.undo_bar.isVisible()
