"""One template from several photographs of a person.

A photograph that does not look like most of the others (another person's, or a poor one) gets no weight. What counts
is its cosine to the others in comparison with what is usual among them, so no encoder needs a limit of its own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siamgui.core.embedding import unit
from siamgui.core.energy import L2, Energy

# A photograph less than half as like the others as is usual among them is an outlier. Of five photographs of a person
# of lfw_dev 0.1 % are, and 99 % of those that were put in the place of one of the five and show somebody else.
_SHARE = 0.5


def combine(vectors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """(template, outliers) of (n, d) unit embeddings of one person under one encoder, n >= 1.

    template: (d,) float32 of unit length, along the mean of those that are no outliers. outliers: (n,) bool, at most
    half of them; of one or two photographs none, since neither can be told to be the wrong one.

    The distance to such a mean is smaller than that to a single photograph, of the same person and of others alike: on
    lfw_dev the share of other people below a distance is up to 1.6 times the FMR of the calibration. Gallery.nearest()
    gives a distance for which the FMR holds.
    """
    rows = np.asarray(vectors, np.float64)
    likeness = _likeness(rows)
    usual = np.median(likeness)
    outliers = likeness < min(usual, _SHARE * usual) if len(rows) > 2 else np.zeros(len(rows), np.bool_)
    mean = rows[~outliers].mean(axis=0)
    if np.linalg.norm(mean) < 1e-6:  # they cancel each other out: the one that is most like the others stands for all
        mean = rows[int(likeness.argmax())]
    return unit(mean), outliers


def odd_ones(vectors: NDArray[np.float32], apart: float, energy: Energy = L2) -> NDArray[np.bool_]:
    """(n,) bool: which of (n, d) unit embeddings do not look like the others, to be told to whoever enrols somebody.

    apart: E_W beyond which two photographs are of different people; what is that far from every other is odd, so that
    of two both are.
    """
    if len(vectors) < 2:
        return np.zeros(len(vectors), np.bool_)
    distances = energy.distance_at(energy.closeness(vectors, vectors))
    np.fill_diagonal(distances, np.inf)
    return np.asarray(combine(vectors)[1] | (distances.min(axis=1) > apart))


def _likeness(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n,) the median cosine of each photograph to the others; 1 of a single one."""
    count = len(rows)
    if count == 1:
        return np.ones(1)
    others = (rows @ rows.T)[~np.eye(count, dtype=np.bool_)].reshape(count, count - 1)
    return np.asarray(np.median(others, axis=1))
