"""The values that flow while a folder is read, and when a face is looked for in what was read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from siamgui.core.types import FaceReading, Outcome, Strictness
from siamgui.storage.collection_values import Collection, PlacedFace


@dataclass(frozen=True, slots=True)
class FilmState:
    """How far the reading of a film is. at, seconds: of the film; seconds: all of it, None where it does not say."""

    name: str
    at: float
    seconds: float | None

    @property
    def share(self) -> float:
        return min(self.at / self.seconds, 1.0) if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class ReadingState:
    """How far the reading of a folder is. done, total: files that are new or have changed. faces: found in them so far.

    left: seconds, a guess; None before anything can be said. problems: files that cannot be read. film: that is being
    read now.
    """

    collection: Collection
    done: int
    total: int
    faces: int
    problems: int
    left: float | None
    film: FilmState | None = None

    @property
    def share(self) -> float:
        """Of all files, the one that is being read included."""
        return (self.done + (self.film.share if self.film else 0.0)) / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class ReadingDone:
    """What one reading of a folder did. collection: as it is now. read: files that were read. unchanged: that had been.

    gone: files that were forgotten, being there no more. away: others that are not there and were not forgotten: the
    disk that they are on is not connected, or so it looks, as when there are no files at all. skipped: hidden or of a
    system. problems: place and sentence of each file that cannot be read.
    """

    collection: Collection
    read: int
    unchanged: int
    gone: int
    away: int
    skipped: int
    seconds: float
    problems: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """Whose likenesses are looked for. readings: of one photograph, or of several of one person, all of one encoder.

    sha256: of the photograph, "" where it is none; what is found in it is no likeness. hash: of it, None if unknown.
    known: its quality is known. name: for words.
    """

    readings: tuple[FaceReading, ...]
    name: str
    sha256: str = ""
    hash: int | None = None
    known: bool = True

    @property
    def encoder(self) -> str:
        return self.readings[0].embedding.encoder


@dataclass(frozen=True, slots=True, eq=False)
class Find:
    """A question. collections: ids, none for all. strictness: how rarely a stranger may be called the same, among all.

    first, most: which of the likenesses, nearest first; a page asks for the next ones as it is scrolled.
    """

    probe: Probe
    strictness: Strictness = Strictness.BALANCED
    collections: tuple[int, ...] = ()
    first: int = 0
    most: int = 24


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """One face that was found. distance: to the probe, the root mean square where that has several photographs.

    adjusted: the distance of clear photographs that are as rare; the order of likenesses. fmr, fmr_is_bound: of the
    pair. expected: strangers among the faces searched that come this near, by that rate; with fmr_is_bound at most.
    pair: what the two support alone. outcome: what they support as one of so many: SAME only where the strictness holds
    for all of them together. forced: whether quality forbade what the distance would have said. copy: it is the same
    photograph as the probe's, and no evidence. copies: other files with the same photograph, of which this is one.
    """

    face: PlacedFace
    distance: float
    adjusted: float
    fmr: float
    fmr_is_bound: bool
    expected: float
    pair: Outcome
    outcome: Outcome
    forced: bool
    copy: bool
    copies: tuple[Path, ...]

    @property
    def path(self) -> Path:
        return self.face.files[0]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The answer. likenesses: those asked for, by rising adjusted distance; copies of one photograph come once.

    faces: how many were searched, which is N of all claims. more: whether there are further ones. unread: files that
    this encoder has not seen yet. whole: whether none can be missing among those that were asked for.
    """

    probe: Probe
    likenesses: tuple[Likeness, ...]
    faces: int
    more: bool
    unread: int
    strictness: Strictness
    whole: bool
