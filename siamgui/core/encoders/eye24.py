"""Whether an eye is open: a small Xception (Chollet, 2017, arXiv:1610.02357).

(n, 1, 24, 24) float grey in 0..255, the eye in the middle -> (n, 2): scores of closed and open, before the softmax.
Batch-norm is folded.
"""

from __future__ import annotations

from itertools import pairwise

from torch import Tensor, nn

_WIDTHS = (8, 16, 32, 64, 128)


def _separable(inputs: int, outputs: int) -> list[nn.Module]:
    return [nn.Conv2d(inputs, inputs, 3, 1, 1, groups=inputs, bias=False), nn.Conv2d(inputs, outputs, 1)]


class _Block(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.past = nn.Conv2d(inputs, outputs, 1, 2)
        self.through = nn.Sequential(
            *_separable(inputs, outputs), nn.ReLU(), *_separable(outputs, outputs), nn.MaxPool2d(3, 2, 1)
        )

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.past(x) + self.through(x)
        return y


class Eye24(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        first = _WIDTHS[0]
        self.start = nn.Sequential(nn.Conv2d(1, first, 3), nn.ReLU(), nn.Conv2d(first, first, 3), nn.ReLU())
        self.blocks = nn.Sequential(*(_Block(a, b) for a, b in pairwise(_WIDTHS)))
        self.scores = nn.Conv2d(_WIDTHS[-1], 2, 3, 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.scores(self.blocks(self.start(x / 255))).mean((2, 3))
        return y
