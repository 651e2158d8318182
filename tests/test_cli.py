"""The command line: help, wrong arguments, and how it ends."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from siamgui import __version__, cli
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
        (("evaluate", "a.csv", "b.csv"), "unrecognized arguments: b.csv"),
        (("compare", "a.jpg", "b.jpg", "c.jpg", "--face", "2"), "--face"),
        (("compare", "a.jpg", "b.jpg", "--left-face", "x"), "--left-face"),
        (("evaluate", "p.csv", "--jobs", "0"), "--jobs"),
        (("match",), "match"),
    ],
)
def test_wrong_arguments_get_one_sentence(capsys: Capture, arguments: tuple[str, ...], words: str) -> None:
    assert words in refused(capsys, *arguments)


def test_a_command_alone_takes_what_it_takes_among_all() -> None:
    """Only its own module is asked then, in every comparison and whenever the window opens."""
    whole = said_by(cli._parser())
    named = {name: cli._only([name, "a.jpg"]) for name in whole}
    assert {name for name, only in named.items() if only is None} == {"desktop"}
    for name in named.keys() - {"desktop"}:
        assert said_by(cli._parser(name)) == {name: whole[name]}
    assert (cli._only([]), cli._only(["--language", "en"]), cli._only(["match"])) == ("open", None, None)


def said_by(parser: argparse.ArgumentParser) -> dict[str, str]:
    (commands,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    return {name: command.format_help() for name, command in commands.choices.items()}


def test_a_reader_that_goes_away_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "siamgui", "doctor", "--json"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert done.stderr == b""


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal to see that the command is at work")
def test_ctrl_c_ends_quietly(tmp_path: Path, samples: Path) -> None:
    for person, photo in (("Barack", "obama1.jpg"), ("Joe", "biden.jpg")):
        folder = tmp_path / "people" / person
        folder.mkdir(parents=True)
        for number in range(200):
            (folder / f"{number}.jpg").symlink_to(samples / photo)
    terminal, its_end = os.openpty()
    command = [sys.executable, "-m", "siamgui", "evaluate", str(tmp_path / "people")]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=its_end, text=True, cwd=tmp_path)
    os.close(its_end)
    with os.fdopen(terminal, "rb", buffering=0) as said:
        said.read(1)  # the line of progress: it has begun to read
        running.send_signal(signal.SIGINT)
        out, _ = running.communicate(timeout=60)
        assert (running.returncode, out) == (130, "")
        assert said.read(1000).decode().splitlines()[-1].endswith("Stopped.")
