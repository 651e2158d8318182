"""The people page: real drops, keys and buttons, real photographs, the real engine, the real file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from siamgui.gui.people.controller import PeopleController
from siamgui.gui.people.state import PeopleState
from siamgui.storage.people_store import Person
from tests.builders.people_page import Keeper
from tests.builders.window import PATIENCE, Desk

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def test_somebody_is_enrolled_by_keyboard_alone(keeper: Keeper, samples: Path) -> None:
    page = keeper.page
    assert page.invitation.isVisible()
    keeper.press(KEY.Key_N, CTRL)
    assert page.person.isVisible()
    keeper.type("Barack Obama ")
    page.person.form.name.insert("🙂")  # as an input method does
    keeper.press(KEY.Key_O, CTRL)
    dialog = page.window().findChild(QFileDialog)
    assert dialog is not None
    dialog.setDirectory(str(samples))
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    assert line is not None
    line.setText('"obama1.jpg" "obama2.jpg"')
    keeper.qtbot.keyClick(line, KEY.Key_Return)
    keeper.wait(lambda: len(keeper.state.draft.tiles) == 2)
    keeper.settle()
    with keeper.qtbot.waitActive(page, timeout=PATIENCE):  # a window manager does so when a dialog closes
        page.activateWindow()
    assert page.person.form.name.hasFocus()
    keeper.press(KEY.Key_Tab)
    assert page.person.form.consent.hasFocus()
    keeper.type("Signed form")
    keeper.press(KEY.Key_Backtab)
    keeper.press(KEY.Key_Return)
    keeper.press(KEY.Key_Return)  # one enrolment all the same
    keeper.wait(lambda: not keeper.state.drafting)
    keeper.settle()
    assert not page.notice.isVisible()
    person = keeper.stored()[0]
    assert (person.name, person.consent, person.photos) == ("Barack Obama 🙂", "Signed form", 2)
    assert person.retain_until is None
    assert page.person.title.whole_text() == "Barack Obama 🙂"
    assert keeper.names() == ["Barack Obama 🙂"]


def test_a_web_address_is_not_followed(keeper: Keeper) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/face.jpg")])
    keeper.page.drop(mime, QPoint())
    assert "never uses the network" in keeper.page.notice.text()


def test_verify_and_who_lead_to_the_live_page(already: Callable[..., Person], open_page: Callable[[], Keeper]) -> None:
    person = already("Barack", "obama1.jpg")
    keeper = open_page()
    with keeper.qtbot.waitSignal(keeper.page.verify_wanted) as verified:
        keeper.click(keeper.page.person.verify_button)
    assert verified.args == [person.id]
    with keeper.qtbot.waitSignal(keeper.page.who_wanted):
        keeper.press(KEY.Key_I, CTRL)


def test_every_control_has_a_name_for_those_who_cannot_see_it(
    already: Callable[..., Person], open_page: Callable[[], Keeper]
) -> None:
    already("Barack", "obama1.jpg")
    keeper = open_page()
    unnamed = [
        widget
        for widget in keeper.page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert unnamed == []


def test_a_drop_on_the_window_and_escape_belong_to_the_page(
    already: Callable[..., Person], open_desk: Callable[..., Desk], samples: Path
) -> None:
    already("Joe", "biden.jpg")
    desk = open_desk()
    desk.press(KEY.Key_3, CTRL)

    def state() -> PeopleState:
        return desk.window.controllers.people.state

    desk.qtbot.waitUntil(lambda: state().opened is not None and state().engine, timeout=PATIENCE)
    desk.press(KEY.Key_N, CTRL)
    desk.drop_files(samples / "obama1.jpg")
    desk.qtbot.waitUntil(lambda: len(state().draft.tiles) == 1, timeout=PATIENCE)
    assert desk.names() == (None, None)
    desk.press(KEY.Key_Escape)
    assert desk.window.page == "people"
    assert not state().drafting
    desk.press(KEY.Key_Escape)
    assert desk.window.page == "compare"


def people_page(desk: Desk) -> PeopleController:
    """Go to it, and wait until people can be enrolled."""
    desk.press(KEY.Key_3, CTRL)
    controller = desk.window.controllers.people
    desk.qtbot.waitUntil(lambda: controller.state.people is not None and controller.state.engine, timeout=PATIENCE)
    return controller


def test_in_another_language_a_draft_stays_as_it_is(desk: Desk, samples: Path) -> None:
    controller = people_page(desk)
    desk.press(KEY.Key_N, CTRL)
    desk.qtbot.keyClicks(desk.people.person.form.name, "Barack")
    desk.people.person.form.consent.setPlainText("Yes")
    desk.drop_files(samples / "obama1.jpg", samples / "README.md")
    desk.qtbot.waitUntil(lambda: len(controller.state.draft.tiles) == 1, timeout=PATIENCE)
    desk.qtbot.waitUntil(lambda: controller.state.reading is None, timeout=PATIENCE)
    desk.people.person.tiles.setCurrentRow(0)
    desk.speak("zh_CN")
    person = desk.people.person
    assert person.title.whole_text() == "登记新人"
    assert person.form.name.hasFocus()
    assert (person.form.name.text(), person.form.consent.toPlainText()) == ("Barack", "Yes")
    assert person.tiles.current is not None
    assert person.tiles.current.name == "obama1.jpg"
    assert "“README.md”不是" in person.refused.text()
    desk.qtbot.keyClicks(person.form.name, " H.")
    desk.press(KEY.Key_Return)
    desk.qtbot.waitUntil(lambda: controller.state.opened is not None, timeout=PATIENCE)
    assert controller.state.opened is not None
    kept = controller.state.opened.person
    assert (kept.name, kept.consent) == ("Barack H.", "Yes")
    assert person.title.whole_text() == "Barack H."


def test_in_another_language_a_removal_can_still_be_undone(already: Callable[..., Person], desk: Desk) -> None:
    for name, photo in (("Ann", "obama1.jpg"), ("Bob", "biden.jpg")):
        already(name, photo)
    controller = people_page(desk)
    desk.press(KEY.Key_F, CTRL)
    desk.qtbot.keyClicks(desk.people.list.search, "bo")
    desk.press(KEY.Key_Return)
    desk.qtbot.waitUntil(lambda: desk.people.person.title.whole_text() == "Bob", timeout=PATIENCE)
    desk.press(KEY.Key_Delete)
    desk.speak("zh_CN")
    assert "Bob" in desk.people.undo_bar.words.text()
    assert "removed" not in desk.people.undo_bar.words.text()
    assert desk.people.list.search.text() == "bo"
    desk.people.undo_bar.button.click()
    desk.qtbot.waitUntil(
        lambda: not controller.state.busy and len(controller.state.people or ()) == 2, timeout=PATIENCE
    )
    assert desk.people.person.title.whole_text() == "Bob"
