"""What poor cameras, prints and transmissions do to a face, drawn at random: for an encoder that is to see past it.

No kind of device is imitated in particular. The degraded picture of a good photograph has a known right answer, the
embedding that the photograph itself had; so it teaches without any label.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

_COARSEST, _FINEST = 20, 80  # pixels across the crop, after a loss of resolution
_BLUR = 2.5  # pixels, the widest standard deviation


def degrade(x: Tensor, generator: torch.Generator) -> Tensor:
    """x: (n, 3, h, w) float RGB in 0..255 -> the same shape and range, each picture degraded by itself.

    generator: a CPU generator, so that one seed gives the same pictures on every device.
    """

    def draw(columns: int = 1) -> Tensor:
        return torch.rand(len(x), columns, 1, 1, generator=generator).to(x.device)

    def sometimes(share: float, changed: Tensor, plain: Tensor) -> Tensor:
        return torch.where(draw() < share, changed, plain)

    x = sometimes(0.4, _grey(x), x)
    x = sometimes(0.6, _blurred(x, 0.4 + (_BLUR - 0.4) * draw()), x)
    x = sometimes(0.6, _coarse(x, draw()[:, 0, 0, 0], generator), x)
    y = (x / 255).clamp(0, 1)
    y = sometimes(0.5, y ** torch.exp(1.4 * (draw() - 0.5)), y)
    mean = y.mean((1, 2, 3), keepdim=True)
    y = sometimes(0.5, (y - mean) * torch.exp(1.6 * (draw() - 0.5)) + mean, y)
    y = sometimes(0.3, y * (0.75 + 0.35 * draw(3)), y)
    noise = torch.randn(x.shape, generator=generator).to(x.device)
    y = sometimes(0.5, y + 0.08 * draw() * noise, y)
    return (255 * y).clamp(0, 255)


def _grey(x: Tensor) -> Tensor:
    weights = x.new_tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
    return (x * weights).sum(1, keepdim=True).expand_as(x)


def _blurred(x: Tensor, sigma: Tensor) -> Tensor:
    """sigma: (n, 1, 1, 1) pixels."""
    reach = math.ceil(2.5 * _BLUR)
    steps = torch.arange(-reach, reach + 1, device=x.device, dtype=x.dtype)
    kernel = torch.exp(-(steps**2) / (2 * sigma[:, 0, 0] ** 2))
    kernel = (kernel / kernel.sum(1, keepdim=True)).repeat_interleave(x.shape[1], 0)
    count, channels, height, width = x.shape
    padded = functional.pad(x, (reach, reach, reach, reach), mode="replicate")
    flat = padded.reshape(1, count * channels, height + 2 * reach, width + 2 * reach)
    across = functional.conv2d(flat, kernel[:, None, None, :], groups=count * channels)
    return functional.conv2d(across, kernel[:, None, :, None], groups=count * channels).view(x.shape)


def _coarse(x: Tensor, amount: Tensor, generator: torch.Generator) -> Tensor:
    """Reduced to fewer pixels and enlarged again. amount: (n,) in 0..1, how far."""
    sides = _COARSEST * (_FINEST / _COARSEST) ** amount
    out = []
    for picture, side in zip(x, sides.tolist(), strict=True):
        small = functional.interpolate(picture[None], (round(side), round(side)), mode="area")
        small = small + 8 * torch.rand(1, generator=generator).item() * torch.randn(
            small.shape, generator=generator
        ).to(x.device)
        out.append(functional.interpolate(small, x.shape[2:], mode="bilinear", align_corners=False))
    return torch.cat(out)
