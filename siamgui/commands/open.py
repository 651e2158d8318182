"""siamgui open: the window."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark


class WindowUnavailable(SiamguiError):
    """values: reason"""

    text = mark("The window cannot open, a library is missing: {reason}. “python3 tools/setup.py” says how to add it.")


class SystemLibraryMissing(SiamguiError):
    """Of an installed package, beside which no tools lie. values: reason"""

    text = mark("The window cannot open, a library of this system is missing: {reason}.")


class NoScreen(SiamguiError):
    text = mark("There is no screen to open the window on. “siamgui compare A.jpg B.jpg” answers without one.")


def run(args: argparse.Namespace) -> int:
    """args: photos, device, language."""
    if not has_screen(os.environ):
        raise NoScreen
    try:
        from siamgui.gui import app
    except ImportError as error:  # on bare Linux Qt lacks system libraries
        if getattr(sys, "frozen", False):
            raise SystemLibraryMissing(reason=error) from None
        raise WindowUnavailable(reason=error) from None
    code: int = app.run(args.photos, args.device, args.language)
    return code


def has_screen(environment: Mapping[str, str]) -> bool:
    """Whether Qt would find one; it ends the process where it does not. Only sockets of this machine are tried."""
    platform = environment.get("QT_QPA_PLATFORM", "")
    if sys.platform != "linux" or (platform and not platform.startswith(("xcb", "wayland"))):
        return True
    wayland = Path(environment.get("XDG_RUNTIME_DIR", "/"), environment.get("WAYLAND_DISPLAY") or "wayland-0")
    if not platform.startswith("xcb") and wayland.is_socket():
        return True
    if platform.startswith("wayland"):
        return False
    host, _, number = environment.get("DISPLAY", "").rpartition(":")
    screen = number.partition(".")[0]
    if host not in ("", "unix") or not screen.isdigit():
        return bool(host)  # of another machine: Qt says what is wrong with it
    place = f"/tmp/.X11-unix/X{screen}"
    return any(map(_listens, (place, f"\0{place}")))


def _listens(address: str) -> bool:
    import socket

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        try:
            asking.connect(address)
        except OSError:
            return False
    return True
