"""Another language in the middle of something: the page is built anew and goes on where it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from siamgui.core.paths import data_folder
from siamgui.core.types import Label
from siamgui.gui import language
from siamgui.gui.training.finetuning.method_step import MethodStep
from siamgui.gui.training.finetuning.run_state import Phase
from siamgui.gui.training.finetuning.train_step import TrainStep
from siamgui.gui.training.page import TrainingPage
from siamgui.gui.training.steps import Step
from siamgui.gui.training.versions.activate_step import ActivateStep
from siamgui.gui.training.versions.judge_step import JudgeStep
from siamgui.storage.label_store import LabelStore
from siamgui.versions.version_store import VersionStore
from tests.builders.labels import fill
from tests.builders.training_page import Learner, truth
from tests.builders.window import PATIENCE, Desk

TRAINING = 5 * PATIENCE


@pytest.fixture
def speak(desk: Desk, qapp: QApplication) -> Callable[[str], None]:
    """Change the language of the window."""

    def change(to: str) -> None:
        before = desk.training
        language.apply(qapp, to)
        desk.qtbot.waitUntil(lambda: desk.training is not before, timeout=PATIENCE)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert len(desk.window.findChildren(TrainingPage)) == 1

    return change


def test_labelling_goes_on(learner: Learner, photos: list[Path], speak: Callable[[str], None]) -> None:
    learner.drop(*photos)
    learner.say(truth(learner.names()))
    asked = learner.names()
    learner.click(learner.pairs.import_panel.clear_button)
    speak("zh_CN")
    assert learner.names() == asked
    assert learner.pairs.desk.headline.text() == "这是同一个人吗？"
    assert learner.pairs.import_panel.question.no_button.hasFocus()
    assert learner.page.rail.buttons[Step.PAIRS].text().startswith("1  配对\n")
    learner.desk.press(Qt.Key.Key_Escape)
    assert not learner.pairs.import_panel.question.isVisible()
    learner.say(truth(learner.names()))
    assert len(learner.said()) == 2
    learner.undo()
    assert learner.names() == asked


def test_an_import_goes_on_and_so_does_the_dialog_for_another(
    learner: Learner, lfw: Path, samples: Path, speak: Callable[[str], None]
) -> None:
    learner.desk.press(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    learner.desk.drop_files(*sorted((lfw / "images").glob("*/*_0001.jpg"))[:40])
    learner.wait(lambda: learner.state.importing is not None and learner.state.importing.done >= 3)
    speak("zh_CN")
    assert learner.state.importing is not None
    assert "张照片" in learner.pairs.import_panel.progress.words.text()
    learner.click(learner.pairs.import_panel.stop_button)
    learner.settle()
    assert "已读取的" in learner.pairs.import_panel.summary.text()
    dialog = learner.window.findChild(QFileDialog)
    assert dialog is not None
    read = len(learner.shelf.faces)
    dialog.selectFile(str(samples / "biden.jpg"))
    dialog.accept()
    learner.wait(lambda: len(learner.shelf.faces) == read + 1)


def test_a_run_its_judgement_and_the_versions_go_on(
    desk: Desk, lfw: Path, speak: Callable[[str], None]
) -> None:
    learner = Learner(desk)
    folders = [one for one in sorted((lfw / "images").iterdir()) if len(list(one.glob("*.jpg"))) > 1][:24]
    learner.drop(*(photo for one in folders for photo in sorted(one.glob("*.jpg"))[:2]))
