"""The networks: registry.py says which there are, the other modules hold them in torch.

Every encoder that build() makes keeps one contract, whatever it does inside: (n, 3, 112, 112) float32 RGB, values 0 to
255, aligned as siamgui.core.alignment does -> (n, d) float32 embeddings, not normalised. What is compared is the mean
over a face and its mirror image, brought to length 1. build() imports torch; comparing on the CPU never does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from siamgui.core.encoders.registry import encoder_of, has_head
from siamgui.core.errors import ModelCorrupt

if TYPE_CHECKING:
    from torch import nn

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
    try:
        net = build(model.architecture)
    except ValueError:
        raise ModelCorrupt(name=f"{model.id}/manifest.json") from None
    return load_weights(net, model.file("weights.safetensors"))


def load_weights(net: Net, file: ModelFile) -> Net:
    """net with the tensors of a safetensors file. Raises ModelMissing; ModelCorrupt also for another network's file."""
    from safetensors import SafetensorError
    from safetensors.torch import load as tensors_of

    try:
        net.load_state_dict(tensors_of(file.read()))
    except (SafetensorError, RuntimeError, ValueError, KeyError):
        raise ModelCorrupt(name=file.name) from None
    return net
