"""An encoder from elsewhere is brought in the window: what is asked, what is kept, and what is refused."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from siamgui.gui import language
from siamgui.gui.training.versions.activate_step import ActivateStep
from siamgui.storage.training_steps import Step
from siamgui.versions.errors import VersionFileWrong
from siamgui.versions.onnx_offer import Offer, Wanted
from tests.builders.onnx_files import network, node
from tests.builders.training_page import Learner


def _step(learner: Learner) -> ActivateStep:
    learner.wait(lambda: learner.window.controllers.runs.state.versions is not None)
    learner.click(learner.page.rail.buttons[Step.ACTIVATE])
    step = learner.page.steps[Step.ACTIVATE]
    assert isinstance(step, ActivateStep)
    return step


def test_what_is_said_of_an_encoder_is_kept_handed_on_and_can_be_left(learner: Learner, tmp_path: Path) -> None:
    step = _step(learner)
    assert not step.bringing
    learner.click(step.bring_button)
    form = step.encoder
    assert form.isVisible()
    assert not form.start_button.isEnabled()
    form.files.chosen.emit((tmp_path / "arc.onnx",))
    assert form.name.text() == "arc"
    form.folders.chosen.emit((tmp_path / "people",))
    form.side.setValue(160)
    form.colour.show_value("bgr")
    form.scale.setValue(0.5)
    learner.user.qtbot.keyClicks(form.name, " face")

    language.apply(QApplication.instance(), "zh_CN")
    learner.wait(lambda: learner.page.steps.get(Step.ACTIVATE) is not step)
    again = learner.page.steps[Step.ACTIVATE]
    assert isinstance(again, ActivateStep)
    form, heard = again.encoder, []
    assert form.isVisible()
    form.offered.disconnect(learner.window.controllers.runs.add_encoder)
    form.offered.connect(heard.append)
    learner.click(form.start_button)
    wanted = Wanted(160, "nchw", "bgr", 127.5, 0.5)
    assert heard == [Offer(tmp_path / "arc.onnx", "arc face", wanted, tmp_path / "people")]
    assert not form.isVisible()

    learner.click(again.bring_button)
    learner.user.press(Qt.Key.Key_Escape)
    assert not form.isVisible()
    assert learner.window.page == "training"


def test_an_encoder_that_is_refused_is_said_so(learner: Learner, tmp_path: Path) -> None:
    step = _step(learner)
    (tmp_path / "loop.onnx").write_bytes(network([node("Loop", ("image",), ("out",))]))
    learner.click(step.bring_button)
    step.encoder.files.chosen.emit((tmp_path / "loop.onnx",))
    step.encoder.folders.chosen.emit((tmp_path,))
    learner.click(step.encoder.start_button)
    learner.wait(lambda: learner.window.controllers.runs.state.taking is None)
    assert isinstance(learner.state.notice, VersionFileWrong)
    assert "“loop.onnx” is refused" in str(learner.state.notice)
    assert step.bring_button.isEnabled()
