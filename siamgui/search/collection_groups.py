"""The faces that were seen in folders, gathered by person. Nothing is read from a photograph, and nothing is kept but
what a person says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from siamgui.core.calibration import Calibration
from siamgui.core.embedding import unit
from siamgui.core.types import QualityIssue
from siamgui.search.errors import NothingSearched
from siamgui.search.group_answers import Said, arranged
from siamgui.search.grouping import Grouper
from siamgui.search.grouping_values import Bound, Faces, Grouping, Ints
from siamgui.search.linkage import Told
from siamgui.storage.collection_operations import ListCollections, ReadFacesStamp, ReadPicturesIn, ReadSeenFaces
from siamgui.storage.collection_values import FaceGone, FaceRows, FacesStamp
from siamgui.storage.group_operations import ReadAnswers
from siamgui.storage.group_values import GroupAnswers
from siamgui.storage.seen_face import issue_bit
from siamgui.storage.store import Store

_LOADED = 2**12
"""Faces that are read in one transaction."""


@dataclass(frozen=True, slots=True)
class FaceGroup:
    """faces: ids of faces that seem to show one person, copies left out. copies: ids of those that are copies.

    unsure: of the faces, those that came by a weak likeness, and that nobody has looked at; they come last. known: the
    id of what was said of this group, None where nothing was. name: "" where it has none. reviewed: how many of the
    faces a person has said to be one and the same.
    """

    faces: tuple[int, ...]
    copies: tuple[int, ...]
    unsure: frozenset[int] = frozenset()
    known: int | None = None
    name: str = ""
    reviewed: int = 0

    @property
    def every(self) -> tuple[int, ...]:
        """The copies too."""
        return (*self.faces, *self.copies)


@dataclass(frozen=True, slots=True)
class CollectionGroups:
    """groups: of several faces, the largest first. alone: faces that nobody else is like; unjudged: of these quality
    forbids to judge so many. faces, copies: how many there are. unread: files that this encoder has not seen. clashes:
    faces of which something else was said than of their copies. stale: something was taken back that the groups were
    gathered by; gathered anew they may be others."""

    groups: tuple[FaceGroup, ...]
    alone: tuple[FaceGroup, ...]
    unjudged: int
    faces: int
    copies: int
    bound: Bound
    unread: int
    clashes: tuple[int, ...] = ()
    stale: bool = False

    @property
    def every(self) -> tuple[FaceGroup, ...]:
        return (*self.groups, *self.alone)

    def of(self, face: int) -> FaceGroup:
        """The group that a face is in. Raises FaceGone."""
        for group in self.every:
            if face in group.faces or face in group.copies:
                return group
        raise FaceGone


def group_collections(
    store: Store,
    calibration: Calibration,
    collections: tuple[int, ...] = (),
    told: Told = lambda _done: None,
    stop: threading.Event | None = None,
) -> CollectionGroups:
    """As Gathering.gather()."""
    return Gathering(store, calibration, collections).gather(told, stop)


class Gathering:
    """Of the faces of some collections; asked again it takes a part of the time. For one thread at a time."""

    def __init__(self, store: Store, calibration: Calibration, collections: tuple[int, ...] = ()) -> None:
        """collections: ids, none for all."""
        self._store, self._calibration, self._collections = store, calibration, collections
        self._stamp: FacesStamp | None = None
        self._unread = 0
        self._ids, self._faces = _faces([], calibration)
        self._grouper: Grouper | None = None
        self._found: Grouping | None = None
        self._label = self._by = np.zeros(0, np.int64)
        self._last: tuple[GroupAnswers, CollectionGroups] | None = None

    @property
    def encoder(self) -> str:
        """ "id version"."""
        return self._calibration.encoder

    def gather(self, told: Told = lambda _done: None, stop: threading.Event | None = None) -> CollectionGroups:
        """Group all faces, with what was said of them. told, stop: as Grouper.group() takes them.

        Raises NothingSearched, Cancelled, LibraryError.
        """
        store, encoder = self._store, self._calibration.encoder
        stamp = store.do(ReadFacesStamp())
        if self._grouper is None or stamp != self._stamp:
            there = store.do(ListCollections(encoder))
            asked = [one for one in there if not self._collections or one.id in self._collections]
            if not asked:
                raise NothingSearched
            pictures = store.do(ReadPicturesIn(self._collections, encoder)) if self._collections else None
            self._ids, self._faces = _faces(list(_rows(store, encoder, pictures)), self._calibration)
            self._unread = sum(one.unread for one in asked)
            self._grouper, self._stamp = Grouper(self._faces, self._calibration), stamp
        answers = store.do(ReadAnswers(encoder))
        said = Said.of(answers, self._ids, self._faces.original)
        self._found = self._grouper.group(said.for_grouper(answers, self._faces.original), told, stop)
        self._label = np.empty(len(self._ids), np.int64)
        for number, rows in enumerate(self._found.groups):
            self._label[list(rows)] = number
        self._by = _about(answers)
        self._last = answers, self._arranged(self._found, answers)
        return self._last[1]

    def look(self) -> CollectionGroups | None:
        """The groups as they were gathered, with what was said since; None where the faces are others now.

        Raises LibraryError.
        """
        return None if self.outdated else self.as_gathered()

    @property
    def outdated(self) -> bool:
        """Whether the faces are others by now. Raises LibraryError."""
        return self._found is None or self._store.do(ReadFacesStamp()) != self._stamp

    def as_gathered(self) -> CollectionGroups | None:
        """As look(), but of the faces that there were; None where nothing was gathered.

        The same value as the last time where nothing was said since. Raises LibraryError.
        """
        if self._found is None:
            return None
        answers = self._store.do(ReadAnswers(self._calibration.encoder))
        if self._last is None or not answers.says_the_same(self._last[0]):
            self._last = answers, self._arranged(self._found, answers)
        return self._last[1]

    def _arranged(self, found: Grouping, answers: GroupAnswers) -> CollectionGroups:
        original = self._faces.original
        said = Said.of(answers, self._ids, original)
        label, at = arranged(self._label, said, original)
        reviewed = np.array([group in answers.reviewed for group in said.groups] + [False])
        looked_at = (said.member >= 0) & reviewed[said.member]
        unsure = np.zeros(len(self._ids), bool)
        unsure[list(found.unsure)] = True
        unsure &= ~looked_at
        copy = original != np.arange(len(original))
        order = np.lexsort((np.arange(len(label)), unsure, label))
        groups = []
        for rows in np.split(order, np.flatnonzero(np.diff(label[order])) + 1) if len(order) else ():
            own, again = rows[~copy[rows]], rows[copy[rows]]
            if not len(own):  # of a clash
                own, again = again[:1], again[1:]
            known = said.groups[at[rows[0]]] if at[rows[0]] >= 0 else None
            groups.append(
                FaceGroup(
                    faces=tuple(self._ids[own].tolist()),
                    copies=tuple(self._ids[again].tolist()),
                    unsure=frozenset(self._ids[own[unsure[own]]].tolist()),
                    known=known,
                    name="" if known is None else answers.names[known],
                    reviewed=int(looked_at[own].sum()),
                )
            )
        groups.sort(key=lambda one: (-len(one.faces), one.faces))
        return CollectionGroups(
            groups=tuple(one for one in groups if len(one.faces) > 1),
            alone=tuple(one for one in groups if len(one.faces) == 1),
            unjudged=int((~copy[list(found.unjudged)]).sum()),
            faces=len(self._ids) - found.copies,
            copies=found.copies,
            bound=found.bound,
            unread=self._unread,
            clashes=tuple(self._ids[list(said.clashes)].tolist()),
            stale=bool(len(np.setdiff1d(self._by, _about(answers)))),
        )


def _about(answers: GroupAnswers) -> Ints:
    """The faces of which anything was said."""
    return np.union1d(answers.belongs[:, 1], answers.others[:, 1])


def _rows(store: Store, encoder: str, pictures: frozenset[int] | None) -> Iterator[FaceRows]:
    last = 0
    while (rows := store.do(ReadSeenFaces(encoder, last, _LOADED))) is not None:
        last = int(rows.ids[-1])
        if pictures is not None:
            kept = np.isin(rows.pictures, list(pictures))
            rows = FaceRows(rows.ids[kept], rows.pictures[kept], rows.original[kept], rows.records[kept])
        if len(rows.ids):
            yield rows


def _faces(parts: list[FaceRows], calibration: Calibration) -> tuple[Ints, Faces]:
    """(n,) ids, and the faces in the same order."""
    if not parts:
        no = np.zeros(0, bool)
        return np.zeros(0, np.int64), Faces(np.zeros((0, 1), np.float32), None, no, no, *[np.zeros(0, np.int64)] * 2)
    ids, pictures, originals = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("ids", "pictures", "original")
    )
    records = np.concatenate([part.records for part in parts])
    vectors = unit(records["vector"].astype(np.float32))
    conditions = None
    if calibration.cohort is not None:
        norms = np.nan_to_num(records["quality"][:, -1].astype(np.float32))
        conditions = calibration.cohort.conditions(vectors, norms, records["look"].astype(np.float32))
    # Somebody may be seen twice in a film, at different times.
    film = ~np.isnan(records["span"][:, 0])
    return ids, Faces(
        vectors=vectors,
        conditions=conditions,
        poor=records["decisive"] != 0,
        damaged=(records["issues"] & issue_bit(QualityIssue.DAMAGED)) != 0,
        picture=np.where(film, -1, pictures),
        original=_first(ids, originals),
    )


def _first(ids: Ints, originals: Ints) -> Ints:
    """(n,) the row of the first face here of each photograph that is there several times."""
    _, first, which = np.unique(originals, return_index=True, return_inverse=True)
    own = np.flatnonzero(ids == originals)
    first[which[own]] = own
    return np.asarray(first[which], np.int64)
