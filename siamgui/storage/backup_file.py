"""A backup as one file: the library row by row and every other file of the data folder, encrypted like the vault.

    8 bytes      what it is, and the version of this form
    4 bytes      length of the description of the vault, which says what opens it (siamgui.vault.description)
    ...          that description
    ...          sealed pieces (siamgui.vault.sealed), which hold frames: 4 bytes of length, and MessagePack

The frames are Begin, then Rows and Part in any number, then End. Without End, or with a byte that is another, it is no
backup. Nothing of it is ever on the disk in clear.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import IO, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.core.typed_json import Count, Moment
from siamgui.vault.key import Key
from siamgui.vault.sealed import Refused, sealed_pieces, unsealed_pieces

MAGIC = b"SIAMBAK\x01"
ROLE = "backup"
_HEAD_LIMIT, _FRAME_LIMIT = 2**16, 2**26

_Path = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*){0,4}\Z", max_length=400)]


class BackupDamaged(SiamguiError):
    """values: name"""

    text = mark("“{name}” is damaged, or no backup of siamgui. Nothing has been changed; take another backup.")


class BackupNewer(SiamguiError):
    """values: name"""

    text = mark("“{name}” was made by a newer siamgui. Update siamgui to restore it.")


class Begin(Struct, frozen=True, tag="begin", array_like=True):
    """tables: how many steps of the schema its rows have taken. highest: ids so far. made: ISO 8601 in UTC."""

    tables: Count
    made: Moment
    highest: dict[str, int]


class Rows(Struct, frozen=True, tag="rows", array_like=True):
    """Some rows of a table, in the order of its columns."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


class Part(Struct, frozen=True, tag="part", array_like=True):
    """The next part of a file; the first part of each begins it."""

    path: _Path
    first: bool
    data: bytes


class End(Struct, frozen=True, tag="end", array_like=True):
    rows: Count
    files: Count


Frame = Begin | Rows | Part | End


def is_kept_path(path: PurePosixPath) -> bool:
    """Whether a file of this name can be in a backup: no hidden ones, and nothing above the data folder."""
    try:
        msgspec.convert(path.as_posix(), _Path)
    except msgspec.ValidationError:
        return False
    return True


def pieces(key: Key, description: bytes, frames: Iterable[Frame]) -> Iterator[bytes]:
    """The bytes of a backup, one after another."""
    yield MAGIC + len(description).to_bytes(4, "big") + description
    yield from sealed_pieces(key, ROLE, map(_framed, frames))


def read_description(file: IO[bytes], name: str) -> bytes:
    """What opens it; the file stands behind it. Raises BackupDamaged, BackupNewer, OSError."""
    head = file.read(len(MAGIC) + 4)
    if head[: len(MAGIC) - 1] != MAGIC[:-1] or len(head) < len(MAGIC) + 4:
        raise BackupDamaged(name=name)
    if head[len(MAGIC) - 1] > MAGIC[-1]:
        raise BackupNewer(name=name)
    length = int.from_bytes(head[len(MAGIC) :], "big")
    description = file.read(length) if length <= _HEAD_LIMIT else b""
    if not length or len(description) != length:
        raise BackupDamaged(name=name)
    return description


def frames(key: Key, file: IO[bytes], name: str) -> Iterator[Frame]:
    """What is behind the description; End is the last. Raises BackupDamaged, OSError."""
    waiting = bytearray()
    last: Frame | None = None
    decoder = msgspec.msgpack.Decoder(Frame)
    try:
        for piece in unsealed_pieces(key, ROLE, file):
            waiting += piece
            at = 0
            while (length := int.from_bytes(waiting[at : at + 4], "big")) and at + 4 + length <= len(waiting):
                last = decoder.decode(memoryview(waiting)[at + 4 : at + 4 + length])
                at += 4 + length
                yield last
            if length > _FRAME_LIMIT:
                raise Refused("a frame that is too long")
            waiting = waiting[at:]
    except (Refused, msgspec.ValidationError, msgspec.DecodeError):
        raise BackupDamaged(name=name) from None
    if waiting or not isinstance(last, End):
        raise BackupDamaged(name=name)


def _framed(frame: Frame) -> bytes:
    data = msgspec.msgpack.encode(frame)
    return len(data).to_bytes(4, "big") + data
