"""The network of Chopra 2005: its shapes and counts of weights as printed, and how it takes in a picture."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from siamgui.core.encoders import build
from siamgui.core.encoders.chopra2005 import Chopra2005, Chopra2005Encoder


@pytest.fixture
def network() -> Chopra2005:
    torch.manual_seed(0)
    return Chopra2005().eval()


@pytest.fixture
def pictures() -> Tensor:
    return torch.rand(3, 1, 56, 46, generator=torch.Generator().manual_seed(1)) * 255


def weights(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def test_weights_that_agree_with_the_paper(network: Chopra2005) -> None:
    assert weights(network.c1) == 750
    assert weights(network.s2) == 30
    assert weights(network.f6) == 12_550


def test_weights_where_the_paper_contradicts_itself(network: Chopra2005) -> None:
    """The paper names 45 maps and prints the counts of 50: 2 x 50 = 100 and 250 (50 x 25 + 1) = 312,750."""
    assert weights(network.s4) == 2 * 45
    assert weights(network.c5) == 250 * (45 * 25 + 1)
    assert 250 * (50 * 25 + 1) == 312_750


def test_c3_sees_part_of_the_maps(network: Chopra2005) -> None:
    assert weights(network.c3) == 210 * 36 + 45
    seen = network.c3.kernels().abs().amax((2, 3)) > 0  # (map of C3, map of S2)
    assert seen.sum(1).tolist() == [4] * 15 + [5] * 30
    assert seen.sum(0).tolist() == [14] * 15  # no map of S2 is heard more than another


def test_layers_as_printed(network: Chopra2005, pictures: Tensor) -> None:
    """The same numbers from the layers one after the other, each with the size of its maps in the paper."""

    def squash(x: Tensor) -> Tensor:
        return 1.7159 * torch.tanh(2 / 3 * x)

    c1 = squash(network.c1((pictures - pictures.mean((2, 3), keepdim=True)) / pictures.std((2, 3), keepdim=True)))
    s2 = squash(network.s2(nn.functional.avg_pool2d(c1, (2, 2))))
    c3 = nn.functional.conv2d(s2, network.c3.kernels(), network.c3.bias)
    s4 = squash(network.s4(nn.functional.avg_pool2d(c3, (4, 3))))
    c5 = squash(nn.functional.conv2d(s4, network.c5.weight.view(250, 45, 5, 5), network.c5.bias))
    f6 = network.f6(c5.flatten(1))
    sizes = [tuple(layer.shape[1:]) for layer in (c1, s2, c3, s4, c5, f6)]
    assert sizes == [(15, 50, 40), (15, 25, 20), (45, 20, 15), (45, 5, 5), (250, 1, 1), (50,)]
    assert torch.allclose(network(pictures), f6, atol=1e-3)


def test_exposure_and_contrast_do_not_matter(network: Chopra2005, pictures: Tensor) -> None:
    assert torch.allclose(network(pictures * 0.5 + 60), network(pictures), atol=0.05)
    assert not torch.allclose(network(pictures.flip(3)), network(pictures), atol=0.05)


def test_an_even_picture_is_no_accident(network: Chopra2005) -> None:
    even = torch.full((1, 1, 56, 46), 128.0, requires_grad=True)
    result = network(even)
    result.sum().backward()
    assert result.isfinite().all()
    assert even.grad is not None
    assert even.grad.isfinite().all()


def test_every_weight_learns(network: Chopra2005, pictures: Tensor) -> None:
    network(pictures).square().sum().backward()
    assert all(parameter.grad is not None and parameter.grad.abs().sum() > 0 for parameter in network.parameters())


def test_state_holds_weights_only(network: Chopra2005) -> None:
    assert set(network.state_dict()) == {name for name, _ in network.named_parameters()}


def test_encoder_takes_the_middle_of_a_crop_and_halves_it(network: Chopra2005) -> None:
    encoder = build("chopra2005")
    assert isinstance(encoder, Chopra2005Encoder)
    encoder.network.load_state_dict(network.state_dict())
    crop = torch.zeros(1, 3, 112, 112)
    crop[:, 0, :, 10:102] = 100.0
    crop[:, 1, 20:60, 40:70] = 200.0
    grey = 0.299 * crop[:, 0] + 0.587 * crop[:, 1]
    middle = grey[:, :, 10:102]
    halved = (middle[:, ::2, ::2] + middle[:, 1::2, ::2] + middle[:, ::2, 1::2] + middle[:, 1::2, 1::2]) / 4
    assert torch.allclose(encoder(crop), network(halved[:, None]), atol=1e-4)
    crop[:, :, :, :10] = crop[:, :, :, 102:] = 255.0
    assert torch.allclose(encoder(crop), network(halved[:, None]), atol=1e-4)
