"""siamgui verify, run as a person runs it, on real video files."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from siamgui.cli import main
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.source import SourceKind
from siamgui.core.types import Pixels
from siamgui.storage.people_store import PeopleStore
from siamgui.storage.verification_log import Asked, VerificationLog
from tests.builders.videos import portrait, still, write

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def portraits(engine: FaceEngine, samples: Path) -> dict[str, Pixels]:
    found = {}
    for name in ("obama2", "biden"):
        photo = load_photo(samples / f"{name}.jpg")
        faces = engine.find_faces(photo)
        found[name] = portrait(photo.pixels, faces.faces[faces.prominent])
    return found


@pytest.fixture(scope="module")
def videos(portraits: dict[str, Pixels], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """obama.mp4 and biden.avi: two seconds each; both.avi: one after the other."""
    folder = tmp_path_factory.mktemp("videos")
    obama, biden = (still(portraits[name], 50) for name in ("obama2", "biden"))
    return {
        "obama": write(folder / "obama.mp4", obama),
        "biden": write(folder / "biden.avi", biden),
        "both": write(folder / "both.avi", [*obama[:40], *biden[:25]]),
    }


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(autouse=True)
def _loaded_once(engine: FaceEngine, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The engine of the session instead of one for each command, which loads the same files."""
    if request.function is not test_the_same_person:
        monkeypatch.setattr("siamgui.commands.verify.engine_for", lambda _device, _model: engine)


def ok(capsys: Capture, *arguments: object) -> str:
    code = main(["verify", *map(str, arguments)])
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    return out


def answer(capsys: Capture, *arguments: object) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(ok(capsys, *arguments, "--json"))
    return result


def refused(capsys: Capture, *arguments: object) -> str:
    code = main(["verify", *map(str, arguments)])
    out, err = capsys.readouterr()
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith("siamgui: ")
    return err


def test_the_same_person(capsys: Capture, samples: Path, videos: dict[str, Path], no_network: None) -> None:
    said = answer(capsys, "--reference", samples / "obama1.jpg", "--source", videos["obama"], "--strictness", "strict")
    assert said["schema"] == "siamgui.verify/1"
    assert (said["outcome"], said["reason"], said["presence"]) == ("same", "bound", None)
    assert said["fmr"] <= 1e-4
    assert said["source"] == {"kind": "file", "name": "obama.mp4"}
    with VerificationLog.open() as log:
        (entry,) = log.entries()
    assert (entry.kind, entry.source, entry.reference) == (Asked.VERIFY, SourceKind.FILE, "obama1.jpg")


def test_somebody_else_in_words(capsys: Capture, samples: Path, videos: dict[str, Path]) -> None:
    text = ok(capsys, "--reference", samples / "obama1.jpg", "--source", videos["biden"], "--no-log")
    assert "Supports: different people" in text
    with VerificationLog.open() as log:
        assert log.count() == 0


@pytest.mark.parametrize("reference", ["obama1.jpg", "biden.jpg"])
def test_a_film_of_two_people_is_never_the_same(
    capsys: Capture, samples: Path, videos: dict[str, Path], reference: str
) -> None:
    said = answer(capsys, "--reference", samples / reference, "--source", videos["both"])
    assert (said["outcome"], said["reason"], said["fmr"]) == ("inconclusive", "changed", None)


def test_a_face_of_the_reference_is_chosen(
    capsys: Capture, portraits: dict[str, Pixels], videos: dict[str, Path], tmp_path: Path
) -> None:
    two = tmp_path / "two.png"
    one, other = (Image.fromarray(portraits[name]).resize((400, 400)) for name in ("biden", "obama2"))
    Image.fromarray(np.concatenate([np.asarray(one), np.asarray(other)], axis=1)).save(two)
    for number, outcome in ((1, "different"), (2, "same")):
        arguments = ("--reference", two, "--face", number, "--source", videos["obama"], "--no-log", "--json")
        assert main(["verify", *map(str, arguments)]) == 0
        out, err = capsys.readouterr()
        assert json.loads(out)["outcome"] == outcome
        assert f"face {number} was used (--face chooses)" in err
    for number in (0, 3):
        assert "has faces 1 to 2" in refused(capsys, "--reference", two, "--face", number, "--source", videos["obama"])
    assert "--reference" in refused(capsys, "--who", "--face", 1, "--source", videos["obama"])


def test_people_who_are_enrolled(capsys: Capture, samples: Path, videos: dict[str, Path]) -> None:
    assert main(["people", "enrol", "Ann 🌷", str(samples / "obama1.jpg"), str(samples / "obama3.jpg")]) == 0
    capsys.readouterr()
    said = answer(capsys, "--person", "ann 🌷", "--source", videos["obama"])
    assert (said["outcome"], said["person"]["name"]) == ("same", "Ann 🌷")
    with PeopleStore.open() as people:
        assert people.find("Ann 🌷").last_verified is not None
    said = answer(capsys, "--who", "--source", videos["obama"], "--strictness", "convenient")
    assert (said["outcome"], said["person"]["name"], said["enrolled"]) == ("same", "Ann 🌷", 1)
    said = answer(capsys, "--who", "--source", videos["biden"])
    assert (said["outcome"], said["reason"], said["person"]) == ("different", "nobody", None)


def test_a_short_film_ends_before_there_is_enough(
    capsys: Capture, samples: Path, portraits: dict[str, Pixels], tmp_path: Path
) -> None:
    film = write(tmp_path / "short.avi", still(portraits["obama2"], 5))
    said = answer(capsys, "--reference", samples / "obama1.jpg", "--source", film)
    assert (said["outcome"], said["reason"]) == ("inconclusive", "ended")


def test_the_end_of_a_film_is_no_time_out(
    capsys: Capture, samples: Path, portraits: dict[str, Pixels], tmp_path: Path
) -> None:
    """Twelve seconds of a face too dark to be compared: longer than anybody is asked to stand before a camera."""
    film = write(tmp_path / "dark.avi", still((portraits["obama2"] // 12).astype(np.uint8), 60), fps=5)
    reference = ("--reference", samples / "obama1.jpg", "--source", film)
    said = answer(capsys, *reference)
    assert (said["outcome"], said["reason"], said["hindrance"]) == ("inconclusive", "ended", "dark")
    said = answer(capsys, *reference, "--seconds", 11)
    assert (said["outcome"], said["reason"]) == ("inconclusive", "time out")


def test_a_face_that_shows_itself_late_in_a_film_is_still_seen(
    capsys: Capture, samples: Path, portraits: dict[str, Pixels], tmp_path: Path
) -> None:
    dark = still((portraits["obama2"] // 12).astype(np.uint8), 60)
    film = write(tmp_path / "late.avi", [*dark, *still(portraits["obama2"], 40)], fps=5)
    said = answer(capsys, "--reference", samples / "obama1.jpg", "--source", film)
    assert (said["outcome"], said["reason"]) == ("same", "bound")


def test_no_more_is_watched_than_asked_for(capsys: Capture, samples: Path, videos: dict[str, Path]) -> None:
    said = answer(capsys, "--reference", samples / "biden.jpg", "--source", videos["both"], "--seconds", 1)
    assert said["outcome"] != "same"
    assert said["seconds"] <= 1
    assert not said["whole"]
    assert said["until"] <= 1


# -- what cannot be used ---------------------------------------------------------------------------------------------


def test_sources_that_cannot_be_used(capsys: Capture, samples: Path, tmp_path: Path, no_network: None) -> None:
    reference = samples / "obama1.jpg"
    words = tmp_path / "words.mp4"
    words.write_text("not a video")
    (tmp_path / "empty.avi").touch()
    assert "was not found" in refused(capsys, "--reference", reference, "--source", tmp_path / "gone.mp4")
    assert "not a video" in refused(capsys, "--reference", reference, "--source", words)
    assert "no pictures" in refused(capsys, "--reference", reference, "--source", tmp_path / "empty.avi")
    assert "was not found" in refused(capsys, "--reference", reference, "--source", "~nobody-of-this-name/x.mp4")
    assert "folder" in refused(capsys, "--reference", reference, "--source", tmp_path)
    assert "No camera was found" in refused(capsys, "--reference", reference, "--source", 99)
    said = refused(capsys, "--reference", reference, "--source", "rtsp://203.0.113.7/camera")
    assert "never uses the network" in said


def test_whom_it_cannot_be_compared_with(
    capsys: Capture, samples: Path, videos: dict[str, Path], tmp_path: Path
) -> None:
    from PIL import Image

    source = ("--source", videos["obama"])
    Image.fromarray(np.full((300, 300, 3), 90, np.uint8)).save(tmp_path / "wall.png")
    assert "No face was found" in refused(capsys, "--reference", tmp_path / "wall.png", *source)
    assert "was not found" in refused(capsys, "--reference", tmp_path / "gone.jpg", *source)
    assert "Nobody is enrolled" in refused(capsys, "--who", *source)
    assert main(["people", "enrol", "Ann", str(samples / "obama1.jpg")]) == 0
    capsys.readouterr()
    assert "Bo" in refused(capsys, "--person", "Bo", *source)


def test_a_file_is_not_asked_for_movements(capsys: Capture, samples: Path, videos: dict[str, Path]) -> None:
    said = refused(capsys, "--reference", samples / "obama1.jpg", "--source", videos["obama"], "--presence")
    assert "movements" in said


@pytest.mark.parametrize("arguments", [("--source", "0"), ("--reference", "a.jpg"), ("--who", "--person", "x")])
def test_arguments_that_are_missing(capsys: Capture, arguments: tuple[str, ...]) -> None:
    assert main(["verify", *arguments]) == 2
    assert "Traceback" not in capsys.readouterr().err
