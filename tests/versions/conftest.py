"""The versions of a data folder of its own, and one that was adopted."""

from __future__ import annotations

from pathlib import Path

import pytest

from siamgui.core.paths import data_folder
from siamgui.versions.version_store import Version, VersionStore
from tests.builders.versions import result


@pytest.fixture
def data() -> Path:
    return data_folder()


@pytest.fixture
def versions() -> VersionStore:
    return VersionStore()


@pytest.fixture
def adopted(versions: VersionStore, finished_version: Path, tmp_path: Path) -> Version:
    return versions.adopt(result(finished_version, tmp_path))
