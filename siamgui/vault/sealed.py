"""Files that only the vault opens: AES-256-GCM in pieces of a mebibyte, of which not one byte can be changed.

    8 bytes     what it is, and the version of this form
    16 bytes    random; with the key and the role they make a key that is used for this file alone
    pieces      up to PIECE bytes, each with its tag of 16 bytes; the last one is marked as the last

The role ("pairs of a run") takes part, so that no file can stand in for another of a different role. A piece's nonce is
its number and whether it is the last, so pieces cannot be left out, exchanged or added (STREAM: Hoang, Reyhanitabar,
Rogaway and Vizár, CRYPTO 2015).
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING

from siamgui.vault.key import Key, derived

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"SIAMGUI\x01"
PIECE = 2**20
_SALT, _TAG = 16, 16
HEAD = len(MAGIC) + _SALT
"""Bytes before the first piece."""


class Refused(ValueError):
    """Damaged, changed, of another role, or of another vault: which of them cannot be told."""


def is_sealed(data: bytes) -> bool:
    """By its first bytes; a file that begins like this may still be refused."""
    return data[: len(MAGIC)] == MAGIC


def seal(key: Key, role: str, data: bytes) -> bytes:
    """data for the disk."""
    return b"".join(sealed_pieces(key, role, (data,)))


def unseal(key: Key, role: str, data: bytes) -> bytes:
    """What seal() was given. Raises Refused."""
    return b"".join(unsealed_pieces(key, role, io.BytesIO(data)))


def sealed_pieces(key: Key, role: str, parts: Iterable[bytes]) -> Iterator[bytes]:
    """The bytes of a file one after another. parts: what it holds, of any lengths."""
    salt = secrets.token_bytes(_SALT)
    cipher = _cipher(key, role, salt)
    yield MAGIC + salt
    number, waiting = 0, bytearray()
    for part in parts:
        view = memoryview(part)
        while len(waiting) + len(view) > PIECE:  # what fills a piece exactly may be the last
            room = PIECE - len(waiting)
            waiting += view[:room]
            view = view[room:]
            yield cipher.encrypt(_nonce(number, last=False), bytes(waiting), MAGIC)
            number += 1
            waiting.clear()
        waiting += view
    yield cipher.encrypt(_nonce(number, last=True), bytes(waiting), MAGIC)


def unsealed_pieces(key: Key, role: str, file: IO[bytes]) -> Iterator[bytes]:
    """What the file holds, piece by piece, each of them checked; only the end shows that none is missing.

    Raises Refused, OSError.
    """
    from cryptography.exceptions import InvalidTag

    head = file.read(HEAD)
    if len(head) != HEAD or not is_sealed(head):
        raise Refused("not sealed")
    cipher = _cipher(key, role, head[len(MAGIC) :])
    number, piece = 0, file.read(PIECE + _TAG)
    while True:
        following = file.read(PIECE + _TAG)
        try:
            yield cipher.decrypt(_nonce(number, last=not following), piece, MAGIC)
        except (InvalidTag, ValueError):
            raise Refused("changed, or of another vault") from None
        if not following:
            return
        number, piece = number + 1, following


def _cipher(key: Key, role: str, salt: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(derived(key.secret, f"file 1 {salt.hex()} {role}"))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
