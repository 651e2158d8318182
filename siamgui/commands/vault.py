"""siamgui vault: what opens what is kept, and how that is changed; and how any command opens it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from siamgui.commands.secret_input import secret
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark, tr
from siamgui.vault.errors import Locked, PassphraseWrong
from siamgui.vault.vault import KeySource, Vault, VaultState, vault_of
from siamgui.vault.wording import lock_after_words, state_words

_TRIES = 3


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
    ask = tr("Passphrase of the vault: ")
    if passphrase_file is not None:
        vault.unlock(secret(passphrase_file, ask))
        return
    if not sys.stdin.isatty():
        raise Locked
    for left in reversed(range(_TRIES)):
        try:
            vault.unlock(secret(None, ask))
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
    code = secret(args.code_file, tr("Recovery code: "))
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
    return secret(args.passphrase_file, tr("Passphrase of the vault: "))


def _new(args: argparse.Namespace) -> str:
    new = secret(args.new_file, tr("New passphrase: "))
    if args.new_file is None and secret(None, tr("Once more: ")) != new:
        raise NotTwiceTheSame
    return new
