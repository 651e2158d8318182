"""What a file or its name holds must not steer a terminal, or turn the direction of writing."""

from __future__ import annotations

import unicodedata


def shows(letter: str) -> bool:
    """Whether it is seen, or joins others: no control, and none that turns the direction of writing."""
    return letter.isprintable() or letter in "\u200c\u200d"


def one_line(text: str) -> str:
    """text with a replacement character for every letter that does not show."""
    return "".join(letter if shows(letter) else "\ufffd" for letter in text)


def columns(text: str) -> int:
    """How many it takes on a terminal; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def shortened(text: str, most: int) -> str:
    """text in at most so many columns of a terminal, without its middle where there is no room. most: 1 or more."""
    if columns(text) <= most:
        return text
    for kept in range(min(len(text), most), 0, -1):
        short = f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}"
        if columns(short) <= most:
            return short
    return "…"
