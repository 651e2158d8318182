"""The arguments of report."""

from __future__ import annotations

import argparse
from pathlib import Path

from siamgui.arguments import Parser, add_model_choice, command
from siamgui.arguments.comparing import add_strictness
from siamgui.core.i18n import tr


def add_report(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "report",
        tr("compare two photos and write a report, or compute a report again: “report verify FILE”"),
        tr("A report is a PDF, one HTML file or JSON; each holds all that it takes to compute it again."),
        tr(
            "examples:\n"
            "  siamgui report passport.jpg selfie.jpg --out report.pdf\n"
            "  siamgui report A.jpg B.jpg --out report.html --form examiner --case 2026/114\n"
            "  siamgui report --from-history 12 --out report.pdf\n"
            "  siamgui report verify report.pdf --photos scans/\n"
            "\n"
            "“verify” finds the photos by what is in them: in the report, beside it, or where --photos says; without\n"
            "them the aligned faces of the report are compared. It says whether the figures are equal.\n"
            "\n"
            "exit codes: 0 written, or equal; 1 not equal; 2 bad input, or a report that was changed"
        ),
    )
    parser.add_argument("photos", nargs="*", type=Path, metavar="A B", help=tr("the two photos, or verify and reports"))
    parser.add_argument("--out", type=Path, metavar=tr("FILE"), help=tr("the report to write: .pdf, .html or .json"))
    text = tr("the clerk’s page, or all that an examiner writes down (default: clerk)")
    parser.add_argument("--form", choices=("clerk", "examiner"), default="clerk", help=text)
    parser.add_argument("--case", default="", metavar=tr("WORDS"), help=tr("the file that it belongs to"))
    parser.add_argument("--author", default="", metavar=tr("NAME"), help=tr("who makes it"))
    parser.add_argument("--remarks", default="", metavar=tr("WORDS"), help=tr("what is to stand in it besides"))
    text = tr("put the two files into the report, so that it can be computed again without them")
    parser.add_argument("--embed-photos", action="store_true", help=text)
    parser.add_argument("--from-history", type=int, metavar=tr("NUMBER"), help=tr("of a comparison in the history"))
    text = tr("where “verify” looks for the photos besides; may be given several times")
    parser.add_argument(
        "--photos", dest="places", type=Path, action="append", default=[], metavar=tr("FOLDER"), help=text
    )
    add_strictness(parser)
    add_model_choice(parser)
    for side, text in (("left", tr("number of the face to use in A")), ("right", tr("number of the face to use in B"))):
        parser.add_argument(f"--{side}-face", type=int, metavar="N", help=text)
    parser.set_defaults(face=[], firm=True)  # whoever answers for a report wants to know how firm it is
    parser.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))
