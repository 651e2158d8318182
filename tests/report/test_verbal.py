"""No word for the support is stronger than what was measured carries."""

from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from siamgui.core.types import Outcome
from siamgui.report.verbal import SCALE, carried, ranges, step_of, strength
from tests.builders.records import VERDICT

rates = st.floats(1e-7, 1.0)
ratios = st.floats(-12, 12)


@given(rates, rates, ratios, st.sampled_from([Outcome.SAME, Outcome.DIFFERENT]))
def test_support_is_never_stronger_than_one_over_the_rate(
    fmr: float, fnmr: float, log10_lr: float, outcome: Outcome
) -> None:
    verdict = replace(VERDICT, fmr=fmr, fnmr=fnmr, log10_lr=log10_lr, outcome=outcome)
    said = carried(verdict)
    assert said is not None
    assert 0 <= said <= max(0.0, -math.log10(fmr if outcome is Outcome.SAME else fnmr))
    assert said <= max(0.0, log10_lr if outcome is Outcome.SAME else -log10_lr)


@given(rates, ratios)
def test_nothing_is_said_of_an_open_verdict_or_of_rates_that_nobody_measured_here(fmr: float, log10_lr: float) -> None:
    verdict = replace(VERDICT, fmr=fmr, log10_lr=log10_lr)
    assert strength(replace(verdict, outcome=Outcome.INCONCLUSIVE)) == ""
    assert strength(replace(verdict, stated=True)) == ""


def test_the_words_are_those_of_the_scale() -> None:
    assert strength(VERDICT) == "very strong support"
    assert strength(replace(VERDICT, fmr=0.01)) == "moderate support"
    assert strength(replace(VERDICT, log10_lr=-3.0)) == "no support"
    assert step_of(6.5) == SCALE[-1]
    assert [words for words, _ in ranges()] == [step.words for step in SCALE]
    assert ranges()[1][1] == "2 to 10"
