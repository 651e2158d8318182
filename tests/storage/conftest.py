"""A library with nothing in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from siamgui.storage import connection
from siamgui.storage.people_store import PeopleStore
from siamgui.vault.key import Key


@pytest.fixture
def unencrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library as it is below its encryption, so that what was removed can be looked for in every byte."""

    def connect(path: Path, _key: Key, wait: float) -> connection.Connection:
        return connection.connect(path, None, wait)

    monkeypatch.setattr("siamgui.storage.database.connect", connect)
    monkeypatch.setattr("siamgui.storage.database.move_in", lambda _path, _key, _wait: None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "own" / "library.sqlite"


@pytest.fixture
def people(path: Path) -> Iterator[PeopleStore]:
    with PeopleStore.open(path) as opened:
        yield opened
