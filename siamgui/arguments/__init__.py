"""What the commands take. Here: what several of them share."""

from __future__ import annotations

import argparse
import shutil
import textwrap
from pathlib import Path

from siamgui.core import i18n
from siamgui.core.i18n import tr
from siamgui.core.machine import processors
from siamgui.core.shown_text import one_line

EXIT_BAD_INPUT = 2

DEVICES = ("auto", "cpu", "cuda", "mps")


class Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]  # exits, as the base class does
        text = tr("{what}. Try “{command} --help”.", what=one_line(message), command=self.prog)
        self.exit(EXIT_BAD_INPUT, f"{self.prog}: {text}\n")


def wrapped(text: str) -> str:
    """argparse wraps everything or nothing, and the examples must stay as they are."""
    return textwrap.fill(text.strip(), width=min(100, shutil.get_terminal_size().columns - 2))


def add_common(parser: argparse.ArgumentParser, *, repeated: bool = False) -> None:
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
    parser.add_argument(
        "--passphrase-file",
        type=Path,
        default=default,
        metavar=tr("FILE"),
        help=tr("open the vault with the passphrase in a file (- for standard input)"),
    )


def command(commands: argparse._SubParsersAction[Parser], name: str, help_: str, more: str, epilog: str) -> Parser:
    parser = commands.add_parser(
        name,
        help=help_,
        description=wrapped(tr("{what}. {more}", what=help_[0].upper() + help_[1:], more=more)),
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(command=name)
    add_common(parser, repeated=True)
    return parser


def add_jobs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--jobs",
        type=positive,
        default=processors(),
        metavar="N",
        help=tr("threads that read photos (default: one per processor)"),
    )


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def not_negative(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number


positive.__name__ = not_negative.__name__ = "int"  # argparse names the function in its message


def add_model_choice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--model",
        metavar=tr("NAME"),
        help=tr("model version to use, or original (default: the active one)"),
    )
