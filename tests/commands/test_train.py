"""What training says while it is under way."""

from __future__ import annotations

from pathlib import Path

import pytest

from siamgui.commands.train import _Console, _remove
from siamgui.finetuning.events import PassedOver, event_of, line_of
from siamgui.finetuning.run_lock import working_on
from tests.builders.stuck_files import stuck


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
