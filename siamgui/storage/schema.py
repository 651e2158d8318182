"""The tables of the library and how an older file becomes a current one."""

from __future__ import annotations

import sqlite3

APPLICATION_ID = 0x5349414D  # "SIAM", so that another program's file is not taken for ours

# One step for each version of the tables; a released step never changes.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        # x, y, size: centre and width of the face in its photograph. prominent: the face a photograph stands for.
        """CREATE TABLE face (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            sha256 TEXT NOT NULL,
            name TEXT NOT NULL,
            path TEXT,
            person TEXT,
            good INTEGER NOT NULL,
            faces_found INTEGER NOT NULL,
            prominent INTEGER NOT NULL,
            x REAL NOT NULL, y REAL NOT NULL, size REAL NOT NULL)""",
        "CREATE INDEX face_sha256 ON face (sha256)",
        # Apart from the rest of a face: a list of thousands of faces must not read their pixels.
        """CREATE TABLE image (
            face INTEGER PRIMARY KEY REFERENCES face ON DELETE CASCADE,
            crop BLOB NOT NULL,
            picture BLOB NOT NULL)""",
        """CREATE TABLE vector (
            face INTEGER NOT NULL REFERENCES face ON DELETE CASCADE,
            encoder TEXT NOT NULL,
            data BLOB NOT NULL,
            PRIMARY KEY (face, encoder))""",
        """CREATE TABLE label (
            "left" INTEGER NOT NULL REFERENCES face ON DELETE CASCADE,
            "right" INTEGER NOT NULL REFERENCES face ON DELETE CASCADE,
            label TEXT NOT NULL,
            source TEXT NOT NULL,
            at TEXT NOT NULL,
            PRIMARY KEY ("left", "right"),
            CHECK ("left" < "right")) WITHOUT ROWID""",
        'CREATE INDEX label_right ON label ("right")',
        """CREATE TABLE problem (
            place TEXT PRIMARY KEY,
            name TEXT NOT NULL,
            sha256 TEXT,
            text TEXT NOT NULL)""",
        "CREATE TABLE note (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    ),
)


class NotOurs(Exception):
    """A SQLite file of something else."""


class TooNew(Exception):
    """Tables of a later siamgui."""


def migrate(db: sqlite3.Connection) -> None:
    """Bring the tables up to date, all or nothing. db is in autocommit mode. Raises NotOurs, TooNew."""
    if _checked_version(db) == len(MIGRATIONS):
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        for step in MIGRATIONS[_checked_version(db) :]:  # once more: another process may have been faster
            for statement in step:
                db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _checked_version(db: sqlite3.Connection) -> int:
    version = int(db.execute("PRAGMA user_version").fetchone()[0])
    application = int(db.execute("PRAGMA application_id").fetchone()[0])
    tables = int(db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0])
    if tables and application != APPLICATION_ID:
        raise NotOurs
    if version > len(MIGRATIONS):
        raise TooNew
    return version
