"""Zips exactly as siamgui writes them: whole files one after the other, stored, and nothing before, between or behind.

Zips can lie: two lists of what they hold, names twice, sizes that are not so, parts that overlap, links, secrets,
bombs. A reader that only knows this one form has nothing to be lied to about; all of it is checked before any file is
taken out (PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16).
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

_END, _ENTRY, _LOCAL = struct.Struct("<4s4H2LH"), struct.Struct("<4s6H3L5H2L"), struct.Struct("<4s5H3L2H")
_DATE = (1980, 1, 1, 0, 0, 0)  # the same content is the same file, whenever it is written


class NotStored(ValueError):
    """damaged: whether it began as such a zip, and is cut or changed."""

    def __init__(self, *, damaged: bool) -> None:
        super().__init__()
        self.damaged = damaged


def write(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _DATE), data)
    return buffer.getvalue()


def read(data: bytes, limits: Mapping[str, int]) -> dict[str, bytes]:
    """The files in a zip. limits: the names that may be there, and the bytes of each at most. Raises NotStored."""
    if len(data) < _END.size or data[-_END.size :][:4] != b"PK\5\6":
        raise NotStored(damaged=data[:4] == b"PK\3\4")
    _, disk, first, here, count, size, start, comment = _END.unpack(data[-_END.size :])
    if disk or first or comment or here != count or count > len(limits) or start + size != len(data) - _END.size:
        raise NotStored(damaged=False)
    files: dict[str, bytes] = {}
    at, place = start, 0
    for _ in range(count):
        name, length, crc, at = _entry(data, at, place, len(data) - _END.size)
        if name not in limits or name in files or length > limits[name]:
            raise NotStored(damaged=False)
        local = _LOCAL.size + len(name)
        content = data[place + local : place + local + length]
        if place + local + length > start or _local(name, length, crc) != _kept(data, place, name):
            raise NotStored(damaged=False)
        if zlib.crc32(content) != crc:
            raise NotStored(damaged=True)
        files[name] = content
        place += local + length
    if place != start or at != len(data) - _END.size:
        raise NotStored(damaged=False)
    return files


def _entry(data: bytes, at: int, place: int, end: int) -> tuple[str, int, int, int]:
    """Name, length and CRC of the entry of the list at at, and where the next one is. place: where its file lies."""
    if at + _ENTRY.size > end:
        raise NotStored(damaged=False)
    fields = _ENTRY.unpack_from(data, at)
    sign, _made, _needed, flags, method, _time, _date, crc, packed, length, named = fields[:11]
    extra, comment, disk, _kind, _rights, local = fields[11:]
    plain = not (flags or method or extra or comment or disk) and packed == length
    raw = data[at + _ENTRY.size : at + _ENTRY.size + named]
    if sign != b"PK\1\2" or not plain or local != place or not raw.isascii():
        raise NotStored(damaged=False)
    return raw.decode("ascii"), length, crc, at + _ENTRY.size + named


def _local(name: str, length: int, crc: int) -> tuple[object, ...]:
    """What stands before a file: sign, flags, method, CRC, both sizes, length of the name, of what is extra, name."""
    return b"PK\3\4", 0, 0, crc, length, length, len(name), 0, name.encode()


def _kept(data: bytes, place: int, name: str) -> tuple[object, ...]:
    if place + _LOCAL.size > len(data):
        return ()
    sign, _needed, flags, method, _time, _date, crc, packed, length, named, extra = _LOCAL.unpack_from(data, place)
    at = place + _LOCAL.size
    return sign, flags, method, crc, packed, length, named, extra, data[at : at + len(name)]
