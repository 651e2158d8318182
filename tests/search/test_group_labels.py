"""Groups that somebody has looked through become labelled pairs, and people; nothing else does."""

from __future__ import annotations

import gc
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from siamgui.core.errors import Cancelled
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Label, Photo
from siamgui.search.collection_groups import CollectionGroups, FaceGroup, group_collections
from siamgui.search.group_labels import NothingReviewed, enrol_group, label_groups, plan_labels, reviewed_plan
from siamgui.search.grouping_values import Bound
from siamgui.search.reading import collection_of, read_collection
from siamgui.storage.group_operations import SayOnePerson, TakeLabelsBack
from siamgui.storage.group_values import GroupAnswers
from siamgui.storage.label_operations import ReadLabels, SnapshotPairs
from siamgui.storage.store import Store
from tests.builders.videos import still, write

NO = np.empty((0, 2), np.int64)


def answers(
    belongs: dict[int, tuple[int, ...]], names: dict[int, str], others: tuple[tuple[int, int], ...] = ()
) -> GroupAnswers:
    """belongs: faces of each group; a name "-" is none, and "?" one that nobody has looked through."""
    rows = np.array([(group, face) for group, faces in belongs.items() for face in faces], np.int64).reshape(-1, 2)
    reviewed = frozenset(group for group in belongs if names[group] != "?")
    called = {group: "" if name in "-?" else name for group, name in names.items()}
    return GroupAnswers(called, reviewed, rows, np.array(others, np.int64).reshape(-1, 2))


def found(*groups: tuple[int, ...], copies: tuple[int, ...] = ()) -> CollectionGroups:
    made = tuple(FaceGroup(tuple(face for face in one if face not in copies), copies) for one in groups)
    several = tuple(one for one in made if len(one.faces) > 1)
    return CollectionGroups(
        several, tuple(one for one in made if one not in several), 0, 9, 0, Bound(9, 1, 1, 1, True), 0
    )


def pairs(plan_of: tuple[CollectionGroups, GroupAnswers], most: int = 300) -> dict[tuple[int, int], Label]:
    plan = plan_labels(*plan_of, most)
    return {
        tuple(sorted((plan.faces[left], plan.faces[right]))): label  # type: ignore[misc]
        for left, right, label in plan.pairs
    }


def test_nothing_becomes_a_label_that_nobody_has_looked_at() -> None:
    groups = found((1, 2, 3), (4, 5, 6), (7, 8), copies=(3,))
    with pytest.raises(NothingReviewed):
        plan_labels(groups, answers({1: (1, 2), 2: (4,)}, {1: "?", 2: "Bob"}))
    said = pairs((groups, answers({1: (1, 2, 3), 2: (4, 5), 3: (7, 8)}, {1: "Ann", 2: "Bob", 3: "-"})))
    assert {pair for pair, label in said.items() if label is Label.SAME} == {(1, 2), (4, 5), (7, 8)}
    different = {pair for pair, label in said.items() if label is Label.DIFFERENT}
    assert different
    assert different <= {(1, 4), (1, 5), (2, 4), (2, 5)}  # nobody said that 7 and 8 are not Ann
    told = answers({1: (1, 2), 3: (7, 8)}, {1: "-", 3: "-"}, ((1, 7),))
    different = {pair for pair, label in pairs((groups, told)).items() if label is Label.DIFFERENT}
    assert different
    assert different <= {(1, 7), (1, 8), (2, 7), (2, 8)}


def test_of_what_was_said_against_itself_nothing_becomes_a_label() -> None:
    told = answers({1: (1, 2, 3), 2: (4, 5, 6)}, {1: "Ann", 2: "Bob"})
    clash = replace(found((1, 2, 3), (4, 5, 6)), clashes=(4,))  # 4 is a copy of 1
    assert all(4 not in pair for pair in pairs((clash, told)))


def test_of_thousands_of_photographs_a_few_hundred_pairs_are_taken() -> None:
    many = tuple(range(1, 3001))
    plan = plan_labels(found(many, (4001, 4002)), answers({1: many, 2: (4001, 4002)}, {1: "Ann", 2: "Bob"}), 50)
    assert (plan.count(Label.SAME), plan.count(Label.DIFFERENT), plan.groups) == (50, 50, 2)
    assert len(plan.faces) <= 200


@pytest.fixture
def scans(tmp_path: Path, samples: Path, engine: FaceEngine) -> Path:
    folder = tmp_path / "scans"
    folder.mkdir()
    for name in ("obama1.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg"):
        shutil.copy(samples / name, folder)
    with Store() as store:
        read_collection(store, engine, collection_of(store, folder, engine.encoder.key))
    return folder


def test_reviewed_groups_are_labelled_and_enrolled(scans: Path, engine: FaceEngine) -> None:
    with Store() as store:
        groups = group_collections(store, engine.calibration)
        (group,), (alone,) = groups.groups, groups.alone
        store.do(SayOnePerson(group.faces, "Barack"))
        store.do(SayOnePerson(alone.faces, "Joe"))
        plan = reviewed_plan(store, groups, engine.encoder.key)
        stop = threading.Event()
        with pytest.raises(Cancelled):
            label_groups(store, engine, plan, lambda done, _total: stop.set() if done == 2 else None, stop)
        kept = store.do(ReadLabels())
        assert (len(kept.faces), kept.labels) == (0, ())
        (scans / "obama3.jpg").write_bytes((scans / "biden.jpg").read_bytes())
        told: list[tuple[int, int]] = []
        done = label_groups(store, engine, plan, lambda *how_far: told.append(how_far))
        assert told[-1] == (4, 4)
        assert (done.kept.same, done.photos, done.kept.standing) == (1, 3, 0)
        assert [problem for problem in done.problems if "obama3.jpg" in problem]
        taken = store.do(SnapshotPairs())
        assert (taken.genuine, taken.impostor) == (done.kept.same, done.kept.different)
        assert {one.source for one in store.do(ReadLabels()).labels} == {"groups"}
        again = label_groups(store, engine, plan)
        assert (again.kept.same, again.kept.different, again.kept.step.faces) == (0, 0, ())
        store.do(TakeLabelsBack(done.kept.step))
        kept = store.do(ReadLabels())
        assert (len(kept.faces), kept.labels) == (0, ())
        person = enrol_group(store, engine, group, "Barack")
        assert (person.name, person.photos) == ("Barack", 2)


def test_nothing_is_kept_before_all_of_it_is_and_no_photograph_is_held(scans: Path, engine: FaceEngine) -> None:
    """So that a kill leaves no face without a label, and memory does not grow with the photographs."""
    with Store() as store:
        groups = group_collections(store, engine.calibration)
        store.do(SayOnePerson(groups.groups[0].faces, "Barack"))
        plan = reviewed_plan(store, groups, engine.encoder.key)
        seen: list[tuple[int, int]] = []

        def told(_done: int, _total: int) -> None:
            photos = sum(type(one) is Photo for one in gc.get_objects())
            seen.append((len(store.do(ReadLabels()).faces), photos))

        gc.collect()
        label_groups(store, engine, plan, told)
        assert [faces for faces, _photos in seen] == [0, 0, 0]
        enrol_group(store, engine, groups.groups[0], "Barack", told=told)
        assert max(photos for _faces, photos in seen) <= 4  # in use, and decoded ahead
        assert len(store.do(ReadLabels()).faces) == 3


def test_who_is_seen_in_a_film_is_labelled_and_enrolled_from_its_pictures(
    tmp_path: Path, samples: Path, engine: FaceEngine
) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    shutil.copy(samples / "obama2.jpg", folder)
    write(folder / "talk.avi", still(load_photo(samples / "obama1.jpg").pixels, 4), 2.0)
    with Store() as store:
        read_collection(store, engine, collection_of(store, folder, engine.encoder.key))
        groups = group_collections(store, engine.calibration)
        (both,) = groups.groups
        store.do(SayOnePerson(both.faces, "Barack"))
        done = label_groups(store, engine, reviewed_plan(store, groups, engine.encoder.key))
        assert (done.kept.same, done.photos, done.problems) == (1, 2, ())
        names = {(face.name.split(" at ")[0], face.path is None) for face in store.do(ReadLabels()).faces.values()}
        assert names == {("obama2.jpg", False), ("talk.avi", True)}
        assert enrol_group(store, engine, both, "Barack").photos == 2


def test_who_was_looked_at_is_enrolled_and_not_who_came_since(scans: Path, engine: FaceEngine) -> None:
    with Store() as store:
        (group,) = group_collections(store, engine.calibration).groups
        store.do(SayOnePerson(group.faces[:1], "Barack"))
        (grown,) = group_collections(store, engine.calibration).groups
        assert (len(grown.faces), grown.reviewed) == (3, 1)
        assert enrol_group(store, engine, grown, "Barack").photos == 1
