"""Cross-fitting: every couple is measured by an encoder that learned from neither, nor from anybody joined to them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siamgui.core.energy import L2
from siamgui.finetuning.cross_fitting import cross_fitted, held_out
from siamgui.finetuning.split import folds_of, split_pairs
from siamgui.labelling.types import Part, Split
from siamgui.versions.unseen import FOLDS, Sight
from tests.builders.pair_sets import pair_set

Vectors = NDArray[np.float32]


def unit(values: NDArray[np.float64]) -> Vectors:
    return np.asarray(values / np.linalg.norm(values, axis=1, keepdims=True), np.float32)


def test_every_couple_is_measured_by_an_encoder_that_saw_neither() -> None:
    pairs = pair_set(40)
    split, parts = split_pairs(pairs), []

    def trained(part: Split) -> Sight:
        parts.append(part)
        return Sight(unit(np.random.default_rng(len(parts)).normal(size=(len(pairs.person), 8))))

    unseen = cross_fitted(pairs, split, 0, L2, trained, lambda done, total: None)
    assert unseen is not None
    assert len(parts) == FOLDS * (FOLDS - 1) // 2
    assert not np.isnan(unseen.couples).any()
    np.testing.assert_allclose(unseen.couples, unseen.couples.T, atol=1e-6)
    np.testing.assert_array_equal(unseen.fold, folds_of(pairs, FOLDS, 0))
    for part in parts:
        out = np.unique(unseen.fold[part.face == Part.JUDGE])
        assert len(out) == 2
        assert set(pairs.person[part.face == Part.JUDGE]).isdisjoint(pairs.person[part.face != Part.JUDGE])
    vectors = [unit(np.random.default_rng(n + 1).normal(size=(len(pairs.person), 8))) for n in range(len(parts))]
    for i, j in ((0, 1), (2, 40), (5, 77)):
        allowed = [n for n, part in enumerate(parts) if (part.face[[i, j]] == Part.JUDGE).all()]
        distances = [np.linalg.norm(vectors[n][i] - vectors[n][j]) for n in allowed]
        assert np.isclose(distances, unseen.couples[i, j], atol=1e-5).any()


def test_a_run_that_is_ended_early_is_not_measured_so() -> None:
    pairs = pair_set(40)
    assert cross_fitted(pairs, split_pairs(pairs), 0, L2, lambda part: None, lambda done, total: None) is None


def test_labelled_pairs_are_judged_by_other_folds() -> None:
    pairs = pair_set(40, known=True)
    vectors = unit(np.random.default_rng(0).normal(size=(80, 8)))
    unseen = held_out(pairs, Sight(vectors), np.arange(80), 0, L2)
    ends = unseen.folds_of_pairs(pairs)
    fold = np.where(ends[0] == ends[1], ends[0], -1)
    assert set(fold[fold >= 0]) <= set(range(FOLDS))
    rest = unseen.without(np.array([0]), pairs)
    assert 0 not in rest.fold
    assert np.isnan(rest.labelled[fold == 0]).all()
    np.testing.assert_array_equal(rest.labelled[fold > 0], unseen.labelled[fold > 0])
    neither = unseen.without(np.array([0, 3]), pairs)
    assert set(neither.fold) == {1, 2, 4}
    kept = ~np.isin(ends, [0, 3]).any(axis=0)
    np.testing.assert_array_equal(np.isnan(neither.labelled), ~kept)
