"""What a file or its name holds must not steer a terminal, or turn the direction of writing."""

from __future__ import annotations


def shows(letter: str) -> bool:
    """Whether it is seen, or joins others: no control, and none that turns the direction of writing."""
    return letter.isprintable() or letter in "\u200c\u200d"


def one_line(text: str) -> str:
    """text with a replacement character for every letter that does not show."""
    return "".join(letter if shows(letter) else "\ufffd" for letter in text)
