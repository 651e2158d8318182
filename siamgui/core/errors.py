"""Everything that can go wrong and that a person should hear of, each with one clear sentence.

str(error) is the sentence in the current language; it names the file (without its folder) and what would help.
"""

from __future__ import annotations

from typing import Any, ClassVar

from siamgui.core.i18n import mark, tr


class SiamguiError(Exception):
    """Base of all errors that are shown to a person instead of a traceback."""

    text: ClassVar[str] = mark("Something went wrong.")

    def __init__(self, **values: Any) -> None:
        super().__init__(values)
        self.values = values

    def __str__(self) -> str:
        return tr(self.text, **self.values)


class Cancelled(SiamguiError):
    text = mark("Stopped.")


class NoFaceFound(SiamguiError):
    """values: name"""

    text = mark("No face was found in “{name}”. Use a photo in which the face is larger and well lit.")


class ModelMissing(SiamguiError):
    """values: name"""

    text = mark("The model file “{name}” is missing. Install siamgui again to restore it.")


class ModelCorrupt(SiamguiError):
    """values: name"""

    text = mark("The model file “{name}” is damaged. Install siamgui again to restore it.")


class DeviceUnavailable(SiamguiError):
    """values: device"""

    text = mark("The device “{device}” is not available on this machine.")
