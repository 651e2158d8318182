"""The arguments of people."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from siamgui.arguments import Parser, add_common, add_model_choice, command, not_negative
from siamgui.arguments.comparing import add_strictness
from siamgui.core.i18n import mark, tr

ALWAYS = "always"
STRANGERS_TAKEN_FOR_SOMEBODY = mark(
    "how many people who are not enrolled may be taken for somebody who is: "
    "convenient {convenient}, balanced {balanced}, strict {strict} (default: balanced)"
)


def add_people(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "people",
        tr("enrol people on this machine, and recognise them again"),
        tr("They are the same that the window shows, and never leave this machine."),
        tr(
            "examples:\n"
            '  siamgui people enrol "Ann Lee" front.jpg left.jpg right.jpg --consent "asked on 3 May"\n'
            '  siamgui people add "Ann Lee" later.jpg\n'
            '  siamgui people retain "Ann Lee" 2030-12-31\n'
            "  siamgui people who visitor.jpg\n"
            "  siamgui people who group.jpg --face 3\n"
            '  siamgui people remove "Ann Lee" --yes\n'
            "  siamgui people log --csv log.csv\n"
            "\n"
            "NAME is a person’s name, or the number that “siamgui people list” shows. Whoever’s retention date has\n"
            "passed is removed, with everything derived from the photos, as soon as siamgui is started."
        ),
    )
    actions = parser.add_subparsers(dest="action", metavar=tr("ACTION"), required=True, title=tr("actions"))
    wanted = {
        "list": tr("everybody who is enrolled"),
        "show": tr("all about one person, with the photos"),
        "enrol": tr("enrol a new person from one photo or several"),
        "add": tr("add photos to a person"),
        "remove-photo": tr("remove a photo of a person"),
        "rename": tr("give a person another name"),
        "consent": tr("note what a person has agreed to"),
        "retain": tr("say until when a person is kept"),
        "remove": tr("remove a person, with everything derived from the photos"),
        "who": tr("who of all that are enrolled is on a photo"),
        "re-embed": tr("read all photos with the active model version, after it has changed"),
        "log": tr("the verifications so far, newest first"),
        "clear-log": tr("forget the verifications so far"),
    }
    subs = {
        name: actions.add_parser(name, help=text, description=text, allow_abbrev=False) for name, text in wanted.items()
    }
    for name in ("show", "add", "remove-photo", "rename", "consent", "retain", "remove"):
        subs[name].add_argument("name", metavar=tr("NAME"), help=tr("name or number of a person"))
    subs["enrol"].add_argument("name", metavar=tr("NAME"), help=tr("the person’s name"))
    for name in ("enrol", "add"):
        subs[name].add_argument(
            "photos", nargs="+", type=Path, metavar=tr("PHOTO"), help=tr("photos of the person, or a folder of them")
        )
    subs["enrol"].add_argument("--consent", default="", metavar=tr("TEXT"), help=tr("what the person has agreed to"))
    subs["enrol"].add_argument(
        "--until", type=_day, metavar=tr("DATE"), help=tr("last day on which the person is kept")
    )
    subs["remove-photo"].add_argument("photo", type=not_negative, metavar="N", help=tr("its number, as show prints it"))
    subs["rename"].add_argument("new_name", metavar=tr("NEW"), help=tr("the new name"))
    subs["consent"].add_argument("text", metavar=tr("TEXT"), help=tr("what the person has agreed to"))
    subs["retain"].add_argument(
        "until", type=_day_or_always, metavar=tr("DATE"), help=tr("the last day, as 2030-12-31, or always")
    )
    for name in ("remove", "clear-log"):
        subs[name].add_argument("--yes", action="store_true", help=tr("do it"))
    subs["who"].add_argument("photo", type=Path, metavar=tr("PHOTO"), help=tr("photo of the person"))
    for name in ("who", "enrol", "add"):
        text = tr("number of the face to use, counted from the left (default: the most prominent one)")
        subs[name].add_argument("--face", type=int, metavar="N", help=text)
    add_strictness(subs["who"], STRANGERS_TAKEN_FOR_SOMEBODY)
    subs["log"].add_argument("--csv", type=Path, metavar=tr("FILE"), help=tr("write all of them to a file instead"))
    subs["log"].add_argument(
        "--keep", type=not_negative, metavar=tr("DAYS"), help=tr("forget older ones from now on; 0: keep them all")
    )
    for name in ("show", "enrol", "add", "who", "re-embed"):
        add_model_choice(subs[name])
    for sub in subs.values():
        sub.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))
        add_common(sub, repeated=True)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _day_or_always(text: str) -> date | None:
    return None if text == ALWAYS else date.fromisoformat(text)


_day.__name__ = _day_or_always.__name__ = "date"  # argparse names the function in its message
