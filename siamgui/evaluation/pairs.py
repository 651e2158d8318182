"""Labelled pairs of photographs: a CSV file that lists them, or a folder with one folder per person."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from siamgui.core.errors import SiamguiError
from siamgui.core.formats import is_photo
from siamgui.core.i18n import mark

COLUMNS = ("left", "right", "same")
_LABELS = {"1": True, "same": True, "0": False, "different": False}


class PairsUnreadable(SiamguiError):
    """values: name"""

    text = mark("“{name}” cannot be read as a table of pairs. Save it as CSV text in UTF-8.")


class PairsMissing(SiamguiError):
    """values: name"""

    text = mark("There is no file “{name}”.")


class ColumnsMissing(SiamguiError):
    """values: name, columns"""

    text = mark(
        "The first line of “{name}” lacks the column {columns}. It must name the columns left, right and same, "
        "and may name fold."
    )


class RowIncomplete(SiamguiError):
    """values: name, line"""

    text = mark("Line {line} of “{name}” is incomplete: it needs two photos and a label.")


class LabelUnknown(SiamguiError):
    """values: name, line, label"""

    text = mark("Line {line} of “{name}” has the label “{label}”. Use 1 or same, 0 or different.")


class PairOfOne(SiamguiError):
    """values: name, line"""

    text = mark("Line {line} of “{name}” pairs a photo with itself.")


class PhotosMissing(SiamguiError):
    """values: name, line, photo, count"""

    text = mark(
        "“{name}” lists photos that do not exist ({count}); the first is “{photo}” on line {line}. "
        "Paths are relative to the CSV file, or to the folder given with --images."
    )


class NoPairs(SiamguiError):
    """values: name"""

    text = mark("“{name}” lists no pairs.")


class OneLabelOnly(SiamguiError):
    """values: name"""

    text = mark("“{name}” needs pairs of both kinds: of the same person and of different people.")


class TooLittleRead(SiamguiError):
    """values: name"""

    text = mark("Too few of the photos in “{name}” show a face to measure anything.")


class TooFewPeople(SiamguiError):
    """values: name"""

    text = mark("“{name}” must hold one folder per person: at least two, and one of them with two photos or more.")


@dataclass(frozen=True, slots=True)
class Pair:
    """One labelled pair. fold: "" where the list has no folds."""

    fold: str
    left: Path
    right: Path
    same: bool


@dataclass(frozen=True, slots=True)
class PairList:
    """name: of the CSV file. base: what relative paths start from.

    photos: every distinct photograph, in order of first appearance.
    """

    name: str
    base: Path
    pairs: tuple[Pair, ...]
    photos: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class People:
    """Photographs below the folder base with the person each shows. person: for each photo, the index into names."""

    name: str
    base: Path
    names: tuple[str, ...]
    photos: tuple[Path, ...]
    person: tuple[int, ...]


def read_pairs(path: Path, images: Path | None = None, *, both_kinds: bool = True) -> PairList:
    """The pairs of a CSV file with the columns left, right, same and optionally fold, in any order.

    images: the folder that relative paths start from; None for the folder of the CSV file.
    both_kinds: whether pairs of one kind only are refused.
    Raises the errors of this module, each with the line where it applies.
    """
    base = images or path.parent
    pairs: list[Pair] = []
    lines: dict[Path, int] = {}
    for line, row in _rows(path):
        left, right, label = (row[column] for column in COLUMNS)
        if not (left and right and label):
            raise RowIncomplete(name=path.name, line=line)
        if label.lower() not in _LABELS:
            raise LabelUnknown(name=path.name, line=line, label=label)
        pair = Pair(row.get("fold", ""), _photo(base, left), _photo(base, right), _LABELS[label.lower()])
        if os.path.normpath(pair.left) == os.path.normpath(pair.right):
            raise PairOfOne(name=path.name, line=line)
        lines.setdefault(pair.left, line)
        lines.setdefault(pair.right, line)
        pairs.append(pair)
    if not pairs:
        raise NoPairs(name=path.name)
    if both_kinds and len({pair.same for pair in pairs}) == 1:
        raise OneLabelOnly(name=path.name)
    missing = [
        photo for photo in lines if not os.path.exists(photo)
    ]  # Path.exists() raises for a name that is too long
    if missing:
        first = missing[0]
        raise PhotosMissing(name=path.name, line=lines[first], photo=first.name, count=len(missing))
    return PairList(path.name, base, tuple(pairs), tuple(lines))


def _photo(base: Path, cell: str) -> Path:
    """A relative or absolute path; one with back-slashes, written on Windows, is understood elsewhere too."""
    path = base / cell
    if os.sep == "/" and "\\" in cell and not os.path.exists(path):
        path = base / cell.replace("\\", "/")
    return path


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number, cells by lower-case column name) of each row that is not blank."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise PairsMissing(name=path.name) from None
    except (OSError, UnicodeDecodeError):
        raise PairsUnreadable(name=path.name) from None
    if not text.strip():
        raise NoPairs(name=path.name)
    lines = io.StringIO(text, newline="")
    first = lines.readline()
    lines.seek(0)
    # Spreadsheets write semicolons or tabs in some countries.
    reader = csv.reader(lines, delimiter=max(",;\t", key=first.count), strict=True)
    try:
        header = [cell.strip().lower() for cell in next(reader)]
        absent = [column for column in COLUMNS if column not in header]
        if absent:
            raise ColumnsMissing(name=path.name, columns=", ".join(absent))
        for cells in reader:
            if any(cell.strip() for cell in cells):
                padded = [cell.strip() for cell in cells] + [""] * len(header)
                yield reader.line_num, dict(zip(header, padded, strict=False))
    except csv.Error:
        raise PairsUnreadable(name=path.name) from None


def read_people(folder: Path) -> People:
    """The photographs below folder; each of its sub-folders holds those of one person. Raises TooFewPeople."""
    names: list[str] = []
    photos: list[Path] = []
    person: list[int] = []
    for sub in sorted(entry for entry in folder.iterdir() if entry.is_dir()):
        own = sorted(entry for entry in sub.rglob("*") if is_photo(entry))
        if own:
            person += [len(names)] * len(own)
            names.append(sub.name)
            photos += own
    if len(names) < 2 or len(photos) == len(names):
        raise TooFewPeople(name=folder.resolve().name)
    return People(folder.resolve().name, folder, tuple(names), tuple(photos), tuple(person))
