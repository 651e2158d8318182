"""The library as SQL sees it, for tests that spoil it or look behind what its keepers say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from siamgui.core.paths import LIBRARY, data_folder
from siamgui.storage.connection import Connection, connect
from siamgui.vault.vault import vault_of


@contextmanager
def raw(path: Path | None = None, wait: float = 5.0) -> Iterator[Connection]:
    """path: None for that of the data folder; the file in it, opened with the key of its vault."""
    path = path or data_folder() / LIBRARY
    with closing_connection(connect(path, vault_of(path.parent).database, wait)) as db:
        yield db


@contextmanager
def raw_in_clear(path: Path) -> Iterator[Connection]:
    """A file as siamgui 0.1.0 left it, or of another program; made where it is absent."""
    with closing_connection(connect(path, None, 5.0)) as db:
        yield db


@contextmanager
def heard(db: Connection, hear: Callable[[str], object]) -> Iterator[None]:
    """hear is told every statement before it is carried out."""

    def tell(_cursor: object, statement: str, _values: object) -> bool:
        hear(statement)
        return True

    db.exec_trace = tell
    yield
    db.exec_trace = None


@contextmanager
def closing_connection(db: Connection) -> Iterator[Connection]:
    try:
        yield db
    finally:
        db.close()
