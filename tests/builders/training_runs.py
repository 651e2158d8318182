"""Small training runs on faces made from the bundled photographs, and who listens to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from siamgui.core.manifest import bundled_encoder
from siamgui.core.typed_json import plain
from siamgui.finetuning.events import Epoch, Reporter
from siamgui.finetuning.events import Event as RunEvent
from siamgui.finetuning.job import Job
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.run import run_job
from siamgui.finetuning.settings import Settings
from siamgui.labelling.types import PairSet, Split
from siamgui.versions.method import Method

PEOPLE, EACH = 16, 4
Event = dict[str, Any]
Vectors = np.ndarray[Any, np.dtype[np.float32]]
Data = tuple[PairSet, Split, Vectors]


def settings_of(method: Method, **changes: Any) -> Settings:
    return replace(METHODS[method].defaults, **{"epochs": 3, "patience": 0, "batch": 16, "device": "cpu"} | changes)


def make_job(folder: Path, pairs: PairSet, split: Split, settings: Settings) -> Job:
    return Job.create(folder, pairs, split, settings, bundled_encoder(), "Test", None)


class Recorder:
    """Hears events; check() is asked before every step."""

    def __init__(self, check: Callable[[int], bool] = lambda step: False) -> None:
        self.events: list[Event] = []
        self.steps = 0
        self._check = check

    def __call__(self, event: RunEvent) -> None:
        self.events.append(plain(event))

    def check(self) -> bool:
        self.steps += 1
        return self._check(self.steps)

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["event"] == kind]


def finish(job: Job, recorder: Recorder) -> Path:
    result = run_job(job, Reporter(job.folder / "events.jsonl", recorder), recorder.check)
    assert result is not None
    return result


class Listener:
    """Keeps the reports of a trainer; check() is asked before every step."""

    def __init__(self, check: Callable[[int], bool] = lambda step: False) -> None:
        self.reports: list[Epoch] = []
        self.first_epoch = 0
        self.steps = 0
        self._check = check

    def began(self, epochs: int, first_epoch: int) -> None:
        self.first_epoch = first_epoch

    def progress(self, phase: str, done: int, total: int, seconds_left: float | None) -> None: ...

    def epoch(self, report: Epoch) -> None:
        self.reports.append(report)

    def check(self) -> bool:
        self.steps += 1
        return self._check(self.steps)


def tiny_pairs() -> PairSet:
    """Three faces of two people that no engine has seen, and a pair of each kind."""
    crops = np.random.default_rng(0).integers(0, 256, (3, 112, 112, 3)).astype(np.uint8)
    person = np.array([0, 0, 1])
    left, right = np.array([0, 0]), np.array([1, 2])
    same = person[left] == person[right]
    return PairSet(crops, ("a", "b", "c"), np.ones(3, bool), person, left, right, same, True)
