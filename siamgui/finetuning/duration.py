"""How long a run takes, as a rough guess before it begins."""

from __future__ import annotations

from siamgui.finetuning.settings import Settings
from siamgui.finetuning.split import SHARES
from siamgui.labelling.types import Part
from siamgui.versions.method import Method

# Seconds on two CPU cores: to read one face twice (and mirrored), and for one training pair in one pass.
_FACE = 0.006
_PAIR = {Method.CALIBRATE: 0.0, Method.HEAD: 0.0005, Method.ADAPT: 0.12, Method.FULL: 0.12, Method.SCRATCH: 0.02}
_JUDGING = 15.0


def seconds_needed(settings: Settings, pairs: int, faces: int) -> float:
    """All of a run, on a CPU. pairs: labelled, of which the split trains on a share. faces: in these pairs."""
    encoder_changes = settings.method not in (Method.CALIBRATE, Method.HEAD)
    reading = _FACE * faces * (2 if encoder_changes else 1)
    return _JUDGING + reading + settings.epochs * SHARES[Part.TRAIN] * pairs * _PAIR[settings.method]
