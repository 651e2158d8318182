"""What poor cameras, prints and transmissions do to a face, drawn at random: for an encoder that is to see past it.

No kind of device is imitated in particular. The degraded picture of a good photograph has a known right answer, the
embedding that the photograph itself had; so it teaches without any label.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

_COARSEST, _FINEST = 20, 80  # pixels across the crop, after a loss of resolution
_BLUR = 2.5  # pixels, the widest standard deviation


class Draw:
    """Random amounts for n pictures, from a CPU generator, so that one seed gives the same on every device."""

    def __init__(self, x: Tensor, generator: torch.Generator) -> None:
        self._x, self.generator = x, generator

    def even(self, columns: int = 1) -> Tensor:
        """(n, columns, 1, 1) evenly in 0..1."""
        return torch.rand(len(self._x), columns, 1, 1, generator=self.generator).to(self._x.device)

    def grain(self) -> Tensor:
        """Of the shape of the pictures, normal."""
        return torch.randn(self._x.shape, generator=self.generator).to(self._x.device)


@dataclass(frozen=True, slots=True)
class Distortion:
    """share: of the pictures that it happens to. apply: (n, 3, h, w) and amounts -> the same shape."""

    name: str
    share: float
    apply: Callable[[Tensor, Draw], Tensor]


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


def _gamma(x: Tensor, draw: Draw) -> Tensor:
    return x ** torch.exp(1.4 * (draw.even() - 0.5))


def _contrast(x: Tensor, draw: Draw) -> Tensor:
    mean = x.mean((1, 2, 3), keepdim=True)
    return (x - mean) * torch.exp(1.6 * (draw.even() - 0.5)) + mean


def _noise(x: Tensor, draw: Draw) -> Tensor:
    noise = draw.grain()
    return x + 0.08 * draw.even() * noise


OPTICS = (
    Distortion("grey", 0.4, lambda x, draw: _grey(x)),
    Distortion("blur", 0.6, lambda x, draw: _blurred(x, 0.4 + (_BLUR - 0.4) * draw.even())),
    Distortion("coarse", 0.6, lambda x, draw: _coarse(x, draw.even()[:, 0, 0, 0], draw.generator)),
)
"""What happens to values 0 to 255, in this order."""
TONES = (
    Distortion("gamma", 0.5, _gamma),
    Distortion("contrast", 0.5, _contrast),
    Distortion("colour cast", 0.3, lambda x, draw: x * (0.75 + 0.35 * draw.even(3))),
    Distortion("noise", 0.5, _noise),
)
"""What happens to values 0 to 1 after that."""


def degrade(x: Tensor, generator: torch.Generator) -> Tensor:
    """x: (n, 3, h, w) float RGB in 0..255 -> the same shape and range, each picture degraded by itself.

    generator: a CPU generator, so that one seed gives the same pictures on every device.
    """
    draw = Draw(x, generator)
    x = _distorted(x, OPTICS, draw)
    return (255 * _distorted((x / 255).clamp(0, 1), TONES, draw)).clamp(0, 255)


def _distorted(x: Tensor, distortions: tuple[Distortion, ...], draw: Draw) -> Tensor:
    for distortion in distortions:
        changed = distortion.apply(x, draw)
        x = torch.where(draw.even() < distortion.share, changed, x)
    return x
