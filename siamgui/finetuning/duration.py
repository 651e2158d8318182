"""How long a run takes, as a rough guess before it begins."""

from __future__ import annotations

from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.settings import Settings
from siamgui.finetuning.split import SHARES
from siamgui.labelling.types import Part

# Seconds on two CPU cores: to read one face twice (and mirrored), and to judge.
_FACE = 0.006
_JUDGING = 15.0


def seconds_needed(settings: Settings, pairs: int, faces: int) -> float:
    """All of a run, on a CPU. pairs: labelled, of which the split trains on a share. faces: in these pairs."""
    method = METHODS[settings.method]
    reading = _FACE * faces * (2 if method.encoder_changes else 1)
    return _JUDGING + reading + settings.epochs * SHARES[Part.TRAIN] * pairs * method.seconds_a_pair
