"""What a training run reports: one JSON object a line, on standard output and in the run's own events.jsonl."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, TextIO


class Reporter:
    """Writes events; a file that cannot be written any more costs the record, not the run."""

    def __init__(self, path: Path | None, stream: TextIO | None = None) -> None:
        """path: the record, appended to; None for none. stream: where else; None for standard output."""
        self._path = path
        self._stream = stream if stream is not None else sys.stdout

    def say(self, event: str, **values: Any) -> None:
        line = json.dumps({"event": event, **values}, ensure_ascii=False) + "\n"
        self._stream.write(line)
        self._stream.flush()
        if self._path is not None:
            try:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(line)
            except OSError:
                self._path = None


def read_events(path: Path) -> tuple[bytes, ...]:
    """The lines of a record; none where there is no record. A last line cut off by a kill is among them."""
    try:
        return tuple(path.read_bytes().splitlines())
    except OSError:
        return ()
