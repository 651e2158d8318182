"""The arguments of open, compare, evaluate, bench and doctor."""

from __future__ import annotations

import argparse
from pathlib import Path

from siamgui.arguments import Parser, add_jobs, add_model_choice, command, positive
from siamgui.core.i18n import mark, tr
from siamgui.core.types import Strictness
from siamgui.core.wording import one_in


def add_open(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(commands, "open", tr("open the window, with photos to compare"), "", "")
    parser.add_argument(
        "photos",
        nargs="*",
        type=Path,
        metavar=tr("PHOTO"),
        help=tr("left photo, right photo, or several to compare each with each"),
    )


def add_compare(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "compare",
        tr("compare the faces of two photos and print the verdict, or of several, each with each"),
        tr("Of each photo the most prominent face is used, unless you choose another."),
        tr(
            "examples:\n"
            "  siamgui compare passport.jpg selfie.jpg\n"
            "  siamgui compare group.jpg alone.jpg --left-face 3\n"
            "  siamgui compare A.jpg B.jpg --strictness strict --json\n"
            "  siamgui compare A.jpg B.jpg --firm\n"
            "  siamgui compare A.jpg B.jpg C.jpg group.jpg --face 4:2\n"
            "\n"
            "The verdict is never a statement of identity: it says which side the likeness supports, and how often\n"
            "other people look as alike. The exit code is 0 whatever the verdict, and 2 if a photo cannot be used;\n"
            "of three or more, those that cannot are named in the table, and it is 2 if fewer than two are left.\n"
            "The form of --json is documented in docs/compare-json.md."
        ),
    )
    parser.add_argument("left", type=Path, metavar="A", help=tr("left photo"))
    parser.add_argument("right", type=Path, metavar="B", help=tr("right photo"))
    parser.add_argument("more", nargs="*", type=Path, metavar="C", help=tr("more photos: then all pairs are compared"))
    add_strictness(parser)
    add_model_choice(parser)
    for side, text in (("left", tr("number of the face to use in A")), ("right", tr("number of the face to use in B"))):
        parser.add_argument(f"--{side}-face", type=int, metavar="N", help=text)
    parser.add_argument(
        "--face",
        type=_face_choice,
        action="append",
        default=[],
        metavar="K:N",
        help=tr("of photo K, use face N; may be given several times"),
    )
    parser.add_argument(
        "--firm",
        action="store_true",
        help=tr("of two photos: try the verdict under small changes of them; what does not hold is inconclusive"),
    )
    add_jobs(parser)
    parser.add_argument(
        "--keep",
        dest="keep_in_history",
        choices=("figures", "pictures"),
        help=tr("write the comparison of two photos down in the history, encrypted: its figures, or the faces as well"),
    )
    parser.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))


def _face_choice(text: str) -> tuple[int, int]:
    photo, _, face = text.partition(":")
    return int(photo), int(face)


_face_choice.__name__ = "K:N"  # argparse names the function in its message


PAIRS_TAKEN_FOR_THE_SAME = mark(
    "how many pairs of different people may come out as the same: "
    "convenient {convenient}, balanced {balanced}, strict {strict} (default: balanced)"
)


def add_strictness(parser: argparse.ArgumentParser, text: str = PAIRS_TAKEN_FOR_THE_SAME) -> None:
    """text: what it decides, marked for translation, with a field for the rate of each."""
    rates = {strictness.value: one_in(strictness.fmr) for strictness in Strictness}
    parser.add_argument(
        "--strictness",
        type=Strictness,
        choices=list(Strictness),
        default=Strictness.BALANCED,
        metavar="{" + ",".join(rates) + "}",
        help=tr(text, **rates),
    )


def add_evaluate(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "evaluate",
        tr("measure accuracy and error rates on labelled photos"),
        tr("Writes evaluation.json, scores.csv and a picture of the ROC and DET curves."),
        tr(
            "PAIRS.csv has a first line with the columns left, right, same and optionally fold:\n"
            "  fold,left,right,same\n"
            "  1,ann/1.jpg,ann/2.jpg,1\n"
            "  1,ann/1.jpg,bob/1.jpg,0\n"
            "same is 1 or same, 0 or different. Paths are relative to the CSV file or to --images.\n"
            "\n"
            "A FOLDER holds one folder per person; all photos are compared with all others, to check that the\n"
            "false match rate of each strictness holds on these people.\n"
            "\n"
            "examples:\n"
            "  siamgui evaluate pairs.csv\n"
            "  siamgui evaluate pairs.csv --images photos --out results\n"
            "  siamgui evaluate people/"
        ),
    )
    parser.add_argument("source", type=Path, metavar=tr("PAIRS.csv|FOLDER"), help=tr("labelled pairs, or people"))
    parser.add_argument("--images", type=Path, metavar=tr("DIR"), help=tr("where relative paths start"))
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("siamgui-evaluation"),
        metavar=tr("DIR"),
        help=tr("folder for the results (default: {folder})", folder="siamgui-evaluation"),
    )
    add_model_choice(parser)
    add_jobs(parser)
    parser.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))


def add_audit(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "audit",
        tr("measure FMR and FNMR by group, such as age, sex, origin or camera"),
        tr("Writes audit.html and audit.json. A group with too little data is named, and no ratio is made of it."),
        tr(
            "FOLDER holds one folder per person. GROUPS.csv says which group each is in: a first line with the column\n"
            "person (the folder's name) or photo (its path below FOLDER), and any others:\n"
            "  person,sex,born\n"
            "  Ann Lee,f,1971\n"
            "Many different numbers are gathered into bands. Without it, rates are given by how the faces were\n"
            "photographed, and by quality.\n"
            "\n"
            "examples:\n"
            "  siamgui audit people/\n"
            "  siamgui audit people/ --groups groups.csv --groups cameras.csv\n"
            "\n"
            "The form of audit.json is documented in docs/audit.md."
        ),
    )
    parser.add_argument("folder", type=Path, metavar=tr("FOLDER"), help=tr("one folder per person"))
    text = tr("table of the groups of people or photos; may be given several times")
    parser.add_argument("--groups", type=Path, action="append", default=[], metavar="GROUPS.csv", help=text)
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("siamgui-audit"),
        metavar=tr("DIR"),
        help=tr("folder for the results (default: {folder})", folder="siamgui-audit"),
    )
    add_strictness(parser)
    add_model_choice(parser)
    add_jobs(parser)
    parser.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))


def add_batch(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "batch",
        tr("compare every pair of a list and write the verdicts to a table"),
        tr("Each photo is read once; a photo that cannot be used is a line with its reason, and not the end."),
        tr(
            "PAIRS.csv lists two photos in each line, as for “evaluate”; the label may be missing, and so may the\n"
            "first line that names the columns. left_face and right_face choose one of several faces:\n"
            "  left,right,left_face\n"
            "  ann/1.jpg,ann/2.jpg,\n"
            "  group.jpg,ann/1.jpg,3\n"
            "\n"
            "Until all pairs are compared, the results are in RESULTS.unfinished; after Ctrl-C, or a kill, the same\n"
            "command does only what is missing. docs/batch.md says what the columns mean.\n"
            "\n"
            "examples:\n"
            "  siamgui batch pairs.csv --out results.csv\n"
            "  siamgui batch pairs.csv --images photos --out results.json --strictness strict"
        ),
    )
    parser.add_argument("source", type=Path, metavar="PAIRS.csv", help=tr("pairs, with or without labels"))
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar=tr("FILE"),
        help=tr("file for the results, ending in .csv, .json or .parquet"),
    )
    parser.add_argument("--images", type=Path, metavar=tr("DIR"), help=tr("where relative paths start"))
    add_strictness(parser)
    add_model_choice(parser)
    add_jobs(parser)
    parser.add_argument("--anew", action="store_true", help=tr("forget what an interrupted run has left"))
    parser.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))


def add_bench(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "bench",
        tr("measure how long each step takes on this machine"),
        tr("Compares the whole with the bare network calls in the same run."),
        tr(
            "examples:\n  siamgui bench --runs 50\n  siamgui bench --live --seconds 600\n  siamgui bench --vault\n"
            "  siamgui bench --json > before.json\n  siamgui bench --compare before.json"
        ),
    )
    parser.add_argument(
        "--runs", type=positive, default=20, metavar="N", help=tr("repetitions of each step (default: 20)")
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--vault", action="store_true", help=tr("measure what is kept instead: in clear against encrypted, in one run")
    )
    what.add_argument(
        "--live", action="store_true", help=tr("measure live verification in its window instead, on a made film")
    )
    parser.add_argument(
        "--seconds", type=positive, default=40, metavar="N", help=tr("how long, with --live (default: 40)")
    )
    parser.add_argument(
        "--compare", type=Path, metavar=tr("FILE"), help=tr("what --json wrote before: show ratios and what got worse")
    )
    parser.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))


def add_doctor(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "doctor",
        tr("check the installation: versions, devices, model files, cameras"),
        "",
        tr("The exit code is 1 if something is broken."),
    )
    parser.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))
