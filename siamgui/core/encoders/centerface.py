"""CenterFace (Xu et al., 2019, arXiv:1911.03599): a MobileNetV2 with a feature pyramid and four heads at stride 4.

Batch-norm is folded. (n, 3, h, w) float RGB in 0..255, h and w multiples of 32 -> heatmap (n, 1, h/4, w/4) in
[0, 1], log scale (n, 2, ...) as height then width, offset (n, 2, ...) as y then x, landmarks (n, 10, ...) as five
(y, x).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def _conv(inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, groups=groups)


class _InvertedResidual(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int, expansion: int) -> None:
        super().__init__()
        middle = inputs * expansion
        steps: list[nn.Module] = [] if expansion == 1 else [_conv(inputs, middle), nn.ReLU()]
        steps += [_conv(middle, middle, 3, stride, groups=middle), nn.ReLU(), _conv(middle, outputs)]
        self.steps = nn.Sequential(*steps)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.steps(x)
        return x + y if self.residual else y


def _stage(inputs: int, outputs: int, stride: int, repeats: int, expansion: int = 6) -> list[nn.Module]:
    first = _InvertedResidual(inputs, outputs, stride, expansion)
    return [first, *(_InvertedResidual(outputs, outputs, 1, expansion) for _ in range(repeats - 1))]


class CenterFace(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        # The four stages end where the pyramid branches off: strides 4, 8, 16, 32.
        self.stage4 = nn.Sequential(_conv(3, 32, 3, 2), nn.ReLU(), *_stage(32, 16, 1, 1, 1), *_stage(16, 24, 2, 2))
        self.stage8 = nn.Sequential(*_stage(24, 32, 2, 3))
        self.stage16 = nn.Sequential(*_stage(32, 64, 2, 4), *_stage(64, 96, 1, 3))
        self.stage32 = nn.Sequential(*_stage(96, 160, 2, 3), *_stage(160, 320, 1, 1))
        self.lateral = nn.ModuleList(nn.Sequential(_conv(n, 24), nn.ReLU()) for n in (320, 96, 32, 24))
        self.up = nn.ModuleList(nn.Sequential(nn.ConvTranspose2d(24, 24, 2, 2), nn.ReLU()) for _ in range(3))
        self.fuse = nn.Sequential(_conv(24, 24, 3), nn.ReLU())
        self.heatmap = _conv(24, 1)
        self.scale = _conv(24, 2)
        self.offset = _conv(24, 2)
        self.landmarks = _conv(24, 10)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        x4 = self.stage4(x)
        x8 = self.stage8(x4)
        x16 = self.stage16(x8)
        y = self.lateral[0](self.stage32(x16))
        for up, lateral, skip in zip(self.up, list(self.lateral)[1:], (x16, x8, x4), strict=True):
            y = up(y) + lateral(skip)
        y = self.fuse(y)
        return torch.sigmoid(self.heatmap(y)), self.scale(y), self.offset(y), self.landmarks(y)
