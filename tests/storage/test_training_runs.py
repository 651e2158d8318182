"""A run in which a process works is nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from siamgui.core.errors import SiamguiError
from siamgui.core.types import Label
from siamgui.finetuning.job import Job
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.run_lock import RunInUse, working_on
from siamgui.storage import training_runs
from siamgui.storage.label_operations import ClearLabels, ReadLabels
from siamgui.storage.label_store import LabelStore
from siamgui.storage.pending import Pending
from siamgui.storage.store import Data, Store
from siamgui.storage.training_runs import (
    ForgetRun,
    KeepPlan,
    KeepResult,
    MakeRun,
    NotBothKinds,
    ReadPlan,
    RecallRun,
    RunPlan,
)
from siamgui.versions.judgement import Gate, GateReason, Judgement
from siamgui.versions.method import Method
from siamgui.versions.version_store import VersionStore
from tests.builders.labels import fill
from tests.builders.stuck_files import stuck
from tests.builders.versions import result

SETTINGS = METHODS[Method.HEAD].defaults
JUDGED = Judgement(None, None, Gate((GateReason.NOT_JUDGED,)))


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(training_runs, "LEAVING", 0.1)
    with LabelStore.open() as library:
        ids = [face.id for face in fill(library, 40)]
        library.set_labels([(a, b, Label.SAME) for a, b in zip(ids[::2], ids[1::2], strict=True)], "csv")
        library.set_labels([(a, b, Label.DIFFERENT) for a, b in zip(ids[::2], ids[2::2], strict=False)], "csv")
    with Store() as store:
        yield store


def test_another_window_leaves_a_run_in_progress_alone(store: Store) -> None:
    first = store.do(MakeRun(SETTINGS, "first", None))
    with working_on(first):  # as the training process of the first window does
        assert store.do(RecallRun()) is None
        with pytest.raises(RunInUse):
            store.do(ForgetRun(first))
        second = store.do(MakeRun(SETTINGS, "second", None))
        assert (first / "job.json").is_file()
        assert (second / "job.json").is_file()
    recalled = store.do(RecallRun())
    assert recalled is not None
    assert (recalled.folder, recalled.name, recalled.finished) == (second, "second", False)
    store.do(ForgetRun(first))  # by the first window: what is remembered is the other one's
    assert not first.exists()
    recalled = store.do(RecallRun())
    assert recalled is not None
    assert recalled.folder == second


def test_a_new_run_takes_the_place_of_the_one_before(store: Store) -> None:
    first = store.do(MakeRun(SETTINGS, "first", None))
    second = store.do(MakeRun(SETTINGS, "second", None))
    assert not first.exists()
    store.do(ForgetRun(second))
    assert not second.exists()
    assert store.do(RecallRun()) is None


def test_a_run_before_that_cannot_be_removed_now_is_said_and_goes_later(store: Store) -> None:
    first = store.do(MakeRun(SETTINGS, "first", None))
    with stuck("pairs.safetensors"):
        store.do(MakeRun(SETTINGS, "second", None))
        assert (store.pending, first.exists()) == ({Pending.STAYS}, True)
        store.settle()
        assert (store.pending, first.exists()) == ({Pending.STAYS}, True)
    store.settle()
    assert (store.pending, first.exists()) == (frozenset(), False)


def test_nothing_to_train_on(tmp_path: Path, store: Store) -> None:
    with Store(tmp_path / "empty.sqlite") as empty, pytest.raises(NotBothKinds):
        empty.do(MakeRun(SETTINGS, "none", None))
    assert len(store.do(ReadLabels()).faces) == 40


def test_the_plan_is_kept(store: Store, tmp_path: Path) -> None:
    assert store.do(ReadPlan()) == RunPlan()
    plan = RunPlan(SETTINGS, "Night gate", tmp_path)
    store.do(KeepPlan(plan))
    assert store.do(ReadPlan()) == plan


class _Killed(BaseException):
    pass


def _finished(store: Store, finished_version: Path) -> tuple[Path, str]:
    """The folder of a run whose process is done, and the id of its version, which is still to be moved."""
    run = store.do(MakeRun(SETTINGS, "mine", None))
    Job.open(run).keep_judgement(JUDGED)
    return run, result(finished_version, run).name


@pytest.mark.parametrize("after", [False, True], ids=["before it is moved", "after it was moved"])
def test_a_version_is_never_there_without_what_it_was_trained_on(
    store: Store, finished_version: Path, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    """Whatever ends the process on either side of the one rename by which it is there: it is kept, and tells."""
    run, version = _finished(store, finished_version)
    rename = Path.rename

    def killed(path: Path, target: Path) -> Path:
        if after and path.name == version:
            rename(path, target)
        if path.name == version:
            raise _Killed
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", killed)
        with pytest.raises(_Killed):
            store.do(KeepResult(run))
    assert [one.id for one in VersionStore().list() if not one.bundled] == [version] * after
    with Store() as again:
        again.do(ClearLabels())  # before it is gone on with
        assert bool(again.pending) != after
        recalled = again.do(RecallRun())
        if not after:  # the run waits for its version, though those in it are gone
            assert recalled is not None
            assert recalled.finished
            assert again.do(KeepResult(run)).version == version
            again.settle()
        assert again.pending == frozenset()
    assert VersionStore().find(version).card.lost == 40
    assert not run.exists()


def test_who_goes_while_a_version_is_moved_is_on_its_card(store: Store, finished_version: Path) -> None:
    """By another process, between what is written and the rename."""
    run, version = _finished(store, finished_version)
    with Store() as other:

        class Late(KeepResult):
            def afterwards(self, data: Data, answer: Any) -> None:
                other.do(ClearLabels())
                assert other.pending
                super().afterwards(data, answer)

        assert store.do(Late(run)).version == version
        assert VersionStore().find(version).card.lost == 40
        other.settle()
        assert other.pending == frozenset()


def test_a_result_that_cannot_be_moved_is_kept_by_the_next_attempt(store: Store, finished_version: Path) -> None:
    run, version = _finished(store, finished_version)
    weights = next((run / "result" / version).glob("weights*"))
    data = weights.read_bytes()
    weights.write_bytes(b"")
    with pytest.raises(SiamguiError):
        store.do(KeepResult(run))
    weights.write_bytes(data)
    recalled = store.do(RecallRun())
    assert recalled is not None
    assert recalled.finished
    kept = store.do(KeepResult(run))
    assert (kept.version, kept.judgement) == (version, JUDGED)
    assert store.do(KeepResult(run)).version == version  # as the next window does
    assert VersionStore().find(version).card.lost == 0
