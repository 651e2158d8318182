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
from tests.builders.window import PATIENCE, User

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
    already: Callable[..., Person], open_window: Callable[..., User], samples: Path
) -> None:
    already("Joe", "biden.jpg")
    user = open_window()
    user.press(KEY.Key_4, CTRL)

    def state() -> PeopleState:
        return user.window.controllers.people.state

    user.qtbot.waitUntil(lambda: state().opened is not None and state().engine, timeout=PATIENCE)
    user.press(KEY.Key_N, CTRL)
    user.drop_files(samples / "obama1.jpg")
    user.qtbot.waitUntil(lambda: len(state().draft.tiles) == 1, timeout=PATIENCE)
    assert user.names() == (None, None)
    user.press(KEY.Key_Escape)
    assert user.window.page == "people"
    assert not state().drafting
    user.press(KEY.Key_Escape)
    assert user.window.page == "compare"


def people_page(user: User) -> PeopleController:
    """Go to it, and wait until people can be enrolled."""
    user.press(KEY.Key_4, CTRL)
    controller = user.window.controllers.people
    user.qtbot.waitUntil(lambda: controller.state.people is not None and controller.state.engine, timeout=PATIENCE)
    return controller


def test_in_another_language_a_draft_stays_as_it_is(user: User, samples: Path) -> None:
    controller = people_page(user)
    user.press(KEY.Key_N, CTRL)
    user.qtbot.keyClicks(user.people.person.form.name, "Barack")
    user.people.person.form.consent.setPlainText("Yes")
    user.drop_files(samples / "obama1.jpg", samples / "README.md")
    user.qtbot.waitUntil(lambda: len(controller.state.draft.tiles) == 1, timeout=PATIENCE)
    user.qtbot.waitUntil(lambda: controller.state.reading is None, timeout=PATIENCE)
    user.people.person.tiles.setCurrentRow(0)
    user.speak("zh_CN")
    person = user.people.person
    assert person.title.whole_text() == "登记新人"
    assert person.form.name.hasFocus()
    assert (person.form.name.text(), person.form.consent.toPlainText()) == ("Barack", "Yes")
    assert person.tiles.current is not None
    assert person.tiles.current.name == "obama1.jpg"
    assert "“README.md”不是" in person.refused.text()
    user.qtbot.keyClicks(person.form.name, " H.")
    user.press(KEY.Key_Return)
    user.qtbot.waitUntil(lambda: controller.state.opened is not None, timeout=PATIENCE)
    assert controller.state.opened is not None
    kept = controller.state.opened.person
    assert (kept.name, kept.consent) == ("Barack H.", "Yes")
    assert person.title.whole_text() == "Barack H."


def test_in_another_language_a_removal_can_still_be_undone(already: Callable[..., Person], user: User) -> None:
    for name, photo in (("Ann", "obama1.jpg"), ("Bob", "biden.jpg")):
        already(name, photo)
    controller = people_page(user)
    user.press(KEY.Key_F, CTRL)
    user.qtbot.keyClicks(user.people.list.search, "bo")
    user.press(KEY.Key_Return)
    user.qtbot.waitUntil(lambda: user.people.person.title.whole_text() == "Bob", timeout=PATIENCE)
    user.press(KEY.Key_Delete)
    user.speak("zh_CN")
    assert "Bob" in user.people.undo_bar.text()
    assert "removed" not in user.people.undo_bar.text()
    assert user.people.list.search.text() == "bo"
    user.people.undo_button.click()
    user.qtbot.waitUntil(
        lambda: not controller.state.busy and len(controller.state.people or ()) == 2, timeout=PATIENCE
    )
    user.qtbot.waitUntil(lambda: user.people.person.title.whole_text() == "Bob", timeout=PATIENCE)
