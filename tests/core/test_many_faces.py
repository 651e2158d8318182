"""Many faces in batches are what they are one by one, and 16 bits are taken only where distances stay what they are."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from siamgui.core.many_faces import ManyFaces


def encoder(scale: float) -> nn.Module:
    """A small network on pictures of 8 x 8, whose numbers are as large as wanted."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(8 * 36, 16)).eval()
    with torch.no_grad():
        net[0].weight.mul_(scale)
    return net


def faces(count: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, 8, 8, 3)).astype(np.uint8)


def test_faces_in_batches_are_what_they_are_one_by_one() -> None:
    together = ManyFaces(encoder(1.0), torch.device("cpu"))
    together.batch = 4
    crops = faces(10)
    alone = np.concatenate([together.encode(crops[n : n + 1]) for n in range(10)])
    np.testing.assert_allclose(together.encode(crops), alone, rtol=1e-4, atol=1e-4)
    assert together.half is False  # on a CPU they are slower


def test_16_bits_are_taken_only_where_distances_stay_what_they_are() -> None:
    for scale, wanted in ((1.0, True), (1e4, False)):  # the second: numbers too large for them
        together = ManyFaces(encoder(scale), torch.device("cpu"))
        together.half = None
        together.encode(faces(6))
        assert together.half is wanted
