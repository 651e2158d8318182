"""Names of files as they are shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from siamgui.core.file_names import photo_name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a/b c.jpg", "b c.jpg"),
        ("a/照片　二.jpg", "照片　二.jpg"),
        ("a/x\x1b[31m\n\udcff\u202egpj.exe", "x�[31m���gpj.exe"),
        ("/", str(Path("/"))),
        (".", "."),
    ],
)
def test_names_are_safe_to_print(path: str, name: str) -> None:
    assert photo_name(Path(path)) == name
    assert name.encode()
