"""The arguments of desktop."""

from __future__ import annotations

import argparse
from pathlib import Path

from siamgui.arguments import Parser, command
from siamgui.core.i18n import tr


def add_desktop(commands: argparse._SubParsersAction[Parser]) -> None:
    parser = command(
        commands,
        "desktop",
        tr("add siamgui to the applications of this computer, or take it away"),
        tr(
            "Writes a desktop entry with “Open with siamgui” for photos, the icon, a manual page, and what completes "
            "the command line in bash, zsh and fish."
        ),
        tr(
            "examples:\n"
            "  siamgui desktop install             for you alone, in ~/.local\n"
            "  siamgui desktop remove              what is kept stays where it is\n"
            "  siamgui desktop install --into pkg/usr      for whoever makes a package"
        ),
    )
    parser.add_argument("action", choices=("install", "remove"), help=tr("what to do with these files"))
    parser.add_argument("--into", type=Path, metavar=tr("FOLDER"), help=tr("another folder than ~/.local"))
