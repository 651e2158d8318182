"""What was said of a face goes over to the same face in other bytes.

Answers belong to the bytes of a picture (siamgui.storage.group_values). Another program may write a rating into a file,
or store it anew: then they are taken along by what the encoder sees, not by where in the picture it is, for that may
have been turned or cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siamgui.storage.connection import Connection
from siamgui.storage.group_store import of_film
from siamgui.storage.seen_face import SAME_PHOTO, unpacked


def inherit_from_file(db: Connection, encoder: str, before: str, now: str) -> None:
    """A file with the digest before has another one now, and encoder has seen both; within a transaction.

    Each face takes over what was said of the one that was nearest to it, where each is the other's nearest. Of a film
    this reaches as far as it has been read.
    """
    old, mine = _faces(db, encoder, before), _faces(db, encoder, now)
    if old is None or mine is None:
        return
    cosines = mine[1] @ old[1].T
    for row, nearest in enumerate(cosines.argmax(axis=1).tolist()):
        if cosines[:, nearest].argmax() == row and 2 - 2 * cosines[row, nearest] <= SAME_PHOTO**2:
            _inherit(db, (before, old[0][nearest]), (now, mine[0][row]))


def inherit_from_copies(db: Connection, files: Sequence[int]) -> None:
    """These files, by their ids, are gone; copies of their photographs that stay take over what was said of them.

    Within a transaction, before the files are forgotten.
    """
    for file in files:
        rows: list[Any] = db.execute(
            "SELECT gone.sha256, one.number, stays.sha256, other.number"
            " FROM collection_file JOIN seen_picture gone USING (sha256)"
            " JOIN seen_face one ON one.picture = gone.id"
            " JOIN face_answer ON face_answer.sha256 = gone.sha256 AND face_answer.number = one.number"
            " JOIN seen_face other"
            " ON other.id = coalesce(one.copy_of, one.id) OR other.copy_of = coalesce(one.copy_of, one.id)"
            " JOIN seen_picture stays ON stays.id = other.picture"
            " WHERE collection_file.id = ? AND stays.sha256 != gone.sha256"
            " AND gone.seconds IS NULL AND stays.seconds IS NULL",
            (file,),
        ).fetchall()
        for gone, number, stays, other in rows:
            _inherit(db, (gone, number), (stays, other))


def _faces(db: Connection, encoder: str, sha256: str) -> tuple[list[int], NDArray[np.float32]] | None:
    """Numbers, as answers know them, and embeddings; None where encoder saw nobody."""
    rows: list[Any] = db.execute(
        "SELECT number, seconds, data FROM seen_face JOIN seen_picture ON seen_picture.id = picture"
        " WHERE sha256 = ? AND encoder = ? ORDER BY number",
        (sha256, encoder),
    ).fetchall()
    if not rows:
        return None
    numbers = [number + (0 if seconds is None else of_film(encoder)) for number, seconds, _ in rows]
    vectors = unpacked([data for _, _, data in rows])["vector"].astype(np.float32)
    return numbers, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _inherit(db: Connection, old: tuple[str, int], mine: tuple[str, int]) -> None:
    """What was said of this face itself stays."""
    if not db.execute("SELECT 1 FROM face_answer WHERE sha256 = ? AND number = ? LIMIT 1", mine).fetchall():
        db.execute(
            "INSERT INTO face_answer SELECT face_group, ?, ?, belongs FROM face_answer WHERE sha256 = ? AND number = ?",
            (*mine, *old),
        )
