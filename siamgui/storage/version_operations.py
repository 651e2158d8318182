"""The model versions, which lie in folders beside the file, as operations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from siamgui.storage.store import Data, Operation, Topic, Topics
from siamgui.versions.version_store import Version, VersionStore


@dataclass(frozen=True, slots=True)
class ListVersions(Operation[tuple[Version, ...]]):
    """Newest first, the original last; every file is hashed. Raises VersionsUnreadable."""

    def run(self, data: Data) -> tuple[Version, ...]:
        return VersionStore().list()


@dataclass(frozen=True, slots=True)
class ChangeVersions(Operation[None]):
    """One thing that VersionStore can do; none of it is in the library. Raises what that raises."""

    change: Callable[[VersionStore], object]
    changes: ClassVar[Topics] = frozenset({Topic.VERSIONS})

    def run(self, data: Data) -> None:
        pass

    def afterwards(self, data: Data, answer: None) -> None:
        self.change(VersionStore())
