"""The arguments of index, find and collections."""

from __future__ import annotations

import argparse
from pathlib import Path

from siamgui.arguments import Parser, add_common, add_jobs, add_model_choice, command, positive
from siamgui.arguments.comparing import add_strictness
from siamgui.core.i18n import mark, tr

STRANGERS_IN_A_COLLECTION = mark(
    "how many collections of this size may hold a stranger who comes out as the same person: "
    "convenient {convenient}, balanced {balanced}, strict {strict} (default: balanced)"
)


def add_index(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "index",
        tr("read every face of a folder or a video once, to find faces in it"),
        tr("Later only what is new or has changed is read. Without FOLDER all folders that are known are read again."),
        tr(
            "examples:\n"
            "  siamgui index scans/\n"
            "  siamgui index interview.mp4\n"
            "  siamgui index\n"
            "  siamgui collections list\n"
            "\n"
            "Ctrl-C pauses: what was read is kept, and the same command goes on. What is kept is encrypted, and holds\n"
            "no picture. The form of --json is documented in docs/find-json.md."
        ),
    )
    parser.add_argument(
        "folders", nargs="*", type=Path, metavar=tr("FOLDER"), help=tr("folders of photos and videos, or single videos")
    )
    text = tr(
        "read on the workers of the Dask cluster at this address (tls://host:port), which see FOLDER under the same "
        "path and have siamgui[cluster]; the only network that siamgui ever uses"
    )
    parser.add_argument("--scheduler", metavar=tr("ADDRESS"), help=text)
    add_model_choice(parser)
    add_jobs(parser)
    parser.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))


def add_find(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "find",
        tr("find the faces that are most like one, in folders that were read"),
        tr("Says of each how rare such a likeness is among as many faces as were searched."),
        tr(
            "examples:\n"
            "  siamgui find portrait.jpg\n"
            "  siamgui find group.jpg --face 3 --in scans/\n"
            '  siamgui find --person "Ann Lee"\n'
            "\n"
            "The nearest face is never called the same person because it is the nearest: among thousands somebody\n"
            "looks alike. Read folders with “siamgui index”. The form of --json is documented in docs/find-json.md."
        ),
    )
    parser.add_argument("photo", nargs="?", type=Path, metavar=tr("PHOTO"), help=tr("photo of the face to find"))
    parser.add_argument("--person", metavar=tr("NAME"), help=tr("find a person who is enrolled instead"))
    text = tr("search only this folder; may be given several times (default: all that were read)")
    parser.add_argument("--in", dest="folders", type=Path, action="append", default=[], metavar=tr("FOLDER"), help=text)
    text = tr("number of the face to use, counted from the left (default: the most prominent one)")
    parser.add_argument("--face", type=int, metavar="N", help=text)
    parser.add_argument(
        "--limit", type=positive, default=20, metavar="N", help=tr("how many faces are shown (default: 20)")
    )
    add_strictness(parser, STRANGERS_IN_A_COLLECTION)
    add_model_choice(parser)
    parser.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))


def add_collections(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "collections",
        tr("list the folders that were read for “find”, or forget one"),
        "",
        tr("examples:\n  siamgui collections list\n  siamgui collections remove scans/ --yes"),
    )
    actions = parser.add_subparsers(dest="action", metavar=tr("ACTION"), required=True, title=tr("actions"))
    wanted = {
        "list": tr("the folders, with what was read in them"),
        "remove": tr("forget a folder, with everything that was read in it; its photos stay where they are"),
    }
    subs = {
        name: actions.add_parser(name, help=text, description=text, allow_abbrev=False) for name, text in wanted.items()
    }
    subs["remove"].add_argument("folder", type=Path, metavar=tr("FOLDER"), help=tr("the folder"))
    subs["remove"].add_argument("--yes", action="store_true", help=tr("do it"))
    for sub in subs.values():
        sub.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))
        add_common(sub, repeated=True)
