"""The words of a claim of the pair."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from siamgui.core import claim_words, wording
from siamgui.core.i18n import set_language
from siamgui.core.types import Outcome, PairClaim
from tests.core.test_wording import VERDICT, comparison

CLAIM = PairClaim(
    adjusted=1.123,
    general_fmr=1e-6,
    general_fmr_is_bound=True,
    strangers=16204,
    nearer_left=3,
    nearer_right=1,
    shared=False,
    kind="",
)
KNOWN = replace(VERDICT, claim=CLAIM)
SHARED = replace(KNOWN, outcome=Outcome.INCONCLUSIVE, claim=replace(CLAIM, shared=True, kind="motion-blur"))


@pytest.fixture
def chinese() -> Iterator[None]:
    set_language("zh_CN")
    yield
    set_language("en")


@pytest.mark.parametrize(
    ("fmr", "bound", "said"),
    [
        (2.5e-5, False, "In photographs like these, about 1 in 40,000 pairs of different people look this alike."),
        (1e-6, True, "In photographs like these, at most 1 in 1,000,000 pairs of different people look this alike."),
        (0.7, False, "In photographs like these, most pairs of different people look at least this alike."),
        (0.99, False, "In photographs like these, nearly all pairs of different people look at least this alike."),
    ],
)
def test_rarity_is_of_photographs_like_these(fmr: float, bound: bool, said: str) -> None:
    assert wording.rarity(replace(KNOWN, fmr=fmr, fmr_is_bound=bound)) == said


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        (3, 1, "3 look more like the left face than the right face does, and 1 looks more like the right one."),
        (1, 0, "1 looks more like the left face than the right face does, and none look more like the right one."),
        (0, 1200, "none look more like the left face than the right face does, and 1,200 look more like the right"),
    ],
)
def test_strangers_are_counted(left: int, right: int, said: str) -> None:
    words = claim_words.strangers(replace(CLAIM, nearer_left=left, nearer_right=right))
    assert words.startswith("Of 16,204 strangers in all kinds of pictures, ")
    assert said in words


def test_a_shared_fault_is_named_and_what_would_help() -> None:
    assert wording.reason(SHARED) == (
        "Both photographs share a fault that makes different people look alike: both are blurred by movement. "
        "Use an ordinary photo of at least one of them."
    )


@pytest.mark.parametrize("kind", ["", "never-heard-of"])
def test_an_unknown_fault_has_words_too(kind: str) -> None:
    assert "both look unusual in the same way." in claim_words.shared_fault(kind)


def test_quality_that_forbade_an_answer_comes_before_what_is_shared() -> None:
    assert "not good enough" in wording.reason(replace(SHARED, forced=True))


def test_limits_are_those_of_the_pair() -> None:
    between = replace(KNOWN, outcome=Outcome.INCONCLUSIVE, distance=1.1)
    assert "between the limits for photographs like these, 1.05 and 1.21: too far apart" in wording.reason(between)


def test_details_say_what_the_photographs_change() -> None:
    rows = dict(wording.details(comparison(KNOWN)))
    assert rows["Adjusted distance"] == "as rare as 1.12 between two clear photographs"
    assert rows["FMR if both were clear"] == "at most 1 in 1,000,000"
    assert rows["Strangers"] == claim_words.strangers(CLAIM)
    assert not {"Adjusted distance", "FMR if both were clear", "Strangers"} & set(dict(wording.details(comparison())))


def test_in_chinese(chinese: None) -> None:
    assert "两张都因移动而模糊" in wording.reason(SHARED)
    assert "有 3 人比右边的脸更像左边的脸" in claim_words.strangers(CLAIM)
    assert np.all([ord(letter) > 127 for letter in claim_words.shared_fault("")])
