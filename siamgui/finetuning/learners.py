"""What is trained by each method, and how it becomes an encoder again."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from siamgui.core import encoders
from siamgui.core.encoders.module import EncoderModule
from siamgui.core.encoders.registry import HEAD
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.core.manifest import Model
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.settings import Settings


class MethodUnsuitable(SiamguiError):
    """values: method, name"""

    text = mark("The method “{method}” does not suit the network of “{name}”. Start from the original, or train fully.")


class Learner(Protocol):
    """module: trained; takes what inputs says. on_crops: (n, 3, 112, 112) crops go in, else (n, d) unit embeddings.

    embedding_size: numbers in what comes out. views: of a face that an embedding is the mean of.
    """

    module: nn.Module
    on_crops: bool
    embedding_size: int
    views: int

    def __init__(self, parent: EncoderModule, settings: Settings) -> None: ...

    @staticmethod
    def suits(parent: EncoderModule) -> bool:
        """Whether such an encoder can be trained so."""

    def encoder(self) -> EncoderModule:
        """A copy of what was learned, as siamgui.core.encoders.build() makes it, on the CPU."""


class LowRankMatrix(nn.Module):
    """x -> x + x A B, the identity at first: (n, d) -> (n, d). rank 0: x + x M with a full matrix."""

    def __init__(self, size: int, rank: int, generator: torch.Generator) -> None:
        super().__init__()
        self.down = nn.Parameter(torch.randn(size, rank, generator=generator) * 0.05) if rank else None
        self.up = nn.Parameter(torch.zeros(rank or size, size))

    def forward(self, x: Tensor) -> Tensor:
        return x + (x @ self.up if self.down is None else x @ self.down @ self.up)

    def matrix(self) -> Tensor:
        """(d, d) W of y = W x."""
        with torch.no_grad():
            images: Tensor = self(torch.eye(self.up.shape[1], device=self.up.device))
            return images.T


class LowRankConv(nn.Module):
    """A frozen 1 x 1 convolution plus a trained change of low rank (LoRA, Hu et al., 2022), zero at first."""

    def __init__(self, conv: nn.Conv2d, rank: int, generator: torch.Generator) -> None:
        super().__init__()
        self.conv = conv.requires_grad_(False)
        outputs, inputs = conv.weight.shape[:2]
        rank = min(rank, outputs, inputs)
        self.down = nn.Parameter(torch.randn(rank, inputs, generator=generator) / inputs**0.5)
        self.up = nn.Parameter(torch.zeros(outputs, rank))

    def forward(self, x: Tensor) -> Tensor:
        return functional.conv2d(x, self._weight(), self.conv.bias)

    def _weight(self) -> Tensor:
        return self.conv.weight + (self.up @ self.down)[:, :, None, None]

    def merged(self) -> nn.Conv2d:
        conv = copy.deepcopy(self.conv)
        with torch.no_grad():
            conv.weight.copy_(self._weight())
        return conv


class HeadLearner:
    """A linear map behind a frozen encoder."""

    on_crops = False

    @staticmethod
    def suits(parent: EncoderModule) -> bool:
        return parent.entry.head

    def __init__(self, parent: EncoderModule, settings: Settings) -> None:
        self._parent = parent
        self.embedding_size, self.views = parent.entry.embedding_size, parent.entry.views
        self._settings_of_full = replace(settings, rank=0)
        self._map = LowRankMatrix(self.embedding_size, settings.rank, _generator(settings))
        self.module: nn.Module = self._map

    def again(self, settings: Settings) -> HeadLearner:
        """An untrained head behind the same encoder."""
        return HeadLearner(self._parent, settings)

    def averaged(self, others: Sequence[HeadLearner]) -> HeadLearner:
        """A head whose matrix is the mean of this one and the others: steadier than each (Breiman, Bagging, 1996)."""
        mean = self.again(self._settings_of_full)
        with torch.no_grad():
            matrices = [learner._map.matrix().cpu() for learner in (self, *others)]
            identity = torch.eye(len(matrices[0]))
            mean._map.up.copy_((torch.stack(matrices).mean(0) - identity).T)
        return mean

    @property
    def matrix(self) -> NDArray[np.float32]:
        """(d, d) W of y = W x."""
        return self._map.matrix().cpu().numpy()

    def encoder(self) -> EncoderModule:
        net = encoders.build(self._parent.entry.key + HEAD)
        net.load_state_dict(self._parent.state_dict(), strict=False)
        assert net.head is not None
        with torch.no_grad():
            net.head.weight.copy_(self._map.matrix().cpu() @ net.head.weight)
        return net


class AdaptLearner:
    """An encoder whose later 1 x 1 convolutions change by a low rank."""

    on_crops = True

    @staticmethod
    def suits(parent: EncoderModule) -> bool:
        return bool(parent.adapted_layers())

    def __init__(self, parent: EncoderModule, settings: Settings) -> None:
        self._net = copy.deepcopy(parent).requires_grad_(False)
        self.embedding_size, self.views = parent.entry.embedding_size, parent.entry.views
        self.module: nn.Module = self._net
        generator = _generator(settings)
        for layer in self._net.adapted_layers():
            _replace(layer, lambda conv: LowRankConv(conv, settings.rank, generator))

    def encoder(self) -> EncoderModule:
        net = copy.deepcopy(self._net).cpu()
        for module in net.modules():
            for name, child in list(module.named_children()):
                if isinstance(child, LowRankConv):
                    setattr(module, name, child.merged())
        return net.requires_grad_(False)


class WholeLearner:
    """Every weight of an encoder."""

    on_crops = True

    @staticmethod
    def suits(parent: EncoderModule) -> bool:
        return True

    def __init__(self, parent: EncoderModule, settings: Settings) -> None:
        self._net = copy.deepcopy(parent).requires_grad_(True)
        self.embedding_size, self.views = parent.entry.embedding_size, parent.entry.views
        self.module: nn.Module = self._net

    def encoder(self) -> EncoderModule:
        return copy.deepcopy(self._net).cpu().requires_grad_(False)


def make_learner(parent: Model, settings: Settings) -> Learner:
    """Raises ModelMissing, ModelCorrupt; MethodUnsuitable for a head or an adaptation of another network."""
    entry = METHODS[settings.method]
    assert entry.learner is not None
    learner = entry.learner()
    if entry.from_nothing:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(settings.seed)
            return learner(encoders.build(entry.from_nothing), settings)
    net = encoders.load(parent)
    if not learner.suits(net):
        raise MethodUnsuitable(method=settings.method.value, name=parent.name)
    return learner(net, settings)


def _generator(settings: Settings) -> torch.Generator:
    return torch.Generator().manual_seed(settings.seed)


def _replace(module: nn.Module, make: Callable[[nn.Conv2d], nn.Module]) -> None:
    """Put make(conv) in the place of every 1 x 1 convolution below module."""
    for name, child in list(module.named_children()):
        if isinstance(child, nn.Conv2d) and child.kernel_size == (1, 1):
            setattr(module, name, make(child))
        else:
            _replace(child, make)
