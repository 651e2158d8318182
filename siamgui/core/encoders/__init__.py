"""The networks: registry.py says which there are, the other modules hold them in torch.

Every encoder that build() makes keeps one contract, whatever it does inside: (n, 3, 112, 112) float32 RGB, values 0 to
255, aligned as siamgui.core.alignment does -> (n, d) float32 embeddings, not normalised. What is compared is that at
length 1, or the mean over a face and its mirror image. build() imports torch; comparing on the CPU never does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from siamgui.core.encoders.registry import encoder_of, has_head
from siamgui.core.errors import ModelCorrupt
from siamgui.core.typed_json import WrongForm

if TYPE_CHECKING:
    from torch import Tensor, nn

    from siamgui.core.encoders.module import EncoderModule
    from siamgui.core.manifest import Model, ModelFile

    Net = TypeVar("Net", bound=nn.Module)


def build(architecture: str) -> EncoderModule:
    """An encoder in evaluation mode whose weights are still to be loaded. Raises ValueError for an unknown one."""
    entry = encoder_of(architecture)
    net = entry.make(entry)
    if has_head(architecture):
        net.add_head()
    return net.eval()


def load(model: Model) -> EncoderModule:
    """The encoder of a model with its verified weights, in evaluation mode. Raises ModelMissing, ModelCorrupt."""
    import torch

    try:
        with torch.device("meta"):  # nothing is drawn for weights that are read
            net = build(model.architecture)
    except ValueError:
        raise ModelCorrupt(name=f"{model.id}/manifest.json") from None
    return load_weights(net, model.file("weights.safetensors"))


def load_weights(net: Net, file: ModelFile) -> Net:
    """net with the tensors of a safetensors file. Raises ModelMissing; ModelCorrupt also for another network's file."""
    try:
        net.load_state_dict(tensors_for(net, file.read()), assign=True)
    except WrongForm as error:
        raise ModelCorrupt(name=f"{file.name}: {error}") from None
    return net


def tensors_for(net: nn.Module, data: bytes) -> dict[str, Tensor]:
    """The tensors of weights.safetensors, exactly those of net: names, kinds and shapes, every number finite.

    Raises WrongForm.
    """
    import numpy as np
    import torch

    # A manifest is read before the first window is painted, and this brings numpy.
    from siamgui.core.weights import read_weights

    tensors = {
        name: torch.from_numpy(np.require(value, None, ["C", "W"])) for name, value in read_weights(data).items()
    }
    wanted = net.state_dict()
    for name in sorted(wanted.keys() ^ tensors.keys()):
        raise WrongForm(f"$.{name}: {'is missing' if name in wanted else 'is not part of this network'}")
    for name, own in wanted.items():
        given = tensors[name]
        if (given.shape, given.dtype) != (own.shape, own.dtype):
            kinds = [f"{value.dtype} {tuple(value.shape)}".removeprefix("torch.") for value in (own, given)]
            raise WrongForm(f"$.{name}: expected {kinds[0]}, got {kinds[1]}")
        if given.is_floating_point() and not torch.isfinite(given).all():
            raise WrongForm(f"$.{name}: has numbers that are not finite")
    return tensors
