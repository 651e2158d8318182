"""Where photographs come from: files, the clipboard, a drop, the camera."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage

from siamgui.core.embedded_pictures import bytes_of_address, data_address, file_address
from siamgui.core.errors import ImageForbidden, ImageGone, ImageReadFailed, SiamguiError
from siamgui.core.film_frame import FilmFrame
from siamgui.core.formats import PHOTO_FORMATS, VIDEO_FORMATS, patterns
from siamgui.core.i18n import mark, tr
from siamgui.core.types import Photo, Pixels
from siamgui.gui.display import DisplayImage, make_display

_ENCODED = tuple(mime for each in PHOTO_FORMATS for mime in each.mimes)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """Image data without a file.

    data: encoded bytes, a data: address that holds them, or an image that is decoded already.
    file: what the program that gave it says it is a picture of; this is read instead where it can be.
    """

    data: bytes | str | QImage
    name: str
    file: Path | None = None


Source = Path | Picture | Photo | FilmFrame


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A photograph, ready for the engine and for the screen. milliseconds: what that took.

    file: where it lies; None for what is no file.
    """

    photo: Photo
    display: DisplayImage
    milliseconds: float
    file: Path | None = None


def photo_filter() -> str:
    """Of a file dialog: only photographs."""
    return tr("Photos ({patterns})", patterns=patterns(PHOTO_FORMATS))


def video_filter() -> str:
    """Of a file dialog: only videos."""
    return tr("Videos ({patterns})", patterns=patterns(VIDEO_FORMATS))


class WebAddressOnly(SiamguiError):
    text = mark(
        "That is only a web address, and siamgui never uses the network. Save the picture first, then drop the file."
    )


class NoPicture(SiamguiError):
    text = mark("There is no picture in that. Use photo files, or copy a picture.")


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
    if isinstance(source, FilmFrame):
        from siamgui.search.original import load_frame

        return load_frame(source)
    if source.file is not None:
        try:
            return imaging.load_photo(source.file)
        except (ImageForbidden, ImageGone, ImageReadFailed):
            pass  # a chat program deletes its copy; the picture itself came along
    if isinstance(source.data, bytes):
        return imaging.photo_from_bytes(source.data, source.name)
    if isinstance(source.data, str):
        return imaging.photo_from_bytes(bytes_of_address(source.data), source.name)
    return imaging.photo_from_pixels(pixels_of(source.data), source.name)


def decode(source: Source) -> Decoded:
    """Decode for the engine and the screen. For worker threads. Raises the errors of siamgui.core.imaging."""
    started = time.perf_counter()
    photo = load(source)
    display = make_display(photo.pixels)
    milliseconds = 1000 * (time.perf_counter() - started)
    return Decoded(photo, display, milliseconds, source.absolute() if isinstance(source, Path) else None)


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
    if len(files) > 1:
        return files
    data = _picture_in(mime)
    if files:
        return files if data is None else (Picture(data, files[0].name, files[0]),)
    if data is not None:
        return (Picture(data, picture_name),)
    html, text = (mime.html() if mime.hasHtml() else ""), mime.text().strip()
    text = file_address(html) or text
    if text.lower().startswith("file:") and "\n" not in text and QUrl(text).isLocalFile():
        return (Path(QUrl(text).toLocalFile()),)
    if mime.hasUrls() or text.lower().startswith(("http://", "https://")):
        raise WebAddressOnly
    raise NoPicture


def _picture_in(mime: QMimeData) -> bytes | str | QImage | None:
    """The picture itself, in the form from which least is lost; None where there is only a name or an address."""
    for kind in _ENCODED:
        if mime.hasFormat(kind) and (data := mime.data(kind)):
            return bytes(data.data())
    if mime.hasImage() and isinstance(image := mime.imageData(), QImage) and not image.isNull():
        return image
    # By another name of its format, such as image/x-png.
    for kind in mime.formats():
        if kind.startswith("image/") and (data := mime.data(kind)):
            return bytes(data.data())
    texts = [bytes(url.toEncoded().data()).decode("ascii", "replace") for url in mime.urls() if url.scheme() == "data"]
    texts += [mime.html()] if mime.hasHtml() else []
    texts += [mime.text()] if mime.hasText() else []
    for text in texts:
        if found := data_address(text):
            return found
    return None
