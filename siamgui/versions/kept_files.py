"""The files of a version in a data folder: sealed by its vault, all but the manifest, which names nobody.

What was trained on people tells something of them. An exported version is in clear, for whoever it is given to.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from siamgui.core.manifest import Opened
from siamgui.vault.kept import opened, read_kept, seal_in_place, write_kept
from siamgui.vault.key import Key
from siamgui.vault.vault import vault_of

NAMES = ("weights.safetensors", "calibration.json", "serving.xml", "serving.bin")


def by_vault(root: Path) -> Opened:
    """Opens the files of a data folder, by name; its vault is asked only for what is sealed."""
    return lambda data, name: opened(_role(name), data, lambda: vault_of(root).files)


def by_key(key: Key | None) -> Opened:
    """Opens what was written with key."""
    return lambda data, name: opened(_role(name), data, _giver(key))


def write_file(folder: Path, name: str, data: bytes, key: Key | None) -> None:
    """key: None for in clear. Raises OSError."""
    write_kept(folder / name, _role(name), data, key)


def read_file(folder: Path, name: str, key: Key | None) -> bytes:
    """Raises OSError, ValueError."""
    return read_kept(folder / name, _role(name), _giver(key))


def seal_files(folder: Path, root: Path) -> None:
    """Those of folder that are in clear, by the vault of root. Raises OSError, VaultError."""
    for name in NAMES:
        seal_in_place(folder / name, _role(name), lambda: vault_of(root).files)


def _role(name: str) -> str:
    return f"version {name}"


def _giver(key: Key | None) -> Callable[[], Key]:
    def give() -> Key:
        if key is None:
            raise ValueError("sealed, and no key was given")
        return key

    return give
