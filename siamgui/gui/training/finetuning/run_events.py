"""What the training process reports, read back into values. Whatever is not such a report is not believed."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Started:
    """epochs: how many there will be; first_epoch: above 1 where a run goes on; then the pairs of each part."""

    epochs: int
    first_epoch: int
    train: int
    validation: int
    judge: int
    device: str


@dataclass(frozen=True, slots=True)
class Progressed:
    """phase: "embedding", "training", "judging" or "saving". done of total; seconds_left: None while unknown."""

    phase: str
    done: int
    total: int
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class Epoch:
    """After a pass over the pairs; number 0 is before training. loss, validation_loss: None where not measured.

    eer: in [0, 1], and edges (n + 1), genuine, impostor (n counts), all on the validation people.
    best: whether this is the best so far.
    """

    number: int
    loss: float | None
    validation_loss: float | None
    eer: float
    edges: tuple[float, ...]
    genuine: tuple[float, ...]
    impostor: tuple[float, ...]
    best: bool


@dataclass(frozen=True, slots=True)
class Paused:
    pass


@dataclass(frozen=True, slots=True)
class Resumed:
    pass


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Ended at the user's wish; it can go on from its checkpoint."""


@dataclass(frozen=True, slots=True)
class Failed:
    """text: one sentence for a person."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """version: the name of the finished version's folder. allowed: what the gate says."""

    version: str
    allowed: bool


Report = Started | Progressed | Epoch | Paused | Resumed | Cancelled | Failed | Finished


def read_report(line: bytes) -> Report | None:
    """One line as the process wrote it, or None for anything else."""
    try:
        raw = json.loads(line)
        return _READERS[raw["event"]](raw)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _started(raw: dict[str, Any]) -> Started:
    train, validation, judge = (int(raw["pairs"][part]) for part in ("train", "validation", "judge"))
    return Started(int(raw["epochs"]), int(raw["first_epoch"]), train, validation, judge, str(raw["device"]))


def _progress(raw: dict[str, Any]) -> Progressed:
    return Progressed(str(raw["phase"]), int(raw["done"]), int(raw["total"]), _number(raw.get("seconds_left")))


def _epoch(raw: dict[str, Any]) -> Epoch:
    edges, genuine, impostor = (tuple(map(float, raw[name])) for name in ("edges", "genuine", "impostor"))
    eer = _number(raw["eer"])
    finite = all(map(math.isfinite, (*edges, *genuine, *impostor)))
    if eer is None or not finite or not len(edges) == len(genuine) + 1 == len(impostor) + 1 > 1:
        raise ValueError("not an epoch")
    loss, held_out = (_number(raw.get(name)) for name in ("loss", "validation_loss"))
    return Epoch(int(raw["epoch"]), loss, held_out, eer, edges, genuine, impostor, bool(raw["best"]))


def _number(value: object) -> float | None:
    """A finite number, or None."""
    number = None if value is None else float(value)  # type: ignore[arg-type]
    return number if number is not None and math.isfinite(number) else None


_READERS: dict[str, Callable[[dict[str, Any]], Report]] = {
    "started": _started,
    "progress": _progress,
    "epoch": _epoch,
    "paused": lambda raw: Paused(),
    "resumed": lambda raw: Resumed(),
    "cancelled": lambda raw: Cancelled(),
    "failed": lambda raw: Failed(str(raw["text"])),
    "finished": lambda raw: Finished(str(raw["version"]), bool(raw["allowed"])),
}
