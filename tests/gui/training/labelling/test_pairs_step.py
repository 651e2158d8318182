"""Step 1, bringing in: real drops, lists, folders and dialogs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLineEdit

from siamgui.core.types import Label, Outcome
from siamgui.labelling.import_plan import ImportKind
from siamgui.storage.label_store import LabelStore
from tests.builders.training_page import OBAMAS, Learner, truth, write
from tests.builders.window import User, files

CTRL = Qt.KeyboardModifier.ControlModifier
SAME, DIFFERENT = Label.SAME, Label.DIFFERENT


def test_a_list_of_pairs_with_a_copy_a_photo_without_face_and_windows_line_ends(
    learner: Learner, samples: Path, tmp_path: Path
) -> None:
    for name in (*OBAMAS, "biden.jpg"):
        shutil.copy(samples / name, tmp_path)
    shutil.copy(samples / "biden.jpg", tmp_path / "again.jpg")
    Image.linear_gradient("L").resize((400, 300)).save(tmp_path / "sky.png")
    rows = (
        "left,right,same",
        "obama1.jpg,obama2.jpg,1",
        f"{samples / 'obama3.jpg'},biden.jpg,different",
        "again.jpg,biden.jpg,1",
        "obama1.jpg,sky.png,0",
    )
    (tmp_path / "pairs.csv").write_bytes(("\ufeff" + "\r\n".join(rows)).encode())
    learner.drop(tmp_path / "pairs.csv")
    assert learner.said() == {
        frozenset(("obama1.jpg", "obama2.jpg")): SAME,
        frozenset(("obama3.jpg", "biden.jpg")): DIFFERENT,
    }
    summary = learner.pairs.import_panel.summary.text()
    assert "“pairs.csv”. New: 4 photos, 2 pairs." in summary
    assert "1 photo could not be used." in summary
    assert "1 file is a copy" in summary
    assert "1 pair shows one photo twice" in summary
    learner.click(learner.pairs.import_panel.problems_button)
    assert "sky.png" in learner.pairs.problems.text.toPlainText()
    learner.user.press(Qt.Key.Key_Escape)
    assert learner.pairs.desk.isVisible()
    learner.click(learner.pairs.import_panel.undo_button)
    learner.settle()
    assert learner.said() == {}
    assert learner.summary.faces == ()


def test_a_list_that_says_the_opposite_gets_a_second_look(learner: Learner, samples: Path, tmp_path: Path) -> None:
    learner.drop(samples / "obama1.jpg", samples / "obama2.jpg")
    learner.say(SAME)
    rows = (
        f"{samples / 'obama1.jpg'},{samples / 'obama2.jpg'},0",
        f"{samples / 'obama2.jpg'},{samples / 'obama3.jpg'},1",
    )
    learner.drop(write(tmp_path / "other.csv", *rows))
    assert learner.said()[frozenset(("obama1.jpg", "obama2.jpg"))] is SAME
    assert "1 pair says the opposite" in learner.pairs.import_panel.summary.text()
    assert len(learner.summary.doubts) == 1
    learner.click(learner.pairs.desk.look_button)
    learner.settle()
    assert learner.pairs.desk.hint.text().startswith("A list that you imported says the opposite.")
    learner.say(SAME)
    assert learner.summary.doubts == ()


BAD_LISTS = {
    "obama1.jpg,obama2.jpg,1\n": "lacks the column",
    "left,right\nobama1.jpg,obama2.jpg\n": "lacks the column same",
    "left,right,same\nobama1.jpg,nowhere.jpg,1\nobama1.jpg,obama2.jpg,0\n": "nowhere.jpg",
    "left,right,same\nobama1.jpg,obama2.jpg,maybe\n": "maybe",
    "left,right,same\nobama1.jpg,obama1.jpg,1\n": "itself",
    "": "no pairs",
}


def test_a_bad_list_gets_one_sentence_and_nothing_is_lost(learner: Learner, samples: Path, tmp_path: Path) -> None:
    for name in ("obama1.jpg", "obama2.jpg"):
        shutil.copy(samples / name, tmp_path)
    learner.drop(tmp_path / "obama1.jpg", tmp_path / "obama2.jpg")
    learner.say(SAME)
    for text, sentence in BAD_LISTS.items():
        (tmp_path / "bad.csv").write_text(text)
        learner.drop(tmp_path / "bad.csv")
        assert learner.page.notice.isVisible()
        assert sentence in learner.page.notice.text()
        assert str(tmp_path) not in learner.page.notice.text()
        assert list(learner.said().values()) == [SAME]
        learner.click(learner.page.notice.close_button)
        assert not learner.page.notice.isVisible()


def test_folders_of_people_are_pairs_and_persons(learner: Learner, samples: Path, tmp_path: Path) -> None:
    folder = tmp_path / "family"
    for person, names in {"Barack": OBAMAS, "Joe": ("biden.jpg",)}.items():
        (folder / person).mkdir(parents=True)
        for name in names:
            shutil.copy(samples / name, folder / person)
    learner.drop(folder)
    assert {face.person for face in learner.summary.faces} == {"Barack", "Joe"}
    said = learner.said()
    assert all(label is truth(set(names)) for names, label in said.items())
    assert learner.summary.count(SAME) == 3
    assert learner.asked is None  # the folders say all there is to say
    learner.user.drop_files(folder / "Joe")
    learner.settle()
    assert learner.state.imported is not None
    assert learner.state.imported.photos == 0


def test_what_is_no_photograph_is_refused(learner: Learner, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    learner.drop(tmp_path / "empty")
    assert "There are no photos in “empty”" in learner.page.notice.text()
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/a.jpg")])
    learner.user.drop(mime)
    assert "never uses the network" in learner.page.notice.text()
    mime = QMimeData()
    mime.setText("who is who")
    learner.user.drop(mime)
    assert learner.page.notice.text().startswith("There are no photos in that.")
    assert learner.summary.empty


def test_photographs_by_the_dialog(learner: Learner, samples: Path) -> None:
    learner.user.press(Qt.Key.Key_O, CTRL)
    dialog = learner.pairs.window().findChild(QFileDialog)
    assert dialog is not None
    assert dialog.fileMode() is QFileDialog.FileMode.ExistingFiles
    dialog.setDirectory(str(samples))
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    assert line is not None
    line.setText('"biden.jpg"')
    learner.qtbot.keyClick(line, Qt.Key.Key_Return)
    learner.wait(lambda: not learner.summary.empty)
    learner.settle()
    assert [face.name for face in learner.summary.faces] == ["biden.jpg"]


def test_files_are_pasted_and_each_way_in_opens_its_dialog(learner: Learner, photos: list[Path]) -> None:
    QGuiApplication.clipboard().setMimeData(files(*photos[:2]))
    learner.user.press(Qt.Key.Key_V, CTRL)
    learner.settle()
    assert len(learner.summary.faces) == 2
    QGuiApplication.clipboard().setText("nothing to see")
    learner.user.press(Qt.Key.Key_V, CTRL)
    assert learner.page.notice.text().startswith("There are no photos in that.")
    modes = {ImportKind.CSV: QFileDialog.FileMode.ExistingFile, ImportKind.PEOPLE: QFileDialog.FileMode.Directory}
    for kind, mode in modes.items():
        learner.click(learner.pairs.import_panel.ways[kind])
        dialog = learner.pairs.window().findChild(QFileDialog)
        assert dialog is not None
        assert dialog.fileMode() is mode
        dialog.reject()
        learner.wait(lambda: learner.pairs.window().findChild(QFileDialog) is None)


def test_a_folder_as_a_network_drive_leaves_it(learner: Learner, photos: list[Path], tmp_path: Path) -> None:
    for person, name in (("joe", "biden.jpg"), ("barack", "obama1.jpg"), ("barack", "obama2.jpg")):
        for folder in (person, f"{person}/@eaDir"):
            (tmp_path / "people" / folder).mkdir(parents=True, exist_ok=True)
            shutil.copy(next(photo for photo in photos if photo.name == name), tmp_path / "people" / folder)
    learner.drop(tmp_path / "people")
    assert len(learner.summary.faces) == 3
    assert "2 hidden or system files and folders were skipped." in learner.pairs.import_panel.summary.text()


def test_an_import_is_stopped_and_compare_answers_meanwhile(learner: Learner, lfw: Path, samples: Path) -> None:
    photos = sorted((lfw / "images").glob("*/*_0001.jpg"))[:200]
    learner.user.drop_files(*photos)
    learner.wait(lambda: learner.state.importing is not None and learner.state.importing.done >= 7)
    assert "7 of 200" in learner.pairs.import_panel.progress.words.text() or learner.state.importing is not None
    learner.window.go("compare")
    learner.user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    assert learner.user.verdict().verdict.outcome is Outcome.SAME
    assert learner.state.importing is not None  # it did not have to wait for the end
    learner.window.go("training")
    learner.click(learner.pairs.import_panel.stop_button)
    learner.settle()
    assert 7 <= len(learner.summary.faces) < 200
    assert "Stopped before the end" in learner.pairs.import_panel.summary.text()
    assert learner.asked is not None


def test_an_import_that_the_end_of_the_program_cuts_short_goes_on(
    open_window: Callable[..., User], lfw: Path, tmp_path: Path
) -> None:
    photos = sorted((lfw / "images").glob("*/*_0001.jpg"))[:24]
    rows = [f"{a},{b},0" for a, b in zip(photos[::2], photos[1::2], strict=True)]
    second = photos[0].with_name(photos[0].name.replace("0001", "0002"))
    rows.append(f"{photos[0]},{second if second.exists() else photos[1]},1")
    learner = Learner(open_window())
    learner.user.drop_files(write(tmp_path / "pairs.csv", *rows))
    learner.wait(lambda: learner.state.importing is not None and learner.state.importing.done >= 3)
    learner.window.close()
    with LabelStore.open() as library:
        read = len(library.faces())
    assert 3 <= read < 25
    again = Learner(open_window())
    assert "“pairs.csv” was cut short" in again.pairs.unfinished.text()
    again.click(again.pairs.continue_button)
    again.settle()
    assert again.summary.count(DIFFERENT) >= 11
    assert not again.pairs.unfinished.isVisible()
