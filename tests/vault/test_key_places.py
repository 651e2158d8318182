"""Which keyring keeps a key, and what is done where a key cannot be read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import ClassVar

import keyring
import pytest

from siamgui.vault.errors import VaultUnreadable
from siamgui.vault.key import Key
from siamgui.vault.key_places import KEY_FILE, forget_in_keyring, from_file, from_keyring, made_in_file, put_in_keyring
from siamgui.vault.vault import KeySource, Vault
from tests.builders.keyrings import FileKeyring, MemoryKeyring, using

ENTRY = "0" * 32


class Chain(MemoryKeyring):
    """As keyring puts several together: the first is written, and the priority says nothing of it."""

    priority: ClassVar[float] = 10
    backends: ClassVar[list[MemoryKeyring]] = []


class AltKeyring(MemoryKeyring):
    """Writes a file, and thinks well of itself."""


AltKeyring.__module__ = "keyrings.alt.file"


def test_no_module_is_imported_because_a_file_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "named_in_a_file.py").write_text("class Ring:\n    priority = 9\n")
    monkeypatch.syspath_prepend(tmp_path)
    with using(MemoryKeyring) as ring:
        ring.kept["siamgui vault", ENTRY] = Key.random().secret.hex()
        assert from_keyring(ENTRY, "named_in_a_file.Ring")
        forget_in_keyring(ENTRY, "named_in_a_file.Ring")
        assert not ring.kept
    assert "named_in_a_file" not in sys.modules


@pytest.mark.parametrize(("first", "kept"), [(FileKeyring, False), (AltKeyring, False), (MemoryKeyring, True)])
def test_of_a_chain_the_one_counts_that_is_written(
    first: type[MemoryKeyring], kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Chain, "backends", [first(), MemoryKeyring()])
    with using(Chain) as ring:
        ring.kept.clear()
        key = Key.random()
        name = put_in_keyring(ENTRY, key)
        assert (name is not None) is kept
        if name is not None:
            assert from_keyring(ENTRY, name) == key


def test_an_empty_chain_keeps_nothing() -> None:
    with using(Chain):
        assert put_in_keyring(ENTRY, Key.random()) is None


def test_a_key_that_cannot_be_read_is_said_and_stays(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "data")
    assert vault.database
    key = vault.root / KEY_FILE
    target = key.rename(tmp_path / "elsewhere")
    key.symlink_to(target)  # not followed: whoever put it there could have it read anything
    later = Vault(vault.root)
    assert later.state.source is KeySource.FILE
    with pytest.raises(VaultUnreadable, match=r"“vault\.key” can’t be read"):
        _ = later.database
    with pytest.raises(OSError, match="not a file"):
        made_in_file(key)
    assert key.is_symlink()
    assert target.exists()
    assert from_file(tmp_path / "none") is None


def test_the_keyring_of_now_is_asked_where_the_one_of_then_is_gone() -> None:
    with using(MemoryKeyring):
        key = Key.random()
        keyring.set_password("siamgui vault", ENTRY, key.secret.hex())
        assert from_keyring(ENTRY, "gone.with.an.update") == key
