"""A library as an earlier version of the tables has left it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from siamgui.storage.checksums import checksum
from siamgui.storage.schema import APPLICATION_ID, BLOBS, MIGRATIONS
from tests.builders.labels import ENCODER, photo, reading

FACES = 3


def old_library(path: Path, version: int) -> int:
    """With faces and a label, and from version 2 on with Ann, who has one photograph -> how many faces."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA auto_vacuum = FULL")
        db.execute("PRAGMA journal_mode = WAL")
        for step in MIGRATIONS[:version]:
            for statement in step:
                db.execute(statement)
        for face in range(1, FACES + 1):
            shot = photo(face)
            values = (face, shot.sha256, shot.name, None, None, 1, 1, 1, 0.0, 0.0, 1.0)
            db.execute(f"INSERT INTO face VALUES ({', '.join('?' * len(values))})", values)
            db.execute(
                "INSERT INTO image (face, crop, picture) VALUES (?, ?, ?)",
                (face, reading(shot).crop.tobytes(), b"\xff\xd8 picture"),
            )
            db.execute("INSERT INTO vector (face, encoder, data) VALUES (?, ?, ?)", (face, ENCODER, _vector(face)))
        db.execute("INSERT INTO label VALUES (1, 2, 'same', 'desk', '2026-01-01T00:00:00.000+00:00')")
        if version >= 2:
            shot = photo(1)
            db.execute("INSERT INTO person VALUES (1, 'Ann', 'ann', '', NULL, '2026-01-01T00:00:00.000+00:00', NULL)")
            db.execute("INSERT INTO person_photo VALUES (1, 1, ?, ?, 1, '')", (shot.sha256, shot.name))
            db.execute(
                "INSERT INTO person_image (photo, crop, picture) VALUES (1, ?, ?)",
                (reading(shot).crop.tobytes(), b"\xff\xd8 picture"),
            )
            db.execute("INSERT INTO person_vector (photo, encoder, data) VALUES (1, ?, ?)", (ENCODER, _vector(1)))
        if version >= 3:
            db.create_function("checksum", 1, checksum)
            for table, column in BLOBS:
                db.execute(f"UPDATE {table} SET {column}_sum = checksum({column})")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {version}")
    return FACES


def _vector(face: int) -> bytes:
    data: bytes = reading(photo(face)).embedding.vector.astype("<f4").tobytes()
    return data
