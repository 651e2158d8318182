"""Where the bundled files are: beside the package in a checkout, inside it when installed from a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_BUNDLE = _PACKAGE / "bundle"
_ROOT = _BUNDLE if _BUNDLE.is_dir() else _PACKAGE.parent


def resource(name: str) -> Path:
    """Path of a file or folder under resources/."""
    return _ROOT / "resources" / name


def models_folder() -> Path:
    """The folder of the bundled models."""
    return _ROOT / "models"
