"""What siamgui starts of itself imports nothing from where a person works."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from siamgui.core import own_process


@pytest.mark.parametrize("name", ["json.py", "siamgui/__init__.py"])
def test_what_lies_in_the_folder_of_a_person_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("raise SystemExit('imported')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", f"{os.pathsep}{tmp_path / 'other'}")
    # Its help is as far as the module comes without the engine.
    done = subprocess.run(
        own_process.running("siamgui.versions.intake"),
        env=own_process.environment(SOMETHING="1"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "imported" not in done.stderr
    assert done.returncode == 2


def test_what_is_set_beside_comes_with_it() -> None:
    assert own_process.environment(SOMETHING="1")["SOMETHING"] == "1"
