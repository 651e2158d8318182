"""Models, bundled or made by the user: what they are, where they come from, and whether their files are whole.

A manifest may be a stranger's: every field has a type and bounds, and no name in it leads out of its folder.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from siamgui.core.encoders.registry import bundled_encoders, default_encoder
from siamgui.core.energy import ENERGIES, L2, Energy
from siamgui.core.errors import ModelCorrupt, ModelMissing
from siamgui.core.files import read_file
from siamgui.core.resources import models_folder
from siamgui.core.typed_json import Hex64, WrongForm, check_plain, convert, read

NAME_LIMIT = 60
"""Characters that the name of a model has at most."""
MANIFEST_LIMIT = 2**17
"""Bytes of a manifest at most."""
_FILE_LIMIT = 2**29

FileName = Annotated[str, Meta(pattern=r"^[a-z0-9]{1,32}(-[a-z0-9]{1,16})?\.(safetensors|xml|bin|json)\Z")]
Name = Annotated[str, Meta(min_length=1, max_length=NAME_LIMIT)]
_Text = Annotated[str, Meta(max_length=1000)]


def is_name(text: str) -> bool:
    return text == text.strip() and 0 < len(text) <= NAME_LIMIT and text.isprintable()


class Origin(enum.StrEnum):
    """Who vouches for what a model says of itself.

    BUNDLED: it comes with siamgui. HERE: it was trained in this data folder. MEASURED: it came from elsewhere, and its
    gate and its calibration were measured here. STATED: it came from elsewhere, and what its calibration states could
    not be measured here. UNKNOWN: nobody has examined it; nothing of it is used.
    """

    BUNDLED = "bundled"
    HERE = "here"
    MEASURED = "measured"
    STATED = "stated"
    UNKNOWN = "unknown"


class Signer(Struct, frozen=True):
    """Who signed the file that a version came from. name: what they call themselves. fingerprint: of their key."""

    name: Name
    fingerprint: Annotated[str, Meta(pattern=r"^[0-9a-f]{4}( [0-9a-f]{4}){7}\Z")]


Opened = Callable[[bytes, str], bytes]
"""What lies on the disk, and the name of the file -> what it holds. Raises ValueError."""


def _in_clear(data: bytes, _name: str) -> bytes:
    return data


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model. sha256 is what the manifest expects of what it holds. opened: of one that is encrypted."""

    path: Path
    sha256: str
    opened: Opened = field(default=_in_clear, compare=False, repr=False)

    @property
    def name(self) -> str:
        """What a person calls it: model folder and file, no further path."""
        return f"{self.path.parent.name}/{self.path.name}"

    def read(self) -> bytes:
        """The verified bytes. Raises ModelMissing, ModelCorrupt."""
        try:
            data = self.opened(read_file(self.path, _FILE_LIMIT), self.path.name)
        except FileNotFoundError:
            raise ModelMissing(name=self.name) from None
        except (OSError, ValueError):
            raise ModelCorrupt(name=self.name) from None
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise ModelCorrupt(name=self.name)
        return data


@dataclass(frozen=True, slots=True)
class Model:
    """A manifest.

    role: "encoder", "detector", "landmarks", "eyes", "reference" or "cohort". architecture: what core.encoders.build()
        takes; else the id.
    source: the packages it was built from, in words; of a version that the user trained, that of the first ancestor.
    norm_scale: what the length of an embedding is multiplied by before siamgui.core.quality judges it, so that it is
        that of the bundled encoder for a good photograph; None where the length says nothing about quality.
    card: how a version that the user trained came about; empty for a bundled model.
    energy: how the distance of two of its embeddings is measured. origin: who vouches for it. signer: who signed the
        file it came from, None where nobody did.
    """

    id: str
    version: str
    name: str
    role: str
    architecture: str
    licence: str
    source: str
    notes: str
    files: tuple[ModelFile, ...]
    norm_scale: float | None = 1.0
    card: dict[str, Any] = field(default_factory=dict, hash=False)
    energy: Energy = L2
    origin: Origin = Origin.UNKNOWN
    signer: Signer | None = None

    @property
    def key(self) -> str:
        """Names the embeddings and the calibration that belong to this model."""
        return f"{self.id} {self.version}"

    def file(self, name: str) -> ModelFile:
        for file in self.files:
            if file.path.name == name:
                return file
        raise ModelCorrupt(name=f"{self.id}/manifest.json")


class _File(Struct, frozen=True):
    sha256: Hex64


class _Calibration(Struct, frozen=True):
    file: FileName
    sha256: Hex64


class _Serving(Struct, frozen=True):
    files: dict[FileName, _File]


class _Source(Struct, frozen=True):
    registry: _Text
    package: _Text
    version: _Text

    def __str__(self) -> str:
        return f"{self.registry}: {self.package} {self.version}"


class _Manifest(Struct, frozen=True):
    """manifest.json; the meanings stand at Model."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}\Z")]
    version: Annotated[str, Meta(pattern=r"^[a-z0-9.]{1,32}\Z")]
    name: Name
    role: Literal["encoder", "detector", "landmarks", "eyes", "reference", "cohort"]
    licence: _Text
    source: _Text | Annotated[tuple[_Source, ...], Meta(max_length=8)]
    notes: _Text
    files: dict[FileName, _File]
    architecture: Annotated[str, Meta(max_length=64)] = ""
    norm_scale: Annotated[float, Meta(gt=0, le=1e6)] | None = 1.0
    card: dict[str, Any] = {}
    calibration: _Calibration | None = None
    serving: _Serving | None = None
    energy: Literal["l2", "l1"] = "l2"


def read_manifest(folder: Path, origin: Origin = Origin.UNKNOWN, opened: Opened = _in_clear) -> Model:
    """opened: how its files are. Raises ModelMissing; ModelCorrupt, which says where the manifest is wrong."""
    name = f"{folder.name}/manifest.json"
    try:
        return model_of(read_file(folder / "manifest.json", MANIFEST_LIMIT), folder, origin, opened=opened)
    except FileNotFoundError:
        raise ModelMissing(name=name) from None
    except OSError:
        raise ModelCorrupt(name=name) from None
    except WrongForm as error:
        raise ModelCorrupt(name=f"{name}: {error}") from None


def model_of(data: bytes, folder: Path, origin: Origin = Origin.UNKNOWN, opened: Opened = _in_clear) -> Model:
    """The manifest in data, of files in folder. Raises WrongForm."""
    if len(data) > MANIFEST_LIMIT:
        raise WrongForm(f"$: more than {MANIFEST_LIMIT} bytes")
    plain = read(dict[str, Any], data)
    check_plain(plain)
    raw = convert(_Manifest, plain)
    files = {name: file.sha256 for name, file in raw.files.items()}
    if raw.serving is not None:
        files |= {name: file.sha256 for name, file in raw.serving.files.items()}
    if raw.calibration is not None:
        files[raw.calibration.file] = raw.calibration.sha256
    return Model(
        id=raw.id,
        version=raw.version,
        name=raw.name,
        role=raw.role,
        architecture=raw.architecture or raw.id,
        licence=raw.licence,
        source=raw.source if isinstance(raw.source, str) else "; ".join(map(str, raw.source)),
        notes=raw.notes,
        files=tuple(ModelFile(folder / name, sha256, opened) for name, sha256 in files.items()),
        norm_scale=raw.norm_scale,
        card=raw.card,
        energy=ENERGIES[raw.energy],
        origin=origin,
    )


def bundled(model_id: str) -> Model:
    return read_manifest(models_folder() / model_id, Origin.BUNDLED)


def bundled_encoder() -> Model:
    """The encoder that is used until the user chooses another. Raises ModelMissing, ModelCorrupt."""
    return bundled(default_encoder().key)


def bundled_models() -> tuple[Model, ...]:
    """Raises ModelMissing, ModelCorrupt."""
    names = (*(entry.key for entry in bundled_encoders()), "centerface", "landmarks68", "eye24", "reference", "cohort")
    return tuple(bundled(name) for name in names)


def verify(model: Model) -> None:
    """Read every file and check its hash. Raises ModelMissing, ModelCorrupt."""
    for file in model.files:
        file.read()
