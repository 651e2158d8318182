"""The engine with the version that is active, or with the one that was asked for."""

from __future__ import annotations

from dataclasses import dataclass

from siamgui.core.errors import CpuInstead, DeviceUnavailable, ModelCorrupt, ModelMissing, SiamguiError
from siamgui.core.pipeline import FaceEngine
from siamgui.vault.errors import VaultError
from siamgui.versions.errors import ActiveLocked
from siamgui.versions.version_store import VersionStore


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """notice: why the original stands in for the active version, to be shown to a person; None when all is well."""

    engine: FaceEngine
    notice: SiamguiError | None


def open_engine(
    device: str, choice: str | None = None, versions: VersionStore | None = None, at_once: int = 1
) -> Opened:
    """device, at_once: as for FaceEngine.load(). choice: the id or name of a version, "original"; None: the active one.

    A damaged, missing or locked active version never keeps anyone from comparing: the original is used, and notice says
    so.
    A version that nobody has examined yet is examined first.
    Raises VersionUnknown, VersionAmbiguous, VersionDamaged for a choice; DeviceUnavailable; ModelMissing and
    ModelCorrupt where the original itself is damaged.
    """
    versions = versions or VersionStore()
    if choice is not None:
        version = versions.intact(versions.find(choice).id)
        return Opened(FaceEngine.load(device, version.model, at_once), None)
    model, notice = versions.chosen()
    if model is not None:
        try:
            return Opened(FaceEngine.load(device, model, at_once), None)
        except (ModelMissing, ModelCorrupt):
            notice = versions.unusable()
        except VaultError:
            notice = ActiveLocked(name=model.name)
    return Opened(FaceEngine.load(device, at_once=at_once), notice)


def open_engine_anyhow(device: str) -> tuple[FaceEngine, tuple[SiamguiError, ...]]:
    """With the active version, on the CPU where there is no such device; and why it is not what was asked for.

    Raises ModelMissing, ModelCorrupt.
    """
    instead: tuple[SiamguiError, ...] = ()
    try:
        opened = open_engine(device)
    except DeviceUnavailable as error:
        instead = (CpuInstead(why=error),)
        opened = open_engine("cpu")
    return opened.engine, instead if opened.notice is None else (*instead, opened.notice)
