"""siamgui open: the window."""

from __future__ import annotations

import argparse

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark


class WindowUnavailable(SiamguiError):
    """values: reason"""

    text = mark("The window cannot open, a library is missing: {reason}. “python3 tools/setup.py” says how to add it.")


def run(args: argparse.Namespace) -> int:
    """args: photos, device, language."""
    try:
        from siamgui.gui import app
    except ImportError as error:  # on bare Linux Qt lacks system libraries
        raise WindowUnavailable(reason=error) from None
    code: int = app.run(args.photos, args.device, args.language)
    return code
