"""A person at the command line: main() in this process, and once in a while a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from siamgui.cli import main

Capture = pytest.CaptureFixture[str]


def ok(capsys: Capture, *arguments: object) -> str:
    """Standard output of a command that must succeed without a word on standard error."""
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    return out


def refused(capsys: Capture, *arguments: object) -> str:
    """The one sentence of a command that must refuse its input."""
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


def compare_json(capsys: Capture, *arguments: object) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(ok(capsys, "compare", *arguments, "--json", "--device", "cpu"))
    return answer


def process(*arguments: object, code: str = "", **options: Any) -> subprocess.CompletedProcess[str]:
    start = ["-c", code] if code else ["-m", "siamgui"]
    command = [sys.executable, *start, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, **options)


def no_face(path: Path) -> None:
    """A photograph without anybody."""
    Image.new("RGB", (400, 300), (90, 120, 160)).save(path, format="JPEG")
