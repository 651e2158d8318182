"""One face of a searched photograph or film as it is kept: numbers only, in one piece of bytes. No pixels are kept.

The embedding is kept in half precision: that moves a distance by less than 0.001 (a test measures it), and halves what
a million faces take on the disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siamgui.core.embedding import unit
from siamgui.core.types import Face, FaceReading, Finding, Quality, QualityIssue

Vectors = NDArray[np.float32]

LOOK = 105
"""Numbers of a look (siamgui.core.look)."""
SAME_PHOTO = 0.45
"""A distance: two copies of a photograph are hardly ever farther apart, two photographs of a person hardly ever nearer.

tools/search_claims.py --copies measures both.
"""
_QUALITY = ("eye_distance", "sharpness", "brightness", "contrast", "yaw", "pitch", "detector_score", "embedding_norm")
_ISSUES = tuple(QualityIssue)  # a bit each, in the order in which they are declared; a later one comes at the end


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds of a film: where somebody is seen from first to last, and best at.

    hash: 64 bits of what the picture at `at` looks like (siamgui.search.picture_hash).
    """

    at: float
    first: float
    last: float
    hash: int


@dataclass(frozen=True, slots=True, eq=False)
class SeenFace:
    """face: in pixels of the upright picture. vector: (d,) unit embedding. look: (LOOK,), zeros where there is none.

    mean, deviation: of Conditions, by which likenesses are ordered; NaN where the encoder has no cohort. span: in a
    film, else None.
    """

    face: Face
    quality: Quality
    vector: Vectors
    look: Vectors
    mean: float
    deviation: float
    span: Span | None = None

    @classmethod
    def of(cls, reading: FaceReading, look: Vectors, span: Span | None = None) -> SeenFace:
        met = reading.conditions
        mean, deviation = (float("nan"),) * 2 if met is None else (float(met.mean[0]), float(met.deviation[0]))
        return cls(reading.face, reading.quality, reading.embedding.vector, look, mean, deviation, span)

    def pack(self) -> bytes:
        row = np.zeros((), _layout(len(self.vector)))
        row["vector"], row["look"] = self.vector, self.look
        row["mean"], row["deviation"] = self.mean, self.deviation
        row["box"], row["landmarks"], row["score"] = self.face.box, self.face.landmarks, self.face.score
        values = (getattr(self.quality, name) for name in _QUALITY)
        row["quality"] = [np.nan if value is None else value for value in values]
        row["issues"] = sum(1 << _ISSUES.index(found.issue) for found in self.quality.findings)
        row["decisive"] = sum(1 << _ISSUES.index(found.issue) for found in self.quality.findings if found.decisive)
        if self.span is not None:
            row["span"] = self.span.at, self.span.first, self.span.last
            row["hash"] = self.span.hash
        else:
            row["span"] = np.nan
        return row.tobytes()

    @classmethod
    def unpack(cls, data: bytes) -> SeenFace:
        """Raises ValueError for what pack() never made."""
        row = unpacked([data])[0]
        issues, decisive = int(row["issues"]), int(row["decisive"])
        found = [Finding(issue, bool(decisive >> bit & 1)) for bit, issue in enumerate(_ISSUES) if issues >> bit & 1]
        values = dict(zip(_QUALITY, map(float, row["quality"]), strict=True))
        norm = values.pop("embedding_norm")
        return cls(
            face=Face(row["box"].copy(), row["landmarks"].copy(), float(row["score"])),
            quality=Quality(**values, embedding_norm=None if np.isnan(norm) else norm, findings=tuple(found)),
            vector=unit(row["vector"].astype(np.float32)),
            look=row["look"].astype(np.float32),
            mean=float(row["mean"]),
            deviation=float(row["deviation"]),
            span=None if np.isnan(row["span"][0]) else _span(row),
        )


def _span(row: Any) -> Span:
    at, first, last = map(float, row["span"])
    return Span(at, first, last, int(row["hash"]))


def issue_bit(issue: QualityIssue) -> int:
    """Where it stands in the fields issues and decisive of unpacked()."""
    return 1 << _ISSUES.index(issue)


def unpacked(data: Sequence[bytes]) -> NDArray[Any]:
    """(n,) records of n >= 1 packed faces of one encoder, with the fields of _layout(). Raises ValueError."""
    size, rest = divmod(len(data[0]) - _layout(0).itemsize, 2)
    if size < 1 or rest or any(len(one) != len(data[0]) for one in data):
        raise ValueError("no faces of one encoder")
    return np.frombuffer(b"".join(data), _layout(size))


@cache
def _layout(size: int) -> np.dtype[np.void]:
    """size: numbers of an embedding."""
    return np.dtype(
        [
            ("vector", "<f2", (size,)),
            ("look", "<f2", (LOOK,)),
            ("mean", "<f4"),
            ("deviation", "<f4"),
            ("box", "<f4", (4,)),
            ("landmarks", "<f4", (5, 2)),
            ("score", "<f4"),
            ("quality", "<f4", (len(_QUALITY),)),
            ("span", "<f8", (3,)),
            ("hash", "<u8"),
            ("issues", "<u4"),
            ("decisive", "<u4"),
        ]
    )
