"""The labels through what happens to them: another process, a library that cannot be opened, a full disk, a kill."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from siamgui.core.paths import LIBRARY, data_folder
from siamgui.core.types import Label, Outcome
from siamgui.storage.label_store import LabelStore
from siamgui.storage.labelling_session import DeskMode
from tests.builders.training_page import Learner, truth
from tests.builders.window import PATIENCE, User

SAME, DIFFERENT = Label.SAME, Label.DIFFERENT


def test_what_the_command_line_changes_is_seen(learner: Learner, photos: list[Path]) -> None:
    learner.drop(*photos)
    ids = {face.name: face.id for face in learner.summary.faces}
    with LabelStore.open() as library:
        library.set_label(ids["obama1.jpg"], ids["obama2.jpg"], SAME, "csv")
    while learner.asked is not None:
        learner.say(truth(learner.names()))
    assert learner.summary.count(SAME) >= 2
    assert learner.said()[frozenset(("obama1.jpg", "obama2.jpg"))] is SAME
    with LabelStore.open() as library:
        library.clear()
    learner.controller.show_desk(DeskMode.ASK)
    learner.settle()
    assert learner.summary.empty
    assert learner.pairs.empty.isVisible()


def test_what_the_command_line_changes_is_shown_by_itself(learner: Learner, photos: list[Path]) -> None:
    learner.drop(*photos)
    ids = [face.id for face in learner.summary.faces]
    with LabelStore.open() as library:
        library.set_label(ids[0], ids[1], SAME, "csv")
    learner.wait(lambda: learner.summary.count(SAME) == 1)
    runs = learner.window.controllers.runs
    learner.wait(lambda: runs.state.counts is not None and runs.state.counts.genuine == 1)
    with LabelStore.open() as library:
        library.clear()
    learner.wait(learner.pairs.empty.isVisible)


def test_a_library_that_cannot_be_opened_is_said_and_compare_lives(
    open_window: Callable[..., User], samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken").write_text("no folder")
    monkeypatch.setenv("SIAMGUI_DATA", str(tmp_path / "taken"))
    learner = Learner(open_window())
    learner.user.qtbot.waitUntil(learner.page.trouble.isVisible, timeout=PATIENCE)
    assert "library.sqlite" in learner.page.trouble.text()
    learner.window.go("compare")
    learner.user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    assert learner.user.verdict().verdict.outcome is Outcome.SAME


@pytest.mark.skipif(sys.platform != "linux", reason="sets a limit on the size of files")
def test_a_full_disk_costs_no_label(learner: Learner, photos: list[Path]) -> None:
    import resource

    learner.drop(*photos)
    learner.say(truth(learner.names()))
    before, asked = learner.said(), learner.names()
    grown = (data_folder() / f"{LIBRARY}-wal").stat().st_size
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
    if state.summary is not None and state.summary.count(Label.DIFFERENT) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    if state.importing is None and not state.busy and state.desk is not None and state.desk.pair is not None:
        controller.answer(Label.DIFFERENT)

timer = QTimer()
timer.timeout.connect(work)
timer.start(10)
app.exec()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such kill")
def test_kill_9_costs_no_label(open_window: Callable[..., User], photos: list[Path], tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path / "other"), *map(str, photos)]
    done = subprocess.run(command, timeout=120, check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    learner = Learner(open_window())
    assert learner.summary.count(DIFFERENT) == 2
    assert len(learner.summary.faces) == 4
