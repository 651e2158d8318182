"""The one SQLite file in which siamgui keeps what the user makes; each of its keepers has a connection of its own.

Every change is a transaction of its own and on the disk when the call returns, so nothing is lost by kill -9; a full
disk or a read-only folder gives one sentence and leaves what was stored. A Database belongs to the thread that opened
it; other threads and processes open their own.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from siamgui.core.paths import data_folder
from siamgui.storage.errors import LibraryDamaged, LibraryNewer, LibraryUnwritable, sentences
from siamgui.storage.schema import NotOurs, TooNew, migrate

FILE_NAME = "library.sqlite"
_WAIT = 5.0  # seconds for another process to finish its change


class Database:
    """See the module. Any method may raise a LibraryError."""

    def __init__(self, db: sqlite3.Connection, name: str) -> None:
        self._db = db
        self._name = name
        self._seen = self._data_version()

    @classmethod
    def open(cls, path: Path | None = None) -> Self:
        """path: None for library.sqlite in the data folder; made when absent.

        Raises LibraryNewer, LibraryDamaged, LibraryUnwritable, LibraryFull, LibraryBusy.
        """
        path = path or data_folder() / FILE_NAME
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # faces are nobody else's business
        except OSError:
            raise LibraryUnwritable(name=path.name) from None
        with sentences(path.name):
            db = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
            try:
                db.execute("PRAGMA auto_vacuum = FULL")  # what is cleared also leaves the disk
                db.execute("PRAGMA secure_delete = ON")
                db.execute("PRAGMA foreign_keys = ON")
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = FULL")  # on the disk when the call returns, even if the power fails
                migrate(db)
            except NotOurs:
                db.close()
                raise LibraryDamaged(name=path.name) from None
            except TooNew:
                db.close()
                raise LibraryNewer(name=path.name) from None
            except BaseException:
                db.close()
                raise
        return cls(db, path.name)

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def changed_elsewhere(self) -> bool:
        """Whether another thread or process may have changed the file since this was last asked."""
        before, self._seen = self._seen, self._data_version()
        return before != self._seen

    def _data_version(self) -> int:
        return int(self._read("PRAGMA data_version")[0][0])

    def get(self, key: str, default: Any = None) -> Any:
        """A JSON value that put() kept."""
        rows = self._read("SELECT value FROM note WHERE key = ?", (key,))
        return json.loads(rows[0][0]) if rows else default

    def put(self, key: str, value: Any) -> None:
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (key, json.dumps(value, ensure_ascii=False)))

    def _read(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        with sentences(self._name):
            return self._db.execute(statement, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of the block or nothing."""
        with sentences(self._name):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk may have rolled back already
                    self._db.execute("ROLLBACK")
                raise

    def _off_the_disk(self) -> None:
        """What was deleted also leaves the journal beside the file."""
        with sentences(self._name):
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def now() -> str:
    """ISO 8601 in UTC, such that texts sort as times."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
