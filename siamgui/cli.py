"""The command line. Imports little: each command brings what it needs, and a comparison loads neither torch nor Qt."""

from __future__ import annotations

import argparse
import io
import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from siamgui import __version__
from siamgui.core import i18n
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark, tr
from siamgui.core.types import Strictness
from siamgui.core.wording import one_in

EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141

DEVICES = ("auto", "cpu", "cuda", "mps")

# argparse looks its own words up through a module global; they stand here to be found by the translators.
_ARGPARSE_WORDS = (
    mark("usage: "),
    mark("options"),
    mark("positional arguments"),
    mark("show this help message and exit"),
    mark("show program's version number and exit"),
    mark("the following arguments are required: %s"),
    mark("unrecognized arguments: %s"),
    mark("expected one argument"),
    mark("argument %(argument_name)s: %(message)s"),
    mark("invalid choice: %(value)r (choose from %(choices)s)"),
    mark("invalid %(type)s value: %(value)r"),
)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]  # exits, as the base class does
        text = tr("{what}. Try “{command} --help”.", what=message, command=self.prog)
        self.exit(EXIT_BAD_INPUT, f"{self.prog}: {text}\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; argv without the program's name, None for the process's own. Returns the exit code.

    0: done, whatever the verdict; 1: doctor found something broken; 2: bad input, with one sentence on standard error;
    130: stopped by Ctrl-C.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console that lacks a character must not end the program
    try:
        i18n.set_language(_wanted_language(arguments))
        args = _parser().parse_args(arguments)
        code: int = import_module(f"siamgui.commands.{args.command}").run(args)
        sys.stdout.flush()
    except SystemExit as stop:  # argparse: --help, --version, a wrong argument
        return stop.code if isinstance(stop.code, int) else EXIT_BAD_INPUT
    except SiamguiError as error:
        print(f"siamgui: {error}", file=sys.stderr)
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        print(tr("Stopped."), file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader went away, as with "| head"; Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_BROKEN_PIPE
    return code


def _wanted_language(arguments: list[str]) -> str:
    """Known before the parser is built, since its help is translated."""
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    early.add_argument("--language", default="system")
    wanted: str = early.parse_known_args(arguments)[0].language
    return wanted if wanted in i18n.LANGUAGES else "system"


def _parser() -> argparse.ArgumentParser:
    argparse._ = tr  # type: ignore[attr-defined]
    parser = _Parser(
        prog="siamgui",
        description=_wrapped(
            tr(
                "Are these two faces the same person? Answers on this machine, offline, "
                "and says how rare such a likeness is. Without a command the window opens."
            )
        ),
        epilog=tr(
            "examples:\n"
            "  siamgui                           open the window\n"
            "  siamgui open A.jpg B.jpg          open the window with two photos\n"
            "  siamgui compare A.jpg B.jpg       print the verdict\n"
            "  siamgui evaluate pairs.csv        measure accuracy on your own labelled pairs\n"
            "  siamgui COMMAND --help            all about one command\n"
            "\n"
            "exit codes: 0 done, 1 doctor found something broken, 2 bad input, 130 stopped with Ctrl-C"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"siamgui {__version__}")
    _add_common(parser)
    parser.set_defaults(command="open", photos=[])
    commands = parser.add_subparsers(title=tr("commands"), metavar=tr("COMMAND"), prog="siamgui")
    for add in (_add_open, _add_compare, _add_evaluate, _add_pairs, _add_train, _add_models, _add_bench, _add_doctor):
        add(commands)
    return parser


def _wrapped(text: str) -> str:
    """argparse wraps everything or nothing, and the examples must stay as they are."""
    return textwrap.fill(text.strip(), width=min(100, shutil.get_terminal_size().columns - 2))


def _add_common(parser: argparse.ArgumentParser, *, repeated: bool = False) -> None:
    """Options that stand before or after the command. repeated: do not overwrite what stood before it."""
    default = argparse.SUPPRESS if repeated else None
    parser.add_argument(
        "--device",
        choices=DEVICES,
        default=default or "auto",
        help=tr("where the networks run; auto takes a graphics card if there is one (default: auto)"),
    )
    parser.add_argument(
        "--language",
        choices=("system", *i18n.LANGUAGES),
        default=default or "system",
        help=tr("language of the words (default: that of the system)"),
    )


def _command(commands: argparse._SubParsersAction[_Parser], name: str, help_: str, more: str, epilog: str) -> _Parser:
    parser = commands.add_parser(
        name,
        help=help_,
        description=_wrapped(tr("{what}. {more}", what=help_[0].upper() + help_[1:], more=more)),
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(command=name)
    _add_common(parser, repeated=True)
    return parser


def _add_open(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _command(commands, "open", tr("open the window, with up to two photos"), "", "")
    parser.add_argument("photos", nargs="*", type=Path, metavar=tr("PHOTO"), help=tr("left photo, right photo"))


def _add_compare(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _command(
        commands,
        "compare",
        tr("compare the faces of two photos and print the verdict"),
        tr("Of each photo the most prominent face is used, unless you choose another."),
        tr(
            "examples:\n"
            "  siamgui compare passport.jpg selfie.jpg\n"
            "  siamgui compare group.jpg alone.jpg --left-face 3\n"
            "  siamgui compare A.jpg B.jpg --strictness strict --json\n"
            "\n"
            "The verdict is never a statement of identity: it says which side the likeness supports, and how often\n"
            "other people look as alike. The exit code is 0 whatever the verdict, and 2 if a photo cannot be used.\n"
            "The form of --json is documented in docs/compare-json.md."
        ),
    )
    parser.add_argument("left", type=Path, metavar="A", help=tr("left photo"))
    parser.add_argument("right", type=Path, metavar="B", help=tr("right photo"))
    rates = {strictness.value: one_in(strictness.fmr) for strictness in Strictness}
    parser.add_argument(
        "--strictness",
        type=Strictness,
        choices=list(Strictness),
        default=Strictness.BALANCED,
        metavar="{" + ",".join(rates) + "}",
        help=tr(
            "how many pairs of different people may come out as the same: "
            "convenient {convenient}, balanced {balanced}, strict {strict} (default: balanced)",
            **rates,
        ),
    )
    _add_model_choice(parser)
    for side, text in (("left", tr("number of the face to use in A")), ("right", tr("number of the face to use in B"))):
        parser.add_argument(f"--{side}-face", type=int, metavar="N", help=text)
    parser.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))


def _add_evaluate(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _command(
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
        help=tr("folder for the results (default: siamgui-evaluation)"),
    )
    _add_model_choice(parser)
    _add_jobs(parser)
    parser.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))


def _add_jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--jobs",
        type=_positive,
        default=os.cpu_count() or 1,
        metavar="N",
        help=tr("threads that decode photos (default: one per processor)"),
    )


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _not_negative(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


_positive.__name__ = _not_negative.__name__ = "int"  # argparse names the function in its message


def _add_model_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        metavar=tr("NAME"),
        help=tr("model version to use, or original (default: the active one)"),
    )


def _add_pairs(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _command(
        commands,
        "pairs",
        tr("collect photos and labels from which to train"),
        tr("They stay on this machine, and are the same that the window shows."),
        tr(
            "examples:\n"
            "  siamgui pairs import pairs.csv --images photos\n"
            "  siamgui pairs import people/\n"
            "  siamgui pairs import photos/ --unsorted\n"
            "  siamgui pairs next\n"
            "  siamgui pairs label A.jpg B.jpg same\n"
            "  siamgui pairs check"
        ),
    )
    actions = parser.add_subparsers(dest="action", metavar=tr("ACTION"), required=True, title=tr("actions"))
    wanted = {
        "import": tr("read a CSV list of pairs, a folder with one folder per person, or loose photos"),
        "status": tr("how many photos and labels there are, and what they are enough for"),
        "check": tr("what is wrong with them, and who is held out to judge by"),
        "next": tr("the two photos whose label would teach most"),
        "label": tr("say what two photos show"),
        "export": tr("write the labels as a CSV list"),
        "clear": tr("forget all photos and labels"),
    }
    subs = {
        name: actions.add_parser(name, help=text, description=text, allow_abbrev=False) for name, text in wanted.items()
    }
    subs["import"].add_argument("source", type=Path, nargs="+", metavar=tr("SOURCE"), help=tr("list, folder or photos"))
    subs["import"].add_argument("--images", type=Path, metavar=tr("DIR"), help=tr("where relative paths start"))
    subs["import"].add_argument("--unsorted", action="store_true", help=tr("folders do not stand for people"))
    _add_jobs(subs["import"])
    subs["label"].add_argument("left", type=Path, metavar="A", help=tr("one photo"))
    subs["label"].add_argument("right", type=Path, metavar="B", help=tr("the other photo"))
    answers = ("same", "different", "unsure", "nothing")
    subs["label"].add_argument("label", choices=answers, help=tr("nothing takes a label back"))
    subs["export"].add_argument("file", type=Path, metavar=tr("FILE"), help=tr("the file"))
    subs["clear"].add_argument("--yes", action="store_true", help=tr("do it"))
    for name in ("import", "check", "next", "label"):
        _add_model_choice(subs[name])
    for sub in subs.values():
        sub.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))
        _add_common(sub, repeated=True)


def _add_train(commands: argparse._SubParsersAction[_Parser]) -> None:
    from siamgui.training.settings import LossName, Method

    parser = _command(
        commands,
        "train",
        tr("fine-tune the encoder on labelled pairs, and judge the result"),
        tr(
            "Without SOURCE it trains on the pairs kept by “siamgui pairs”. A version that was judged worse than "
            "before is kept, and not used."
        ),
        tr(
            "examples:\n"
            "  siamgui train pairs.csv --name poor-camera --activate\n"
            "  siamgui train people/ --method head\n"
            "  siamgui train pairs.csv --prepare run/      only write the run, to train it elsewhere:\n"
            "  torchrun --nproc-per-node 2 -m siamgui.training run/\n"
            "  siamgui train --resume run/                 go on with a run, and keep its result\n"
            "  siamgui train --recipe att-faces DATA       the experiment of the paper\n"
            "\n"
            "exit codes: 0 done, 2 bad input, 3 trained and judged worse than before, 130 stopped with Ctrl-C"
        ),
    )
    parser.add_argument(
        "source", nargs="?", type=Path, metavar=tr("SOURCE"), help=tr("a CSV list of pairs, or a folder per person")
    )
    parser.add_argument("--images", type=Path, metavar=tr("DIR"), help=tr("where relative paths start"))
    parser.add_argument("--name", metavar=tr("NAME"), help=tr("what the version is called"))
    parser.add_argument("--activate", action="store_true", help=tr("use the version at once, unless it was refused"))
    parser.add_argument(
        "--reference", type=Path, metavar=tr("DIR"), help=tr("a folder per person, to see what was forgotten")
    )
    parser.add_argument("--prepare", type=Path, metavar=tr("DIR"), help=tr("only write the run to this folder"))
    parser.add_argument("--resume", type=Path, metavar=tr("DIR"), help=tr("go on with the run in this folder"))
    parser.add_argument(
        "--recipe", choices=("att-faces",), help=tr("an experiment of the literature; SOURCE is its data")
    )
    parser.add_argument("--splits", type=_positive, default=8, metavar="N", help=tr("splits of a recipe (default: 8)"))
    expert = parser.add_argument_group(tr("settings, each with a default that suits the method"))
    methods = ("auto", *(method.value for method in Method))
    expert.add_argument(
        "--method", choices=methods, default="auto", help=tr("auto takes what the amount of data allows")
    )
    expert.add_argument("--loss", type=LossName, choices=list(LossName), metavar="{" + ",".join(LossName) + "}")
    expert.add_argument("--epochs", type=_positive, metavar="N", help=tr("passes over the training pairs"))
    expert.add_argument("--batch", type=_positive, metavar="N", help=tr("pairs a step"))
    expert.add_argument("--learning-rate", type=float, metavar="X")
    expert.add_argument(
        "--rank", type=_not_negative, metavar="N", help=tr("of the low-rank change; 0 for a full matrix")
    )
    expert.add_argument("--anchor", type=float, metavar="X", help=tr("how firmly good photos hold the encoder"))
    expert.add_argument("--l2sp", type=float, metavar="X", help=tr("how firmly the weights are held (L2-SP)"))
    expert.add_argument(
        "--patience", type=_not_negative, metavar="N", help=tr("passes without a gain before it ends; 0: never")
    )
    expert.add_argument("--energy", choices=("l2", "l1"), help=tr("the norm of the distance while training"))
    expert.add_argument("--q", type=float, metavar="Q", help=tr("Q of the loss of Chopra 2005"))
    expert.add_argument("--seed", type=_not_negative, metavar="N", help=tr("of everything random (default: 0)"))
    expert.add_argument("--no-augment", action="store_true", help=tr("show the photos as they are"))
    _add_model_choice(parser)
    _add_jobs(parser)
    parser.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))


def _add_models(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _command(
        commands,
        "models",
        tr("list, activate, export or import the model versions you trained"),
        tr("A version is named by its name or its id; “original” is the one that comes with siamgui."),
        tr(
            "examples:\n"
            "  siamgui models list\n"
            "  siamgui models activate poor-camera\n"
            "  siamgui models rollback\n"
            "  siamgui models compare original poor-camera\n"
            "  siamgui models export poor-camera poor-camera.siamgui"
        ),
    )
    actions = parser.add_subparsers(dest="action", metavar=tr("ACTION"), required=True, title=tr("actions"))
    name, file = (tr("NAME"), tr("name or id of a version")), (tr("FILE"), tr("the file"))
    wanted: tuple[tuple[str, str, tuple[tuple[str, tuple[str, str]], ...]], ...] = (
        ("list", tr("all versions, newest first"), ()),
        ("show", tr("the card of a version"), (("name", name),)),
        ("activate", tr("use a version from now on"), (("name", name),)),
        ("rollback", tr("use again what was active before"), ()),
        ("rename", tr("give a version another name"), (("name", name), ("new_name", (tr("NEW"), tr("the new name"))))),
        ("export", tr("write a version as one file"), (("name", name), ("file", file))),
        ("import", tr("take in a version from a file"), (("file", file),)),
        ("delete", tr("delete a version that is not active"), (("name", name),)),
        ("compare", tr("two versions side by side"), (("name", name), ("other", name))),
    )
    for action, help_, positionals in wanted:
        sub = actions.add_parser(action, help=help_, description=help_, allow_abbrev=False)
        for key, (metavar, meaning) in positionals:
            sub.add_argument(key, metavar=metavar, help=meaning, type=Path if key == "file" else str)
        if action == "activate":
            sub.add_argument(
                "--reason",
                default="",
                metavar=tr("TEXT"),
                help=tr("why, if it was judged worse; stays on its card"),
            )
        sub.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))
        _add_common(sub, repeated=True)


def _add_bench(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _command(
        commands,
        "bench",
        tr("measure how long each step takes on this machine"),
        tr("Compares the whole with the bare network calls in the same run."),
        tr("example:\n  siamgui bench --runs 50"),
    )
    parser.add_argument(
        "--runs", type=_positive, default=20, metavar="N", help=tr("repetitions of each step (default: 20)")
    )
    parser.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))


def _add_doctor(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _command(
        commands,
        "doctor",
        tr("check the installation: versions, devices, model files, cameras"),
        "",
        tr("The exit code is 1 if something is broken."),
    )
    parser.add_argument("--json", action="store_true", help=tr("print JSON for machines instead of text"))
