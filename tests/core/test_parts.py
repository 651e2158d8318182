"""What each encoder of the joint one says: taken apart exactly, and heeded where they contradict each other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from siamgui.core import encoders, wording
from siamgui.core.calibration import Calibration, judge
from siamgui.core.embedding import unit
from siamgui.core.encoders.joint import JointEncoder
from siamgui.core.encoders.registry import default_encoder
from siamgui.core.imaging import load_photo
from siamgui.core.manifest import bundled_encoder, read_manifest
from siamgui.core.parts import EACH, PartTable, disagree, each_say, largest_alone, split
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Embedding, FaceReading, Outcome, PartSay, Strictness

ENTRY = default_encoder()


@pytest.fixture(scope="module")
def pair(engine: FaceEngine, samples: Path) -> tuple[FaceReading, FaceReading]:
    left, right = (engine.read_photo(load_photo(samples / f"{name}.jpg")).reading for name in ("obama1", "obama2"))
    return left, right


def test_each_part_is_what_its_encoder_says_alone(pair: tuple[FaceReading, FaceReading]) -> None:
    net = encoders.load(bundled_encoder())
    assert isinstance(net, JointEncoder)
    crop = torch.tensor(pair[0].crop[None]).permute(0, 3, 1, 2).float()
    found = split(ENTRY, pair[0].embedding.vector)
    with torch.inference_mode():
        for key, part in zip(found, net.parts, strict=True):
            np.testing.assert_allclose(found[key], unit(part(crop).numpy()[0]), atol=1e-4)


def test_the_verdict_says_each(pair: tuple[FaceReading, FaceReading]) -> None:
    verdict = judge(Calibration.bundled(), *pair, Strictness.BALANCED)
    assert [say.name for say in verdict.parts] == ["MobileFaceNet", "SFace"]
    apart = sum(part.share * say.distance**2 for part, say in zip(ENTRY.parts, verdict.parts, strict=True))
    assert verdict.distance**2 == pytest.approx(apart, rel=1e-4)
    assert not verdict.disagree
    assert all(say.fmr < 1e-4 for say in verdict.parts)


def leaned(reading: FaceReading, other: FaceReading, key: str) -> FaceReading:
    """A face that all parts but one see as they see another; that one sees the opposite."""
    parts, same = split(ENTRY, reading.embedding.vector), split(ENTRY, other.embedding.vector)
    seen = [part.share**0.5 * (-parts[key] if part.key == key else same[part.key]) for part in ENTRY.parts]
    vector = np.concatenate(seen).astype(np.float32)
    return replace(other, embedding=Embedding(vector, other.embedding.encoder), conditions=None, strangers=None)


def test_encoders_that_disagree_decide_nothing(pair: tuple[FaceReading, FaceReading]) -> None:
    one = replace(pair[0], conditions=None, strangers=None)
    wide = replace(Calibration.bundled(), fmr_distance=Calibration.bundled().fmr_distance + 0.3)
    other = leaned(one, one, ENTRY.parts[0].key)
    verdict = judge(wide, one, other, Strictness.CONVENIENT)
    assert verdict.distance <= verdict.same_below
    assert (verdict.outcome, verdict.disagree, verdict.forced) == (Outcome.INCONCLUSIVE, True, False)
    assert "Not both encoders bear it out" in wording.reason(verdict)
    assert "a likeness of the photos" in wording.reason(verdict)


def say(fmr: float) -> PartSay:
    return PartSay("X", 1.0, fmr, fmr_is_bound=False)


@pytest.mark.parametrize(
    ("rates", "outcome", "expected"),
    [
        ((1e-5, 1e-5), Outcome.SAME, False),
        ((1e-5, EACH * 1e-3), Outcome.SAME, False),
        ((1e-5, 1.1 * EACH * 1e-3), Outcome.SAME, True),
        ((0.5, 0.9), Outcome.DIFFERENT, False),
        ((1e-3, 0.9), Outcome.DIFFERENT, False),
        ((1e-4, 0.9), Outcome.DIFFERENT, True),
        ((1e-5, 0.9), Outcome.INCONCLUSIVE, False),
        ((), Outcome.SAME, False),
    ],
)
def test_a_contradiction_is_strong(rates: tuple[float, ...], outcome: Outcome, expected: bool) -> None:
    assert disagree(tuple(map(say, rates)), outcome, 1e-3, one_poor=False) is expected


@pytest.mark.parametrize(
    ("claimed", "both_good", "one_poor"),
    [(1e-2, 0.03, 0.05), (1e-3, 0.003, 0.05), (1e-4, 0.003, 0.05), (0.1, 0.05, 0.05)],
)
def test_each_encoder_alone_bears_out_what_both_say(claimed: float, both_good: float, one_poor: float) -> None:
    """Three times the claim, never asked for more than 3 in 1,000; of one poor photograph only some likeness."""
    np.testing.assert_allclose(largest_alone(claimed, np.array([False, True])), [both_good, one_poor])
    assert disagree((say(1e-5), say(0.04)), Outcome.SAME, claimed, one_poor=False) is (both_good < 0.04)
    assert not disagree((say(1e-5), say(0.04)), Outcome.SAME, claimed, one_poor=True)
    assert disagree((say(1e-5), say(0.06)), Outcome.SAME, claimed, one_poor=True)


def test_a_version_has_no_parts(finished_version: Path, pair: tuple[FaceReading, FaceReading]) -> None:
    model = read_manifest(finished_version)
    assert Calibration.of(model).parts == {}
    assert each_say(model.architecture, {}, *(reading.embedding.vector for reading in pair)) == ()


@pytest.mark.parametrize("curve", [([0.0], [0.1]), ([0.0, 1.0], [0.1]), ([1.0, 0.0], [0.1, 1.0])])
def test_what_is_no_curve_is_seen(curve: tuple[list[float], list[float]]) -> None:
    assert not PartTable(1e-3, *curve).is_one()
