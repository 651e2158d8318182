"""What nobody may see over a shoulder: a passphrase or a recovery code, from a file or from whoever sits there."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark

STANDARD_INPUT = Path("-")
_LONGEST = 4096  # bytes of a line with a secret in it


class SecretUnreadable(SiamguiError):
    """values: name"""

    text = mark("“{name}” can’t be read. Name a file that holds one line.")


class SecretMissing(SiamguiError):
    text = mark("There is no terminal to ask on. Name a file with the passphrase, or “-” for standard input.")


class NothingTyped(SiamguiError):
    text = mark("Nothing was typed, and nothing was changed.")


def secret(file: Path | None, ask: str) -> str:
    """The first line of the file; None: asked for on the terminal without being shown.

    Raises SecretUnreadable, SecretMissing, NothingTyped.
    """
    if file is not None:
        return _line_of(file)
    if not sys.stdin.isatty():
        raise SecretMissing
    try:
        return getpass.getpass(ask)
    except EOFError:
        print(file=sys.stderr)  # what was asked stands in that line
        raise NothingTyped from None


def _line_of(file: Path) -> str:
    try:
        if file == STANDARD_INPUT:
            return sys.stdin.readline(_LONGEST).rstrip("\r\n")
        with file.open(encoding="utf-8-sig") as stream:
            return stream.readline(_LONGEST).rstrip("\r\n")
    except (OSError, UnicodeError):
        raise SecretUnreadable(name=file.name) from None
