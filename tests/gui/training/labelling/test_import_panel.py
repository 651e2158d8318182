"""The side of the first step."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from tests.builders.training_page import Learner, truth


def test_clearing_asks_on_the_page(learner: Learner, photos: list[Path]) -> None:
    learner.drop(*photos)
    learner.say(truth(learner.names()))
    import_panel = learner.pairs.import_panel
    learner.click(import_panel.clear_button)
    assert "4 photos" in import_panel.question.words.text()
    learner.user.press(Qt.Key.Key_Escape)
    assert not import_panel.question.isVisible()
    assert len(learner.said()) == 1
    learner.click(import_panel.clear_button)
    learner.click(import_panel.question.yes_button)
    learner.settle()
    assert learner.said() == {}
    assert learner.summary.empty
