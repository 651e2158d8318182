"""The safety gate: may this version be activated? Only what got worse beyond noise, or cannot be known, closes it."""

from __future__ import annotations

import numpy as np

from siamgui.evaluation.metrics import Bools, Floats
from siamgui.versions.judgement import Gate, GateReason, Holdout, ReferenceJudgement

REFERENCE_TOLERANCE = 0.001
"""How much the EER on other people may rise: the reference set is large enough to prove harmless losses."""
CHANCE = 0.01
"""Labels count as chance where chance alone would order them as well with at least this probability."""


def decide(holdout: Holdout | None, reference: ReferenceJudgement | None, *, changed: bool, labels_told: bool) -> Gate:
    """changed: whether the encoder computes anything new. labels_told: whether the labels can be told from chance."""
    reasons = []
    if not labels_told:
        reasons.append(GateReason.LABELS_CHANCE)
    if holdout is None:
        if changed:
            reasons.append(GateReason.NOT_JUDGED)
    elif holdout.eer_change_interval[0] > 0:
        reasons.append(GateReason.HOLDOUT_WORSE)
    if reference is not None and (reference.confused or reference.eer_change_interval[0] > REFERENCE_TOLERANCE):
        reasons.append(GateReason.REFERENCE_WORSE)
    return Gate(tuple(reasons))


def told_from_chance(distances: Floats, same: Bools) -> bool:
    """Whether genuine pairs lie closer than impostor pairs, beyond what shuffled labels would do.

    The Mann-Whitney U test is a permutation test: under shuffled labels it holds however the pairs share faces.
    """
    from scipy.stats import mannwhitneyu

    genuine, impostor = distances[same], distances[~same]
    if not len(genuine) or not len(impostor) or np.isnan(distances).any():
        return False
    return bool(mannwhitneyu(genuine, impostor, alternative="less").pvalue < CHANCE)
