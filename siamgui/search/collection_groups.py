"""The faces that were seen in folders, gathered by person. Nothing is read from a photograph, and nothing is kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from siamgui.core.calibration import Calibration
from siamgui.core.embedding import unit
from siamgui.core.types import QualityIssue
from siamgui.search.errors import NothingSearched
from siamgui.search.grouping import Grouper
from siamgui.search.grouping_values import Answers, Bound, Faces, Ints
from siamgui.search.linkage import Told
from siamgui.storage.collection_operations import ListCollections, ReadPicturesIn, ReadSeenFaces
from siamgui.storage.collection_values import FaceRows
from siamgui.storage.seen_face import issue_bit
from siamgui.storage.store import Store

_LOADED = 2**12
"""Faces that are read in one transaction."""


@dataclass(frozen=True, slots=True)
class FaceGroup:
    """faces: ids of faces that seem to show one person, copies left out. copies: ids of those that are copies."""

    faces: tuple[int, ...]
    copies: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CollectionGroups:
    """groups: of several faces, the largest first. alone: faces that nobody else is like; unjudged: of these quality
    forbids to judge so many. faces, copies: how many there are. unread: files that this encoder has not seen."""

    groups: tuple[FaceGroup, ...]
    alone: tuple[FaceGroup, ...]
    unjudged: int
    faces: int
    copies: int
    bound: Bound
    unread: int


def group_collections(
    store: Store,
    calibration: Calibration,
    collections: tuple[int, ...] = (),
    told: Told = lambda _done: None,
    stop: threading.Event | None = None,
) -> CollectionGroups:
    """collections: ids, none for all. told: as Grouper.group(). Raises NothingSearched, Cancelled, LibraryError."""
    there = store.do(ListCollections(calibration.encoder))
    asked = [one for one in there if not collections or one.id in collections]
    if not asked:
        raise NothingSearched
    pictures = store.do(ReadPicturesIn(collections, calibration.encoder)) if collections else None
    ids, faces = _faces(list(_rows(store, calibration.encoder, pictures)), calibration)
    found = Grouper(faces, calibration).group(Answers(), told, stop)
    copy = faces.original != np.arange(len(faces))
    groups = [
        FaceGroup(*(tuple(ids[[row for row in rows if copy[row] == kind]].tolist()) for kind in (False, True)))
        for rows in found.groups
    ]
    return CollectionGroups(
        groups=tuple(sorted((one for one in groups if len(one.faces) > 1), key=lambda one: -len(one.faces))),
        alone=tuple(one for one in groups if len(one.faces) == 1),
        unjudged=int((~copy[list(found.unjudged)]).sum()),
        faces=len(faces) - found.copies,
        copies=found.copies,
        bound=found.bound,
        unread=sum(one.unread for one in asked),
    )


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
