"""A version that came in becomes one of this data folder: examined, described anew and sealed."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from msgspec import structs

from siamgui.core.files import write_whole
from siamgui.core.manifest import Origin
from siamgui.core.private import private_folder
from siamgui.core.typed_json import plain
from siamgui.versions.intake import Examined, Progress, Task, examine
from siamgui.versions.seal import sealed, write_manifest
from siamgui.versions.version_card import CardGate
from siamgui.versions.version_file import CALIBRATION, WEIGHTS, VersionContent, described


def take_in(
    content: VersionContent, folder: Path, key: bytes, progress: Progress, stop: threading.Event | None
) -> Path:
    """Write content into folder, which is made, in the form in which versions are kept here; returns folder.

    What this data folder vouches for already keeps its gate, calibration and card. Of anything else the gate, the
    calibration, what was measured on other people and the scale of the embeddings' lengths are those that were measured
    now; what the card says beyond that is what the file states.
    Raises VersionFileWrong, VersionNotExamined, Cancelled, OSError.
    """
    private_folder(folder)
    write_whole(folder / WEIGHTS, content.weights)
    write_whole(folder / CALIBRATION, content.calibration)
    manifest = _known_fields(content) if content.seal is None else dict(content.manifest)
    named = content.manifest["files"]
    write_manifest(folder, manifest | {"files": {name: named[name] for name in (WEIGHTS, CALIBRATION)}})
    task = Task.MEASURE if content.seal is None else Task.REBUILD
    examined = examine(folder, content.name, task, progress=progress, stop=stop)
    manifest |= described(folder)
    if content.seal is not None:
        write_manifest(folder, sealed(manifest, Origin(content.seal.origin), content.seal.signer, key))
    else:
        manifest |= {"norm_scale": examined.norm_scale, "card": plain(_card(content, examined))}
        write_manifest(folder, sealed(manifest, examined.origin, content.signer, key))
    return folder


def _known_fields(content: VersionContent) -> dict[str, Any]:
    """The manifest without what siamgui does not know."""
    model = content.model
    return {
        "id": model.id,
        "version": model.version,
        "name": model.name,
        "role": model.role,
        "architecture": model.architecture,
        "source": model.source,
        "licence": model.licence,
        "notes": model.notes,
        "norm_scale": model.norm_scale,
        "energy": model.energy.name,
        "card": plain(content.card),
    }


def _card(content: VersionContent, examined: Examined) -> Any:
    """Whoever activated it elsewhere against the gate had a reason there, not here."""
    return structs.replace(
        content.card,
        gate=CardGate(not examined.reasons, examined.reasons),
        reference=examined.reference,
        override_reason="",
        overridden="",
        sha256=content.weights_sha256,
    )
