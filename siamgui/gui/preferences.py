"""What the user has chosen, kept in an ini file of the platform's usual place."""

from __future__ import annotations

import contextlib
import enum
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import LANGUAGES, mark
from siamgui.core.private import private_file, private_folder
from siamgui.core.types import Strictness
from siamgui.core.wording import DEVICE_NAMES
from siamgui.gui.theme import SCHEMES


class NotSaved(SiamguiError):
    """values: name"""

    text = mark("The settings can’t be saved in “{name}”: they hold until siamgui is closed. Check the disk.")


class Keeping(enum.StrEnum):
    """What is written down of each comparison, in the history."""

    NOTHING = "nothing"
    FIGURES = "figures"
    PICTURES = "pictures"


@dataclass(frozen=True, slots=True)
class Preferences:
    """language: "system" or a key of LANGUAGES; appearance: of SCHEMES; device: of DEVICE_NAMES."""

    language: str = "system"
    appearance: str = "system"
    device: str = "auto"
    strictness: Strictness = Strictness.BALANCED
    comparisons: Keeping = Keeping.NOTHING


_ALLOWED = {
    "language": ("system", *LANGUAGES),
    "appearance": SCHEMES,
    "device": tuple(DEVICE_NAMES),
    "strictness": tuple(Strictness),
    "comparisons": tuple(Keeping),
}


def _store() -> QSettings:
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "siamgui", "siamgui")


def load() -> Preferences:
    """The stored preferences; a value nobody knows counts as not stored."""
    store = _store()
    stored = {name: str(store.value(name, "")) for name in _ALLOWED}
    known = {name: value for name, value in stored.items() if value in _ALLOWED[name]}
    for name, kind in (("strictness", Strictness), ("comparisons", Keeping)):
        if name in known:
            known[name] = kind(known[name])
    return replace(Preferences(), **known)  # type: ignore[arg-type]


def _writable() -> QSettings:
    """For the user's eyes alone: what Qt writes anew keeps the rights of the file that was there."""
    store = _store()
    with contextlib.suppress(OSError):
        private_folder(Path(store.fileName()).parent)
        private_file(Path(store.fileName()))
    return store


def save(preferences: Preferences) -> None:
    """Raises NotSaved; they hold for this run all the same."""
    store = _writable()
    for name in _ALLOWED:
        store.setValue(name, str(getattr(preferences, name)))
    store.sync()
    if store.status() is not QSettings.Status.NoError:
        raise NotSaved(name=Path(store.fileName()).name)


def load_geometry() -> QByteArray:
    """As QWidget.saveGeometry() gave it; empty on the first start."""
    value = _store().value("geometry")
    return value if isinstance(value, QByteArray) else QByteArray()


def was_shown_around() -> bool:
    """Whether the first steps were done, or skipped."""
    return _store().value("shown_around") is not None


def note_shown_around() -> None:
    _writable().setValue("shown_around", True)


def save_geometry(geometry: QByteArray) -> None:
    _writable().setValue("geometry", geometry)
