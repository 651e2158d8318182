"""What steps 3 to 6 do on the disk, for worker threads; what takes a LabelStore is for the storage thread."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.core.manifest import bundled_encoder
from siamgui.core.types import Label
from siamgui.finetuning.settings import Settings
from siamgui.gui.training.finetuning.run_events import Epoch, Started, read_report
from siamgui.gui.training.finetuning.run_state import Counts, Judged, RunPlan

if TYPE_CHECKING:
    from siamgui.storage.label_store import LabelStore
    from siamgui.versions.version_store import Version, VersionStore

PLAN_KEY = "training.plan"
RUN_KEY = "training.run"


class NotBothKinds(SiamguiError):
    text = mark("Label at least one pair of the same person and one of different people first.")


@dataclass(frozen=True, slots=True, eq=False)
class Recalled:
    """A run as its folder tells it. version: the id of the version it gave, "" where it has not been kept yet."""

    folder: Path
    name: str
    settings: Settings
    started: Started | None
    epochs: tuple[Epoch, ...]
    finished: bool
    version: str


def count(library: LabelStore) -> Counts:
    graph = library.graph()
    same = [pair for pair, label in graph.said.items() if label is Label.SAME]
    different = [
        pair
        for pair, label in graph.said.items()
        if label is Label.DIFFERENT and graph.implied(*pair) is Label.DIFFERENT
    ]
    faces = {face for pair in (*same, *different) for face in pair}
    return Counts(len(same), len(different), len({graph.person[face] for face in faces}), len(faces))


def recall_plan(library: LabelStore) -> RunPlan:
    """What was kept of the plan; whatever cannot be read counts as not kept."""
    raw: dict[str, Any] = library.get(PLAN_KEY) or {}
    try:
        settings = Settings.from_json(raw["settings"]) if raw.get("settings") else None
    except (KeyError, TypeError, ValueError):
        settings = None
    reference = raw.get("reference")
    return RunPlan(settings, str(raw.get("name") or ""), Path(reference) if reference else None)


def plan_to_json(plan: RunPlan) -> dict[str, Any]:
    return {
        "settings": plan.settings.to_json() if plan.settings is not None else None,
        "name": plan.name,
        "reference": str(plan.reference) if plan.reference is not None else None,
    }


def make_job(library: LabelStore, settings: Settings, name: str, reference: Path | None) -> Path:
    """A snapshot of the labels as a job of its own; returns its folder. Raises NotBothKinds and what Job raises."""
    from siamgui.core.paths import data_folder
    from siamgui.finetuning.job import Job
    from siamgui.finetuning.split import split_pairs
    from siamgui.versions.version_store import VersionStore

    pairs = library.pair_set()
    if not pairs.genuine or not pairs.impostor:
        raise NotBothKinds
    folder = data_folder() / "training" / datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    parent = VersionStore().active().model or bundled_encoder()
    old = _folder_of(library)
    Job.create(folder, pairs, split_pairs(pairs, settings.seed), settings, parent, name, reference)
    library.put(RUN_KEY, {"job": folder.name, "version": ""})
    _remove(old)
    return folder


def recall_run(library: LabelStore) -> Recalled | None:
    """The run that goes on or was the last one, or None where there is none that can be read."""
    folder = _folder_of(library)
    if folder is None:
        return None
    from siamgui.finetuning.job import Job

    try:
        job = Job.open(folder)
    except SiamguiError:
        return None
    reports = [report for line in job.events() if (report := read_report(line)) is not None]
    epochs = {report.number: report for report in reports if isinstance(report, Epoch)}
    started = next((report for report in reversed(reports) if isinstance(report, Started)), None)
    version = str(library.get(RUN_KEY).get("version") or "")
    finished = bool(version) or job.result is not None
    return Recalled(folder, job.name, job.settings, started, tuple(epochs.values()), finished, version)


def keep_result(library: LabelStore, folder: Path) -> Judged:
    """Move a finished version to the others, if that has not been done yet, and read how it was judged."""
    from siamgui.finetuning.job import Job
    from siamgui.versions.version_store import VersionStore

    job = Job.open(folder)
    kept: dict[str, Any] = library.get(RUN_KEY) or {}
    version = str(kept.get("version") or "")
    if job.result is not None:
        version = VersionStore().adopt(job.result).id
    library.put(RUN_KEY, {"job": folder.name, "version": version})
    return Judged(job.judgement(), job.pairs(), version)


def forget_run(library: LabelStore) -> None:
    """Its folder goes too: it holds faces."""
    old = _folder_of(library)
    library.put(RUN_KEY, {"job": "", "version": ""})
    _remove(old)


def _folder_of(library: LabelStore) -> Path | None:
    """The folder of the run that the library remembers."""
    from siamgui.core.paths import data_folder

    name = Path(str((library.get(RUN_KEY) or {}).get("job") or "")).name
    return data_folder() / "training" / name if name else None


def _remove(folder: Path | None) -> None:
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def list_versions() -> tuple[Version, ...]:
    from siamgui.versions.version_store import VersionStore

    return VersionStore().list()


def change_versions(change: Callable[[VersionStore], object]) -> tuple[Version, ...]:
    """Do one thing to the versions; returns what there is then."""
    from siamgui.versions.version_store import VersionStore

    versions = VersionStore()
    change(versions)
    return versions.list()
