"""The arguments of vault."""

from __future__ import annotations

import argparse
from pathlib import Path

from siamgui.arguments import Parser, add_common, command
from siamgui.core.i18n import tr

NEVER = "never"
_LONGEST = 1440


def add_vault(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "vault",
        tr("how what is kept is locked, and by what"),
        tr("Faces, embeddings, labels, people and training runs are encrypted on the disk."),
        tr(
            "examples:\n"
            "  siamgui vault status\n"
            "  siamgui vault passphrase                 set a passphrase, or change it\n"
            "  siamgui vault passphrase --remove        open without a question again\n"
            "  siamgui vault recovery-code              a code to print, for when the passphrase is forgotten\n"
            "  siamgui vault recover                    get in with that code, and set a new passphrase\n"
            "  siamgui vault lock-after 15              lock the window after 15 minutes without a hand on it\n"
            "  siamgui --passphrase-file FILE people list\n"
            "\n"
            "A passphrase is asked for on the terminal, or read from a file (- for standard input); it is never an\n"
            "argument, which others on this machine could read."
        ),
    )
    actions = parser.add_subparsers(dest="action", metavar=tr("ACTION"), required=True, title=tr("actions"))
    wanted = {
        "status": tr("what opens the vault"),
        "passphrase": tr("set, change or remove the passphrase"),
        "recovery-code": tr("make a recovery code, in place of the one before"),
        "recover": tr("get in with the recovery code, and set a new passphrase"),
        "lock-after": tr("lock the window after a time without a hand on it"),
    }
    subs = {
        name: actions.add_parser(name, help=text, description=text, allow_abbrev=False) for name, text in wanted.items()
    }
    for sub in subs.values():
        add_common(sub, repeated=True)
        sub.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))
    subs["passphrase"].add_argument("--remove", action="store_true", help=tr("have none any more"))
    subs["recover"].add_argument(
        "--no-passphrase", dest="remove", action="store_true", help=tr("have no passphrase from now on")
    )
    subs["recover"].add_argument(
        "--code-file",
        type=Path,
        metavar=tr("FILE"),
        help=tr("read the recovery code from a file (- for standard input)"),
    )
    for name in ("passphrase", "recover"):
        subs[name].add_argument(
            "--new-file",
            type=Path,
            metavar=tr("FILE"),
            help=tr("read the new passphrase from a file (- for standard input)"),
        )
    subs["lock-after"].add_argument(
        "minutes",
        type=_minutes,
        metavar=tr("MINUTES"),
        help=tr("1 to {most}, or “{never}”", most=_LONGEST, never=NEVER),
    )


def _minutes(text: str) -> int | None:
    if text == NEVER:
        return None
    number = int(text)
    if not 1 <= number <= _LONGEST:
        raise ValueError(text)
    return number
