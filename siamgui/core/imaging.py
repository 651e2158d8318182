"""Bytes or a path -> Photo: upright, sRGB, 8 bits, within limits that hold before memory is taken.

Decisions:
- The decoder is decoder.py. Formats whose cost only their decoder knows are read by it in a process of their own.
- The file is decoded at full size. JPEG could be decoded at 1/2 or 1/4 for less time, but a very large photograph is
  often a group with small faces, and the coordinates we report are those of the file.
- A file that ends early or lacks a piece is refused: a face half of which is grey must not be compared.
- A file that would take seconds or gigabytes, however small it is, is refused before it is decoded.
- Transparency is shown on white, as viewers do and as identity photographs are.
- Of several frames the first one (HEIC: the one marked primary) is used, and the Photo says so.
- Broken metadata (EXIF, colour profile) costs the metadata, not the photograph.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import cast

import numpy as np
from PIL import Image

from siamgui.core.decoder import DECODER_ERRORS, Decoded, brands_of, decode, formats_of, is_for_apart
from siamgui.core.decoder_process import decode_apart
from siamgui.core.errors import (
    ImageDamaged,
    ImageEmpty,
    ImageFileTooLarge,
    ImageForbidden,
    ImageGone,
    ImageIsFolder,
    ImageNeedsMemory,
    ImageNotAFile,
    ImageReadFailed,
    ImageTooLarge,
    UnreadableImage,
)
from siamgui.core.file_cost import MAX_MEGAPIXELS, MOST_MEMORY, check_cost
from siamgui.core.file_names import photo_name
from siamgui.core.formats import PHOTO_FORMATS
from siamgui.core.types import Photo, Pixels

MAX_MEGABYTES = 200

_TO_TURN = 7
"""Bytes for each pixel while a large picture is turned."""

# How a file begins that means to be a picture: if such a file cannot be decoded, it is damaged.
_BEGINS = re.compile(b"|".join(each.begins for each in PHOTO_FORMATS if each.begins), re.DOTALL)


def load_photo(path: Path) -> Photo:
    """Read and decode a file. Raises a subclass of UnreadableImage."""
    return photo_from_bytes(picture_bytes(path), photo_name(path))


def picture_bytes(path: Path) -> bytes:
    """What is in a file, not decoded.

    Raises a subclass of UnreadableImage. Only regular files are opened, so a pipe or a device cannot hang the caller.
    """
    with _open_picture(path) as file:
        return file.read(os.fstat(file.fileno()).st_size)


def picture_digest(path: Path) -> str:
    """The sha256 of a file, without holding it in memory. Raises as picture_bytes does."""
    with _open_picture(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _open_picture(path: Path) -> Iterator[BufferedReader]:
    name = photo_name(path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ImageIsFolder(name=name)
        if not stat.S_ISREG(status.st_mode):
            raise ImageNotAFile(name=name)
        if status.st_size > MAX_MEGABYTES * 1_000_000:
            raise ImageFileTooLarge(name=name, limit=MAX_MEGABYTES)
        with path.open("rb") as file:
            yield file
    except PermissionError:
        raise ImageForbidden(name=name) from None
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a path no file can have
        raise ImageGone(name=name) from None
    except OSError as error:
        raise ImageReadFailed(name=name, reason=error.strerror) from error
    except MemoryError:
        raise ImageNeedsMemory(name=name) from None


def photo_from_bytes(data: bytes, name: str) -> Photo:
    """Decode an encoded picture; name is what a person calls it. Raises a subclass of UnreadableImage."""
    if not data:
        raise ImageEmpty(name=name)
    if len(data) > MAX_MEGABYTES * 1_000_000:
        raise ImageFileTooLarge(name=name, limit=MAX_MEGABYTES)
    built = check_cost(data, name)
    sha256 = hashlib.sha256()
    try:
        if is_for_apart(data):
            decoded = decode_apart(data, name, meanwhile=lambda: sha256.update(data))
        else:
            decoded = decode(data, name, built)
            sha256.update(data)
    except Image.DecompressionBombError:
        raise ImageTooLarge(name=name, limit=MAX_MEGAPIXELS) from None
    except MemoryError:
        raise ImageNeedsMemory(name=name) from None
    except DECODER_ERRORS as error:
        raise (ImageDamaged if _means_to_be_picture(data) else UnreadableImage)(name=name) from error
    pixels = _upright(decoded, name)
    pixels.flags.writeable = False
    return Photo(pixels, sha256.hexdigest(), name, decoded.frames)


def pixels_in(data: bytes) -> int:
    """How many an encoded picture says it has, without decoding it; 0 where it does not say."""
    try:
        with Image.open(io.BytesIO(data), formats=formats_of(data)) as image:
            return image.width * image.height
    except (*DECODER_ERRORS, Image.DecompressionBombError):
        return 0


def photo_from_pixels(pixels: Pixels, name: str) -> Photo:
    """A Photo of a camera frame or a pasted picture: (height, width, 3) uint8 RGB, upright, sRGB.

    The pixels are copied if the caller could still change them. Raises ImageEmpty and ImageTooLarge.
    """
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise ValueError(f"expected (height, width, 3) uint8, got {pixels.shape} {pixels.dtype}")
    if pixels.size == 0:
        raise ImageEmpty(name=name)
    if pixels.shape[0] * pixels.shape[1] > MAX_MEGAPIXELS * 1_000_000:
        raise ImageTooLarge(name=name, limit=MAX_MEGAPIXELS)
    if pixels.flags.writeable or not pixels.flags.c_contiguous:
        pixels = np.array(pixels, order="C")
        pixels.flags.writeable = False
    return Photo(pixels, hashlib.sha256(pixels.data).hexdigest(), name)


def _means_to_be_picture(data: bytes) -> bool:
    brands = brands_of(data)
    return _BEGINS.match(data) is not None or any(not each.brands.isdisjoint(brands) for each in PHOTO_FORMATS)


def _upright(decoded: Decoded, name: str) -> Pixels:
    """Turn by the EXIF orientation, 1 to 8; other values mean upright. OpenCV does it in a third of Pillow's time.

    Raises ImageTooLarge.
    """
    pixels, orientation = decoded.pixels, decoded.orientation
    if orientation not in range(2, 9):
        return pixels
    most = MOST_MEMORY // _TO_TURN
    if pixels.shape[0] * pixels.shape[1] > most:
        raise ImageTooLarge(name=name, limit=most // 1_000_000)
    from siamgui.core.cv import cv2

    if orientation >= 5:
        pixels = cv2.transpose(pixels)
    flip = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}.get(orientation)
    return pixels if flip is None else cast(Pixels, cv2.flip(pixels, flip))
