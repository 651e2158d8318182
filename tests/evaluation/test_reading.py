"""Reading photographs in threads, and all-against-all in blocks."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from siamgui.core.calibration import Calibration, judge
from siamgui.core.cohort import ODD_FROM, Clarity, Vectors, bundled_cohort, cohort_of
from siamgui.core.embedding import unit
from siamgui.core.encoders.registry import encoder_of
from siamgui.core.imaging import load_photo
from siamgui.core.parts import disagree, each_say
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Outcome, PhotoReading, Strictness
from siamgui.evaluation import all_pairs
from siamgui.evaluation.metrics import by_condition, outcomes
from siamgui.evaluation.reading import Readings, each_reading, read_photos
from siamgui.versions.general_reference import bundled_embeddings


def quiet(_done: int, _total: int) -> None:
    pass


def test_readings_are_those_of_the_engine(engine: FaceEngine, samples: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 cut")
    paths = [samples / "obama1.jpg", broken, samples / "biden.jpg", tmp_path / "gone.jpg", samples / "obama2.jpg"]
    steps: list[tuple[int, int]] = []
    readings = read_photos(engine, paths, 2, lambda done, total: steps.append((done, total)))
    assert steps == [(n, 5) for n in range(1, 6)]
    assert readings.read.tolist() == [True, False, True, False, True]
    assert [index for index, _ in readings.problems] == [1, 3]
    assert "“broken.jpg”" in readings.problems[0][1]
    assert readings.faces.tolist() == [1, 0, 1, 0, 1]

    one_by_one = []
    for index in (0, 2, 4):
        photo = load_photo(paths[index])
        one_by_one.append(engine.read_photo(photo).reading)
    for index, reading in zip((0, 2, 4), one_by_one, strict=True):
        assert np.array_equal(readings.vectors[index], reading.embedding.vector)
    for strictness in Strictness:
        verdict = judge(engine.calibration, one_by_one[0], one_by_one[1], strictness)
        known = readings.pairs(np.array([0]), np.array([2]), engine.calibration)
        assert known.distances[0] == pytest.approx(verdict.distance, abs=1e-6)
        assert engine.calibration.fmr(float(known.adjusted[0])) == pytest.approx(verdict.fmr, rel=1e-3)
        same, different = outcomes(known, engine.calibration.limits(strictness), strictness)
        assert (same[0], different[0]) == (verdict.outcome is Outcome.SAME, verdict.outcome is Outcome.DIFFERENT)
    assert np.isnan(readings.distances(np.array([0]), np.array([1]))[0])
    left, right = (np.resize(some, 5000) for some in ([0, 2, 0], [2, 4, 1]))  # more than are compared at once
    known, few = (
        readings.pairs(left, right, engine.calibration),
        readings.pairs(left[:3], right[:3], engine.calibration),
    )
    for field in fields(known):
        assert np.array_equal(getattr(known, field.name), np.resize(getattr(few, field.name), 5000), equal_nan=True)


def test_nothing_read_at_all(engine: FaceEngine, tmp_path: Path) -> None:
    readings = read_photos(engine, [tmp_path / "a.jpg", tmp_path / "b.jpg"], 1, quiet)
    assert not readings.read.any()
    assert len(readings.problems) == 2


def test_an_interrupted_run_leaves_no_thread(engine: FaceEngine, samples: Path) -> None:
    """The fixture of every test looks for threads that are left behind."""

    def interrupt(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_photos(engine, [samples / "biden.jpg"] * 50, 2, interrupt)


def test_all_pairs_in_blocks_are_all_pairs() -> None:
    """More photographs than fit in one block, against every pair worked out one by one."""
    rng = np.random.default_rng(5)
    people, each = 190, 3
    centres = rng.normal(size=(people, 8))
    vectors = np.repeat(centres, each, axis=0) + rng.normal(scale=0.5, size=(people * each, 8))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    vectors[[7, 300]] = np.nan  # not read
    decisive = rng.random(people * each) < 0.1
    person = np.repeat(np.arange(people), each)
    readings = Readings(vectors, decisive, decisive & False, np.ones(len(vectors), np.int64), ())
    assert len(vectors) > all_pairs._BLOCK
    calibration = Calibration.bundled()
    found = all_pairs.compare_all(readings, person, calibration)

    pairs = np.array([pair for pair in combinations(range(len(vectors)), 2) if not {7, 300} & set(pair)]).T
    distances = readings.distances(*pairs)
    same = person[pairs[0]] == person[pairs[1]]
    assert found.genuine == same.sum()
    assert found.impostor == (~same).sum()
    for result, interval in zip(found.strictness, found.limit_intervals, strict=True):
        limits = calibration.limits(result.strictness)
        assert result.limit_fmr == pytest.approx((distances[~same] <= limits[0]).mean(), abs=2e-5)
        accepted, rejected = outcomes(readings.pairs(*pairs, calibration), limits, result.strictness)
        assert result.impostor.same == pytest.approx(accepted[~same].mean(), abs=2e-5)
        assert result.genuine.different == pytest.approx(rejected[same].mean(), abs=2e-3)
        assert interval is not None
        assert interval[0] <= result.limit_fmr <= interval[1]


def test_claims_are_counted_by_how_faces_were_photographed() -> None:
    """All against all in blocks, against the same pairs one by one. What is spoilt lies in one direction."""
    rng = np.random.default_rng(6)

    def faces(count: int, spoilt: bool) -> Vectors:
        away = 3.0 * np.eye(1, 32)[0] if spoilt else 0.0
        return unit((rng.normal(size=(count, 32)) + away).astype(np.float32))

    strangers = np.concatenate([faces(400, False), faces(400, True)])
    none, scale = np.zeros(2, np.float32), np.eye(2, dtype=np.float32)
    clarity = Clarity(np.r_[np.zeros(7), 0.9], 0.9, 0.1)
    kind = np.repeat([0, 1], 400)
    cohort = cohort_of(strangers, kind, np.arange(800), ("", "dark"), "x 1", none, scale, clarity, (0.4, 0.05))
    vectors = np.concatenate([faces(300, False), faces(300, True)])
    person = np.tile(np.arange(150), 4)
    conditions = cohort.conditions(vectors, np.ones(600, np.float32), None)
    readings = Readings(vectors, np.zeros(600, bool), np.zeros(600, bool), np.ones(600, np.int64), (), conditions)
    calibration = replace(Calibration.bundled(), cohort=cohort)
    assert len(vectors) > all_pairs._BLOCK
    found = all_pairs.compare_all(readings, person, calibration)

    pairs = np.array(list(combinations(range(600), 2))).T
    known = readings.pairs(*pairs, calibration)[person[pairs[0]] != person[pairs[1]]]
    assert (known.spoilt == (conditions.odd > ODD_FROM)[pairs].sum(axis=0)[person[pairs[0]] != person[pairs[1]]]).all()
    for strictness, results in zip(Strictness, found.conditions, strict=True):
        assert [result.pairs for result in results] == by_condition(known.spoilt).tolist()
        assert all(result.pairs for result in results)
        wrong = known.spoilt[known.adjusted <= calibration.limits(strictness).same_below]
        accepted = by_condition(wrong)
        assert [result.accepted for result in results] == pytest.approx(accepted, abs=2)
        for result in results:
            assert result.limit_fmr == result.accepted / result.pairs
            assert result.interval_95 is not None
            assert result.interval_95[0] <= result.limit_fmr <= result.interval_95[1]


def test_where_one_encoder_contradicts_the_other_nothing_is_decided_as_in_a_verdict() -> None:
    """One by one and all against all: half of the faces have the two halves of two people."""
    known, calibration = bundled_embeddings().vectors[:160], Calibration.bundled()
    architecture = calibration.encoder.partition(" ")[0]
    size = encoder_of(encoder_of(architecture).parts[0].key).embedding_size
    other = known.copy()
    other[:, size:] = known[::-1, size:]
    vectors = np.concatenate([known, other])
    count = len(vectors)
    met, nothing = bundled_cohort().conditions(vectors, np.full(count, 60, np.float32), None), np.zeros(count, bool)
    poor = np.arange(count) % 5 == 0
    readings = Readings(vectors, poor, nothing, np.ones(count, np.int64), (), met)
    left, right = np.triu_indices(count, 1)
    pairs, person = readings.pairs(left, right, calibration), np.arange(count) % 160
    all_of_them = all_pairs.compare_all(readings, person, calibration)
    differ = person[left] != person[right]
    halves = person[left] + person[right] == 159  # one half of both is of one person
    looked_at, found = ~differ | halves | (np.arange(len(left)) % 200 == 0), {Outcome.SAME: 0, Outcome.DIFFERENT: 0}
    for result in all_of_them.strictness:
        limits = calibration.limits(result.strictness)
        same, different = outcomes(pairs, limits, result.strictness)
        silent = replace(pairs, least_alone=np.ones(len(left)), most_alone=np.zeros(len(left)))
        for said, alone, outcome in zip(
            (same, different),
            outcomes(silent, limits, result.strictness),
            (Outcome.SAME, Outcome.DIFFERENT),
            strict=True,
        ):
            contradicted = [
                disagree(
                    each_say(architecture, calibration.parts, vectors[left[row]], vectors[right[row]]),
                    outcome,
                    result.strictness.fmr,
                    one_poor=bool(poor[left[row]] != poor[right[row]]),
                )
                for row in np.flatnonzero(alone & looked_at)
            ]
            found[outcome] += sum(contradicted)
            np.testing.assert_array_equal(said[alone & looked_at], ~np.array(contradicted))
        assert result.impostor.same == pytest.approx(same[differ].mean(), abs=1e-6)
        assert result.genuine.different == pytest.approx(different[~differ].mean(), abs=1e-6)
    assert min(found.values()) > 0


def test_threads_that_read_at_once_read_what_one_reads(engine: FaceEngine, samples: Path) -> None:
    """Sizes of the detector's pictures change between the threads, and some get a graph of their own meanwhile."""
    paths = sorted(samples.glob("*.jpg")) * 4
    alone = {path: engine.read_photo(load_photo(path)).reading for path in set(paths)}
    several = FaceEngine.load("cpu", at_once=2)
    for read, path in zip(each_reading(several, paths, 3), paths, strict=True):
        assert isinstance(read, PhotoReading)
        assert read.photo.name == path.name
        np.testing.assert_allclose(read.reading.embedding.vector, alone[path].embedding.vector, atol=1e-5)
        np.testing.assert_array_equal(read.reading.crop, alone[path].crop)
