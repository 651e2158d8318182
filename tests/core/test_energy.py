"""The distance of two embeddings: bounds, and every way to it gives the same."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from siamgui.core.energy import ENERGIES, L1, L2, Energy

BOTH = pytest.mark.parametrize("energy", [L2, L1], ids=lambda energy: energy.name)


def units(seed: int, *shape: int) -> NDArray[np.float32]:
    vectors = np.random.default_rng(seed).normal(size=shape)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), np.float32)


def test_the_names_are_those_of_settings_and_manifests() -> None:
    assert ENERGIES == {"l2": L2, "l1": L1}


def test_q_is_2_under_l2_and_2_sqrt_d_under_l1() -> None:
    assert L2.bound(192) == 2.0
    assert L1.bound(192) == pytest.approx(2 * np.sqrt(192))
    for energy, vector in ((L2, units(0, 16)), (L1, np.full(16, 0.25, np.float32))):
        assert energy.distance(vector, -vector) == pytest.approx(energy.bound(16), rel=1e-6)


@BOTH
def test_no_two_embeddings_are_farther_apart_than_the_bound(energy: Energy) -> None:
    a, b = units(1, 500, 8), units(2, 500, 8)
    assert energy.distances(a, b).max() <= energy.bound(8)


@BOTH
def test_one_pair_many_pairs_couples_and_tensors_agree(energy: Energy) -> None:
    a, b = units(3, 6, 32), units(4, 6, 32)
    by_hand = np.abs(a - b).sum(1) if energy is L1 else np.sqrt(((a - b) ** 2).sum(1))
    assert energy.distances(a, b) == pytest.approx(by_hand, rel=1e-5)
    assert [energy.distance(x, y) for x, y in zip(a, b, strict=True)] == pytest.approx(by_hand, rel=1e-5)
    assert energy.between(torch.from_numpy(a), torch.from_numpy(b)).numpy() == pytest.approx(by_hand, rel=1e-5)
    couples = energy.distance_at(energy.closeness(a, b))
    assert couples.shape == (6, 6)
    assert np.diag(couples) == pytest.approx(by_hand, rel=1e-4)
    assert energy.closeness_at(float(by_hand[0])) == pytest.approx(
        float(energy.closeness(a[:1], b[:1])[0, 0]), abs=1e-5
    )


def test_neither_torch_nor_numpy_is_loaded_by_naming_an_energy() -> None:
    code = "import sys, siamgui.core.manifest as m; print([n for n in ('torch', 'numpy') if n in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
