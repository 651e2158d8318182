"""siamgui doctor, on a sound installation and on a damaged one."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from siamgui import __version__
from tests.builders.command_line import Capture, ok, process
from tests.conftest import ROOT


def test_doctor_finds_all_well(capsys: Capture) -> None:
    report = json.loads(ok(capsys, "doctor", "--json"))
    assert report["ok"] is True
    assert report["versions"]["siamgui"] == __version__
    assert all(model["intact"] for model in report["models"])
    assert "cpu" in report["devices"]
    assert report["engine"]["device"].lower() in report["devices"]


def test_doctor_finds_a_damaged_model(tmp_path: Path) -> None:
    """In a copy of the project, run as a process of its own."""
    root = ROOT
    for name in ("siamgui", "models", "resources"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    damaged = max((tmp_path / "models").rglob("*.bin"), key=lambda path: path.stat().st_size)
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    done = process("doctor", cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert done.returncode == 1
    assert damaged.name in done.stdout
    assert "damaged" in done.stdout
    assert done.stderr == ""
