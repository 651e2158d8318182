"""Bytes or a path -> Photo: upright, sRGB, 8 bits, within limits that hold before memory is taken.

Decisions:
- One decoder, Pillow (with pillow-heif for HEIC), and only the formats a photograph comes in.
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
import re
import stat
import struct
import warnings
import zlib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

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
from siamgui.core.file_cost import MAX_MEGAPIXELS, check_cost
from siamgui.core.file_damage import has_hole
from siamgui.core.file_names import photo_name
from siamgui.core.file_structure import Jpeg
from siamgui.core.formats import PHOTO_FORMATS
from siamgui.core.types import Photo, Pixels

MAX_MEGABYTES = 200

# Pillow raises DecompressionBombError at twice this number, before a plugin allocates its canvas.
Image.MAX_IMAGE_PIXELS = MAX_MEGAPIXELS * 1_000_000 // 2

_BY_BRAND = tuple(each for each in PHOTO_FORMATS if each.brands)
_OTHERS = tuple(each.name for each in PHOTO_FORMATS if not each.brands)
# How a file begins that means to be a picture: if such a file cannot be decoded, it is damaged.
_BEGINS = re.compile(b"|".join(each.begins for each in PHOTO_FORMATS if each.begins), re.DOTALL)

# What Pillow and its plugins raise on hostile bytes, found by fuzzing and in their source.
_DECODER_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    Warning,
    struct.error,
    zlib.error,
)


_ORIENTATION_TAG = 0x0112
_TIFF_SUBFILE_TYPE, _TIFF_BITS_PER_SAMPLE, _TIFF_COMPRESSION = 254, 258, 259
_TIFF_OFFSETS, _TIFF_COUNTS = (273, 324), (279, 325)  # of strips, of tiles
_MPO_ENTRIES = 0xB002


def load_photo(path: Path) -> Photo:
    """Read and decode a file.

    Raises a subclass of UnreadableImage. Only regular files are opened, so a pipe or a device cannot hang the caller.
    """
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
            data = file.read(status.st_size)
    except PermissionError:
        raise ImageForbidden(name=name) from None
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a path no file can have
        raise ImageGone(name=name) from None
    except OSError as error:
        raise ImageReadFailed(name=name, reason=error.strerror) from error
    except MemoryError:
        raise ImageNeedsMemory(name=name) from None
    return photo_from_bytes(data, name)


def photo_from_bytes(data: bytes, name: str) -> Photo:
    """Decode an encoded picture; name is what a person calls it. Raises a subclass of UnreadableImage."""
    if not data:
        raise ImageEmpty(name=name)
    if len(data) > MAX_MEGABYTES * 1_000_000:
        raise ImageFileTooLarge(name=name, limit=MAX_MEGABYTES)
    # Pillow warns about odd metadata, which is no one's concern here. A filter that is only ever added is safe among
    # threads; warnings.catch_warnings is not.
    warnings.filterwarnings("ignore", module=r"(PIL|pillow_heif)\b")
    built = check_cost(data, name)
    try:
        pixels, frames = _decode(data, name, built)
    except Image.DecompressionBombError:
        raise ImageTooLarge(name=name, limit=MAX_MEGAPIXELS) from None
    except MemoryError:
        raise ImageNeedsMemory(name=name) from None
    except _DECODER_ERRORS as error:
        raise (ImageDamaged if _means_to_be_picture(data) else UnreadableImage)(name=name) from error
    return Photo(pixels, hashlib.sha256(data).hexdigest(), name, frames)


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
    brands = _brands(data)
    return _BEGINS.match(data) is not None or any(not each.brands.isdisjoint(brands) for each in _BY_BRAND)


def _brands(data: bytes) -> set[bytes]:
    """What an ISO base media file (HEIC, AVIF, but also MP4) says it is; empty for other files."""
    if data[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(data[:4], "big"), 256)
    return {data[at : at + 4] for at in range(8, end, 4)}


def _decode(data: bytes, name: str, built: Jpeg | None) -> tuple[Pixels, int]:
    """Pixels as a Photo wants them, and the number of frames in the file. built: how a JPEG is built."""
    with Image.open(io.BytesIO(data), formats=_formats(data)) as image:
        tags = getattr(image, "tag_v2", {})
        if tags.get(_TIFF_SUBFILE_TYPE, 0) & 1:
            raise UnreadableImage(name=name)  # the thumbnail of a camera raw file
        bits = tags.get(_TIFF_BITS_PER_SAMPLE, (16,))[0]
        strips = _strips(tags)
        frames = _frames(image)
        image.load()
        # Only now: PNG may have its EXIF after the pixels, and Pillow itself turns a TIFF while loading.
        orientation = _orientation(image)
        kind = image.format or ""
        pixels = _to_array(_to_srgb(_opaque(_eight_bits(image, bits)), image.info.get("icc_profile")))
    if has_hole(data, kind, pixels, built, strips):
        raise ImageDamaged(name=name)
    pixels = _upright(pixels, orientation)
    pixels.flags.writeable = False
    return pixels, frames


def _formats(data: bytes) -> tuple[str, ...]:
    """The formats to try. AVIF and HEIC share a container and are told apart by its brands; the last takes the rest."""
    brands = _brands(data)
    if not brands:
        return _OTHERS
    name = next((each.name for each in _BY_BRAND if not each.brands.isdisjoint(brands)), _BY_BRAND[-1].name)
    if name == "HEIF":
        _register_heif()
    return (name,)


@cache
def _register_heif() -> None:
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


def _strips(tags: Mapping[int, Any]) -> list[tuple[int, int]]:
    """(start, end) of the pieces of a compressed TIFF, whose tags these are."""
    if tags.get(_TIFF_COMPRESSION, 1) == 1:
        return []
    starts, sizes = (tags.get(strip, tags.get(tile, ())) for strip, tile in (_TIFF_OFFSETS, _TIFF_COUNTS))
    return [(start, start + size) for start, size in zip(starts, sizes, strict=False)]


def _frames(image: Image.Image) -> int:
    """How many pictures a person would say the file holds.

    Most cameras and phones put previews and gain maps beside the photograph into an MPO; those do not count.
    """
    if image.format == "MPO":
        entries = cast("dict[int, list[dict[str, dict[str, str]]]]", image.mpinfo)[_MPO_ENTRIES]  # type: ignore[attr-defined]
        return 1 + sum(entry["Attribute"]["MPType"].startswith("Multi-Frame") for entry in entries[1:])
    return int(getattr(image, "n_frames", 1))


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(_ORIENTATION_TAG)
    except _DECODER_ERRORS:
        return 1
    return value if isinstance(value, int) else 1


def _upright(pixels: Pixels, orientation: int) -> Pixels:
    """Turn by the EXIF orientation, 1 to 8; other values mean upright. OpenCV does it in a third of Pillow's time."""
    if orientation not in range(2, 9):
        return pixels
    from siamgui.core.cv import cv2

    if orientation >= 5:
        pixels = cv2.transpose(pixels)
    flip = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}.get(orientation)
    return pixels if flip is None else cast(Pixels, cv2.flip(pixels, flip))


def _eight_bits(image: Image.Image, bits: int) -> Image.Image:
    """Scale 16-bit grey to 8 bits (the high byte, as Pillow does for colour); stretch ranges that have no white."""
    if image.mode.startswith("I;16"):
        return Image.fromarray((np.asarray(image) >> (bits - 8)).astype(np.uint8))
    if image.mode == "I" and image.format == "PPM":  # Pillow scales a PGM to 65535
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in ("I", "F"):
        values: NDArray[np.float32] = np.nan_to_num(np.asarray(image, np.float32), posinf=0, neginf=0)
        low, high = float(values.min()), float(values.max())
        return Image.fromarray(((values - low) * (255 / (high - low or 1)) + 0.5).astype(np.uint8))
    return image


def _opaque(image: Image.Image) -> Image.Image:
    """Put a picture with transparency on white."""
    if not image.has_transparency_data:
        return image
    image = image.convert("RGBA")
    alpha = image.getchannel("A")
    if alpha.getextrema()[0] == 255:
        return image.convert("RGB")
    canvas = Image.new("RGB", image.size, "white")
    canvas.paste(image, mask=alpha)
    return canvas


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB in sRGB. A profile that is broken or belongs to another mode is passed over."""
    if image.mode not in ("L", "RGB", "CMYK", "LAB"):
        image = image.convert("RGB")
    transform = _transform(image.mode, profile)
    if transform is None:
        return image if image.mode == "RGB" else image.convert("RGB")
    if image.mode == "RGB":
        return transform.apply_in_place(image)
    return transform.apply(image)


@lru_cache(maxsize=8)
def _transform(mode: str, profile: bytes | None) -> ImageCms.ImageCmsTransform | None:
    """The way from a colour profile to sRGB; None where there is nothing to do.

    A transform costs more than decoding the JPEG. Most profiles are sRGB under one of many names, so a profile counts
    as sRGB when it moves none of a set of colours by more than 2 of 255 levels.
    """
    if not profile and mode != "LAB":
        return None
    try:
        # LAB is a colour space of its own, whatever profile comes with it.
        source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        if profile and mode != "LAB":
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return None
    if mode in ("L", "RGB"):
        steps = np.linspace(0, 255, 9).astype(np.uint8)
        lattice = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(27, 27, 3)
        probe = Image.fromarray(lattice if mode == "RGB" else lattice[..., 0])
        moved = np.asarray(transform.apply(probe), np.int16) - np.asarray(probe.convert("RGB"), np.int16)
        if np.abs(moved).max() <= 2:
            return None
    return transform


class _Sink:
    """A file to which Pillow writes pixels, straight into an array."""

    def __init__(self, size: int) -> None:
        self.buffer = np.empty(size, np.uint8)
        self.end = 0

    def write(self, data: bytes) -> int:
        self.buffer[self.end : self.end + len(data)] = np.frombuffer(data, np.uint8)
        self.end += len(data)
        return len(data)


def _to_array(image: Image.Image) -> Pixels:
    """(height, width, 3) of an RGB image. np.asarray() joins blocks and copies, which takes 2.5 times as long."""
    size = image.width * image.height * 3
    sink = _Sink(size + 64)  # a PPM is a short header and the pixels
    image.save(cast("io.BytesIO", sink), "PPM")
    return sink.buffer[sink.end - size : sink.end].reshape(image.height, image.width, 3)
