"""By which method a version comes about: what its settings ask for and its card tells."""

from __future__ import annotations

import enum

from siamgui.core.i18n import mark


class Method(enum.StrEnum):
    """From the one that changes least to the one that starts anew."""

    CALIBRATE = "calibrate"
    HEAD = "head"
    ADAPT = "adapt"
    FULL = "full"
    SCRATCH = "chopra2005"


METHOD_NAMES = {
    Method.CALIBRATE: mark("Calibrate only"),
    Method.HEAD: mark("Head on frozen embeddings"),
    Method.ADAPT: mark("Adapt the encoder gently"),
    Method.FULL: mark("Train the whole encoder"),
    Method.SCRATCH: mark("Chopra 2005 network from scratch"),
}
