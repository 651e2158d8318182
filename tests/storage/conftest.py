"""A library with nothing in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from siamgui.storage.people_store import PeopleStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "own" / "library.sqlite"


@pytest.fixture
def people(path: Path) -> Iterator[PeopleStore]:
    with PeopleStore.open(path) as opened:
        yield opened
