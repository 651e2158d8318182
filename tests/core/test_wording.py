"""The words of a verdict: honest about bounds, rounded to what the data carries, never a statement of identity."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siamgui.core import wording
from siamgui.core.types import (
    Comparison,
    Embedding,
    EngineInfo,
    Face,
    FaceReading,
    Finding,
    Outcome,
    PairClaim,
    Quality,
    QualityIssue,
    Side,
    SideFinding,
    Strictness,
    Verdict,
)

VERDICT = Verdict(
    outcome=Outcome.SAME,
    strictness=Strictness.BALANCED,
    distance=0.714,
    fmr=2.51e-5,
    fmr_is_bound=False,
    fnmr=0.31,
    fnmr_is_bound=False,
    log10_lr=3.21,
    same_below=1.048,
    different_above=1.21,
    forced=False,
    findings=(),
)
QUALITY = Quality(31.4, 0.5, 0.5, 0.2, -12.0, 4.0, 0.93, 8.5, ())
ENGINE = EngineInfo("mobilefacenet", "1", "MobileFaceNet", "CPU", "OpenVINO")


def reading(quality: Quality = QUALITY) -> FaceReading:
    face = Face(np.zeros(4, np.float32), np.zeros((5, 2), np.float32), 0.9)
    embedding = Embedding(np.eye(1, 192, dtype=np.float32)[0], ENGINE.encoder)
    return FaceReading(face, np.zeros((112, 112, 3), np.uint8), quality, embedding)


def comparison(verdict: Verdict = VERDICT) -> Comparison:
    return Comparison(reading(), reading(), verdict, ENGINE)


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (2.49e-5, "1 in 40,000"),
        (1e-4, "1 in 10,000"),
        (1 / 300_000, "1 in 300,000"),
        (1 / 1_234_567, "1 in 1,200,000"),
        (1 / 9_960, "1 in 10,000"),
        (1 / 123, "1 in 120"),
        (1 / 17, "1 in 17"),
        (0.1, "1 in 10"),
        (0.21, "1 in 5"),
        (0.26, "1 in 4"),
        (0.33, "3 in 10"),
        (0.5, "1 in 2"),
        (0.74, "7 in 10"),
    ],
)
def test_one_in(rate: float, words: str) -> None:
    assert wording.one_in(rate) == words


@given(st.floats(1e-9, 0.9))
def test_a_bound_is_never_undercut(rate: float) -> None:
    k, n = re.fullmatch(r"(\d+) in ([\d,]+)", wording.one_in(rate, bound=True)).groups()  # type: ignore[union-attr]
    assert int(k) / int(n.replace(",", "")) >= rate * (1 - 1e-6)


@given(st.floats(1e-9, 0.9))
def test_rounding_stays_near(rate: float) -> None:
    k, n = re.fullmatch(r"(\d+) in ([\d,]+)", wording.one_in(rate)).groups()  # type: ignore[union-attr]
    assert int(k) / int(n.replace(",", "")) == pytest.approx(rate, rel=0.2)


def test_same_speaks_of_different_people() -> None:
    assert wording.rarity(VERDICT) == "About 1 in 40,000 pairs of different people look this alike."


def test_bound_says_at_most() -> None:
    verdict = replace(VERDICT, fmr=1 / 300_000, fmr_is_bound=True)
    assert wording.rarity(verdict) == "At most 1 in 300,000 pairs of different people look this alike."


def test_different_speaks_of_the_same_person() -> None:
    verdict = replace(VERDICT, outcome=Outcome.DIFFERENT, distance=1.4, fmr=0.6, fnmr=1 / 296)
    assert wording.rarity(verdict) == "About 1 in 300 pairs of photos of the same person look this different."
    verdict = replace(verdict, fnmr=1 / 1960, fnmr_is_bound=True)
    assert wording.rarity(verdict) == "At most 1 in 1,900 pairs of photos of the same person look this different."


CLAIM = PairClaim(
    adjusted=1.3,
    general_fmr=0.5,
    general_fmr_is_bound=False,
    strangers=9,
    nearer_left=1,
    nearer_right=0,
    shared=False,
    kind="",
)


@pytest.mark.parametrize(("fnmr", "share"), [(1 / 296, "about 1 in 300"), (0.6, "most"), (0.99, "nearly all")])
def test_beside_the_claim_of_a_pair_it_says_on_what_the_other_rate_was_measured(fnmr: float, share: str) -> None:
    """Nothing is known of how unlike two photographs of one person are that are spoilt as these two are."""
    verdict = replace(VERDICT, outcome=Outcome.DIFFERENT, fnmr=fnmr, claim=CLAIM)
    assert wording.rarity(verdict).startswith(f"In clear press photos, {share} pairs of the same person look")
    open_ = wording.rarity(replace(verdict, outcome=Outcome.INCONCLUSIVE, fnmr=1 / 1960, fnmr_is_bound=True))
    assert open_.startswith("In photographs like these, about ")
    assert open_.endswith("In clear press photos, at most 1 in 1,900 pairs of the same person look this different.")


@pytest.mark.parametrize(("fmr", "start"), [(0.6, "Most pairs of different"), (0.99, "Nearly all pairs of different")])
def test_high_rates_are_worded_sensibly(fmr: float, start: str) -> None:
    verdict = replace(VERDICT, outcome=Outcome.INCONCLUSIVE, fmr=fmr, fnmr=fmr)
    text = wording.rarity(verdict)
    assert text.startswith(start)
    assert text.count("at least this") == 2


def test_reason_only_for_inconclusive() -> None:
    assert wording.reason(VERDICT) == ""
    between = replace(VERDICT, outcome=Outcome.INCONCLUSIVE, distance=1.10)
    assert "1.10 lies between the limits 1.05 and 1.21" in wording.reason(between)
    close = replace(between, distance=1.0493)
    assert "1.049 lies between the limits 1.048 and 1.210" in wording.reason(close)


@pytest.mark.parametrize(
    ("sides", "words"),
    [
        ((Side.LEFT,), "The left photo is"),
        ((Side.RIGHT,), "The right photo is"),
        ((Side.LEFT, Side.RIGHT), "The photos are"),
    ],
)
def test_reason_names_the_photo_that_forced_it(sides: tuple[Side, ...], words: str) -> None:
    findings = tuple(SideFinding(side, Finding(QualityIssue.BLURRED, True)) for side in sides)
    # A mild finding on the other side must not be blamed.
    findings += (SideFinding(Side.RIGHT, Finding(QualityIssue.DARK, False)),)
    forced = replace(VERDICT, outcome=Outcome.INCONCLUSIVE, forced=True, findings=findings)
    assert wording.reason(forced).startswith(words)


def test_advice_names_the_photo_and_what_would_help() -> None:
    small = SideFinding(Side.RIGHT, Finding(QualityIssue.SMALL, False))
    assert wording.advice(small, QUALITY) == (
        "Right photo: the face is small (31 px between the eyes). Use a photo with the face larger."
    )
    decisive = SideFinding(Side.LEFT, Finding(QualityIssue.SMALL, True))
    assert wording.advice(decisive, QUALITY).startswith("Left photo: the face is too small (31 px")


@pytest.mark.parametrize("issue", list(QualityIssue))
@pytest.mark.parametrize("decisive", [False, True])
def test_every_issue_has_words(issue: QualityIssue, decisive: bool) -> None:
    text = wording.advice(SideFinding(Side.LEFT, Finding(issue, decisive)), QUALITY)
    assert re.fullmatch(r"Left photo: (th|part of th).+\. Use .+\.", text)


def test_likelihood_ratio_in_words() -> None:
    rows = dict(wording.details(comparison()))
    assert rows["Likelihood ratio"] == "this distance is about 1,600 times likelier if it is the same person"
    rows = dict(wording.details(comparison(replace(VERDICT, log10_lr=-0.5))))
    assert rows["Likelihood ratio"] == "this distance is about 3.2 times likelier if they are different people"
    rows = dict(wording.details(comparison(replace(VERDICT, log10_lr=0.01))))
    assert rows["Likelihood ratio"] == "this distance is equally likely either way"


def test_details_are_rounded_to_what_they_mean() -> None:
    rows = dict(wording.details(comparison(replace(VERDICT, fmr=0.73, fnmr=1e-3, fnmr_is_bound=True))))
    assert rows["Distance"] == "0.71"
    assert rows["False match rate (FMR)"] == "73 %"
    assert rows["False non-match rate (FNMR)"] == "at most 1 in 1,000"
    assert rows["Limits"] == "same person up to 1.05, different people above 1.21"
    assert rows["Between the eyes"] == "left 31 px, right 31 px"
    assert rows["Turned sideways, up or down"] == "left −12°, 4°, right −12°, 4°"
    assert rows["Engine"] == "CPU · OpenVINO · MobileFaceNet 1"


def test_engine_line() -> None:
    assert wording.engine_line(ENGINE, 41.4) == "CPU · OpenVINO · MobileFaceNet 1 · 41 ms"
    assert wording.engine_line(replace(ENGINE, fallback=True), None).endswith("the CPU took over")


@pytest.mark.parametrize("outcome", list(Outcome))
def test_text_is_whole_and_never_claims_identity(outcome: Outcome) -> None:
    finding = SideFinding(Side.LEFT, Finding(QualityIssue.DARK, False))
    text = wording.as_text(comparison(replace(VERDICT, outcome=outcome, findings=(finding,))), "me.jpg", "you.jpg")
    assert "“me.jpg”" in text
    assert "“you.jpg”" in text
    assert wording.headline(outcome) in text
    assert "Left photo: the face is dark." in text
    for word in ("identical", "confirmed", "confidence", "is the same person as", "AI"):
        assert word not in text


@pytest.mark.parametrize("strictness", list(Strictness))
def test_strictness_states_its_rate(strictness: Strictness) -> None:
    assert wording.one_in(strictness.fmr) in wording.strictness_hint(strictness)
    assert (
        wording.strictness_name(strictness)
        in dict(wording.details(comparison(replace(VERDICT, strictness=strictness))))["Strictness"]
    )
