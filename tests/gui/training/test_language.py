"""Another language in the middle of something: the page is built anew and goes on where it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from siamgui.gui import language
from siamgui.gui.training.page import TrainingPage
from siamgui.storage.training_steps import Step
from tests.builders.training_page import Learner, truth
from tests.builders.window import PATIENCE, User


@pytest.fixture
def speak(user: User, qapp: QApplication) -> Callable[[str], None]:
    """Change the language of the window."""

    def change(to: str) -> None:
        before = user.training
        language.apply(qapp, to)
        user.qtbot.waitUntil(lambda: user.training is not before, timeout=PATIENCE)
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert len(user.window.findChildren(TrainingPage)) == 1

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
    assert learner.page.rail.buttons[Step.PAIRS].text().startswith("1  照片对\n")
    learner.user.press(Qt.Key.Key_Escape)
    assert not learner.pairs.import_panel.question.isVisible()
    learner.say(truth(learner.names()))
    assert len(learner.said()) == 2
    learner.undo()
    assert learner.names() == asked


def test_an_import_goes_on_and_so_does_the_dialog_for_another(
    learner: Learner, lfw: Path, samples: Path, speak: Callable[[str], None]
) -> None:
    learner.user.press(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    learner.user.drop_files(*sorted((lfw / "images").glob("*/*_0001.jpg"))[:40])
    learner.wait(lambda: learner.state.importing is not None and learner.state.importing.done >= 3)
    speak("zh_CN")
    assert learner.state.importing is not None
    assert "张照片" in learner.pairs.import_panel.progress.words.text()
    learner.click(learner.pairs.import_panel.stop_button)
    learner.settle()
    assert "已读的部分已保留" in learner.pairs.import_panel.summary.text()
    dialog = learner.window.findChild(QFileDialog)
    assert dialog is not None
    read = len(learner.summary.faces)
    dialog.selectFile(str(samples / "biden.jpg"))
    dialog.accept()
    learner.wait(lambda: len(learner.summary.faces) == read + 1)
