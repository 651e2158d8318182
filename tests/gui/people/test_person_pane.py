"""One person with the photographs: which are taken, what is said of them, and where they go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageFilter
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from siamgui.storage.people_store import Person
from tests.builders.people_page import Keeper
from tests.builders.window import files

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def test_every_photo_is_checked_and_refused_with_its_reason(keeper: Keeper, samples: Path, tmp_path: Path) -> None:
    with Image.open(samples / "obama2.jpg") as image:
        image.filter(ImageFilter.GaussianBlur(40)).save(tmp_path / "misty.jpg")
        Image.new("RGB", (300, 300), "white").save(tmp_path / "blank.png")
    (tmp_path / "notes.txt").write_text("no picture")
    keeper.drop(samples / "obama1.jpg", tmp_path / "misty.jpg", tmp_path / "blank.png")
    assert keeper.state.drafting
    assert [tile.name for tile in keeper.state.draft.tiles] == ["obama1.jpg"]
    misty, blank = keeper.page.person.refused.text().split("\n")
    assert misty.startswith("“misty.jpg” can’t be used to enrol: ")
    assert blank.startswith("No face was found in “blank.png”.")
    keeper.drop(tmp_path / "notes.txt")
    assert keeper.page.person.refused.text().startswith("“notes.txt” is not a picture")
    keeper.drop(samples / "obama1.jpg")
    assert keeper.page.person.refused.text() == "“obama1.jpg” is there already."
    keeper.drop(*[tmp_path / f"gone{n}.jpg" for n in range(30)])
    said = keeper.page.person.refused.text()
    assert "“gone1.jpg” was not found." in said
    assert said.endswith("\n28 more photos could not be used.")
    keeper.click(keeper.page.person.refused.close_button)
    assert not keeper.page.person.refused.isVisible()
    assert len(keeper.state.draft.tiles) == 1
    assert not keeper.page.person.enrol_button.isEnabled()  # a name is missing
    keeper.page.person.form.name.setText("  ")
    assert not keeper.page.person.enrol_button.isEnabled()


def test_a_photo_of_somebody_else_is_pointed_out_and_taken_out(
    keeper: Keeper, samples: Path, obamas: list[Path]
) -> None:
    keeper.drop(*obamas, samples / "biden.jpg")
    tiles = keeper.page.person.tiles
    assert [tile.odd for tile in keeper.state.draft.tiles] == [False, False, False, True]
    assert "“biden.jpg” does not look like the other photos." in keeper.page.person.odd.text()
    tiles.setFocus()
    tiles.setCurrentRow(3)
    keeper.press(KEY.Key_Delete)
    keeper.settle()
    assert [tile.name for tile in keeper.state.draft.tiles] == [path.name for path in obamas]
    assert not keeper.page.person.odd.isVisible()


def test_a_name_that_is_taken_or_too_long_leaves_the_draft(
    already: Callable[..., Person], open_page: Callable[[], Keeper], samples: Path
) -> None:
    already("Ann", "biden.jpg")
    keeper = open_page()
    keeper.press(KEY.Key_N, CTRL)
    keeper.drop(samples / "obama1.jpg")
    for name, sentence in (("ANN", "“ANN” is enrolled already."), ("x" * 500, "more than 100 characters")):
        keeper.page.person.form.name.setText(name)
        keeper.click(keeper.page.person.enrol_button)
        keeper.wait(lambda sentence=sentence: sentence in keeper.page.notice.text())  # type: ignore[misc]
        assert keeper.state.drafting
        assert len(keeper.state.draft.tiles) == 1
    assert len(keeper.stored()) == 1


def test_the_same_face_under_two_names_is_warned_of(
    already: Callable[..., Person], open_page: Callable[[], Keeper], samples: Path
) -> None:
    already("Barack", "obama1.jpg", "obama2.jpg")
    keeper = open_page()
    keeper.press(KEY.Key_N, CTRL)
    keeper.drop(samples / "biden.jpg")
    assert not keeper.page.person.alike.isVisible()
    keeper.page.person.tiles.setCurrentRow(0)
    keeper.click(keeper.page.person.remove_photo_button)
    keeper.settle()
    keeper.drop(samples / "obama3.jpg")
    assert keeper.page.person.alike.text() == "This face looks like “Barack”, who is enrolled already."
    keeper.press(KEY.Key_Escape)  # the draft is given up through the window; here the page is asked
    assert keeper.page.go_back()
    assert not keeper.state.drafting
    second = keeper.enrol("Somebody else", samples / "obama3.jpg")  # warned, not forbidden
    assert second.photos == 1
    assert "“Barack” is enrolled with a face that looks like this one." in keeper.page.person.alike.text()


def test_photos_of_a_draft_go_to_whom_they_look_like(
    already: Callable[..., Person], open_page: Callable[[], Keeper], samples: Path
) -> None:
    already("Barack", "obama1.jpg")
    keeper = open_page()
    keeper.press(KEY.Key_N, CTRL)
    keeper.type("Obama")
    keeper.drop(samples / "obama2.jpg", samples / "obama3.jpg")
    keeper.click(keeper.page.person.alike_button)
    keeper.wait(lambda: not keeper.state.drafting)
    keeper.settle()
    assert [(person.name, person.photos) for person in keeper.stored()] == [("Barack", 3)]
    assert keeper.page.person.form.name.text() == "Barack"
    keeper.press(KEY.Key_N, CTRL)
    assert keeper.page.person.form.name.text() == ""


def test_a_draft_waits_while_somebody_else_is_looked_at(
    already: Callable[..., Person], open_page: Callable[[], Keeper], samples: Path
) -> None:
    already("Joe", "biden.jpg")
    keeper = open_page()
    keeper.press(KEY.Key_N, CTRL)
    keeper.type("Barack")
    keeper.drop(samples / "obama1.jpg")
    keeper.page.list.view.setCurrentIndex(keeper.page.list.view.model().index(0, 0))
    keeper.settle()
    assert keeper.page.person.title.whole_text() == "Joe"
    assert keeper.page.person.form.name.text() == "Joe"
    keeper.press(KEY.Key_N, CTRL)
    assert keeper.page.person.form.name.text() == "Barack"
    assert [tile.name for tile in keeper.state.draft.tiles] == ["obama1.jpg"]


def test_a_photo_is_added_removed_and_brought_back_but_never_the_last(
    already: Callable[..., Person], open_page: Callable[[], Keeper], samples: Path
) -> None:
    already("Barack", "obama1.jpg")
    keeper = open_page()
    tiles = keeper.page.person.tiles
    tiles.setFocus()
    tiles.setCurrentRow(0)
    keeper.press(KEY.Key_Delete)
    assert "the last photo of “Barack”" in keeper.page.notice.text()
    QGuiApplication.clipboard().setMimeData(files(samples / "obama2.jpg", samples / "biden.jpg"))
    keeper.press(KEY.Key_V, CTRL)
    keeper.settle()
    assert keeper.stored()[0].photos == 3
    assert keeper.state.opened is not None
    assert [tile.odd for tile in keeper.state.opened.tiles] == [False, False, True]
    tiles.setCurrentRow(2)
    keeper.click(keeper.page.person.remove_photo_button)
    keeper.settle()
    assert len(keeper.state.opened.tiles) == 2
    assert keeper.page.person.about.text().startswith("2 photos")
    assert keeper.stored()[0].photos == 3
    keeper.click(keeper.page.undo_button)
    keeper.settle()
    assert len(keeper.state.opened.tiles) == 3
    keeper.click(keeper.page.person.remove_photo_button)
    keeper.page.controller.settle()
    keeper.settle()
    assert keeper.stored()[0].photos == 2
