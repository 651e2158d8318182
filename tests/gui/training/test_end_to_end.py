"""A whole session by keyboard alone: a pile of photographs, 100 pairs labelled, a version trained, judged and used."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget

from siamgui.core.types import Comparison, Label, Outcome
from siamgui.gui.training.finetuning.method_step import MethodStep
from siamgui.gui.training.finetuning.train_step import TrainStep
from siamgui.gui.training.versions.activate_step import ActivateStep
from siamgui.gui.training.versions.judge_step import JudgeStep
from siamgui.storage.run_state import Phase
from siamgui.storage.training_steps import Step, StepStatus, lack_of
from siamgui.versions.version_store import VersionStore
from tests.builders.training_page import ALT, Learner
from tests.builders.window import PATIENCE, User, files

CTRL = Qt.KeyboardModifier.ControlModifier
SAME, DIFFERENT, UNSURE = Label.SAME, Label.DIFFERENT, Label.UNSURE
PAIRS = 100
SEVERAL, SINGLE = 40, 8
"""People with three photographs each, and people with one."""
TABS = 80
"""Presses of Tab within which everything on a page is reached."""
TRAINING = 5 * PATIENCE


@pytest.fixture
def pile(lfw: Path, tmp_path: Path) -> Path:
    """Photographs in one folder, unsorted but for their names."""
    folder = tmp_path / "pile"
    folder.mkdir()
    people = [sorted(one.glob("*.jpg")) for one in sorted((lfw / "images").iterdir())]
    several = [photos[:3] for photos in people if len(photos) > 2][:SEVERAL]
    single = [photos for photos in people if len(photos) == 1][:SINGLE]
    for photos in several + single:
        for photo in photos:
            shutil.copy(photo, folder)
    return folder


def reach(learner: Learner, widget: QWidget) -> None:
    """Tab until the widget has the focus."""
    for _ in range(TABS):
        if widget.hasFocus():
            return
        learner.user.press(Qt.Key.Key_Tab)
    raise AssertionError(
        f"Tab never reaches {widget.accessibleName() or widget}; it is at {QApplication.focusWidget()}"
    )


def press(learner: Learner, button: QWidget) -> None:
    reach(learner, button)
    learner.user.press(Qt.Key.Key_Space)


def choose(learner: Learner, folder: Path) -> None:
    """Everything in a folder, typed into the dialog."""
    learner.user.press(Qt.Key.Key_O, CTRL)
    dialog = learner.pairs.window().findChild(QFileDialog)
    assert dialog is not None
    dialog.setDirectory(str(folder))
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    assert line is not None
    line.setText(" ".join(f'"{photo.name}"' for photo in sorted(folder.iterdir())))
    learner.qtbot.keyClick(line, Qt.Key.Key_Return)
    with learner.qtbot.waitActive(learner.window, timeout=PATIENCE):
        learner.window.activateWindow()  # which a window manager does
    learner.wait(lambda: not learner.summary.empty)
    learner.settle()


def truth(names: set[str]) -> Label:
    return SAME if len({name.rsplit("_", 1)[0] for name in names}) == 1 else DIFFERENT


def label(learner: Learner) -> dict[frozenset[str], Label]:
    """Answer 100 pairs truthfully and one with "unsure", slipping once. Returns what was said."""
    said: dict[frozenset[str], Label] = {}
    for answered in range(PAIRS + 1):
        names = learner.names()
        said[frozenset(names)] = UNSURE if answered == 10 else truth(names)
        if answered == 20:
            learner.say(SAME if truth(names) is DIFFERENT else DIFFERENT)
            learner.undo()
            assert learner.names() == names
        learner.say(said[frozenset(names)])
        assert len(learner.summary.labels) == answered + 1
    return said


def train(learner: Learner) -> None:
    """Walk from the desk through the check and the method to a finished run."""
    learner.user.press(Qt.Key.Key_Right, ALT)
    learner.wait(lambda: learner.state.check is not None)
    assert lack_of(learner.state.summary, learner.state.check) == ""
    learner.user.press(Qt.Key.Key_Right, ALT)
    method = learner.page.steps[Step.METHOD]
    assert isinstance(method, MethodStep)
    assert method.headline.text() == "Recommended: Head on frozen embeddings"
    reach(learner, method.name)
    learner.qtbot.keyClicks(method.name, "Pile")
    learner.user.press(Qt.Key.Key_Right, ALT)
    step = learner.page.steps[Step.TRAIN]
    assert isinstance(step, TrainStep)
    press(learner, step.begin_button)
    runs = learner.window.controllers.runs
    over = (Phase.FINISHED, Phase.BROKEN_OFF)
    learner.qtbot.waitUntil(lambda: runs.state.phase in over, timeout=TRAINING)
    assert runs.state.error is None
    assert runs.state.phase is Phase.FINISHED


def use(learner: Learner) -> None:
    """Walk on to the judgement, and to the versions, and take the new one into use."""
    learner.user.press(Qt.Key.Key_Right, ALT)
    judge = learner.page.steps[Step.JUDGE]
    assert isinstance(judge, JudgeStep)
    assert learner.progress(Step.JUDGE).status is StepStatus.DONE, judge.reasons.text()
    learner.user.press(Qt.Key.Key_Right, ALT)
    keep = learner.page.steps[Step.ACTIVATE]
    assert isinstance(keep, ActivateStep)
    learner.wait(lambda: keep.version is not None and keep.version.name == "Pile")
    press(learner, keep.use_button)
    learner.wait(lambda: "Pile" in learner.window.status.engine.whole_text())


def compare(user: User, samples: Path) -> Comparison:
    user.press(Qt.Key.Key_1, CTRL)
    QGuiApplication.clipboard().setMimeData(files(samples / "obama1.jpg", samples / "obama2.jpg"))
    user.press(Qt.Key.Key_V, CTRL)
    return user.verdict()


@pytest.mark.long
def test_a_hundred_pairs_by_keyboard_end_in_a_version_that_compare_uses(
    open_window: Callable[..., User], pile: Path, samples: Path
) -> None:
    learner = Learner(open_window())
    choose(learner, pile)
    assert len(learner.summary.faces) == 3 * SEVERAL + SINGLE
    said = label(learner)
    assert set(said.values()) == {SAME, DIFFERENT, UNSURE}
    train(learner)
    use(learner)
    active = VersionStore().active()
    assert (active.name, active.bundled) == ("Pile", False)
    comparison = compare(learner.user, samples)
    assert comparison.engine.encoder_id == active.id
    assert comparison.verdict.outcome is Outcome.SAME
    learner.window.close()

    again = Learner(open_window())
    assert again.said() == said
    assert again.state.step is Step.ACTIVATE
    again.wait(lambda: again.window.controllers.runs.state.phase is Phase.FINISHED)
    again.wait(lambda: "Pile" in again.window.status.engine.whole_text())
    comparison = compare(again.user, samples)
    assert comparison.engine.encoder_id == VersionStore().active().id == active.id
