"""What a live verification says: every end, hindrance and prompt has its words, and none claims too much."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from siamgui.core.types import Outcome, Strictness
from siamgui.live import wording
from siamgui.live.types import Hindrance, LiveVerdict, PresenceFailure, Prompt, Reason


def verdict(outcome: Outcome, reason: Reason = Reason.BOUND, **values: Any) -> LiveVerdict:
    usual = {
        "name": "ada.jpg",
        "person": None,
        "strictness": Strictness.BALANCED,
        "distance": 0.71,
        "fmr": 1 / 40_000,
        "fmr_is_bound": False,
        "log10_lr": 3.0,
        "hindrance": None,
        "presence": None,
        "presence_failure": None,
        "seconds": 1.24,
        "frames": 31,
        "best": (),
        "encoder": "mobilefacenet 1",
    }
    return LiveVerdict(outcome=outcome, reason=reason, **{**usual, **values})


def test_a_decided_verdict_says_how_rare_it_is_and_nothing_else() -> None:
    same = verdict(Outcome.SAME)
    assert wording.headline(same) == "Supports: same person"
    assert wording.rarity(same) == "About 1 in 40,000 pairs of different people look this alike."
    assert wording.reason(same) == wording.presence(same) == ""
    assert wording.headline(verdict(Outcome.DIFFERENT)) == "Supports: different people"
    assert wording.rarity(verdict(Outcome.INCONCLUSIVE, Reason.ENDED, fmr=None)) == ""


def test_of_everybody_enrolled_one_is_named_or_nobody() -> None:
    ada = verdict(Outcome.SAME, name="Ada 🙂", person=7, fmr=1 / 3456, fmr_is_bound=True)
    assert wording.headline(ada, who=True) == "Supports: Ada 🙂"
    sentence = "At most 1 in 3,400 people who are not enrolled look this much like somebody who is."
    assert wording.rarity(ada, who=True) == sentence
    nobody = verdict(Outcome.DIFFERENT, Reason.NOBODY, name=None)
    assert wording.headline(nobody, who=True) == "Nobody enrolled"
    assert wording.rarity(nobody, who=True) == ""
    assert wording.reason(nobody) == "This face is not close to any of the people enrolled."


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason not in (Reason.BOUND, Reason.NOBODY)])
def test_every_end_without_a_decision_has_its_reason(reason: Reason) -> None:
    said = wording.reason(verdict(Outcome.INCONCLUSIVE, reason))
    assert said.endswith(".")
    others = {wording.reason(verdict(Outcome.INCONCLUSIVE, other)) for other in Reason if other is not reason}
    assert said not in others


@pytest.mark.parametrize("hindrance", list(Hindrance))
def test_what_was_in_the_way_is_said_with_what_helps(hindrance: Hindrance) -> None:
    said = wording.reason(verdict(Outcome.INCONCLUSIVE, Reason.TIME_OUT, hindrance=hindrance))
    assert said.startswith("There was not enough to decide within the time. ")
    assert said.count(".") >= 3
    assert wording.hindrance(hindrance).endswith(".")
    assert hindrance.value not in wording.reason(verdict(Outcome.SAME, hindrance=hindrance))


@pytest.mark.parametrize("failure", list(PresenceFailure))
def test_a_presence_check_that_was_not_passed_says_why(failure: PresenceFailure) -> None:
    failed = verdict(Outcome.INCONCLUSIVE, Reason.PRESENCE, presence=False, presence_failure=failure)
    first, why = wording.reason(failed).split(". ", 1)
    assert first == "The presence check was not passed"
    assert why.endswith(".")
    assert wording.presence(failed) == ""  # it is said already
    assert ("Presence check", "not passed") in wording.details(failed)


def test_a_passed_presence_check_is_never_called_more_than_basic() -> None:
    assert "Basic" in wording.presence(verdict(Outcome.SAME, presence=True))
    assert "not a certified one" in wording.presence(verdict(Outcome.SAME, presence=True))
    assert "not finished" in wording.presence(verdict(Outcome.DIFFERENT, presence=False))


def test_prompts_are_told_apart_and_time_never_reads_nought() -> None:
    prompts = [wording.prompt(prompt) for prompt in (None, *Prompt)]
    assert len(set(prompts)) == len(prompts)
    assert [wording.seconds_left(left) for left in (5.2, 3.0, 0.1, 0.0)] == [
        "6 seconds",
        "3 seconds",
        "1 second",
        "1 second",
    ]
    assert wording.leaning(Outcome.INCONCLUSIVE) == ""


def test_a_single_frame_of_somebody_else_and_an_end_that_was_not_seen_are_said() -> None:
    assert wording.watched(verdict(Outcome.SAME)) == ""
    seen = replace(verdict(Outcome.SAME), strangers=(62.46,))
    assert wording.watched(seen) == "A single frame shows another face, at 1:02.5."
    seen = replace(verdict(Outcome.SAME), strangers=tuple(40.0 * n for n in range(7)), until=300.0, whole=True)
    assert wording.watched(seen).startswith("7 single frames show another face, at 0:00.0, 0:40.0,")
    assert "…" in wording.watched(seen)
    part = replace(verdict(Outcome.SAME), until=60.0)
    assert wording.watched(part) == "This holds up to 1:00.0; what comes later was not watched."
    assert wording.watched(part) in wording.as_text(part, "ada.jpg")
    assert wording.watched(replace(part, outcome=Outcome.INCONCLUSIVE, reason=Reason.TIME_OUT)) == ""


def test_the_whole_answer_as_text() -> None:
    text = wording.as_text(verdict(Outcome.SAME, presence=True), "ada.jpg")
    assert text.splitlines()[:2] == ["Reference: “ada.jpg”", "Supports: same person"]
    assert "Distance: 0.71" in text
    assert "Time: 1.2 s" in text
    assert wording.as_text(verdict(Outcome.SAME), "", who=True).startswith("Who is this?\nSupports: ada.jpg\n")
