"""What a training run reports: one JSON object a line in the run's own events.jsonl, and to whoever listens."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct, field

from siamgui.core.files import write_whole
from siamgui.core.private import private_file
from siamgui.core.typed_json import Count, Share, WrongForm, read
from siamgui.finetuning.run_files import EVENTS, role
from siamgui.vault.kept import KeyGiver, opened
from siamgui.vault.key import Key
from siamgui.vault.sealed import seal


class Counted(Struct, frozen=True):
    """Pairs of each part of the split."""

    train: Count
    validation: Count
    judge: Count


class _Event(Struct, frozen=True, tag_field="event"):
    pass


class Started(_Event, frozen=True, tag="started"):
    """epochs: how many there will be; first_epoch: above 1 where a run goes on."""

    epochs: Count
    first_epoch: Count
    pairs: Counted
    device: str
    method: str = ""


class Progressed(_Event, frozen=True, tag="progress"):
    """phase: "embedding", "training", "judging" or "saving". done of total; seconds_left: None while unknown."""

    phase: str
    done: Count
    total: Count
    seconds_left: Annotated[float, Meta(ge=0)] | None = None


class Epoch(_Event, frozen=True, tag="epoch"):
    """After a pass over the pairs; number 0 is before training. loss: mean over the pass, None for number 0.

    validation_loss, eer and the histograms, edges (n + 1) and counts (n): on the validation people; None, 0.5 and empty
    where they lack either kind. best: whether this is the best so far.
    """

    number: Count = field(name="epoch")
    loss: float | None
    validation_loss: float | None
    eer: Share
    edges: tuple[float, ...]
    genuine: tuple[float, ...]
    impostor: tuple[float, ...]
    best: bool

    def __post_init__(self) -> None:
        if not len(self.edges) == len(self.genuine) + 1 == len(self.impostor) + 1 > 1:
            raise ValueError("the histogram does not fit its edges")


class PassedOver(_Event, frozen=True, tag="passed over"):
    """Of the folder of other people: hidden and system files that were skipped, and why photographs cannot be used."""

    skipped: Count
    problems: tuple[str, ...]


class Paused(_Event, frozen=True, tag="paused"):
    pass


class Resumed(_Event, frozen=True, tag="resumed"):
    pass


class Cancelled(_Event, frozen=True, tag="cancelled"):
    """Ended at the user's wish; it can go on from its checkpoint."""


class Failed(_Event, frozen=True, tag="failed"):
    """text: one sentence for a person."""

    text: str


class Finished(_Event, frozen=True, tag="finished"):
    """version: the name of the finished version's folder. allowed: what the gate says."""

    version: str
    allowed: bool


Event = Started | Progressed | Epoch | PassedOver | Paused | Resumed | Cancelled | Failed | Finished
Hear = Callable[[Event], None]


class Reporter:
    """Hands events on and records them; a record that cannot be written any more costs the record, not the run."""

    def __init__(self, path: Path | None, hear: Hear, key: Key | None = None) -> None:
        """path: the record, appended to; None for none. hear: called with each event. key: what seals the record."""
        self._path = path
        self._hear = hear
        self._key = key

    def say(self, event: Event) -> None:
        self._hear(event)
        if self._path is not None:
            try:
                with private_file(self._path).open("ab") as file:
                    file.write(line_of(event) if self._key is None else _kept(line_of(event), self._key))
            except OSError:
                self._path = None


def print_event(event: Event) -> None:
    """A line on standard output, at once."""
    sys.stdout.buffer.write(line_of(event))
    sys.stdout.buffer.flush()


def line_of(event: Event) -> bytes:
    return msgspec.json.encode(event) + b"\n"


def event_of(line: bytes) -> Event | None:
    """One line as line_of() wrote it; None for anything else."""
    try:
        return read(Event, line)  # type: ignore[arg-type]
    except WrongForm:
        return None


def read_events(path: Path, key: KeyGiver) -> tuple[Event, ...]:
    """Of a record; none where there is no record. A last line cut off by a kill is passed over. Raises VaultError."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return ()
    return tuple(event for line in lines if (event := event_of(_opened(line, key))) is not None)


def seal_events(path: Path, key: KeyGiver) -> None:
    """A record that siamgui 0.1.0 left in clear. Raises OSError, VaultError."""
    if path.exists():
        lines = path.read_bytes().splitlines()
        if any(map(_in_clear, lines)):
            write_whole(path, b"".join(_kept(line, key()) if _in_clear(line) else line + b"\n" for line in lines))


def _kept(line: bytes, key: Key) -> bytes:
    """A line that can be appended, and says nothing without the key."""
    return base64.b64encode(seal(key, role(EVENTS), line)) + b"\n"


def _in_clear(line: bytes) -> bool:
    return line.startswith(b"{")


def _opened(line: bytes, key: KeyGiver) -> bytes:
    if _in_clear(line):
        return line
    try:
        return opened(role(EVENTS), base64.b64decode(line, validate=True), key)
    except ValueError:  # cut off, or not ours
        return b""
