"""The bytes of a picture file -> pixels, within limits of memory that hold before memory is taken.

- One decoder, Pillow (with pillow-heif for HEIC), and only the formats a photograph comes in.
- Time goes into memory that is touched more than into arithmetic. So a large picture is decoded into the array that it
  stays in, and what has to be converted is converted a band of rows at a time.
- Formats whose cost cannot be told from their structure are decoded in a process of their own (decoder_process.py).
"""

from __future__ import annotations

import contextlib
import io
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from siamgui.core.errors import ImageDamaged, ImageTooLarge, UnreadableImage
from siamgui.core.file_cost import MAX_MEGAPIXELS, MOST_MEMORY, is_plain_tiff
from siamgui.core.file_damage import Strips, has_hole
from siamgui.core.file_structure import Jpeg
from siamgui.core.formats import PHOTO_FORMATS
from siamgui.core.types import Pixels

# Pillow raises DecompressionBombError at twice this number, before a plugin allocates its canvas.
Image.MAX_IMAGE_PIXELS = MAX_MEGAPIXELS * 1_000_000 // 2

# What Pillow and its plugins raise on hostile bytes, found by fuzzing and in their source.
DECODER_ERRORS = (
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

APART = frozenset({"TIFF", "JPEG2000"})
"""Formats that are decoded in a process of their own, but for plain TIFF: what one costs, only its decoder knows."""

LARGE = 24_000_000
"""Pixels from which memory counts for more than the copy it takes to save it."""
_BAND = 250_000

_BY_BRAND = tuple(each for each in PHOTO_FORMATS if each.brands)
_OTHERS = tuple(each.name for each in PHOTO_FORMATS if not each.brands and each.name not in APART)
_ORIENTATION_TAG = 0x0112
_TIFF_SUBFILE_TYPE, _TIFF_BITS_PER_SAMPLE, _TIFF_COMPRESSION = 254, 258, 259
_TIFF_OFFSETS, _TIFF_COUNTS = (273, 324), (279, 325)  # of strips, of tiles
_TIFF_JPEG_TABLES = 347
_TIFF_SIZE = (256, 257)
_TIFF_SAMPLES, _TIFF_ROWS_PER_STRIP, _TIFF_TILE_SIZE = 277, 278, (322, 323)
_MPO_ENTRIES = 0xB002


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """pixels: (h, w, 3) uint8 sRGB, as they lie in the file. frames: pictures in it. orientation: of EXIF, 1 to 8."""

    pixels: Pixels
    frames: int
    orientation: int


def decode(data: bytes, name: str, built: Jpeg | None = None) -> Decoded:
    """The picture in a file. built: how a JPEG is built.

    Raises subclasses of UnreadableImage, Image.DecompressionBombError, MemoryError and DECODER_ERRORS.
    """
    # Pillow warns about odd metadata, which is no one's concern here. A filter that is only ever added is safe among
    # threads; warnings.catch_warnings is not.
    warnings.filterwarnings("ignore", module=r"(PIL|pillow_heif)\b")
    with Image.open(io.BytesIO(data), formats=formats_of(data)) as image:
        tags = getattr(image, "tag_v2", {})
        if tags.get(_TIFF_SUBFILE_TYPE, 0) & 1:
            raise UnreadableImage(name=name)  # the thumbnail of a camera raw file
        bits = tags.get(_TIFF_BITS_PER_SAMPLE, (16,))[0]
        strips = _strips(tags) if tags else None
        _check_memory(image, name, len(data), built)
        frames = _frames(image)
        room = _make_room(image)
        image.load()
        # Only now: PNG may have its EXIF after the pixels, and Pillow itself turns a TIFF while loading.
        orientation = _orientation(image)
        kind = image.format or ""
        pixels = _to_pixels(image, bits, room)
    if has_hole(data, kind, pixels, built, strips):
        raise ImageDamaged(name=name)
    return Decoded(pixels, frames, orientation)


def is_for_apart(data: bytes) -> bool:
    """Whether only its decoder knows what the file costs."""
    found = formats_of(data)
    return not APART.isdisjoint(found) and not (found == ("TIFF",) and is_plain_tiff(data) and _quiet_libtiff())


@cache
def _quiet_libtiff() -> bool:
    """Tell libtiff, which comes with Pillow, not to write to the terminal what is wrong. Whether it heard."""
    import ctypes

    beside = Path(Image.__file__).parent
    for library in (*beside.parent.glob("pillow.libs/libtiff*"), *beside.glob(".dylibs/libtiff*")):
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(str(library)).TIFFSetErrorHandler(None)
            return True
    return False


def formats_of(data: bytes) -> tuple[str, ...]:
    """The formats to try. AVIF and HEIC share a container and are told apart by its brands; the last takes the rest."""
    own = brands_of(data)
    if own:
        name = next((each.name for each in _BY_BRAND if not each.brands.isdisjoint(own)), _BY_BRAND[-1].name)
        if name == "HEIF":
            _register_heif()
        return (name,)
    apart = tuple(each.name for each in PHOTO_FORMATS if each.name in APART and each.begins_in(data))
    return apart or _OTHERS


@cache
def _register_heif() -> None:
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


def brands_of(data: bytes) -> set[bytes]:
    """What an ISO base media file (HEIC, AVIF, but also MP4) says it is; empty for other files."""
    if data[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(data[:4], "big"), 256)
    return {data[at : at + 4] for at in range(8, end, 4)}


# Bytes that Pillow holds for each pixel of a mode.
_HELD = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2, "I;16N": 2}
_TO_COPY = 3
# What decoders of other formats than JPEG hold beside the picture, for each pixel; and what is read of a PNG, in all.
_BESIDE = {"TIFF": 3}
_MOST_OF_PNG = 250_000_000
_MOST_TRANSPARENT = 60_000_000
_TWO_SECONDS = {"GIF": 80_000_000, "lzma": 60_000_000}
"""Pixels of the formats and compressions that take this long before they take too much memory."""
_SAMPLES = {"1": 1 / 8, "L": 1, "P": 1, "I;16": 1, "LA": 2, "RGB": 3, "RGBA": 4}


def _check_memory(image: Image.Image, name: str, size: int, built: Jpeg | None) -> None:
    """Raises ImageTooLarge where decoding the file of `size` bytes would take more than MOST_MEMORY, or too long."""
    pixels = image.width * image.height
    held = _HELD.get(image.mode, 4)
    beside = built.held if built else _BESIDE.get(image.format or "", 0)
    after = 0 if image.mode == "RGB" and pixels > LARGE else _TO_COPY
    if image.format in APART:
        after += _TO_COPY  # in the process that asked for it
    most = (MOST_MEMORY - size) / (held + max(beside, after))
    if image.format == "PNG":
        deep = 2 if "16" in str(image.tile[0][3]) else 1  # type: ignore[attr-defined]
        most = min(most, _MOST_OF_PNG / (_SAMPLES.get(image.mode, 2) * deep))
    if image.has_transparency_data:
        most = min(most, _MOST_TRANSPARENT)
    for kind in (image.format, image.info.get("compression")):
        most = min(most, _TWO_SECONDS.get(str(kind), most))
    if pixels > most:
        raise ImageTooLarge(name=name, limit=int(most / 1_000_000))


def _strips(tags: Mapping[int, Any]) -> Strips | None:
    """Of a compressed TIFF, whose tags these are."""
    compression = tags.get(_TIFF_COMPRESSION, 1)
    if compression == 1:
        return None
    starts, sizes = (tags.get(strip, tags.get(tile, ())) for strip, tile in (_TIFF_OFFSETS, _TIFF_COUNTS))
    places = [(start, start + size) for start, size in zip(starts, sizes, strict=False)]
    tables = tags.get(_TIFF_JPEG_TABLES, b"")
    return Strips(compression, places, tables if isinstance(tables, bytes) else b"", _unpacked_size(tags))


def _unpacked_size(tags: Mapping[int, Any]) -> int:
    """Bytes of all strips or tiles of a TIFF, each of them full."""
    width, height = (tags[tag] for tag in _TIFF_SIZE)  # as it lies in the file, before any turn
    across = tags.get(_TIFF_TILE_SIZE[0]) or width
    down = tags.get(_TIFF_TILE_SIZE[1]) or min(tags.get(_TIFF_ROWS_PER_STRIP) or height, height)
    bits = tags.get(_TIFF_BITS_PER_SAMPLE, (1,))
    of_pixel = bits[0] * tags.get(_TIFF_SAMPLES, 1) if len(bits) == 1 else sum(bits)
    return int(-(-width // across) * -(-height // down) * down * -(-across * of_pixel // 8))


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
    except DECODER_ERRORS:
        return 1
    return value if isinstance(value, int) else 1


@dataclass(frozen=True, slots=True, eq=False)
class _Room:
    """array: (h, w, 4), where Pillow decodes a large picture. core: what Pillow knows it by."""

    array: NDArray[np.uint8]
    core: object


def _make_room(image: Image.Image) -> _Room | None:
    if image.mode != "RGB" or image.width * image.height <= LARGE:
        return None
    array = np.empty((image.height, image.width, 4), np.uint8)
    image.im = Image.core.map_buffer(array, image.size, "raw", 0, ("RGB", 0, 1))  # type: ignore[attr-defined]
    return _Room(array, image.im)


def _to_pixels(image: Image.Image, bits: int, room: _Room | None) -> Pixels:
    """(h, w, 3) sRGB on white. bits: of each value of a TIFF. room: what _make_room gave."""
    profile = image.info.get("icc_profile")
    if image.mode == "RGB" and not image.has_transparency_data:
        if room is None:
            return _to_array(_to_srgb(image, profile))
        if image.im is room.core:  # some plugins take memory of their own while they load
            _to_srgb(image, profile)  # in place
            return _packed(room.array)
    eight_bits = _eight_bits(image, bits)
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for top, band in _bands(image):
        pixels[top : top + band.height] = _to_array(_to_srgb(_opaque(eight_bits(band)), profile))
    return pixels


def _packed(room: NDArray[np.uint8]) -> Pixels:
    """(h, w, 4) -> (h, w, 3) in the same memory."""
    from siamgui.core.cv import cv2

    height, width, _ = room.shape
    packed = room.reshape(-1)[: height * width * 3].reshape(height, width, 3)
    step = max(_BAND // width, 1)
    for top in range(0, height, step):
        packed[top : top + step] = cv2.cvtColor(room[top : top + step], cv2.COLOR_RGBA2RGB)
    return packed


def _bands(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """(first row, rows) from top to bottom."""
    step = max(_BAND // max(image.width, 1), 1)
    for top in range(0, image.height, step):
        yield top, image.crop((0, top, image.width, min(top + step, image.height)))


def _eight_bits(image: Image.Image, bits: int) -> Callable[[Image.Image], Image.Image]:
    """Scales 16-bit grey to 8 bits (the high byte, as Pillow does for colour); stretches ranges that have no white."""
    if image.mode.startswith("I;16"):
        return lambda band: Image.fromarray((np.asarray(band) >> (bits - 8)).astype(np.uint8))
    if image.mode == "I" and image.format == "PPM":  # Pillow scales a PGM to 65535
        return lambda band: Image.fromarray((np.asarray(band) >> 8).astype(np.uint8))
    if image.mode in ("I", "F"):
        ends = [(float(values.min()), float(values.max())) for values in (_finite(band) for _, band in _bands(image))]
        low, high = min(end[0] for end in ends), max(end[1] for end in ends)
        stretch = 255 / (high - low or 1)
        return lambda band: Image.fromarray(((_finite(band) - low) * stretch + 0.5).astype(np.uint8))
    return lambda band: band


def _finite(image: Image.Image) -> NDArray[np.float32]:
    return np.nan_to_num(np.asarray(image, np.float32), posinf=0, neginf=0)


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
