"""What siamgui starts of itself imports nothing from where a person works."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

import siamgui
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


@pytest.mark.parametrize(("folder", "named"), [("source", True), ("site-packages", False), ("dist-packages", False)])
def test_what_is_installed_beside_siamgui_comes_after_the_standard_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str, named: bool
) -> None:
    monkeypatch.setattr(siamgui, "__file__", str(tmp_path / folder / "siamgui" / "__init__.py"))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "other"))
    places = own_process.environment()["PYTHONPATH"].split(os.pathsep)
    assert places == [str(tmp_path / folder)] * named + [str(tmp_path / "other")]


def test_what_is_set_beside_comes_with_it() -> None:
    assert own_process.environment(SOMETHING="1")["SOMETHING"] == "1"
