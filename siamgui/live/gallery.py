"""Everybody who is enrolled, ready for "who is this?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siamgui.core.energy import L2, Energy
from siamgui.live.templates import combine


class Nearest(NamedTuple):
    """row: whose template is nearest. distance: to that person; runner_up: to the next one, None if there is none.

    adjusted, adjusted_runner_up: the same as the claims of a calibration with a cohort want it; None without one.
    """

    row: int
    distance: float
    runner_up: float | None
    adjusted: float | None = None
    adjusted_runner_up: float | None = None

    @property
    def claimed(self) -> float:
        """The distance whose rarity may be claimed."""
        return self.distance if self.adjusted is None else self.adjusted

    @property
    def claimed_runner_up(self) -> float | None:
        return self.runner_up if self.adjusted is None else self.adjusted_runner_up


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """The templates of the enrolled people under one encoder, one row each.

    people: ids. names: of the people. templates: (n, d) float32, C-contiguous, rows of unit length.
    lengths: (n,) float32 in (0, 1]: of the mean embedding before it was made 1; 1 of a single photograph.
    photos: (m, d) float32, the embeddings behind the templates, person by person. starts: (n,) each one's first row.
    encoder: "id version".
    """

    people: tuple[int, ...]
    names: tuple[str, ...]
    templates: NDArray[np.float32]
    lengths: NDArray[np.float32]
    photos: NDArray[np.float32]
    starts: NDArray[np.int64]
    encoder: str

    @classmethod
    def of(cls, people: Sequence[tuple[int, str, NDArray[np.float32]]], encoder: str) -> Gallery:
        """people: id, name and the (n, d) unit embeddings of the photographs of each; n >= 1, one d for all."""
        templates, lengths, photos = [], [], []
        for _, _, vectors in people:
            template, outliers = combine(vectors)
            templates.append(template)
            photos.append(np.asarray(vectors, np.float32)[~outliers])
            lengths.append(float(np.linalg.norm(np.asarray(vectors, np.float64)[~outliers].mean(axis=0))))
        nothing = np.empty((0, 0), np.float32)
        return cls(
            people=tuple(person for person, _, _ in people),
            names=tuple(name for _, name, _ in people),
            templates=np.ascontiguousarray(templates, np.float32) if templates else nothing,
            lengths=np.array(lengths, np.float32),
            photos=np.concatenate(photos) if photos else nothing,
            starts=np.cumsum([0, *map(len, photos)])[:-1],
            encoder=encoder,
        )

    def __len__(self) -> int:
        return len(self.people)

    def distances(self, vector: NDArray[np.float32], energy: Energy = L2) -> NDArray[np.float32]:
        """(n,) distances of a (d,) unit embedding to each person, by the energy of the encoder.

        The distance to a person is the root mean square of E_W to their photographs, outliers left out. Unlike the
        distance to the template it is that of the calibration for a single photograph, and for several the FMR of the
        calibration is on the safe side (measured on lfw_dev: 0.1 to 0.6 of what is claimed). An empty gallery: (0,).
        """
        if not self.people:
            return np.empty(0, np.float32)
        if energy == L2:  # what the mean of squares comes to; there is no such shortcut under L1
            cosines = self.templates @ np.asarray(vector, np.float32)
            cosines *= self.lengths
            return np.asarray(energy.distance_at(cosines), np.float32)
        squares = energy.distances(self.photos, vector) ** 2
        counts = np.diff(self.starts, append=len(squares))
        return np.asarray(np.sqrt(np.add.reduceat(squares, self.starts) / counts), np.float32)

    def nearest(self, vector: NDArray[np.float32], energy: Energy = L2) -> Nearest:
        """Whom a (d,) unit embedding is nearest to, by distances(). Raises ValueError for an empty gallery."""
        if not self.people:
            raise ValueError("nobody is enrolled")
        return nearest_of(self.distances(vector, energy))

    def photos_of(self, row: int) -> NDArray[np.float32]:
        """(k, d) the embeddings behind a template."""
        end = self.starts[row + 1] if row + 1 < len(self) else len(self.photos)
        return self.photos[self.starts[row] : end]

    def fpir(self, fmr: float) -> float:
        """Bound of the false positive identification rate where each person would be taken for another at fmr.

        The share of people who are not enrolled that are taken for somebody who is (ISO/IEC 19795-1) is at most the sum
        over all who are enrolled.
        """
        return min(1.0, len(self) * fmr)


def nearest_of(distances: NDArray[np.float32]) -> Nearest:
    """distances: (n,) to each person, n >= 1."""
    row = int(distances.argmin())
    others = np.delete(distances, row)
    return Nearest(row, float(distances[row]), float(others.min()) if len(others) else None)
