"""How picture files are built, as far as it tells what decoding costs and whether a piece is missing."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

MOST_SEGMENTS = 10_000
MOST_SCANS = 64
LONGEST_GAP = 65_536

_MARKER = re.compile(rb"\xff+([^\xff\x00])", re.DOTALL)
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})


@dataclass(frozen=True, slots=True)
class Scan:
    """start, end: of the coded data. first, last, low: of the coefficients. zeros: symbols an all-zero code stands for.

    restarts: how many pieces it is cut into by its restart interval, 0 where there is none or it cannot be told.
    """

    start: int
    end: int
    first: int
    last: int
    low: int
    components: bytes
    zeros: frozenset[int]
    restarts: int


@dataclass(slots=True)
class Jpeg:
    """frame: the marker that says how it is coded. samples: for each pixel, of all components together."""

    frame: int = 0
    samples: float = 3
    ids: bytes = b""
    scans: int = 0
    scan: list[Scan] = field(default_factory=list)

    @property
    def held(self) -> float:
        """Bytes for each pixel that a decoder holds beside the picture: coefficients that come in several scans."""
        return 2 * self.samples if self.scans > 1 or self.frame in _PROGRESSIVE else 0


def jpeg(data: bytes) -> Jpeg:
    """The first picture of a JPEG; as much of it as can be understood. scans: MOST_SCANS + 1 stands for too much."""
    found = Jpeg()
    zero: dict[int, int] = {}
    interval, units, sampling = 0, 0, {}
    at = 2
    for _ in range(MOST_SEGMENTS):
        match = _MARKER.search(data, at)
        if match is None or match[1] == b"\xd9":
            return found
        if match.end() - at > LONGEST_GAP:  # Pillow goes through what fills the gaps byte by byte
            break
        at, marker = match.end(), match[1][0]
        if marker == 1 or 0xD0 <= marker <= 0xD8:
            continue
        length = int.from_bytes(data[at : at + 2], "big")
        body = data[at + 2 : at + length]
        at += max(length, 2)
        if marker in _FRAMES and len(body) >= 6 and len(body) >= 6 + 3 * body[5]:
            found.frame = marker
            height, width = struct.unpack(">HH", body[1:5])
            found.ids = body[6 : 6 + 3 * body[5] : 3]
            sampling = {body[n]: (body[n + 1] >> 4 or 1, body[n + 1] & 15 or 1) for n in range(6, 6 + 3 * body[5], 3)}
            across, down = (8 * max((each[k] for each in sampling.values()), default=1) for k in (0, 1))
            found.samples = sum(a * b for a, b in sampling.values()) * 64 / (across * down)
            units = -(-width // across) * -(-height // down)
        elif marker == 0xC4:
            while len(body) >= 17:
                count = sum(body[1:17])
                zero[body[0]] = body[17] if count and len(body) > 17 else -1
                body = body[17 + count :]
        elif marker == 0xDD and len(body) >= 2:
            interval = int.from_bytes(body[:2], "big")
        elif marker == 0xDA and body and len(body) >= 4 + 2 * body[0]:
            found.scans += 1
            end = _end_of_scan(data, at)
            count = body[0]
            first, last, approximation = body[1 + 2 * count : 4 + 2 * count]
            tables = [body[2 + 2 * n] for n in range(count)]
            used = {zero.get(table >> 4, -1) for table in tables if first == 0}
            used |= {zero.get(0x10 | table & 15, -1) for table in tables if last > 0}
            pieces = -(-units // interval) if interval and count == len(found.ids) else 0
            ids = bytes(body[1 + 2 * n] for n in range(count))
            scan = Scan(at, end, first, last, approximation & 15, ids, frozenset(used), pieces)
            if len(found.scan) <= MOST_SCANS:
                found.scan.append(scan)
            at = end
    found.scans = MOST_SCANS + 1
    return found


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the first marker is that is no restart. A regular expression takes ten times as long."""
    size = 2**16
    while at < len(data) - 1:
        part = np.frombuffer(data, np.uint8, min(size + 1, len(data) - at), at)
        here = np.flatnonzero(part[:-1] == 0xFF)
        after = part[here + 1]
        found = here[(after != 0) & (after != 0xFF) & ((after < 0xD0) | (after > 0xD7))]
        if len(found):
            return at + int(found[0])
        at, size = at + size, min(4 * size, 2**22)
    return len(data)


def boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(kind, start, end) of the content of each box of an ISO base media file; at most MOST_SEGMENTS."""
    for _ in range(MOST_SEGMENTS):
        if start + 8 > end:
            return
        size, kind, head = int.from_bytes(data[start : start + 4], "big"), data[start + 4 : start + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[start + 8 : start + 16], "big"), 16
        if size == 0:
            size = end - start
        if size < head:
            return
        yield kind, start + head, min(start + size, end)
        start += size


def coded_items(data: bytes) -> list[tuple[int, int]]:
    """Where the coded pictures of a HEIC or AVIF file lie: (start, end) in the file. Metadata is not among them."""
    try:
        meta = next((start + 4, end) for kind, start, end in boxes(data, 0, len(data)) if kind == b"meta")
        inside = {kind: (start, end) for kind, start, end in boxes(data, *meta)}
        kinds = _item_kinds(data, *inside[b"iinf"])
        return [
            extent for item, extent in _item_extents(data, inside[b"iloc"][0]) if kinds.get(item) in (b"hvc1", b"av01")
        ]
    except (StopIteration, KeyError, IndexError, struct.error):
        return []


def _item_kinds(data: bytes, start: int, end: int) -> dict[int, bytes]:
    kinds = {}
    for kind, at, _ in boxes(data, start + (6 if data[start] == 0 else 8), end):
        if kind == b"infe" and data[at] in (2, 3):
            wide = 2 if data[at] == 2 else 4
            kinds[int.from_bytes(data[at + 4 : at + 4 + wide], "big")] = data[at + 6 + wide : at + 10 + wide]
    return kinds


def _item_extents(data: bytes, start: int) -> Iterator[tuple[int, tuple[int, int]]]:
    at = start

    def number(size: int) -> int:
        nonlocal at
        at += size
        return int.from_bytes(data[at - size : at], "big")

    version = number(1)
    number(3)
    sizes = number(2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    for _ in range(min(number(2 if version < 2 else 4), MOST_SEGMENTS)):
        item = number(2 if version < 2 else 4)
        method = number(2) & 15 if version else 0
        number(2)
        base = number(base_size)
        for _ in range(number(2)):
            if version:
                number(index_size)
            offset, length = number(offset_size), number(length_size)
            if method == 0 and length:
                yield item, (base + offset, base + offset + length)


def webp_chunks(data: bytes, kinds: tuple[bytes, ...]) -> Iterator[tuple[int, int]]:
    at = 12
    for _ in range(MOST_SEGMENTS):
        if at + 8 > len(data):
            return
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] == b"ANMF":
            at += 24  # its frame is a chunk again
            continue
        if data[at : at + 4] in kinds:
            yield at + 8, at + 8 + size
        at += 8 + size + size % 2
