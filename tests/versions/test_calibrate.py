"""The calibration of a trained version: limits may be placed by assumption, rates are claimed by data only."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from siamgui.core import encoders
from siamgui.core.calibration import Calibration
from siamgui.core.energy import L2
from siamgui.core.imaging import load_photo
from siamgui.core.manifest import bundled_encoder, read_manifest
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Strictness
from siamgui.evaluation.pairs import TooLittleRead
from siamgui.labelling.types import PairSet
from siamgui.versions.calibrate import calibrate
from siamgui.versions.calibration_of_version import adapt, measure_domain
from siamgui.versions.general_reference import (
    ReferenceEmbeddings,
    bundled_embeddings,
    bundled_faces,
    embeddings_under,
    plain_calibration,
    read_faces,
)
from siamgui.versions.unseen import FOLDS, Sight, may_be_one, unseen_by_one
from tests.builders.pair_sets import pair_set

Vectors = NDArray[np.float32]


@functools.cache
def plain() -> Calibration:
    """The bundled encoder's calibration, by distances as they are."""
    return plain_calibration(bundled_encoder())


@pytest.fixture(scope="module")
def faces() -> tuple[Vectors, NDArray[np.int64]]:
    """Real embeddings: two faces each of 300 people."""
    reference = bundled_embeddings()
    numbers, counts = np.unique(reference.person, return_counts=True)
    chosen = numbers[counts >= 2][:300]
    rows = np.concatenate([np.flatnonzero(reference.person == number)[:2] for number in chosen])
    return reference.vectors[rows], np.repeat(np.arange(len(chosen)), 2)


def adapted(
    pairs: PairSet,
    before: Vectors,
    after: Vectors,
    parent: Calibration,
    base: Calibration | None,
    faces: NDArray[np.int64] | None = None,
) -> Calibration:
    """faces: that the encoder did not see; all of them."""
    faces = np.arange(len(before)) if faces is None else faces
    both = tuple(unseen_by_one(Sight(vectors), faces, faces % FOLDS, pairs, L2) for vectors in (before, after))
    domain = measure_domain((both[0], both[1]), pairs, may_be_one(faces, before, pairs, parent), (2.0, 2.0))
    return adapt(domain, parent, base, changed=not np.array_equal(before, after))


def shifted(vectors: Vectors) -> Vectors:
    """As a poor camera does: all faces become more alike."""
    moved = vectors + 0.6 * vectors[0]
    return (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)


def limits(table: Calibration) -> list[float]:
    return [limit for strictness in Strictness for limit in table.limits(strictness)]


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("people", [3, 20, 150])
def test_photos_like_those_it_was_measured_on_change_nothing(
    faces: tuple[Vectors, NDArray[np.int64]], people: int, known: bool
) -> None:
    pairs, vectors = pair_set(people, known=known), faces[0][: 2 * people]
    parent = plain()
    table = adapted(pairs, vectors, vectors, parent, None)
    np.testing.assert_allclose(limits(table), limits(parent), atol=0.02)
    assert table.smallest_fmr == parent.smallest_fmr


@pytest.mark.parametrize("known", [True, False])
def test_harder_photos_tighten_the_limits_and_the_claims(faces: tuple[Vectors, NDArray[np.int64]], known: bool) -> None:
    pairs, parent = pair_set(100, known=known), plain()
    vectors = shifted(faces[0][:200])
    table = adapted(pairs, vectors, vectors, parent, None)
    for strictness in Strictness:
        assert table.limits(strictness)[0] < parent.limits(strictness)[0] - 0.05
    for distance in np.linspace(0, 2, 41):
        assert table.fmr(distance) >= parent.fmr(distance) * (1 - 1e-9)
        assert abs(table.log10_lr(distance)) <= abs(parent.log10_lr(distance)) + 1e-9
    # Some 20,000 couples of different people, of which the closest are of 30 couples of people.
    assert 1e-3 < table.smallest_fmr < 1e-2


def test_limits_stand_below_what_is_claimed(faces: tuple[Vectors, NDArray[np.int64]]) -> None:
    pairs = pair_set(100, known=False)
    vectors = shifted(faces[0][:200])
    table = adapted(pairs, vectors, vectors, plain(), None)
    strict = table.limits(Strictness.STRICT)[0]
    assert strict < table.limits(Strictness.BALANCED)[0] < table.limits(Strictness.CONVENIENT)[0]
    assert table.fmr(strict) == table.smallest_fmr > Strictness.STRICT.fmr
    again = Calibration.from_json(table.to_json())
    np.testing.assert_allclose(limits(again), limits(table), atol=1e-4)


def test_a_changed_encoder_takes_its_limits_along(faces: tuple[Vectors, NDArray[np.int64]]) -> None:
    """Without a reference set: thresholds placed by the affine map realise about the rate that they stand for."""
    pairs, (vectors, people) = pair_set(60, known=True), faces
    after = shifted(vectors)
    table = adapted(pairs, vectors[:120], after[:120], plain(), None)
    others, who = after[120:], people[120:]
    distance = np.linalg.norm(others[:, None] - others[None], axis=2)
    impostor = distance[who[:, None] != who[None]]
    assert 1e-3 < (impostor <= table.threshold(1e-2)).mean() < 3e-2
    assert 30 / 7080 <= table.smallest_fmr < 2e-2
    assert "adapted" in table.source


def test_people_whom_training_saw_do_not_count(faces: tuple[Vectors, NDArray[np.int64]]) -> None:
    pairs = pair_set(100, known=True)
    before, after = faces[0][:200], shifted(faces[0][:200])
    nobody = adapted(pairs, before, after, plain(), None, np.arange(2))
    assert nobody.smallest_fmr == nobody.smallest_fnmr == 1.0
    half = adapted(pairs, before, after, plain(), None, np.arange(100))
    assert half.smallest_fmr > adapted(pairs, before, after, plain(), None).smallest_fmr


def test_a_reference_set_carries_the_claims(faces: tuple[Vectors, NDArray[np.int64]]) -> None:
    pairs, (vectors, people) = pair_set(20, known=False), faces
    after = shifted(vectors)
    base = calibrate(after[40:], people[40:], "others", "x 1")
    table = adapted(pairs, vectors[:40], after[:40], plain(), base)
    # Of the user's 20 people no claim below what their pairs carry, and no limit looser than that of the reference set.
    assert table.smallest_fmr > base.smallest_fmr
    for strictness in (Strictness.CONVENIENT, Strictness.BALANCED):
        assert base.limits(strictness)[0] - 0.1 < table.limits(strictness)[0] <= base.limits(strictness)[0] + 1e-9
    # 280 people do not show a rate of 1 in 10,000: there the parent's tail goes on.
    assert table.limits(Strictness.STRICT)[0] < base.limits(Strictness.STRICT)[0]


@pytest.mark.parametrize("people", [2, 12, 60])
def test_a_small_reference_set_places_no_limit_too_far_out(
    faces: tuple[Vectors, NDArray[np.int64]], people: int
) -> None:
    pairs, (vectors, who) = pair_set(40, known=True), faces
    after, parent = shifted(vectors), plain()
    base = calibrate(after[: 2 * people], who[: 2 * people], "few", "x 1")
    assert base.smallest_fmr > Strictness.STRICT.fmr
    table = adapted(pairs, vectors[-80:], after[-80:], parent, base)
    assert Calibration.from_json(table.to_json()).smallest_fmr >= min(base.smallest_fmr, 3 / 780)
    others = after[120:520]
    distance = np.linalg.norm(others[:, None] - others[None], axis=2)
    impostor = distance[who[120:520, None] != who[None, 120:520]]
    for strictness, at_most in ((Strictness.CONVENIENT, 3e-2), (Strictness.BALANCED, 5e-3), (Strictness.STRICT, 1e-3)):
        assert (impostor <= table.limits(strictness)[0]).mean() < at_most
    assert table.limits(Strictness.CONVENIENT)[0] > np.quantile(impostor, 1e-4)


def test_the_bundled_embeddings_are_those_behind_the_bundled_calibration() -> None:
    reference, bundled = bundled_embeddings(), Calibration.bundled()
    assert reference.encoder == bundled.encoder
    assert len(np.unique(reference.person)) == bundled.people
    np.testing.assert_allclose(np.linalg.norm(reference.vectors, axis=1), 1.0, atol=1e-6)
    counts = np.unique(reference.person, return_counts=True)[1]
    assert int((counts * (counts - 1) // 2).sum()) == bundled.genuine_pairs


def test_the_bundled_embeddings_pass_through_a_head_and_through_nothing_more(
    engine: FaceEngine, samples: Path, finished_version: Path
) -> None:
    headed = encoders.load(read_manifest(finished_version))
    photo = load_photo(samples / "obama1.jpg")
    found = engine.find_faces(photo)
    face = found.faces[found.prominent]
    one = engine.read_face(photo, face).embedding.vector[None]
    reference = ReferenceEmbeddings(one, np.zeros(1, np.int64), engine.encoder.key, "")
    under = FaceEngine.load("cpu", read_manifest(finished_version)).read_face(photo, face).embedding.vector
    np.testing.assert_allclose(embeddings_under(headed, reference)[0], under, atol=1e-4)
    np.testing.assert_array_equal(embeddings_under(encoders.load(bundled_encoder()), reference), one)
    next(headed.parameters()).data += 1e-3
    assert embeddings_under(headed, reference) is None


def test_a_folder_of_people_is_a_reference_too(engine: FaceEngine, samples: Path, tmp_path: Path) -> None:
    for person, names in {"one": ["obama1", "obama2"], "two": ["biden"]}.items():
        (tmp_path / person).mkdir()
        for name in names:
            shutil.copy(samples / f"{name}.jpg", tmp_path / person)
    (tmp_path / "two" / "broken.jpg").write_bytes(b"not a photograph")
    (tmp_path / "two" / ".DS_Store").write_bytes(b"of a Mac")
    seen: list[tuple[int, int]] = []
    faces = read_faces(tmp_path, engine, lambda done, total: seen.append((done, total)))
    assert (faces.crops.shape, faces.person.tolist()) == ((3, 112, 112, 3), [0, 0, 1])
    assert seen[-1] == (4, 4)
    assert faces.skipped == 1
    assert [text[:12] for text in faces.problems] == ["“broken.jpg”"]
    (tmp_path / "one" / "obama2.jpg").write_bytes(b"not a photograph")
    with pytest.raises(TooLittleRead, match="Too few of the photos"):
        read_faces(tmp_path, engine, lambda done, total: None)
    four = bundled_faces(engine)
    assert (len(four.crops), four.person.tolist()) == (4, [0, 0, 0, 1])


@settings(max_examples=30, deadline=None)
@given(
    people=st.integers(2, 12),
    seed=st.integers(0, 10**6),
    known=st.booleans(),
    spread=st.floats(0.01, 3.0),
    changed=st.booleans(),
)
def test_whatever_the_photos_the_table_is_sound(
    people: int, seed: int, known: bool, spread: float, changed: bool
) -> None:
    rng = np.random.default_rng(seed)
    pairs, parent = pair_set(people, known=known), plain()

    def some(scale: float) -> Vectors:
        raw = 1.0 + scale * rng.normal(size=(2 * people, 8))
        return (raw / np.linalg.norm(raw, axis=1, keepdims=True)).astype(np.float32)

    before = some(spread)
    table = adapted(pairs, before, some(spread / 2) if changed else before, parent, None)
    again = Calibration.from_json(table.to_json())  # raises unless every curve is in order
    for strictness in Strictness:
        same, different = again.limits(strictness)
        assert 0 <= same <= different <= 2
    assert again.smallest_fmr >= parent.smallest_fmr
    if not changed:
        assert all(table.fmr(d) >= parent.fmr(d) * (1 - 1e-9) for d in np.linspace(0, 2, 21))
