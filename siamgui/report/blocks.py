"""What a report is put together from, before it is HTML or a printed page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from siamgui.core.types import Outcome


@dataclass(frozen=True, slots=True)
class Title:
    """text: what the report is. under: when, about what, by whom."""

    text: str
    under: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph."""

    text: str
    role: Literal["", "muted", "strong", "code"] = ""


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict, set apart from all else. strength: of the support, "" where none is said."""

    outcome: Outcome
    headline: str
    strength: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Names and values, or a table: head names its columns. small: in small letters, for what nobody reads aloud."""

    rows: tuple[tuple[str, ...], ...]
    head: tuple[str, ...] = ()
    small: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """data: JPEG or PNG. across: millimetres that its place is wide; down: that it is high at most."""

    data: bytes
    caption: str
    across: int
    down: int


@dataclass(frozen=True, slots=True)
class Pictures:
    """Side by side."""

    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """The axis of distances: where the verdict stands between its limits. end: of the axis. words: of its three zones.

    spread: the least and the largest distance under small changes; None where none were tried.
    """

    distance: float
    same_below: float
    different_above: float
    end: float
    outcome: Outcome
    words: tuple[str, str, str]
    spread: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class SignHere:
    """Lines to be filled in by hand."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NewPage:
    pass


Block = Title | Heading | Text | Points | Answer | Rows | Pictures | Scale | SignHere | NewPage
Document = tuple[Block, ...]
