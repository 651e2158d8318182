"""What training says while it is under way."""

from __future__ import annotations

from pathlib import Path

import pytest

from siamgui.cli import main
from siamgui.commands.train import _Console, _remove
from siamgui.core.manifest import bundled_encoder
from siamgui.finetuning.events import PassedOver, event_of, line_of
from siamgui.finetuning.job import Job
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.run_lock import working_on
from siamgui.finetuning.split import split_pairs
from siamgui.storage.database import Keeper
from siamgui.versions.judgement import Gate, GateReason, Judgement
from siamgui.versions.method import Method
from siamgui.versions.version_store import VersionStore
from tests.builders.stuck_files import stuck
from tests.builders.training_runs import tiny_pairs
from tests.builders.versions import result


def test_files_of_the_reference_that_were_passed_over_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    event = PassedOver(2, ("“a.jpg” is empty. Copy or download it again.",))
    assert event_of(line_of(event)) == event
    _Console()(event)
    assert capsys.readouterr().err.splitlines() == [
        "2 hidden or system files and folders were skipped.",
        "“a.jpg” is empty. Copy or download it again.",
    ]


def test_a_run_whose_files_stay_takes_nothing_from_what_it_has_come_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("stays", "goes"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pairs.safetensors").touch()
    with working_on(tmp_path / "stays"), stuck("pairs.safetensors"):
        _remove(tmp_path / "stays")
    assert "The training run “stays” can’t be removed from the disk." in capsys.readouterr().err
    with working_on(tmp_path / "goes"):
        _remove(tmp_path / "goes")
    assert not (tmp_path / "goes").exists()


def test_what_a_version_was_trained_on_is_kept_before_it_is_moved_to_the_others(
    tmp_path: Path, finished_version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs, settings = tiny_pairs(), METHODS[Method.CALIBRATE].defaults
    job = Job.create(tmp_path / "run", pairs, split_pairs(pairs), settings, bundled_encoder(), "Mine")
    job.keep_judgement(Judgement(None, None, Gate((GateReason.NOT_JUDGED,))))
    version = result(finished_version, job.folder).name
    rename = Path.rename

    class Killed(BaseException):
        pass

    def killed(path: Path, target: Path) -> Path:
        moved = rename(path, target)
        if path.name == version:
            raise Killed
        return moved

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", killed)
        with pytest.raises(Killed):
            main(["train", "--resume", str(job.folder)])
    assert VersionStore().find(version).id == version
    with Keeper.open() as notes:
        assert len(notes.get(f"traces.trained.{version}")) == len(pairs.crops)
