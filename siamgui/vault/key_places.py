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
_FILES = "keyrings.alt."
"""Backends that do so whatever they say."""


def put_in_keyring(entry: str, key: Key) -> str | None:
    """Keep key there; returns the backend's name, None where there is no keyring that keeps it, as on most servers."""
    from keyring import get_keyring

    try:
        backend = _written(get_keyring())
        if backend is None or not _trusted(backend):
            return None
        backend.set_password(SERVICE, entry, key.secret.hex())
        if backend.get_password(SERVICE, entry) != key.secret.hex():
            return None
    except Exception:  # backends of others raise what they like: then there is none
        return None
    return _name(backend)


def from_keyring(entry: str, backend: str) -> Key:
    """Raises KeyNotInKeyring, KeyringClosed."""
    try:
        text = _backend(backend).get_password(SERVICE, entry)
    except Exception as error:  # as above
        raise KeyringClosed(reason=str(error).strip() or type(error).__name__) from None
    try:
        return Key(bytes.fromhex(text or ""))
    except ValueError:
        raise KeyNotInKeyring from None


def forget_in_keyring(entry: str, backend: str) -> None:
    """Where that is possible: what is left opens nothing."""
    with contextlib.suppress(Exception):
        _backend(backend).delete_password(SERVICE, entry)


def from_file(path: Path) -> Key | None:
    """None where there is no key. Raises OSError where nobody can tell."""
    try:
        data = read_file(path, SIZE, follow=False)
    except (FileNotFoundError, NotADirectoryError):
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
    return float(backend.priority) >= _TRUSTED and not type(backend).__module__.startswith(_FILES)


def _written(backend: KeyringBackend) -> KeyringBackend | None:
    """Which one a password lands in: of a chain, whose priority says nothing, the first."""
    chained = getattr(backend, "backends", None)
    return backend if chained is None else next(iter(chained), None)


def _name(backend: KeyringBackend) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _backend(name: str) -> KeyringBackend:
    """The one that was used then; else, gone with an update or not usable in this session, the one that is used now.

    Nothing is loaded by a name that stands in a file: that of a backup is a stranger's.
    """
    from keyring import get_keyring
    from keyring.backend import get_all_keyring

    now = get_keyring()
    return now if _name(now) == name else next((one for one in get_all_keyring() if _name(one) == name), now)
