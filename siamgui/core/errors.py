"""Everything that can go wrong and that a person should hear of, each with one clear sentence.

str(error) is the sentence in the current language; it names the file (without its folder) and what would help.
"""

from __future__ import annotations

from typing import Any, ClassVar

from siamgui.core.i18n import mark, tr
from siamgui.core.shown_text import one_line


class SiamguiError(Exception):
    """Base of all errors that are shown to a person instead of a traceback."""

    text: ClassVar[str] = mark("Something went wrong.")

    def __init__(self, **values: Any) -> None:
        super().__init__(values)
        self.values = values

    def __str__(self) -> str:
        return tr(self.text, **{name: _shown(value) for name, value in self.values.items()})


def _shown(value: Any) -> Any:
    """What a file or its name holds must not steer the terminal, or turn the direction of writing."""
    return one_line(value) if isinstance(value, str) else value


class Cancelled(SiamguiError):
    text = mark("Stopped.")


class FileUnwritable(SiamguiError):
    """values: name, reason (in the words of the operating system)"""

    text = mark("“{name}” can’t be written ({reason}). Choose another place.")


class OnlyRuns(SiamguiError):
    text = mark(
        "An encoder that came as an ONNX file can be used, and not be trained further. Activate another model version, "
        "and train that one."
    )


class NoFaceFound(SiamguiError):
    """values: name"""

    text = mark("No face was found in “{name}”. Use a photo in which the face is larger and well lit.")


class ModelMissing(SiamguiError):
    """values: name"""

    text = mark("The model file “{name}” is missing. Install siamgui again to restore it.")


class ModelCorrupt(SiamguiError):
    """values: name"""

    text = mark("The model file “{name}” is damaged. Install siamgui again to restore it.")


class CpuInstead(SiamguiError):
    """values: why: the error of the other device"""

    text = mark("{why} The CPU is used instead.")


class DeviceUnavailable(SiamguiError):
    """values: device"""

    text = mark("The device “{device}” is not available on this machine.")


class UnreadableImage(SiamguiError):
    """Base of everything that keeps a file from becoming a Photo; itself: not a picture at all. values: name"""

    text = mark(
        "“{name}” is not a picture siamgui can read. Use JPEG, PNG, HEIC, AVIF, WebP, TIFF, JPEG 2000, GIF or BMP."
    )


class ImageDamaged(UnreadableImage):
    """values: name"""

    text = mark("“{name}” is cut off or damaged. Copy or download it again, or save it anew as JPEG.")


class ImageEmpty(UnreadableImage):
    """values: name"""

    text = mark("“{name}” is empty. Copy or download it again.")


class ImageTooLarge(UnreadableImage):
    """values: name, limit (megapixels)"""

    text = mark("“{name}” is too large: it has more than {limit} megapixels. Use a smaller copy.")


class ImageFileTooLarge(UnreadableImage):
    """values: name, limit (megabytes)"""

    text = mark("“{name}” is too large: the file has more than {limit} MB. Use a smaller copy.")


class ImageTooSlow(UnreadableImage):
    """values: name"""

    text = mark(
        "“{name}” is built as no camera builds a picture: opening it would take too long or too much memory. "
        "Save it anew as JPEG."
    )


class ImageNeedsMemory(UnreadableImage):
    """values: name"""

    text = mark("There is not enough free memory to open “{name}”. Close other programs or use a smaller copy.")


class ImageIsFolder(UnreadableImage):
    """values: name"""

    text = mark("“{name}” is a folder. Choose a photo inside it.")


class ImageNotAFile(UnreadableImage):
    """A pipe, a socket or a device. values: name"""

    text = mark("“{name}” is a device or a pipe, not a photo. Choose a file.")


class ImageGone(UnreadableImage):
    """values: name"""

    text = mark("“{name}” was not found. It may have been moved, renamed or deleted.")


class ImageForbidden(UnreadableImage):
    """values: name"""

    text = mark("“{name}” can’t be opened: you have no permission to read it. Change its permissions or use a copy.")


class ImageReadFailed(UnreadableImage):
    """The disk or the network drive failed. values: name, reason (in the words of the operating system)"""

    text = mark("“{name}” can’t be read from the disk ({reason}). Copy it to another place and try again.")


class CameraAbsent(SiamguiError):
    """There is no camera, or not the one that was chosen."""

    text = mark("No camera was found. Connect it and try again.")


class CameraBusy(SiamguiError):
    """values: name"""

    text = mark("The camera “{name}” can’t be used now. Close other programs that use it and try again.")


class CameraForbidden(SiamguiError):
    """values: name"""

    text = mark("You have no permission to use the camera “{name}”. Allow it in the system settings and try again.")


class CameraLost(SiamguiError):
    """values: name"""

    text = mark("The camera “{name}” stopped sending pictures. Check its cable and try again.")
