"""The guess of how long a run takes."""

from __future__ import annotations

import pytest

from siamgui.finetuning.duration import seconds_needed
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.split import SHARES
from siamgui.labelling.types import Part
from siamgui.versions.method import Method


def test_the_guess_of_how_long_it_takes_counts_the_pairs_that_the_split_trains_on() -> None:
    settings = METHODS[Method.ADAPT].defaults

    def training(pairs: int) -> float:
        return seconds_needed(settings, pairs, 0) - seconds_needed(settings, 0, 0)

    every_pair_in_every_pass = 0.12 * settings.epochs * 1000
    assert training(1000) / every_pair_in_every_pass == pytest.approx(SHARES[Part.TRAIN])


def test_a_head_is_trained_for_every_two_folds_as_well_unless_there_are_many_pairs() -> None:
    settings = METHODS[Method.HEAD].defaults

    def training(pairs: int) -> float:
        return seconds_needed(settings, pairs, 0) - seconds_needed(settings, 0, 0)

    assert training(300) > 40
    assert training(3000) < training(1500)
