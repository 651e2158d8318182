from __future__ import annotations

import getpass
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from siamgui.cli import main
from siamgui.vault.vault import KeySource, vault_of
from tests.builders.command_line import Capture, ok, refused
from tests.builders.keyrings import MemoryKeyring, using

WORDS = "correct horse"

pytestmark = pytest.mark.usefixtures("quick_passphrases")


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text(f"{WORDS}\nand something else", encoding="utf-8")
    return path


@pytest.fixture
def locked(secret: Path, capsys: Capture) -> None:
    """A vault with a passphrase, as a new process finds it."""
    main(["vault", "passphrase", "--new-file", str(secret)])
    capsys.readouterr()
    vault_of().forget()


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What somebody types, one line after the other."""
    lines: list[str] = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(getpass, "getpass", lambda _ask: lines.pop(0))
    yield lines
    assert not lines


def test_status_says_honestly_where_the_key_is(capsys: Capture, secret: Path) -> None:
    assert ok(capsys, "vault", "status") == "Nothing has been kept yet.\n"
    ok(capsys, "people", "list")
    told = ok(capsys, "vault", "status")
    assert "This system has no keyring" in told
    assert "does not help when the disk is stolen" in told
    assert "There is no recovery code yet." in told
    vault_of().set_passphrase(WORDS)
    assert "A passphrase opens the vault" in ok(capsys, "vault", "status")
    assert json.loads(ok(capsys, "vault", "status", "--json")) == {
        "opened_by": "passphrase",
        "recovery_code": False,
        "lock_after": None,
    }


def test_with_a_keyring(capsys: Capture) -> None:
    with using(MemoryKeyring):
        ok(capsys, "people", "list")
        assert "The key is in the keyring" in ok(capsys, "vault", "status")


def test_a_passphrase_is_set_changed_and_removed(capsys: Capture, secret: Path, tmp_path: Path) -> None:
    told = ok(capsys, "vault", "passphrase", "--new-file", secret)
    assert told.startswith("The passphrase is set.\nMake a recovery code")
    new = tmp_path / "new"
    new.write_text("another horse", encoding="utf-8")
    assert "There is no terminal" in refused(capsys, "vault", "passphrase", "--new-file", new)
    ok(capsys, "vault", "passphrase", "--passphrase-file", secret, "--new-file", new)
    assert "not the passphrase" in refused(capsys, "vault", "passphrase", "--passphrase-file", secret, "--remove")
    assert "no keyring" in ok(capsys, "vault", "passphrase", "--passphrase-file", new, "--remove")
    assert vault_of().state.source is KeySource.FILE
    new.write_text("short", encoding="utf-8")
    assert "too short" in refused(capsys, "vault", "passphrase", "--new-file", new)
    assert "can’t be read" in refused(capsys, "vault", "passphrase", "--new-file", tmp_path / "absent")


@pytest.mark.usefixtures("locked")
@pytest.mark.parametrize("command", [["people", "list"], ["models", "list"], ["pairs", "status"]])
def test_without_a_terminal_a_locked_vault_is_one_sentence(capsys: Capture, secret: Path, command: list[str]) -> None:
    assert "The vault is locked. Unlock it with your passphrase." in refused(capsys, *command)
    ok(capsys, *command, "--passphrase-file", secret)


@pytest.mark.usefixtures("locked")
def test_the_passphrase_from_standard_input(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{WORDS}\n"))
    ok(capsys, "people", "list", "--passphrase-file", "-")


@pytest.mark.usefixtures("locked")
def test_on_a_terminal_it_is_asked_for(capsys: Capture, at_terminal: list[str]) -> None:
    at_terminal += ["wrong one", WORDS]
    assert main(["people", "list"]) == 0
    assert capsys.readouterr().err == "That is not the passphrase of this vault.\n"
    vault_of().forget()
    at_terminal += ["wrong one"] * 3
    assert main(["people", "list"]) == 2
    at_terminal += [WORDS, "a new horse", "a newer horse"]
    capsys.readouterr()
    assert "The two are not the same." in refused(capsys, "vault", "passphrase")
    at_terminal += [WORDS, "a new horse", "a new horse"]
    assert ok(capsys, "vault", "passphrase").startswith("The passphrase is set.")


@pytest.mark.usefixtures("locked")
@pytest.mark.parametrize("command", [["people", "list"], ["vault", "passphrase"], ["vault", "recovery-code"]])
def test_whoever_types_nothing_is_told_so(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, at_terminal: list[str], command: list[str]
) -> None:
    def ended(_ask: str) -> str:  # Ctrl-D
        raise EOFError

    monkeypatch.setattr(getpass, "getpass", ended)
    assert main(command) == 2
    said = "\nsiamgui: Nothing was typed, and nothing was changed.\n"  # in a line of its own
    assert capsys.readouterr() == ("", said)


@pytest.mark.usefixtures("locked")
def test_comparing_needs_no_passphrase(capsys: Capture, samples: Path) -> None:
    told = ok(capsys, "compare", samples / "obama1.jpg", samples / "obama2.jpg")
    assert "Supports: same person" in told
    assert vault_of().state.locked


@pytest.mark.usefixtures("locked")
def test_the_recovery_code(capsys: Capture, secret: Path, tmp_path: Path) -> None:
    assert main(["vault", "recovery-code", "--passphrase-file", str(secret)]) == 0
    code, said = capsys.readouterr()
    assert "keep it away from this computer" in said
    file = tmp_path / "code"
    file.write_text(code.lower().replace("-", " "), encoding="utf-8")
    new = tmp_path / "new"
    new.write_text("a new horse", encoding="utf-8")
    vault_of().forget()
    wrong = tmp_path / "wrong"
    wrong.write_text(code[1] + code[0] + code[2:] if code[0] != code[1] else "0" + code, encoding="utf-8")
    assert "typing mistake" in refused(capsys, "vault", "recover", "--code-file", wrong, "--new-file", new)
    assert "There is a recovery code." in ok(capsys, "vault", "recover", "--code-file", file, "--new-file", new)
    vault_of().forget()
    ok(capsys, "people", "list", "--passphrase-file", new)
    ok(capsys, "vault", "recover", "--code-file", file, "--no-passphrase")
    assert vault_of().state.source is KeySource.FILE


@pytest.mark.usefixtures("locked")
def test_locking_after_a_time(capsys: Capture) -> None:
    assert ok(capsys, "vault", "lock-after", 15) == "The window locks after 15 minutes without a hand on it.\n"
    assert "after 15 minutes" in ok(capsys, "vault", "status")
    assert "by itself" in ok(capsys, "vault", "lock-after", "never")
    assert "invalid" in refused(capsys, "vault", "lock-after", 0)
