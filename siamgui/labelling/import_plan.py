"""What to import: a list of pairs, a folder per person, or loose photographs -> an ImportPlan. For worker threads."""

from __future__ import annotations

import enum
import json
import operator
import os
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from random import Random
from typing import TypeVar

from siamgui.core.errors import SiamguiError
from siamgui.core.folders import PeopleFolders, people_in, photos_in
from siamgui.core.formats import is_photo
from siamgui.core.i18n import mark
from siamgui.core.types import Label
from siamgui.evaluation.pairs import read_pairs

Person = TypeVar("Person", bound=Hashable)

MOST_OF_A_KIND = 3000
"""Pairs of each kind that folders of people are turned into."""


class NoPhotos(SiamguiError):
    """values: name"""

    text = mark("There are no photos in “{name}”. Choose a folder with pictures in it.")


class NothingToImport(SiamguiError):
    text = mark("There are no photos in that. Use a CSV list of pairs, a folder, or photo files.")


class TooFewFolders(SiamguiError):
    """values: name"""

    text = mark(
        "“{name}” must hold one folder per person, at least two with photos. Import it as unsorted photos instead."
    )


class ImportKind(enum.StrEnum):
    """What the user said it is. ANY: whatever it looks like, for what was dropped."""

    CSV = "csv"
    PEOPLE = "people"
    LOOSE = "loose"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """name: of the list or folder, "" for several files. photos: to read; persons: whom each shows, where known.

    pairs: (left, right, label), indices into photos. source: as it is kept with the labels.
    skipped: hidden and system files and folders that were passed over.
    """

    name: str
    photos: tuple[Path, ...]
    persons: tuple[str | None, ...]
    pairs: tuple[tuple[int, int, Label], ...]
    source: str
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What the user asked to import, in a form that outlives the window."""

    paths: tuple[Path, ...]
    kind: ImportKind

    @property
    def name(self) -> str:
        return self.paths[0].name if len(self.paths) == 1 else ""

    def to_json(self) -> str:
        return json.dumps({"paths": [str(path) for path in self.paths], "kind": self.kind.value})

    @classmethod
    def from_json(cls, text: object) -> ImportRequest | None:
        """None for anything that is no request."""
        try:
            raw = json.loads(text) if isinstance(text, str) else {}
            return cls(tuple(Path(path) for path in raw["paths"]), ImportKind(raw["kind"]))
        except (ValueError, KeyError, TypeError):
            return None


def make_plan(request: ImportRequest, images: Path | None = None) -> ImportPlan:
    """Look at what is there, decode nothing. images: where the relative paths of a list start, None for beside it.

    Raises the errors of this module, of siamgui.core.folders and of siamgui.evaluation.pairs.
    """
    paths = request.paths
    folders = [path for path in paths if os.path.isdir(path)]
    if request.kind is ImportKind.CSV or (request.kind is ImportKind.ANY and len(paths) == 1 and _is_list(paths[0])):
        return _from_list(paths[0], images)
    if len(folders) == len(paths) == 1 and request.kind is not ImportKind.LOOSE:
        found = people_in(folders[0])
        if request.kind is ImportKind.PEOPLE or (len(found.people) > 1 and not found.loose):
            return _from_people(folders[0].name, found)
    if len(folders) == len(paths) > 1 and request.kind is ImportKind.ANY:
        return _from_people("", people_in(*folders))
    return _from_loose(request.name, paths)


def _from_list(path: Path, images: Path | None) -> ImportPlan:
    # Pairs of one kind may well add to those of the other kind that are here.
    pairs = read_pairs(path, images, both_kinds=False)
    at = {photo: index for index, photo in enumerate(pairs.photos)}
    said = tuple((at[p.left], at[p.right], Label.SAME if p.same else Label.DIFFERENT) for p in pairs.pairs)
    return ImportPlan(path.name, pairs.photos, (None,) * len(pairs.photos), said, "csv")


def _from_people(name: str, found: PeopleFolders) -> ImportPlan:
    if len(found.people) < 2:
        raise TooFewFolders(name=name)
    photos = tuple(photo for _, own in found.people for photo in own)
    persons = tuple(person for person, own in found.people for _ in own)
    return ImportPlan(name, photos, persons, tuple(people_pairs(persons)), "folder", found.skipped)


def _from_loose(name: str, paths: Sequence[Path]) -> ImportPlan:
    found = photos_in([path for path in paths if is_photo(path) or os.path.isdir(path)])
    if not found.photos:
        raise NoPhotos(name=name) if name else NothingToImport
    return ImportPlan(name, found.photos, (None,) * len(found.photos), (), "", found.skipped)


def people_pairs(
    persons: Sequence[Person], most: int = MOST_OF_A_KIND, apart: Callable[[Person, Person], bool] = operator.ne
) -> list[tuple[int, int, Label]]:
    """Pairs of photographs whose people are known: of every person as many, and as many of different people.

    Always the same ones for the same folders. most: pairs of each kind. apart: whether two of them are two people.
    """
    random = Random(0)
    of: dict[Person, list[int]] = {}
    for index, person in enumerate(persons):
        of.setdefault(person, []).append(index)
    own = [_own_pairs(photos, most, random) for photos in of.values() if len(photos) > 1]
    rounds = (pairs[n] for n in range(max(map(len, own), default=0)) for pairs in own if n < len(pairs))
    same = [pair for pair, _ in zip(rounds, range(most), strict=False)]
    different: dict[tuple[int, int], None] = {}
    people = list(of)
    for _ in range(20 * len(same) if len(people) > 1 else 0):
        one, other = random.sample(people, 2)  # not of photographs: somebody may have nearly all of them
        if apart(one, other) and len(different) < len(same):
            left, right = sorted((random.choice(of[one]), random.choice(of[other])))
            different[left, right] = None
    return [(*pair, Label.SAME) for pair in same] + [(*pair, Label.DIFFERENT) for pair in different]


def _own_pairs(photos: Sequence[int], most: int, random: Random) -> list[tuple[int, int]]:
    """Of one person, at least as many as can be wanted; of thousands of photographs not all."""
    if len(photos) ** 2 > 20 * most:
        drawn = (random.sample(photos, 2) for _ in range(4 * most))
        return list(dict.fromkeys((min(pair), max(pair)) for pair in drawn))
    pairs = list(combinations(photos, 2))
    random.shuffle(pairs)
    return pairs


def _is_list(path: Path) -> bool:
    return path.suffix.lower() in (".csv", ".tsv", ".txt")
