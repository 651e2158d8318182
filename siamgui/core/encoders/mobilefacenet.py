"""MobileFaceNet (Chen et al., 2018, arXiv:1804.07573), the bundled G_W: 112 x 112 RGB face -> 192 numbers.

Batch-norm is folded into the convolutions. Down-sampling convolutions pad bottom and right only, as the
TensorFlow original does ("SAME" with an even input): padding all sides shifts every feature by half a pixel.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from siamgui.core.encoders.module import EncoderModule
from siamgui.core.encoders.registry import Encoder

_ADAPTED_FROM = 8
"""The first of the 22 layers that a gentle adaptation changes: from the 14 x 14 maps on. What comes before sees edges
and textures, costs most of the time on a CPU, and stays."""


class _Conv(nn.Module):
    """Convolution with TensorFlow "SAME" padding, then PReLU unless linear."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 1,
        stride: int = 1,
        groups: int = 1,
        linear: bool = False,
        same: bool = True,
    ) -> None:
        super().__init__()
        even = kernel // 2 if same and stride == 1 else 0
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding=even, groups=groups)
        self.pad_end = stride == 2
        self.act = nn.Identity() if linear else nn.PReLU(outputs)

    def forward(self, x: Tensor) -> Tensor:
        if self.pad_end:
            x = functional.pad(x, (0, 1, 0, 1))
        y: Tensor = self.act(self.conv(x))
        return y


class _Bottleneck(nn.Module):
    """Expand 1x1, depthwise 3x3, project 1x1 (linear); with a residual where the shapes allow it."""

    def __init__(self, inputs: int, middle: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.expand = _Conv(inputs, middle)
        self.depthwise = _Conv(middle, middle, 3, stride, groups=middle)
        self.project = _Conv(middle, outputs, linear=True)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.project(self.depthwise(self.expand(x)))
        return x + y if self.residual else y


class MobileFaceNet(EncoderModule):
    """features(): (n, 3, 112, 112) RGB on the scale of its entry -> (n, 192)."""

    def __init__(self, entry: Encoder) -> None:
        super().__init__(entry)
        self.layers = nn.Sequential(
            _Conv(3, 64, 3, stride=2),
            _Conv(64, 64, 3, groups=64),
            _Conv(64, 64, linear=True),
            _Bottleneck(64, 128, 64, stride=2),
            *(_Bottleneck(64, 128, 64) for _ in range(4)),
            _Bottleneck(64, 256, 128, stride=2),
            *(_Bottleneck(128, 256, 128) for _ in range(6)),
            _Bottleneck(128, 512, 128, stride=2),
            *(_Bottleneck(128, 256, 128) for _ in range(2)),
            _Conv(128, 512),
            _Conv(512, 512, 7, groups=512, linear=True, same=False),
            _Conv(512, 512, linear=True),
            _Conv(512, entry.embedding_size, linear=True),
        )

    def features(self, x: Tensor) -> Tensor:
        return torch.flatten(self.layers(x), 1)

    def adapted_layers(self) -> Sequence[nn.Module]:
        return list(self.layers)[_ADAPTED_FROM:]
