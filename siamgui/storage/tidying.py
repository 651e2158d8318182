"""What a kill has left in the data folder: what can go on is offered, the rest goes."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from siamgui.core.paths import TEMPORARY, TRAINING, VERSIONS, data_folder
from siamgui.core.temporary import abandoned, tidy, tidy_files
from siamgui.finetuning.job import Job, JobDamaged, JobUnreadable, NoJob
from siamgui.finetuning.run_files import CHECKPOINTS
from siamgui.finetuning.run_lock import RunInUse, RunStays, removed
from siamgui.storage.store import Data, Operation
from siamgui.storage.traces import RUN
from siamgui.versions.temporary_folder import PREFIX


@dataclass(frozen=True, slots=True)
class BrokenOff:
    """A training run whose process is gone. name: of the version that it was to be."""

    folder: Path
    name: str


@dataclass(frozen=True, slots=True)
class Tidied:
    """broken_off: runs that can go on, the newest first. stays: whether files that are to go cannot be removed now."""

    broken_off: tuple[BrokenOff, ...]
    stays: bool


@dataclass(frozen=True, slots=True)
class TidyUp(Operation[tuple[BrokenOff, ...]]):
    """Remove what nobody works with any more -> the runs that can go on, the newest first.

    It waits for nobody who writes. The run that a window remembers is left to the window.
    """

    def run(self, data: Data) -> tuple[BrokenOff, ...]:
        return tidy_up(data)


def tidy_up(data: Data) -> tuple[BrokenOff, ...]:
    """See TidyUp; what cannot be removed is pending from then on."""
    found = tidied(str((data.notes.get(RUN) or {}).get("job") or ""))
    data.left.stays = found.stays
    return found.broken_off


def tidied(remembered: str = "") -> Tidied:
    """remembered: the name of a folder of a run that is left alone."""
    root = data_folder()
    stays = not tidy(root / TEMPORARY)
    stays = not tidy(root / VERSIONS, PREFIX) or stays
    for folder in (root, root / VERSIONS, *(root / VERSIONS).glob("*")):
        tidy_files(folder)
    left = (path for path in sorted((root / TRAINING).glob("*"), reverse=True) if path.name != remembered)
    found = []
    for path in left:
        if path.is_dir() and not path.is_symlink() and abandoned(path):
            with contextlib.suppress(JobDamaged, JobUnreadable, RunInUse, OSError):
                name = _can_go_on(path)
                if name is None:
                    stays = not _removed(path) or stays
                else:
                    found.append(BrokenOff(path, name))
    return Tidied(tuple(found), stays)


def _removed(run: Path) -> bool:
    try:
        removed(run)
    except RunStays:
        return False
    return True


def _can_go_on(folder: Path) -> str | None:
    """The name of a run that has got somewhere; None for one that would begin anew, and for what is no run.

    Whatever cannot be read now, for whatever reason, raises: nothing is removed because of that.
    """
    try:
        job = Job.open(folder)
    except NoJob:
        return None
    return job.name if (folder / CHECKPOINTS).is_dir() or job.result is not None else None
