"""siamgui open without a screen says so in one sentence; Qt would end the process."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from siamgui.commands.open import has_screen
from tests.builders.command_line import Capture, refused

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems always have one")


def test_no_screen_is_one_sentence(capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert refused(capsys, "open").startswith("siamgui: There is no screen")
    monkeypatch.setenv("DISPLAY", ":4711")
    assert refused(capsys).startswith("siamgui: There is no screen")


@pytest.mark.parametrize("frozen", [False, True])
def test_a_library_that_is_missing_is_named_and_only_what_is_there_is_advised(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, frozen: bool
) -> None:
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setitem(sys.modules, "siamgui.gui.app", None)
    monkeypatch.delattr("siamgui.gui.app", raising=False)
    said = refused(capsys, "open")
    assert "a library" in said
    assert "siamgui.gui.app" in said
    assert ("setup.py" in said) is not frozen


def test_what_qt_would_find_is_a_screen(tmp_path: Path) -> None:
    runtime = {"XDG_RUNTIME_DIR": str(tmp_path)}
    assert has_screen({"QT_QPA_PLATFORM": "offscreen"})
    assert has_screen({"DISPLAY": "other.machine:0", **runtime})
    assert not has_screen(runtime)
    with socket.socket(socket.AF_UNIX) as wayland:
        wayland.bind(str(tmp_path / "wayland-0"))
        assert has_screen(runtime)
        assert has_screen({"QT_QPA_PLATFORM": "wayland", **runtime})
        assert not has_screen({"QT_QPA_PLATFORM": "xcb", **runtime})
