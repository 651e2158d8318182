"""siamgui open: the window."""

from __future__ import annotations

import argparse

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark


class TooManyPhotos(SiamguiError):
    text = mark("The window takes at most two photos.")


class WindowUnavailable(SiamguiError):
    """values: reason"""

    text = mark("The window cannot open, a library is missing: {reason}. “python3 tools/setup.py” says how to add it.")


def run(args: argparse.Namespace) -> int:
    """args: photos, device, language."""
    if len(args.photos) > 2:
        raise TooManyPhotos
    try:
        import PySide6.QtWidgets  # noqa: F401 - on bare Linux this fails for want of a system library
    except ImportError as error:
        raise WindowUnavailable(reason=error) from None
    from siamgui.gui import app

    code: int = app.run(args.photos, args.device, args.language)
    return code
