"""The tables of the library as plain rows, for whoever copies all of them: a backup, a restore, a repair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from siamgui.storage.checksums import checksum
from siamgui.storage.database import Database

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """columns: as they were made. key: which of them tell the rows apart.

    blobs: those that are kept with a checksum, in NAME_sum.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    blobs: tuple[str, ...] = ()

    def damaged(self, row: Row) -> tuple[str, ...]:
        """The columns of a row that are not what was kept."""
        value = dict(zip(self.columns, row, strict=True))
        return tuple(name for name in self.blobs if not _fits(value[name], value[f"{name}_sum"]))

    def insert(self) -> str:
        names = ", ".join(f'"{column}"' for column in self.columns)
        return f"INSERT INTO {self.name} ({names}) VALUES ({', '.join('?' * len(self.columns))})"

    def select(self, where: str = "") -> str:
        names = ", ".join(f'"{column}"' for column in self.columns)
        return f"SELECT {names} FROM {self.name} {where}"


def _fits(data: object, kept: object) -> bool:
    return isinstance(data, bytes) and isinstance(kept, bytes) and checksum(data) == kept


_IMAGE = ("crop", "picture", "crop_sum", "picture_sum")
_VECTOR = ("encoder", "data", "data_sum")
_PERSON = ("id", "name", "key", "consent", "retain_until", "created", "last_verified")
_FACE = ("id", "sha256", "name", "path", "person", "good", "faces_found", "prominent", "x", "y", "size")
_ENTRY = (
    *("id", "at", "kind", "outcome", "reason", "reference", "person", "strictness", "fmr", "fmr_is_bound"),
    *("encoder", "encoder_name", "presence", "presence_failure", "seconds", "source"),
)
_FILE = ("id", "collection", "place", "size", "modified", "sha256", "problem")
_COMPARISON = (
    *("id", "at", "left_name", "left_sha256", "left_path", "right_name", "right_sha256", "right_path"),
    *("tags", "note", "data", "data_sum"),
)
_PICTURE = ("id", "sha256", "encoder", "width", "height", "hash", "compared", "seconds")

TABLES = (
    Table("face", _FACE, ("id",)),
    Table("image", ("face", *_IMAGE), ("face",), ("crop", "picture")),
    Table("vector", ("face", *_VECTOR), ("face", "encoder"), ("data",)),
    Table("label", ("left", "right", "label", "source", "at"), ("left", "right")),
    Table("problem", ("place", "name", "sha256", "text"), ("place",)),
    Table("note", ("key", "value"), ("key",)),
    Table("person", _PERSON, ("id",)),
    Table("person_photo", ("id", "person", "sha256", "name", "good", "added"), ("id",)),
    Table("person_image", ("photo", *_IMAGE), ("photo",), ("crop", "picture")),
    Table("person_vector", ("photo", *_VECTOR), ("photo", "encoder"), ("data",)),
    Table("verification", _ENTRY, ("id",)),
    Table("collection", ("id", "folder", "added", "read"), ("id",)),
    Table("collection_file", _FILE, ("id",)),
    Table("collection_mount", ("collection", "place"), ("collection", "place")),
    Table("seen_picture", _PICTURE, ("id",)),
    Table("film_part", ("picture", "read_to", "data", "data_sum"), ("picture",), ("data",)),
    Table("seen_face", ("id", "picture", "number", "copy_of", "data", "data_sum"), ("id",), ("data",)),
    Table("face_group", ("id", "name", "reviewed"), ("id",)),
    Table("face_answer", ("face_group", "sha256", "number", "belongs"), ("face_group", "sha256", "number")),
    Table("comparison", _COMPARISON, ("id",), ("data",)),
    Table("comparison_image", ("comparison", "side", *_IMAGE), ("comparison", "side"), ("crop", "picture")),
)
"""In an order in which each row comes after those that it names."""
NUMBERED = (
    *("face", "person", "person_photo", "verification"),
    *("collection", "collection_file", "seen_picture", "seen_face", "face_group", "comparison"),
)
"""Those whose ids are never used twice; SQLite remembers the highest."""


def rows(file: Database, table: Table) -> Iterator[Row]:
    """All rows, one after another. Raises LibraryError."""
    return file.rows(table.select())


def made_tables(file: Database) -> dict[str, Table]:
    """Those that are there, by name, as the schema of the file has made them. Raises LibraryError."""
    found = {}
    for (name,) in file.read("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"):
        kept = file.read("SELECT name, pk FROM pragma_table_info(?)", (name,))
        columns = tuple(str(column) for column, _ in kept)
        blobs = tuple(column for column in columns if f"{column}_sum" in columns)
        found[str(name)] = Table(str(name), columns, tuple(str(column) for column, key in kept if key), blobs)
    return found


def highest(file: Database) -> dict[str, int]:
    """The highest id so far of each of NUMBERED."""
    return {name: int(number) for name, number in file.read("SELECT name, seq FROM sqlite_sequence")}


def put_highest(file: Database, numbers: dict[str, int]) -> None:
    """Within a transaction, when all rows are there."""
    for name, number in numbers.items():
        if name in NUMBERED:
            there = file.read("SELECT 1 FROM sqlite_sequence WHERE name = ?", (name,))
            change = "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?"
            file.read(change if there else "INSERT INTO sqlite_sequence (seq, name) VALUES (?, ?)", (number, name))


def put_rows(file: Database, table: Table, some: Sequence[Row]) -> None:
    """Within a transaction."""
    with file.writing() as db:
        db.executemany(table.insert(), some)
