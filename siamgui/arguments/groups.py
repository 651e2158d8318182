"""The arguments of groups."""

from __future__ import annotations

import argparse
from pathlib import Path

from siamgui.arguments import Parser, add_common, add_model_choice, command, positive
from siamgui.core.i18n import tr


def add_groups(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "groups",
        tr("gather the faces of folders that were read by person, and say what is right and wrong with it"),
        tr("Says how many wrong joins are to be expected. Faces that are too poor to be judged stay alone."),
        tr(
            "examples:\n"
            "  siamgui groups\n"
            "  siamgui groups --in scans/ --json\n"
            '  siamgui groups name "Ann Lee" scans/wedding.jpg:2\n'
            "  siamgui groups merge scans/wedding.jpg:2 scans/1987.jpg\n"
            "  siamgui groups not scans/crowd.jpg:14\n"
            "  siamgui groups label\n"
            "\n"
            "FACE is a photo, or its SHA-256, with “:” and the number of a face in it where there are several.\n"
            "Faces of one photo are different people, and copies of a photo count once. What is said of faces is\n"
            "kept, holds for their copies too, and goes when the folder is forgotten. Read folders with\n"
            "“siamgui index”. The form of --json is documented in docs/groups.md."
        ),
    )
    _add_shared(parser)
    actions = parser.add_subparsers(dest="action", metavar=tr("ACTION"), title=tr("actions"))
    wanted = {
        "list": tr("the groups, the largest first (what is done where no action is named)"),
        "name": tr("say that the group of a face is one person, and how the person is called"),
        "confirm": tr("say that the group of a face is one person"),
        "merge": tr("say that the groups of several faces are one person"),
        "split": tr("take faces out of their group: they are another person"),
        "not": tr("take faces out of their group: they are not that person"),
        "forget": tr("forget what was said of faces"),
        "label": tr("make labelled pairs for training of the groups that were looked through"),
        "enrol": tr("enrol a person from the best photos of the group of a face"),
    }
    subs = {
        name: actions.add_parser(
            name, help=text, description=text, allow_abbrev=False, argument_default=argparse.SUPPRESS
        )
        for name, text in wanted.items()
    }
    subs["name"].add_argument("name", metavar=tr("NAME"), help=tr("the person’s name"))
    subs["enrol"].add_argument("name", metavar=tr("NAME"), help=tr("the person’s name"))
    subs["enrol"].add_argument("--consent", default="", metavar=tr("TEXT"), help=tr("what the person has agreed to"))
    for name in ("name", "confirm", "enrol"):
        subs[name].add_argument("faces", nargs=1, metavar=tr("FACE"), help=tr("a face of the group"))
    subs["merge"].add_argument("faces", nargs="+", metavar=tr("FACE"), help=tr("a face of each group"))
    for name in ("split", "not", "forget"):
        subs[name].add_argument("faces", nargs="+", metavar=tr("FACE"), help=tr("the faces"))
    for name in ("name", "confirm", "merge"):
        text = tr("also where it goes against what was said before")
        subs[name].add_argument("--anyway", action="store_true", default=False, help=text)
    text = tr("pairs of each kind, at most")
    subs["label"].add_argument("--most", type=positive, default=None, metavar="N", help=text)
    for sub in subs.values():
        _add_shared(sub, repeated=True)
        add_common(sub, repeated=True)


def _add_shared(parser: argparse.ArgumentParser, *, repeated: bool = False) -> None:
    """repeated: of an action, which does not overwrite what stood before it."""
    text = tr("take only this folder; may be given several times (default: all that were read)")
    parser.add_argument(
        "--in",
        dest="folders",
        type=Path,
        action="append",
        default=argparse.SUPPRESS if repeated else [],
        metavar=tr("FOLDER"),
        help=text,
    )
    add_model_choice(parser)
    parser.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))
