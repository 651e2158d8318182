"""Whether a piece of a picture file is missing.

Decoders are lenient: where the data of a JPEG, HEIC, AVIF or WebP has been zeroed or ends early they paint grey and say
nothing. A search through the bytes tells, and costs next to nothing.
"""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from siamgui.core.file_structure import Jpeg, coded_items, jpeg, webp_chunks
from siamgui.core.types import Pixels

# Compressed data looks random: a run of this many zero bytes is a piece of the disk or the transfer that is missing.
HOLE = bytes(256)

_RESTART = re.compile(rb"\xff([\xd0-\xd7])")
_DOUBTFUL = bytes(32)
_AT_A_TIME, _UNPACKED_AT_A_TIME = 2**16, 2**20
_JPEG, _DEFLATE = 7, (8, 32946)
_HUFFMAN = frozenset({0xC0, 0xC1, 0xC2})


@dataclass(frozen=True, slots=True)
class Strips:
    """The coded pieces of a compressed TIFF. places: (start, end) of each. tables: what its JPEG pieces share.

    room: bytes that all of them hold together, once unpacked.
    """

    compression: int
    places: Sequence[tuple[int, int]]
    tables: bytes
    room: int


def has_hole(data: bytes, kind: str, pixels: Pixels, built: Jpeg | None = None, strips: Strips | None = None) -> bool:
    """Whether a piece of the file is missing that decoders do not miss.

    kind: of the format, as Pillow calls it. pixels: (h, w, 3) uint8, as they lie in the file, before any turn.
    built: how a JPEG is built. strips: of a compressed TIFF.
    """
    if built is not None:
        return _jpeg_has_hole(data, built, pixels)
    if kind in ("HEIF", "AVIF"):
        return _more_zeros_than_flat(data, coded_items(data), pixels, 512)
    if kind == "WEBP":
        return _more_zeros_than_flat(data, list(webp_chunks(data, (b"VP8 ", b"VP8L", b"ALPH"))), pixels, 512)
    if kind == "JPEG2000":
        return _more_zeros_than_flat(data, [(max(data.find(b"\xff\x93"), 0), len(data))], pixels, 512)
    if kind == "TIFF" and strips is not None:
        return _strips_are_damaged(data, strips) or _more_zeros_than_flat(data, strips.places, pixels, 128)
    if kind in ("TIFF", "PPM"):
        return _rows_are_missing(pixels)
    if kind == "BMP":
        return _rows_are_missing(pixels[::-1])
    return False


def _strips_are_damaged(data: bytes, strips: Strips) -> bool:
    """Where zeros in a row make it doubtful: what has a checksum must fit it, and a JPEG has its signs.

    No more is unpacked than the picture has room for, however many pieces there are.
    """
    left = strips.room
    for start, end in strips.places:
        if strips.compression in _DEFLATE and data.find(_DOUBTFUL, start, end) >= 0:
            held = _unpacked(memoryview(data)[start:end], left)
            if held is None:
                return True
            left -= held
        elif strips.compression == _JPEG and data.find(HOLE, start, end) >= 0:
            whole = strips.tables.removesuffix(_END) + data[start:end].removeprefix(b"\xff\xd8")
            found = jpeg(whole)
            if found.frame in _HUFFMAN and _scans_have_holes(whole, found):
                return True
    return False


def _unpacked(packed: memoryview, most: int) -> int | None:
    """Bytes that Deflate data holds; None where it does not fit its checksum, ends early, or holds more than most."""
    unpacker, held = zlib.decompressobj(), 0
    try:
        # Piece by piece: what is left of one is copied at every step.
        for at in range(0, len(packed), _AT_A_TIME):
            left: bytes | memoryview = packed[at : at + _AT_A_TIME]
            while left and not unpacker.eof:
                held += len(unpacker.decompress(left, _UNPACKED_AT_A_TIME))
                if held > most:
                    return None
                left = unpacker.unconsumed_tail
    except zlib.error:
        return None
    return held if unpacker.eof else None


def _jpeg_has_hole(data: bytes, found: Jpeg, pixels: Pixels) -> bool:
    if found.frame not in _HUFFMAN or not found.scan:
        return False
    progressive = found.frame == 0xC2
    if (progressive and not _is_complete(found)) or _scans_have_holes(data, found):
        return True
    if min(pixels.shape[:2]) < 16:
        return False
    # A flat corner at the end is what is painted where the data ends early: then more data would be read. Where the
    # means of the blocks come first it is one that is grey in the mean; they alone are decoded in no time.
    if progressive:
        end = found.scan[0].end
        blocks = pixels[-16:, -16:].reshape(2, 8, 2, 8, 3).mean((1, 3))
        grey = bool((np.abs(blocks - 128) < _GREY).all())
        return grey and _is_read(data[:end] + _END, data[:end] + _NOISE + _END)
    if (pixels[-8:, -8:] != pixels[-1, -1]).any():
        return False
    end = found.scan[-1].end
    return _is_read(data, data[:end] + _NOISE + data[end:])


def _scans_have_holes(data: bytes, found: Jpeg) -> bool:
    progressive = found.frame == 0xC2
    for scan in found.scan:
        if scan.restarts > 1:
            restarts = [mark[1][0] & 7 for mark in _RESTART.finditer(data, scan.start, scan.end)]
            if restarts != [number % 8 for number in range(scan.restarts - 1)]:
                return True
        hole = data.find(HOLE, scan.start, scan.end)
        if hole < 0 or (progressive and scan.first == scan.low == 0):  # zeros refine nothing, which is hardly seen
            continue
        if (progressive and scan.first) or scan.zeros != {0}:
            return True
        # Zero bits may also stand for blocks like the ones before. Then they are used up to the last one, and so is
        # what comes after them.
        as_far = data[: scan.end] + _END if progressive else data  # more is not needed, and takes longer
        seen = _small(as_far)
        for at in {_end_of_zeros(data, hole), scan.end}:
            if np.array_equal(seen, _small(as_far[: at - 64] + _NOISE + as_far[at:])):
                return True
    return False


_NOT_ZERO = re.compile(rb"[^\0]")
_GREY = 16
_END = b"\xff\xd9"
_NOISE = bytes(1 + value % 254 for value in hashlib.sha512(b"noise").digest())


def _is_read(data: bytes, other: bytes) -> bool:
    """Whether two JPEG files that differ in their coded data give different pictures."""
    one, two = (_small(each) for each in (data, other))
    return not np.array_equal(one, two)


def _small(data: bytes) -> NDArray[np.uint8]:
    """An eighth of a JPEG, grey: what is quickly decoded. Raises OSError."""
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
        image.draft("L", (image.width // 8, image.height // 8))
        return np.asarray(image)


def _is_complete(found: Jpeg) -> bool:
    """Whether the scans of a progressive JPEG bring every coefficient of every component to its last bit."""
    for component in found.ids:
        done = {
            k
            for scan in found.scan
            if component in scan.components and scan.low == 0
            for k in range(scan.first, scan.last + 1)
        }
        # Some encoders leave out the finest coefficients of the colours; what is cut off lacks whole bands.
        if 0 not in done or not any(k >= 6 for k in done):
            return False
    return True


def _end_of_zeros(data: bytes, start: int) -> int:
    found = _NOT_ZERO.search(data, start)
    return found.start() if found else len(data)


def _more_zeros_than_flat(data: bytes, parts: Sequence[tuple[int, int]], pixels: Pixels, each: int) -> bool:
    """Whether there are more zero bytes in a row than the flat parts of the picture need, at `each` pixels a byte.

    Arithmetic coders and dictionaries write zeros for what they expected: for flat parts, and there very few.
    """
    longest = 0
    for start, end in parts:
        if end > len(data):
            return True
        at = data.find(HOLE, start, end)
        while at >= 0:
            after = min(_end_of_zeros(data, at), end)
            longest = max(longest, after - at)
            at = data.find(HOLE, after, end)
    if not longest:
        return False
    rows = pixels[:: max(len(pixels) // 200, 1)]
    flat: float = float((rows[:, 1:] == rows[:, :-1]).all(2).mean()) * pixels.shape[0] * pixels.shape[1]
    return bool(flat < longest * each)


def _rows_are_missing(pixels: Pixels) -> bool:
    """Whether rows are black that begin or end in the middle of a row, and cut through what lies around them."""
    # A few samples tell nearly every row that is not. One by one: reversed rows cannot be looked at in one piece.
    black = np.array([row for row in np.flatnonzero(~pixels[:, ::170].any((1, 2))) if not pixels[row].any()], np.intp)
    for run in np.split(black, np.flatnonzero(np.diff(black) > 1) + 1) if len(black) else ():
        start, end = int(run[0]), int(run[-1]) + 1
        if start >= 2 and _is_cut(pixels[start - 2 : start]):
            return True
        if end <= len(pixels) - 2 and _is_cut(pixels[end : end + 2][::-1, ::-1]):
            return True
    return False


def _is_cut(two: Pixels) -> bool:
    """Of two rows (2, w, 3), whether the second turns black somewhere where the first goes on."""
    above, row = two[0].any(1), two[1].any(1)
    end = len(row) - int(np.argmax(row[::-1]))
    rest = len(row) - end
    return rest >= 8 and end >= 1 and bool(above[end:].mean() > 0.5 and row[:end].mean() > 0.5)
