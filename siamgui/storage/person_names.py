"""What a person may be called, which names are one and the same, and what else is kept of somebody in words."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from siamgui.storage.people_errors import NameEmpty, NameTooLong, NameUnprintable, NoteTooLong, RetentionOver

NAME_LIMIT = 100
NOTE_LIMIT = 2000

# Control characters, halves of characters, line and paragraph separators. Joiners stay: emoji are made with them.
_REFUSED = {"Cc", "Cs", "Zl", "Zp"}
# They turn the direction of what follows, so that a name could be shown as another.
_TURNING = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = {"Cf", "Mn", "Zs"}


def clean_name(name: str) -> str:
    """The name, trimmed and composed (NFC). Raises NameEmpty, NameTooLong, NameUnprintable."""
    name = unicodedata.normalize("NFC", name.strip())
    if any(unicodedata.category(character) in _REFUSED or character in _TURNING for character in name):
        raise NameUnprintable
    if all(unicodedata.category(character) in _INVISIBLE for character in name):
        raise NameEmpty
    if len(name) > NAME_LIMIT:
        raise NameTooLong(limit=NAME_LIMIT)
    return name


def name_key(name: str) -> str:
    """Equal for names that a reader would take for one: upper and lower case, wide and narrow, composed or not."""
    # By way of capitals: folding alone keeps some letters apart that share one, as i with and without its dot.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name.strip()).upper().casefold()).strip()
    return folded.encode("utf-8", "replace").decode()  # halves of characters are in no name, but may be asked for


def names_somebody(text: str, name: str) -> bool:
    """Whether a file or folder is called after somebody: "Ann_Lee_0001.jpg" and "with ann lee" after "Ann Lee".

    name: of one word or more; within a longer word it counts only in scripts that write no spaces.
    """
    words, wanted = (re.sub(r"[\W\d_]+", " ", name_key(one)).strip() for one in (text, name))
    if not wanted:
        return name_key(name) in name_key(text)
    spaced = any(character.isascii() or character.upper() != character.lower() for character in wanted)
    return f" {wanted} " in f" {words} " if spaced else wanted in words


def clean_note(note: str) -> str:
    """The note, trimmed; it may have several lines. Raises NoteTooLong."""
    note = note.strip().encode("utf-8", "replace").decode()
    if len(note) > NOTE_LIMIT:
        raise NoteTooLong(limit=NOTE_LIMIT)
    return note


def to_come(day: date | None) -> str | None:
    """The last day on which somebody is kept, as it is written down. Raises RetentionOver for one that has passed."""
    if day is not None and day < date.today():
        raise RetentionOver(date=day.isoformat())
    return day.isoformat() if day else None
