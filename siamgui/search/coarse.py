"""Cosines to very many embeddings, a little wrong and a quarter of the memory: by how much at most is known for each.

An embedding x is kept as 8-bit integers with one scale, x' = s q, |q| <= 127. For a query y

    |x.y - x'.y| = |(x - x').y| <= |x - x'| |y|        (Cauchy and Schwarz)

and |x - x'|, about 0.007, is measured when the integers are made. A pass over all faces is bound by the memory, so a
quarter of the bytes takes a quarter of the time. OpenVINO multiplies by such integers as language models do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siamgui.core.vino import ov

Vectors = NDArray[np.float32]

ROUNDING = 1e-4
"""What sums of some hundred products in single precision may be off beside that; ten times what was ever seen."""
_LEVELS, _TRIED = 127, 64
_AT_A_TIME = 2**11
"""Embeddings that stay in the cache while they are rounded."""
_CPU = {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": "0"}
"""Queries are not rounded as well."""


class Coarse:
    """n embeddings. error: (n,) by how much cosines() may be wrong at most, for a query of length 1."""

    def __init__(self, *parts: Vectors) -> None:
        """parts: (n, d) together, of any length; as they lie, for copies of them would take several times as much."""
        size = sum(map(len, parts))
        levels, scale = np.empty((size, parts[0].shape[1]), np.int8), np.empty(size, np.float32)
        self.error = np.empty(size, np.float32)
        for start, part in _in_pieces(parts):
            some = slice(start, start + len(part))
            scale[some] = np.maximum(np.abs(part).max(axis=1), np.finfo(np.float32).tiny) / _LEVELS
            rounded = np.clip(np.rint(part / scale[some, None]), -_LEVELS, _LEVELS)
            levels[some] = rounded
            rest = part - rounded * scale[some, None]
            self.error[some] = np.linalg.norm(rest, axis=1) * (1 + ROUNDING) + ROUNDING
        self._request = _compiled(levels, scale)
        self._tried = levels[:_TRIED].copy(), scale[:_TRIED].copy()

    def cosines(self, query: Vectors) -> Vectors:
        """(d,) -> (n,), until the next call."""
        self._request.infer({0: query[None]})
        found: Vectors = self._request.output_tensors[0].data[0]
        return found

    @property
    def holds(self) -> bool:
        """Whether this processor multiplies as exactly as promised: tried with one query."""
        levels, scale = self._tried
        query = np.random.default_rng(0).normal(size=(1, levels.shape[1])).astype(np.float32)[0]
        query /= np.linalg.norm(query)
        exact = np.asarray(levels @ query * scale, np.float32)
        return bool(np.abs(self.cosines(query)[: len(exact)] - exact).max() <= ROUNDING / 2)


def _in_pieces(parts: tuple[Vectors, ...]) -> Iterator[tuple[int, Vectors]]:
    """The row of the first, and a few of them, in single precision."""
    first = 0
    for part in parts:
        for start in range(0, len(part), _AT_A_TIME):
            yield first + start, part[start : start + _AT_A_TIME].astype(np.float32, copy=False)
        first += len(part)


def _compiled(levels: NDArray[np.int8], scale: Vectors) -> Any:
    from openvino import opset13 as ops

    query = ops.parameter([1, levels.shape[1]], np.float32)
    weights = ops.multiply(ops.convert(ops.constant(levels), np.float32), ops.constant(scale[:, None]))
    graph = ov.Model([ops.result(ops.matmul(query, weights, False, True))], [query], "cosines")
    return ov.Core().compile_model(graph, "CPU", _CPU).create_infer_request()
