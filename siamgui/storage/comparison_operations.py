"""What can be asked of the comparisons that were written down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from siamgui.core.errors import UnreadableImage
from siamgui.core.pictures import picture_of
from siamgui.core.types import PhotoReading
from siamgui.report.record import Record
from siamgui.storage.comparison_log import KeptPicture, WrittenDown
from siamgui.storage.store import Data, Operation, Topic, Topics


@dataclass(frozen=True, slots=True, eq=False)
class KeepComparison(Operation[WrittenDown]):
    """Write one down. sides: what was compared, left and right, whose pictures are kept too; None for figures alone."""

    record: Record
    paths: tuple[Path | None, Path | None]
    sides: tuple[PhotoReading, PhotoReading] | None = None
    changes: ClassVar[Topics] = frozenset({Topic.COMPARISONS})

    def run(self, data: Data) -> WrittenDown:
        pictures = [
            KeptPicture(side.reading.crop, picture_of(side.photo.pixels, side.reading.face))
            for side in self.sides or ()
        ]
        return data.comparisons.add(self.record, self.paths, pictures)


@dataclass(frozen=True, slots=True)
class KeepJudgedAgain(Operation[WrittenDown | None]):
    """Write down what another model says of one that stands there, beside it; tags and pictures go along.

    None where it is there no more: what was forgotten does not come back.
    """

    of: int
    record: Record
    changes: ClassVar[Topics] = frozenset({Topic.COMPARISONS})

    def run(self, data: Data) -> WrittenDown | None:
        before = data.comparisons.find(self.of)
        if before is None:
            return None
        added = data.comparisons.add(self.record, before.paths, data.comparisons.pictures(self.of), anew=True)
        if added.record is not self.record:  # it said so before, and has words of its own
            return added
        data.comparisons.say(added.id, before.tags, added.note)
        return replace(added, tags=before.tags)


@dataclass(frozen=True, slots=True)
class Comparisons:
    """entries: newest first, some of total."""

    entries: tuple[WrittenDown, ...]
    total: int
    keep_days: int | None


@dataclass(frozen=True, slots=True)
class ReadComparisons(Operation[Comparisons]):
    """most: at most so many; None for all."""

    most: int | None = None

    def run(self, data: Data) -> Comparisons:
        entries = data.comparisons.entries(self.most)
        return Comparisons(entries, data.comparisons.count(), data.log.keep_days)


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """One comparison as it stood. pictures: of both sides, empty where none are kept.

    places: by side, where the photograph may lie: where it lay, and where its content was seen in a folder.
    """

    entry: WrittenDown
    pictures: tuple[KeptPicture, ...]
    places: tuple[tuple[Path, ...], tuple[Path, ...]]


@dataclass(frozen=True, slots=True)
class OpenComparison(Operation[Opened | None]):
    """None where there is no such comparison, or none any more."""

    number: int

    def run(self, data: Data) -> Opened | None:
        entry = data.comparisons.find(self.number)
        if entry is None:
            return None
        digests = (entry.record.left.sha256, entry.record.right.sha256)
        left, right = (
            tuple(dict.fromkeys([*([] if path is None else [path]), *data.collections.places_of(digest)]))
            for path, digest in zip(entry.paths, digests, strict=True)
        )
        return Opened(entry, data.comparisons.pictures(self.number), (left, right))


@dataclass(frozen=True, slots=True)
class SayOfComparison(Operation[None]):
    """What the user says of it."""

    number: int
    tags: str
    note: str
    changes: ClassVar[Topics] = frozenset({Topic.COMPARISONS})

    def run(self, data: Data) -> None:
        data.comparisons.say(self.number, self.tags, self.note)


@dataclass(frozen=True, slots=True)
class RemoveComparisons(Operation[int]):
    """For good -> how many there were."""

    numbers: tuple[int, ...]
    changes: ClassVar[Topics] = frozenset({Topic.COMPARISONS})

    def run(self, data: Data) -> int:
        return data.comparisons.remove(self.numbers)


@dataclass(frozen=True, slots=True)
class ClearComparisons(Operation[int]):
    """Forget all -> how many there were."""

    changes: ClassVar[Topics] = frozenset({Topic.COMPARISONS})

    def run(self, data: Data) -> int:
        return data.comparisons.clear()


@dataclass(frozen=True, slots=True)
class ExportComparisons(Operation[int]):
    """Write all to a CSV or JSON file, whole or not at all -> how many. Raises LogUnwritable."""

    path: Path

    def run(self, data: Data) -> int:
        return data.comparisons.export(self.path)


def found_again(places: Iterable[Path], sha256: str) -> Path | None:
    """The first of the places where a file with this content lies; None where there is none. Reads files."""
    from siamgui.core.imaging import picture_bytes

    for place in places:
        try:
            if hashlib.sha256(picture_bytes(place)).hexdigest() == sha256:
                return place
        except UnreadableImage:
            continue
    return None
