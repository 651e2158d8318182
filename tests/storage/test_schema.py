"""An older file becomes a current one, with checksums for what had none."""

from __future__ import annotations

from pathlib import Path

import pytest

from siamgui.storage.checksums import checksum
from siamgui.storage.database import Database
from siamgui.storage.schema import BLOBS, KEYS, MIGRATIONS
from siamgui.storage.tables import TABLES
from tests.builders.old_library import FACES, old_library


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_every_picture_and_embedding_of_an_older_file_gets_a_checksum(path: Path, version: int) -> None:
    old_library(path, version)
    file = Database.open(path)
    for table, column in BLOBS:
        rows = file.read(f"SELECT {column}, {column}_sum FROM {table}")
        assert len(rows) == (FACES if "person" not in table else (1 if version > 1 else 0))
        assert all(checksum(data) == kept for data, kept in rows)
    assert set(BLOBS) <= {(table.name, column) for table in TABLES for column in table.blobs}
    assert all(KEYS[table.name] == table.key for table in TABLES if table.name in KEYS)
    assert file.read("PRAGMA user_version") == [(len(MIGRATIONS),)]
    assert file.read("PRAGMA integrity_check") == [("ok",)]
    file.close()
