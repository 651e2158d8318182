"""A run in which a process works is nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from siamgui.core.types import Label
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.run_lock import RunInUse, working_on
from siamgui.storage import training_runs
from siamgui.storage.label_operations import ReadLabels
from siamgui.storage.label_store import LabelStore
from siamgui.storage.pending import Pending
from siamgui.storage.store import Store
from siamgui.storage.training_runs import (
    ForgetRun,
    KeepPlan,
    MakeRun,
    NotBothKinds,
    ReadPlan,
    RecallRun,
    RunPlan,
)
from siamgui.versions.method import Method
from tests.builders.labels import fill
from tests.builders.stuck_files import stuck

SETTINGS = METHODS[Method.HEAD].defaults


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
