"""`siamgui models`: everything that can be done with a version, by words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from siamgui.cli import main
from siamgui.versions.version_store import VersionStore
from tests.builders.versions import result


def test_the_command_line_does_it_all(
    finished_version: Path, tmp_path: Path, samples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    version = VersionStore().adopt(result(finished_version, tmp_path))

    def said(*words: str) -> str:
        assert main(["models", *words]) == 0
        return capsys.readouterr().out

    assert said("list").splitlines() == [f"  Poor camera  ({version.id})", "* Original  in use"]
    assert "“Poor camera” is active." in said("activate", "poor camera")
    listed = json.loads(said("list", "--json"))
    assert [(item["id"], item["active"]) for item in listed] == [(version.id, True), ("original", False)]
    assert "Head on frozen embeddings" in said("show", version.id)
    assert "Poor camera" in said("compare", "original", "poor camera")
    file = tmp_path / "kept.siamgui"
    said("export", version.id, str(file))
    assert "“Poor camera” is called" not in said("rename", version.id, "Gate 3")
    assert "Original" in said("rollback")
    said("delete", "Gate 3")
    assert "“Poor camera” was imported" in said("import", str(file))
    pair = [str(samples / "obama1.jpg"), str(samples / "obama2.jpg"), "--device", "cpu", "--json"]
    assert main(["compare", *pair, "--model", "Poor camera"]) == 0
    engine = json.loads(capsys.readouterr().out)["engine"]
    assert engine["encoder"] == version.id
    assert f"{version.id}/weights.safetensors" in [item["file"] for item in engine["models"]]
    assert main(["compare", *pair, "--model", "nobody"]) == 2
    assert "no model version “nobody”" in capsys.readouterr().err
