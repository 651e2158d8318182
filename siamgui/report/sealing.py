"""The seal of a report file: what it held when it was made, and who says so.

The SHA-256 of all that the file holds finds whatever was changed in it since, by accident or without care. Who makes a
new report with other words can make a new seal; not a signature by a key that they do not have (Ed25519, by the signing
key of the data folder, as versions are signed). And whatever words a file holds: `siamgui report verify` prints the
figures that it has computed itself.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from siamgui.core.manifest import Signer
from siamgui.core.typed_json import Hex64, WrongForm, plain, read
from siamgui.versions.signature import own_signer, sign, signer_of

_LIMIT = 4096


class Seal(Struct, frozen=True, forbid_unknown_fields=True):
    """sha256: of all but the seal. signature: as siamgui.versions.signature writes it; "" where nobody signed."""

    sha256: Hex64
    signature: Annotated[str, Meta(max_length=2048)] = ""


class Broken(ValueError):
    """The seal does not fit what the file holds, or the signature does not fit the seal."""


def sealed(content: bytes, root: Path, *, signed: bool = True) -> Seal:
    """By the signing key of the data folder root, where there is one and somebody has said who signs with it.

    Raises OSError, VersionsUnreadable.
    """
    digest = hashlib.sha256(content).hexdigest()
    if not signed or own_signer(root) is None:
        return Seal(digest)
    return Seal(digest, sign(_signed(digest), root).decode())


def signer(seal: Seal, content: bytes) -> Signer | None:
    """Who signed; None where nobody did. Raises Broken."""
    if hashlib.sha256(content).hexdigest() != seal.sha256:
        raise Broken
    if not seal.signature:
        return None
    try:
        return signer_of(seal.signature.encode(), _signed(seal.sha256))
    except ValueError:
        raise Broken from None


def packed(seal: Seal) -> str:
    """As one word of ASCII."""
    import json

    return base64.b64encode(json.dumps(plain(seal), separators=(",", ":")).encode()).decode()


def unpacked(word: bytes) -> Seal:
    """Raises Broken."""
    try:
        data = base64.b64decode(word, validate=True)
        seal = read(Seal, data) if len(data) <= _LIMIT else None
    except (binascii.Error, WrongForm):
        seal = None
    if seal is None or packed(seal).encode() != word:
        raise Broken
    return seal


def _signed(digest: str) -> bytes:
    """What is signed; no manifest of a version begins so."""
    return b"siamgui report 1\n" + digest.encode()
