"""SFace (Zhong et al., 2021, arXiv:2205.12010), as OpenCV Zoo has it: 112 x 112 RGB face -> 128 numbers.

A MobileNet without residuals, as MXNet's MobileFaceNet baseline is: one convolution, thirteen depthwise separable ones,
and one dense layer over all that is left of the picture. Batch-norm is folded into the convolutions; the one before the
dense layer stands behind a PReLU and has gains of either sign, so its gain stays and its shift is in the dense bias.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from siamgui.core.encoders.module import EncoderModule
from siamgui.core.encoders.registry import Encoder

_BLOCKS = (
    (32, 64, 1),
    (64, 128, 2),
    (128, 128, 1),
    (128, 256, 2),
    (256, 256, 1),
    (256, 512, 2),
    *[(512, 512, 1)] * 5,
    (512, 1024, 2),
    (1024, 1024, 1),
)
"""Inputs, outputs and stride of the separable convolutions."""

_ADAPTED_FROM = 11
"""The first layer that a gentle adaptation changes: from the 14 x 14 maps on, as of MobileFaceNet."""


def _conv(inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, groups=groups)
    return nn.Sequential(conv, nn.PReLU(outputs))


class SFace(EncoderModule):
    """features(): (n, 3, 112, 112) RGB on the scale of its entry -> (n, 128)."""

    def __init__(self, entry: Encoder) -> None:
        super().__init__(entry)
        steps = [_conv(3, 32, 3)]
        for inputs, outputs, stride in _BLOCKS:
            steps += [_conv(inputs, inputs, 3, stride, groups=inputs), _conv(inputs, outputs)]
        self.layers = nn.Sequential(*steps)
        self.gain = nn.Parameter(torch.ones(1024, 1, 1))
        self.dense = nn.Linear(1024 * 7 * 7, entry.embedding_size)

    def features(self, x: Tensor) -> Tensor:
        y: Tensor = self.dense(torch.flatten(self.layers(x) * self.gain, 1))
        return y

    def adapted_layers(self) -> Sequence[nn.Module]:
        return list(self.layers)[_ADAPTED_FROM:]
