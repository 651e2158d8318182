"""The arguments of verify."""

from __future__ import annotations

import argparse
from pathlib import Path

from siamgui.arguments import Parser, add_model_choice, command, positive
from siamgui.arguments.comparing import add_strictness
from siamgui.core.i18n import tr


def add_verify(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "verify",
        tr("verify the face before a camera or in a video, or say who is in a video and when"),
        tr("Evidence is gathered over frames until it suffices for the strictness, either way."),
        tr(
            "examples:\n"
            "  siamgui verify --reference passport.jpg --source 0\n"
            '  siamgui verify --person "Ann Lee" --source 0 --strictness strict\n'
            "  siamgui verify --who --source visitor.mp4 --json\n"
            "  siamgui verify meeting.mp4 --all --reference passport.jpg --csv who.csv\n"
            "\n"
            "--source is the number of a camera (0 is the first), a video file, or an address of a stream on this\n"
            "machine. Before a camera a basic presence check asks for movements; it is not a certified one. A video\n"
            "is watched to its end, or as far as --seconds: if another face takes the place of the first, the answer\n"
            "is inconclusive. The exit code is 0 whatever the verdict, and 2 if the source or the reference cannot be\n"
            "used. The form of --json is documented in docs/verify-json.md.\n"
            "\n"
            "--all says who is in a video and when, with or without somebody to compare with: each face is followed,\n"
            "and several stretches of one person are joined as far as the evidence carries. It looks twice a second:\n"
            "a face that is in view for less than half a second may be missed. Nothing is kept."
        ),
    )
    parser.add_argument("video", nargs="?", metavar=tr("SOURCE"), help=tr("the same as --source"))
    whom = parser.add_mutually_exclusive_group()
    whom.add_argument("--reference", type=Path, metavar=tr("PHOTO"), help=tr("photo of the person it should be"))
    whom.add_argument("--person", metavar=tr("NAME"), help=tr("enrolled person it should be"))
    whom.add_argument("--who", action="store_true", help=tr("ask who of the people enrolled it is"))
    text = tr("number of the face to use, counted from the left (default: the most prominent one)")
    parser.add_argument("--face", type=int, metavar="N", help=text)
    parser.add_argument("--source", metavar=tr("SOURCE"), help=tr("camera number, video file or stream"))
    parser.add_argument("--all", action="store_true", help=tr("who is in a video, and when: everybody, over all of it"))
    parser.add_argument("--csv", type=Path, metavar=tr("FILE"), help=tr("with --all: write the stretches to a table"))
    text = tr("with --all: write the best view of each face to a new folder")
    parser.add_argument("--views", type=Path, metavar=tr("FOLDER"), help=text)
    add_strictness(parser)
    add_model_choice(parser)
    parser.add_argument(
        "--presence",
        action=argparse.BooleanOptionalAction,
        default=None,
        help=tr("check that a person moves as asked (default: before a camera)"),
    )
    parser.add_argument(
        "--seconds",
        type=positive,
        metavar="N",
        help=tr("watch at most so long (default: a camera for 60, a file to its end)"),
    )
    parser.add_argument(
        "--log",
        action=argparse.BooleanOptionalAction,
        default=True,
        help=tr("keep the outcome, without pictures, in the log (default: yes)"),
    )
    parser.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))
