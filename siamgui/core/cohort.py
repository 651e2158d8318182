"""Each face brings its own strangers: what a likeness means in pictures like these two.

How rare a distance is among clear photographs says nothing about two photographs that share a fault: the same lens, the
same mask, the same grain draw the embeddings of different people together. A cohort holds the embeddings of many people
in clear photographs and in photographs spoilt in many ways. Held against it, a face shows

- how near its likeliest strangers come, mean m and standard deviation d of the NEAREST cosines: adaptive symmetric
  score normalisation (Matejka et al., "Analysis of Score Normalization in Multilingual Speaker Recognition", 2017);
- its fault f: the spoilt strangers that are most like it less the clear ones that are. It points from clear photographs
  to photographs like this one. What one face shares with the fault of the other is no likeness of two people;
- its oddness: by how much more it is like spoilt strangers than like clear ones;
- the cosine that may be expected of it and a clear photograph of the same person.

A fault that no stranger shows is still seen in the pixels (siamgui.core.look): w, the look of a face in units of how
clear and harmlessly spoilt photographs vary, has much in common with that of the other face.

    s = x·y - FAULT max(0, x·f_y, y·f_x)                     x, y: unit embeddings
    z = ((s - m_x) / d_x + (s - m_y) / d_y) / 2
        - LOOK max(0, w_x·w_y / sqrt(|w|) - LOOK_FROM) - ODD max(0, min(odd_x, odd_y) - ODD_FROM)

z is put back on the scale of a cosine by the m and d that are usual of clear photographs. The distance that belongs to
it is the *adjusted* distance: that of two clear photographs whose likeness is as rare. Tables of rates are made of
adjusted distances (tools/calibrate.py) and read with them. Whether two faces are too *unlike* is another question: that
depends on how like each of them may be expected to be.

The four weights were chosen on two thirds of the families of spoiling and half of the people that are in no cohort
(docs/decisions/0017-claims-of-the-pair.md).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siamgui.core.embedding import length, unit
from siamgui.core.encoders.registry import HEAD
from siamgui.core.errors import ModelCorrupt
from siamgui.core.manifest import Model, bundled
from siamgui.core.typed_json import WrongForm
from siamgui.core.weights import read_weights

Vectors = NDArray[np.float32]
Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

NEAREST = 200
"""Strangers that mean and deviation are taken over."""
ALIKE = 20
"""Spoilt strangers, and clear ones, whose difference is the fault."""
FAULT, LOOK, LOOK_FROM, ODD, ODD_FROM = 1.5, 1.0, 2.0, 50.0, 0.05
SHARED = 0.2
"""Adjusted cosine that two photographs lose for what they have in common before a fault is spoken of: 1 in 100 pairs of
clear photographs lose more."""
UNLIKE, CAUTION = 3.3, 3.0
"""Standard deviations that a cosine may lie below what is expected of the two faces, and how many more for the share
that the odder of the two has lost of what is usual: the worse a photograph, the less is known of what to expect."""
OWN = 0.5
"""A clear row at least this like a face shows the same person, and none of that person's rows is a stranger.

Other people are hardly ever that near (far beyond the limit of "strict"). Spoilt rows do not tell: a fault draws others
as near."""
_LONGEST = 20.0  # of a look: what is this odd is odd enough
_AT_A_TIME = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Conditions:
    """How n faces were photographed, by what a cohort and their pixels say.

    mean, deviation: (n,) of the cosines to the likeliest strangers. fault: (n, d). odd: (n,) how much more like spoilt
    strangers than like clear ones; like_clear: (n,) the cosine to these. look: (n, l) in units of how clear photographs
    vary; 0 where no pixels were looked at. expected: (n,) cosine to a clear photograph of the same person. kind: (n,)
    which family of spoiling most of the spoilt strangers that are most like it show, an index into Cohort.kinds.
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


@dataclass(frozen=True, slots=True, eq=False)
class Adjustment:
    """What the conditions of m pairs of faces do to their cosines: adjusted = slope * cosine + offset.

    slope, offset: (m,). unlike: (m,) distance up to which the two may well be of one person, as they were photographed.
    shared: (m,) what the offset is lower for what the two photographs have in common; 0 or more.
    """

    slope: Floats
    offset: Floats
    unlike: Floats
    shared: Floats

    def adjusted(self, distance: Floats) -> Floats:
        """(m,) adjusted distances. distance: (m,) E_W of unit embeddings, under L2."""
        return _distance(self.slope * _cosine(distance) + self.offset)

    def plain(self, adjusted: Floats | float) -> Floats:
        """(m,) the distance between these two faces whose adjusted distance this is."""
        return _distance((_cosine(adjusted) - self.offset) / self.slope)

    def __getitem__(self, rows: Bools) -> Adjustment:
        return Adjustment(*(getattr(self, field.name)[rows] for field in fields(self)))

    def forgiving(self, most: Floats | float) -> Adjustment:
        """As if the two photographs had less in common by so much, at most; infinity: as if they had nothing."""
        forgiven = np.minimum(self.shared, most)
        return replace(self, offset=self.offset + forgiven, shared=self.shared - forgiven)


def _cosine(distance: Floats | float) -> Floats:
    return np.asarray(1 - np.square(distance) / 2, np.float64)


def _distance(cosine: Floats) -> Floats:
    return np.asarray(np.sqrt(2 - 2 * np.clip(cosine, -1, 1)))


class Meeting(NamedTuple):
    """One face held against a cohort. conditions: of it alone. strangers: (n,) rising cosines to all of the cohort."""

    conditions: Conditions
    strangers: Vectors


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

    vectors: (n, d) float32 of unit length, the clear ones first. clear: how many these are. kind: (n,) index into
    kinds. person: (n,) a number for who each shows. kinds: keys of the families of spoiling, "" of clear photographs.
    encoder: Model.key. look_mean, look_scale: (l,), (l, l); a look less the first, times the second, varies by 1 in all
    directions among clear photographs and those whose fault draws nobody together. usual_mean, usual_deviation: of
    Conditions, the median over clear photographs.
    """

    vectors: Vectors
    clear: int
    kind: Ints
    person: Ints
    kinds: tuple[str, ...]
    encoder: str
    look_mean: Vectors
    look_scale: Vectors
    clarity: Clarity
    usual_mean: float
    usual_deviation: float

    def __len__(self) -> int:
        return len(self.vectors)

    def meet(self, vector: Vectors, norm: float, look: Vectors | None) -> Meeting:
        """One face. vector: (d,) unit; norm: of the embedding before that; look: (l,), None without pixels."""
        # A matrix product would wake threads of its own, which go on spinning while the networks want the processors.
        # siamgui/__init__.py asks them not to, which only holds where numpy had not been imported before.
        cosines = np.vecdot(self.vectors, vector)[None]
        self._leave_out_own(cosines)
        looks = None if look is None else look[None]
        found = self._conditions(cosines, np.array([norm], np.float32), looks)
        return Meeting(found, np.sort(cosines[0]))

    def conditions(
        self, vectors: Vectors, norms: Vectors, looks: Vectors | None, own: Bools | None = None
    ) -> Conditions:
        """Of n faces. vectors: (n, d); norms: (n,); looks: (n, l); as in meet().

        own: (n, len(self)) which rows show the same person, and are no strangers.
        """
        parts = []
        for start in range(0, len(vectors), _AT_A_TIME):
            part = slice(start, start + _AT_A_TIME)
            cosines = vectors[part] @ self.vectors.T
            self._leave_out_own(cosines)
            if own is not None:
                cosines[own[part]] = -1
            parts.append(self._conditions(cosines, norms[part], None if looks is None else looks[part]))
        return joined(parts)

    def _leave_out_own(self, cosines: Vectors) -> None:
        """-1 in place of the (n, len(self)) cosines to rows that show the person of the face."""
        faces, rows = np.nonzero(cosines[:, : self.clear] >= OWN)
        for face in set(faces.tolist()):  # np.unique would import numpy.ma, which a cold comparison would wait for
            cosines[face, np.isin(self.person, self.person[rows[faces == face]])] = -1

    def _conditions(self, cosines: Vectors, norms: Vectors, looks: Vectors | None) -> Conditions:
        near = _largest(cosines, NEAREST)
        clear = _places(cosines[:, : self.clear], ALIKE)
        spoilt = self.clear + _places(cosines[:, self.clear :], ALIKE)
        like_clear, like_spoilt = (np.take_along_axis(cosines, rows, 1).mean(axis=1) for rows in (clear, spoilt))
        seen = np.zeros((len(cosines), len(self.look_mean)), np.float32)
        if looks is not None:
            seen = np.einsum("nl,lk->nk", looks - self.look_mean, self.look_scale)
        found = Conditions(
            mean=near.mean(axis=1),
            deviation=near.std(axis=1),
            fault=self.vectors[spoilt].mean(axis=1) - self.vectors[clear].mean(axis=1),
            odd=like_spoilt - like_clear,
            like_clear=like_clear,
            look=seen,
            expected=like_clear,
            kind=np.array([np.bincount(row).argmax() for row in self.kind[spoilt]], np.int64),
        )
        expected = expected_features(norms, found) @ self.clarity.weights
        return replace(found, expected=np.asarray(expected, np.float32))

    def all_adjusted(self, x: Vectors, a: Conditions, y: Vectors, b: Conditions) -> Vectors:
        """(n, d) faces x under conditions a, each against each of (m, d) faces y under b -> (n, m) adjusted cosines."""
        fault = np.maximum(x @ b.fault.T, a.fault @ y.T)
        look = a.look @ b.look.T
        row, column = _reshaped(a, (-1, 1)), _reshaped(b, (1, -1))
        slope, offset, shared = self._line(row, column, fault, look)
        return np.asarray(np.clip(slope * (x @ y.T) + offset - shared, -1, 1), np.float32)

    def all_shared(self, x: Vectors, a: Conditions, y: Vectors, b: Conditions) -> Vectors:
        """(n, m) what the cosines of all_adjusted() are lower for what two photographs have in common."""
        fault = np.maximum(x @ b.fault.T, a.fault @ y.T)
        row, column = _reshaped(a, (-1, 1)), _reshaped(b, (1, -1))
        return np.asarray(self._line(row, column, fault, a.look @ b.look.T)[2], np.float32)

    def all_unlike(self, a: Conditions, b: Conditions) -> Floats:
        """(n, m) distances up to which faces under conditions a and b may well be of one person."""
        return self._unlike(a.expected[:, None], b.expected[None])

    def adjustment(self, x: Vectors, a: Conditions, y: Vectors, b: Conditions) -> Adjustment:
        """Of m pairs of faces: (m, d) each, with their conditions."""
        fault = np.maximum(np.vecdot(x, b.fault), np.vecdot(a.fault, y))
        slope, offset, shared = self._line(a, b, fault, np.vecdot(a.look, b.look))
        return Adjustment(slope, offset - shared, self._unlike(a.expected, b.expected), shared)

    def _unlike(self, a: Vectors, b: Vectors) -> Floats:
        """a, b: Conditions.expected."""
        usual, deviation = self.clarity.usual, self.clarity.deviation
        lost = np.maximum(1 - np.minimum(a, b) / usual, 0)
        return _distance(a * b / usual - (UNLIKE + CAUTION * lost) * deviation)

    def _line(self, a: Conditions, b: Conditions, fault: Vectors, look: Vectors) -> tuple[Floats, Floats, Floats]:
        """The adjusted cosine is the first times the cosine, plus the second, less what is shared, the third."""
        slope = self.usual_deviation * (1 / a.deviation + 1 / b.deviation) / 2
        level = (a.mean / a.deviation + b.mean / b.deviation) / 2
        common = np.maximum(look / np.sqrt(np.float32(len(self.look_mean))) - LOOK_FROM, 0)
        odd = np.maximum(np.minimum(a.odd, b.odd) - ODD_FROM, 0)
        shared = slope * FAULT * np.maximum(fault, 0) + self.usual_deviation * (LOOK * common + ODD * odd)
        return slope, self.usual_mean - self.usual_deviation * level, shared


def _reshaped(conditions: Conditions, shape: tuple[int, int]) -> Conditions:
    """With the numbers of a face along one axis of a table of pairs."""
    return replace(
        conditions,
        mean=conditions.mean.reshape(shape),
        deviation=conditions.deviation.reshape(shape),
        odd=conditions.odd.reshape(shape),
    )


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


def nearer(strangers: Vectors | None, distance: float) -> int:
    """How many strangers come at least this near to a face. strangers: their rising cosines."""
    if strangers is None:
        return 0
    return len(strangers) - int(np.searchsorted(strangers, 1 - distance * distance / 2))


def cohort_of(
    vectors: Vectors,
    kind: Ints,
    person: Ints,
    kinds: tuple[str, ...],
    encoder: str,
    look_mean: Vectors,
    look_scale: Vectors,
    clarity: Clarity,
    usual: tuple[float, float],
) -> Cohort:
    """The cohort of (n, d) unit embeddings in any order. usual: mean and deviation; the meanings stand at Cohort."""
    order = np.argsort(kind != kinds.index(""), kind="stable")
    clear = int((kind == kinds.index("")).sum())
    return Cohort(
        vectors[order], clear, kind[order], person[order], kinds, encoder, look_mean, look_scale, clarity, *usual
    )


def behind_head(cohort: Cohort, head: Vectors, encoder: str) -> Cohort:
    """The same people as an encoder sees them that has a head, (d, d), behind the one of the cohort."""
    return replace(cohort, vectors=unit(cohort.vectors @ head.T), encoder=encoder)


@functools.cache
def bundled_cohort() -> Cohort:
    """Of the bundled encoder, as tools/make_cohort.py wrote it: clear ones first. Raises ModelMissing, ModelCorrupt."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    model = bundled("cohort")
    file = model.file("cohort.safetensors")
    try:
        tensors = load(file.read())
        *weights, expected, spread = tensors["clarity"].tolist()
        usual_mean, usual_deviation = tensors["usual"].tolist()
        kind = tensors["kind"].astype(np.int64)
        vectors = tensors["vectors"].astype(np.float32)
        np.divide(vectors, length(vectors)[:, None], out=vectors)  # as unit() does, without another 16 MB
        return Cohort(
            vectors=vectors,
            clear=int((kind == 0).sum()),
            kind=kind,
            person=tensors["person"].astype(np.int64),
            kinds=tuple(model.card["kinds"]),
            encoder=str(model.card["encoder"]),
            look_mean=tensors["look_mean"],
            look_scale=tensors["look_scale"],
            clarity=Clarity(np.array(weights), expected, spread),
            usual_mean=usual_mean,
            usual_deviation=usual_deviation,
        )
    except (SafetensorError, KeyError, ValueError, IndexError):
        raise ModelCorrupt(name=file.name) from None


def for_encoder(model: Model) -> Cohort | None:
    """The bundled cohort as a model sees it that is the bundled encoder, with or without a head behind it; else None.

    That no weight of the encoder changed is for the caller to know.

    Raises ModelMissing, ModelCorrupt.
    """
    cohort = bundled_cohort()
    if cohort.encoder == model.key:
        return cohort
    encoder = cohort.encoder.partition(" ")[0]
    if model.architecture == encoder:
        return replace(cohort, encoder=model.key)
    return _behind_head_of(model) if model.architecture == encoder + HEAD else None


@functools.lru_cache(maxsize=2)
def _behind_head_of(model: Model) -> Cohort:
    file = model.file("weights.safetensors")
    try:
        head = read_weights(file.read())["head.weight"]
        return behind_head(bundled_cohort(), np.asarray(head, np.float32), model.key)
    except (WrongForm, KeyError, ValueError):
        raise ModelCorrupt(name=file.name) from None
