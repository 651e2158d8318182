"""What cannot be done on the people page, each with one sentence."""

from __future__ import annotations

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.storage.removal_wording import labelled_words


class PeopleBroken(SiamguiError):
    text = mark("The enrolled people could not be opened.")


class StillReading(SiamguiError):
    text = mark("Photos are still being read. Wait for them, then add more.")


class ThereAlready(SiamguiError):
    """values: name"""

    text = mark("“{name}” is there already.")


class LabelledWent(SiamguiError):
    """Said, and no error: labelled photos of a removed person went too."""

    def __init__(self, photos: int) -> None:
        super().__init__()
        self._photos = photos

    def __str__(self) -> str:
        return " ".join(labelled_words(self._photos))
