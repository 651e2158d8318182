"""What a training run reports: one JSON object a line in the run's own events.jsonl, and to whoever listens."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

Hear = Callable[[dict[str, Any]], None]


class Reporter:
    """Hands events on and records them; a record that cannot be written any more costs the record, not the run."""

    def __init__(self, path: Path | None, hear: Hear) -> None:
        """path: the record, appended to; None for none. hear: called with each event."""
        self._path = path
        self._hear = hear

    def say(self, event: str, **values: Any) -> None:
        whole = {"event": event, **values}
        self._hear(whole)
        if self._path is not None:
            try:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(_line(whole))
            except OSError:
                self._path = None


def print_event(event: dict[str, Any]) -> None:
    """A line on standard output, at once."""
    sys.stdout.write(_line(event))
    sys.stdout.flush()


def _line(event: dict[str, Any]) -> str:
    return json.dumps(event, ensure_ascii=False) + "\n"


def read_events(path: Path) -> tuple[bytes, ...]:
    """The lines of a record; none where there is no record. A last line cut off by a kill is among them."""
    try:
        return tuple(path.read_bytes().splitlines())
    except OSError:
        return ()
