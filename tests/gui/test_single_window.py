"""One window for each data folder: real starts in processes of their own, and messages that are none."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from siamgui.gui import single_window
from siamgui.gui.single_window import SingleWindow, claim, message, read_message
from tests.builders.window import PATIENCE

_START = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings
from siamgui.core.types import Side
from siamgui.gui import app

QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, sys.argv[1])


class Watched(app.MainWindow):
    def __init__(self, *values):
        super().__init__(*values)
        self.painted.connect(self.first_paint)
        self.controllers.pair.changed.connect(self.changed)

    def first_paint(self):
        print("painted", flush=True)

    def changed(self):
        shown = [self.controllers.pair.slot(side).shown for side in Side]
        print("shown", *(one.photo.name for one in shown if one), flush=True)


app.MainWindow = Watched
sys.exit(app.run([Path(name) for name in sys.argv[2:]], "cpu"))
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts the program with photographs; what still runs at the end is killed."""
    running = []

    def begin(*photos: Path) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", _START, str(tmp_path), *map(str, photos)]
        where = photos[0].parent if photos else None
        running.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=where))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def hear(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdout is not None
    for said in process.stdout:
        if said.strip() == line:
            return
    raise AssertionError(f"ended without {line!r}")


def leaves(process: subprocess.Popen[str]) -> bool:
    """Whether it ends well without a window."""
    assert process.stdout is not None
    return process.wait(120) == 0 and process.stdout.read() == ""


def test_a_second_start_hands_its_files_to_the_first_and_leaves(start: Start, samples: Path) -> None:
    first = start()
    hear(first, "painted")
    assert leaves(start(samples / "obama1.jpg", samples / "biden.jpg"))
    hear(first, "shown obama1.jpg biden.jpg")
    assert leaves(start())
    assert first.poll() is None


def test_two_starts_at_once_are_one_window_and_a_killed_one_is_in_nobodys_way(
    qtbot: QtBot, start: Start, samples: Path
) -> None:
    both = [start(samples / "obama1.jpg"), start(samples / "biden.jpg")]
    qtbot.waitUntil(lambda: any(process.poll() is not None for process in both), timeout=PATIENCE)
    over, window = sorted(both, key=lambda process: process.poll() is None)
    assert leaves(over)
    hear(window, "painted")
    window.kill()
    window.wait()
    hear(start(), "painted")


@pytest.fixture
def single() -> Iterator[SingleWindow]:
    made = claim(())
    assert made is not None
    made.listen()
    yield made
    made.close()


@pytest.mark.parametrize(
    "said",
    [
        b"\n",
        b"{\n",
        b"\xff\xfe\n",
        b"[" * 5000 + b"\n",
        b'["/a.jpg"]\n',
        b'{"open": "/a.jpg"}\n',
        b'{"open": [1]}\n',
        b'{"open": ["a.jpg"]}\n',
        b'{"open": ["/a.jpg", "/b.jpg", "/c.jpg"]}\n',
        b"x" * 100_000,
    ],
)
def test_anything_else_is_ignored(qtbot: QtBot, single: SingleWindow, said: bytes) -> None:
    heard: list[object] = []
    single.asked.connect(heard.append)
    for line, closed in ((said, True), (message([Path("/a.jpg")]), False)):
        socket = QLocalSocket()
        socket.connectToServer(single_window._socket(single_window._place()))
        assert socket.waitForConnected(PATIENCE)
        with qtbot.waitSignal(socket.disconnected, timeout=PATIENCE):
            socket.write(line)
        assert bytes(socket.readAll().data()) == (b"" if closed else b"taken\n")
    assert heard == [[Path("/a.jpg")]]


def test_a_message_is_what_was_said(tmp_path: Path) -> None:
    paths = [tmp_path / "照片 \n“1”.jpg", Path(os.fsdecode(b"/not \xff text"))]
    assert read_message(message(paths)) == paths
    assert read_message(message([Path("here.jpg")])) == [Path.cwd() / "here.jpg"]


def test_each_data_folder_has_its_own(single: SingleWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIAMGUI_DATA", str(tmp_path / "another"))
    other = claim(())
    assert other is not None
    other.close()
