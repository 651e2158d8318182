"""Varied pictures: same shape and range, the same for the same seed, and each kind of variation does what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from siamgui.finetuning.augment import ALIGNED, Variation, augment

NONE = Variation(shift=0, turn=0, zoom=0, mirror=0, light=0, cover=0)


def varied(x: Tensor, how: Variation, seed: int = 0) -> Tensor:
    return augment(x, how, torch.Generator().manual_seed(seed))


@pytest.fixture
def pictures() -> Tensor:
    """Eight smooth pictures, wider than high, that have no symmetry."""
    across, down = torch.linspace(0, 1, 60), torch.linspace(0, 1, 40)[:, None]
    picture = 40 + 120 * across + 60 * down**2
    return picture.expand(8, 3, 40, 60).clone()


def test_nothing_asked_nothing_done(pictures: Tensor) -> None:
    assert torch.allclose(varied(pictures, NONE), pictures, atol=0.01)


def test_one_seed_gives_one_result(pictures: Tensor) -> None:
    assert torch.equal(varied(pictures, ALIGNED, 5), varied(pictures, ALIGNED, 5))
    assert not torch.equal(varied(pictures, ALIGNED, 5), varied(pictures, ALIGNED, 6))


def test_pictures_differ_from_each_other(pictures: Tensor) -> None:
    result = varied(pictures, ALIGNED)
    assert all(not torch.equal(result[0], other) for other in result[1:])


def test_range_and_shape_stay() -> None:
    noise = torch.rand(16, 1, 56, 46, generator=torch.Generator().manual_seed(1)) * 255
    result = varied(noise, Variation(shift=0.3, turn=40, zoom=0.3, mirror=0.5, light=1, cover=1))
    assert result.shape == noise.shape
    assert 0 <= float(result.min()) <= float(result.max()) <= 255


def test_mirror_is_exact(pictures: Tensor) -> None:
    assert torch.allclose(varied(pictures, replace(NONE, mirror=1)), pictures.flip(3), atol=0.01)


def test_shift_stays_within_its_bound() -> None:
    dots = torch.zeros(200, 1, 51, 101)
    dots[:, :, 25, 50] = 255
    result = varied(dots, replace(NONE, shift=0.1))
    weight = result / result.sum((2, 3), keepdim=True)
    across = (weight.sum(2) * torch.arange(101)).sum(2) - 50
    down = (weight.sum(3) * torch.arange(51)).sum(2) - 25
    assert 9 < float(across.abs().max()) <= 10.1
    assert 4.5 < float(down.abs().max()) <= 5.1


def test_turn_keeps_proportions() -> None:
    """A turn in a picture that is not square must not shear: two dots stay as far apart as they were."""
    dots = torch.zeros(50, 1, 80, 160)
    dots[:, :, 40, 60] = dots[:, :, 40, 100] = 255
    result = varied(dots, replace(NONE, turn=30))
    for picture in result[:, 0]:
        rows, columns = (picture > 20).nonzero(as_tuple=True)
        left, right = columns < 80, columns >= 80
        centre = [torch.stack([rows[side].double().mean(), columns[side].double().mean()]) for side in (left, right)]
        assert float((centre[0] - centre[1]).norm()) == pytest.approx(40, abs=1.5)


def test_cover_takes_a_patch_of_the_stated_size() -> None:
    even = torch.full((100, 1, 60, 60), 100.0)
    even[:, :, :30] = 200.0
    result = varied(even, replace(NONE, cover=1))
    share = (result - even).abs().gt(1).double().mean((1, 2, 3))
    assert float(share.max()) <= 0.34**2
    assert float(share.max()) > 0.05
    assert float(varied(even, NONE).sub(even).abs().max()) < 0.01


def test_light_changes_level_and_slope() -> None:
    result = varied(torch.full((200, 1, 20, 20), 100.0), replace(NONE, light=0.3))
    assert float(result.min()) < 60
    assert float(result.max()) > 140
    slope = (result[:, 0, :, -1] - result[:, 0, :, 0]).mean(1)
    assert float(slope.max()) > 30
    assert float(slope.min()) < -30
