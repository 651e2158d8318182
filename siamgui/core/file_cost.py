"""What decoding a picture file would cost, told from its structure: some small files take minutes or gigabytes.

A file whose structure is not understood is left to the decoder.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from siamgui.core.errors import ImageTooLarge, ImageTooSlow
from siamgui.core.file_structure import MOST_SCANS, MOST_SEGMENTS, Jpeg, boxes, jpeg, webp_chunks

MAX_MEGAPIXELS = 100
MOST_PAGES = 1000
MOST_PIECES = 100_000
"""Strips or tiles of a TIFF."""
MOST_FRAMES = 2000
MOST_BLOCKS = 1_000_000
LARGEST_TEXT = 8_000_000
LARGEST_RUNS = 2_000_000
MOST_MEMORY = 560_000_000
"""Bytes that reading a picture may take at one time: 500 megabytes beyond a good photograph."""
LONGEST_HEADER = 65_536
LARGEST_JPEG = 120_000_000
# JPEG 2000 and WebP take 17 to 19 bytes for each pixel, and 50 to 80 ms for each megapixel however little it shows;
# HEIC and AVIF half of that.
MOST_OF_JPEG_2000, MOST_OF_WEBP, MOST_OF_HEIF = 24, 30, 50
"""Megapixels."""


def check_cost(data: bytes, name: str) -> Jpeg | None:
    """Refuse what no camera writes and what would take seconds or gigabytes; returns how a JPEG is built.

    Raises ImageTooSlow, ImageTooLarge.
    """
    built = None
    if data.startswith(b"\xff\xd8"):
        built = jpeg(data)
        slow = built.scans > MOST_SCANS or len(data) > LARGEST_JPEG
    elif data[:4] in (b"II*\0", b"MM\0*"):
        page = _directory(data)
        pieces = max((page.tags.get(tag, (0, 0, 0))[1] for tag in (_STRIPS, _TILES)), default=0) if page else 0
        slow = _pages(data) > MOST_PAGES or pieces > MOST_PIECES
    elif data.startswith(b"\x89PNG"):
        slow = not _is_quick_png(data)
    elif data.startswith(b"GIF8"):
        slow = not _is_quick_gif(data)
    elif _TEXT_HEADER.match(data):
        slow = not _is_quick_ppm(data)
    elif data.startswith(b"BM"):  # Pillow takes run lengths apart in Python
        slow = len(data) > LARGEST_RUNS and int.from_bytes(data[30:34], "little") in (1, 2)
    else:
        slow = False
        for area, limit in (
            (_area_of_jpeg2000, MOST_OF_JPEG_2000),
            (_area_of_webp, MOST_OF_WEBP),
            (_area_of_heif, MOST_OF_HEIF),
        ):
            if limit * 1_000_000 < area(data) <= MAX_MEGAPIXELS * 1_000_000:  # what is larger is refused anyway
                raise ImageTooLarge(name=name, limit=limit)
    if slow:
        raise ImageTooSlow(name=name)
    return built


def _area_of_heif(data: bytes) -> int:
    """Of HEIC and AVIF: the largest picture that the metadata speak of."""
    start, end = next(((a, b) for kind, a, b in boxes(data, 0, len(data)) if kind == b"meta"), (0, 0))
    sizes = _PICTURE_SIZE.findall(data, start, min(end, start + 64 * LONGEST_HEADER)) if data[4:8] == b"ftyp" else []
    return max((int.from_bytes(wide, "big") * int.from_bytes(high, "big") for wide, high in sizes), default=0)


def _area_of_webp(data: bytes) -> int:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return 0
    areas = [0]
    for start, _ in webp_chunks(data, (b"VP8X", b"VP8L", b"VP8 ")):
        kind, head = data[start - 8 : start - 4], data[start : start + 10]
        if kind == b"VP8X":
            areas.append((1 + int.from_bytes(head[4:7], "little")) * (1 + int.from_bytes(head[7:10], "little")))
        elif kind == b"VP8L":
            bits = int.from_bytes(head[1:5], "little")
            areas.append((1 + (bits & 0x3FFF)) * (1 + (bits >> 14 & 0x3FFF)))
        else:
            areas.append(
                (int.from_bytes(head[6:8], "little") & 0x3FFF) * (int.from_bytes(head[8:10], "little") & 0x3FFF)
            )
    return max(areas)


def _area_of_jpeg2000(data: bytes) -> int:
    if not data.startswith((b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")):
        return 0
    at = data.find(b"\xff\x4f\xff\x51")
    if at < 0 or at + 24 > len(data):
        return 0
    right, bottom, left, top = struct.unpack(">IIII", data[at + 8 : at + 24])
    return max(int(right - left), 0) * max(int(bottom - top), 0)


def _is_quick_png(data: bytes) -> bool:
    """Whether a PNG has no more chunks than pictures have. Pillow looks at each in turn."""
    at = others = pixels = 8
    while at + 8 <= len(data) and others <= MOST_SEGMENTS and pixels <= 10 * MOST_SEGMENTS:
        kind = data[at + 4 : at + 8]
        if not kind.isalpha():
            break
        pixels, others = (pixels + 1, others) if kind == b"IDAT" else (pixels, others + 1)
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    return others <= MOST_SEGMENTS and pixels <= 10 * MOST_SEGMENTS


def _pages(data: bytes) -> int:
    """Pages of a TIFF, as far as MOST_PAGES + 1. A chain that comes back to a page has no end."""
    order = _order(data)
    at, seen = struct.unpack(f"{order}I", data[4:8])[0] if len(data) >= 8 else 0, set[int]()
    while 0 < at <= len(data) - 2 and len(seen) <= MOST_PAGES and at not in seen:
        seen.add(at)
        after = at + 2 + 12 * struct.unpack_from(f"{order}H", data, at)[0]
        at = struct.unpack_from(f"{order}I", data, after)[0] if after + 4 <= len(data) else 0
    return len(seen)


_LARGEST_TAGS = 2_000_000
_QUICK = frozenset({1, 5, 8, 32773, 32946})  # compressions: none, LZW, Deflate (two numbers), runs
_TAG_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_COMPRESSION, _STRIPS, _STRIP_SIZES, _TILES = 259, 273, 279, 324
_OF_TILES = frozenset({322, 323, 324, 325})


@dataclass(frozen=True, slots=True)
class _Directory:
    """The first page of a TIFF. tags: kind, count and place of the values of each. room: bytes of all values."""

    tags: dict[int, tuple[int, int, int]]
    room: int
    is_last: bool


def _directory(data: bytes) -> _Directory | None:
    """None where it is not understood, or names something twice: one decoder takes the first, another the last."""
    order = _order(data)
    start = struct.unpack(f"{order}I", data[4:8])[0] if len(data) >= 8 else 0
    if data[:4] not in (b"II*\0", b"MM\0*") or not 8 <= start <= len(data) - 6:
        return None
    count = struct.unpack_from(f"{order}H", data, start)[0]
    end = start + 2 + 12 * count
    if count > MOST_SEGMENTS or end + 4 > len(data):
        return None
    tags: dict[int, tuple[int, int, int]] = {}
    room = 0
    for at in range(start + 2, end, 12):
        tag, kind, values = struct.unpack_from(f"{order}HHI", data, at)
        size = values * _TAG_BYTES.get(kind, 8)
        tags[tag] = (kind, values, at + 8 if size <= 4 else struct.unpack_from(f"{order}I", data, at + 8)[0])
        room += size
    if len(tags) != count:
        return None
    return _Directory(tags, room, not struct.unpack_from(f"{order}I", data, end)[0])


def _order(data: bytes) -> str:
    return "<" if data[:2] == b"II" else ">"


def is_plain_tiff(data: bytes) -> bool:
    """Whether a TIFF is one page of strips, each of them read once: its size tells what decoding it costs."""
    page = _directory(data)
    if page is None or not page.is_last or page.room > _LARGEST_TAGS or not page.tags.keys().isdisjoint(_OF_TILES):
        return False  # where there are tiles, decoders read them, whatever strips are named
    order, none = _order(data), (0, 0, 0)
    compression = _tag_values(data, order, page.tags.get(_COMPRESSION, none))
    strips = _tag_values(data, order, page.tags.get(_STRIP_SIZES, none))
    return (
        len(compression) == 1
        and compression[0] in _QUICK
        and len(strips) == page.tags.get(_STRIPS, none)[1] <= MOST_SEGMENTS
        and 0 < sum(strips) <= len(data)
    )


def _tag_values(data: bytes, order: str, tag: tuple[int, int, int]) -> tuple[int, ...]:
    """tag: kind, count and place. None that are no whole numbers, or lie elsewhere."""
    kind, count, at = tag
    form = {3: "H", 4: "I"}.get(kind)
    if form is None or count > MOST_SEGMENTS or at + count * _TAG_BYTES[kind] > len(data):
        return ()
    return struct.unpack_from(f"{order}{count}{form}", data, at)


def _is_quick_gif(data: bytes) -> bool:
    """Whether a GIF has no more frames and blocks than moving pictures have."""
    at = 13 + (3 << (data[10] & 7) + 1 if len(data) > 10 and data[10] & 0x80 else 0)
    frames = blocks = 0
    while at < len(data) and frames <= MOST_FRAMES and blocks <= MOST_BLOCKS:
        kind = data[at]
        if kind == 0x2C and at + 10 <= len(data):
            frames += 1
            at += 11 + (3 << (data[at + 9] & 7) + 1 if data[at + 9] & 0x80 else 0)
        elif kind == 0x21:
            at += 2
        else:
            break
        while at < len(data) and data[at] and blocks <= MOST_BLOCKS:
            blocks += 1
            at += 1 + data[at]
        at, blocks = at + 1, blocks + 1
    return frames <= MOST_FRAMES and blocks <= MOST_BLOCKS


def _is_quick_ppm(data: bytes) -> bool:
    """Pillow reads numbers as text, and those of another range than a byte, one by one in Python."""
    header = _HEADER.match(data[:LONGEST_HEADER])
    if header is None:
        return False
    if data[1:2] in b"123":
        return len(data) <= LARGEST_TEXT
    if data[1:2] not in b"56":
        return True
    white = _WHITE.match(data, header.end() - 1, header.end() + LONGEST_HEADER)
    plain = white is not None and (int(white[1]) == 255 or (data[1:2] == b"5" and int(white[1]) == 65535))
    return plain or len(data) <= LARGEST_RUNS


_GAP = rb"(?:\s|#[^\r\n]*[\r\n])+"
_PICTURE_SIZE = re.compile(rb"ispe\0\0\0\0(....)(....)", re.DOTALL)
_TEXT_HEADER = re.compile(rb"P(?:[1-6fF]|0CMYK|y(?:P|RGBA|CMYK))\s")
_WHITE = re.compile(_GAP + rb"0*(\d{1,5})\s", re.DOTALL)
_HEADER = re.compile(rb"P\w+" + 2 * (_GAP + rb"\d+") + rb"\s", re.DOTALL)
