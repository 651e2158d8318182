"""siamgui: are these two faces the same person? Offline, on this machine, with an honest answer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from siamgui.api import Engine as Engine
    from siamgui.api import compare as compare
    from siamgui.api import embed as embed
    from siamgui.api import find_faces as find_faces

__version__ = "0.1.0"

# Threads of numpy's matrix products wait for the next one in a busy loop, for some 20 ms each time, while the networks
# want the processors. numpy reads this when it is first imported: as short as it allows. It serves the
# products that have to be made; a face held against the cohort makes none (siamgui.core.cohort), since this is nothing
# where numpy came first, or where somebody set another time.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")

_PUBLIC = ("Engine", "compare", "embed", "find_faces")


def __getattr__(name: str) -> Any:
    """What siamgui is as a library (siamgui.api), imported when it is first asked for: the window has no use for it."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from siamgui import api

    return getattr(api, name)


def __dir__() -> list[str]:
    return sorted((*globals(), *_PUBLIC))
