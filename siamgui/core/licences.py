"""The licences of what siamgui is, brings along and is installed with."""

from __future__ import annotations

import json
from typing import Any

from siamgui.core.i18n import tr
from siamgui.core.resources import models_folder, resource


def licences() -> list[tuple[str, str]]:
    """(what, licence and origin) of siamgui, all that is bundled, and the packages it is installed with."""
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
    rows.append((tr("Icons"), "MIT"))
    return rows + _packages()


def _packages() -> list[tuple[str, str]]:
    """Of the list that tools/sbom.py makes."""
    listed = json.loads(resource("sbom.json").read_text(encoding="utf-8"))["components"]
    return [
        (f"{each['name']} {each['version']}", ", ".join(filter(None, (_licence(each), each.get("description", "")))))
        for each in listed
        if "purl" in each
    ]


def _licence(component: dict[str, Any]) -> str:
    first = component["licenses"][0]
    name: str = first["expression"] if "expression" in first else first["license"]["name"]
    return name.removeprefix("LicenseRef-")
