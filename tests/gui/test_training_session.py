"""A whole session by keyboard alone: a pile of photographs, 100 pairs labelled, a version trained, judged and used."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from driving import PATIENCE, Desk, files
from learning import ALT, Learner
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLineEdit

from siamgui.core.types import Label, Outcome
from siamgui.gui.training.judge_step import JudgeStep
from siamgui.gui.training.run_state import Phase
from siamgui.gui.training.state import Standing, Step
from siamgui.gui.training.train_step import TrainStep
from siamgui.storage.versions import Versions

CTRL = Qt.KeyboardModifier.ControlModifier
PAIRS = 100
PEOPLE = 45
TRAINING = 240_000
"""Milliseconds before the test gives the training process up."""


@pytest.fixture
def pile(lfw: Path, tmp_path: Path) -> Path:
    """Three photographs of each of 45 people in one folder, unsorted but for their names."""
    folder = tmp_path / "pile"
    folder.mkdir()
    several = (photos for one in sorted((lfw / "images").iterdir()) if len(photos := sorted(one.glob("*.jpg"))) > 2)
    for photos, _ in zip(several, range(PEOPLE), strict=False):
        for photo in photos[:3]:
            shutil.copy(photo, folder)
    return folder


def press(learner: Learner, button: QAbstractButton) -> None:
    """With the space bar."""
    assert button.isVisible()
    assert button.isEnabled()
    button.setFocus()
    learner.desk.press(Qt.Key.Key_Space)


def choose(learner: Learner, folder: Path) -> None:
    """Everything in a folder, typed into the dialog."""
    learner.desk.press(Qt.Key.Key_O, CTRL)
    dialog = learner.pairs.findChild(QFileDialog)
    assert dialog is not None
    dialog.setDirectory(str(folder))
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    assert line is not None
    line.setText(" ".join(f'"{photo.name}"' for photo in sorted(folder.iterdir())))
    learner.qtbot.keyClick(line, Qt.Key.Key_Return)
    with learner.qtbot.waitActive(learner.window, timeout=PATIENCE):
        learner.window.activateWindow()  # which a window manager does
    learner.wait(lambda: not learner.shelf.empty)
    learner.settle()


def same_person(names: set[str]) -> bool:
    return len({name.rsplit("_", 1)[0] for name in names}) == 1


def test_a_hundred_pairs_by_keyboard_end_in_a_version_that_compare_uses(desk: Desk, pile: Path, samples: Path) -> None:
    learner = Learner(desk)
    choose(learner, pile)
    assert len(learner.shelf.faces) == 3 * PEOPLE
    for answered in range(PAIRS):
        assert len(learner.shelf.labels) == answered
        learner.say(Label.SAME if same_person(learner.names()) else Label.DIFFERENT)
    said = learner.said()
    assert len(said) == PAIRS
    assert all((label is Label.SAME) == same_person(set(names)) for names, label in said.items())

    desk.press(Qt.Key.Key_Right, ALT)
    learner.wait(lambda: learner.state.check is not None)
    assert learner.state.lack == ""
    desk.press(Qt.Key.Key_Right, ALT)
    desk.press(Qt.Key.Key_Right, ALT)
    train = learner.page.steps[Step.TRAIN]
    assert isinstance(train, TrainStep)
    press(learner, train.begin_button)
    runs = learner.window.runs
    learner.qtbot.waitUntil(lambda: runs.state.phase is Phase.FINISHED, timeout=TRAINING)

    desk.press(Qt.Key.Key_Right, ALT)
    judge = learner.page.steps[Step.JUDGE]
    assert isinstance(judge, JudgeStep)
    assert learner.state.progress[Step.JUDGE].standing is Standing.DONE
    press(learner, judge.use_button)
    learner.wait(lambda: not Versions().active().bundled)
    active = Versions().active()
    learner.wait(lambda: active.name in learner.window.status.engine.whole_text())

    desk.press(Qt.Key.Key_1, CTRL)
    QGuiApplication.clipboard().setMimeData(files(samples / "obama1.jpg", samples / "obama2.jpg"))
    desk.press(Qt.Key.Key_V, CTRL)
    comparison = desk.verdict()
    assert comparison.engine.encoder_id == active.id
    assert comparison.verdict.outcome is Outcome.SAME
