"""Random variations of face pictures that leave the person the same: movements, mirror, light, covered patches."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class Variation:
    """How far each picture is varied, at most; every amount is drawn evenly from 0 to that in both directions.

    shift: share of the width (and of the height). turn: degrees. zoom: share of the size.
    mirror: probability of mirroring. light: share by which the grey values change, overall and as a slope from side
    to side and from top to bottom. cover: probability of a rectangle without content, a sixth to a third of the
    sides large.
    """

    shift: float
    turn: float
    zoom: float
    mirror: float
    light: float
    cover: float


ALIGNED = Variation(shift=0.02, turn=3, zoom=0.03, mirror=0.5, light=0.2, cover=0.25)
"""For crops whose landmarks stand in their places."""


def augment(x: Tensor, how: Variation, generator: torch.Generator) -> Tensor:
    """x: (n, channels, height, width) float in 0..255 -> the same shape and range, each picture varied by itself.

    generator: a CPU generator, so that one seed gives the same pictures on every device. x may lie anywhere.
    """
    count = len(x)

    def draw(columns: int = 1) -> Tensor:
        """(n, columns, 1, 1) evenly in -1..1."""
        return (torch.rand(count, columns, 1, 1, generator=generator) * 2 - 1).to(x.device)

    def happens(probability: float) -> Tensor:
        return (draw() + 1) / 2 < probability

    x = _moved(x, how, draw(4)[:, :, 0, 0], happens(how.mirror)[:, 0, 0, 0])
    x = _lit(x, how.light * draw(3))
    return torch.where(happens(how.cover) & _rectangles(x, draw(4)), x.mean((1, 2, 3), keepdim=True), x)


def _moved(x: Tensor, how: Variation, by: Tensor, mirrored: Tensor) -> Tensor:
    """by: (n, 4) in -1..1: turn, zoom, shift across, shift down."""
    height, width = x.shape[2:]
    angle = by[:, 0] * math.radians(how.turn)
    scale = 1 + by[:, 1] * how.zoom
    across, down = 2 * how.shift * by[:, 2], 2 * how.shift * by[:, 3]  # the grid reaches from -1 to 1
    side = torch.where(mirrored, -1.0, 1.0)
    cos, sin = scale * torch.cos(angle), scale * torch.sin(angle)
    first = torch.stack([side * cos, -sin * height / width, across], 1)
    second = torch.stack([side * sin * width / height, cos, down], 1)
    grid = functional.affine_grid(torch.stack([first, second], 1), list(x.shape), align_corners=False)
    return functional.grid_sample(x, grid.to(x.dtype), padding_mode="border", align_corners=False)


def _axes(x: Tensor) -> tuple[Tensor, Tensor]:
    """Places across (1, 1, 1, width) and down (1, 1, height, 1), both in -1..1."""
    height, width = x.shape[2:]
    across = torch.linspace(-1, 1, width, device=x.device).view(1, 1, 1, width)
    return across, torch.linspace(-1, 1, height, device=x.device).view(1, 1, height, 1)


def _lit(x: Tensor, by: Tensor) -> Tensor:
    """by: (n, 3, 1, 1): overall, slope across, slope down."""
    across, down = _axes(x)
    level, right, bottom = (by[:, i : i + 1] for i in range(3))
    lit: Tensor = (x * (1 + level + right * across + bottom * down)).clamp(0, 255)
    return lit


def _rectangles(x: Tensor, by: Tensor) -> Tensor:
    """One rectangle in each picture: (n, 1, height, width) bool. by: (n, 4, 1, 1) in -1..1: centre and sides."""
    across, down = _axes(x)
    x0, y0, wide, high = (by[:, i : i + 1] for i in range(4))
    inside: Tensor = ((across - x0).abs() < 0.25 + wide / 12) & ((down - y0).abs() < 0.25 + high / 12)
    return inside
