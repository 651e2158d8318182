"""siamgui index, find and collections."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from siamgui.cli import main
from siamgui.core.resources import resource
from siamgui.search import reading
from siamgui.storage.collection_values import ReadFile
from tests.builders.command_line import Capture, ok, refused


@pytest.fixture
def scans(tmp_path: Path, samples: Path) -> Path:
    place = tmp_path / "scans of bergen"
    place.mkdir()
    for name in ("obama2.jpg", "biden.jpg"):
        shutil.copy(samples / name, place / name)
    return place


def test_a_folder_is_read_searched_listed_and_forgotten(capsys: Capture, scans: Path, samples: Path) -> None:
    assert "2 read, 0 unchanged, 0 gone" in ok(capsys, "index", scans, "--device", "cpu")
    (again,) = json.loads(ok(capsys, "index", "--json", "--device", "cpu"))["folders"]
    assert (again["folder"], again["read"], again["unchanged"], again["faces"]) == (str(scans), 0, 2, 2)
    text = ok(capsys, "find", samples / "obama1.jpg", "--device", "cpu")
    assert text.index("obama2.jpg") < text.index("From here on at least one stranger") < text.index("biden.jpg")
    assert "At most 1 in 79,000 collections of 2 strangers hold one this near." in text
    answer = json.loads(ok(capsys, "find", samples / "obama1.jpg", "--in", scans, "--json", "--device", "cpu"))
    schema = json.loads((resource("schema") / "find.schema.json").read_text())
    assert set(schema["required"]) == set(answer)
    likeness = schema["properties"]["likenesses"]["items"]
    assert all(set(likeness["required"]) == set(one) for one in answer["likenesses"])
    assert [one["outcome"] for one in answer["likenesses"]] == ["same", "different"]
    ok(capsys, "people", "enrol", "Ann", samples / "obama1.jpg")
    assert "likenesses of “Ann” among 2 faces" in ok(capsys, "find", "--person", "Ann", "--device", "cpu")
    assert f"{scans}: 2 photos · 2 faces" in ok(capsys, "collections", "list")
    assert "Add --yes" in refused(capsys, "collections", "remove", scans)
    ok(capsys, "collections", "remove", scans, "--yes")
    assert "No folder has been read yet" in ok(capsys, "collections", "list")


def test_bad_input_is_one_sentence(capsys: Capture, tmp_path: Path, samples: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "is not there" in refused(capsys, "index", tmp_path / "nowhere")
    assert "holds no photo" in refused(capsys, "index", empty)
    assert "No folder has been read yet" in refused(capsys, "index")
    assert "No folder has been read yet" in refused(capsys, "find", samples / "obama1.jpg")
    assert "Say whom to find" in refused(capsys, "find")
    assert "Say whom to find" in refused(capsys, "find", "a.jpg", "--person", "Ann")
    assert "has not been read" in refused(capsys, "find", samples / "obama1.jpg", "--in", empty)
    assert "has not been read" in refused(capsys, "collections", "remove", empty, "--yes")
    assert "Nobody called" in refused(capsys, "find", "--person", "Ann")


def test_ctrl_c_pauses(capsys: Capture, scans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finished = reading._Reader._finished

    def interrupted(self: reading._Reader, file: ReadFile) -> None:
        finished(self, file)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(reading._Reader, "_finished", interrupted)
        assert main(["index", str(scans), "--device", "cpu"]) == 130
    assert "Paused. What was read is kept" in capsys.readouterr().err
    assert "1 read, 1 unchanged" in ok(capsys, "index", "--device", "cpu")
