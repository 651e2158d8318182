"""One training run as a folder: everything it needs, and everything it has made so far.

job.json             what to do: name, settings, parent, reference folder, sha256 of the pairs
pairs.safetensors    the frozen snapshot of crops and labels, and who is held out
events.jsonl         what the run has reported
checkpoint/          where to go on from
result/ID/           the finished version, until it is moved to the others
judgement.json       before against after

job.json is written last: a folder without it is not a job. All of it is sealed by the vault (siamgui.vault.sealed),
unless the folder was prepared for another machine, or for several processes.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from msgspec import Struct

from siamgui.core.alignment import CROP_SIZE
from siamgui.core.encoders.registry import bundled_encoders, is_known
from siamgui.core.errors import ModelMissing, SiamguiError
from siamgui.core.i18n import mark
from siamgui.core.manifest import Model, bundled, read_manifest
from siamgui.core.paths import VERSIONS, data_folder
from siamgui.core.private import private_folder
from siamgui.core.typed_json import WrongForm, plain, read
from siamgui.core.types import Pixels
from siamgui.core.weights import metadata_of
from siamgui.finetuning.events import Event, read_events, seal_events
from siamgui.finetuning.run_files import (
    ABOUT,
    CHECKPOINT,
    CHECKPOINTS,
    EVENTS,
    JUDGEMENT,
    PAIRS,
    RESULTS,
    role,
    vault_files,
)
from siamgui.finetuning.settings import Settings
from siamgui.labelling.types import PairSet, Split
from siamgui.vault.kept import opened, read_kept, seal_in_place, write_kept
from siamgui.vault.key import Key
from siamgui.vault.sealed import Refused, is_sealed
from siamgui.versions.judgement import Judgement
from siamgui.versions.kept_files import by_vault, seal_files
from siamgui.versions.version_file import is_version_id

_ARRAYS = ("crops", "good", "person", "left", "right", "same", "part_of_pair", "part_of_face")


class JobDamaged(SiamguiError):
    """values: name"""

    text = mark("The training run “{name}” can’t be read. Start a new one; your labels are kept.")


class NoJob(JobDamaged):
    """What is there is proven to be no job: there is no job.json, as after a kill, or one of a wrong form."""


class JobUnreadable(SiamguiError):
    """The disk does not give it now, and may later. values: name, reason (in the words of the operating system)"""

    text = mark("“{name}” can’t be read ({reason}).")


class ParentGone(SiamguiError):
    """values: name"""

    text = mark(
        "The training run “{name}” can’t go on: the model version it started from is gone. "
        "Start a new one; your labels are kept."
    )


class JobUnwritable(SiamguiError):
    """values: reason (in the words of the operating system)"""

    text = mark("The training run can’t be saved ({reason}). Make room on the disk and try again.")


class _Parent(Struct, frozen=True):
    """key: Model.key. Where it lies is looked up each time: a data folder may be moved, restored or copied."""

    id: str
    key: str


class _JobFile(Struct, frozen=True):
    """job.json. reference: a folder, or None."""

    name: str
    settings: Settings
    parent: _Parent
    reference: str | None
    pairs_sha256: str
    schema: Literal[1] = 1


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """name: what the version will be called. origin: what is fine-tuned. reference: a folder of people, or None."""

    folder: Path
    name: str
    settings: Settings
    origin: _Parent
    reference: Path | None
    pairs_sha256: str
    key: Key | None

    @classmethod
    def create(
        cls,
        folder: Path,
        pairs: PairSet,
        split: Split,
        settings: Settings,
        parent: Model,
        name: str,
        reference: Path | None = None,
        key: Key | None = None,
    ) -> Job:
        """A new run. key: None for a folder in clear. Raises JobUnwritable; then there is no job in folder."""
        from safetensors.numpy import save

        data = save(
            {
                "crops": np.ascontiguousarray(pairs.crops),
                "good": pairs.good,
                "person": pairs.person,
                "left": pairs.left,
                "right": pairs.right,
                "same": pairs.same,
                "part_of_pair": split.pair,
                "part_of_face": split.face,
            },
            {"names": json.dumps(pairs.names), "people_known": json.dumps(pairs.people_known)},
        )
        digest = hashlib.sha256(data).hexdigest()
        origin = _Parent(parent.id, parent.key)
        text = plain(_JobFile(name, settings, origin, str(reference) if reference is not None else None, digest))
        try:
            private_folder(folder)
            write_kept(folder / PAIRS, role(PAIRS), data, key)
            about = (json.dumps(text, ensure_ascii=False, indent=2) + "\n").encode()
            write_kept(folder / ABOUT, role(ABOUT), about, key)
        except OSError as error:
            raise JobUnwritable(reason=error.strerror or str(error)) from None
        return cls(folder, name, settings, origin, reference, digest, key)

    @classmethod
    def open(cls, folder: Path) -> Job:
        """Without what it started from, which may be gone. Raises JobDamaged, NoJob, JobUnreadable, VaultError."""
        try:
            data = (folder / ABOUT).read_bytes()
            key = vault_files() if is_sealed(data) else None
            raw = read(_JobFile, opened(role(ABOUT), data, vault_files))
        except FileNotFoundError:
            raise NoJob(name=folder.name) from None
        except OSError as error:
            raise JobUnreadable(name=folder.name, reason=error.strerror or str(error)) from None
        except Refused:
            raise JobDamaged(name=folder.name) from None
        except WrongForm as error:
            raise NoJob(name=f"{folder.name}/job.json: {error}") from None
        reference = Path(raw.reference) if raw.reference else None
        return cls(folder, raw.name, raw.settings, raw.parent, reference, raw.pairs_sha256, key)

    @property
    def parent(self) -> Model:
        """What is fine-tuned: a bundled encoder, or a version of this data folder.

        Raises ParentGone; ModelCorrupt, VaultError.
        """
        model_id, found = self.origin.id, None
        if model_id in [entry.key for entry in bundled_encoders()]:
            found = bundled(model_id)
        elif is_version_id(model_id) and not is_known(model_id):  # one that is known may be bundled no longer
            root = data_folder()
            with suppress(ModelMissing):
                found = read_manifest(root / VERSIONS / model_id, opened=by_vault(root))
        if found is None or found.key != self.origin.key:
            raise ParentGone(name=self.name)
        return found

    def load(self) -> tuple[PairSet, Split]:
        """The snapshot. Raises JobDamaged, JobUnreadable, VaultError."""
        return _snapshot(self.folder, self.name, self.pairs_sha256)

    def pairs(self) -> PairSet:
        """As load()."""
        return self.load()[0]

    def events(self) -> tuple[Event, ...]:
        """What the run has reported so far."""
        return read_events(self.folder / EVENTS, vault_files)

    @property
    def result(self) -> Path | None:
        """The folder of the finished version, until it has been moved away. Raises JobUnreadable."""
        try:
            return next((p for p in sorted((self.folder / RESULTS).iterdir()) if not p.name.startswith(".")), None)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise JobUnreadable(name=self.name, reason=error.strerror or str(error)) from None

    def judgement(self) -> Judgement:
        """Raises JobDamaged where there is none yet, too."""
        try:
            return read(Judgement, read_kept(self.folder / JUDGEMENT, role(JUDGEMENT), vault_files))
        except (OSError, Refused):
            raise JobDamaged(name=self.name) from None
        except WrongForm as error:
            raise JobDamaged(name=f"{self.name}/judgement.json: {error}") from None

    def keep_judgement(self, judgement: Judgement) -> None:
        """Raises JobUnwritable."""
        data = (json.dumps(judgement.to_json(), ensure_ascii=False) + "\n").encode()
        try:
            write_kept(self.folder / JUDGEMENT, role(JUDGEMENT), data, self.key)
        except OSError as error:
            raise JobUnwritable(reason=error.strerror or str(error)) from None


def move_in(folder: Path) -> None:
    """Seal a run that siamgui 0.1.0 left in clear, file by file. Raises OSError, VaultError."""
    for name in (PAIRS, JUDGEMENT):
        seal_in_place(folder / name, role(name), vault_files)
    seal_in_place(folder / CHECKPOINTS / CHECKPOINT, role(CHECKPOINT), vault_files)
    seal_events(folder / EVENTS, vault_files)
    for result in (folder / RESULTS).glob("*"):
        seal_files(result, data_folder())
    seal_in_place(folder / ABOUT, role(ABOUT), vault_files)  # the last: by it a run that is sealed is known


def crops_of(folder: Path) -> Pixels:
    """The faces that a run keeps, (n, 112, 112, 3) uint8, whatever else of it can be read; none where none are kept.

    Raises JobDamaged, JobUnreadable, VaultError.
    """
    if not os.path.lexists(folder / PAIRS):
        return np.empty((0, CROP_SIZE, CROP_SIZE, 3), np.uint8)
    return _snapshot(folder, folder.name)[0].crops


def _snapshot(folder: Path, name: str, sha256: str = "") -> tuple[PairSet, Split]:
    """sha256: of what was saved, "" where nobody knows it."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        data = read_kept(folder / PAIRS, role(PAIRS), vault_files)
        if sha256 and hashlib.sha256(data).hexdigest() != sha256:
            raise ValueError("not what was saved")
        arrays = load(data)
        metadata = metadata_of(data)
        crops, good, person, left, right, same, part_of_pair, part_of_face = (arrays[name] for name in _ARRAYS)
        names = read(tuple[str, ...], metadata["names"])
        known = read(bool, metadata["people_known"])
    except (FileNotFoundError, ValueError, KeyError, TypeError, SafetensorError):
        raise JobDamaged(name=name) from None
    except OSError as error:
        raise JobUnreadable(name=name, reason=error.strerror or str(error)) from None
    return PairSet(crops, names, good, person, left, right, same, known), Split(part_of_pair, part_of_face)
