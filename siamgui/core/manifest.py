"""Models, bundled or made by the user: what they are, where they come from, and whether their files are whole."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from siamgui.core.encoders.registry import bundled_encoders, default_encoder
from siamgui.core.energy import ENERGIES, L2, Energy
from siamgui.core.errors import ModelCorrupt, ModelMissing
from siamgui.core.resources import models_folder

NAME_LIMIT = 60
"""Characters that the name of a model has at most."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model. sha256 is what the manifest expects of it."""

    path: Path
    sha256: str

    @property
    def name(self) -> str:
        """What a person calls it: model folder and file, no further path."""
        return f"{self.path.parent.name}/{self.path.name}"

    def read(self) -> bytes:
        """The verified bytes. Raises ModelMissing, ModelCorrupt."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            raise ModelMissing(name=self.name) from None
        except OSError:
            raise ModelCorrupt(name=self.name) from None
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise ModelCorrupt(name=self.name)
        return data


@dataclass(frozen=True, slots=True)
class Model:
    """A manifest.

    role: "encoder", "detector" or "reference". architecture: what siamgui.core.encoders.build() takes; else the id.
    source: the package it was built from, in words; of a version that the user trained, that of the first ancestor.
    norm_scale: what the length of an embedding is multiplied by before siamgui.core.quality judges it, so that it is
        that of the bundled encoder for a good photograph; None where the length says nothing about quality.
    card: how a version that the user trained came about; empty for a bundled model.
    energy: how the distance of two of its embeddings is measured.
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

    @property
    def key(self) -> str:
        """Names the embeddings and the calibration that belong to this model."""
        return f"{self.id} {self.version}"

    def file(self, name: str) -> ModelFile:
        for file in self.files:
            if file.path.name == name:
                return file
        raise ModelCorrupt(name=f"{self.id}/manifest.json")


def read_manifest(folder: Path) -> Model:
    """Raises ModelMissing, ModelCorrupt."""
    path = folder / "manifest.json"
    name = f"{folder.name}/manifest.json"
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        files = dict(raw["files"])
        if "calibration" in raw:
            files[raw["calibration"]["file"]] = raw["calibration"]
        source = raw["source"]
        norm_scale = raw.get("norm_scale", 1.0)
        return Model(
            id=raw["id"],
            version=raw["version"],
            name=raw["name"],
            role=raw["role"],
            architecture=raw.get("architecture", raw["id"]),
            licence=raw["licence"],
            source=source
            if isinstance(source, str)
            else f"{source['registry']}: {source['package']} {source['version']}",
            notes=raw["notes"],
            files=tuple(ModelFile(folder / n, f["sha256"]) for n, f in files.items()),
            norm_scale=None if norm_scale is None else float(norm_scale),
            card=dict(raw.get("card", {})),
            energy=ENERGIES[raw.get("energy", L2.name)],
        )
    except FileNotFoundError:
        raise ModelMissing(name=name) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ModelCorrupt(name=name) from None


def bundled(model_id: str) -> Model:
    return read_manifest(models_folder() / model_id)


def bundled_encoder() -> Model:
    """The encoder that is used until the user chooses another. Raises ModelMissing, ModelCorrupt."""
    return bundled(default_encoder().key)


def bundled_models() -> tuple[Model, ...]:
    """Raises ModelMissing, ModelCorrupt."""
    names = (*(entry.key for entry in bundled_encoders()), "centerface", "reference")
    return tuple(bundled(name) for name in names)


def verify(model: Model) -> None:
    """Read every file and check its hash. Raises ModelMissing, ModelCorrupt."""
    for file in model.files:
        file.read()
