"""Who works on a run, seen from another process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from siamgui.finetuning.run_lock import RunInUse, in_use, working_on

WORK = """
import sys
from pathlib import Path
from siamgui.finetuning.run_lock import working_on
with working_on(Path(sys.argv[1])):
    print("begun", flush=True)
    sys.stdin.read()
"""


def test_a_run_is_in_use_as_long_as_its_process_lives(tmp_path: Path) -> None:
    assert not in_use(tmp_path)
    command = [sys.executable, "-c", WORK, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "begun\n"
        assert in_use(tmp_path)
        with pytest.raises(RunInUse), working_on(tmp_path, patience=0.1):
            pass
        child.kill()
        child.wait()
    assert not in_use(tmp_path)
    with working_on(tmp_path):
        assert in_use(tmp_path)


def test_a_second_process_does_not_touch_the_record_of_a_run_in_use(tmp_path: Path) -> None:
    with working_on(tmp_path):
        ended = subprocess.run(
            [sys.executable, "-m", "siamgui.finetuning", str(tmp_path)], capture_output=True, text=True, check=False
        )
    assert ended.returncode == 2
    assert "in progress in another window" in ended.stdout
    assert not (tmp_path / "events.jsonl").exists()


def test_a_folder_that_is_not_there_is_nobody_s(tmp_path: Path) -> None:
    with working_on(tmp_path / "gone"):
        assert not in_use(tmp_path / "gone")
