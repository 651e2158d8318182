"""The one SQLite file in which siamgui keeps what the user makes, and one connection to it.

Every change is a transaction and on the disk when the call returns, so nothing is lost by kill -9; a full disk or a
read-only folder gives one sentence and leaves what was stored. A connection is used by one thread at a time; what
several threads ask for goes through siamgui.storage.store. The file is encrypted with the key of the vault beside it.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from siamgui.core.folder_use import InUse, Use
from siamgui.core.paths import LIBRARY, data_folder, made_data_folder
from siamgui.core.private import private_file, private_folder
from siamgui.storage.connection import Connection, connect
from siamgui.storage.errors import (
    LibraryBusy,
    LibraryDamaged,
    LibraryError,
    LibraryFull,
    LibraryLost,
    LibraryNewer,
    LibraryUnwritable,
    of_the_disk,
    sentences,
)
from siamgui.storage.moving_in import move_in
from siamgui.storage.rewriting import rewrite
from siamgui.storage.schema import NotOurs, TooNew, migrate
from siamgui.vault.errors import VaultUnwritable
from siamgui.vault.key import Key
from siamgui.vault.vault import vault_of

_FULL = 1
_LEAST = 2**19  # bytes that must be free for anything to be saved
_MOMENT = 100  # milliseconds for what can be done later as well
_OWED = "library.removed"  # the note that says so
WAIT = 5.0  # seconds for another process to finish its change


class WrongThread(RuntimeError):
    """A mistake of ours: a connection is used by the thread that opened it."""


class Database:
    """One connection. Any method may raise a LibraryError."""

    def __init__(self, connection: Connection, path: Path, thread: int | None) -> None:
        """thread: the only one that may use it, None for any, one at a time."""
        self.connection = connection
        self.path = path
        self.name = path.name
        self._closing = ExitStack()
        self._thread = thread
        self._opened_as = _identity(path)
        self._behind = self._rewritten = False  # see off_the_disk() and settle()
        self._seen = self._data_version()

    @classmethod
    def open(
        cls,
        path: Path | None = None,
        *,
        key: Key | None = None,
        any_thread: bool = False,
        alone: bool = False,
        tables: int | None = None,
    ) -> Self:
        """path: None for library.sqlite in the data folder; made when absent.

        key: None for that of the vault in the same folder, which is made when absent; a library that siamgui 0.1.0 left
        in clear is encrypted first. any_thread: for whoever sees to it that only one thread at a time uses the
        connection; else it belongs to the thread that opened it. alone: for whoever has the data folder alone already.
        tables: how many steps of the schema a new file takes, None for all.
        Raises LibraryNewer, LibraryDamaged, LibraryUnwritable, LibraryFull, LibraryBusy; VaultError, Locked for one.
        """
        own = data_folder() / LIBRARY
        path = path or own
        try:
            with ExitStack() as undone:
                made_data_folder(path.parent) if path == own else private_folder(path.parent)  # nobody else's business
                if path == own and not alone:
                    undone.enter_context(Use(path.parent))
                key = key or vault_of(path.parent).database
                private_file(path)  # SQLite gives the files beside it the same mode
                with sentences(path.name):
                    db = undone.enter_context(_connected(path, key))
                    _prepare(db, tables)
                    file = cls(db, path, None if any_thread else threading.get_ident())
                file._closing = undone.pop_all()
        except InUse:  # by a process that replaces it
            raise LibraryBusy(name=path.name) from None
        except OSError as error:
            raise of_the_disk(error, path.name) from None
        except VaultUnwritable as error:
            raise of_the_disk(error.__cause__, path.name) from None
        except NotOurs:
            raise LibraryDamaged(name=path.name) from None
        except TooNew:
            raise LibraryNewer(name=path.name) from None
        return file

    @classmethod
    def in_clear(cls, path: Path) -> Self:
        """A file that is not encrypted, to measure what encryption costs. Raises LibraryError."""
        with ExitStack() as undone, sentences(path.name):
            db = connect(path, None, WAIT)
            undone.callback(db.close)
            _prepare(db)
            file = cls(db, path, threading.get_ident())
            file._closing = undone.pop_all()
        return file

    def close(self) -> None:
        self._closing.close()

    @property
    def lost(self) -> bool:
        """Whether the file is no longer where it was opened: what is written to it now is kept nowhere."""
        return _identity(self.path) != self._opened_as

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

    def trouble(self) -> LibraryError | None:
        """What keeps anything from being saved now; cheap, for whoever looks every second."""
        folder = self.path.parent
        try:
            if self.lost:
                return LibraryLost(name=self.name)
            if not os.access(folder, os.W_OK) or not os.access(self.path, os.W_OK):
                return LibraryUnwritable(name=self.name)
            return LibraryFull(name=self.name) if shutil.disk_usage(folder).free < _LEAST else None
        except OSError:
            return LibraryLost(name=self.name)

    def rows(self, statement: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """As read(), one after another, however many there are."""
        self._check_thread()
        with sentences(self.name):
            yield from self.connection.execute(statement, values)

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
        if self.lost:
            raise LibraryLost(name=self.name)
        with self._transaction("BEGIN IMMEDIATE"):
            yield self.connection
        if self.lost:  # and nothing is said to be saved that is not
            raise LibraryLost(name=self.name)
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


_opening = threading.Lock()
_connections: Counter[Path] = Counter()  # of this process


@contextmanager
def _connected(path: Path, key: Key) -> Iterator[Connection]:
    """Raises NotOurs, TooNew, LibraryError, apsw.Error.

    The file is never read but through SQLite while this process has a connection to it: to close it again would free
    the locks that the connection has (POSIX), and another process would remove the journal beside it.
    """
    with _opening:
        if not _connections[path]:
            move_in(path, key, WAIT)
        _connections[path] += 1
    try:
        db = connect(path, key, WAIT)
        try:
            yield db
        finally:
            db.close()
    finally:
        with _opening:
            _connections[path] -= 1


def _identity(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


def _prepare(db: Connection, tables: int | None = None) -> None:
    """Raises NotOurs, TooNew, apsw.Error."""
    if db.execute("PRAGMA auto_vacuum").fetchall() != [(_FULL,)]:  # to say so again would be a change
        db.execute("PRAGMA auto_vacuum = FULL")  # what is cleared also leaves the disk
    db.execute("PRAGMA secure_delete = ON")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")  # on the disk when the call returns, even if the power fails
    migrate(db, tables)


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
