"""The library written anew, so that nothing is left of rows that are gone.

secure_delete zeroes a row where it lies when it is deleted. Where SQLite has moved it from one page to another before,
though, a copy may stay behind in the unused part of the old page, and hold a name or an embedding for years.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from siamgui.storage.database import Database

WHOLE = 2**28
"""Bytes up to which the whole file is written anew, in memory and in a second; of a larger one all but the pictures."""
_SMALL = (
    *("person", "person_photo", "person_vector", "face", "vector", "label", "problem", "verification", "note"),
    *("face_group", "face_answer", "comparison"),
)
_SEARCHED = ("collection", "collection_file", "collection_mount", "seen_picture", "film_part", "seen_face")
SEARCHED = "library.removed.searched"
"""The note that says that rows of these went too; they may be many, and wait for no removal but their own."""


def rewrite(file: Database) -> None:
    """Outside a transaction; whole or not at all. Raises LibraryError."""
    ((pages,),), ((size,),) = file.read("PRAGMA page_count"), file.read("PRAGMA page_size")
    if pages * size <= WHOLE:
        file.read("VACUUM")
        file.read("DELETE FROM note WHERE key = ?", (SEARCHED,))
        return
    file.read("PRAGMA foreign_keys = OFF")  # or the photographs would go with the people for that moment
    try:
        file.read("BEGIN IMMEDIATE")
        try:
            searched = file.read("SELECT 1 FROM note WHERE key = ?", (SEARCHED,))
            for table in (*_SMALL, *(_SEARCHED if searched else ())):
                # What may be too much for the memory goes into the file, whose freed pages are zeroed.
                kind = "TEMP" if table in _SMALL else ""
                file.read(f"CREATE {kind} TABLE anew AS SELECT * FROM {table}")
                file.read(f"DELETE FROM {table}")  # its pages are freed, and zeroed by that
                file.read(f"INSERT INTO {table} SELECT * FROM anew")
                file.read("DROP TABLE anew")
            file.read("DELETE FROM note WHERE key = ?", (SEARCHED,))
            file.read("COMMIT")
        except BaseException:
            if file.connection.in_transaction:
                file.read("ROLLBACK")
            raise
    finally:
        file.read("PRAGMA foreign_keys = ON")
