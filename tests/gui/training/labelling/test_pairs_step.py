"""Step 1 of the training page: the real window, real drops and keys, real photographs, the real engine."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLineEdit

from siamgui.core.paths import data_folder
from siamgui.core.types import Label, Outcome
from siamgui.gui.training.labelling.state import DeskMode, Step, StepStatus
from siamgui.labelling.import_plan import ImportKind
from siamgui.storage.database import FILE_NAME
from siamgui.storage.label_store import LabelStore
from tests.builders.training_page import ALT, Learner
from tests.builders.window import PATIENCE, Desk, files

CTRL = Qt.KeyboardModifier.ControlModifier
SAME, DIFFERENT, UNSURE = Label.SAME, Label.DIFFERENT, Label.UNSURE
OBAMAS = ("obama1.jpg", "obama2.jpg", "obama3.jpg")


@pytest.fixture
def learner(desk: Desk) -> Learner:
    return Learner(desk)


@pytest.fixture
def photos(samples: Path) -> list[Path]:
    """Three of one man, one of another."""
    return [samples / name for name in (*OBAMAS, "biden.jpg")]


def truth(names: set[str]) -> Label:
    return DIFFERENT if "biden.jpg" in names else SAME


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(("left,right,same", *lines)) + "\n")
    return path


# The steps.


def test_the_steps_are_walked_by_mouse_and_by_keyboard_and_remembered(open_desk: Callable[..., Desk]) -> None:
    learner = Learner(open_desk())
    assert learner.state.step is Step.PAIRS
    learner.desk.press(Qt.Key.Key_Right, ALT)
    assert learner.state.step is Step.CHECK
    learner.click(learner.page.rail.buttons[Step.ACTIVATE])
    assert learner.state.step is Step.ACTIVATE
    assert [step for step, button in learner.page.rail.buttons.items() if button.isChecked()] == [Step.ACTIVATE]
    assert not learner.page.next_button.isVisible()
    learner.desk.press(Qt.Key.Key_Left, ALT)
    learner.click(learner.page.back_button)
    assert learner.state.step is Step.TRAIN
    learner.window.close()
    again = Learner(open_desk())
    again.wait(lambda: again.state.step is Step.TRAIN)


def test_a_step_that_waits_for_something_says_so_and_leads_there(learner: Learner) -> None:
    learner.click(learner.page.rail.buttons[Step.CHECK])
    assert learner.state.progress[Step.CHECK].status is StepStatus.BLOCKED
    learner.click(learner.page.waiting.button)
    assert learner.state.step is Step.PAIRS
    assert "here" in learner.page.rail.buttons[Step.PAIRS].accessibleName()


def test_escape_leaves_the_page_and_no_drop_goes_to_compare(learner: Learner, photos: list[Path]) -> None:
    learner.drop(photos[0])
    assert learner.window.page == "training"
    assert len(learner.shelf.faces) == 1
    assert learner.desk.names() == (None, None)
    learner.desk.press(Qt.Key.Key_Escape)
    assert learner.window.page == "compare"


# The desk.


def test_a_pile_of_photographs_is_labelled_by_keyboard_alone(learner: Learner, photos: list[Path]) -> None:
    assert learner.pairs.invitation.isVisible()
    learner.drop(*photos)
    assert learner.pairs.desk.isVisible()
    assert len(learner.shelf.faces) == 4
    answers = 0
    while learner.asked is not None:
        learner.say(truth(learner.names()))
        answers += 1
    # Two answers make three photographs one person, and one more sets the other person apart from all three.
    assert answers <= 5
    assert learner.shelf.implied == 6 - answers
    said = learner.said()
    assert len(said) == answers
    assert all(label is truth(set(names)) for names, label in said.items())
    assert learner.pairs.desk.headline.text() == "Every pair is answered"
    assert learner.state.progress[Step.PAIRS].words == f"{answers} pairs"


def test_what_follows_is_said_and_not_asked(learner: Learner, photos: list[Path]) -> None:
    learner.drop(*photos[:3])
    learner.say(SAME)
    assert learner.pairs.desk.follows.text() == ""
    learner.say(SAME)
    assert learner.asked is None
    assert learner.shelf.implied == 1


def test_undo_brings_the_pair_back_and_unsure_is_not_asked_again(learner: Learner, photos: list[Path]) -> None:
    learner.drop(*photos)
    first = learner.names()
    learner.say(DIFFERENT)
    assert learner.names() != first
    learner.undo()
    assert learner.names() == first
    assert learner.said() == {}
    learner.click(learner.pairs.desk.buttons["unsure"])
    learner.settle()
    assert learner.said() == {frozenset(first): UNSURE}
    asked = {frozenset(learner.names())}
    while learner.asked is not None:
        asked.add(frozenset(learner.names()))
        learner.say(UNSURE)
    assert len(asked) == 5
    assert frozenset(first) not in asked
    for _ in range(6):
        learner.undo()
    assert learner.said() == {}
    learner.undo()  # the import
    assert learner.shelf.faces == ()
    assert learner.pairs.invitation.isVisible()


def test_labels_outlive_the_window(open_desk: Callable[..., Desk], photos: list[Path]) -> None:
    learner = Learner(open_desk())
    learner.drop(*photos)
    learner.desk.press(Qt.Key.Key_S)
    learner.window.close()  # the answer is still on its way
    assert list(learner.said().values()) == [SAME]
    again = Learner(open_desk())
    assert again.shelf.count(SAME) == 1
    again.wait(lambda: again.asked is not None)  # the engine comes first


def test_a_contradiction_is_shown_at_once_and_resolved_on_the_spot(learner: Learner, photos: list[Path]) -> None:
    learner.drop(*photos[:3])
    ids = [face.id for face in learner.shelf.faces]
    pairs = [(ids[0], ids[1]), (ids[1], ids[2]), (ids[0], ids[2])]
    for pair, label in zip(pairs, (SAME, SAME, DIFFERENT), strict=True):
        learner.controller.settle(pair, label)  # what follows is never asked: this is a person who changes her mind
        learner.settle()
    assert learner.state.desk is not None
    assert learner.state.desk.mode is DeskMode.RESOLVE
    cards = learner.pairs.desk.contradiction.cards
    assert [card.words.text() for card in cards] == [
        "Labelled: different people",
        "Labelled: the same person",
        "Labelled: the same person",
    ]
    learner.desk.press(Qt.Key.Key_S)  # there is no single pair to answer
    learner.settle()
    assert len(learner.shelf.contradictions) == 1
    learner.desk.press(Qt.Key.Key_Escape)  # later
    learner.settle()
    assert learner.state.desk.mode is DeskMode.ASK
    learner.click(learner.pairs.desk.contradictions_button)
    learner.settle()
    learner.click(learner.pairs.desk.contradiction.cards[0].buttons[SAME])
    learner.settle()
    assert learner.shelf.contradictions == ()
    assert learner.state.desk.mode is DeskMode.ASK
    assert set(learner.said().values()) == {SAME}


def test_a_slip_is_offered_for_a_second_look(learner: Learner, photos: list[Path]) -> None:
    learner.drop(photos[0], photos[3])
    learner.say(SAME)
    assert len(learner.shelf.doubts) == 1
    learner.click(learner.pairs.desk.look_button)
    learner.settle()
    assert learner.pairs.desk.headline.text() == "Labelled: the same person. Is that right?"
    learner.say(DIFFERENT)
    assert learner.shelf.doubts == ()
    assert list(learner.said().values()) == [DIFFERENT]
    learner.undo()
    assert learner.names() == {photos[0].name, photos[3].name}
    learner.say(SAME)  # it is right after all, and not asked again
    assert learner.shelf.doubts == ()
    assert list(learner.said().values()) == [SAME]


# Importing.


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
    learner.desk.press(Qt.Key.Key_Escape)
    assert learner.pairs.desk.isVisible()
    learner.click(learner.pairs.import_panel.undo_button)
    learner.settle()
    assert learner.said() == {}
    assert learner.shelf.faces == ()


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
    assert len(learner.shelf.doubts) == 1
    learner.click(learner.pairs.desk.look_button)
    learner.settle()
    assert learner.pairs.desk.hint.text().startswith("A list that you imported says the opposite.")
    learner.say(SAME)
    assert learner.shelf.doubts == ()


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
    assert {face.person for face in learner.shelf.faces} == {"Barack", "Joe"}
    said = learner.said()
    assert all(label is truth(set(names)) for names, label in said.items())
    assert learner.shelf.count(SAME) == 3
    assert learner.asked is None  # the folders say all there is to say
    learner.desk.drop_files(folder / "Joe")
    learner.settle()
    assert learner.state.imported is not None
    assert learner.state.imported.photos == 0


def test_what_is_no_photograph_is_refused(learner: Learner, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    learner.drop(tmp_path / "empty")
    assert "There are no photos in “empty”" in learner.page.notice.text()
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/a.jpg")])
    learner.desk.drop(mime)
    assert "never uses the network" in learner.page.notice.text()
    mime = QMimeData()
    mime.setText("who is who")
    learner.desk.drop(mime)
    assert learner.page.notice.text().startswith("There are no photos in that.")
    assert learner.shelf.empty


def test_photographs_by_the_dialog(learner: Learner, samples: Path) -> None:
    learner.desk.press(Qt.Key.Key_O, CTRL)
    dialog = learner.pairs.window().findChild(QFileDialog)
    assert dialog is not None
    assert dialog.fileMode() is QFileDialog.FileMode.ExistingFiles
    dialog.setDirectory(str(samples))
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    assert line is not None
    line.setText('"biden.jpg"')
    learner.qtbot.keyClick(line, Qt.Key.Key_Return)
    learner.wait(lambda: not learner.shelf.empty)
    learner.settle()
    assert [face.name for face in learner.shelf.faces] == ["biden.jpg"]


def test_files_are_pasted_and_each_way_in_opens_its_dialog(learner: Learner, photos: list[Path]) -> None:
    QGuiApplication.clipboard().setMimeData(files(*photos[:2]))
    learner.desk.press(Qt.Key.Key_V, CTRL)
    learner.settle()
    assert len(learner.shelf.faces) == 2
    QGuiApplication.clipboard().setText("nothing to see")
    learner.desk.press(Qt.Key.Key_V, CTRL)
    assert learner.page.notice.text().startswith("There are no photos in that.")
    modes = {ImportKind.CSV: QFileDialog.FileMode.ExistingFile, ImportKind.PEOPLE: QFileDialog.FileMode.Directory}
    for kind, mode in modes.items():
        learner.click(learner.pairs.import_panel.ways[kind])
        dialog = learner.pairs.window().findChild(QFileDialog)
        assert dialog is not None
        assert dialog.fileMode() is mode
        dialog.reject()
        learner.wait(lambda: learner.pairs.window().findChild(QFileDialog) is None)


def test_an_import_is_stopped_and_compare_answers_meanwhile(learner: Learner, lfw: Path, samples: Path) -> None:
    photos = sorted((lfw / "images").glob("*/*_0001.jpg"))[:200]
    learner.desk.drop_files(*photos)
    learner.wait(lambda: learner.state.importing is not None and learner.state.importing.done >= 7)
    assert "7 of 200" in learner.pairs.import_panel.progress.words.text() or learner.state.importing is not None
    learner.window.go("compare")
    learner.desk.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    assert learner.desk.verdict().verdict.outcome is Outcome.SAME
    assert learner.state.importing is not None  # it did not have to wait for the end
    learner.window.go("training")
    learner.click(learner.pairs.import_panel.progress.stop_button)
    learner.settle()
    assert 7 <= len(learner.shelf.faces) < 200
    assert "Stopped before the end" in learner.pairs.import_panel.summary.text()
    assert learner.asked is not None


def test_an_import_that_the_end_of_the_program_cuts_short_goes_on(
    open_desk: Callable[..., Desk], lfw: Path, tmp_path: Path
) -> None:
    photos = sorted((lfw / "images").glob("*/*_0001.jpg"))[:24]
    rows = [f"{a},{b},0" for a, b in zip(photos[::2], photos[1::2], strict=True)]
    second = photos[0].with_name(photos[0].name.replace("0001", "0002"))
    rows.append(f"{photos[0]},{second if second.exists() else photos[1]},1")
    learner = Learner(open_desk())
    learner.desk.drop_files(write(tmp_path / "pairs.csv", *rows))
    learner.wait(lambda: learner.state.importing is not None and learner.state.importing.done >= 3)
    learner.window.close()
    with LabelStore.open() as library:
        read = len(library.faces())
    assert 3 <= read < 25
    again = Learner(open_desk())
    assert "“pairs.csv” was cut short" in again.pairs.unfinished.text()
    again.click(again.pairs.continue_button)
    again.settle()
    assert again.shelf.count(DIFFERENT) >= 11
    assert not again.pairs.unfinished.isVisible()


def test_clearing_asks_on_the_page(learner: Learner, photos: list[Path]) -> None:
    learner.drop(*photos)
    learner.say(truth(learner.names()))
    import_panel = learner.pairs.import_panel
    learner.click(import_panel.clear_button)
    assert "4 photos" in import_panel.question.text()
    learner.desk.press(Qt.Key.Key_Escape)
    assert not import_panel.yes_button.isVisible()
    assert len(learner.said()) == 1
    learner.click(import_panel.clear_button)
    learner.click(import_panel.yes_button)
    learner.settle()
    assert learner.said() == {}
    assert learner.shelf.empty


def test_what_the_command_line_changes_is_seen(learner: Learner, photos: list[Path]) -> None:
    learner.drop(*photos)
    ids = {face.name: face.id for face in learner.shelf.faces}
    with LabelStore.open() as library:
        library.set_label(ids["obama1.jpg"], ids["obama2.jpg"], SAME, "csv")
    while learner.asked is not None:
        learner.say(truth(learner.names()))
    assert learner.shelf.count(SAME) >= 2
    assert learner.said()[frozenset(("obama1.jpg", "obama2.jpg"))] is SAME
    with LabelStore.open() as library:
        library.clear()
    learner.controller.show_desk(DeskMode.ASK)
    learner.settle()
    assert learner.shelf.empty
    assert learner.pairs.invitation.isVisible()


# A disk that does not play along.


def test_a_library_that_cannot_be_opened_is_said_and_compare_lives(
    open_desk: Callable[..., Desk], samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("no folder")
    monkeypatch.setenv("SIAMGUI_DATA", str(tmp_path / "taken"))
    learner = Learner(open_desk())
    learner.desk.qtbot.waitUntil(learner.page.trouble.isVisible, timeout=PATIENCE)
    assert "library.sqlite" in learner.page.trouble.text()
    learner.window.go("compare")
    learner.desk.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    assert learner.desk.verdict().verdict.outcome is Outcome.SAME


@pytest.mark.skipif(sys.platform != "linux", reason="sets a limit on the size of files")
def test_a_full_disk_costs_no_label(learner: Learner, photos: list[Path]) -> None:
    import resource

    learner.drop(*photos)
    learner.say(truth(learner.names()))
    before, asked = learner.said(), learner.names()
    grown = (data_folder() / f"{FILE_NAME}-wal").stat().st_size
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (grown, limits[1]))
    try:
        learner.say(truth(asked))
        assert learner.page.notice.isVisible()
        assert "library.sqlite" in learner.page.notice.text()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert learner.names() == asked
    assert learner.said() == before
    learner.say(truth(asked))
    assert len(learner.said()) == 2


KILLED = """
import os, signal, sys
from pathlib import Path
from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication
from siamgui.core.types import Label
from siamgui.gui import preferences
from siamgui.gui.main_window import MainWindow
from siamgui.labelling.import_plan import ImportKind, ImportRequest

app = QApplication([])
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, sys.argv[1])
window = MainWindow(preferences.load(), "cpu")
window.show()
window.start()
window.go("training")
controller = window.controllers.labelling
controller.import_(ImportRequest(tuple(map(Path, sys.argv[2:])), ImportKind.LOOSE))
answers = 0

def work():
    global answers
    state = controller.state
    if state.shelf is not None and state.shelf.count(Label.DIFFERENT) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    if state.importing is None and not state.busy and state.desk is not None and state.desk.pair is not None:
        controller.answer(Label.DIFFERENT)

timer = QTimer()
timer.timeout.connect(work)
timer.start(10)
app.exec()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such kill")
def test_kill_9_costs_no_label(open_desk: Callable[..., Desk], photos: list[Path], tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path / "other"), *map(str, photos)]
    done = subprocess.run(command, timeout=120, check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    learner = Learner(open_desk())
    assert learner.shelf.count(DIFFERENT) == 2
    assert len(learner.shelf.faces) == 4
