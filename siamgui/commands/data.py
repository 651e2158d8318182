"""siamgui data: whether what is kept is whole, a backup of it, and what to do when it is not."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from siamgui.commands.progress import ProgressLine
from siamgui.commands.secret_input import STANDARD_INPUT, secret
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark, tr
from siamgui.core.paths import LIBRARY, data_folder
from siamgui.core.shown_text import one_line
from siamgui.storage.backup import back_up
from siamgui.storage.checking import check
from siamgui.storage.data_wording import backup_words, checked_words, held_words, repair_words, restored_words
from siamgui.storage.people_operations import ListPeople
from siamgui.storage.repairing import repair
from siamgui.storage.restoring import Held, held, restore
from siamgui.storage.steps import Steps
from siamgui.storage.store import Store
from siamgui.vault.errors import Locked, VaultError
from siamgui.vault.vault import Vault

EXIT_DAMAGED = 1
Told = tuple[Any, list[str], int]


class RestoreNotMeant(SiamguiError):
    """values: held (what is there), backup (what the backup holds)"""

    text = mark("This replaces {held} by {backup}. Add --yes if you mean it.")


def run(args: argparse.Namespace) -> int:
    """args: action, json, and what the action takes: file, yes, code."""
    steps = Steps(ProgressLine(steps=True))
    answer, lines, code = _ACTIONS[args.action](args, steps)
    print(json.dumps(answer, ensure_ascii=False, indent=2) if args.json else "\n".join(map(one_line, lines)))
    return code


def _check(_args: argparse.Namespace, steps: Steps) -> Told:
    _remove_what_is_owed()
    found = check(steps)
    return asdict(found) | {"whole": not found.damage}, checked_words(found), EXIT_DAMAGED if found.damage else 0


def _backup(args: argparse.Namespace, steps: Steps) -> Told:
    _remove_what_is_owed()
    written = back_up(args.file, steps)
    return asdict(written) | {"file": str(args.file)}, backup_words(written), 0


def _remove_what_is_owed() -> None:
    """By a process that was killed: the store does it when it is opened. What fails is said by what follows."""
    if (data_folder() / LIBRARY).exists():
        with suppress(SiamguiError), Store() as store:
            store.do(ListPeople())


def _restore(args: argparse.Namespace, steps: Steps) -> Told:
    there = "" if args.yes else _there()

    def sure(backup: Held) -> None:
        if there:
            raise RestoreNotMeant(held=there, backup=held_words(backup))

    def opened(vault: Vault, error: VaultError) -> None:
        if args.code:
            vault.unlock_by_code(_asked(tr("Recovery code of the backup: "), error))
        elif isinstance(error, Locked):
            vault.unlock(_asked(tr("Passphrase of the backup: "), error))
        else:
            raise error

    found = restore(args.file, steps, opened, sure)
    return asdict(found), restored_words(found), 0


def _there() -> str:
    """What is there, in words; "" for nothing."""
    try:
        there = held()
    except SiamguiError:  # what is damaged is what a backup is for
        return tr("a library that can’t be read")
    return "" if there.empty else held_words(there)


def _asked(question: str, error: VaultError) -> str:
    """From whoever sits there; without anybody it stays what it was."""
    if sys.stdin.isatty():
        return secret(None, question)
    line = secret(STANDARD_INPUT, question)
    if not line:
        raise error
    return line


def _repair(args: argparse.Namespace, steps: Steps) -> Told:
    found = repair(steps, (lambda found: found.lost) if args.yes else None)
    replaced = bool(args.yes and found.lost)
    lines = repair_words(found, replaced)
    if found.lost and not replaced:
        lines.append(tr("Add --yes to put the repaired library in place of the damaged one."))
    return asdict(found) | {"replaced": replaced}, lines, EXIT_DAMAGED if found.lost and not replaced else 0


_ACTIONS: dict[str, Callable[[argparse.Namespace, Steps], Told]] = {
    "check": _check,
    "backup": _backup,
    "restore": _restore,
    "repair": _repair,
}
