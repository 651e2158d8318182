"""Where photographs come from: files, the clipboard, a drop, the camera."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

from siamgui.core.errors import SiamguiError
from siamgui.core.formats import PHOTO_FORMATS, patterns
from siamgui.core.i18n import mark, tr
from siamgui.core.types import Photo, Pixels
from siamgui.gui.display import DisplayImage, make_display

_ENCODED = tuple(mime for each in PHOTO_FORMATS for mime in each.mimes)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Image data without a file. data: encoded bytes, or an image that is decoded already."""

    data: bytes | QImage
    name: str


Source = Path | Picture | Photo


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A photograph, ready for the engine and for the screen. milliseconds: what that took."""

    photo: Photo
    display: DisplayImage
    milliseconds: float


def photo_filter() -> str:
    """Of a file dialog: only photographs."""
    return tr("Photos ({patterns})", patterns=patterns(PHOTO_FORMATS))


class WebAddressOnly(SiamguiError):
    text = mark(
        "That is only a web address, and siamgui never uses the network. Save the picture first, then drop the file."
    )


class NoPicture(SiamguiError):
    text = mark("There is no picture in that. Use one or two photo files, or copy a picture.")


class UnusablePhoto(SiamguiError):
    """values: name"""

    text = mark("“{name}” could not be used.")


def load(source: Source) -> Photo:
    """Decode for the engine. For worker threads. Raises the errors of siamgui.core.imaging."""
    from siamgui.core import imaging

    if isinstance(source, Photo):
        return source
    if isinstance(source, Path):
        return imaging.load_photo(source)
    if isinstance(source.data, bytes):
        return imaging.photo_from_bytes(source.data, source.name)
    return imaging.photo_from_pixels(pixels_of(source.data), source.name)


def decode(source: Source) -> Decoded:
    """Decode for the engine and the screen. For worker threads. Raises the errors of siamgui.core.imaging."""
    started = time.perf_counter()
    photo = load(source)
    return Decoded(photo, make_display(photo.pixels), 1000 * (time.perf_counter() - started))


def pixels_of(image: QImage) -> Pixels:
    """(height, width, 3) uint8 RGB copy; transparent parts become white."""
    import numpy as np

    if image.hasAlphaChannel():
        image = image.convertToFormat(QImage.Format.Format_RGBA8888)
        raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
        rgba = raw[:, : 4 * image.width()].reshape(image.height(), image.width(), 4).astype(np.uint16)
        alpha = rgba[..., 3:]
        return ((rgba[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return raw[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def files_of(mime: QMimeData) -> tuple[Path, ...]:
    """The files of this machine in what was dropped or pasted."""
    return tuple(Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile())


def sources_of(mime: QMimeData, picture_name: str) -> tuple[Source, ...]:
    """The files in what was dropped or pasted, or the one picture. Touches neither disk nor network, decodes nothing.

    Raises WebAddressOnly, NoPicture.
    """
    files = files_of(mime)
    if files:
        return files
    for kind in _ENCODED:
        if mime.hasFormat(kind) and (data := mime.data(kind)):
            return (Picture(bytes(data.data()), picture_name),)
    if mime.hasImage() and isinstance(image := mime.imageData(), QImage) and not image.isNull():
        return (Picture(image, picture_name),)
    if mime.hasUrls() or mime.text().strip().lower().startswith(("http://", "https://")):
        raise WebAddressOnly
    raise NoPicture
