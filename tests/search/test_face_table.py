"""The exact search finds what a comparison with every face finds, in the same order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from siamgui.core.calibration import Calibration, judge
from siamgui.core.embedding import unit
from siamgui.core.energy import L1
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import FaceReading, Strictness
from siamgui.search import face_table
from siamgui.search.face_table import FaceTable
from siamgui.search.probes import reading_of
from siamgui.storage.collection_operations import AddCollection, KeepCopies, KeepRead, ReadSeenFaces, RemoveCollection
from siamgui.storage.seen_face import SeenFace
from siamgui.storage.store import Store
from tests.builders.seen import file_of, picture, seen_face

FACES = 100


@pytest.fixture(scope="module")
def readings(engine: FaceEngine, samples: Path) -> list[FaceReading]:
    return [engine.read_photo(load_photo(samples / f"{name}.jpg")).reading for name in ("obama1", "obama2", "biden")]


def kept(store: Store, calibration: Calibration, like: FaceReading) -> list[SeenFace]:
    """Faces at all distances from one, as a cohort sees them."""
    chance = np.random.default_rng(5)
    made = [seen_face(number, len(like.embedding.vector)) for number in range(FACES)]
    vectors = unit(np.stack([like.embedding.vector * chance.uniform(-0.2, 0.9) + 0.6 * face.vector for face in made]))
    means = deviations = [float("nan")] * FACES
    if calibration.cohort is not None:
        met = calibration.cohort.conditions(
            vectors, np.full(FACES, 20, np.float32), np.stack([face.look for face in made])
        )
        means, deviations = met.mean.tolist(), met.deviation.tolist()
    faces = [
        replace(face, vector=vector, mean=mean, deviation=deviation)
        for face, vector, mean, deviation in zip(made, vectors, means, deviations, strict=True)
    ]
    there = store.do(AddCollection(Path("/p"), calibration.encoder))
    files = tuple(file_of(f"{number}.jpg", picture(number, face)) for number, face in enumerate(faces))
    store.do(KeepRead(there.id, calibration.encoder, files))
    return faces


@pytest.mark.parametrize("probes", [1, 2])
def test_it_finds_what_comparing_with_everybody_finds(
    engine: FaceEngine, readings: list[FaceReading], probes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(face_table, "_ROWS", 40)  # three blocks
    monkeypatch.setattr(face_table, "_WEIGHED", 8)  # and far fewer than all are weighed
    calibration, asked = engine.calibration, readings[:probes]
    with Store() as store:
        faces = kept(store, calibration, readings[0])
        table = FaceTable(calibration)
        table.refresh(store)
        near = table.nearest(asked, 12, table.searched(None), store)
        weighed = table.nearest(asked, 0, table.searched(None), store)
    assert near.whole
    assert len(weighed.ids) == 0
    cohort = calibration.cohort
    assert cohort is not None
    again = [SeenFace.unpack(face.pack()) for face in faces]
    vectors, looks = np.stack([face.vector for face in again]), np.stack([face.look for face in again])
    met = cohort.conditions(vectors, np.full(FACES, 20, np.float32), looks)
    squares = []
    for row, face in enumerate(again):
        other = reading_of(face, calibration.encoder, met[np.array([row])])
        verdicts = [judge(calibration, one, other, Strictness.STRICT) for one in asked]
        squares.append(np.mean([verdict.claim.adjusted**2 for verdict in verdicts if verdict.claim]))
    order = np.argsort(squares, kind="stable")[:12]
    assert (near.ids - 1).tolist() == order.tolist()
    assert near.adjusted == pytest.approx(np.sqrt(np.array(squares)[order]), abs=1e-3)


def test_it_is_exact_without_a_cohort_and_under_l1(readings: list[FaceReading]) -> None:
    for energy in (None, L1):
        calibration = replace(Calibration.bundled(), cohort=None)
        if energy is not None:
            calibration = replace(calibration, energy=energy)
        with Store() as store:
            faces = kept(store, calibration, readings[0])
            table = FaceTable(calibration)
            table.refresh(store)
            near = table.nearest(readings[:1], 9, table.searched(None), store)
            store.do(RemoveCollection(1))
        vectors = np.stack([SeenFace.unpack(face.pack()).vector for face in faces])
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        distances = calibration.energy.distances(readings[0].embedding.vector[None], vectors)
        assert near.distances == pytest.approx(np.sort(distances)[:9], abs=1e-5)
        assert np.array_equal(near.adjusted, near.distances)


def test_what_comes_and_goes_is_seen_and_embeddings_of_two_encoders_do_not_meet(
    engine: FaceEngine, readings: list[FaceReading]
) -> None:
    calibration = engine.calibration
    with Store() as store:
        kept(store, calibration, readings[0])
        table = FaceTable(calibration)
        table.refresh(store)
        assert len(table) == FACES
        more = picture(999, seen_face(999, len(readings[0].embedding.vector)))
        store.do(KeepRead(1, calibration.encoder, (file_of("more.jpg", more),)))
        table.refresh(store)
        assert len(table) == FACES + 1
        rows = store.do(ReadSeenFaces(calibration.encoder, FACES, 5))
        assert rows is not None
        assert table.searched(frozenset(rows.pictures.tolist())).sum() == 1
        assert table.searched(None, rows.pictures.tolist()).sum() == FACES
        store.do(RemoveCollection(1))
        table.refresh(store)
        assert len(table) == 0
        assert len(table.nearest(readings[:1], 5, table.searched(None), store).ids) == 0
        one = readings[0]
        stranger = replace(one, embedding=replace(one.embedding, encoder="other 2"))
        with pytest.raises(ValueError, match="two encoders"):
            table.nearest([stranger], 5, table.searched(None), store)


def test_of_copies_one_is_searched_also_where_the_original_is_not(engine: FaceEngine) -> None:
    calibration = engine.calibration
    size = 320
    with Store() as store:
        there = store.do(AddCollection(Path("/p"), calibration.encoder))
        files = tuple(file_of(f"{n}.jpg", picture(n, seen_face(n, size))) for n in range(4))
        store.do(KeepRead(there.id, calibration.encoder, files))
        store.do(KeepCopies((1, 2, 3, 4), ((2, 1), (3, 1))))
        table = FaceTable(calibration)
        table.refresh(store)
    assert table.searched(None).tolist() == [True, False, False, True]
    assert table.searched(frozenset({2, 3, 4})).tolist() == [False, True, False, True]
    assert table.searched(None, [1]).tolist() == [False, True, False, True]


@pytest.mark.parametrize("probes", [1, 2])
def test_integers_change_nothing_of_the_answer(
    engine: FaceEngine, readings: list[FaceReading], probes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store() as store:
        kept(store, engine.calibration, readings[0])
        monkeypatch.setattr(face_table, "_ROWS", 20)
        monkeypatch.setattr(face_table, "_WEIGHED", 4)
        tables = []
        monkeypatch.setattr(face_table, "_PACKED", 2)
        for often in (False, True):
            tables.append(FaceTable(engine.calibration, often=often))
            tables[-1].refresh(store)
        whole, packed = (one.nearest(readings[:probes], 9, one.searched(None, (3, 50)), store) for one in tables)
    exact, bounds = (one.bounds(readings[:probes]) for one in tables)
    assert (bounds >= exact).all()
    assert (bounds > exact).sum() == 80, "the last block is not full yet"
    assert packed.whole
    assert np.array_equal(packed.ids, whole.ids)
    assert np.array_equal(packed.adjusted, whole.adjusted)
