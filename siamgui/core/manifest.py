"""The bundled models: what they are, where they come from, and whether their files are whole."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from siamgui.core.errors import ModelCorrupt, ModelMissing
from siamgui.core.resources import models_folder


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
    """A manifest. role: "encoder" or "detector"; source: the package it was built from, in words."""

    id: str
    version: str
    name: str
    role: str
    licence: str
    source: str
    notes: str
    files: tuple[ModelFile, ...]

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
        return Model(
            id=raw["id"],
            version=raw["version"],
            name=raw["name"],
            role=raw["role"],
            licence=raw["licence"],
            source=f"{source['registry']}: {source['package']} {source['version']}",
            notes=raw["notes"],
            files=tuple(ModelFile(folder / n, f["sha256"]) for n, f in files.items()),
        )
    except FileNotFoundError:
        raise ModelMissing(name=name) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ModelCorrupt(name=name) from None


def bundled(model_id: str) -> Model:
    return read_manifest(models_folder() / model_id)


def bundled_models() -> tuple[Model, ...]:
    """Raises ModelMissing, ModelCorrupt."""
    return (bundled("mobilefacenet"), bundled("centerface"))


def verify(model: Model) -> None:
    """Read every file and check its hash. Raises ModelMissing, ModelCorrupt."""
    for file in model.files:
        file.read()
