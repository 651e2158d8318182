"""siamgui doctor: is everything here that siamgui needs, and intact?"""

from __future__ import annotations

import argparse
import contextlib
import gettext
import importlib
import json
import platform
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any

from siamgui import __version__
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import LANGUAGES, tr
from siamgui.core.manifest import ModelFile, bundled_models
from siamgui.core.resources import resource
from siamgui.core.runtime import gpu_device
from siamgui.core.types import EngineInfo
from siamgui.core.wording import engine_line
from siamgui.versions.active_engine import open_engine
from siamgui.versions.version_store import VersionStore

# What the package is called, for a person and for pip.
PACKAGES = {
    "PySide6": "PySide6-Essentials",
    "PyTorch": "torch",
    "OpenVINO": "openvino",
    "OpenCV": "opencv-python opencv-python-headless",
    "PyAV": "av",
    "Pillow": "Pillow",
    "pillow-heif": "pillow-heif",
    "NumPy": "numpy",
    "SciPy": "scipy",
    "matplotlib": "matplotlib",
}
OPTIONAL = ("PyTorch",)
"""The training part (siamgui.core.training_part)."""


@dataclass(frozen=True, slots=True)
class Report:
    """problems: sentences; empty when all is well. versions: None for a package that is not installed.

    devices: what --device can be here, besides auto. engine: what was used; None where it did not start.
    """

    versions: dict[str, str | None]
    devices: tuple[str, ...]
    engine: EngineInfo | None
    models: tuple[dict[str, Any], ...]
    cameras: tuple[str, ...]
    languages: tuple[str, ...]
    problems: tuple[str, ...]


def run(args: argparse.Namespace) -> int:
    """args: device, json."""
    report = examine(args.device)
    if args.json:
        print(json.dumps({"ok": not report.problems, **asdict(report)}, ensure_ascii=False, indent=2))
    else:
        print(as_text(report))
    return 1 if report.problems else 0


def examine(device: str) -> Report:
    """device: as for FaceEngine.load()."""
    problems: list[str] = []
    versions = {"siamgui": __version__, "Python": platform.python_version()} | _versions()
    missing = [name for name, version in versions.items() if version is None and name not in OPTIONAL]
    problems += [tr("{name} is not installed.", name=name) for name in missing]
    models = []
    for file in _model_files(problems):
        try:
            file.read()
        except SiamguiError as error:
            problems.append(str(error))
            models.append({"file": file.name, "sha256": file.sha256, "intact": False})
        else:
            models.append({"file": file.name, "sha256": file.sha256, "intact": True})
    problems += _version_problems()
    engine = None
    if not problems:
        try:
            engine = open_engine(device).engine.info
        except SiamguiError as error:
            problems.append(str(error))
    languages = tuple(code for code in LANGUAGES if code == "en" or _catalogue(code))
    problems += [tr("The translation {code} is missing.", code=code) for code in LANGUAGES if code not in languages]
    if reason := _window_problem():
        problems.append(tr("The window cannot open: {reason}", reason=reason))
    devices = ("cpu", *filter(None, [gpu_device() if versions["PyTorch"] else None]))
    return Report(versions, devices, engine, tuple(models), _cameras(), languages, tuple(problems))


def _versions() -> dict[str, str | None]:
    # The packages' records, not the packages: importing torch alone takes seconds.
    found: dict[str, str | None] = {}
    for name, packages in PACKAGES.items():
        found[name] = None
        for package in packages.split():  # one stands for another in an installer
            with contextlib.suppress(metadata.PackageNotFoundError):
                found[name] = metadata.version(package)
    return found


def _model_files(problems: list[str]) -> list[ModelFile]:
    """Every file that the manifests name; a manifest that cannot be read is a problem of its own."""
    try:
        return [file for model in bundled_models() for file in model.files]
    except SiamguiError as error:
        problems.append(str(error))
        return []


def _version_problems() -> list[str]:
    """Of the versions that the user trained."""
    versions = VersionStore()
    try:
        damaged = [version.damaged for version in versions.list() if version.damaged]
        trouble = versions.trouble()
    except SiamguiError as error:
        return [str(error)]
    return damaged if trouble is None else [*damaged, str(trouble)]


def _catalogue(code: str) -> str | None:
    return gettext.find("siamgui", str(resource("locale")), [code])


def _window_problem() -> str | None:
    try:
        importlib.import_module("siamgui.gui.app")
    except ImportError as error:
        return str(error)
    return None


def _cameras() -> tuple[str, ...]:
    from siamgui.core.cameras import list_cameras

    return tuple(camera.name for camera in list_cameras())


def as_text(report: Report) -> str:
    nothing = tr("none")
    versions = ", ".join(f"{name} {version or '–'}" for name, version in report.versions.items())
    intact = sum(model["intact"] for model in report.models)
    rows = [
        (tr("Versions"), versions),
        (tr("System"), f"{platform.system()} {platform.release()}, {platform.machine()}"),
        (tr("Devices"), ", ".join(report.devices)),
        (tr("Engine"), engine_line(report.engine, None) if report.engine else nothing),
        (tr("Model files"), tr("{intact} of {count} intact", intact=intact, count=len(report.models))),
        (tr("Cameras"), ", ".join(report.cameras) or nothing),
        (tr("Languages"), ", ".join(LANGUAGES[code] for code in report.languages)),
    ]
    lines = [tr("{label}: {value}", label=label, value=value) for label, value in rows]
    lines += ["", *(f"✗ {problem}" for problem in report.problems)] if report.problems else ["", tr("✓ All is well.")]
    return "\n".join(lines)
