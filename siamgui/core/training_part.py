"""PyTorch, which installers bring as a part of its own: comparing does without."""

from __future__ import annotations

from importlib.util import find_spec

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark


class TrainingMissing(SiamguiError):
    text = mark(
        "This needs the training part, PyTorch, which is not installed here. Install “siamgui-training” beside "
        "siamgui; that takes no network."
    )


def is_there() -> bool:
    """Whether torch can be imported, without importing it."""
    return find_spec("torch") is not None


def need() -> None:
    """Raises TrainingMissing."""
    if not is_there():
        raise TrainingMissing
