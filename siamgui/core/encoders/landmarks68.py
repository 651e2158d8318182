"""68 points of a face, as the 300-W set numbers them (Sagonas et al., 2013): a MobileFaceNet (Chen et al., 2018,
arXiv:1804.07573) with a linear layer at its end.

(n, 1, 64, 64) float grey in 0..255 -> (n, 136): x and y of each point in turn, from 0 (left, top) to 1. Batch-norm is
folded.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

_STAGES = ((32, 64, 32, 2, 4), (32, 128, 64, 2, 5), (64, 256, 64, 2, 3))
"""Of each stage: what comes in; the width of its first block; what goes out; the stride of that block; blocks."""


def _conv(inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    return [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups), nn.ReLU()]


class _Bottleneck(nn.Module):
    def __init__(self, inputs: int, middle: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.steps = nn.Sequential(
            *_conv(inputs, middle), *_conv(middle, middle, 3, stride, middle), nn.Conv2d(middle, outputs, 1)
        )
        self.residual = stride == 1

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.steps(x)
        return x + y if self.residual else y


class Landmarks68(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        steps = [*_conv(1, 32, 3, 2), *_conv(32, 32, 3, 1, 32)]
        for inputs, first, outputs, stride, blocks in _STAGES:
            steps.append(_Bottleneck(inputs, first, outputs, stride))
            steps += [_Bottleneck(outputs, 2 * outputs, outputs, 1) for _ in range(blocks - 1)]
        steps += [*_conv(64, 512), nn.Conv2d(512, 512, 4, groups=512)]
        self.steps = nn.Sequential(*steps)
        self.points = nn.Linear(512, 136)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.points(torch.flatten(self.steps(x / 256), 1))
        return y
