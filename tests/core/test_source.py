"""What a person may type as a source, and files that are not what they seem."""

from __future__ import annotations

import os
import string
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from siamgui.core.camera import Camera
from siamgui.core.cv import cv2
from siamgui.core.errors import CameraLost, SiamguiError
from siamgui.core.imaging import load_photo
from siamgui.core.resources import resource
from siamgui.core.source import (
    SourceKind,
    Stream,
    StreamElsewhere,
    StreamUnknown,
    UnreadableVideo,
    VideoEmpty,
    VideoGone,
    VideoIsFolder,
    VideoNotAFile,
    VideoOfSound,
    parse_source,
    source_kind,
)
from siamgui.core.types import Pixels
from tests.builders import videos
from tests.builders.streams import PLAYLISTS, listening

SMALL = (160, 128)


@pytest.fixture(scope="module")
def clip() -> list[Pixels]:
    return videos.pan(load_photo(resource("samples") / "obama1.jpg").pixels, 12, size=SMALL)


# What a person types.


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("0", 0),
        (" 12 ", 12),
        ("walk.mp4", Path("walk.mp4")),
        ("./0", Path("0")),
        ("~/walk.mp4", Path.home() / "walk.mp4"),
        ("concat:a.mp4|b.mp4", Path("concat:a.mp4|b.mp4")),
        ("rtsp://me:secret@127.0.0.1:8554/door?x=1", Stream("rtsp://me:secret@127.0.0.1:8554/door?x=1")),
        ("HTTP://LOCALHOST:8080/?action=stream", Stream("http://LOCALHOST:8080/?action=stream")),
        ("http://127.8.8.8/a#b@c", Stream("http://127.8.8.8/a")),
        ("udp://127.0.0.1:5000?localaddr=0.0.0.0", Stream("udp://127.0.0.1:5000")),
        ("tcp://[::1]:5000/?listen", Stream("tcp://[::1]:5000")),
    ],
)
def test_sources_that_are_understood(text: str, source: object) -> None:
    assert parse_source(text) == source


@pytest.mark.parametrize(
    "text",
    [
        "rtsp://192.168.1.20/door",
        "http://example.com/video.mp4",
        "http://127.0.0.1@example.com/",
        "http://a@127.0.0.1@example.com/",
        "http://example.com#@127.0.0.1/",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "http://0.0.0.0:80/",
        "udp://239.1.1.1:5000",
        "rtsp://[2001:db8::1]/door",
    ],
)
def test_addresses_of_other_machines_are_refused(text: str) -> None:
    with pytest.raises(StreamElsewhere, match="siamgui never uses the network"):
        parse_source(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://127.0.0.1/video.mp4",
        "file:///etc/passwd",
        "ftp://127.0.0.1/video.mp4",
        "rtsp:///door",
        "http://127.0.0.1:http/",
        "http://[::1/",
        "http://127.0.0.1/a b",
        "http://example.com\\@127.0.0.1/",
        "udp://127.0.0.1",
        "tcp://localhost:0",
    ],
)
def test_other_addresses_are_told_to_be_none(text: str) -> None:
    with pytest.raises(StreamUnknown, match="is not a stream siamgui can read"):
        parse_source(text)


PIECES = [
    "127.0.0.1",
    "localhost",
    "[::1]",
    "example.com",
    "192.168.1.2",
    "@",
    "@",
    ":",
    "/",
    "?",
    "#",
    "\\",
    "80",
    "%40",
]


@given(
    st.sampled_from(["rtsp", "http", "udp", "tcp"]),
    st.lists(st.sampled_from(PIECES) | st.text(string.printable + "é点", max_size=3), max_size=8).map("".join),
)
def test_whatever_is_typed_only_this_machine_is_reached(scheme: str, rest: str) -> None:
    try:
        source = parse_source(f"{scheme}://{rest}")
    except (StreamElsewhere, StreamUnknown) as error:
        told = str(error)
    else:
        assert isinstance(source, Stream)
        place = source.address.removeprefix(f"{scheme}://").replace("?", "/").partition("/")[0].rpartition("@")[2]
        assert place.startswith(("127.", "[::1]")) or place.lower().partition(":")[0] == "localhost"
        told = source.name
    assert told.isprintable()


@pytest.mark.parametrize("place", ["192.0.2.7[::1]", "localhost[::1]", "[::1]192.0.2.7", "a[b]@192.0.2.7[::1]:80"])
def test_a_bracket_hides_no_other_machine(place: str) -> None:
    with pytest.raises((StreamElsewhere, StreamUnknown)):
        parse_source(f"rtsp://{place}/camera")


def test_a_stream_is_named_without_its_password() -> None:
    assert Stream("rtsp://me:secret@127.0.0.1:8554/door?key=1").name == "rtsp://127.0.0.1:8554/door"


# Files that are not what they seem.


def refused(source: Path, kind: type[SiamguiError]) -> None:
    with pytest.raises(kind) as told:
        Camera.open(source)
    assert type(told.value) is kind
    assert f"“{source.name}”" in str(told.value)
    assert str(source.parent) not in str(told.value)


def test_files_that_cannot_be_read_say_why(tmp_path: Path) -> None:
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "notes.mp4").write_text("not a video" * 100)
    refused(tmp_path / "gone.mp4", VideoGone)
    refused(tmp_path / ("x" * 300 + ".mp4"), VideoGone)
    refused(tmp_path / "folder.mp4", VideoIsFolder)
    refused(tmp_path / "empty.mp4", VideoEmpty)
    refused(tmp_path / "notes.mp4", UnreadableVideo)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX has these")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    refused(tmp_path / "pipe.mp4", VideoNotAFile)


def test_a_sound_file_is_not_a_video(tmp_path: Path, clip: list[Pixels]) -> None:
    import wave

    with wave.open(str(tmp_path / "speech.avi"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16000))
    refused(tmp_path / "speech.avi", UnreadableVideo)
    whole = videos.write(tmp_path / "whole.mp4", clip).read_bytes()
    (tmp_path / "speech.mp4").write_bytes(whole.replace(b"vide", b"soun"))  # the kind of its only track
    refused(tmp_path / "speech.mp4", VideoOfSound)


def test_a_video_whose_end_is_missing(tmp_path: Path, clip: list[Pixels]) -> None:
    """An .mp4 has its table of contents at the end."""
    whole = videos.write(tmp_path / "whole.mp4", clip).read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    refused(tmp_path / "cut.mp4", UnreadableVideo)


def test_a_video_without_a_single_frame(tmp_path: Path, clip: list[Pixels]) -> None:
    whole = videos.write(tmp_path / "whole.avi", clip).read_bytes()
    (tmp_path / "none.avi").write_bytes(whole[: whole.index(b"movi") + 4] + whole[whole.index(b"idx1") :])
    refused(tmp_path / "none.avi", VideoEmpty)


@pytest.mark.parametrize("kind", PLAYLISTS)
@pytest.mark.parametrize("suffix", [".mp4", ".m3u8", ".mpd", ".ffconcat", ".sdp"])
def test_a_playlist_opens_neither_a_connection_nor_another_file(
    kind: str, suffix: str, tmp_path: Path, clip: list[Pixels]
) -> None:
    other = videos.write(tmp_path / "other.mp4", clip)
    with listening() as (port, touched):
        for target in (f"http://127.0.0.1:{port}/a.ts", f"tcp://127.0.0.1:{port}", other.name, f"file:{other}"):
            playlist = tmp_path / f"list{suffix}"
            playlist.write_text(PLAYLISTS[kind].format(target=target, port=port))
            refused(playlist, UnreadableVideo)
        assert not touched()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows allows no such names")
@pytest.mark.parametrize("name", ["concat:other.mp4", "file:other.mp4", "http:other.mp4", "%03d.mp4", "-i.mp4"])
def test_a_name_is_only_a_name(name: str, tmp_path: Path, clip: list[Pixels], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    videos.write(tmp_path / "other.mp4", clip)
    with pytest.raises(VideoGone):
        Camera.open(Path(name))
    videos.write(tmp_path / "right.mp4", clip[:3]).rename(tmp_path / name)
    with Camera.open(Path(name)) as camera:
        for _ in range(3):
            camera.next()
        with pytest.raises(CameraLost):
            camera.next()


@pytest.mark.skipif(sys.platform == "win32", reason="measures memory as POSIX does")
def test_an_absurd_size_takes_no_memory(tmp_path: Path, clip: list[Pixels]) -> None:
    huge = cv2.imencode(".jpg", np.zeros((6400, 6400), np.uint8))[1].tobytes()
    small = [cv2.imencode(".jpg", frame)[1].tobytes() for frame in clip]
    # The frame header of a JPEG (SOF0): marker, length, precision, height, width.
    start = b"\xff\xc0\x00\x11\x08"
    width, height = (side.to_bytes(2, "big") for side in SMALL)
    assert start + height + width in small[0]
    absurd = [picture.replace(start + height + width, start + b"\xff\xdc\xff\xdc") for picture in small]
    names = [
        videos.write_jpegs(tmp_path / "honest.avi", [huge] * 3, (6400, 6400)),
        videos.write_jpegs(tmp_path / "stated.avi", small, (65500, 65500)),
        videos.write_jpegs(tmp_path / "drawn.avi", absurd, SMALL),
        videos.write_jpegs(tmp_path / "both.avi", absurd, (65500, 65500)),
        videos.write_jpegs(tmp_path / "grows.avi", [*small, huge], SMALL),
    ]
    program = (
        "import sys, resource; from pathlib import Path; from siamgui.core.camera import Camera\n"
        "from siamgui.core.errors import SiamguiError\n"
        "import siamgui.core.cv\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for name in sys.argv[1:]:\n"
        "    try:\n"
        "        with Camera.open(Path(name)) as camera:\n"
        "            while camera.next(): pass\n"
        "    except SiamguiError as error: print(type(error).__name__)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    command = [sys.executable, "-c", program, *map(str, names)]
    *told, grown = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert told == ["VideoTooLarge", "VideoEnded", "VideoEmpty", "VideoEmpty", "VideoEnded"]
    assert int(grown) < 100_000  # kilobytes; one frame of the first as RGB has 123 MB


def test_every_source_is_of_one_kind() -> None:
    kinds = [source_kind(source) for source in (None, 0, Path("walk.mp4"), Stream("udp://127.0.0.1:9"))]
    assert kinds == [SourceKind.CAMERA, SourceKind.CAMERA, SourceKind.FILE, SourceKind.STREAM]
