"""The model versions on this machine: each a folder that is whole or not there, and a pointer to the active one.

    data folder/models/ID/      weights, serving form, calibration, manifest with the card
    data folder/active.json     the active id, and those that were active before it

Every change is one rename of something that lies on the disk already. So a kill, a full disk or a read-only folder
leaves the active version active and whole. The original is bundled, cannot be changed, and is what is used when there
is nothing else.
"""

from __future__ import annotations

import contextlib
import errno
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import Struct

from siamgui.core.calibration import Calibration
from siamgui.core.errors import ModelCorrupt, ModelMissing, SiamguiError
from siamgui.core.files import sync_file, sync_folder, write_whole
from siamgui.core.i18n import tr
from siamgui.core.manifest import NAME_LIMIT, Model, bundled_encoder, read_manifest, verify
from siamgui.core.paths import data_folder
from siamgui.core.typed_json import WrongForm, plain, read
from siamgui.versions import version_file
from siamgui.versions.errors import (
    ActiveUnusable,
    GateRefuses,
    NameUnusable,
    NothingToRollBackTo,
    OriginalStays,
    VersionActive,
    VersionAmbiguous,
    VersionDamaged,
    VersionsUnreadable,
    VersionsUnwritable,
    VersionUnknown,
)
from siamgui.versions.judgement import GateReason
from siamgui.versions.version_card import Card

ORIGINAL = "original"
_STALE = 3600.0  # seconds after which a temporary folder belongs to nobody


@dataclass(frozen=True, slots=True)
class Version:
    """model: None where the manifest cannot be read. card: how it came about; empty for the original.

    damaged: the sentence that says so, or "".
    """

    id: str
    name: str
    model: Model | None
    card: Card
    active: bool
    bundled: bool
    damaged: str = ""

    @property
    def refused(self) -> tuple[GateReason, ...]:
        """Why the gate refused it; empty where it is allowed."""
        return () if self.bundled else self.card.refused


class _Pointer(Struct, frozen=True):
    """active.json: the active id, and those that were active before it."""

    active: str
    history: tuple[str, ...]


class VersionStore:
    """All operations are synchronous and safe to repeat; none keeps anything open."""

    def __init__(self, folder: Path | None = None) -> None:
        """folder: the data folder; None for the usual one."""
        root = folder or data_folder()
        self._folder = root / "models"
        self._pointer = root / "active.json"

    def fingerprint(self) -> tuple[int, ...]:
        """Another value when versions have come, gone or changed their name, or another one is active; cheap."""
        paths: tuple[Path, ...] = (self._pointer, self._folder)
        with contextlib.suppress(VersionsUnreadable):
            paths += self._paths()
        return tuple(_changed_at(path) for path in paths)

    def list(self) -> tuple[Version, ...]:
        """Newest first, the original last; every file is hashed. Raises VersionsUnreadable."""
        active = self._active_id()
        versions = [self._read(path, active) for path in self._paths()]
        versions.sort(key=lambda version: version.card.created, reverse=True)
        original_used = not any(version.active for version in versions)
        return (*versions, self._original(active=original_used))

    def find(self, name: str) -> Version:
        """By id, or by name as a person writes it. Raises VersionUnknown, VersionAmbiguous."""
        versions = self.list()
        found = [version for version in versions if version.id == name]
        found = found or [version for version in versions if version.name.lower() == name.strip().lower()]
        if not found:
            raise VersionUnknown(name=name)
        if len(found) > 1:
            raise VersionAmbiguous(name=name, ids=", ".join(version.id for version in found))
        return found[0]

    def active(self) -> Version:
        """The version in use: the one that was activated, or the original if that one is missing or damaged."""
        active = self._active_id()
        if self._is_here(active):
            version = self._read(self._folder / active, active)
            if version.active:
                return version
        return self._original(active=True)

    def chosen(self) -> tuple[Model | None, SiamguiError | None]:
        """The model of the active version, None for the original; and what to say where it cannot be used.

        Only the manifest is read: whoever loads the model verifies what is loaded.
        """
        try:
            if self._state() is None:
                return None, self.unusable()
            active = self._active_id()
            return (None if active == ORIGINAL else read_manifest(self._folder / active)), None
        except (ModelMissing, ModelCorrupt, VersionsUnreadable):
            return None, self.unusable()

    def trouble(self) -> ActiveUnusable | None:
        """What is wrong with the active version, every file hashed. Raises VersionsUnreadable."""
        intended = self._state()
        whole = intended is not None and self.active().id == intended.active
        return None if whole else self.unusable()

    def unusable(self) -> ActiveUnusable:
        """What to say of an active version that cannot be loaded."""
        name = self._pointer.name
        with contextlib.suppress(SiamguiError):
            active = self._active_id()
            name = name if active == ORIGINAL else active
            name = read_manifest(self._folder / active).name
        return ActiveUnusable(name=name)

    def activate(self, version_id: str, reason: str = "") -> Version:
        """reason: why, against the gate; it is written to the card. Raises GateRefuses, VersionDamaged, VersionUnknown,
        VersionsUnwritable."""
        version = self._intact(version_id)
        reason = reason.strip()
        if version.refused and not reason:
            raise GateRefuses(name=version.name, reasons=" ".join(r.sentence for r in version.refused))
        with self._writing():
            if version.refused:
                now = datetime.now(UTC).isoformat(timespec="seconds")
                self._change_manifest(version_id, card={"override_reason": reason, "overridden": now})
            self._point(version_id, (*self._history(), self._active_id()))
        return self._by_id(version_id)

    def roll_back(self) -> Version:
        """Activate what was active before, passing over what is gone or damaged. Raises NothingToRollBackTo."""
        now = self._active_id()
        earlier, history = ORIGINAL, self._history()
        while history:
            *rest, last = history
            history = tuple(rest)
            if last != now and self._usable(last):
                earlier = last
                break
        if earlier == now:
            raise NothingToRollBackTo
        with self._writing():
            self._point(earlier, history)
        return self._by_id(earlier)

    def adopt(self, result: Path) -> Version:
        """Move a finished version folder in; one that is here already stays, unless it is damaged.

        Raises ModelMissing, ModelCorrupt, VersionsUnwritable; then the folder is where it was.
        """
        if self._is_here(result.name) and not result.exists():
            return self._by_id(result.name)
        model = read_manifest(result)
        verify(model)
        Calibration.of(model)
        if not version_file.is_version_id(model.id) or model.id != result.name:
            raise ModelCorrupt(name=f"{result.name}/manifest.json")
        with self._writing(), self._temporary() as temporary:
            try:
                self._place(result, temporary)
            except OSError as error:
                if error.errno != errno.EXDEV:
                    raise
                copy = Path(shutil.copytree(result, temporary / model.id))
                for file in copy.iterdir():
                    sync_file(file)
                self._place(copy, temporary)
        return self._by_id(model.id)

    def rename(self, version_id: str, name: str) -> Version:
        """Raises NameUnusable, OriginalStays, VersionUnknown, VersionDamaged, VersionsUnwritable."""
        self._own(version_id)
        if not version_file.is_name(name.strip()) or name.strip().lower() == ORIGINAL:
            raise NameUnusable(limit=NAME_LIMIT)
        with self._writing():
            self._change_manifest(self._intact(version_id).id, name=name.strip())
        return self._by_id(version_id)

    def delete(self, version_id: str) -> None:
        """Raises VersionActive, OriginalStays, VersionUnknown, VersionsUnwritable."""
        version = self._own(version_id)
        if version_id == self._active_id():
            raise VersionActive(name=version.name)
        with self._writing(), self._temporary() as temporary:
            (self._folder / version_id).rename(temporary / version_id)  # gone at once; the rest is tidying up

    def export(self, version_id: str, file: Path) -> None:
        """Write a version as one file. Raises OriginalStays, VersionUnknown, VersionDamaged, VersionFileUnwritable."""
        self._own(version_id)
        version_file.pack(self._folder / self._intact(version_id).id, file)

    def import_(self, file: Path) -> Version:
        """Take in an exported version; one that is here already stays, unless it is damaged. It is not activated.

        Raises the errors of siamgui.versions.version_file, VersionsUnwritable; then nothing has changed.
        """
        with self._writing(), self._temporary() as temporary:
            unpacked = temporary / "unpacked"
            unpacked.mkdir()
            model = version_file.unpack(file, unpacked)
            self._place(unpacked.rename(temporary / model.id), temporary)
        return self._by_id(model.id)

    def _paths(self) -> tuple[Path, ...]:
        try:
            return tuple(path for path in self._folder.iterdir() if self._is_here(path.name))
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise VersionsUnreadable(reason=error.strerror or str(error)) from None

    def _read(self, path: Path, active: str) -> Version:
        try:
            model = read_manifest(path)
        except (ModelMissing, ModelCorrupt) as error:
            damaged = VersionDamaged(name=path.name, file=_file_of(error))
            return Version(path.name, path.name, None, Card(), active=False, bundled=False, damaged=str(damaged))
        damage = ""
        try:
            verify(model)
            Calibration.of(model)
        except (ModelMissing, ModelCorrupt) as error:
            damage = str(VersionDamaged(name=model.name, file=_file_of(error)))
        in_use = path.name == active and not damage
        return Version(path.name, model.name, model, Card.of(model.card), active=in_use, bundled=False, damaged=damage)

    def _original(self, *, active: bool) -> Version:
        return Version(ORIGINAL, tr("Original"), bundled_encoder(), Card(), active=active, bundled=True)

    def _by_id(self, version_id: str) -> Version:
        if version_id == ORIGINAL:
            return self._original(active=self.active().bundled)
        if not self._is_here(version_id):
            raise VersionUnknown(name=version_id)
        return self._read(self._folder / version_id, self._active_id())

    def _usable(self, version_id: str) -> bool:
        return version_id == ORIGINAL or (self._is_here(version_id) and not self._by_id(version_id).damaged)

    def _intact(self, version_id: str) -> Version:
        version = self._by_id(version_id)
        if version.damaged:
            raise VersionDamaged(name=version.name, file=version.id)
        return version

    def _own(self, version_id: str) -> Version:
        """One that the user made, damaged or not."""
        if version_id == ORIGINAL:
            raise OriginalStays
        return self._by_id(version_id)

    def _is_here(self, version_id: str) -> bool:
        return version_file.is_version_id(version_id) and (self._folder / version_id).is_dir()

    def _state(self) -> _Pointer | None:
        """None where the pointer is damaged. Raises VersionsUnreadable."""
        try:
            state = read(_Pointer, self._pointer.read_bytes())
        except FileNotFoundError:
            return _Pointer(ORIGINAL, ())
        except OSError as error:
            raise VersionsUnreadable(reason=error.strerror or str(error)) from None
        except WrongForm:
            return None
        return state if state.active == ORIGINAL or version_file.is_version_id(state.active) else None

    def _active_id(self) -> str:
        return (self._state() or _Pointer(ORIGINAL, ())).active

    def _history(self) -> tuple[str, ...]:
        return (self._state() or _Pointer(ORIGINAL, ())).history

    def _point(self, version_id: str, history: tuple[str, ...]) -> None:
        text = json.dumps(plain(_Pointer(version_id, history[-50:])), indent=1)
        self._pointer.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._pointer, text.encode())

    def _change_manifest(self, version_id: str, *, card: dict[str, Any] | None = None, name: str | None = None) -> None:
        path = self._folder / version_id / "manifest.json"
        raw = json.loads(path.read_bytes())
        raw["card"] |= card or {}
        raw["name"] = name or raw["name"]
        write_whole(path, (json.dumps(raw, indent=2, ensure_ascii=False) + "\n").encode())

    def _place(self, folder: Path, temporary: Path) -> None:
        """Rename a whole folder to its place; a whole version that is there stays, a damaged one makes room."""
        target = self._folder / folder.name
        if target.exists():
            if self._usable(folder.name):
                return
            target.rename(temporary / "damaged")
        folder.rename(target)
        sync_folder(self._folder)

    @contextlib.contextmanager
    def _temporary(self) -> Iterator[Path]:
        """A hidden folder beside the versions; those that a kill left behind are tidied away."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in self._folder.glob(".new-*"):
            with contextlib.suppress(OSError):
                if time.time() - path.stat().st_mtime > _STALE:
                    shutil.rmtree(path)
        temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=self._folder))
        try:
            yield temporary
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise VersionsUnwritable(reason=error.strerror or str(error)) from None


def _file_of(error: SiamguiError) -> str:
    return str(error.values["name"]).rsplit("/", 1)[-1]


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
