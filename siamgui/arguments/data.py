"""The arguments of data."""

from __future__ import annotations

import argparse
from pathlib import Path

from siamgui.arguments import Parser, add_common, command
from siamgui.core.i18n import tr


def add_data(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "data",
        tr("check, back up, restore or repair what is kept on this machine"),
        tr("That is people, labelled photos, verifications and model versions."),
        tr(
            "examples:\n"
            "  siamgui data check\n"
            "  siamgui data backup today.siamgui-backup\n"
            "  siamgui data restore today.siamgui-backup --yes\n"
            "  siamgui data repair\n"
            "\n"
            "exit codes: 0 done and everything is whole, 1 something is damaged, 2 bad input"
        ),
    )
    actions = parser.add_subparsers(dest="action", metavar=tr("ACTION"), required=True, title=tr("actions"))
    wanted = {
        "check": tr("read everything, and say what is damaged"),
        "backup": tr("write everything into one encrypted file, also while it is in use"),
        "restore": tr("put a backup in place of everything that is there"),
        "repair": tr("save what is whole of a damaged library, and name what is not"),
    }
    subs = {
        name: actions.add_parser(name, help=text, description=text, allow_abbrev=False) for name, text in wanted.items()
    }
    subs["backup"].add_argument("file", type=Path, metavar=tr("FILE"), help=tr("the backup to write"))
    subs["restore"].add_argument("file", type=Path, metavar=tr("FILE"), help=tr("the backup to read"))
    text = tr("open the backup with the recovery code, which is asked for")
    subs["restore"].add_argument("--code", action="store_true", help=text)
    for name in ("restore", "repair"):
        subs[name].add_argument("--yes", action="store_true", help=tr("replace what is there"))
    for sub in subs.values():
        sub.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))
        add_common(sub, repeated=True)
