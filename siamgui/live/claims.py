"""The people of a gallery as the claims of a calibration want them: by adjusted distances, where there is a cohort."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.cohort import Conditions, Vectors
from siamgui.live.gallery import Gallery, Nearest, nearest_of

CANDIDATES = 32
"""Of the people who are nearest by plain distance, one is nearest by the adjusted one."""


class Claims:
    """Holds what is known of the photographs of a gallery. No pixels are looked at: frames and templates have none."""

    def __init__(self, gallery: Gallery, calibration: Calibration) -> None:
        self._gallery, self._calibration = gallery, calibration
        self._known: dict[int, Conditions] = {}

    def nearest(self, vector: NDArray[np.float32]) -> Nearest:
        """Whom a (d,) unit embedding is nearest to. Raises ValueError for an empty gallery."""
        gallery, cohort = self._gallery, self._calibration.cohort
        if cohort is None:
            return gallery.nearest(vector, self._calibration.energy)
        if not len(gallery):
            raise ValueError("nobody is enrolled")
        distances = gallery.distances(vector, self._calibration.energy)
        rows = np.argsort(distances)[:CANDIDATES]
        probe = self._conditions(vector[None])
        adjusted = np.array([self._adjusted(vector, probe, int(row)) for row in rows], np.float32)
        near = nearest_of(adjusted)
        row = int(rows[near.row])
        others = np.delete(distances, row)
        runner_up = float(others.min()) if len(others) else None
        return Nearest(row, float(distances[row]), runner_up, near.distance, near.runner_up)

    def _adjusted(self, vector: Vectors, probe: Conditions, row: int) -> float:
        """Root mean square over the photographs of a person, as Gallery.distances()."""
        cohort, photos = self._calibration.cohort, self._gallery.photos_of(row)
        assert cohort is not None
        if row not in self._known:
            self._known[row] = self._conditions(photos)
        cosines = cohort.all_adjusted(vector[None], probe, photos, self._known[row])
        return float(np.sqrt(np.mean(np.square(self._calibration.energy.distance_at(cosines)))))

    def _conditions(self, vectors: Vectors) -> Conditions:
        cohort = self._calibration.cohort
        assert cohort is not None
        return cohort.conditions(vectors, np.ones(len(vectors), np.float32), None)
