"""Nothing leaves the machine: the window and every command run where an internet socket is the death of the process."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from siamgui.core.imaging import load_photo
from tests.builders import no_network
from tests.builders.videos import still, write
from tests.conftest import ROOT
from tests.test_hostile_commands import commands

pytestmark = pytest.mark.skipif(not no_network.possible(), reason="only Linux can watch what a process opens")

FORBIDDEN = "from tests.builders.no_network import forbid_internet; forbid_internet()\n"

RUN = """
import functools, json, sys
from siamgui.cli import main
from siamgui.commands import model_choice
model_choice.engine_for = functools.cache(model_choice.engine_for)  # loaded once for all of them
for arguments in json.loads(sys.argv[1]):
    print(arguments[:2], main(arguments), flush=True)
"""

WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication
import siamgui.gui.app
from siamgui.gui.main_window import MainWindow
from siamgui.gui.pages import PAGES

folder = Path(sys.argv[1])
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder / "settings"))
waiting = [entry.name for entry in PAGES]

def step():
    window = QApplication.activeWindow() or windows[0]
    if window.controllers.pair.state.comparison is None:
        return
    if waiting:
        window.go(waiting.pop())
    else:
        print(window.controllers.pair.state.comparison.verdict.outcome, flush=True)
        window.close()
        QApplication.quit()

windows = []
original = MainWindow.show
def show(self):
    windows.append(self)
    original(self)
MainWindow.show = show
timer = QTimer()
def begin():
    timer.timeout.connect(step)
    timer.start(100)
QTimer.singleShot(0, begin)
sys.exit(siamgui.gui.app.run([folder / "obama1.jpg", folder / "biden.jpg"], "cpu"))
"""


def process(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", FORBIDDEN + code, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_an_internet_socket_is_the_death_of_the_process() -> None:
    assert process("import socket; socket.socket(socket.AF_UNIX); print('alive')").stdout == "alive\n"
    for family in ("AF_INET", "AF_INET6"):
        assert process(f"import socket; socket.socket(socket.{family})").returncode == -signal.SIGSYS


@pytest.fixture
def folder(tmp_path: Path, samples: Path) -> Path:
    """Two people, in folders and loose, and a table of pairs."""
    for person, names in {"Barack": ("obama1", "obama2", "obama3"), "Joe": ("biden",)}.items():
        (tmp_path / "people" / person).mkdir(parents=True)
        for name in names:
            for place in (tmp_path, tmp_path / "people" / person):
                shutil.copy(samples / f"{name}.jpg", place)
    shutil.copy(samples / "biden.jpg", tmp_path / "people" / "Joe" / "again.jpg")
    write(tmp_path / "film.avi", still(load_photo(samples / "obama2.jpg").pixels, 10))
    pairs = "left,right,same\nobama1.jpg,obama2.jpg,1\nobama1.jpg,biden.jpg,0\n"
    (tmp_path / "pairs.csv").write_text(pairs, encoding="utf-8")
    return tmp_path


NOT_DONE = {
    ("models", "rollback"): 2,  # the original is active, and "none" is not there
    **{("models", word): 2 for word in ("activate", "delete", "import", "rename", "export", "compare", "add")},
}
"""The exit codes of the commands that cannot do what they are asked; all others end with 0."""


@pytest.mark.long
def test_every_command_opens_no_internet_socket(folder: Path) -> None:
    one, two, people = (str(folder / name) for name in ("obama1.jpg", "obama2.jpg", "people"))
    backup = str(folder / "one.siamgui-backup")
    runs = [
        ["compare", one, two, "--keep", "pictures"],
        *(
            ["history", *words]
            for words in (["list"], ["show", "1"], ["say", "1", "--tags", "a"], ["forget", "--days", "9"])
        ),
        ["history", "export", str(folder / "history.json")],
        ["report", one, two, "--out", str(folder / "report.pdf")],
        ["report", "verify", str(folder / "report.pdf")],
        ["history", "remove", "1"],
        ["history", "clear", "--yes"],
        ["verify", "--reference", one, "--source", str(folder / "film.avi")],
        ["verify", str(folder / "film.avi"), "--all", "--reference", one, "--csv", str(folder / "who.csv")],
        ["people", "enrol", "Ann", one],
        ["people", "add", "Ann", two],
        *(["people", *words] for words in (["list"], ["show", "Ann"], ["who", two], ["re-embed"], ["log"])),
        *(
            ["people", *words]
            for words in (["rename", "Ann", "Bea"], ["consent", "Bea", "yes"], ["retain", "Bea", "always"])
        ),
        ["people", "remove-photo", "Bea", "1"],
        *([name, people, "--out", str(folder / name)] for name in ("evaluate", "audit")),
        ["batch", str(folder / "pairs.csv"), "--out", str(folder / "results.csv")],
        *(
            ["index", people],
            ["find", two],
            ["groups", "list"],
            *(["groups", *words] for words in (["name", "Cid", one], ["confirm", one], ["merge", one, two])),
            ["groups", "label", "--most", "2"],
            ["groups", "enrol", "Cid", one],
            *(["groups", word, one] for word in ("not", "forget", "split")),
            ["collections", "list"],
            ["collections", "remove", people, "--yes"],
        ),
        ["pairs", "import", people],
        *(["pairs", *words] for words in (["status"], ["check"], ["next"], ["label", one, two, "same"])),
        ["pairs", "export", str(folder / "out.csv")],
        ["train", "--prepare", str(folder / "run")],  # a whole run takes a minute; it opens none either
        *(["models", *words] for words in (["list"], ["show", "original"], ["key", "--name", "Me"], ["rollback"])),
        *(["models", *words, "none"] for words in (["activate"], ["delete"], ["import"])),
        *(["models", *words, "none", "none"] for words in (["rename"], ["export"], ["compare"])),
        ["models", "add", "none", "--people", people],
        ["data", "check"],
        ["data", "backup", backup],
        ["data", "restore", backup, "--yes"],
        ["data", "repair"],
        ["people", "clear-log", "--yes"],
        ["people", "remove", "Bea", "--yes"],
        ["pairs", "clear", "--yes"],
        ["doctor"],
        ["desktop", "install", "--into", str(folder / "usr")],
    ]
    two_words = ("people", "history", "groups", "collections", "pairs", "models", "data")
    driven = {tuple(run[: 2 if run[0] in two_words else 1]) for run in runs}
    assert set(commands()) - driven <= {("open",), ("bench",)} | {one for one in commands() if one[0] == "vault"}
    done = process(RUN, json.dumps(runs))
    assert done.returncode == 0, done.stdout + done.stderr
    ended = [int(line.rpartition(" ")[2]) for line in done.stdout.splitlines() if line.startswith("['")]
    assert list(zip(runs, ended, strict=True)) == [(run, NOT_DONE.get(tuple(run[:2]), 0)) for run in runs], done.stderr


@pytest.mark.long
def test_the_window_opens_no_internet_socket(folder: Path) -> None:
    done = process(WINDOW, str(folder))
    assert (done.returncode, done.stdout) == (0, "different\n"), done.stderr
