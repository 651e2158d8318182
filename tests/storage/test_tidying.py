"""What a kill leaves goes at the next start; a run that has got somewhere is offered."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from siamgui.commands.kept import open_kept
from siamgui.core.folder_use import LOCK
from siamgui.core.paths import data_folder, made_data_folder
from siamgui.core.temporary import FRESH, temporary_place
from siamgui.finetuning.job import Job
from siamgui.finetuning.run_lock import working_on
from siamgui.labelling.types import PairSet
from siamgui.storage.checking import check
from siamgui.storage.data_wording import checked_words
from siamgui.storage.steps import Steps
from siamgui.storage.store import Store
from siamgui.storage.tidying import TidyUp
from siamgui.storage.training_runs import ForgetRun, RecallRun
from tests.builders.stuck_files import stuck
from tests.builders.training_runs import tiny_pairs
from tests.storage.test_traces import run_of


@pytest.fixture
def pairs() -> PairSet:
    return tiny_pairs()


def locked_by_nobody(folder: Path) -> Path:
    with working_on(folder):
        pass
    return folder


def test_a_run_that_got_nowhere_goes_and_one_that_did_is_offered(
    pairs: PairSet, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere, somewhere = (locked_by_nobody(run_of(pairs, name)) for name in ("nowhere", "somewhere"))
    (somewhere / "checkpoint").mkdir()
    with open_kept():
        pass
    assert (nowhere.exists(), somewhere.exists()) == (False, True)
    said = capsys.readouterr().err
    assert "The training run “Mine” broke off." in said
    assert f"siamgui train --resume {somewhere}" in said
    with Store() as store:  # and in the window
        found = store.do(RecallRun())
        assert found is not None
        assert (found.folder, found.finished) == (somewhere, False)
        store.do(ForgetRun(somewhere))
    assert not somewhere.exists()


def test_only_what_is_proven_to_be_no_run_goes(pairs: PairSet) -> None:
    names = ("orphan", "unreadable", "refused", "no job", "wrong form")
    orphan, unreadable, refused, no_job, wrong = (
        locked_by_nobody(run_of(pairs, name, "mine-12345678" if name == "orphan" else "")) for name in names
    )
    for folder in (orphan, unreadable, refused, no_job, wrong):
        (folder / "checkpoint").mkdir()
        about = folder / "job.json"
        if folder in (unreadable, no_job):
            about.unlink()
    (unreadable / "job.json").mkdir()
    data = (refused / "job.json").read_bytes()
    (refused / "job.json").write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    (wrong / "job.json").write_text("{}")
    with Store() as store:
        assert [run.folder for run in store.do(TidyUp())] == [orphan]
        assert [folder.exists() for folder in (orphan, unreadable, refused, no_job, wrong)] == [True] * 3 + [False] * 2
        found = store.do(RecallRun())
        assert found is not None
        assert found.folder == orphan


def test_a_check_says_of_a_run_whose_parent_is_gone_that_it_is_whole(pairs: PairSet) -> None:
    run_of(pairs, parent="mine-12345678")
    found = check(Steps())
    assert (found.runs, found.damage) == (1, ())
    assert "the model version it started from is gone" in checked_words(found)[-1]


def test_a_run_that_somebody_works_on_or_is_about_to_stays(pairs: PairSet) -> None:
    running, new = run_of(pairs, "running"), run_of(pairs, "new")
    with Store() as store:
        with working_on(running):
            assert store.do(TidyUp()) == ()
        assert (running.exists(), new.exists()) == (True, True)
        past = time.time() - 2 * FRESH
        os.utime(new, (past, past))
        store.do(TidyUp())
        assert (running.exists(), new.exists()) == (False, False)


KILLED = """
import os, signal
from siamgui.core.temporary import temporary_place, temporary_in
from siamgui.core.paths import data_folder
with temporary_place() as place, temporary_in(data_folder() / "models", ".new-") as new:
    (place / "pairs.sqlite").write_bytes(b"faces")
    (new / "weights.safetensors").write_bytes(b"weights")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="there are no signals")
def test_temporary_places_of_a_process_that_was_killed_go_at_once() -> None:
    subprocess.run([sys.executable, "-c", KILLED], check=False)
    root = data_folder()
    assert {path.name for path in root.rglob("*") if path.is_file()} == {"pairs.sqlite", "weights.safetensors", LOCK}
    with temporary_place() as mine, Store() as store:
        store.do(TidyUp())
        assert [*(root / "temporary").iterdir(), *(root / "models").iterdir()] == [mine]


def test_what_cannot_be_removed_now_is_said_and_goes_with_the_next_start(
    pairs: PairSet, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = locked_by_nobody(run_of(pairs))  # it got nowhere
    with stuck("pairs.safetensors"), open_kept():
        pass
    assert "can’t be removed from the disk" in capsys.readouterr().err
    assert folder.exists()
    with stuck("faces"), temporary_place() as place:
        (place / "faces").touch()
    with stuck("faces"), open_kept():
        pass
    assert "can’t be removed from the disk" in capsys.readouterr().err
    assert (folder.exists(), place.exists()) == (False, True)
    with open_kept():
        pass
    assert capsys.readouterr().err == ""
    assert not place.exists()


def test_half_written_siblings_go_when_nobody_can_be_writing_them() -> None:
    root = made_data_folder(data_folder())
    for name, age in ((".active.json.abcd1234", 2 * FRESH), (".active.json.abcd5678", 0.0), ("active.json", 2 * FRESH)):
        (root / name).write_bytes(b"{}")
        os.utime(root / name, (time.time() - age,) * 2)
    with Store() as store:
        store.do(TidyUp())
    assert {path.name for path in root.glob("*active*")} == {".active.json.abcd5678", "active.json"}


def test_a_run_can_be_forgotten_on_the_command_line(pairs: PairSet, capsys: pytest.CaptureFixture[str]) -> None:
    from siamgui.cli import main

    folder = run_of(pairs)
    assert Job.open(folder).name == "Mine"
    assert main(["train", "--forget", str(folder)]) == 0
    assert not folder.exists()
    assert main(["train", "--forget", str(data_folder())]) == 2
    assert data_folder().exists()
