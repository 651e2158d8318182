"""Looks for a face among all that were seen, and says what a likeness means among so many.

A likeness that is rare between two people is not rare among thousands: of N strangers N x FMR are expected to come as
near. "Same" is said of one of them only where the strictness holds for all of them together, as live.identification has
it (Bonferroni), and where the data behind the calibration carry so small a rate; never because it is the nearest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from siamgui.core.calibration import Calibration, judge
from siamgui.core.cohort import Conditions
from siamgui.core.types import FaceReading, Outcome, Strictness
from siamgui.search.copies import is_copy
from siamgui.search.errors import NothingSearched
from siamgui.search.face_table import Bools, FaceTable
from siamgui.search.probes import reading_of
from siamgui.search.values import Find, Found, Likeness, Probe
from siamgui.storage.collection_operations import (
    CopiesOfFace,
    FindPicture,
    ListCollections,
    PlaceFace,
    ReadFacesStamp,
    ReadPicturesIn,
)
from siamgui.storage.collection_values import Collection, FaceGone, FacesStamp, PlacedFace
from siamgui.storage.store import Store


@dataclass(frozen=True, slots=True)
class Meaning:
    """As the fields of Likeness."""

    fmr: float
    fmr_is_bound: bool
    pair: Outcome
    forced: bool


class Searcher:
    """Of one encoder. Holds the faces in memory between questions. For one thread at a time."""

    def __init__(self, store: Store, calibration: Calibration, *, often: bool = False) -> None:
        """often: as FaceTable takes it."""
        self._store, self._calibration = store, calibration
        self._table = FaceTable(calibration, often=often)
        self._stamp: FacesStamp | None = None
        self._there: tuple[Collection, ...] = ()
        self._pictures: dict[tuple[int, ...], frozenset[int]] = {}  # of the collections searched

    def find(self, request: Find, progress: Callable[[int], object] = lambda _count: None) -> Found:
        """progress: faces that were loaded, the first time. Raises NothingSearched, LibraryError."""
        self._refresh(progress)
        asked = [one for one in self._there if not request.collections or one.id in request.collections]
        if not asked:
            raise NothingSearched
        probe = request.probe
        searched = self._searched(request, everything=len(asked) == len(self._there))
        near = self._table.nearest(probe.readings, request.first + request.most + 1, searched, self._store)
        faces = int(searched.sum())
        likenesses = []
        for place, face in enumerate(near.ids.tolist()[: request.first + request.most]):
            conditions = None if near.conditions is None else near.conditions[np.array([place])]
            try:
                placed = self._store.do(PlaceFace(face))
            except FaceGone:  # since the table was loaded
                continue
            distances = float(near.distances[place]), float(near.adjusted[place])
            likenesses.append(self._likeness(request, placed, conditions, distances, faces))
        copies = sum(one.copy for one in likenesses)
        more = len(near.ids) > request.first + request.most
        unread = sum(one.unread for one in asked)
        return Found(
            probe,
            tuple(likenesses[request.first :]),
            faces - copies,
            more,
            unread,
            request.strictness,
            whole=near.whole,
        )

    def _refresh(self, progress: Callable[[int], object]) -> None:
        """Counting what a large folder holds takes longer than a question: it is done when something has changed."""
        stamp = self._store.do(ReadFacesStamp())
        if stamp != self._stamp:
            self._there = self._store.do(ListCollections(self._calibration.encoder))
            self._pictures.clear()
            self._table.refresh(self._store, progress)
            self._stamp = stamp

    def _searched(self, request: Find, *, everything: bool) -> Bools:
        encoder, pictures = self._calibration.encoder, None
        own = self._store.do(FindPicture(encoder, request.probe.sha256)) if request.probe.sha256 else None
        if not everything:
            if request.collections not in self._pictures:
                self._pictures[request.collections] = self._store.do(ReadPicturesIn(request.collections, encoder))
            pictures = self._pictures[request.collections]
        return self._table.searched(pictures, () if own is None else (own,))

    def _likeness(
        self,
        request: Find,
        placed: PlacedFace,
        conditions: Conditions | None,
        distances: tuple[float, float],
        faces: int,
    ) -> Likeness:
        distance, adjusted = distances
        probe = request.probe
        reading = reading_of(placed.seen, self._calibration.encoder, conditions)
        meaning = meaning_of(self._calibration, probe, reading, request.strictness, adjusted)
        copy = probe.hash is not None and is_copy(probe.hash, placed.hash, distance)
        expected = faces * meaning.fmr
        outcome = Outcome.INCONCLUSIVE if copy else outcome_among(meaning.pair, expected, request.strictness)
        return Likeness(
            face=placed,
            distance=distance,
            adjusted=adjusted,
            fmr=meaning.fmr,
            fmr_is_bound=meaning.fmr_is_bound,
            expected=expected,
            pair=meaning.pair,
            outcome=outcome,
            forced=meaning.forced,
            copy=copy,
            copies=(*placed.files[1:], *self._copies(placed)),
        )

    def _copies(self, placed: PlacedFace) -> list[Path]:
        found: list[Path] = []
        for face in self._store.do(CopiesOfFace(placed.id)):
            try:
                found += self._store.do(PlaceFace(face)).files
            except FaceGone:
                continue
        return found


def outcome_among(pair: Outcome, expected: float, strictness: Strictness) -> Outcome:
    """What is said of one of many. pair: what it supports alone. expected: strangers that come as near, of all."""
    return Outcome.INCONCLUSIVE if pair is Outcome.SAME and expected > strictness.fmr else pair


def meaning_of(
    calibration: Calibration, probe: Probe, reading: FaceReading, strictness: Strictness, adjusted: float
) -> Meaning:
    """What one face and the probe support as a pair. adjusted: of all photographs of the probe together."""
    verdicts = [judge(calibration, one, reading, strictness) for one in probe.readings]
    if len(verdicts) == 1:
        (only,) = verdicts
        return Meaning(only.fmr, only.fmr_is_bound, only.outcome, only.forced)
    if all(verdict.claim is not None for verdict in verdicts) or calibration.cohort is None:
        fmr = calibration.fmr(adjusted)
    else:  # photographs of a kind of its own, each with a table of its own
        fmr = max(verdict.fmr for verdict in verdicts)
    bound = fmr <= calibration.smallest_fmr
    said = {verdict.outcome for verdict in verdicts}
    pair, forced = Outcome.INCONCLUSIVE, any(verdict.forced for verdict in verdicts)
    if said == {Outcome.DIFFERENT}:
        pair = Outcome.DIFFERENT
    elif Outcome.SAME in said and Outcome.DIFFERENT not in said and fmr <= strictness.fmr:
        pair = Outcome.SAME
    return Meaning(fmr, bound, pair, forced)
