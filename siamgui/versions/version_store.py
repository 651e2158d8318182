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
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from siamgui.core.calibration import Calibration
from siamgui.core.encoders.registry import is_foreign
from siamgui.core.errors import ModelCorrupt, ModelMissing, SiamguiError
from siamgui.core.files import changed_at, sync_file, sync_folder
from siamgui.core.i18n import tr
from siamgui.core.manifest import NAME_LIMIT, Model, Origin, bundled_encoder, is_name, verify
from siamgui.core.paths import VERSIONS, close_data_folder, data_folder
from siamgui.versions import version_file
from siamgui.versions.active_pointer import ORIGINAL, ActivePointer
from siamgui.versions.changing import changing
from siamgui.versions.errors import (
    ActiveUnusable,
    ForeignStays,
    GateRefuses,
    NameUnusable,
    OriginalStays,
    VersionActive,
    VersionAmbiguous,
    VersionDamaged,
    VersionIdTaken,
    VersionStays,
    VersionsUnreadable,
    VersionUnknown,
    file_of,
)
from siamgui.versions.intake import Progress
from siamgui.versions.judgement import GateReason
from siamgui.versions.kept_files import by_vault, seal_files
from siamgui.versions.seal import key_of, made_key, read_version, resealed, write_manifest
from siamgui.versions.signature import Signed, met, remember
from siamgui.versions.signature import sign as signed_by
from siamgui.versions.taking_in import take_in
from siamgui.versions.temporary_folder import temporary_beside
from siamgui.versions.version_card import Card


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
    def origin(self) -> Origin:
        """Who vouches for it. UNKNOWN: nobody yet; it is examined before it is used."""
        return Origin.UNKNOWN if self.model is None else self.model.origin

    @property
    def unexamined(self) -> bool:
        return self.origin is Origin.UNKNOWN and not self.damaged

    @property
    def refused(self) -> tuple[GateReason, ...]:
        """Why the gate refused it; empty where it is allowed."""
        return () if self.bundled or self.origin is Origin.UNKNOWN else self.card.refused


@dataclass(frozen=True, slots=True)
class Imported:
    """version: as it is here now. signed: by whom the file is. here: it was here before, whole, and stayed."""

    version: Version
    signed: Signed
    here: bool


def _no_progress(_done: int, _total: int) -> None:
    pass


class VersionStore:
    """All operations are synchronous and safe to repeat; none keeps anything open."""

    def __init__(self, folder: Path | None = None) -> None:
        """folder: the data folder; None for the usual one."""
        self._root = root = close_data_folder(folder or data_folder())
        self._folder = root / VERSIONS
        self._pointer = ActivePointer(root / "active.json")

    def fingerprint(self) -> tuple[int, ...]:
        """Another value when versions have come, gone or changed their name, or another one is active; cheap."""
        paths: tuple[Path, ...] = (self._pointer.path, self._folder)
        with contextlib.suppress(VersionsUnreadable):
            paths += self._paths()
        return tuple(changed_at(path) for path in paths)

    def list(self) -> tuple[Version, ...]:
        """Newest first, the original last; every file is hashed. Raises VersionsUnreadable."""
        active = self._pointer.active
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
        active = self._pointer.active
        if self._is_here(active):
            version = self._read(self._folder / active, active)
            if version.active:
                return version
        return self._original(active=True)

    def chosen(self) -> tuple[Model | None, SiamguiError | None]:
        """The model of the active version, None for the original; and what to say where it cannot be used.

        Only the manifest is read: whoever loads the model verifies what is loaded. One that nobody has examined yet is
        examined now, which takes seconds.
        """
        try:
            if self._pointer.read() is None:
                return None, self.unusable()
            active = self._pointer.active
            if active == ORIGINAL:
                return None, None
            model = read_version(self._folder / active, self._root)
            return (self.examine(active).model if model.origin is Origin.UNKNOWN else model), None
        except SiamguiError:
            return None, self.unusable()

    def trouble(self) -> ActiveUnusable | None:
        """What is wrong with the active version, every file hashed. Raises VersionsUnreadable."""
        intended = self._pointer.read()
        whole = intended is not None and self.active().id == intended.active
        return None if whole else self.unusable()

    def unusable(self) -> ActiveUnusable:
        """What to say of an active version that cannot be loaded."""
        name = self._pointer.path.name
        with contextlib.suppress(SiamguiError):
            active = self._pointer.active
            name = name if active == ORIGINAL else active
            name = read_version(self._folder / active, self._root).name
        return ActiveUnusable(name=name)

    def activate(self, version_id: str, reason: str = "") -> Version:
        """reason: why, against the gate; it is written to the card. Raises GateRefuses, VersionDamaged, VersionUnknown,
        VersionsUnwritable."""
        self.intact(version_id)
        reason = reason.strip()
        with changing(self._root):
            version = self._whole(version_id)
            if version.refused and not reason:
                raise GateRefuses(name=version.name, reasons=" ".join(r.sentence for r in version.refused))
            if version.refused:
                now = datetime.now(UTC).isoformat(timespec="seconds")
                self._change_manifest(version_id, card={"override_reason": reason, "overridden": now})
            self._pointer.write(version_id, (*self._pointer.history, self._pointer.active))
        return self._by_id(version_id)

    def roll_back(self) -> Version:
        """Activate what was active before, passing over what is gone or damaged. Raises NothingToRollBackTo."""
        self._pointer.before(self._usable)  # where there is nothing, nothing is made
        with changing(self._root):
            earlier, history = self._pointer.before(self._usable)
            self._pointer.write(earlier, history)
        return self._by_id(earlier)

    def adopt(self, result: Path) -> Version:
        """Move a finished version folder in; one that is here already stays, unless it is damaged.

        Raises ModelMissing, ModelCorrupt, VersionsUnwritable; then the folder is where it was.
        """
        if self._is_here(result.name) and not result.exists():
            return self._by_id(result.name)
        model = read_version(result, self._root)
        if model.origin is Origin.UNKNOWN:  # made elsewhere
            with changing(self._root):
                content = version_file.read_version_folder(result, None, by_vault(self._root))
                if not self._same(content):
                    self._take_in(content, _no_progress, None)
            return self._by_id(model.id)
        verify(model)
        Calibration.of(model)
        if not version_file.is_version_id(model.id) or model.id != result.name:
            raise ModelCorrupt(name=f"{result.name}/manifest.json")
        with changing(self._root), temporary_beside(self._folder) as temporary:
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
        if not is_name(name.strip()) or name.strip().lower() == ORIGINAL:
            raise NameUnusable(limit=NAME_LIMIT)
        version = self.intact(version_id)
        with changing(self._root):
            self._change_manifest(version.id, name=name.strip())
        return self._by_id(version_id)

    def lost_people(self, version_id: str, photos: int) -> None:
        """Say on the card that so many of the photos it was trained on are gone, or more. It waits for nobody.

        Raises VersionUnknown, VersionDamaged, VersionsBusy, VersionsUnwritable.
        """
        with changing(self._root, patience=0.0):
            version = self._own(version_id)
            if version.damaged:
                raise VersionDamaged(name=version.name, file=version.id)
            if version.origin is not Origin.UNKNOWN and version.card.lost < photos:
                self._change_manifest(version_id, card={"lost": photos})

    def delete(self, version_id: str) -> None:
        """Raises VersionActive, OriginalStays, VersionUnknown, VersionsUnwritable; VersionStays, and it is gone."""
        self._own(version_id)
        with changing(self._root), temporary_beside(self._folder) as temporary:
            version = self._own(version_id)
            if version_id == self._pointer.active:
                raise VersionActive(name=version.name)
            (self._folder / version_id).rename(temporary / version_id)  # gone at once
        if temporary.exists():
            raise VersionStays(name=version.name)

    def export(self, version_id: str, file: Path, *, sign: bool = False) -> None:
        """Write a version as one file, in clear. sign: by the key of this data folder, which is made if need be.

        Raises OriginalStays, VersionUnknown, VersionDamaged, VersionFileUnwritable, SignerNameless.
        """
        model = self._own(version_id).model
        if model is not None and is_foreign(model.architecture):
            raise ForeignStays(name=model.name)
        folder, root = self._folder / self.intact(version_id).id, self._root
        version_file.pack(folder, file, by_vault(root), (lambda manifest: signed_by(manifest, root)) if sign else None)

    def import_(self, file: Path, progress: Progress = _no_progress, stop: threading.Event | None = None) -> Imported:
        """Take in an exported version; one that is here already stays, unless it is damaged. It is not activated.

        Takes seconds, for the most part in a process of its own. stop: set by whoever wants it no more.
        Raises the errors of siamgui.versions.version_file, VersionIdTaken, VersionNotExamined, VersionsUnwritable,
        SignersUnwritable, Cancelled; then nothing has changed.
        """
        content = version_file.read_version_file(file, key_of(self._root))
        with changing(self._root):
            here = self._same(content)
            if not here:
                self._take_in(content, progress, stop)
            signed = met(content.signer, self._root)
            if content.signer is not None and not signed.own:
                remember(content.signer, self._root)
        return Imported(self._by_id(content.model.id), signed, here)

    def examine(
        self, version_id: str, progress: Progress = _no_progress, stop: threading.Event | None = None
    ) -> Version:
        """Examine a version that lies here without having been taken in: from siamgui 0.1.0, or put there by hand.

        Raises as import_(), and VersionUnknown; then the folder is as it was.
        """
        folder, root = self._folder / version_id, self._root
        if self._own(version_id).unexamined:
            with changing(root):
                content = version_file.read_version_folder(folder, key_of(root), by_vault(root))
                self._take_in(content, progress, stop)
        return self._by_id(version_id)

    def _same(self, content: version_file.VersionContent) -> bool:
        """Whether it is here already, whole. Raises VersionIdTaken where what is here holds other weights."""
        version_id = content.model.id
        if not self._is_here(version_id):
            return False
        here = self._by_id(version_id)
        if here.model is not None and here.model.file(version_file.WEIGHTS).sha256 != content.weights_sha256:
            raise VersionIdTaken(name=content.name, other=here.name)
        return not here.damaged and here.origin is not Origin.UNKNOWN

    def _take_in(self, content: version_file.VersionContent, progress: Progress, stop: threading.Event | None) -> None:
        """Raises OSError too."""
        with temporary_beside(self._folder) as temporary:
            key = made_key(self._root)
            self._place(take_in(content, temporary / content.model.id, key, progress, stop), temporary)

    def _paths(self) -> tuple[Path, ...]:
        try:
            return tuple(path for path in self._folder.iterdir() if self._is_here(path.name))
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise VersionsUnreadable(reason=error.strerror or str(error)) from None

    def _read(self, path: Path, active: str) -> Version:
        try:
            model = read_version(path, self._root)
        except (ModelMissing, ModelCorrupt) as error:
            damaged = VersionDamaged(name=path.name, file=file_of(error))
            return Version(path.name, path.name, None, Card(), active=False, bundled=False, damaged=str(damaged))
        damage = ""
        try:
            if model.id != path.name:
                raise ModelCorrupt(name="manifest.json")
            if model.origin is not Origin.UNKNOWN:
                verify(model)
                Calibration.of(model)
        except (ModelMissing, ModelCorrupt) as error:
            damage = str(VersionDamaged(name=model.name, file=file_of(error)))
        in_use = path.name == active and not damage
        return Version(path.name, model.name, model, Card.of(model.card), active=in_use, bundled=False, damaged=damage)

    def _original(self, *, active: bool) -> Version:
        return Version(ORIGINAL, tr("Original"), bundled_encoder(), Card(), active=active, bundled=True)

    def _by_id(self, version_id: str) -> Version:
        if version_id == ORIGINAL:
            return self._original(active=self.active().bundled)
        if not self._is_here(version_id):
            raise VersionUnknown(name=version_id)
        return self._read(self._folder / version_id, self._pointer.active)

    def _usable(self, version_id: str) -> bool:
        return version_id == ORIGINAL or (self._is_here(version_id) and not self._by_id(version_id).damaged)

    def intact(self, version_id: str) -> Version:
        """One that may be used; what nobody has examined yet is examined. Raises VersionDamaged, and as examine()."""
        if self._by_id(version_id).unexamined:
            self.examine(version_id)
        return self._whole(version_id)

    def _whole(self, version_id: str) -> Version:
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
        folder = self._folder / version_id
        return version_file.is_version_id(version_id) and folder.is_dir() and not folder.is_symlink()

    def _change_manifest(self, version_id: str, *, card: dict[str, Any] | None = None, name: str | None = None) -> None:
        folder = self._folder / version_id
        raw = json.loads((folder / "manifest.json").read_bytes())
        raw["card"] |= card or {}
        raw["name"] = name or raw["name"]
        write_manifest(folder, resealed(raw, made_key(self._root)))

    def _place(self, folder: Path, temporary: Path) -> None:
        """Rename a whole folder to its place; a whole version that is there stays, a damaged one makes room."""
        target = self._folder / folder.name
        if target.exists():
            here = self._by_id(folder.name)
            if not here.damaged and here.origin is not Origin.UNKNOWN:
                return
            target.rename(temporary / "damaged")
        seal_files(folder, self._root)
        folder.rename(target)
        sync_folder(self._folder)
