"""Which aligned faces are too poor for a verdict, as far as that can be seen without the photographs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siamgui.core.alignment import TEMPLATE
from siamgui.core.quality import measure
from siamgui.core.types import Face, Pixels
from siamgui.labelling.types import Bools


class Poor(NamedTuple):
    """Of n faces. decisive: (n,) whether a finding is; damaged: (n,) whether a part is missing."""

    decisive: Bools
    damaged: Bools


def poor_crops(crops: Pixels, lengths: NDArray[np.floating] | None) -> Poor:
    """Of (n, 112, 112, 3). How large, turned or hard to find a face was is not seen: it counts as well.

    lengths: (n,) of the embeddings, scaled as the manifest says; None or NaN where they say nothing.
    """
    box = np.array([0, 0, crops.shape[2], crops.shape[1]], np.float32)
    face = Face(box, TEMPLATE.astype(np.float32), 1.0)
    poor = Poor(np.zeros(len(crops), bool), np.zeros(len(crops), bool))
    for index, crop in enumerate(crops):
        length = None if lengths is None or np.isnan(lengths[index]) else float(lengths[index])
        quality = measure(face, crop, length)
        poor.decisive[index], poor.damaged[index] = quality.decisive, quality.damaged
    return poor
