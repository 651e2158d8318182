"""Small things that pages remember, as JSON values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from siamgui.storage.store import Data, Operation, Topic, Topics


@dataclass(frozen=True, slots=True)
class ReadNotes(Operation[dict[str, Any]]):
    """What was kept under each key; None for nothing."""

    keys: tuple[str, ...]

    def run(self, data: Data) -> dict[str, Any]:
        return {key: data.notes.get(key) for key in self.keys}


@dataclass(frozen=True, slots=True)
class KeepNote(Operation[None]):
    """value: anything that JSON can hold."""

    key: str
    value: object
    changes: ClassVar[Topics] = frozenset({Topic.NOTES})

    def run(self, data: Data) -> None:
        data.notes.put(self.key, self.value)
