"""The one SQLite file in which siamgui keeps what the user makes, and one connection to it.

Every change is a transaction and on the disk when the call returns, so nothing is lost by kill -9; a full disk or a
read-only folder gives one sentence and leaves what was stored. A connection is used by one thread at a time; what
several threads ask for goes through siamgui.storage.store. The file is encrypted with the key of the vault beside it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from siamgui.core.paths import LIBRARY, data_folder, made_data_folder
from siamgui.core.private import private_file, private_folder
from siamgui.storage.connection import Connection, connect
from siamgui.storage.errors import LibraryDamaged, LibraryError, LibraryNewer, of_the_disk, sentences
from siamgui.storage.moving_in import move_in
from siamgui.storage.rewriting import rewrite
from siamgui.storage.schema import NotOurs, TooNew, migrate
from siamgui.vault.errors import VaultUnwritable
from siamgui.vault.key import Key
from siamgui.vault.vault import vault_of

_FULL = 1
_MOMENT = 100  # milliseconds for what can be done later as well
_OWED = "library.removed"  # the note that says so
WAIT = 5.0  # seconds for another process to finish its change


class WrongThread(RuntimeError):
    """A mistake of ours: a connection is used by the thread that opened it."""


class Database:
    """One connection. Any method may raise a LibraryError."""

    def __init__(self, connection: Connection, name: str, thread: int | None) -> None:
        """thread: the only one that may use it, None for any, one at a time."""
        self.connection = connection
        self.name = name
        self._thread = thread
        self._behind = self._rewritten = False  # see off_the_disk() and settle()
        self._seen = self._data_version()

    @classmethod
    def open(cls, path: Path | None = None, *, key: Key | None = None, any_thread: bool = False) -> Self:
        """path: None for library.sqlite in the data folder; made when absent.

        key: None for that of the vault in the same folder, which is made when absent; a library that siamgui 0.1.0 left
        in clear is encrypted first. any_thread: for whoever sees to it that only one thread at a time uses the
        connection; else it belongs to the thread that opened it.
        Raises LibraryNewer, LibraryDamaged, LibraryUnwritable, LibraryFull, LibraryBusy; VaultError, Locked for one.
        """
        own = data_folder() / LIBRARY
        path = path or own
        try:
            made_data_folder(path.parent) if path == own else private_folder(path.parent)  # nobody else's business
            key = key or vault_of(path.parent).database
            private_file(path)  # SQLite gives the files beside it the same mode
        except OSError as error:
            raise of_the_disk(error, path.name) from None
        except VaultUnwritable as error:
            raise of_the_disk(error.__cause__, path.name) from None
        try:
            with sentences(path.name):
                move_in(path, key, WAIT)
                db = connect(path, key, WAIT)
                try:
                    _prepare(db)
                except BaseException:
                    db.close()
                    raise
        except NotOurs:
            raise LibraryDamaged(name=path.name) from None
        except TooNew:
            raise LibraryNewer(name=path.name) from None
        return cls(db, path.name, None if any_thread else threading.get_ident())

    def close(self) -> None:
        self.connection.close()

    @property
    def version(self) -> tuple[int, int]:
        """Another one whenever the file may have changed, by whomever."""
        return self._data_version(), self.changes

    @property
    def changes(self) -> int:
        """Rows that were changed over this connection so far."""
        return self.connection.total_changes()

    def changed_elsewhere(self) -> bool:
        """Whether another connection may have changed the file since this was last asked."""
        before, self._seen = self._seen, self._data_version()
        return before != self._seen

    def _data_version(self) -> int:
        return int(self.read("PRAGMA data_version")[0][0])

    def read(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        self._check_thread()
        with sentences(self.name):
            return self.connection.execute(statement, values).fetchall()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """All that is read in the block is of one moment, whatever others write meanwhile."""
        if self.connection.in_transaction:
            yield
            return
        with self._transaction("BEGIN"):
            yield

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of the block or nothing. Within another one it is part of that."""
        if self.connection.in_transaction:
            yield self.connection
            return
        with self._transaction("BEGIN IMMEDIATE"):
            yield self.connection
        if self._behind:
            self.settle()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        self._check_thread()
        with sentences(self.name):
            self.connection.execute(begin)
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:  # a full disk may have rolled back already
                    self.connection.execute("ROLLBACK")
                raise

    def _check_thread(self) -> None:
        if self._thread not in (None, threading.get_ident()):
            raise WrongThread

    def off_the_disk(self) -> None:
        """What was deleted also leaves the disk; within a transaction, once that is over.

        It is owed from then on, by whichever process opens the file next, until settle() has done it.
        """
        with self.writing() as db:
            db.execute("INSERT OR REPLACE INTO note VALUES (?, 'true')", (_OWED,))
            self._behind, self._rewritten = True, False

    @property
    def behind(self) -> bool:
        """Whether something that was deleted may still be on the disk."""
        return self._behind

    def recall(self) -> None:
        """Whether an earlier process has left something to settle()."""
        self._behind = self._behind or bool(self.read("SELECT 1 FROM note WHERE key = ?", (_OWED,)))

    def settle(self) -> None:
        """Have what was deleted leave the disk, unless somebody still reads what was there before, or there is no room.

        The file is written anew (siamgui.storage.rewriting), and the journal beside it is emptied.
        """
        if not self._behind or self.connection.in_transaction:
            return
        with suppress(LibraryError):
            self.read(f"PRAGMA busy_timeout = {_MOMENT}")  # for readers and writers of this moment, not for long ones
            try:
                if not self._rewritten:
                    rewrite(self)
                    self._rewritten = True
                if not self.read("PRAGMA wal_checkpoint(TRUNCATE)")[0][0]:
                    self._behind = False
                    self.read("DELETE FROM note WHERE key = ?", (_OWED,))
            finally:
                self.read(f"PRAGMA busy_timeout = {round(1000 * WAIT)}")


def _prepare(db: Connection) -> None:
    """Raises NotOurs, TooNew, apsw.Error."""
    if db.execute("PRAGMA auto_vacuum").fetchall() != [(_FULL,)]:  # to say so again would be a change
        db.execute("PRAGMA auto_vacuum = FULL")  # what is cleared also leaves the disk
    db.execute("PRAGMA secure_delete = ON")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")  # on the disk when the call returns, even if the power fails
    migrate(db)


class Keeper:
    """Base of those that keep one kind of things in the file. Any method may raise a LibraryError."""

    def __init__(self, file: Database) -> None:
        self._file = file
        self._db = file.connection
        self._name = file.name

    @classmethod
    def open(cls, path: Path | None = None) -> Self:
        """Alone, with a connection of its own; as Database.open()."""
        return cls(Database.open(path))

    def close(self) -> None:
        """The connection, for whoever opened it."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, key: str, default: Any = None) -> Any:
        """A JSON value that put() kept."""
        rows = self._read("SELECT value FROM note WHERE key = ?", (key,))
        return json.loads(rows[0][0]) if rows else default

    def put(self, key: str, value: Any) -> None:
        with self._writing() as db:
            db.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (key, json.dumps(value, ensure_ascii=False)))

    def _read(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        return self._file.read(statement, values)

    def _reading(self) -> AbstractContextManager[None]:
        return self._file.reading()

    def _writing(self) -> AbstractContextManager[Connection]:
        return self._file.writing()

    def _off_the_disk(self) -> None:
        self._file.off_the_disk()


def now() -> str:
    """ISO 8601 in UTC, such that texts sort as times."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
