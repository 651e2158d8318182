"""siamgui vault: what opens what is kept, and how that is changed; and how any command opens it."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from pathlib import Path

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark, tr
from siamgui.vault.errors import Locked, PassphraseWrong
from siamgui.vault.vault import KeySource, Vault, VaultState, vault_of
from siamgui.vault.wording import lock_after_words, state_words

_TRIES = 3
_LONGEST = 4096  # bytes of a line with a secret in it


class SecretUnreadable(SiamguiError):
    """values: name"""

    text = mark("“{name}” can’t be read. Name a file that holds one line.")


class SecretMissing(SiamguiError):
    text = mark("There is no terminal to ask on. Name a file with the passphrase, or “-” for standard input.")


class NotTwiceTheSame(SiamguiError):
    text = mark("The two are not the same. Nothing was changed.")


def run(args: argparse.Namespace) -> int:
    """args: action, json, passphrase_file, and what the action takes: remove, new_file, code_file, minutes."""
    vault = vault_of()
    answer = _ACTIONS[args.action](vault, args)
    if args.json:
        state = vault.state
        raw = {"opened_by": state.source.value, "recovery_code": state.recovery, "lock_after": state.lock_after}
        print(json.dumps(raw | ({"code": answer} if args.action == "recovery-code" else {}), indent=2))
    else:
        print(answer)
    return 0


def unlock(passphrase_file: Path | None) -> None:
    """Open a locked vault for a command. Raises Locked where there is nobody to ask, PassphraseWrong."""
    vault = vault_of()
    if not vault.state.locked:
        return
    if passphrase_file is not None:
        vault.unlock(_line_of(passphrase_file))
        return
    if not sys.stdin.isatty():
        raise Locked
    for left in reversed(range(_TRIES)):
        try:
            vault.unlock(getpass.getpass(tr("Passphrase of the vault: ")))
            return
        except PassphraseWrong as error:
            if not left:
                raise
            print(error, file=sys.stderr)


def _status(vault: Vault, _args: argparse.Namespace) -> str:
    return "\n".join(state_words(vault.state))


def _passphrase(vault: Vault, args: argparse.Namespace) -> str:
    current = _current(vault.state, args)
    vault.set_passphrase(None if args.remove else _new(args), current)
    if args.remove:
        return state_words(vault.state)[0]
    words = [tr("The passphrase is set.")]
    if not vault.state.recovery:
        words.append(tr("Make a recovery code to print, in case you forget it: siamgui vault recovery-code"))
    return "\n".join(words)


def _recovery_code(vault: Vault, args: argparse.Namespace) -> str:
    code = vault.new_recovery_code(_current(vault.state, args))
    if not args.json:
        print(
            tr("Write it down or print it, and keep it away from this computer. It opens everything."), file=sys.stderr
        )
    return code


def _recover(vault: Vault, args: argparse.Namespace) -> str:
    code = _secret(args.code_file, tr("Recovery code: "))
    vault.recover(code, None if args.remove else _new(args))
    return "\n".join(state_words(vault.state))


def _lock_after(vault: Vault, args: argparse.Namespace) -> str:
    vault.set_lock_after(args.minutes)
    return lock_after_words(args.minutes)


_ACTIONS: dict[str, Callable[[Vault, argparse.Namespace], str]] = {
    "status": _status,
    "passphrase": _passphrase,
    "recovery-code": _recovery_code,
    "recover": _recover,
    "lock-after": _lock_after,
}


def _current(state: VaultState, args: argparse.Namespace) -> str | None:
    """The passphrase there is, None where there is none."""
    if state.source is not KeySource.PASSPHRASE:
        return None
    return _secret(args.passphrase_file, tr("Passphrase of the vault: "))


def _new(args: argparse.Namespace) -> str:
    if args.new_file is not None:
        return _line_of(args.new_file)
    new = _secret(None, tr("New passphrase: "))
    if _secret(None, tr("Once more: ")) != new:
        raise NotTwiceTheSame
    return new


def _secret(file: Path | None, ask: str) -> str:
    """From the file, or asked for on the terminal without being shown."""
    if file is not None:
        return _line_of(file)
    if not sys.stdin.isatty():
        raise SecretMissing
    return getpass.getpass(ask)


def _line_of(file: Path) -> str:
    """The first line. Raises SecretUnreadable."""
    try:
        if str(file) == "-":
            return sys.stdin.readline(_LONGEST).rstrip("\r\n")
        with file.open(encoding="utf-8-sig") as stream:
            return stream.readline(_LONGEST).rstrip("\r\n")
    except (OSError, UnicodeError):
        raise SecretUnreadable(name=file.name) from None
