"""What an import brought, and the values that flow through one fine-tune: each step makes the next one.

labels -> PairSet -> Split -> (child process) trained encoder -> Judgement -> model version
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siamgui.core.types import Pixels

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Part(enum.IntEnum):
    """What a pair or a face is for. LEFT_OUT: pairs between people of two parts."""

    LEFT_OUT = -1
    TRAIN = 0
    VALIDATION = 1
    JUDGE = 2


@dataclass(frozen=True, slots=True, eq=False)
class PairSet:
    """A frozen snapshot of n faces and m labelled pairs of them.

    crops: (n, 112, 112, 3) uint8 RGB, aligned. names: n names of the photographs, without folders.
    good: (n,) whether quality found nothing to complain of. person: (n,) who each face shows, as far as is known:
        the connected components of the "same" pairs, or the folders the photographs came from.
    left, right: (m,) indices of faces, left != right. same: (m,) what the user said.
    people_known: whether two faces with different person numbers certainly show different people.
    """

    crops: Pixels
    names: tuple[str, ...]
    good: Bools
    person: Ints
    left: Ints
    right: Ints
    same: Bools
    people_known: bool

    @property
    def genuine(self) -> int:
        return int(self.same.sum())

    @property
    def impostor(self) -> int:
        return len(self.same) - self.genuine

    @property
    def people(self) -> int:
        return len(np.unique(self.person))


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """No person is in two parts. pair: (m,) and face: (n,) int64 values of Part."""

    pair: Ints
    face: Ints

    def pairs_of(self, part: Part) -> Ints:
        """Indices of the pairs of a part."""
        return np.flatnonzero(self.pair == part)

    def faces_of(self, part: Part) -> Ints:
        return np.flatnonzero(self.face == part)


@dataclass(frozen=True, slots=True)
class Importing:
    """An import under way. name: of the list or folder, "" for loose photographs. seconds: left; None while unknown."""

    name: str
    done: int = 0
    total: int = 0
    seconds: float | None = None
    stopping: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import brought.

    photos, pairs: that are new. copies: files with the very bytes of a photograph that is already there.
    disputed: pairs that say the opposite of what stood, which was left. alike: pairs of one and the same photo.
    unread: photographs that could not be used. skipped: hidden and system files and folders.
    """

    name: str
    photos: int
    pairs: int
    copies: int
    disputed: int
    alike: int
    unread: int
    skipped: int
    stopped: bool
