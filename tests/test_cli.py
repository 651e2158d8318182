"""The command line: help, wrong arguments, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from siamgui import __version__
from tests.builders.command_line import Capture, ok, refused


def test_version(capsys: Capture) -> None:
    assert ok(capsys, "--version") == f"siamgui {__version__}\n"


@pytest.mark.parametrize("command", ["", "open", "compare", "evaluate", "bench", "doctor"])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_help_in_both_languages(capsys: Capture, command: str, language: str) -> None:
    text = ok(capsys, "--language", language, *command.split(), "--help")
    assert ("用法" in text) == (language == "zh_CN")
    assert "--device" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("compare", "a.jpg"), "required: B"),
        (("compare", "a.jpg", "b.jpg", "--strictness", "lax"), "--strictness"),
        (("compare", "a.jpg", "b.jpg", "c.jpg"), "unrecognized arguments: c.jpg"),
        (("compare", "a.jpg", "b.jpg", "--left-face", "x"), "--left-face"),
        (("evaluate", "p.csv", "--jobs", "0"), "--jobs"),
        (("match",), "match"),
        (("open", "1.jpg", "2.jpg", "3.jpg"), "at most two photos"),
    ],
)
def test_wrong_arguments_get_one_sentence(capsys: Capture, arguments: tuple[str, ...], words: str) -> None:
    assert words in refused(capsys, *arguments)


def test_a_reader_that_goes_away_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "siamgui", "doctor", "--json"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert done.stderr == b""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a named pipe to hold the command at a known point")
def test_ctrl_c_ends_quietly(tmp_path: Path) -> None:
    waiting = tmp_path / "pairs.csv"
    os.mkfifo(waiting)
    command = [sys.executable, "-m", "siamgui", "evaluate", str(waiting)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    with waiting.open("w"):  # returns once the command has begun to read
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (130, "", "Stopped.\n")
