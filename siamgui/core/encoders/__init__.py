"""The networks as torch modules. Importing one of these modules imports torch; comparing on the CPU never does.

Every encoder that build() makes keeps one contract, whatever it does inside: (n, 3, 112, 112) float32 RGB, values 0 to
255, aligned as siamgui.core.alignment does -> (n, d) float32 embeddings, not normalised. What is compared is the mean
over a face and its mirror image, brought to length 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from siamgui.core.errors import ModelCorrupt

if TYPE_CHECKING:
    from torch import nn

    from siamgui.core.manifest import Model, ModelFile

ARCHITECTURES = ("mobilefacenet", "mobilefacenet+head", "chopra2005")


def build(architecture: str) -> nn.Module:
    """An encoder in evaluation mode whose weights are still to be loaded. Raises ValueError for an unknown one."""
    if architecture == "chopra2005":
        from siamgui.core.encoders.chopra2005 import Chopra2005Encoder

        return Chopra2005Encoder().eval()
    if architecture in ARCHITECTURES:
        from siamgui.core.encoders.mobilefacenet import MobileFaceNetEncoder, MobileFaceNetWithHead

        return (MobileFaceNetEncoder() if architecture == "mobilefacenet" else MobileFaceNetWithHead()).eval()
    raise ValueError(f"unknown architecture {architecture!r}")


def load(model: Model) -> nn.Module:
    """The encoder of a model with its verified weights, in evaluation mode. Raises ModelMissing, ModelCorrupt."""
    try:
        net = build(model.architecture)
    except ValueError:
        raise ModelCorrupt(name=f"{model.id}/manifest.json") from None
    return load_weights(net, model.file("weights.safetensors"))


def load_weights(net: nn.Module, file: ModelFile) -> nn.Module:
    """net with the tensors of a safetensors file. Raises ModelMissing; ModelCorrupt also for another network's file."""
    from safetensors import SafetensorError
    from safetensors.torch import load as tensors_of

    try:
        net.load_state_dict(tensors_of(file.read()))
    except (SafetensorError, RuntimeError, ValueError, KeyError):
        raise ModelCorrupt(name=file.name) from None
    return net
