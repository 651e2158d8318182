"""Streams of this machine: read as they come, and followed nowhere."""

from __future__ import annotations

import itertools
import socket
import socketserver
import sys
import threading
import time
from pathlib import Path

import pytest

from siamgui.core.camera import Camera
from siamgui.core.cv import cv2
from siamgui.core.imaging import load_photo
from siamgui.core.resources import resource
from siamgui.core.source import Stream, StreamElsewhere, StreamSilent, parse_source
from siamgui.core.types import Pixels
from tests.builders import videos
from tests.builders.streams import PLAYLISTS, listening, serving, web


@pytest.fixture(scope="module")
def clip() -> list[Pixels]:
    return videos.pan(load_photo(resource("samples") / "obama1.jpg").pixels, 12, size=(160, 128))


def test_http_is_read_past_any_proxy(tmp_path: Path, clip: list[Pixels], monkeypatch: pytest.MonkeyPatch) -> None:
    content = videos.write(tmp_path / "clip.mp4", clip).read_bytes()
    with listening() as (port, touched), serving(web(content)) as here:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
        before = time.monotonic()
        with Camera.open(parse_source(f"http://localhost:{here}/clip.mp4")) as camera:
            frame = camera.next()
            assert frame.pixels.shape == clip[0].shape
            assert before <= frame.at <= time.monotonic()
            for _ in clip[1:]:
                camera.next()
            with pytest.raises(StreamSilent, match="No pictures come from “http://localhost"):
                camera.next()
        assert not touched()


def test_http_that_points_elsewhere_is_not_followed(tmp_path: Path) -> None:
    with listening() as (port, touched):
        target = f"http://127.0.0.1:{port}/a.ts"
        playlist = PLAYLISTS["HLS"].format(target=target).encode()
        with serving(web(playlist, target)) as here:
            for path in ("moved", "list.m3u8", "list.mp4"):
                with pytest.raises(StreamSilent):
                    Camera.open(Stream(f"http://127.0.0.1:{here}/{path}"))
        assert not touched()


def test_rtsp_that_points_elsewhere_is_not_followed() -> None:
    with listening() as (port, touched):

        class Moved(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                while self.request.recv(4096):
                    answer = f"RTSP/1.0 302 Moved\r\nCSeq: 1\r\nLocation: rtsp://127.0.0.1:{port}/door\r\n\r\n"
                    self.request.sendall(answer.encode())

        with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Moved)) as here, pytest.raises(StreamElsewhere):
            Camera.open(Stream(f"rtsp://127.0.0.1:{here}/door"))
        assert not touched()


def test_h264_over_tcp(clip: list[Pixels]) -> None:
    """As small cameras send it: bare, one unit after another."""
    sent = videos.h264(clip)

    class Sender(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.sendall(sent)

    server = socketserver.TCPServer(("127.0.0.1", 0), Sender)
    with serving(server) as here, Camera.open(Stream(f"tcp://127.0.0.1:{here}")) as camera:
        for shown in clip:
            assert cv2.absdiff(camera.next().pixels, shown).mean() < 4


def test_a_machine_that_slept_begins_anew(clip: list[Pixels], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who was before the camera may have gone. A file goes on where it was."""
    path = videos.write(tmp_path / "clip.mp4", clip)
    slept = itertools.count(time.time(), 3600)
    with serving(web(path.read_bytes())) as here, Camera.open(Stream(f"http://127.0.0.1:{here}/")) as camera:
        camera.next()
        camera.next()
        with monkeypatch.context() as night:
            night.setattr(time, "time", lambda: next(slept))
            with pytest.raises(StreamSilent):
                camera.next()
            with Camera.open(path) as film:
                for _ in clip:
                    film.next()


@pytest.mark.parametrize("scheme", ["rtsp", "http", "tcp"])
def test_nobody_answers(scheme: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"{scheme}://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(StreamSilent, match=f"No pictures come from “{address}”"):
            Camera.open(Stream(address))


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
def test_udp_listens_on_this_machine_alone(clip: list[Pixels], tmp_path: Path) -> None:
    """Anybody on the network could send pictures otherwise."""
    content = videos.write(tmp_path / "clip.ts", clip * 3).read_bytes()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.1", 0))
        port = sender.getsockname()[1] ^ 1
        bound: list[str] = []
        done = threading.Event()

        def send() -> None:
            while not done.wait(0.02) and len(bound) < 1:
                lines = Path("/proc/net/udp").read_text().splitlines()
                bound.extend(line.split()[1] for line in lines if line.split()[1].endswith(f":{port:04X}"))
            for at in range(0, len(content), 1316):
                sender.sendto(content[at : at + 1316], ("127.0.0.1", port))
                done.wait(0.0005)

        thread = threading.Thread(target=send)
        thread.start()
        try:
            with Camera.open(Stream(f"udp://127.0.0.1:{port}")) as camera:
                assert camera.next().pixels.shape == clip[0].shape
        finally:
            done.set()
            thread.join()
    assert bound == [f"0100007F:{port:04X}"]
