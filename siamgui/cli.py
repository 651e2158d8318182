"""The command line. Imports little: each command brings what it needs, and a comparison loads neither torch nor Qt."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from siamgui import __version__
from siamgui.arguments import EXIT_BAD_INPUT, Parser, add_common, wrapped
from siamgui.core import i18n
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark, tr

EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141

_COMMANDS = {
    "open": "comparing",
    "compare": "comparing",
    "verify": "live",
    "people": "people",
    "index": "search",
    "find": "search",
    "groups": "groups",
    "collections": "search",
    "report": "report",
    "history": "history",
    "batch": "comparing",
    "evaluate": "comparing",
    "audit": "comparing",
    "pairs": "training",
    "train": "training",
    "models": "training",
    "data": "data",
    "vault": "vault",
    "bench": "comparing",
    "doctor": "comparing",
    "desktop": "desktop",
}
"""In the order of the help, with the module of siamgui.arguments that adds what each takes."""
_WHOLE = "desktop"
"""The command that looks at all of them: it writes their completion."""

_KEPT = ("verify", "people", "index", "find", "groups", "collections", "history", "pairs", "train", "models", "data")
"""Commands that work on what is kept. Comparing does without, as long as the vault is locked."""

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
        args = _parser(_only(arguments)).parse_args(arguments)
        if _opens_vault(args):
            import_module("siamgui.commands.vault").unlock(args.passphrase_file)
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


def _opens_vault(args: argparse.Namespace) -> bool:
    """Whether a locked vault is opened before the command; vault itself asks for what it needs."""
    if args.command == "vault":
        return False
    restores = args.command == "data" and args.action == "restore"  # which may bring a vault of its own
    history = any(getattr(args, name, None) is not None for name in ("from_history", "keep_in_history"))
    keeps = args.command in _KEPT or history
    return args.passphrase_file is not None or (keeps and not restores)


def _wanted_language(arguments: list[str]) -> str:
    """Known before the parser is built, since its help is translated."""
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    early.add_argument("--language", nargs="?", default="system")  # the parser itself says that the value is missing
    wanted: str | None = early.parse_known_args(arguments)[0].language
    return wanted if wanted in i18n.LANGUAGES and wanted is not None else "system"


def _only(arguments: list[str]) -> str | None:
    """The command whose arguments are all that is needed; None where the others may be asked for, too."""
    first = arguments[0] if arguments else "open"
    return first if first in _COMMANDS and first != _WHOLE else None


def _parser(only: str | None = None) -> argparse.ArgumentParser:
    """only: a command without the others, whose modules are not imported then."""
    argparse._ = tr  # type: ignore[attr-defined]
    parser = Parser(
        prog="siamgui",
        description=wrapped(
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
            "  siamgui verify --reference A.jpg --source 0   the face before the camera\n"
            "  siamgui evaluate pairs.csv        measure accuracy on your own labelled pairs\n"
            "  siamgui COMMAND --help            all about one command\n"
            "\n"
            "exit codes: 0 done, 1 doctor found something broken, 2 bad input, 130 stopped with Ctrl-C"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"siamgui {__version__}")
    add_common(parser)
    parser.set_defaults(command="open", photos=[])
    commands = parser.add_subparsers(title=tr("commands"), metavar=tr("COMMAND"), prog="siamgui")
    for name in _COMMANDS if only is None else (only,):
        getattr(import_module(f"siamgui.arguments.{_COMMANDS[name]}"), f"add_{name}")(commands)
    if only is None:
        commands.choices[_WHOLE].set_defaults(command_line=parser)
    return parser
