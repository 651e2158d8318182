"""The tables of the library and how an older file becomes a current one."""

from __future__ import annotations

from siamgui.storage.checksums import checksum
from siamgui.storage.connection import Connection

APPLICATION_ID = 0x5349414D  # "SIAM", so that another program's file is not taken for ours

BLOBS = (
    ("image", "crop"),
    ("image", "picture"),
    ("vector", "data"),
    ("person_image", "crop"),
    ("person_image", "picture"),
    ("person_vector", "data"),
)
"""Table and column of all that got a checksum in the step _SUMMED, in the column NAME_sum.

They stand here as they were then, for a released step never changes; siamgui.storage.tables says how they are now.
"""
KEYS = {
    "image": ("face",),
    "vector": ("face", "encoder"),
    "person_image": ("photo",),
    "person_vector": ("photo", "encoder"),
}
"""What tells their rows apart."""
_SUMMED = 3
"""The step that brought the checksums."""

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
    (
        # key: the name as it is compared, so that "Ann" and "ANN" are one. Somebody without photographs is never shown.
        """CREATE TABLE person (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            key TEXT NOT NULL UNIQUE,
            consent TEXT NOT NULL,
            retain_until TEXT,
            created TEXT NOT NULL,
            last_verified TEXT)""",
        """CREATE TABLE person_photo (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
            sha256 TEXT NOT NULL,
            name TEXT NOT NULL,
            good INTEGER NOT NULL,
            added TEXT NOT NULL,
            UNIQUE (person, sha256))""",
        """CREATE TABLE person_image (
            photo INTEGER PRIMARY KEY REFERENCES person_photo ON DELETE CASCADE,
            crop BLOB NOT NULL,
            picture BLOB NOT NULL)""",
        """CREATE TABLE person_vector (
            photo INTEGER NOT NULL REFERENCES person_photo ON DELETE CASCADE,
            encoder TEXT NOT NULL,
            data BLOB NOT NULL,
            PRIMARY KEY (photo, encoder)) WITHOUT ROWID""",
        # reference: the file that was compared with; empty where it is a person, whose name is in one place only.
        """CREATE TABLE verification (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL,
            kind TEXT NOT NULL,
            outcome TEXT NOT NULL,
            reason TEXT NOT NULL,
            reference TEXT NOT NULL,
            person INTEGER REFERENCES person ON DELETE SET NULL,
            strictness TEXT NOT NULL,
            fmr REAL,
            fmr_is_bound INTEGER NOT NULL,
            encoder TEXT NOT NULL,
            encoder_name TEXT NOT NULL,
            presence INTEGER,
            presence_failure TEXT,
            seconds REAL NOT NULL,
            source TEXT NOT NULL)""",
        "CREATE INDEX verification_at ON verification (at)",
        "CREATE INDEX verification_person ON verification (person)",
    ),
    # checksum() of each picture and embedding.
    tuple(f"ALTER TABLE {table} ADD COLUMN {column}_sum BLOB" for table, column in BLOBS),
    (
        # folder: or one film. place: below it, "" for the film itself. See siamgui.storage.collection_values.
        """CREATE TABLE collection (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            folder TEXT NOT NULL UNIQUE,
            added TEXT NOT NULL,
            read TEXT)""",
        """CREATE TABLE collection_file (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            collection INTEGER NOT NULL REFERENCES collection ON DELETE CASCADE,
            place TEXT NOT NULL,
            size INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            problem TEXT NOT NULL,
            UNIQUE (collection, place))""",
        "CREATE INDEX collection_file_sha256 ON collection_file (sha256)",
        # Joined to files by what is in them, so that a file that moves keeps what was seen.
        """CREATE TABLE seen_picture (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            sha256 TEXT NOT NULL,
            encoder TEXT NOT NULL,
            width INTEGER NOT NULL,
            height INTEGER NOT NULL,
            hash INTEGER NOT NULL,
            compared INTEGER NOT NULL,
            seconds REAL,
            UNIQUE (sha256, encoder))""",
        """CREATE TABLE seen_face (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            picture INTEGER NOT NULL REFERENCES seen_picture ON DELETE CASCADE,
            number INTEGER NOT NULL,
            copy_of INTEGER REFERENCES seen_face ON DELETE SET NULL,
            data BLOB NOT NULL,
            data_sum BLOB NOT NULL)""",
        "CREATE INDEX seen_face_picture ON seen_face (picture)",
        "CREATE INDEX seen_face_copy_of ON seen_face (copy_of) WHERE copy_of IS NOT NULL",
    ),
    (
        # What somebody said of faces that were gathered by person; see siamgui.storage.group_values.
        """CREATE TABLE face_group (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            reviewed INTEGER NOT NULL)""",
        # By what is in the picture, so that another encoder finds it too. number: of the face in it.
        """CREATE TABLE face_answer (
            face_group INTEGER NOT NULL REFERENCES face_group ON DELETE CASCADE,
            sha256 TEXT NOT NULL,
            number INTEGER NOT NULL,
            belongs INTEGER NOT NULL,
            PRIMARY KEY (face_group, sha256, number)) WITHOUT ROWID""",
        "CREATE UNIQUE INDEX face_answer_belongs ON face_answer (sha256, number) WHERE belongs",
        "CREATE INDEX face_answer_face ON face_answer (sha256, number)",
    ),
    (
        # path: where the photograph lay, NULL where it was no file. data: a Record (siamgui.report.record).
        """CREATE TABLE comparison (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL,
            left_name TEXT NOT NULL,
            left_sha256 TEXT NOT NULL,
            left_path TEXT,
            right_name TEXT NOT NULL,
            right_sha256 TEXT NOT NULL,
            right_path TEXT,
            tags TEXT NOT NULL,
            note TEXT NOT NULL,
            data BLOB NOT NULL,
            data_sum BLOB NOT NULL)""",
        "CREATE INDEX comparison_at ON comparison (at)",
        # Only where the user wants pictures kept.
        """CREATE TABLE comparison_image (
            comparison INTEGER NOT NULL REFERENCES comparison ON DELETE CASCADE,
            side TEXT NOT NULL,
            crop BLOB NOT NULL,
            picture BLOB NOT NULL,
            crop_sum BLOB NOT NULL,
            picture_sum BLOB NOT NULL,
            PRIMARY KEY (comparison, side)) WITHOUT ROWID""",
    ),
    (
        # Of a film that is not read to its end. data: see siamgui.storage.film_part.
        """CREATE TABLE film_part (
            picture INTEGER PRIMARY KEY REFERENCES seen_picture ON DELETE CASCADE,
            read_to REAL NOT NULL,
            data BLOB NOT NULL,
            data_sum BLOB NOT NULL)""",
    ),
    (
        # place: of a folder below it in which another disk is connected. See siamgui.search.mounts.
        """CREATE TABLE collection_mount (
            collection INTEGER NOT NULL REFERENCES collection ON DELETE CASCADE,
            place TEXT NOT NULL,
            PRIMARY KEY (collection, place)) WITHOUT ROWID""",
    ),
)


class NotOurs(Exception):
    """A SQLite file of something else."""


class TooNew(Exception):
    """Tables of a later siamgui."""


def migrate(db: Connection, tables: int | None = None) -> None:
    """Bring the tables up to date, all or nothing. db is in autocommit mode. Raises NotOurs, TooNew.

    tables: how many steps are taken at most, None for all.
    """
    steps = MIGRATIONS[:tables]
    if checked_version(db) >= len(steps):
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        version = checked_version(db)  # once more: another process may have been faster
        for step in steps[version:]:
            for statement in step:
                db.execute(statement)
        if version < _SUMMED <= len(steps):
            _sum(db)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {max(version, len(steps))}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _sum(db: Connection) -> None:
    """The checksums of what was kept before there were any."""
    for table, column in BLOBS:
        keys = ", ".join(KEYS[table])
        where = " AND ".join(f"{key} = ?" for key in KEYS[table])
        for key in db.execute(f"SELECT {keys} FROM {table}").fetchall():
            data = db.execute(f"SELECT {column} FROM {table} WHERE {where}", key).get
            db.execute(f"UPDATE {table} SET {column}_sum = ? WHERE {where}", (checksum(data), *key))


def checked_version(db: Connection) -> int:
    """How many steps of MIGRATIONS the tables have taken. Raises NotOurs, TooNew."""
    version = int(db.execute("PRAGMA user_version").get)
    application = int(db.execute("PRAGMA application_id").get)
    tables = int(db.execute("SELECT count(*) FROM sqlite_schema").get)
    if tables and application != APPLICATION_ID:
        raise NotOurs
    if version > len(MIGRATIONS):
        raise TooNew
    return version
