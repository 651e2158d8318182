"""Durations and counts as they are said."""

from __future__ import annotations

import pytest

from siamgui.core.amounts import about, pair_count, percent, time_left


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "a few seconds"),
        (12, "about 10 seconds"),
        (49, "about 50 seconds"),
        (80, "about a minute"),
        (1000, "about 17 minutes"),
        (3600, "about an hour"),
        (9000, "about 2 hours"),
    ],
)
def test_a_guess_is_rounded_to_what_it_is_worth(seconds: float, words: str) -> None:
    assert about(seconds) == words
    assert time_left(seconds) == f"{words} left"


def test_one_is_not_many() -> None:
    assert (pair_count(1), pair_count(2)) == ("1 pair", "2 pairs")
    assert percent(0.0456) == "4.6 %"
