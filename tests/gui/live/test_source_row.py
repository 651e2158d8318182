"""Where the pictures come from: an address of this machine, and none of another."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from siamgui.core.cameras import CameraInfo, list_cameras
from siamgui.core.source import Stream
from siamgui.gui.live import page
from siamgui.live.types import Reason
from tests.builders.live_page import Live, filming
from tests.builders.window import User

CTRL = Qt.KeyboardModifier.ControlModifier


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which this machine serves the files of a folder."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_an_address_of_another_machine_is_refused(live: Live) -> None:
    row = live.page.source
    row.stream_action.trigger()
    assert row.address.hasFocus()
    live.qtbot.keyClicks(row.address, "rtsp://example.org/camera")
    live.user.press(Qt.Key.Key_Return)
    assert "siamgui never uses the network" in live.page.error.text()
    assert live.controller.state.source is None
    row.address.clear()
    live.qtbot.keyClicks(row.address, "udp://127.0.0.1:9")
    live.user.press(Qt.Key.Key_Return)
    assert live.controller.state.source == Stream("udp://127.0.0.1:9")
    assert not live.page.error.isVisible()
    assert row.presence.isEnabled()  # as before a camera
    assert not row.sizes.isVisible()


def test_a_stream_is_a_camera_with_a_presence_check(live: Live, clips: dict[str, Path], samples: Path) -> None:
    live.compare_with(samples / "obama1.jpg")
    row, preview = live.page.source, live.page.preview
    with served(clips["long"].parent) as address:
        live.user.press(Qt.Key.Key_L, CTRL)
        live.qtbot.keyClicks(row.address, f"{address}/long.avi")
        live.user.press(Qt.Key.Key_Return)
        assert row.presence.isChecked()
        preview.setFocus()
        live.until(preview.hasFocus)
        live.until(lambda: live.controller.state.can_start)
        live.user.press(Qt.Key.Key_Space)
        live.until(lambda: preview.accessibleDescription() == "Look straight into the camera")
        live.until(lambda: live.page.card.note.text() == "Do what the picture asks for")
        assert not row.presence.isEnabled()
        live.until(lambda: live.page.card.ring.share > 0)
        live.user.press(Qt.Key.Key_Space)
        verdict = live.verdict()
        live.until(lambda: filming() == 0)
    assert (verdict.reason, verdict.presence) == (Reason.STOPPED, False)
    assert "The basic presence check was not finished." in live.page.card.presence.text()


def test_a_camera_is_shown_as_a_mirror_does_unless_it_is_not_wanted(live: Live, clips: dict[str, Path]) -> None:
    row = live.page.source
    assert row.mirror_action.isChecked()
    row.mirror_action.trigger()
    assert not live.controller.state.flipped
    row.mirror_action.trigger()
    assert live.controller.state.flipped
    live.user.drop_files(clips["short"])
    assert not live.controller.state.flipped  # a file shows what it shows
    assert not row.mirror_action.isEnabled()


def test_a_camera_that_is_pulled_out_is_not_offered_any_more(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux" or list_cameras():
        pytest.skip("looks without switching cameras on, which only Linux does, on a machine without one")
    monkeypatch.setattr(page, "PLUGGED", 20)
    live = Live(user)
    live.controller.set_cameras((CameraInfo(7, "Webcam"),))
    assert live.page.source.cameras.currentText() == "Webcam"
    live.until(lambda: live.controller.state.cameras == ())
    assert live.page.source.cameras.currentText() == "First camera"
