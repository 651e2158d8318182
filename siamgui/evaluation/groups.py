"""Which group each photograph of an audit belongs to: from a table that somebody gives, and from the photographs."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark, tr, trn
from siamgui.core.shown_text import one_line, shortened
from siamgui.evaluation.csv_table import table_lines
from siamgui.evaluation.pairs import People
from siamgui.evaluation.reading import Readings

MOST_GROUPS = 30
MOST_COLUMNS = 50
_SINGLE_NUMBERS = 8
"""More different numbers than these are gathered into bands."""
_BANDS = 4
_LONGEST_NAME = 40
WHO = ("photo", "person")
CONDITION, QUALITY = "condition", "quality"
CLEAR, SPOILT, GOOD = "clear", "spoilt", "good"


class WhoMissing(SiamguiError):
    """values: name"""

    text = mark(
        "The first line of “{name}” must name the column person (the folder of a person) or photo (a file in it), "
        "and at least one column of groups, such as sex or age."
    )


class NobodyNamed(SiamguiError):
    """values: name, folder"""

    text = mark("“{name}” names nobody and no photo of the folder “{folder}”.")


class GroupsContradict(SiamguiError):
    """values: name, line, who"""

    text = mark("Line {line} of “{name}” says of “{who}” something else than a line before it.")


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """key: a column of a table, or CONDITION or QUALITY where measured. groups: their names, in the order to show them.

    of_photo: (n,) the group of each photograph; -1 where it is not known.
    """

    key: str
    groups: tuple[str, ...]
    of_photo: NDArray[np.int64]
    measured: bool = False


@dataclass(frozen=True, slots=True)
class GroupTable:
    """notes: what a person should know of the table, in sentences."""

    groupings: tuple[Grouping, ...]
    notes: tuple[str, ...]


def read_groups(path: Path, people: People) -> GroupTable:
    """A table with the column person (a folder's name) or photo (its path below the folder), and columns of groups.

    Raises WhoMissing, NobodyNamed, GroupsContradict and what table_lines() raises.
    """
    lines = table_lines(path)
    header = [cell.lower() for cell in next(lines, (0, []))[1]]
    who = next((column for column in WHO if column in header), None)
    columns = [(place, name) for place, name in enumerate(header) if name and name not in WHO][:MOST_COLUMNS]
    if who is None or not columns:
        raise WhoMissing(name=path.name)
    place_of_who, known = header.index(who), _known(people, who)
    said: dict[str, tuple[str, ...]] = {}
    strangers = 0
    for line, cells in lines:
        filled = [*cells, *[""] * len(header)]
        name = unicodedata.normalize("NFC", filled[place_of_who])
        found = name if name in known else name.replace("\\", "/")
        values = tuple(one_line(filled[place]) for place, _ in columns)
        if found not in known:
            strangers += 1
        elif said.setdefault(found, values) != values:
            raise GroupsContradict(name=path.name, line=line, who=name)
    if not said:
        raise NobodyNamed(name=path.name, folder=people.name)
    notes = (
        [
            trn(
                "{n} line of “{name}” names nobody here.",
                "{n} lines of “{name}” name nobody here.",
                strangers,
                name=path.name,
            )
        ]
        if strangers
        else []
    )
    groupings = []
    for index, (_, column) in enumerate(columns):
        value_of = {name: values[index] for name, values in said.items() if values[index]}
        named = _banded(value_of)
        groups = tuple(sorted(set(named.values()), key=_in_order))
        if len(groups) > MOST_GROUPS:
            notes.append(
                tr(
                    "The column “{column}” has {count} different values, more than {most}, and is left out.",
                    column=shortened(column, _LONGEST_NAME),
                    count=len(groups),
                    most=MOST_GROUPS,
                )
            )
        elif groups:
            of_photo = np.full(len(people.photos), -1)
            for name, group in named.items():
                of_photo[known[name]] = groups.index(group)
            groupings.append(Grouping(one_line(column), groups, of_photo))
    return GroupTable(tuple(groupings), tuple(notes))


def _known(people: People, who: str) -> dict[str, list[int]]:
    """The photographs of each person, or the one of each path, by how the table may name them."""
    if who == "photo":
        paths = [photo.relative_to(people.base).as_posix() for photo in people.photos]
        return {unicodedata.normalize("NFC", path): [place] for place, path in enumerate(paths)}
    found: dict[str, list[int]] = {name: [] for name in people.names}
    for place, person in enumerate(people.person):
        found[people.names[person]].append(place)
    return found


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _in_order(name: str) -> tuple[bool, float, str]:
    """Numbers, and bands that begin with one, by size; then words."""
    value = _number(name.split(" ", maxsplit=1)[0])
    return value is None, value or 0.0, name


def _banded(value_of: dict[str, str]) -> dict[str, str]:
    """The group of each; numbers of which there are many become four bands of about as many people."""
    numbers = {name: _number(value) for name, value in value_of.items()}
    sizes = [number for number in numbers.values() if number is not None]
    if len(sizes) < len(numbers) or len(set(sizes)) <= _SINGLE_NUMBERS:
        return {name: shortened(value, _LONGEST_NAME) for name, value in value_of.items()}
    edges = np.unique(np.quantile(sizes, np.arange(1, _BANDS) / _BANDS))
    band = {name: int(np.searchsorted(edges, number or 0.0, side="right")) for name, number in numbers.items()}
    ends: dict[int, list[float]] = {}
    for name, place in band.items():
        ends.setdefault(place, []).append(numbers[name] or 0.0)
    words = {place: f"{min(inside):g} – {max(inside):g}" for place, inside in ends.items()}
    return {name: words[place] for name, place in band.items()}


def measured_groups(readings: Readings) -> tuple[Grouping, ...]:
    """By how the faces were photographed, of a cohort of strangers, and by the most serious finding of quality."""
    found = []
    if readings.spoilt is not None:
        of_photo = np.full(len(readings.read), -1)
        of_photo[readings.read] = readings.spoilt
        found.append(Grouping(CONDITION, (CLEAR, SPOILT), of_photo, measured=True))
    if readings.issues:
        said = [GOOD if issue is None else issue.value for issue in readings.issues]
        groups = tuple(name for name in (GOOD, *_issues(said)) if name in said)
        of_photo = np.array([groups.index(name) for name in said])
        found.append(Grouping(QUALITY, groups, np.where(readings.read, of_photo, -1), measured=True))
    return tuple(found)


def _issues(said: Sequence[str]) -> Iterable[str]:
    """The commonest first."""
    return sorted(set(said) - {GOOD}, key=lambda name: (-said.count(name), name))
