"""The network of Chopra, Hadsell and LeCun (CVPR 2005): grey 56 x 46 face -> 50 numbers, about 300,000 weights.

Layer by layer as printed: C1 15 maps of 50 x 40 (7 x 7), S2 15 of 25 x 20 (2 x 2), C3 45 of 20 x 15 (6 x 6), S4 45 of
5 x 5 (4 x 3), C5 250 (5 x 5, full), F6 50. Where the paper is silent or contradicts itself:

- The counts of weights that it prints for S4 (100) and C5 (312,750) belong to 50 maps, not to the 45 it names. There
  are 45 here, hence 90 and 281,500. C1 (750), S2 (30) and F6 (12,550) agree.
- Which maps of S2 a map of C3 sees is not printed. As in LeNet-5 no map sees all: 15 maps see 4 neighbours and
  30 see 5, cyclically, which is 210 kernels.
- The squashing is that of LeNet-5, 1.7159 tanh(2/3 x), after C1, S2, S4 and C5. C3 has none, so that it can be had for
  a twelfth of the work (see _PartialConv).
"""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from siamgui.core.encoders.module import EncoderModule
from siamgui.core.encoders.registry import Encoder

EMBEDDING_SIZE = 50
_C1, _C3, _C5 = 15, 45, 250


def _squash(x: Tensor) -> Tensor:
    return 1.7159 * torch.tanh(2 / 3 * x)


class _Scale(nn.Module):
    """One trained weight per map and one trained bias: what is trained of a subsampling layer, after the means."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(maps, 1, 1))
        self.bias = nn.Parameter(torch.zeros(maps, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight + self.bias


class _PartialConv(nn.Module):
    """A convolution each of whose output maps sees only some input maps, and the means of its output over fields.

    Means and convolution are linear and commute: the means come first, over overlapping fields, and the convolution
    then only visits the places that are asked for.
    seen: input maps of each output map. field: height and width.
    """

    slots: Tensor

    def __init__(self, inputs: int, kernel: int, seen: list[list[int]], field: tuple[int, int]) -> None:
        super().__init__()
        self.field = field
        self.shape = (len(seen), inputs, kernel, kernel)
        kernels = sum(map(len, seen))
        # slots: (outputs * inputs,) the kernel that joins the two maps; the last one, of zeros, where none does.
        slots = torch.full((len(seen), inputs), kernels, device="cpu")  # no weight: load() makes none of those
        number = 0
        for output, maps in enumerate(seen):
            for given in maps:
                slots[output, given] = number
                number += 1
        self.register_buffer("slots", slots.flatten(), persistent=False)
        fan_in = torch.tensor([float(len(maps) * kernel * kernel) for maps in seen for _ in maps])
        self.weight = nn.Parameter(torch.randn(kernels, kernel, kernel) / fan_in.sqrt()[:, None, None])
        self.bias = nn.Parameter(torch.zeros(len(seen)))

    def forward(self, x: Tensor) -> Tensor:
        means = functional.avg_pool2d(x, self.field, stride=1)
        return functional.conv2d(means, self.kernels(), self.bias, stride=self.field)

    def kernels(self) -> Tensor:
        """(outputs, inputs, kernel, kernel), zero where a map is not seen."""
        padded = torch.cat([self.weight, torch.zeros_like(self.weight[:1])])
        return padded.index_select(0, self.slots).view(self.shape)


class Chopra2005(nn.Module):
    """(n, 1, 56, 46) float grey in 0..255 -> (n, 50) embeddings, not normalised.

    Every photograph is first brought to mean 0 and standard deviation 1, which undoes exposure and contrast.
    """

    def __init__(self) -> None:
        super().__init__()
        # Channels last: to convolve one map into fifteen takes half the time.
        self.c1 = nn.Conv2d(1, _C1, 7).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.s2 = _Scale(_C1)
        seen = [[(i + k) % _C1 for k in range(4 if i < _C1 else 5)] for i in range(_C3)]
        self.c3 = _PartialConv(_C1, 6, seen, field=(4, 3))
        self.s4 = _Scale(_C3)
        self.c5 = nn.Linear(_C3 * 5 * 5, _C5)
        self.f6 = nn.Linear(_C5, EMBEDDING_SIZE)
        for layer in (self.c1, self.c5, self.f6):
            nn.init.normal_(layer.weight, std=1 / math.sqrt(layer.weight[0].numel()))
            nn.init.zeros_(cast(nn.Parameter, layer.bias))

    def forward(self, x: Tensor) -> Tensor:
        x = x - x.mean((2, 3), keepdim=True)
        x = x / (x.square().mean((2, 3), keepdim=True) + 1).sqrt()  # + 1: an even picture stays even
        x = _squash(self.c1(x.contiguous(memory_format=torch.channels_last)))
        x = _squash(self.s2(functional.avg_pool2d(x, 2)))
        x = _squash(self.s4(self.c3(x)))
        y: Tensor = self.f6(_squash(self.c5(torch.flatten(x, 1))))
        return y


class Chopra2005Encoder(EncoderModule):
    """The network under the contract of all encoders: the crop turns grey, loses ten columns a side and is halved."""

    def __init__(self, entry: Encoder) -> None:
        super().__init__(entry)
        self.network = Chopra2005()

    def features(self, x: Tensor) -> Tensor:
        y: Tensor = self.network(x)
        return y
