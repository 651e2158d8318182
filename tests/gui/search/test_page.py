from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Outcome, Side, Strictness
from siamgui.storage.people_store import PeopleStore
from tests.builders.search_page import KEY, Seeker, scans
from tests.builders.videos import still, write
from tests.builders.window import PATIENCE, User


def test_a_folder_and_a_photo_that_are_dropped_give_a_wall_nearest_first(
    seeker: Seeker, tmp_path: Path, samples: Path, qapp: QApplication
) -> None:
    answers = seeker.page.answers
    assert answers.no_folder.isVisible()
    seeker.has_read(scans(tmp_path / "scans"))
    assert answers.no_question.isVisible()
    seeker.drop(samples / "obama3.jpg")
    found = seeker.found()
    assert [one.path.name for one in found.likenesses][2] == "biden.jpg"
    assert [one.outcome for one in found.likenesses][:2] == [Outcome.SAME, Outcome.SAME]
    assert found.likenesses[2].outcome is not Outcome.SAME
    assert answers.wall.isVisible()
    assert answers.chosen.outcome.text() == "Supports: same person"
    assert "3 strangers" in answers.chosen.words.text()
    seeker.wait(lambda: all(seeker.controller.crops.picture(one.face) is not None for one in found.likenesses))
    seeker.press(KEY.Key_Right, answers.wall)
    assert answers.wall.place == 1
    answers.copy()
    assert "biden.jpg" in qapp.clipboard().text()


def test_a_face_that_was_found_becomes_the_question_and_its_own_photo_is_no_likeness(
    seeker: Seeker, tmp_path: Path, samples: Path
) -> None:
    seeker.has_read(scans(tmp_path / "scans"))
    seeker.drop(samples / "obama3.jpg")
    first = seeker.found().likenesses[0]
    seeker.click(seeker.page.answers.chosen.search_button)
    seeker.wait(lambda: seeker.state.found is not None and seeker.state.found.probe.name == first.path.name)
    assert first.path not in [one.path for one in seeker.found().likenesses]


def test_the_line_where_chance_begins_is_a_row_of_its_own_that_the_keyboard_passes_over(
    seeker: Seeker, tmp_path: Path, samples: Path
) -> None:
    seeker.has_read(scans(tmp_path / "scans"))
    seeker.drop(samples / "obama3.jpg")
    found, wall = seeker.found(), seeker.page.answers.wall
    begins = next(place for place, one in enumerate(found.likenesses) if one.expected >= 1)
    model = wall.model()
    lines = [row for row in range(model.rowCount()) if isinstance(model.index(row, 0).data(256), str)]
    assert len(lines) == 1
    assert "at least one stranger is expected" in model.index(lines[0], 0).data(256)
    wall.go_to(begins - 1)
    seeker.press(KEY.Key_Home, wall)
    seeker.press(KEY.Key_Down, wall)
    assert wall.place == begins


def test_the_line_leaves_no_trace_where_it_was_when_the_wall_is_laid_out_anew(
    seeker: Seeker, tmp_path: Path, samples: Path
) -> None:
    seeker.has_read(scans(tmp_path / "scans"))
    seeker.drop(samples / "obama3.jpg")
    seeker.found()
    wall = seeker.page.answers.wall
    seeker.wait(lambda: wall.model().columnCount() > 2)
    tile, line = wall.rowHeight(0), wall.rowHeight(1)
    assert tile > 2 * line
    wall.setFixedWidth(200)
    seeker.wait(lambda: wall.model().columnCount() == 1)
    assert [wall.rowHeight(row) for row in range(4)] == [tile, tile, line, tile]
    wall.setFixedWidth(700)
    seeker.wait(lambda: wall.model().columnCount() > 2)
    assert [wall.rowHeight(row) for row in range(3)] == [tile, line, tile]
    assert [wall.columnSpan(row, 0) for row in range(3)] == [1, wall.model().columnCount(), 1]


def test_only_the_folders_that_are_ticked_are_searched(seeker: Seeker, tmp_path: Path, samples: Path) -> None:
    seeker.has_read(scans(tmp_path / "one", ["obama1"]))
    seeker.has_read(scans(tmp_path / "two", ["biden"]))
    seeker.drop(samples / "obama3.jpg")
    assert seeker.found().faces == 2
    folders = seeker.page.folders.list
    folders.item(0).setCheckState(Qt.CheckState.Unchecked)
    seeker.wait(lambda: seeker.state.found is not None and seeker.state.found.faces == 1)
    folders.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert seeker.page.answers.sentence.accessibleName().startswith("No folder is ticked.")


def test_videos_are_added_by_a_dialog_of_their_own(seeker: Seeker, tmp_path: Path, samples: Path) -> None:
    film = write(tmp_path / "talk.avi", still(load_photo(samples / "obama1.jpg").pixels, 3), 2.0)
    seeker.click(seeker.page.folders.videos_button)
    dialog = seeker.page.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert "*.mp4" in dialog.nameFilters()[0]
    assert dialog.fileMode() is QFileDialog.FileMode.ExistingFiles
    dialog.filesSelected.emit([str(film)])
    seeker.wait(lambda: [one.folder for one in seeker.state.folders or () if one.read] == [film])


def test_a_pause_keeps_what_was_read_and_the_next_start_goes_on(
    open_page: Callable[[], Seeker], tmp_path: Path
) -> None:
    seeker = open_page()
    folder = scans(tmp_path / "scans", ["obama1", "obama2", "obama3", "biden"])
    seeker.drop(folder)
    seeker.wait(lambda: seeker.state.reading is not None and seeker.state.reading.done)
    seeker = open_page()
    assert seeker.state.unfinished == (folder,)
    assert seeker.page.folders.rest.text() == "1 folder is not read to the end."
    seeker.click(seeker.page.folders.go_on_button)
    seeker.wait(lambda: seeker.state.folders and seeker.state.folders[0].read)
    assert seeker.state.folders
    assert seeker.state.folders[0].files == 4
    assert not seeker.page.folders.go_on_button.isVisible()


def test_files_that_cannot_be_read_are_listed(seeker: Seeker, tmp_path: Path) -> None:
    folder = scans(tmp_path / "scans", ["biden"])
    (folder / "damaged.jpg").write_bytes((folder / "biden.jpg").read_bytes()[:2000])
    seeker.has_read(folder)
    seeker.click(seeker.page.folders.problems_button)
    problems = seeker.page.answers.problems
    seeker.wait(problems.isVisible)
    assert problems.list.count() == 1
    assert problems.list.item(0).text().startswith("damaged.jpg\n“damaged.jpg”")
    assert seeker.page.go_back()
    assert not problems.isVisible()


def test_a_folder_is_forgotten_after_one_question(seeker: Seeker, tmp_path: Path, samples: Path) -> None:
    seeker.has_read(scans(tmp_path / "scans", ["biden"]))
    seeker.drop(samples / "obama3.jpg")
    seeker.found()
    folders = seeker.page.folders
    seeker.click(folders.remove_button)
    assert folders.removal.asked
    assert seeker.state.folders
    seeker.click(folders.removal.yes_button)
    seeker.wait(lambda: seeker.state.folders == ())
    assert seeker.state.found is None
    assert seeker.page.answers.no_folder.isVisible()


def test_what_is_not_there_is_said_once_and_a_lost_file_has_a_tile_all_the_same(
    seeker: Seeker, tmp_path: Path, samples: Path
) -> None:
    folder = scans(tmp_path / "scans", ["obama1", "biden"])
    seeker.has_read(folder)
    (folder / "biden.jpg").unlink()
    Image.open(samples / "obama2.jpg").save(folder / "obama1.jpg")
    seeker.drop(samples / "obama3.jpg")
    found = seeker.found()
    seeker.wait(lambda: len(seeker.controller.crops.problems) == 2)
    assert {str(error) for error in seeker.controller.crops.problems.values()} == {
        "“obama1.jpg” has changed since it was read. Read the folder again.",
        "“biden.jpg” was not found. It may have been moved, renamed or deleted.",
    }
    assert len(found.likenesses) == 2
    folder.rename(tmp_path / "elsewhere")
    seeker.click(seeker.page.folders.read_button)
    seeker.wait(lambda: seeker.state.notice is not None)
    assert str(seeker.state.notice) == "The folder “scans” is not there. If it lies on another disk, connect it."
    assert len(seeker.state.folders or ()) == 1


def test_somebody_enrolled_is_looked_for(seeker: Seeker, tmp_path: Path, samples: Path, engine: FaceEngine) -> None:
    photos = [load_photo(samples / name) for name in ("obama2.jpg", "obama3.jpg")]
    with PeopleStore.open() as people:
        person = people.enrol("Barack", "", None, [(photo, engine.read_photo(photo).reading) for photo in photos])
    seeker.has_read(scans(tmp_path / "scans", ["obama1", "biden"]))
    seeker.page.enter()
    seeker.controller.question.choose_person(person.id)
    found = seeker.found()
    assert found.probe.name == "Barack"
    assert found.likenesses[0].path.name == "obama1.jpg"
    assert found.likenesses[0].outcome is Outcome.SAME


def test_strictness_is_that_of_the_window_and_answers_at_once(seeker: Seeker, tmp_path: Path, samples: Path) -> None:
    seeker.has_read(scans(tmp_path / "scans", ["obama1", "biden"]))
    seeker.drop(samples / "obama3.jpg")
    seeker.found()
    seeker.controller.set_strictness(Strictness.STRICT)
    seeker.wait(lambda: seeker.state.found is not None and seeker.state.found.strictness is Strictness.STRICT)


def test_enter_opens_the_two_faces_on_the_page_compare(user: User, tmp_path: Path, samples: Path) -> None:
    user.window.go("search")
    page = user.window.view("search")
    seeker = Seeker(user.qtbot, page)  # type: ignore[arg-type]
    seeker.has_read(scans(tmp_path / "scans", ["obama1", "biden"]))
    seeker.drop(samples / "obama3.jpg")
    seeker.found()
    seeker.press(KEY.Key_Return, seeker.page.answers.wall)
    assert user.window.page == "compare"
    pair = user.window.controllers.pair
    user.qtbot.waitUntil(lambda: pair.state.comparison is not None, timeout=PATIENCE)
    names = [pair.slot(side).loaded.decoded.photo.name for side in Side]  # type: ignore[union-attr]
    assert names == ["obama3.jpg", "obama1.jpg"]


def test_a_video_is_searched_and_compare_opens_the_picture_of_that_time(
    user: User, tmp_path: Path, samples: Path
) -> None:
    barack = load_photo(samples / "obama1.jpg").pixels
    film = write(tmp_path / "talk.avi", [np.full((480, 640, 3), 90, np.uint8)] * 5 + still(barack, 5), 2.0)
    user.window.go("search")
    seeker = Seeker(user.qtbot, user.window.view("search"))  # type: ignore[arg-type]
    seeker.has_read(film)
    seeker.drop(samples / "obama3.jpg")
    (only,) = seeker.found().likenesses
    seeker.wait(lambda: seeker.controller.crops.picture(only.face) is not None)
    wall = seeker.page.answers.wall
    assert "talk.avi at 0:00:0" in wall.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Seen from 0:00:02 to 0:00:04" in seeker.page.answers.chosen.words.text()
    seeker.press(KEY.Key_Return, wall)
    pair = user.window.controllers.pair
    user.qtbot.waitUntil(lambda: pair.state.comparison is not None, timeout=PATIENCE)
    assert pair.slot(Side.RIGHT).loaded.decoded.photo.name.startswith("talk.avi at 0:00:0")  # type: ignore[union-attr]
