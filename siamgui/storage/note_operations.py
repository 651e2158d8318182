"""Small things that pages remember, as JSON values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from siamgui.storage.store import Data, Operation, Topic, Topics


@dataclass(frozen=True, slots=True)
class ReadNote(Operation[Any]):
    """What was kept under key; None for nothing."""

    key: str

    def run(self, data: Data) -> Any:
        return data.notes.get(self.key)


@dataclass(frozen=True, slots=True)
class KeepNote(Operation[None]):
    """value: anything that JSON can hold."""

    key: str
    value: object
    changes: ClassVar[Topics] = frozenset({Topic.NOTES})

    def run(self, data: Data) -> None:
        data.notes.put(self.key, self.value)
