"""What a file or its name holds does not steer the terminal or the window."""

from __future__ import annotations

import pytest

from siamgui.core.errors import NoFaceFound
from siamgui.core.shown_text import columns, one_line, shortened


@pytest.mark.parametrize("letter", ["\x1b", "\n", "\r", "\x00", "\x07", "\x9b", "\u202e", "\u2066", "\u2028", "\ufeff"])
def test_what_does_not_show_is_replaced(letter: str) -> None:
    assert one_line(f"a{letter}b") == "a\ufffdb"
    assert "“a\ufffd.jpg”" in str(NoFaceFound(name=f"a{letter}.jpg"))


@pytest.mark.parametrize("text", ["Zoë", "Zoe\u0308", "照片 1.jpg", "می‌خواهم", "👩‍🚀", "a b"])
def test_what_shows_stays(text: str) -> None:
    assert one_line(text) == text


@pytest.mark.parametrize(("text", "wide"), [("same", 4), ("同一人", 6), ("FMR 同", 6)])
def test_chinese_takes_two_columns(text: str, wide: int) -> None:
    assert columns(text) == wide


def test_a_name_in_few_columns() -> None:
    assert shortened("abc.jpg", 7) == "abc.jpg"
    assert shortened("abcdefghij.jpg", 9) == "abcd….jpg"
    assert columns(shortened("照片" * 40, 20)) <= 20
    assert shortened("照片", 1) == "…"
