"""Many photographs against each other: what chance does among many pairs, and the table for a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from siamgui.core.pairwise import as_table, by_chance, pairs_among, why
from siamgui.core.shown_text import columns
from siamgui.core.types import Finding, Outcome, QualityIssue, Side, SideFinding, Strictness, Verdict

DIFFERENT = Verdict(Outcome.DIFFERENT, Strictness.BALANCED, 1.31, 0.4, False, 1e-3, True, -2.0, 1.0, 1.2, False, ())


@pytest.mark.parametrize(
    ("pairs", "strictness", "words"),
    [
        (1, Strictness.BALANCED, ""),
        (45, Strictness.BALANCED, "up to about 1 in 22 such tables"),
        (435, Strictness.BALANCED, "up to about 5 in 10 such tables"),
        (435, Strictness.STRICT, "up to about 1 in 22 such tables"),
        (100, Strictness.CONVENIENT, "about 1 of them"),
        (435, Strictness.CONVENIENT, "about 5 of them"),
    ],
)
def test_what_a_false_match_rate_is_among_many_pairs(pairs: int, strictness: Strictness, words: str) -> None:
    said = by_chance(pairs, strictness)
    if words:
        assert words in said.replace("1 in 2 such", "5 in 10 such")
        assert f"{pairs} pairs" in said
    else:
        assert said == ""


def test_a_table_wider_than_the_terminal_comes_in_parts() -> None:
    names = [f"{n} \u7167\u7247.jpg" for n in range(12)]
    table = as_table(names, dict.fromkeys(pairs_among(12), DIFFERENT), {}, 80)
    assert max(map(columns, table[:-1])) <= 80
    shown = " ".join(table[:-1])
    assert shown.count("x 1.31") == 66
    assert table[0].split() == [str(n) for n in range(1, 9)]


def test_a_photo_that_is_not_good_enough_is_named() -> None:
    poor = SideFinding(Side.RIGHT, Finding(QualityIssue.BLURRED, decisive=True))
    verdict = replace(DIFFERENT, outcome=Outcome.INCONCLUSIVE, forced=True, findings=(poor,))
    assert why(verdict, "a.jpg", "b.jpg") == "“b.jpg” is not good enough to decide."
    both = replace(verdict, findings=(poor, replace(poor, side=Side.LEFT)))
    assert why(both, "a.jpg", "b.jpg") == "The photos are not good enough to decide."
    assert why(DIFFERENT, "a.jpg", "b.jpg") == ""
