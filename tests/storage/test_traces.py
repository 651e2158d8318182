"""Gone is gone: labelled photos of the same person, snapshots of training runs, and versions that say so."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from siamgui.core.manifest import bundled_encoder
from siamgui.core.paths import data_folder
from siamgui.core.types import Label
from siamgui.finetuning.job import Job
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.run_files import vault_files
from siamgui.finetuning.run_lock import RunStays, working_on
from siamgui.finetuning.split import split_pairs
from siamgui.labelling.types import PairSet
from siamgui.storage.label_operations import AddFace, AddProblem, ClearLabels, ReadLabels, SetLabel, SnapshotPairs
from siamgui.storage.label_store import COPIES
from siamgui.storage.pending import Pending
from siamgui.storage.people_operations import EnrolPerson, RemovePerson, RemovePersonPhoto
from siamgui.storage.store import Store, Topic, Topics
from siamgui.storage.training_runs import ForgetRun, RememberTrained
from siamgui.versions.changing import changing
from siamgui.versions.method import Method
from siamgui.versions.version_store import VersionStore
from tests.builders.labels import photo, reading
from tests.builders.people import shots
from tests.builders.stuck_files import stuck
from tests.builders.versions import result


@pytest.fixture
def store() -> Store:
    """Ann is enrolled from photographs 1 and 5. Labelled: 1 and 2 (from a folder "ann"), 3 of Bob, 4 of Cid."""
    store = Store()
    store.do(EnrolPerson("Ann", "yes", None, shots(1, 5)))
    folders = ("somebody", "ann", "Bob", "Cid")
    faces = [
        store.do(AddFace(photo(n), reading(photo(n)), 1, Path(f"/photos/{folder}/{n}.png"), folder)).id
        for n, folder in enumerate(folders, 1)
    ]
    for left, right, label in ((0, 1, Label.SAME), (0, 2, Label.DIFFERENT), (2, 3, Label.DIFFERENT)):
        store.do(SetLabel(faces[left], faces[right], label, "desk"))
    return store


def run_of(pairs: PairSet, name: str = "run", parent: str = "") -> Path:
    """parent: the id of the version it starts from, which is not there; else the bundled encoder."""
    folder = data_folder() / "training" / name
    settings = METHODS[Method.CALIBRATE].defaults
    start = replace(bundled_encoder(), id=parent) if parent else bundled_encoder()
    return Job.create(folder, pairs, split_pairs(pairs), settings, start, "Mine", key=vault_files()).folder


def others(pairs: PairSet) -> PairSet:
    """The same pairs of other crops."""
    return PairSet(*(np.flip(pairs.crops) if name == "crops" else getattr(pairs, name) for name in PairSet.__slots__))


@pytest.mark.usefixtures("unencrypted")
def test_labelled_photos_of_a_removed_person_go_too(store: Store) -> None:
    assert store.do(RemovePerson(1)) == 2  # one by its bytes, one by the name of its folder
    kept = store.do(ReadLabels())
    assert [face.person for face in kept.faces.values()] == ["Bob", "Cid"]
    assert len(kept.labels) == 1
    assert store.pending == frozenset()
    store.close()
    data = b"".join(path.read_bytes() for path in data_folder().rglob("*") if path.is_file())
    for trace in (b"Ann", b"ann", b"1.png", photo(1).sha256.encode(), reading(photo(5)).crop.tobytes()[:64]):
        assert trace not in data


@pytest.mark.usefixtures("unencrypted")
def test_photos_that_could_not_be_used_go_with_the_person_too(store: Store) -> None:
    store.do(EnrolPerson("Dora", "yes", None, shots(9)))  # of whom no photograph is labelled
    mine = ("Dora/back.jpg", "DORA/2020/dark.jpg", "all/Dora_0001.jpg", "all/with DORA.png", "all/9.png")
    for place in (*mine, "Bob/back.jpg", "all/Doratea.jpg"):
        store.do(AddProblem(Path("/photos") / place, "No face"))
    data = store._opened()
    data.labels.add_problem("other.jpg", photo(9).sha256, "No face")
    data.labels.put(COPIES, ["/photos/Dora/3.png", "/photos/Bob/3 again.png"])
    heard: list[Topics] = []
    store.listen(heard.append)
    assert store.do(RemovePerson(2)) == 0
    kept = store.do(ReadLabels())
    assert [problem.name for problem in kept.problems] == ["back.jpg", "Doratea.jpg"]
    assert data.labels.get(COPIES) == ["/photos/Bob/3 again.png"]
    assert Topic.LABELS in heard[-1]
    store.close()
    lies = b"".join(path.read_bytes() for path in data_folder().rglob("*") if path.is_file()).replace(b"Doratea", b"")
    assert [name for name in (b"Dora", b"DORA", b"other.jpg") if name in lies] == []


def test_a_photo_goes_from_the_labelled_ones_with_the_person_s(store: Store) -> None:
    assert store.do(RemovePersonPhoto(1)).labelled == 1
    assert [face.person for face in store.do(ReadLabels()).faces.values()] == ["ann", "Bob", "Cid"]
    store.close()


def test_a_run_that_holds_a_removed_person_goes_and_others_stay(store: Store) -> None:
    pairs = store.do(SnapshotPairs())
    mine, other = run_of(pairs), run_of(others(pairs), "other")
    store.do(RemovePerson(1))
    assert (mine.exists(), other.exists()) == (False, True)
    store.close()


def test_a_run_that_is_under_way_is_waited_for_by_whoever_comes_next(store: Store) -> None:
    folder = run_of(store.do(SnapshotPairs()))
    with working_on(folder):
        store.do(ClearLabels())
        assert store.pending == {Pending.TRAINED_ON}
        assert folder.exists()
        store.close()
    with Store() as later:
        later.do(ReadLabels())
        assert later.pending == {Pending.TRAINED_ON}
        later.settle()
        assert later.pending == frozenset()
    assert not folder.exists()


def test_a_run_goes_though_what_it_started_from_is_gone_and_though_it_is_no_run_yet(store: Store) -> None:
    pairs = store.do(SnapshotPairs())
    orphan, half = run_of(pairs, "orphan", "mine-12345678"), run_of(pairs, "half")
    (half / "job.json").unlink()
    store.do(RemovePerson(1))
    assert (orphan.exists(), half.exists(), store.pending) == (False, False, frozenset())
    store.close()


def test_a_run_that_cannot_be_read_now_is_waited_for(store: Store) -> None:
    folder = run_of(store.do(SnapshotPairs()))
    pairs = (folder / "pairs.safetensors").rename(folder.parent.parent / "kept")
    (folder / "pairs.safetensors").mkdir()
    store.do(RemovePerson(1))
    assert (store.pending, folder.exists()) == ({Pending.RUN_STAYS}, True)
    (folder / "pairs.safetensors").rmdir()
    pairs.rename(folder / "pairs.safetensors")
    store.settle()
    assert (store.pending, folder.exists()) == (frozenset(), False)
    store.close()


def test_a_run_that_cannot_be_removed_now_stays_pending(store: Store) -> None:
    folder = run_of(store.do(SnapshotPairs()))
    with stuck("pairs.safetensors"):
        store.do(RemovePerson(1))
        assert store.pending == {Pending.RUN_STAYS}
        with pytest.raises(RunStays, match="“run” can’t be removed"):
            store.do(ForgetRun(folder))
    store.settle()
    assert (store.pending, folder.exists()) == (frozenset(), False)
    store.close()


def test_a_version_trained_on_a_removed_person_says_so_on_its_card(
    store: Store, finished_version: Path, tmp_path: Path
) -> None:
    version = VersionStore().adopt(result(finished_version, tmp_path)).id
    pairs = store.do(SnapshotPairs())
    store.do(RememberTrained(version, pairs.crops))
    assert VersionStore().find(version).card.lost == 0
    store.do(RemovePerson(1))
    assert VersionStore().find(version).card.lost == 2
    store.do(ClearLabels())
    found = VersionStore().find(version)
    assert (found.card.lost, found.damaged) == (4, "")
    store.close()


def test_a_card_that_cannot_be_written_now_is_written_later_and_counts_nobody_twice(
    store: Store, finished_version: Path, tmp_path: Path
) -> None:
    version = VersionStore().adopt(result(finished_version, tmp_path)).id
    store.do(RememberTrained(version, store.do(SnapshotPairs()).crops))
    with changing(data_folder()):
        store.do(RemovePerson(1))
        assert store.pending == {Pending.ON_CARD}
        assert VersionStore().find(version).card.lost == 0
    VersionStore().lost_people(version, 2)  # as before a kill that comes before the note
    store.settle()
    assert (store.pending, VersionStore().find(version).card.lost) == (frozenset(), 2)
    shutil.rmtree(data_folder() / "models" / version)
    store.do(ClearLabels())  # of a version that is not there nothing is owed
    assert store.pending == frozenset()
    store.close()


def test_a_version_that_is_finished_after_the_removal_says_so_too(
    store: Store, finished_version: Path, tmp_path: Path
) -> None:
    pairs = store.do(SnapshotPairs())
    with working_on(run_of(pairs)):
        store.do(ClearLabels())
        version = VersionStore().adopt(result(finished_version, tmp_path)).id
        store.do(RememberTrained(version, pairs.crops))
    store.settle()
    assert VersionStore().find(version).card.lost == 4
    store.close()
