"""The desk: the real window, real keys, real photographs, the real engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt

from siamgui.core.types import Label
from siamgui.storage.labelling_session import DeskMode
from siamgui.storage.training_steps import Step
from tests.builders.training_page import Learner, truth
from tests.builders.window import User

SAME, DIFFERENT, UNSURE = Label.SAME, Label.DIFFERENT, Label.UNSURE


def test_a_pile_of_photographs_is_labelled_by_keyboard_alone(learner: Learner, photos: list[Path]) -> None:
    assert learner.pairs.empty.isVisible()
    learner.drop(*photos)
    assert learner.pairs.desk.isVisible()
    assert len(learner.summary.faces) == 4
    answers = 0
    while learner.asked is not None:
        learner.say(truth(learner.names()))
        answers += 1
    # Two answers make three photographs one person, and one more sets the other person apart from all three.
    assert answers <= 5
    assert learner.summary.implied == 6 - answers
    said = learner.said()
    assert len(said) == answers
    assert all(label is truth(set(names)) for names, label in said.items())
    assert learner.pairs.desk.headline.text() == "Every pair is answered"
    assert learner.progress(Step.PAIRS).words == f"{answers} pairs"


def test_what_follows_is_said_and_not_asked(learner: Learner, photos: list[Path]) -> None:
    learner.drop(*photos[:3])
    learner.say(SAME)
    assert learner.pairs.desk.follows.text() == ""
    learner.say(SAME)
    assert learner.asked is None
    assert learner.summary.implied == 1


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
    assert learner.summary.faces == ()
    assert learner.pairs.empty.isVisible()


def test_labels_outlive_the_window(open_window: Callable[..., User], photos: list[Path]) -> None:
    learner = Learner(open_window())
    learner.drop(*photos)
    learner.user.press(Qt.Key.Key_S)
    learner.window.close()  # the answer is still on its way
    assert list(learner.said().values()) == [SAME]
    again = Learner(open_window())
    assert again.summary.count(SAME) == 1
    again.wait(lambda: again.asked is not None)  # the engine comes first


def test_a_contradiction_is_shown_at_once_and_resolved_on_the_spot(learner: Learner, photos: list[Path]) -> None:
    learner.drop(*photos[:3])
    ids = [face.id for face in learner.summary.faces]
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
    learner.user.press(Qt.Key.Key_S)  # there is no single pair to answer
    learner.settle()
    assert len(learner.summary.contradictions) == 1
    learner.user.press(Qt.Key.Key_Escape)  # later
    learner.settle()
    assert learner.state.desk.mode is DeskMode.ASK
    learner.click(learner.pairs.desk.contradictions_button)
    learner.settle()
    learner.click(learner.pairs.desk.contradiction.cards[0].buttons[SAME])
    learner.settle()
    assert learner.summary.contradictions == ()
    assert learner.state.desk.mode is DeskMode.ASK
    assert set(learner.said().values()) == {SAME}


def test_a_slip_is_offered_for_a_second_look(learner: Learner, photos: list[Path]) -> None:
    learner.drop(photos[0], photos[3])
    learner.say(SAME)
    assert len(learner.summary.doubts) == 1
    learner.click(learner.pairs.desk.look_button)
    learner.settle()
    assert learner.pairs.desk.headline.text() == "Labelled: the same person. Is that right?"
    learner.say(DIFFERENT)
    assert learner.summary.doubts == ()
    assert list(learner.said().values()) == [DIFFERENT]
    learner.undo()
    assert learner.names() == {photos[0].name, photos[3].name}
    learner.say(SAME)  # it is right after all, and not asked again
    assert learner.summary.doubts == ()
    assert list(learner.said().values()) == [SAME]
