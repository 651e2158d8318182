"""A verdict is tried under small honest changes, and said no more where it falls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from siamgui.core import wording
from siamgui.core.alignment import TEMPLATE
from siamgui.core.firmness import MOVED, changes_of, firm, firmness, read_changed
from siamgui.core.firmness_words import standing
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.resources import resource
from siamgui.core.types import (
    Change,
    Face,
    FaceReading,
    Finding,
    Firmness,
    Outcome,
    PhotoReading,
    QualityIssue,
    Side,
    Strictness,
    Trial,
)

Pair = tuple[PhotoReading, PhotoReading]
Tried = dict[Change, FaceReading]


@pytest.fixture(scope="module")
def pair(engine: FaceEngine) -> Pair:
    one, other = (engine.read_photo(load_photo(resource(f"samples/{name}.jpg"))) for name in ("obama1", "obama2"))
    return one, other


@pytest.fixture(scope="module")
def changed(engine: FaceEngine, pair: Pair) -> Tried:
    """The left face under every change."""
    read = pair[0]
    return {change: read_changed(engine, read.photo, read.reading.face, change) for change in Change}


def test_every_change_is_small_and_is_one(pair: Pair, changed: Tried) -> None:
    own = pair[0].reading
    assert set(changes_of(own.face)) == set(Change)
    for reading in changed.values():
        moved = float(np.linalg.norm(reading.embedding.vector - own.embedding.vector))
        assert 0.005 < moved < 0.5  # two photographs of one person lie farther apart


def test_moved_and_turned_are_what_they_say(pair: Pair, changed: Tried) -> None:
    def middle(change: Change) -> np.ndarray:
        """Of the dark pixels of the eyes and brows."""
        rows, columns = np.nonzero(changed[change].crop[30:70, 20:92].mean(axis=2) < 60)
        return np.array([columns.mean(), rows.mean()])

    across = middle(Change.MOVED_RIGHT) - middle(Change.MOVED_LEFT)
    down = middle(Change.MOVED_DOWN) - middle(Change.MOVED_UP)
    step = 2 * MOVED * 112
    assert across[0] == pytest.approx(step, abs=1.5)
    assert abs(across[1]) < 1
    assert down[1] == pytest.approx(step, abs=1.5)
    assert abs(down[0]) < 1


def test_the_mirror_shows_the_mirrored_face(pair: Pair, changed: Tried) -> None:
    mirrored = changed[Change.MIRRORED].crop[:, ::-1].astype(int)
    as_it_is = pair[0].reading.crop.astype(int)
    assert np.abs(mirrored - as_it_is).mean() < 12 < np.abs(changed[Change.MIRRORED].crop - as_it_is).mean()


def test_halving_is_not_small_for_a_small_face() -> None:
    landmarks = (TEMPLATE * 20 / 35).astype(np.float32)
    face = Face(np.array([0, 0, 60, 80], np.float32), landmarks, 0.9)
    assert Change.HALVED not in changes_of(face)


def test_a_face_at_the_very_edge_can_be_changed(engine: FaceEngine, pair: Pair) -> None:
    face, photo = pair[0].reading.face, pair[0].photo
    x0, y0, x1, y1 = (int(value) for value in face.box)
    tight = replace(photo, pixels=np.ascontiguousarray(photo.pixels[y0:y1, x0:x1]))
    moved = Face(face.box - np.float32([x0, y0, x0, y0]), face.landmarks - np.float32([x0, y0]), face.score)
    for change in changes_of(moved):
        assert np.isfinite(read_changed(engine, tight, moved, change).embedding.vector).all()


def test_a_clear_pair_holds(engine: FaceEngine, pair: Pair, changed: Tried) -> None:
    left, right = (read.reading for read in pair)
    found = firmness(engine.calibration, left, right, {Side.LEFT: changed, Side.RIGHT: {}}, Strictness.BALANCED)
    as_it_is = engine.compare(left, right, Strictness.BALANCED).verdict
    assert len(found.trials) == len(Change)
    assert {trial.side for trial in found.trials} == {Side.LEFT}
    assert found.fallen == ()
    assert found.reach[0] < as_it_is.distance < found.reach[1]
    verdict = firm(as_it_is, found)
    assert verdict == replace(as_it_is, firmness=found)
    assert standing(verdict).startswith("That holds")


def test_findings_of_a_change_forbid_nothing(engine: FaceEngine, pair: Pair, changed: Tried) -> None:
    left, right = (read.reading for read in pair)
    poor = (Finding(QualityIssue.DAMAGED, decisive=True),)
    halved = changed[Change.HALVED]
    spoilt = {Change.HALVED: replace(halved, quality=replace(halved.quality, findings=poor))}
    found = firmness(engine.calibration, left, right, {Side.LEFT: spoilt, Side.RIGHT: {}}, Strictness.BALANCED)
    assert found.fallen == ()


def trials(*outcomes: Outcome) -> tuple[Trial, ...]:
    changes: Iterator[Change] = iter(Change)
    return tuple(Trial(Side.LEFT, next(changes), 1.0 + n / 100, outcome) for n, outcome in enumerate(outcomes))


@pytest.mark.parametrize("decided", [Outcome.SAME, Outcome.DIFFERENT])
def test_what_falls_is_inconclusive_and_says_why(engine: FaceEngine, pair: Pair, decided: Outcome) -> None:
    left, right = (read.reading for read in pair)
    as_it_is = replace(engine.compare(left, right, Strictness.BALANCED).verdict, outcome=decided)
    found = Firmness(decided, trials(decided, Outcome.INCONCLUSIVE, decided, Outcome.INCONCLUSIVE))
    verdict = firm(as_it_is, found)
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.unfirm
    assert verdict.distance == as_it_is.distance
    reason = wording.reason(verdict)
    assert "does not hold when they are changed a little: not in 2 of 4 cases." in reason
    assert standing(verdict) == ""
    rows = wording.details(replace(engine.compare(left, right, Strictness.BALANCED), verdict=verdict))
    assert ("Under small changes", "distance 1.00 to 1.03") in rows
    assert ("Falls with the left photo", "moved a little") in rows


def test_an_open_verdict_stays_open_whatever_the_changes_say(engine: FaceEngine, pair: Pair) -> None:
    left, right = (read.reading for read in pair)
    as_it_is = replace(engine.compare(left, right, Strictness.BALANCED).verdict, outcome=Outcome.INCONCLUSIVE)
    verdict = firm(as_it_is, Firmness(Outcome.INCONCLUSIVE, trials(Outcome.SAME, Outcome.SAME)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert not verdict.unfirm
    assert standing(verdict) == "Small changes of the photos move the distance between 1.00 and 1.01."
