"""The licences of what siamgui is and brings along."""

from __future__ import annotations

import json

from siamgui.core.i18n import tr
from siamgui.core.resources import models_folder, resource


def licences() -> list[tuple[str, str]]:
    """(what, licence and origin) of siamgui, what is bundled in models, and the bundled photographs."""
    rows = [("siamgui", "MIT")]
    for path in sorted(models_folder().glob("*/manifest.json")):
        model = json.loads(path.read_text(encoding="utf-8"))
        origin = source = model["source"]
        if isinstance(source, list):
            packages = (
                tr("from the package {name} {version}", name=s["package"], version=s["version"]) for s in source
            )
            origin = ", ".join(packages)
        rows.append((f"{model['name']} {model['version']}", f"{model['licence']}, {origin}. {model.get('notes', '')}"))
    note = resource("samples/README.md").read_text(encoding="utf-8").replace("`", "")
    rows.append((tr("Photographs"), " ".join(line for line in note.splitlines() if not line.startswith("#"))))
    return rows
