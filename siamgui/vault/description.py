"""vault.json: how the vault of a data folder is locked. It holds the key only in boxes that something else opens."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct, structs

from siamgui.core.files import read_file, write_whole
from siamgui.core.typed_json import WrongForm, plain, read
from siamgui.vault.errors import VaultDamaged, VaultNewer, VaultUnreadable, VaultUnwritable
from siamgui.vault.key import SIZE, Key
from siamgui.vault.passphrase import Cost

NAME = "vault.json"
_LIMIT = 2**16
_NONCE, _TAG = 12, 16

Hex32 = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
Box = Annotated[str, Meta(pattern=rf"^([0-9a-f]{{{2 * (_NONCE + SIZE + _TAG)}}})?\Z")]
"""The key of the vault, encrypted (AES-256-GCM); "" for a slot that is not filled yet."""
Minutes = Annotated[int, Meta(ge=1, le=1440)]


class KeyringSlot(Struct, frozen=True, tag_field="kind", tag="keyring"):
    """entry: its name in the keyring of the system. backend: the class that keeps it there."""

    entry: Hex32
    backend: Annotated[str, Meta(max_length=200)]
    box: Box = ""


class FileSlot(Struct, frozen=True, tag_field="kind", tag="file"):
    """A key in a file that only its owner may read, in the data folder itself."""

    box: Box = ""


class PassphraseSlot(Struct, frozen=True, tag_field="kind", tag="passphrase"):
    salt: Hex32
    cost: Cost
    box: Box = ""


class RecoverySlot(Struct, frozen=True, tag_field="kind", tag="recovery"):
    """Beside another one."""

    box: Box = ""


Slot = KeyringSlot | FileSlot | PassphraseSlot
AnySlot = Slot | RecoverySlot


class Description(Struct, frozen=True):
    """id: of the vault, random. lock_after: minutes without a hand on it after which a window locks, None for never."""

    id: Hex32
    slot: Slot
    recovery: RecoverySlot | None = None
    lock_after: Minutes | None = None
    schema: Literal[1] = 1


class _Schema(Struct, frozen=True):
    schema: int = 0


def read_description(root: Path) -> Description | None:
    """None where there is no vault yet. Raises VaultUnreadable, VaultDamaged, VaultNewer."""
    try:
        data = read_file(root / NAME, _LIMIT)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise VaultUnreadable(name=NAME, reason=error.strerror or str(error)) from None
    try:
        return read(Description, data)
    except WrongForm:
        try:
            newer = read(_Schema, data).schema > 1
        except WrongForm:
            newer = False
        raise (VaultNewer if newer else VaultDamaged)(name=NAME) from None


def write_description(root: Path, description: Description) -> None:
    """In place of the one before, whole or not at all. Raises VaultUnwritable."""
    try:
        write_whole(root / NAME, described(description))
    except OSError as error:
        raise VaultUnwritable(reason=error.strerror or str(error)) from None


def described(description: Description) -> bytes:
    return (json.dumps(plain(description), indent=1) + "\n").encode()


def boxed(slot: AnySlot, vault: str, key: Key, by: Key) -> str:
    """key in a box that by opens, in this slot of this vault only."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(_NONCE)
    return (nonce + AESGCM(by.secret).encrypt(nonce, key.secret, _bound(slot, vault))).hex()


def unboxed(slot: AnySlot, vault: str, by: Key) -> Key | None:
    """None where by does not open it, or anything in the slot was changed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    data = bytes.fromhex(slot.box)
    try:
        return Key(AESGCM(by.secret).decrypt(data[:_NONCE], data[_NONCE:], _bound(slot, vault)))
    except (InvalidTag, ValueError):
        return None


def _bound(slot: AnySlot, vault: str) -> bytes:
    """What a box is bound to."""
    return vault.encode() + msgspec.json.encode(structs.replace(slot, box=""))
