"""The data folder that siamgui 0.1.0 has made, kept as it left it: it opens in each later version.

tests/fixtures/data-0.1.0.tar.xz was made by the commands of 0.1.0 from the sample photographs: one person enrolled from
two photographs, 24 pairs of 12 faces, a run, and a version trained from scratch (the network of the paper, the
smallest). By hand the folders that the photographs and the model came from were written over, and the result and the
judgement of the run removed, so that it stands as one that was stopped before it was judged.
"""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from siamgui.cli import main
from siamgui.core.paths import LIBRARY
from siamgui.storage.schema import MIGRATIONS
from siamgui.vault.vault import CLEAR
from tests.builders.command_line import Capture, refused
from tests.builders.databases import raw

ARCHIVE = Path(__file__).parent / "fixtures" / "data-0.1.0.tar.xz"
VERSION = "of-0-1-0-e7b219cb"
KEPT = {"people": "list", "pairs": "status", "models": "list"}


def shown(capsys: Capture, *arguments: str) -> str:
    """All that a command says that must succeed."""
    assert main(arguments) == 0
    return "".join(capsys.readouterr())


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(tmp_path, filter="data")
    folder = tmp_path / "data-0.1.0"
    monkeypatch.setenv("SIAMGUI_DATA", str(folder))
    return folder


def test_people_labels_runs_and_versions_are_there(data: Path, capsys: Capture) -> None:
    assert (data / LIBRARY).read_bytes().startswith(CLEAR)
    said = {name: shown(capsys, name, action) for name, action in KEPT.items()}
    assert "Ann Example" in said["people"]
    assert "Photos: 12" in said["pairs"]
    assert f"of 0.1.0  ({VERSION})" in said["models"]
    assert "The training run “run of 0.1.0” broke off." in said["people"]
    assert not (data / LIBRARY).read_bytes().startswith(CLEAR)


def test_a_newer_data_folder_is_refused_in_a_sentence_and_left_alone(data: Path, capsys: Capture) -> None:
    shown(capsys, "people", "list")
    with raw(data / LIBRARY) as db:
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    for command in (("people", "list"), ("pairs", "status")):
        assert "was written by a newer siamgui. Update siamgui" in refused(capsys, *command)
    with raw(data / LIBRARY) as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS) + 1
    described = data / "vault.json"
    described.write_text(json.dumps(json.loads(described.read_text()) | {"schema": 2}))
    assert "newer siamgui" in refused(capsys, "people", "list")
