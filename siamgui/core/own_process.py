"""How a module of siamgui is run in a process of its own.

Nothing that lies in the folder where a person works is imported there (-P), whatever it is called; siamgui itself comes
from where it was imported here.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import siamgui


def running(module: str, *arguments: str) -> tuple[str, ...]:
    """The command."""
    return (sys.executable, "-P", "-m", module, *arguments)


def environment(**more: str) -> dict[str, str]:
    """Of this process, with where siamgui lies; more: what is set beside it."""
    # An empty place stands for the folder where a person works.
    places = [place for place in os.environ.get("PYTHONPATH", "").split(os.pathsep) if place]
    own = Path(siamgui.__file__).parent.parent
    # Where packages are installed it is found anyway, and there others lie that would come before the standard library.
    if own.name not in ("site-packages", "dist-packages"):
        places.insert(0, str(own))
    return {**os.environ, "PYTHONPATH": os.pathsep.join(places), **more}
