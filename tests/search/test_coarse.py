"""Cosines by integers are never further off than is said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from siamgui.search.coarse import Coarse

SIZE = 12
ROWS = 30
NUMBERS = st.floats(-1, 1, width=32) | st.sampled_from([0.0, 1.0, -1.0, 1e-30, 0.5 / 127])


@settings(max_examples=25, deadline=None)
@given(arrays(np.float32, (ROWS, SIZE), elements=NUMBERS), arrays(np.float32, SIZE, elements=NUMBERS))
def test_the_error_is_a_bound(vectors: np.ndarray, query: np.ndarray) -> None:
    coarse = Coarse(vectors)
    off = np.abs(coarse.cosines(query) - vectors.astype(np.float64) @ query)
    assert (off <= np.linalg.norm(query) * coarse.error + 1e-6).all()
    assert coarse.holds


def test_of_embeddings_it_is_small() -> None:
    vectors = np.random.default_rng(3).normal(size=(200, 320)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert Coarse(vectors).error == pytest.approx(0.0075, abs=0.003)
