"""Files outside the library, as they lie on the disk: sealed where there is a key, and in clear where there is none.

Whether a file is sealed is seen from its first bytes, so a folder that siamgui 0.1.0 left in clear is sealed file by
file, and is whole at every moment between.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from siamgui.core.files import write_whole
from siamgui.vault.key import Key
from siamgui.vault.sealed import HEAD, is_sealed, seal, unseal

KeyGiver = Callable[[], Key]


def as_kept(role: str, data: bytes, key: Key | None) -> bytes:
    """data for the disk."""
    return seal(key, role, data) if key is not None else data


def opened(role: str, data: bytes, key: KeyGiver) -> bytes:
    """What as_kept() was given. key: asked only where data is sealed. Raises Refused, VaultError."""
    return unseal(key(), role, data) if is_sealed(data) else data


def write_kept(path: Path, role: str, data: bytes, key: Key | None) -> None:
    """Whole or not at all. Raises OSError."""
    write_whole(path, as_kept(role, data, key))


def read_kept(path: Path, role: str, key: KeyGiver) -> bytes:
    """Raises OSError, Refused, VaultError."""
    return opened(role, path.read_bytes(), key)


def seal_in_place(path: Path, role: str, key: KeyGiver) -> None:
    """Where the file is there, and in clear. Raises OSError, VaultError."""
    if left_in_clear(path):
        write_whole(path, seal(key(), role, path.read_bytes()))


def left_in_clear(path: Path) -> bool:
    """Whether there is such a file, and anybody can read it. Raises OSError."""
    try:
        with path.open("rb") as file:
            return not is_sealed(file.read(HEAD))
    except FileNotFoundError:
        return False
