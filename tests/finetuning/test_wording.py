"""What more pairs would allow."""

from __future__ import annotations

import pytest

from siamgui.finetuning.wording import lack_of_pairs, outlook


def test_five_of_each_kind_are_enough_to_judge() -> None:
    assert lack_of_pairs(5, 5) == ""
    assert "There are 5 and 4." in lack_of_pairs(5, 4)


@pytest.mark.parametrize(
    ("genuine", "impostor", "people", "words"),
    [
        (0, 0, 0, ""),
        (9, 2, 6, "There are 9 and 2."),
        (60, 10, 30, "More pairs of different people would teach most."),
        (10, 60, 30, "More pairs of the same person would teach most."),
        (20, 20, 30, "10 more pairs would allow training a head"),
        (300, 300, 30, "400 more pairs would allow adapting the encoder itself."),
        (800, 800, 30, "of only 30 people"),
        (800, 800, 300, "Enough for every method"),
    ],
)
def test_the_outlook_names_what_is_missing_first(genuine: int, impostor: int, people: int, words: str) -> None:
    assert words in outlook(genuine, impostor, people)
