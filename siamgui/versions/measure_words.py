"""What was measured before and after, in words: as a table, and what its charts show."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from siamgui.core import wording
from siamgui.core.amounts import percent
from siamgui.core.i18n import tr
from siamgui.core.types import Strictness
from siamgui.versions.judgement import Interval, Measures

Floats = NDArray[np.float64]
Row = tuple[str, str, str]
Curve = tuple[Sequence[float], Sequence[float]]
"""(FMR, FNMR), each in [0, 1], FMR rising."""


def measure_rows(before: Measures, after: Measures) -> list[Row]:
    """What is measured, before and after, with 95 % intervals in brackets."""

    def both(name: str, texts: Sequence[str]) -> Row:
        return name, texts[0], texts[1]

    two = (before, after)
    rows = [
        both(tr("Equal error rate"), [_rate(m.eer, m.eer_interval) for m in two]),
        both(tr("Area under the ROC"), [f"{m.auc:.3f} ({_span(m.auc_interval, 3, 1)})" for m in two]),
        both(tr("Cllr, in bits (and the least it could be)"), [f"{m.cllr:.3f} ({m.cllr_min:.3f})" for m in two]),
    ]
    for strictness in Strictness:
        if all(strictness.value in m.strictness for m in two):
            name = wording.strictness_name(strictness)
            rates = [m.strictness[strictness.value] for m in two]
            rows += [
                both(
                    tr("{strictness}: decided wrongly", strictness=name),
                    [_rate(r.error, r.error_interval) for r in rates],
                ),
                both(
                    tr("{strictness}: inconclusive", strictness=name),
                    [_rate(r.inconclusive, r.inconclusive_interval) for r in rates],
                ),
            ]
    return rows


def _rate(share: float, interval: Interval) -> str:
    return f"{percent(share)} ({_span(interval, 1, 100)})"


def _span(interval: Interval, digits: int, scale: float) -> str:
    return "–".join(f"{scale * bound:.{digits}f}" for bound in interval)


def shares(genuine: Sequence[float], impostor: Sequence[float]) -> Floats:
    """Two histograms, (n,) counts or densities of each kind of pairs -> (2, n) shares, of a kind without pairs 0."""
    counts = np.asarray((genuine, impostor), np.float64)
    total = counts.sum(axis=1, keepdims=True)
    return counts / np.where(total > 0, total, 1)


def distance_words(edges: Sequence[float] | Floats, kinds: Floats) -> str:
    """edges: (n + 1,) of the bins. kinds: as shares() makes them. "" where pairs of a kind are missing."""
    if not kinds.any(axis=1).all():
        return ""
    medians = [np.interp(0.5, np.concatenate([[0.0], np.cumsum(kind)]), edges) for kind in kinds]
    return tr(
        "Half of the pairs of the same person lie closer than {genuine}, half of the pairs of different people "
        "closer than {impostor}; the two overlap by {overlap} %.",
        genuine=f"{medians[0]:.2f}",
        impostor=f"{medians[1]:.2f}",
        overlap=f"{100 * np.minimum(*kinds).sum():.0f}",
    )


def rate_words(*curves: Curve) -> str:
    """curves: before and after."""
    before, after = (f"{100 * np.interp(0.05, *curve):.1f}" for curve in curves)
    return tr(
        "Where 5 % of the pairs of different people are accepted, {before} % of the pairs of the same person "
        "are rejected before, {after} % after.",
        before=before,
        after=after,
    )
