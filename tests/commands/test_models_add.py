"""siamgui models add: an encoder from elsewhere, from the file to a verdict, as a person brings it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from siamgui.cli import main
from siamgui.core.encoders import load
from siamgui.core.errors import OnlyRuns
from siamgui.core.manifest import Origin
from siamgui.core.paths import TRAINING, data_folder
from siamgui.versions.version_store import VersionStore
from tests.builders.command_line import Capture, compare_json, ok, refused
from tests.builders.onnx_files import network, node, projection


@pytest.fixture
def people(att: Path, tmp_path: Path) -> Path:
    """Twenty people, two photographs each."""
    for number in range(1, 21):
        target = tmp_path / "people" / f"s{number}"
        target.mkdir(parents=True)
        for photo in ("1.pgm", "2.pgm"):
            shutil.copy(att / f"s{number}" / photo, target / photo)
    return tmp_path / "people"


@pytest.mark.long
def test_an_encoder_is_measured_used_and_told_from_the_one_that_comes_with_siamgui(
    capsys: Capture, people: Path, samples: Path, tmp_path: Path
) -> None:
    file = tmp_path / "mine.onnx"
    file.write_bytes(projection())
    assert main(["models", "add", str(file), "--people", str(people), "--name", "Mine", "--licence", "CC0"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("“Mine” was added. It is not active yet.\nIts claims rest on 40 photos of 20 people alone")
    assert "“same” is never said at" in text
    assert "Balanced, Strict." in text
    assert "tells people apart worse than the encoder that comes with siamgui" in text

    (version,) = (one for one in VersionStore().list() if not one.bundled)
    assert (version.origin, version.active, version.damaged) == (Origin.MEASURED, False, "")
    assert version.model is not None
    assert (version.model.architecture, version.model.licence) == ("onnx-32", "CC0")
    card = ok(capsys, "models", "show", "Mine")
    assert "40 photos of 20 people, measured and not learned from" in card
    assert "size 112, layout nchw, colour rgb, mean 127.5" in card

    answer = compare_json(capsys, samples / "obama1.jpg", samples / "obama2.jpg", "--model", "Mine")
    assert answer["verdict"] == "inconclusive"
    assert answer["engine"]["encoder"] == version.id
    assert "“Mine” is not activated" in refused(capsys, "models", "activate", "Mine")
    assert "does not export it" in refused(capsys, "models", "export", "Mine", tmp_path / "x.siamgui")
    with pytest.raises(OnlyRuns):
        load(version.model)
    assert "not be trained further" in refused(capsys, "train", people, "--model", "Mine")  # before a photo is read
    assert not (data_folder() / TRAINING).exists()
    ok(capsys, "models", "activate", "Mine", "--reason", "a trial")
    active = json.loads(ok(capsys, "models", "list", "--json"))
    assert [one["name"] for one in active if one["active"]] == ["Mine"]


def test_what_cannot_be_brought_is_one_sentence(capsys: Capture, tmp_path: Path) -> None:
    file = tmp_path / "mine.onnx"
    add = ("models", "add", file, "--people", tmp_path)
    assert "“mine.onnx” can’t be read" in refused(capsys, *add)
    file.write_bytes(b"\x80\x04\x95 a pickle")
    assert "“mine.onnx” is refused, and nothing of it is used" in refused(capsys, *add)
    file.write_bytes(network([node("Loop", ("image",), ("out",))]))
    assert "has the operator 'Loop', which is not allowed" in refused(capsys, *add)
    file.write_bytes(projection())
    assert "needs a name" in refused(capsys, *add, "--name", "original")
    assert "must hold one folder per person" in refused(capsys, *add)
    assert [version.bundled for version in VersionStore().list()] == [True]
