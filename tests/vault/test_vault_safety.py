"""What may never happen to the vault: a kill at any moment of a change of what opens it leaves it shut for good."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import structs

from siamgui.core.paths import LIBRARY
from siamgui.core.process_lock import holding
from siamgui.vault import vault as vault_module
from siamgui.vault.description import NAME, RecoverySlot, read_description, write_description
from siamgui.vault.errors import KeyNotInKeyring, Locked, PassphraseWrong, VaultBusy, VaultLost, VaultUnreadable
from siamgui.vault.vault import LOCK, Vault
from tests.builders.keyrings import MemoryKeyring, using
from tests.conftest import ROOT

OLD, NEW = "correct horse", "battery staple"

pytestmark = pytest.mark.usefixtures("quick_passphrases")


def at_every_step(vault: Vault, folder: Path, change: Callable[[], object]) -> list[Path]:
    """The folder as a kill would leave it before and after every change of a name in it."""
    left: list[Path] = []

    def keep() -> None:
        left.append(Path(shutil.copytree(vault.root, folder / str(len(left)))))

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in ((Path, "replace"), (Path, "unlink"), (os, "link")):
            real = getattr(owner, name)

            def noted(*arguments: object, _real: Callable[..., object] = real, **more: object) -> object:
                keep()
                answer = _real(*arguments, **more)
                keep()
                return answer

            patch.setattr(owner, name, noted)
        change()
    keep()
    return left


def opens_with(root: Path) -> set[str]:
    """What opens it: "" for without a question."""
    found = set()
    try:
        assert Vault(root).database
        found.add("")
    except (Locked, KeyNotInKeyring):
        for words in (OLD, NEW):
            vault = Vault(root)
            try:
                vault.unlock(words)
                found.add(words)
            except PassphraseWrong:
                continue
    return found


CHANGES: dict[str, tuple[str | None, str | None]] = {
    "set": (None, NEW),
    "changed": (OLD, NEW),
    "removed": (OLD, None),
}


@pytest.mark.parametrize("with_keyring", [False, True])
@pytest.mark.parametrize("what", CHANGES)
def test_every_moment_of_a_change(tmp_path: Path, what: str, with_keyring: bool) -> None:
    before, after = CHANGES[what]
    vault = Vault(tmp_path / "data")
    with using(MemoryKeyring) as ring:
        if not with_keyring:
            ring.closed = True
        key = vault.database
        code = vault.new_recovery_code()
        if before is not None:
            vault.set_passphrase(before)
        kept = dict(ring.kept)
        left = at_every_step(vault, tmp_path / "left", lambda: vault.set_passphrase(after, before))
        ring.kept.update(kept)  # the entry goes only after vault.json names another
        found = [opens_with(root) for root in left]
    assert all(found)
    assert found[0] == {before or ""}
    assert found[-1] == {after or ""}
    for root in left[:: max(1, len(left) // 3)]:
        rescued = Vault(root)
        rescued.recover(code, NEW)
        assert rescued.database == key


CHANGER = """
import sys
from pathlib import Path
from siamgui.vault import passphrase
from siamgui.vault.vault import Vault
passphrase.SECONDS, passphrase.LEAST = 0.0, passphrase.Cost(8, 1, 1)
vault = Vault(Path(sys.argv[1]))
words = ["correct horse", "battery staple"]
print("begin", flush=True)
while True:
    vault.set_passphrase(words[1], words[0])
    words.reverse()
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are of another kind on Windows")
@pytest.mark.parametrize("after", [0.01, 0.05])
def test_a_real_kill(tmp_path: Path, after: float) -> None:
    vault = Vault(tmp_path / "data")
    key = vault.database
    vault.set_passphrase(OLD)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", CHANGER, str(vault.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as child:
        assert child.stdout is not None
        child.stdout.readline()
        threading.Event().wait(after)
        child.send_signal(signal.SIGKILL)
    opened = opens_with(vault.root)
    assert len(opened) == 1
    later = Vault(vault.root)
    later.unlock(opened.pop())
    assert later.database == key


@pytest.mark.skipif(os.name == "nt", reason="what closing a file does to other locks on it is a matter of POSIX")
def test_a_description_that_is_lost_costs_no_lock_on_the_open_library(tmp_path: Path) -> None:
    import fcntl

    vault = Vault(tmp_path / "data")
    assert vault.database
    library = vault.root / LIBRARY
    library.write_bytes(os.urandom(4096))
    with library.open("rb+") as held:
        fcntl.lockf(held, fcntl.LOCK_EX)
        (vault.root / NAME).unlink()
        with pytest.raises(VaultLost):
            _ = vault.database
        another = "import fcntl, sys; fcntl.lockf(open(sys.argv[1], 'rb+'), fcntl.LOCK_EX | fcntl.LOCK_NB)"
        tried = subprocess.run([sys.executable, "-S", "-c", another, str(library)], capture_output=True, check=False)
    assert tried.returncode == 1
    assert b"BlockingIOError" in tried.stderr


def test_a_library_that_cannot_be_read_may_be_one_of_a_lost_vault(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "data")
    (vault.root / LIBRARY).mkdir(parents=True)
    with pytest.raises(VaultUnreadable):
        _ = vault.database
    assert os.listdir(vault.root) == [LIBRARY]


def test_what_another_process_has_changed_meanwhile_stays(tmp_path: Path) -> None:
    vault, other = Vault(tmp_path / "data"), Vault(tmp_path / "data")
    vault.set_passphrase(OLD)
    changing = threading.Thread(target=other.set_lock_after, args=(5,))
    with holding(vault.root / LOCK, 0.0):
        before = read_description(vault.root)
        assert before is not None
        changing.start()
        changing.join(0.1)
        write_description(vault.root, structs.replace(before, recovery=RecoverySlot()))
    changing.join()
    assert vault.state.recovery
    assert vault.state.lock_after == 5


def test_whoever_changes_it_for_too_long_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault_module, "_PATIENCE", 0.0)
    vault = Vault(tmp_path / "data")
    assert vault.database
    with holding(vault.root / LOCK, 0.0):
        for change in (lambda: vault.set_passphrase(NEW), vault.new_recovery_code, lambda: vault.set_lock_after(None)):
            with pytest.raises(VaultBusy, match="Another siamgui"):
                change()
        assert vault.database


@pytest.mark.skipif(os.name == "nt", reason="Windows has a key file only without its credential store")
def test_a_passphrase_is_set_even_where_the_key_file_cannot_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = Vault(tmp_path / "data")
    assert vault.database

    def refused(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refused)
        vault.set_passphrase(NEW)
    assert opens_with(vault.root) == {NEW}
