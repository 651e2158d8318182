"""siamgui verify VIDEO --all, run as a person runs it."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path

import pytest

from siamgui.cli import EXIT_INTERRUPTED, main
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.resources import resource
from siamgui.storage.verification_log import VerificationLog
from tests.builders.videos import still, write

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Path:
    """Barack for 2 s, Joe for 2 s."""
    barack, joe = (load_photo(samples / f"{name}.jpg").pixels for name in ("obama1", "biden"))
    return write(tmp_path_factory.mktemp("films") / "talk.avi", chain(still(barack, 4), still(joe, 4)), 2.0)


@pytest.fixture(autouse=True)
def _loaded_once(engine: FaceEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    for command in ("verify_all", "people"):
        monkeypatch.setattr(f"siamgui.commands.{command}.engine_for", lambda *_: engine)


def ok(capsys: Capture, *arguments: object) -> str:
    code = main(["verify", *map(str, arguments)])
    out, _ = capsys.readouterr()  # how far it is stands on standard error
    assert code == 0
    return out


def refused(capsys: Capture, *arguments: object) -> str:
    code = main(["verify", *map(str, arguments)])
    out, err = capsys.readouterr()
    assert (code, out, err.count("\n")) == (2, "", 1)
    return err


def test_who_and_when_with_a_reference_as_json_table_and_pictures(
    capsys: Capture, samples: Path, film: Path, tmp_path: Path
) -> None:
    table, views = tmp_path / "who.csv", tmp_path / "views"
    written = ("--csv", table, "--views", views)
    answer = json.loads(ok(capsys, film, "--all", "--reference", samples / "obama2.jpg", *written, "--json"))
    schema = json.loads((resource("schema") / "timeline.schema.json").read_text())
    assert set(schema["required"]) == set(answer)
    face = schema["properties"]["faces"]["items"]
    assert all(set(face["required"]) == set(one) for one in answer["faces"])
    assert all(
        set(face["properties"]["likeness"]["anyOf"][1]["required"]) == set(one["likeness"]) for one in answer["faces"]
    )
    assert [one["stretches"] for one in answer["faces"]] == [
        [{"from": 0.0, "until": 1.5}],
        [{"from": 2.0, "until": 3.5}],
    ]
    assert [one["likeness"]["outcome"] for one in answer["faces"]] == ["same", "different"]
    assert table.read_text("utf-8-sig").count("\n") == 3
    assert sorted(path.name for path in views.iterdir()) == ["face 001.jpg", "face 002.jpg"]
    assert load_photo(views / "face 001.jpg").height > 100
    with VerificationLog.open() as log:
        assert log.count() == 0
    assert "not empty" in refused(capsys, film, "--all", "--views", views)


def test_in_words_without_anybody_to_compare_with(capsys: Capture, film: Path) -> None:
    text = ok(capsys, "--source", film, "--all", "--seconds", 1)
    assert "“talk.avi”: one face in 0:00:01" in text
    assert "distance" not in text
    assert "every 0.5 s" in text


def test_somebody_enrolled(capsys: Capture, samples: Path, film: Path) -> None:
    assert main(["people", "enrol", "Ann", str(samples / "obama1.jpg"), str(samples / "obama3.jpg")]) == 0
    capsys.readouterr()
    answer = json.loads(ok(capsys, film, "--all", "--person", "Ann", "--json"))
    assert [one["likeness"]["outcome"] for one in answer["faces"]] == ["same", "different"]


def test_bad_input_is_one_sentence(capsys: Capture, samples: Path, film: Path, tmp_path: Path) -> None:
    assert "needs a video file" in refused(capsys, "--source", 0, "--all")
    assert "not with everybody" in refused(capsys, film, "--all", "--who")
    assert "Say once what to watch" in refused(capsys, film, "--all", "--source", film)
    assert "Say once what to watch" in refused(capsys, "--all")
    assert "add --all" in refused(capsys, film, "--who", "--csv", tmp_path / "a.csv")
    assert "Say whom to compare with" in refused(capsys, film)
    assert "can’t be written" in refused(capsys, film, "--all", "--csv", tmp_path / "no" / "a.csv")
    assert "can’t be written" in refused(capsys, film, "--all", "--views", samples / "biden.jpg")
    assert "not found" in refused(capsys, tmp_path / "gone.mp4", "--all")
    assert "Nobody called" in refused(capsys, film, "--all", "--person", "Ann")


def test_ctrl_c_ends_it(capsys: Capture, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("siamgui.commands.verify_all._Line.__call__", interrupted)
    assert main(["verify", str(film), "--all", "--csv", str(tmp_path / "a.csv")]) == EXIT_INTERRUPTED
    assert capsys.readouterr().out == ""
    assert not (tmp_path / "a.csv").exists()
