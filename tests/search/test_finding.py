"""What is found, and what a likeness means among so many faces."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from siamgui.core.calibration import judge
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Outcome, Strictness
from siamgui.search.errors import NothingSearched
from siamgui.search.finding import Searcher, outcome_among
from siamgui.search.probes import probe_of_face, probe_of_person, probe_of_photo
from siamgui.search.reading import collection_of, read_collection
from siamgui.search.values import Find
from siamgui.search.wording import found_lines, missing_words
from siamgui.storage.people_operations import EnrolPerson, RemovePerson
from siamgui.storage.store import Store


def index(store: Store, engine: FaceEngine, folder: Path) -> int:
    return read_collection(store, engine, collection_of(store, folder, engine.encoder.key)).collection.id


def test_a_face_is_found_with_what_the_pair_claims_and_what_that_is_among_so_many(
    engine: FaceEngine, samples: Path
) -> None:
    read = engine.read_photo(load_photo(samples / "obama1.jpg"))
    with Store() as store:
        index(store, engine, samples)
        found = Searcher(store, engine.calibration).find(Find(probe_of_photo(read), Strictness.STRICT))
        assert [one.path.name for one in found.likenesses] == ["obama3.jpg", "obama2.jpg", "biden.jpg"]
        assert (found.faces, found.more, found.unread, found.whole) == (3, False, 0, True)
        assert not missing_words(found)
        assert found_lines(replace(found, whole=False))[-1].endswith("weighed; some may be missing.")
        for one in found.likenesses:
            other = engine.read_photo(load_photo(one.path)).reading
            verdict = judge(engine.calibration, read.reading, other, Strictness.STRICT)
            assert verdict.claim is not None
            assert one.distance == pytest.approx(verdict.distance, abs=0.001)
            assert one.adjusted == pytest.approx(verdict.claim.adjusted, abs=0.002)
            assert one.fmr == pytest.approx(verdict.fmr, rel=0.05)
            assert (one.pair, one.fmr_is_bound) == (verdict.outcome, verdict.fmr_is_bound)
            assert one.expected == 3 * one.fmr
        assert [one.outcome for one in found.likenesses] == [Outcome.SAME, Outcome.SAME, Outcome.DIFFERENT]
        again = Searcher(store, engine.calibration).find(Find(probe_of_photo(read), first=1, most=1))
        assert ([one.path.name for one in again.likenesses], again.more) == (["obama2.jpg"], True)
        next_one = probe_of_face(found.likenesses[1].face, engine.calibration)
        found = Searcher(store, engine.calibration).find(Find(next_one))
        assert {one.path.name for one in found.likenesses} == {"obama1.jpg", "obama3.jpg", "biden.jpg"}


def test_the_nearest_is_never_called_the_same_person_because_it_is_the_nearest() -> None:
    among = {n: outcome_among(Outcome.SAME, n * 6.3e-6, Strictness.BALANCED) for n in (1, 158, 159, 10_000)}
    assert among == {1: Outcome.SAME, 158: Outcome.SAME, 159: Outcome.INCONCLUSIVE, 10_000: Outcome.INCONCLUSIVE}
    assert outcome_among(Outcome.DIFFERENT, 5000.0, Strictness.BALANCED) is Outcome.DIFFERENT
    assert outcome_among(Outcome.INCONCLUSIVE, 1e-9, Strictness.BALANCED) is Outcome.INCONCLUSIVE


def test_the_same_photograph_is_no_evidence_and_does_not_count(
    engine: FaceEngine, samples: Path, tmp_path: Path
) -> None:
    scans, other = tmp_path / "scans", tmp_path / "other"
    scans.mkdir()
    other.mkdir()
    for name in ("obama1.jpg", "biden.jpg"):
        shutil.copy(samples / name, scans / name)
    shutil.copy(samples / "biden.jpg", other / "again.jpg")
    with Image.open(samples / "obama1.jpg") as image:
        image.resize((image.width // 2, image.height // 2)).save(tmp_path / "smaller.jpg", quality=80)
    read = engine.read_photo(load_photo(tmp_path / "smaller.jpg"))
    with Store() as store:
        with pytest.raises(NothingSearched):
            Searcher(store, engine.calibration).find(Find(probe_of_photo(read)))
        index(store, engine, scans)
        second = index(store, engine, other)
        searcher = Searcher(store, engine.calibration)
        found = searcher.find(Find(probe_of_photo(read)))
        first = found.likenesses[0]
        assert (first.path.name, first.copy, first.outcome) == ("obama1.jpg", True, Outcome.INCONCLUSIVE)
        assert found.faces == 1
        assert found.likenesses[1].copies == (scans / "biden.jpg",)
        only = searcher.find(Find(probe_of_photo(read), collections=(second,)))
        assert [one.face.files for one in only.likenesses] == [(other / "again.jpg", scans / "biden.jpg")]


def test_a_person_who_is_enrolled_is_found_and_leaves_nothing_behind(engine: FaceEngine, samples: Path) -> None:
    photos = [load_photo(samples / f"obama{number}.jpg") for number in (1, 2)]
    with Store() as store:
        index(store, engine, samples)
        shots = tuple((photo, engine.read_photo(photo).reading) for photo in photos)
        person = store.do(EnrolPerson("Ann", "", None, shots))
        searcher = Searcher(store, engine.calibration)
        probe = probe_of_person(store, engine, person)
        found = searcher.find(Find(probe))
        assert [one.path.name for one in found.likenesses][-1] == "biden.jpg"
        assert [one.outcome for one in found.likenesses] == [Outcome.SAME] * 3 + [Outcome.DIFFERENT]
        third = found.likenesses[2]
        seen = engine.read_photo(load_photo(third.path)).reading
        distances = [judge(engine.calibration, one, seen, Strictness.BALANCED).distance for one in probe.readings]
        assert third.distance == pytest.approx((sum(d * d for d in distances) / 2) ** 0.5, abs=0.002)
        store.do(RemovePerson(person.id))
        left = searcher.find(Find(replace(probe, name="")))
        assert [one.path.name for one in left.likenesses] == ["obama3.jpg", "biden.jpg"]
