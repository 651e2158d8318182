"""What cannot be done on the people page, each with one sentence."""

from __future__ import annotations

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark


class PeopleBroken(SiamguiError):
    text = mark("The enrolled people could not be opened.")


class StillReading(SiamguiError):
    text = mark("Photos are still being read. Wait for them, then add more.")


class ThereAlready(SiamguiError):
    """values: name"""

    text = mark("“{name}” is there already.")
