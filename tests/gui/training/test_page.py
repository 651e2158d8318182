"""The steps of the training page: walked, remembered, and what they wait for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt

from siamgui.storage.training_steps import Step, StepStatus
from tests.builders.training_page import ALT, Learner
from tests.builders.window import User


def test_the_steps_are_walked_by_mouse_and_by_keyboard_and_remembered(open_window: Callable[..., User]) -> None:
    learner = Learner(open_window())
    assert learner.state.step is Step.PAIRS
    learner.user.press(Qt.Key.Key_Right, ALT)
    assert learner.state.step is Step.CHECK
    learner.click(learner.page.rail.buttons[Step.ACTIVATE])
    assert learner.state.step is Step.ACTIVATE
    assert [step for step, button in learner.page.rail.buttons.items() if button.isChecked()] == [Step.ACTIVATE]
    assert not learner.page.next_button.isVisible()
    learner.user.press(Qt.Key.Key_Left, ALT)
    learner.click(learner.page.back_button)
    assert learner.state.step is Step.TRAIN
    learner.window.close()
    again = Learner(open_window())
    again.wait(lambda: again.state.step is Step.TRAIN)


def test_a_step_that_waits_for_something_says_so_and_leads_there(learner: Learner) -> None:
    learner.click(learner.page.rail.buttons[Step.CHECK])
    assert learner.progress(Step.CHECK).status is StepStatus.BLOCKED
    learner.click(learner.page.waiting.button)
    assert learner.state.step is Step.PAIRS
    assert "here" in learner.page.rail.buttons[Step.PAIRS].accessibleName()


def test_escape_leaves_the_page_and_no_drop_goes_to_compare(learner: Learner, photos: list[Path]) -> None:
    learner.drop(photos[0])
    assert learner.window.page == "training"
    assert len(learner.summary.faces) == 1
    assert learner.user.names() == (None, None)
    learner.user.press(Qt.Key.Key_Escape)
    assert learner.window.page == "compare"
