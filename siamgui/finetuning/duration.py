"""How long a run takes, as a rough guess before it begins."""

from __future__ import annotations

from math import comb

from siamgui.finetuning.cross_fitting import HEADS, MOST_PAIRS
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.settings import Settings
from siamgui.finetuning.split import SHARES
from siamgui.labelling.types import Part
from siamgui.versions.method import Method
from siamgui.versions.unseen import FOLDS

# Seconds on two CPU cores: to read one face twice (and mirrored), and to judge.
_FACE = 0.006
_JUDGING = 15.0


def seconds_needed(settings: Settings, pairs: int, faces: int) -> float:
    """All of a run, on a CPU. pairs: labelled, of which the split trains on a share. faces: in these pairs."""
    method = METHODS[settings.method]
    reading = _FACE * faces * (2 if method.encoder_changes else 1)
    training = settings.epochs * SHARES[Part.TRAIN] * pairs * method.seconds_a_pair
    return _JUDGING + reading + _trainings(settings.method, pairs) * training


def _trainings(method: Method, pairs: int) -> int:
    """Of a head several are averaged, for the version and for every two folds of people who judge it."""
    if method is not Method.HEAD:
        return 1
    return HEADS * (1 + (comb(FOLDS, 2) if pairs <= MOST_PAIRS else 0))
