"""siamgui desktop: siamgui among the applications of this user, in "Open with", the manual and the shells."""

from __future__ import annotations

import argparse
import contextlib
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath

from siamgui.commands.desktop_files import desktop_files, launcher
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark, tr, trn
from siamgui.core.paths import data_folder
from siamgui.core.shown_text import one_line

_MINE = Path("~/.local")


class NoSuchDesktop(SiamguiError):
    """The system has other ways."""

    text = mark("This is for Linux and BSD, whose desktops look for such files.")


class NotWritten(SiamguiError):
    """values: file, reason"""

    text = mark("“{file}” could not be written: {reason}.")


def run(args: argparse.Namespace) -> int:
    """args: action, into, command_line (the parser of all)."""
    if sys.platform in ("win32", "darwin"):
        raise NoSuchDesktop
    folder: Path = (args.into or _MINE).expanduser()
    files = desktop_files(args.command_line, ["siamgui"] if args.into else launcher())
    if args.action == "install":
        for place, data in files.items():
            _write(folder / place, data)
        print(
            trn(
                "{n} file written to {folder}.",
                "{n} files written to {folder}.",
                len(files),
                folder=one_line(str(folder / "share")),
            )
        )
        print(tr("“siamgui desktop remove” takes them away again."))
        _tell_desktop(folder / "share")
        return 0
    gone = sum(_remove(folder / place) for place in files)
    _tell_desktop(folder / "share")
    for place in files:
        _prune(folder, place.parent)
    print(trn("{n} file removed.", "{n} files removed.", gone))
    print(tr("What siamgui keeps was not touched. It lies in {folder}.", folder=one_line(str(data_folder()))))
    return 0


def _write(path: Path, data: bytes) -> None:
    """Raises NotWritten."""
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        raise NotWritten(file=path.name, reason=error.strerror or str(error)) from None


def _remove(path: Path) -> bool:
    """Whether it was there. Raises NotWritten."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise NotWritten(file=path.name, reason=error.strerror or str(error)) from None
    return True


def _prune(folder: Path, place: PurePosixPath) -> None:
    """Remove the folders below one that are empty now."""
    with contextlib.suppress(OSError):  # another program's file lies there
        while place.name:
            (folder / place).rmdir()
            place = place.parent


def _tell_desktop(share: Path) -> None:
    """Desktops keep lists of these files; where their tools are missing they look by themselves, in a while."""
    for command in (
        ["update-desktop-database", "-q", "applications"],
        ["gtk-update-icon-cache", "-qtf", "icons/hicolor"],
    ):
        program, place = shutil.which(command[0]), share / command[-1]
        if program and place.is_dir():
            subprocess.run([program, *command[1:-1], place], check=False, stderr=subprocess.DEVNULL)
