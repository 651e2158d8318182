"""Finished versions as a training run leaves them, and what lies beside those that were taken in."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from siamgui.core.manifest import Origin
from siamgui.core.paths import data_folder
from siamgui.versions.seal import made_key, sealed, write_manifest


def result(finished: Path, place: Path, **changes: Any) -> Path:
    """A copy of the finished version, as a run of this data folder leaves it; changes of its card make it another."""
    folder = Path(shutil.copytree(finished, place / "result" / finished.name))
    if changes:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        number = hashlib.sha256(repr(changes).encode()).hexdigest()[:8]
        manifest["card"] |= changes
        manifest["id"], manifest["version"] = f"other-{number}", number
        calibration = json.loads((folder / "calibration.json").read_bytes())
        calibration["encoder"] = f"other-{number} {number}"
        rewrite(folder / "calibration.json", json.dumps(calibration).encode(), manifest)
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        folder = folder.rename(folder.parent / manifest["id"])
    return vouched(folder)


def vouched(folder: Path) -> Path:
    """folder, as if this data folder had made it as it is now."""
    path = folder / "manifest.json"
    manifest = sealed(json.loads(path.read_bytes()), Origin.HERE, None, made_key(data_folder()))
    write_manifest(folder, manifest)
    return folder


def rewrite(path: Path, data: bytes, manifest: dict[str, Any]) -> None:
    path.write_bytes(data)
    part = manifest["serving"] if path.name.startswith("serving") else manifest
    part["files"][path.name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def leftovers() -> list[str]:
    folder = data_folder() / "models"
    return [path.name for path in folder.glob(".*")] if folder.exists() else []
