"""Each face brings its own strangers: what a likeness means in pictures like these two.

How rare a distance is among clear photographs says nothing about two photographs that share a fault: the same lens, the
same mask, the same grain draw the embeddings of different people together. A cohort holds the embeddings of many people
in clear photographs and in photographs spoilt in many ways. Held against it, a face shows

- how near its likeliest strangers come, mean m and standard deviation d of the NEAREST cosines: adaptive symmetric score
  normalisation (AS-norm; Matejka et al., "Analysis of Score Normalization in Multilingual Speaker Recognition", 2017);
- its fault f: the spoilt strangers that are most like it less the clear ones that are. It points from clear photographs
  to photographs like this one. What one face shares with the fault of the other is no likeness of two people;
- its oddness: by how much more it is like spoilt strangers than like clear ones;
- the cosine that may be expected of it and a clear photograph of the same person.

A fault that no stranger shows is still seen in the pixels (siamgui.core.look): w, the look of a face in units of how
clear photographs vary, has much in common with that of the other face.

    s = x·y - FAULT max(0, x·f_y, y·f_x)                     x, y: unit embeddings
    z = ((s - m_x) / d_x + (s - m_y) / d_y) / 2
        - LOOK max(0, w_x·w_y / sqrt(|w|) - LOOK_FROM) - ODD max(0, min(odd_x, odd_y) - ODD_FROM)

z is put back on the scale of a cosine by the m and d that are usual of clear photographs. The distance that belongs to it
is the *adjusted* distance: that of two clear photographs whose likeness is as rare. Tables of rates are made of adjusted
distances (tools/calibrate.py) and read with them. Whether two faces are too *unlike* is another question: that depends
on how like each of them may be expected to be.

The four weights were chosen on two thirds of the families of spoiling and half of the people that are in no cohort
(docs/decisions/0017-claims-of-the-pair.md).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from siamgui.core.embedding import unit
from siamgui.core.errors import ModelCorrupt
from siamgui.core.manifest import Model, read_manifest
from siamgui.core.resources import models_folder

Vectors = NDArray[np.float32]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

NEAREST = 200
"""Strangers that mean and deviation are taken over."""
ALIKE = 20
"""Spoilt strangers, and clear ones, whose difference is the fault."""
FAULT, LOOK, LOOK_FROM, ODD, ODD_FROM = 1.5, 0.5, 2.5, 50.0, 0.05
UNLIKE = 3.3
"""Standard deviations that a cosine may lie below what is expected of the two faces."""
_LONGEST = 20.0  # of a look: what is this odd is odd enough
_AT_A_TIME = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Conditions:
    """How n faces were photographed, by what a cohort and their pixels say.

    mean, deviation: (n,) of the cosines to the likeliest strangers. fault: (n, d). odd: (n,) how much more like spoilt
    strangers than like clear ones, and like_clear: the cosine to these. look: (n, l) in units of how clear photographs vary; 0 where no pixels were looked at.
    expected: (n,) cosine to a clear photograph of the same person. kind: (n,) which family of spoiling most of the
    spoilt strangers that are most like it show, an index into Cohort.kinds.
    """

    mean: Vectors
    deviation: Vectors
    fault: Vectors
    odd: Vectors
    like_clear: Vectors
    look: Vectors
    expected: Vectors
    kind: Ints

    def __len__(self) -> int:
        return len(self.mean)

    def __getitem__(self, rows: slice | Ints) -> Conditions:
        return Conditions(*(getattr(self, field.name)[rows] for field in fields(self)))


def joined(parts: list[Conditions]) -> Conditions:
    return Conditions(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Conditions)))


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What two faces' conditions do to their cosine: adjusted = slope * cosine + offset, between two faces.

    expected: cosine of two photographs like these of one person. shared: how much of the offset is owed to what the two
    photographs have in common, as a cosine, 0 or more.
    """

    slope: float
    offset: float
    expected: float
    shared: float

    def distance(self, distance: float) -> float:
        """The adjusted distance. distance: E_W, between unit embeddings under L2."""
        return _distance(self.slope * _cosine(distance) + self.offset)

    def plain(self, adjusted: float) -> float:
        """The distance between these two faces whose adjusted distance this is."""
        return _distance((_cosine(adjusted) - self.offset) / self.slope)


def _cosine(distance: float) -> float:
    return 1 - distance * distance / 2


def _distance(cosine: float) -> float:
    return float(np.sqrt(max(2 - 2 * max(-1.0, min(1.0, cosine)), 0.0)))


@dataclass(frozen=True, slots=True, eq=False)
class Clarity:
    """A linear model of the cosine that may be expected of a face and a clear photograph of the same person.

    weights: (k + 1,) of the features (_features()), the last one constant. usual: of two clear photographs.
    deviation: of what comes, from what is expected of two faces.
    """

    weights: NDArray[np.float64]
    usual: float
    deviation: float


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """Embeddings of many people, without names, pictures or order.

    vectors: (n, d) float32 of unit length, the clear ones first. clear: how many these are. kind: (n,) index into kinds.
    kinds: keys of the families of spoiling, "" of clear photographs. encoder: Model.key.
    look_mean, look_scale: (l,), (l, l); a look less the first, times the second, varies by 1 in every direction among
    clear photographs. usual_mean, usual_deviation: of Conditions, the median over clear photographs.
    """

    vectors: Vectors
    clear: int
    kind: Ints
    kinds: tuple[str, ...]
    encoder: str
    look_mean: Vectors
    look_scale: Vectors
    clarity: Clarity
    usual_mean: float
    usual_deviation: float

    def __len__(self) -> int:
        return len(self.vectors)

    def conditions(
        self, vectors: Vectors, norms: Vectors, looks: Vectors | None, own: Bools | None = None
    ) -> Conditions:
        """Of n faces. vectors: (n, d) unit; norms: (n,) of the embeddings before that; looks: (n, l), None where there
        are no pixels. own: (n, len(self)) which rows show the same person, and are no strangers."""
        steps = range(0, len(vectors), _AT_A_TIME)
        parts = (slice(start, start + _AT_A_TIME) for start in steps)
        return joined(
            [
                self._conditions(
                    vectors[part],
                    norms[part],
                    None if looks is None else looks[part],
                    None if own is None else own[part],
                )
                for part in parts
            ]
        )

    def _conditions(self, vectors: Vectors, norms: Vectors, looks: Vectors | None, own: Bools | None) -> Conditions:
        cosines = vectors @ self.vectors.T
        if own is not None:
            cosines[own] = -1
        near = _largest(cosines, NEAREST)
        clear = _places(cosines[:, : self.clear], ALIKE)
        spoilt = self.clear + _places(cosines[:, self.clear :], ALIKE)
        like_clear, like_spoilt = (np.take_along_axis(cosines, rows, 1).mean(axis=1) for rows in (clear, spoilt))
        seen = np.zeros((len(vectors), len(self.look_mean)), np.float32)
        if looks is not None:
            seen = np.asarray((looks - self.look_mean) @ self.look_scale, np.float32)
        mean, deviation = near.mean(axis=1), near.std(axis=1)
        found = Conditions(
            mean=mean,
            deviation=deviation,
            fault=self.vectors[spoilt].mean(axis=1) - self.vectors[clear].mean(axis=1),
            odd=like_spoilt - like_clear,
            like_clear=like_clear,
            look=seen,
            expected=mean,
            kind=np.array([np.bincount(row).argmax() for row in self.kind[spoilt]], np.int64),
        )
        expected = expected_features(norms, found) @ self.clarity.weights
        return replace(found, expected=np.asarray(expected, np.float32))

    def adjusted(self, x: Vectors, a: Conditions, y: Vectors, b: Conditions) -> Vectors:
        """(n, d) faces x under conditions a against (m, d) faces y under b -> (n, m) adjusted cosines."""
        slope, offset = self._line(a, b, *self._shared(x, a, y, b))
        return np.clip(slope * (x @ y.T) + offset, -1, 1)

    def expected(self, a: Conditions, b: Conditions) -> Vectors:
        """(n, m) cosines of two photographs like these of one person."""
        return np.asarray(a.expected[:, None] * b.expected[None] / self.clarity.usual, np.float32)

    def adjustment(self, x: Vectors, a: Conditions, y: Vectors, b: Conditions) -> Adjustment:
        """Of one face, (1, d), and one other."""
        fault, likeness = self._shared(x, a, y, b)
        slope, offset = (float(value[0, 0]) for value in self._line(a, b, fault, likeness))
        nothing = np.zeros_like(fault)
        without = float(self._line(a, b, nothing, nothing)[1][0, 0])
        return Adjustment(slope, offset, float(self.expected(a, b)[0, 0]), without - offset)

    def _shared(self, x: Vectors, a: Conditions, y: Vectors, b: Conditions) -> tuple[Vectors, Vectors]:
        """(n, m) each: how much of the cosine is the fault's, and how much z loses for a common look or oddness."""
        fault = FAULT * np.maximum(np.maximum(x @ b.fault.T, a.fault @ y.T), 0)
        look = a.look @ b.look.T / np.sqrt(np.float32(a.look.shape[1]))
        odd = np.minimum(a.odd[:, None], b.odd[None])
        return fault, LOOK * np.maximum(look - LOOK_FROM, 0) + ODD * np.maximum(odd - ODD_FROM, 0)

    def _line(self, a: Conditions, b: Conditions, fault: Vectors, likeness: Vectors) -> tuple[Vectors, Vectors]:
        """(n, m) each: slope and offset of the adjusted cosine as a function of the cosine."""
        steep = (1 / a.deviation[:, None] + 1 / b.deviation[None]) / 2
        level = (a.mean / a.deviation)[:, None] / 2 + (b.mean / b.deviation)[None] / 2
        slope = self.usual_deviation * steep
        offset = self.usual_mean - self.usual_deviation * (level + likeness) - slope * fault
        return slope, offset


def expected_features(norms: Vectors, seen: Conditions) -> NDArray[np.float64]:
    """(n, k + 1): what the expected cosine is linear in. norms: (n,) of the embeddings before they were made 1."""
    length = np.log(np.maximum(norms, 1e-6))
    oddness = np.log(np.clip((seen.look * seen.look).mean(axis=1), 1e-3, _LONGEST))
    columns = (length, length**2, oddness, seen.mean, seen.deviation, seen.like_clear, seen.odd)
    return np.stack((*columns, np.ones_like(length)), axis=1).astype(np.float64)


def _places(values: Vectors, count: int) -> Ints:
    """(n, m) -> (n, count) the places of the largest of each row, in no order."""
    return np.argpartition(values, values.shape[1] - count, axis=1)[:, -count:]


def _largest(values: Vectors, count: int) -> Vectors:
    """(n, m) -> (n, count) the largest of each row, in no order."""
    return np.partition(values, values.shape[1] - count, axis=1)[:, -count:]


def cohort_of(
    vectors: Vectors,
    kind: Ints,
    kinds: tuple[str, ...],
    encoder: str,
    look_mean: Vectors,
    look_scale: Vectors,
    clarity: Clarity,
) -> Cohort:
    """The cohort of (n, d) unit embeddings in any order; the meanings stand at Cohort."""
    order = np.argsort(kind != kinds.index(""), kind="stable")
    clear = int((kind == kinds.index("")).sum())
    bare = Cohort(vectors[order], clear, kind[order], kinds, encoder, look_mean, look_scale, clarity, 0.0, 1.0)
    some = slice(0, min(clear, _AT_A_TIME))
    cosines = bare.vectors[some] @ bare.vectors.T
    np.fill_diagonal(cosines, -1)  # a face of the cohort is no stranger to itself
    near = _largest(cosines, NEAREST)
    return replace(
        bare,
        usual_mean=float(np.median(near.mean(axis=1))),
        usual_deviation=float(np.median(near.std(axis=1))),
    )


def behind_head(cohort: Cohort, head: Vectors, encoder: str) -> Cohort:
    """The same people as an encoder sees them that has a head, (d, d), behind the one of the cohort."""
    return cohort_of(
        unit(cohort.vectors @ head.T),
        cohort.kind,
        cohort.kinds,
        encoder,
        cohort.look_mean,
        cohort.look_scale,
        cohort.clarity,
    )


@functools.cache
def bundled_cohort() -> Cohort:
    """Of the bundled encoder, made by tools/make_cohort.py. Raises ModelMissing, ModelCorrupt."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    model = read_manifest(models_folder() / "cohort")
    file = model.file("cohort.safetensors")
    try:
        tensors = load(file.read())
        *weights, usual, deviation = tensors["clarity"].tolist()
        return cohort_of(
            unit(tensors["vectors"].astype(np.float32)),
            tensors["kind"].astype(np.int64),
            tuple(model.card["kinds"]),
            str(model.card["encoder"]),
            tensors["look_mean"],
            tensors["look_scale"],
            Clarity(np.array(weights), usual, deviation),
        )
    except (SafetensorError, KeyError, ValueError, IndexError):
        raise ModelCorrupt(name=file.name) from None


def for_encoder(model: Model) -> Cohort | None:
    """The bundled cohort where its embeddings compare with those of model. Raises ModelMissing, ModelCorrupt."""
    cohort = bundled_cohort()
    return cohort if cohort.encoder == model.key else None
