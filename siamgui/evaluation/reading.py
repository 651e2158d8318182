"""Reads every photograph once, in order: several threads decode and read, each a photograph of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.cohort import ODD_FROM, Conditions, joined
from siamgui.core.energy import L2, Energy
from siamgui.core.errors import SiamguiError
from siamgui.core.imaging import load_photo
from siamgui.core.parts import all_say
from siamgui.core.types import Photo, PhotoReading, QualityIssue
from siamgui.evaluation.metrics import PairsRead, nothing_heard
from siamgui.evaluation.pair_limits import PairLimits

_AT_ONCE = 4096
"""Pairs whose embeddings are compared at once: those of 100,000 would take half a gigabyte, and twice the time."""

Progress = Callable[[int, int], None]
Indices = NDArray[np.integer]
S = TypeVar("S")
T = TypeVar("T")


class Reader(Protocol):
    """What reading needs of a FaceEngine."""

    def read_photo(self, photo: Photo, chosen: int | None = None) -> PhotoReading: ...


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """What was read from n photographs, in their order.

    vectors: (n, d) float32 unit embeddings of the most prominent face; NaN where no face could be read.
    decisive: (n,) whether a quality finding is decisive; damaged: (n,) whether a part of the face is missing.
    faces: (n,) of them found.
    conditions: of the faces read, in their order; None where the encoder has no cohort.
    problems: for each photograph that could not be read, its index and the sentence that says why.
    issues: of each photograph the most serious quality finding of its face, None where there is none; empty where
    nothing was kept of that.
    """

    vectors: NDArray[np.float32]
    decisive: NDArray[np.bool_]
    damaged: NDArray[np.bool_]
    faces: NDArray[np.int64]
    problems: tuple[tuple[int, str], ...]
    conditions: Conditions | None = None
    issues: tuple[QualityIssue | None, ...] = ()

    @property
    def read(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.vectors[:, 0])

    @property
    def spoilt(self) -> NDArray[np.int64] | None:
        """(faces read,) 1 where a face is more like spoilt strangers than clear ones, else 0; None if not known."""
        return None if self.conditions is None else (self.conditions.odd > ODD_FROM).astype(np.int64)

    def distances(self, left: Indices, right: Indices, energy: Energy = L2) -> NDArray[np.float64]:
        """Distances of the pairs of photographs left[i], right[i]; NaN where either could not be read. (m,)"""
        return energy.distances(self.vectors[left], self.vectors[right])

    def pairs(self, left: Indices, right: Indices, calibration: Calibration) -> PairsRead:
        """What is known of the pairs of photographs left[i], right[i]."""
        starts = range(0, max(1, len(left)), _AT_ONCE)
        return PairsRead.joined(
            [self._pairs(left[k : k + _AT_ONCE], right[k : k + _AT_ONCE], calibration) for k in starts]
        )

    def _pairs(self, left: Indices, right: Indices, calibration: Calibration) -> PairsRead:
        distances = self.distances(left, right, calibration.energy)
        spoilt, judged = self.spoilt, PairLimits.of(calibration, self.vectors)
        if calibration.cohort is None or self.conditions is None or spoilt is None:
            return PairsRead.unconditional(distances, judged.doubts(self.decisive, self.damaged, left, right).different)
        adjusted, shared, unlike = distances.copy(), np.zeros_like(distances), np.zeros_like(distances)
        row = np.cumsum(self.read) - 1
        both = self.read[left] & self.read[right]
        a, b = left[both], right[both]
        pair = calibration.cohort.adjustment(
            self.vectors[a], self.conditions[row[a]], self.vectors[b], self.conditions[row[b]]
        )
        adjusted[both], shared[both], unlike[both] = pair.adjusted(distances[both]), pair.shared, pair.unlike
        faces = np.full(len(distances), -1)
        faces[both] = spoilt[row[a]] + spoilt[row[b]]
        forbidden = judged.doubts(self.decisive, self.damaged, left, right, conditional=True)
        known = PairsRead(distances, adjusted, shared, unlike, *forbidden, faces, *nothing_heard(distances))
        if calibration.parts:
            architecture = calibration.encoder.partition(" ")[0]
            sides = self.vectors[left], self.vectors[right]
            known = known.heard(all_say(architecture, calibration.parts, *sides, _each))
        return judged.carried_by_both(known, left, right)


def _each(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distances of m pairs of embeddings, (m, d) each."""
    return np.asarray(np.linalg.norm(a - b, axis=-1))


def read_photos(engine: Reader, photos: Sequence[Path], jobs: int, progress: Progress) -> Readings:
    """Read the most prominent face of every photograph.

    jobs: reading threads, for which engine is loaded (at_once). progress: called on this thread with (photographs done,
    in all) after each one.
    """
    vectors: list[NDArray[np.float32] | None] = []
    decisive: list[bool] = []
    damaged: list[bool] = []
    faces: list[int] = []
    problems: list[tuple[int, str]] = []
    conditions: list[Conditions] = []
    issues: list[QualityIssue | None] = []
    for index, read in enumerate(each_reading(engine, photos, jobs)):
        if isinstance(read, SiamguiError):
            problems.append((index, str(read)))
            vectors.append(None)
            decisive.append(False)
            damaged.append(False)
            faces.append(0)
            issues.append(None)
        else:
            # Only these: the crops of many thousand photographs would fill the memory.
            vectors.append(read.reading.embedding.vector)
            decisive.append(read.reading.quality.decisive)
            damaged.append(read.reading.quality.damaged)
            faces.append(len(read.detection.faces))
            issues.append(next((finding.issue for finding in read.reading.quality.findings), None))
            if read.reading.conditions is not None:
                conditions.append(read.reading.conditions)
        progress(index + 1, len(photos))
    size = next((len(vector) for vector in vectors if vector is not None), 1)
    unread = np.full(size, np.nan, dtype=np.float32)
    table = np.stack([unread if vector is None else vector for vector in vectors])
    known = joined(conditions) if conditions else None
    judged = np.array(decisive), np.array(damaged), np.array(faces)
    return Readings(table, *judged, tuple(problems), known, tuple(issues))


def each_reading(
    engine: Reader, photos: Iterable[Path], jobs: int = 2, chosen: int | None = None
) -> Generator[PhotoReading | SiamguiError, None, None]:
    """One face of each photograph, in order, or why it cannot be read.

    jobs: reading threads, for which engine is loaded (at_once). chosen: its index among the faces, None for the most
    prominent one.
    """
    with closing(ahead_of_use(lambda path: engine.read_photo(load_photo(path), chosen), photos, jobs)) as read:
        for reading in read:
            try:
                yield reading.result()
            except SiamguiError as error:
                yield error


def ahead_of_use(
    load: Callable[[S], T], paths: Iterable[S], jobs: int, ahead: int | None = None
) -> Generator[Future[T], None, None]:
    """load(path) of each path, or of whatever it takes, in order and already done, on jobs threads.

    Only a few are done ahead, so that memory stays flat however many there are. ahead: how many beside the one that is
    in use; None for four a thread. Close it to leave no thread behind.
    """
    remaining = iter(paths)
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="decode")
    try:
        waiting = deque(pool.submit(load, path) for path in islice(remaining, 4 * jobs if ahead is None else ahead))
        while waiting:
            future = waiting.popleft()
            future.exception()  # waits
            for path in islice(remaining, 1):
                waiting.append(pool.submit(load, path))
            yield future
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
