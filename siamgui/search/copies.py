"""Photographs that are the same one: made smaller, stored anew, under another name. No evidence, and counted once.

Files with the same bytes are one picture from the start (siamgui.storage.collection_values). Of the others a face is a
copy of another where the pictures look the same in 64 bits (picture_hash) and the embeddings are next to each other.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from siamgui.core.embedding import unit
from siamgui.search.picture_hash import differing
from siamgui.storage.collection_operations import KeepCopies, ReadFacesOf, ReadPictureHashes
from siamgui.storage.seen_face import SAME_PHOTO
from siamgui.storage.store import Store

MOST_BITS = 6
"""Bits that may differ between two copies of a photograph."""


def is_copy(one: int, other: int, distance: float) -> bool:
    """one, other: hashes of the pictures. distance: of the faces."""
    return distance <= SAME_PHOTO and int(differing(one, np.array([other], np.uint64))[0]) <= MOST_BITS


def mark_copies(store: Store, encoder: str) -> int:
    """Look for copies of the pictures that are new -> how many of their faces are copies."""
    there = store.do(ReadPictureHashes(encoder))
    new = np.flatnonzero(~there.compared)
    if not len(new):
        return 0
    copies: list[tuple[int, int]] = []
    for row in new.tolist():
        before = there.ids[:row][differing(int(there.hashes[row]), there.hashes[:row]) <= MOST_BITS]
        if len(before):
            copies += _same_faces(store, int(there.ids[row]), before.tolist())
    store.do(KeepCopies(tuple(there.ids[new].tolist()), tuple(copies)))
    return len(copies)


def _same_faces(store: Store, picture: int, others: list[int]) -> Iterator[tuple[int, int]]:
    """(face of the picture, the one of the others that it is a copy of) each."""
    mine = store.do(ReadFacesOf((picture,)))
    theirs = store.do(ReadFacesOf(tuple(others)))
    if mine is None or theirs is None:
        return
    a, b = (unit(rows.records["vector"].astype(np.float32)) for rows in (mine, theirs))
    cosines = np.einsum("nd,md->nm", a, b)
    for row, nearest in enumerate(cosines.argmax(axis=1).tolist()):
        if 2 - 2 * cosines[row, nearest] <= SAME_PHOTO**2:
            yield int(mine.ids[row]), int(theirs.ids[nearest])
