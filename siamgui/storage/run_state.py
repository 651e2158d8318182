"""The training run as a page shows it: where it is, what was heard of it, and what came of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from pathlib import Path

from siamgui.core.errors import SiamguiError
from siamgui.finetuning.events import Epoch, Event, Paused, Progressed, Resumed, Started
from siamgui.finetuning.methods import METHODS, Recommendation, recommend
from siamgui.finetuning.settings import Settings
from siamgui.storage.training_runs import Counts, Judged, RunPlan
from siamgui.versions.version_store import Imported, Version


class Phase(enum.Enum):
    """Where the training run is. BROKEN_OFF: it can go on from its last finished pass."""

    NONE = enum.auto()
    PREPARING = enum.auto()
    RUNNING = enum.auto()
    PAUSED = enum.auto()
    ENDING = enum.auto()
    BROKEN_OFF = enum.auto()
    FINISHED = enum.auto()

    @property
    def alive(self) -> bool:
        """Whether the training process runs."""
        return self in (Phase.RUNNING, Phase.PAUSED, Phase.ENDING)


@dataclass(frozen=True, slots=True)
class Taking:
    """A version is being taken in. name: of the file or the version; done of total steps, (0, 0) while none is."""

    name: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class RunState:
    """counts, versions: None until they have been read. plan: for the next run.

    phase, folder, name, settings, started, progress, epochs: of the run that goes on or was the last one.
    error: why it ended, until another one starts. judged: of that run, once it has finished.
    taking: what is being taken in, None for nothing. taken: what was last imported since the window was opened.
    """

    counts: Counts | None = None
    plan: RunPlan = field(default_factory=RunPlan)
    phase: Phase = Phase.NONE
    folder: Path | None = None
    name: str = ""
    settings: Settings | None = None
    started: Started | None = None
    progress: Progressed | None = None
    epochs: tuple[Epoch, ...] = ()
    error: SiamguiError | None = None
    judged: Judged | None = None
    versions: tuple[Version, ...] | None = None
    taking: Taking | None = None
    taken: Imported | None = None

    @property
    def recommended(self) -> Recommendation | None:
        counts = self.counts
        return recommend(counts.genuine, counts.impostor, counts.people) if counts is not None else None

    @property
    def wanted(self) -> Settings | None:
        """The settings of the next run: the user's own, or else what is recommended."""
        if self.plan.settings is not None or self.counts is None:
            return self.plan.settings
        recommended = self.recommended
        return METHODS[recommended.method].defaults if recommended is not None else None

    @property
    def current_pass(self) -> tuple[int, int]:
        """Which pass is under way, and of how many; (0, 0) while that is unknown or where nothing is trained."""
        total = self.started.epochs if self.started is not None else 0
        return (min(self.epochs[-1].number + 1, total) if self.epochs else min(1, total)), total

    @property
    def best(self) -> Epoch | None:
        """The best pass so far."""
        return next((epoch for epoch in reversed(self.epochs) if epoch.best), None)

    def after(self, event: Event) -> RunState:
        """What its process has said since."""
        match event:
            case Started():
                kept = tuple(epoch for epoch in self.epochs if epoch.number < event.first_epoch)
                return replace(self, started=event, epochs=kept)
            case Progressed():
                return replace(self, progress=event)
            case Epoch():
                before = tuple(epoch for epoch in self.epochs if epoch.number < event.number)
                return replace(self, epochs=(*before, event))
            case Paused() | Resumed() if self.phase is not Phase.ENDING:
                return replace(self, phase=Phase.PAUSED if isinstance(event, Paused) else Phase.RUNNING)
        return self
