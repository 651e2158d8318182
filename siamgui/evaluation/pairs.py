"""Pairs of photographs: a CSV file that lists them, with or without labels, or a folder with one folder per person."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from siamgui.core.errors import SiamguiError
from siamgui.core.folders import people_in
from siamgui.core.i18n import mark
from siamgui.evaluation.csv_table import table_lines

COLUMNS = ("left", "right", "same")
SIDES = COLUMNS[:2]
_LABELS = {"1": True, "same": True, "0": False, "different": False}


class ColumnsMissing(SiamguiError):
    """values: name, columns"""

    text = mark(
        "The first line of “{name}” lacks the column {columns}. It must name the columns left, right and same, "
        "and may name fold."
    )


class SidesMissing(SiamguiError):
    """values: name"""

    text = mark(
        "“{name}” must list two photos in each line. Its first line may name the columns: left, right, and if need be "
        "left_face, right_face and same."
    )


class RowIncomplete(SiamguiError):
    """values: name, line"""

    text = mark("Line {line} of “{name}” is incomplete: it needs two photos and a label.")


class LabelUnknown(SiamguiError):
    """values: name, line, label"""

    text = mark("Line {line} of “{name}” has the label “{label}”. Use 1 or same, 0 or different.")


class SideMissing(SiamguiError):
    """values: name, line"""

    text = mark("Line {line} of “{name}” is incomplete: it needs two photos.")


class FaceNumberWrong(SiamguiError):
    """values: name, line, number"""

    text = mark("Line {line} of “{name}” has the face number “{number}”. Faces are numbered from 1.")


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
class Row:
    """One line of a list whose pairs are to be compared.

    line: its number. left, right, same: the cells as they are written. left_photo, right_photo: where these files are,
    or would be. left_face, right_face: the number of the face, from 1; None for the most prominent one. problem: why it
    is no pair; "" where it is one.
    """

    line: int
    left: str
    right: str
    same: str
    left_photo: Path
    right_photo: Path
    left_face: int | None = None
    right_face: int | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """Photographs below the folder base with the person each shows. person: for each photo, the index into names.

    skipped: hidden and system files and folders that were passed over.
    """

    name: str
    base: Path
    names: tuple[str, ...]
    photos: tuple[Path, ...]
    person: tuple[int, ...]
    skipped: int = 0


def read_pairs(path: Path, images: Path | None = None, *, both_kinds: bool = True) -> PairList:
    """The pairs of a CSV file with the columns left, right, same and optionally fold, in any order.

    images: the folder that relative paths start from; None for the folder of the CSV file.
    both_kinds: whether pairs of one kind only are refused.
    Raises the errors of this module, each with the line where it applies, and those of table_lines().
    """
    base = images or path.parent
    find = _Finder(base)
    pairs: list[Pair] = []
    lines: dict[Path, int] = {}
    for line, row in _rows(path):
        left, right, label = (row[column] for column in COLUMNS)
        if not (left and right and label):
            raise RowIncomplete(name=path.name, line=line)
        if label.lower() not in _LABELS:
            raise LabelUnknown(name=path.name, line=line, label=label)
        pair = Pair(row.get("fold", ""), find(left), find(right), _LABELS[label.lower()])
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


def read_rows(path: Path, images: Path | None = None) -> tuple[Row, ...]:
    """Every line of a list of pairs, with or without labels, whether its photographs exist or not.

    The columns are left, right and if need be left_face, right_face and same, in any order; without a first line that
    names them, left and right come first. images: as in read_pairs(). Raises SidesMissing, NoPairs and what
    table_lines() raises.
    """
    find = _Finder(images or path.parent)
    rows = []
    for line, cells in _rows(path, SIDES):
        left, right = (cells[side] for side in SIDES)
        problem = "" if left and right else str(SideMissing(name=path.name, line=line))
        faces: list[int | None] = []
        for side in SIDES:
            number = cells.get(f"{side}_face", "")
            wrong = bool(number) and (
                not number.isascii() or not number.isdigit() or not 0 < int(number[:7]) < 1_000_000
            )
            if wrong and not problem:
                problem = str(FaceNumberWrong(name=path.name, line=line, number=number))
            faces.append(int(number) if number and not wrong else None)
        rows.append(Row(line, left, right, cells.get("same", ""), find(left), find(right), faces[0], faces[1], problem))
    if not rows:
        raise NoPairs(name=path.name)
    return tuple(rows)


class _Finder:
    """Files by the cells of a list, whose relative paths start from base."""

    def __init__(self, base: Path) -> None:
        self._base = base
        self._composed: dict[Path, dict[str, str]] = {}

    def __call__(self, cell: str) -> Path:
        """Where the file is, or would be.

        A path with back-slashes, written on Windows, is understood elsewhere too; and so is one whose accents are
        written in another way than in the file's name (NFC, NFD), as it is when a list travels between systems.
        """
        path = self._base / cell
        if os.path.exists(path):
            return path
        if os.sep == "/" and "\\" in cell:
            path = self._base / cell.replace("\\", "/")
        return path if os.path.exists(path) else self._otherwise_spelt(path)

    def _otherwise_spelt(self, path: Path) -> Path:
        """path with every part spelt as the disk spells it."""
        found = Path(path.anchor)
        for part in path.relative_to(path.anchor).parts:
            exact = found / part
            if part.isascii() or os.path.exists(exact):
                found = exact
            else:
                found /= self._names(found).get(unicodedata.normalize("NFC", part), part)
        return found

    def _names(self, folder: Path) -> dict[str, str]:
        """The names in a folder, by how they read composed (NFC)."""
        if folder not in self._composed:
            try:
                names = sorted(os.listdir(folder))
            except (OSError, ValueError):
                names = []
            self._composed[folder] = {unicodedata.normalize("NFC", name): name for name in names}
        return self._composed[folder]


def _rows(path: Path, needed: tuple[str, ...] = COLUMNS) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number, cells by lower-case column name) of each row that is not blank.

    needed: the columns that there must be, COLUMNS or SIDES; with these, the first line may be a pair already.
    """
    header: list[str] = []
    for line, cells in table_lines(path):
        if not header:
            header = [cell.lower() for cell in cells]
            absent = [column for column in needed if column not in header]
            if not absent:
                continue
            if needed == COLUMNS:
                raise ColumnsMissing(name=path.name, columns=", ".join(absent))
            if len(absent) < len(needed) or not all(header[:2]) or len(header) < len(needed):
                raise SidesMissing(name=path.name)
            header = list(COLUMNS)  # a pair already
        yield line, dict(zip(header, [*cells, *[""] * len(header)], strict=False))
    if not header:
        raise NoPairs(name=path.name)


def read_people(folder: Path) -> People:
    """The photographs below folder; each of its sub-folders holds those of one person.

    Raises TooFewPeople and FolderUnreadable.
    """
    found = people_in(folder)
    photos = tuple(photo for _, own in found.people for photo in own)
    person = tuple(index for index, (_, own) in enumerate(found.people) for _ in own)
    names = tuple(name for name, _ in found.people)
    if len(names) < 2 or len(photos) == len(names):
        raise TooFewPeople(name=folder.resolve().name)
    return People(folder.resolve().name, folder, names, photos, person, found.skipped)
