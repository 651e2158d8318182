"""The training runs of this data folder: what the next one shall be, and which one goes on or was the last.

A run is a folder (siamgui.finetuning.job). One in which a process works is nobody else's: it is not removed and not
gone on with.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.core.manifest import bundled_encoder
from siamgui.core.paths import TRAINING, data_folder
from siamgui.core.typed_json import WrongForm, convert, plain
from siamgui.core.types import Label, Pixels
from siamgui.finetuning.events import Epoch, Started
from siamgui.finetuning.job import Job
from siamgui.finetuning.run_files import vault_files
from siamgui.finetuning.run_lock import RunInUse, RunStays, in_use, removed
from siamgui.finetuning.settings import Settings
from siamgui.finetuning.split import split_pairs
from siamgui.labelling.types import PairSet
from siamgui.storage.label_operations import read_labels
from siamgui.storage.labelling_view import people_in
from siamgui.storage.store import Data, Operation, Topic, Topics
from siamgui.storage.tidying import tidied
from siamgui.storage.traces import RUN
from siamgui.vault.key import Key
from siamgui.versions.judgement import Judgement
from siamgui.versions.version_store import VersionStore

PLAN_KEY, RUN_KEY = "training.plan", RUN
LEAVING = 3.0
"""Seconds that the process of a window that was killed may take to leave its run."""
_NOTES: Topics = frozenset({Topic.NOTES})


class NotBothKinds(SiamguiError):
    text = mark("Label at least one pair of the same person and one of different people first.")


@dataclass(frozen=True, slots=True)
class Counts:
    """What the labels come to: pairs of each kind without those that contradict themselves, people, faces in pairs."""

    genuine: int
    impostor: int
    people: int
    faces: int

    @property
    def pairs(self) -> int:
        return self.genuine + self.impostor


@dataclass(frozen=True, slots=True)
class CountPairs(Operation[Counts]):
    def run(self, data: Data) -> Counts:
        graph = read_labels(data).graph
        same = [pair for pair, label in graph.said.items() if label is Label.SAME]
        different = [
            pair
            for pair, label in graph.said.items()
            if label is Label.DIFFERENT and graph.implied(*pair) is Label.DIFFERENT
        ]
        pairs = (*same, *different)
        return Counts(
            len(same), len(different), people_in(graph, pairs), len({face for pair in pairs for face in pair})
        )


# -- the next run ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What the next run shall be. settings: None as long as the user is content with what is recommended.

    reference: a folder of photographs of other people, one folder per person, on which forgetting is measured.
    """

    settings: Settings | None = None
    name: str = ""
    reference: Path | None = None


@dataclass(frozen=True, slots=True)
class ReadPlan(Operation[RunPlan]):
    """What was kept of the plan; whatever cannot be read counts as not kept."""

    def run(self, data: Data) -> RunPlan:
        raw: dict[str, Any] = data.notes.get(PLAN_KEY) or {}
        try:
            settings = convert(Settings, raw["settings"]) if raw.get("settings") else None
        except WrongForm:
            settings = None
        reference = raw.get("reference")
        return RunPlan(settings, str(raw.get("name") or ""), Path(reference) if reference else None)


@dataclass(frozen=True, slots=True)
class KeepPlan(Operation[None]):
    plan: RunPlan
    changes: ClassVar[Topics] = _NOTES

    def run(self, data: Data) -> None:
        plan = self.plan
        raw = {
            "settings": plain(plan.settings) if plan.settings is not None else None,
            "name": plan.name,
            "reference": str(plan.reference) if plan.reference is not None else None,
        }
        data.notes.put(PLAN_KEY, raw)


# -- the run that goes on or was the last one ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class StoredRun:
    """A run as its folder tells it. started, epochs: what it has reported; of each pass the last report."""

    folder: Path
    name: str
    settings: Settings
    started: Started | None
    epochs: tuple[Epoch, ...]
    finished: bool


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A finished run. pairs: those it was trained on, for the pictures. version: the id it is kept under."""

    judgement: Judgement
    pairs: PairSet
    version: str


@dataclass(frozen=True, slots=True)
class MakeRun(Operation[Path]):
    """A snapshot of the labels as a run of its own, in place of the one before -> its folder.

    Raises NotBothKinds, and what Job.create() raises; then the one before is still there.
    """

    settings: Settings
    name: str
    reference: Path | None
    changes: ClassVar[Topics] = _NOTES

    def run(self, data: Data) -> Path:
        pairs = data.labels.pair_set()
        if not pairs.genuine or not pairs.impostor:
            raise NotBothKinds
        folder = data_folder() / TRAINING / datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
        versions = VersionStore()
        parent = versions.intact(versions.active().id).model or bundled_encoder()
        split = split_pairs(pairs, self.settings.seed)
        Job.create(folder, pairs, split, self.settings, parent, self.name, self.reference, vault_files())
        before = _folder(data)
        data.notes.put(RUN_KEY, {"job": folder.name, "version": ""})
        if before is not None:
            _superseded(data, before)
        return folder


@dataclass(frozen=True, slots=True)
class ReadFilesKey(Operation[Key]):
    """What the files of runs are sealed with, for the process of one; whoever asks may wait. Raises VaultError."""

    def run(self, data: Data) -> Key:
        return vault_files()


@dataclass(frozen=True, slots=True)
class RecallRun(Operation[StoredRun | None]):
    """The one that a window remembers, or else the newest that a command has left.

    None where there is no run that can be read, or a process works on it.
    """

    def run(self, data: Data) -> StoredRun | None:
        folder = _folder(data) or next((run.folder for run in tidied().broken_off), None)
        if folder is None or in_use(folder, LEAVING):
            return None
        try:
            job = Job.open(folder)
            finished = bool((data.notes.get(RUN_KEY) or {}).get("version")) or job.result is not None
        except SiamguiError:
            return None
        events = job.events()
        epochs = {event.number: event for event in events if isinstance(event, Epoch)}
        started = next((event for event in reversed(events) if isinstance(event, Started)), None)
        return StoredRun(folder, job.name, job.settings, started, tuple(epochs.values()), finished)


@dataclass(frozen=True, slots=True)
class KeepResult(Operation[Judged]):
    """Move the finished version of a run to the others, unless that has been done, and read how it was judged.

    What it was trained on is kept before it is moved: there is never a version of which nobody knows that.
    Raises JobDamaged, and what VersionStore.adopt() raises; then it is still to be moved.
    """

    folder: Path
    changes: ClassVar[Topics] = frozenset({Topic.NOTES, Topic.VERSIONS})

    def run(self, data: Data) -> Judged:
        job = Job.open(self.folder)
        kept: dict[str, Any] = data.notes.get(RUN_KEY) or {}
        last = self.folder == _folder(data)
        version = str(kept.get("version") or "") if last else ""
        judgement, pairs, result = job.judgement(), job.pairs(), job.result
        if result is not None:
            version = result.name
            data.traces.trained(version, pairs.crops)
        if last:
            data.notes.put(RUN_KEY, {"job": self.folder.name, "version": version})
        return Judged(judgement, pairs, version)

    def afterwards(self, data: Data, answer: Judged) -> None:
        result = Job.open(self.folder).result
        if result is not None:
            VersionStore().adopt(result)
            data.traces.recall()  # of whom another process has removed meanwhile
        if self.folder != _folder(data):  # another window has begun another run since
            _superseded(data, self.folder)


@dataclass(frozen=True, slots=True, eq=False)
class RememberTrained(Operation[None]):
    """Which crops, (n, 112, 112, 3) uint8, a version was trained on, so that its card can say when people are gone.

    Before the version is moved to the others (see KeepResult).
    """

    version: str
    crops: Pixels
    changes: ClassVar[Topics] = _NOTES

    def run(self, data: Data) -> None:
        data.traces.trained(self.version, self.crops)


@dataclass(frozen=True, slots=True)
class ForgetRun(Operation[None]):
    """Its folder goes too: it holds faces. Raises RunInUse, RunStays."""

    folder: Path
    changes: ClassVar[Topics] = _NOTES

    def run(self, data: Data) -> None:
        removed(self.folder)
        if self.folder == _folder(data):
            data.notes.put(RUN_KEY, {"job": "", "version": ""})


def _superseded(data: Data, folder: Path) -> None:
    """Another run has taken its place."""
    try:
        removed(folder)
    except RunInUse:
        pass  # whoever works on it knows of it
    except RunStays:
        data.left.stays = True


def _folder(data: Data) -> Path | None:
    """Of the run that is remembered."""
    name = Path(str((data.notes.get(RUN_KEY) or {}).get("job") or "")).name
    return data_folder() / TRAINING / name if name else None
