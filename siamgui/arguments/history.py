"""The arguments of history."""

from __future__ import annotations

import argparse
from pathlib import Path

from siamgui.arguments import Parser, add_common, command, not_negative
from siamgui.core.i18n import tr


def add_history(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "history",
        tr("the comparisons that were written down: look through, export, forget"),
        tr("A comparison is written down by “compare --keep”, or in the window where the page History says so."),
        tr(
            "examples:\n"
            "  siamgui compare A.jpg B.jpg --keep figures\n"
            "  siamgui history list --search A.jpg\n"
            "  siamgui history say 12 --tags passport --note 'asked by the desk'\n"
            "  siamgui history export history.json\n"
            "  siamgui history forget --days 90\n"
            "\n"
            "What is kept is encrypted. Live verifications stand in “siamgui people log”."
        ),
    )
    actions = parser.add_subparsers(dest="action", metavar=tr("ACTION"), required=True, title=tr("actions"))
    wanted = {
        "list": tr("the comparisons so far, newest first"),
        "show": tr("one of them, with every figure"),
        "say": tr("write tags or a note to one of them"),
        "export": tr("write all of them to a file: CSV, or JSON where its name ends in .json"),
        "forget": tr("forget comparisons and verifications that are older than some days, from now on"),
        "remove": tr("forget some of them for good"),
        "clear": tr("forget all of them"),
    }
    subs = {
        name: actions.add_parser(name, help=text, description=text, allow_abbrev=False) for name, text in wanted.items()
    }
    text = tr("only those that contain this: in a file’s name, a tag, a note…")
    subs["list"].add_argument("--search", default="", metavar=tr("WORDS"), help=text)
    for name in ("show", "say"):
        subs[name].add_argument("number", type=int, metavar=tr("NUMBER"), help=tr("as “list” shows it"))
    subs["remove"].add_argument("numbers", type=int, nargs="+", metavar=tr("NUMBER"), help=tr("as “list” shows it"))
    subs["say"].add_argument("--tags", metavar=tr("WORDS"), help=tr("words to find it by"))
    subs["say"].add_argument("--note", metavar=tr("WORDS"), help=tr("what is to be remembered of it"))
    subs["export"].add_argument("file", type=Path, metavar=tr("FILE"), help=tr("the file to write"))
    text = tr("how many days they are kept; 0 for ever")
    subs["forget"].add_argument("--days", type=not_negative, required=True, metavar="N", help=text)
    subs["clear"].add_argument("--yes", action="store_true", help=tr("really"))
    for sub in subs.values():
        sub.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))
        add_common(sub, repeated=True)
