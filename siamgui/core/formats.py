"""The formats of photographs and videos: the one list for the decoders, dialogs, folders, drops and the clipboard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class PhotoFormat:
    """name: as Pillow calls it. endings: of file names, in lower case. mimes: how the clipboard may call it.

    begins: a regular expression for how a file begins that means to be one; "" where that would fit other files too.
    brands: by which an ISO base media file says that it is one.
    """

    name: str
    endings: tuple[str, ...]
    mimes: tuple[str, ...] = ()
    begins: bytes = b""
    brands: frozenset[bytes] = frozenset()

    def begins_in(self, data: bytes) -> bool:
        """Whether data begins as a file of this format does, where that is known."""
        return bool(self.begins) and re.match(self.begins, data, re.DOTALL) is not None


PHOTO_FORMATS = (
    # Pillow tries them in this order and imports its rarer plugins only when the first five do not fit. An application
    # that offers a picture in several formats is asked for the first of them.
    PhotoFormat("PNG", (".png",), ("image/png",), rb"\x89PNG\r\n\x1a\n"),
    PhotoFormat("JPEG", (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"), ("image/jpeg",), rb"\xff\xd8\xff"),
    PhotoFormat("BMP", (".bmp", ".dib"), ("image/bmp",), rb"BM.{4}\0\0\0\0"),
    PhotoFormat("GIF", (".gif",), ("image/gif",), rb"GIF8"),
    PhotoFormat("PPM", (".ppm", ".pgm", ".pbm", ".pnm"), ("image/x-portable-pixmap",), rb"P[4-6]\s+\d+\s+\d+\s"),
    PhotoFormat("WEBP", (".webp",), ("image/webp",), rb"RIFF....WEBP"),
    PhotoFormat("TIFF", (".tif", ".tiff"), ("image/tiff",), rb"II\*\0|MM\0\*|II\0\*|MM\*\0|II\+\0|MM\0\+"),
    PhotoFormat(
        "JPEG2000", (".jp2", ".j2k", ".jpf", ".jpx"), ("image/jp2",), rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51"
    ),
    PhotoFormat("AVIF", (".avif",), ("image/avif",), brands=frozenset({b"avif", b"avis"})),
    PhotoFormat(
        "HEIF",
        (".heic", ".heif", ".hif"),
        ("image/heic", "image/heif"),
        brands=frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}),
    ),
)


@dataclass(frozen=True, slots=True)
class VideoFormat:
    """name: of the container, as FFmpeg calls it. endings: of file names, in lower case."""

    name: str
    endings: tuple[str, ...]


VIDEO_FORMATS = (
    # Playlists (HLS, DASH, concat, SDP) are not among them, because they name other files and hosts; nor are patterns
    # of pictures.
    VideoFormat("mov", (".mp4", ".m4v", ".mov", ".3gp", ".3g2")),
    VideoFormat("matroska", (".mkv", ".webm")),
    VideoFormat("avi", (".avi", ".divx")),
    VideoFormat("mpeg", (".mpg", ".mpeg", ".vob", ".mod")),
    VideoFormat("mpegts", (".ts", ".mts", ".m2ts", ".m2t", ".tod")),
    VideoFormat("dv", (".dv", ".dif")),
    VideoFormat("asf", (".wmv", ".asf")),
    VideoFormat("flv", (".flv",)),
    VideoFormat("ogg", (".ogv",)),
    VideoFormat("mxf", (".mxf",)),
    VideoFormat("dhav", (".dav",)),
    VideoFormat("h264", (".h264", ".264")),
    VideoFormat("hevc", (".hevc", ".265")),
)

_PHOTO_ENDINGS = frozenset(ending for each in PHOTO_FORMATS for ending in each.endings)
_VIDEO_ENDINGS = frozenset(ending for each in VIDEO_FORMATS for ending in each.endings)


def is_photo(path: Path) -> bool:
    """Whether a file is named as photographs are, in any letter case. Hidden files are not."""
    return path.suffix.lower() in _PHOTO_ENDINGS and not path.name.startswith(".")


def is_video(path: Path) -> bool:
    """Whether a file is named as videos are, in any letter case. Hidden files are not."""
    return path.suffix.lower() in _VIDEO_ENDINGS and not path.name.startswith(".")


def patterns(formats: Sequence[PhotoFormat | VideoFormat]) -> str:
    """For a file dialog: "*.png *.jpg ..."."""
    return " ".join(f"*{ending}" for each in formats for ending in each.endings)
