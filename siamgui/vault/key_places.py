"""Where a key lies that opens the vault without a question: the keyring of the system, or a file of the owner's."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from siamgui.core.files import create_whole, read_file
from siamgui.vault.errors import KeyNotInKeyring, KeyringClosed
from siamgui.vault.key import SIZE, Key

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

KEY_FILE = "vault.key"
SERVICE = "siamgui vault"
_TRUSTED = 1
"""Backends that protect what they keep have this priority or a higher one; those that write it to a file have less."""


def put_in_keyring(entry: str, key: Key) -> str | None:
    """Keep key there; returns the backend's name, None where there is no keyring that keeps it, as on most servers."""
    from keyring import get_keyring

    try:
        backend = get_keyring()
        if not _trusted(backend):
            return None
        backend.set_password(SERVICE, entry, key.secret.hex())
        if backend.get_password(SERVICE, entry) != key.secret.hex():
            return None
    except Exception:  # backends of others raise what they like: then there is none
        return None
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def from_keyring(entry: str, backend: str) -> Key:
    """Raises KeyNotInKeyring, KeyringClosed."""
    text = None
    try:
        for keyring in _backends(backend):
            text = keyring.get_password(SERVICE, entry)
            if text is not None:
                break
    except Exception as error:  # as above
        raise KeyringClosed(reason=str(error).strip() or type(error).__name__) from None
    try:
        return Key(bytes.fromhex(text or ""))
    except ValueError:
        raise KeyNotInKeyring from None


def forget_in_keyring(entry: str, backend: str) -> None:
    """Where that is possible: what is left opens nothing."""
    with contextlib.suppress(Exception):
        for keyring in _backends(backend):
            keyring.delete_password(SERVICE, entry)
            return


def from_file(path: Path) -> Key | None:
    """None where there is no key."""
    try:
        data = read_file(path, SIZE, follow=False)
    except OSError:
        return None
    return Key(data) if len(data) == SIZE else None


def made_in_file(path: Path) -> Key:
    """The key that is there, or a new one, for the owner's eyes alone. Raises OSError."""
    key = from_file(path)
    if key is not None:
        return key
    if not create_whole(path, Key.random().secret) and from_file(path) is None:
        path.unlink()  # what is there is no key
        create_whole(path, Key.random().secret)
    key = from_file(path)
    if key is None:
        raise OSError(f"{path.name} cannot be read back")
    return key


def _trusted(backend: KeyringBackend) -> bool:
    return float(backend.priority) >= _TRUSTED


def _backends(name: str) -> list[KeyringBackend]:
    """The one that was used then, without asking all there are; else the one that is used now."""
    from keyring import core, get_keyring

    try:
        return [core.load_keyring(name)]
    except Exception:  # gone with an update, or not usable in this session
        return [get_keyring()]
