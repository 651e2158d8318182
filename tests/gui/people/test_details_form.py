"""Name, consent note and retention date are changed in place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import Qt

from siamgui.storage.people_store import Person
from tests.builders.people_page import Keeper

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def test_name_note_and_retention_are_changed_in_place(
    already: Callable[..., Person], open_page: Callable[[], Keeper]
) -> None:
    already("Barak", "obama1.jpg")
    already("Joe", "biden.jpg")
    keeper = open_page()
    form = keeper.page.person.form
    form.name.setFocus()
    form.name.selectAll()
    keeper.type("Barack")
    keeper.press(KEY.Key_Return)
    keeper.wait(lambda: [person.name for person in keeper.stored()] == ["Barack", "Joe"])
    form.consent.setFocus()
    keeper.type("Told on Monday")
    keeper.press(KEY.Key_Tab)
    assert form.limited.hasFocus()
    keeper.press(KEY.Key_Space)
    keeper.wait(lambda: keeper.stored()[0].retain_until is not None)
    keeper.settle()
    person = keeper.stored()[0]
    assert person.consent == "Told on Monday"
    assert person.retain_until == date.today() + timedelta(days=365)
    form.name.setFocus()
    form.name.selectAll()
    keeper.type("joe")
    keeper.press(KEY.Key_Return)
    keeper.wait(lambda: "“joe” is enrolled already." in keeper.page.notice.text())
    assert form.name.text() == "joe"  # to be corrected
    keeper.page.list.search.setFocus()
    keeper.settle()
    assert form.name.text() == "Barack"
    form.consent.setPlainText("x" * 2001)
    form.consent.setFocus()
    keeper.press(KEY.Key_Tab)
    keeper.wait(lambda: "more than 2000 characters" in keeper.page.notice.text())
    keeper.settle()
    assert len(form.consent.toPlainText()) == 2001  # so much work is not thrown away
    assert keeper.stored()[0].consent == "Told on Monday"


def test_what_is_typed_is_kept_when_the_window_closes(
    already: Callable[..., Person], open_page: Callable[[], Keeper]
) -> None:
    already("Barack", "obama1.jpg")
    keeper = open_page()
    keeper.page.person.form.consent.setFocus()
    keeper.type("Yes")
    keeper = open_page()
    assert keeper.stored()[0].consent == "Yes"
    keeper.page.person.form.name.setFocus()
    keeper.press(KEY.Key_End)
    keeper.type(" H.")
    keeper.press(KEY.Key_N, CTRL)  # the keyboard stays in the field, which now belongs to somebody new
    assert keeper.page.person.form.name.text() == ""
    keeper.wait(lambda: keeper.stored()[0].name == "Barack H.")
