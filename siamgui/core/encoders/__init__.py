"""The networks: registry.py says which there are, the other modules hold them in torch.

Every encoder that build() makes keeps one contract, whatever it does inside: (n, 3, 112, 112) float32 RGB, values 0 to
255, aligned as siamgui.core.alignment does -> (n, d) float32 embeddings, not normalised. What is compared is the mean
over a face and its mirror image, brought to length 1. build() imports torch; comparing on the CPU never does.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

from msgspec import Meta, Struct

from siamgui.core.encoders.registry import encoder_of, has_head
from siamgui.core.errors import ModelCorrupt
from siamgui.core.typed_json import Count, WrongForm, read

if TYPE_CHECKING:
    from torch import Tensor, nn

    from siamgui.core.encoders.module import EncoderModule
    from siamgui.core.manifest import Model, ModelFile

    Net = TypeVar("Net", bound=nn.Module)


_HEADER_LIMIT = 2**18
_BYTES = {"F32": 4, "I64": 8, "I8": 1}


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
    try:
        net.load_state_dict(tensors_for(net, file.read()))
    except WrongForm as error:
        raise ModelCorrupt(name=f"{file.name}: {error}") from None
    return net


def tensors_for(net: nn.Module, data: bytes) -> dict[str, Tensor]:
    """The tensors of a safetensors file, exactly those of net: names, kinds and shapes, every number finite.

    Raises WrongForm.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load as tensors_of

    check_weights(data)
    try:
        tensors = tensors_of(data)
    except (SafetensorError, RuntimeError, ValueError, KeyError) as error:
        raise WrongForm(f"$: {error}") from None
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


class _Header(Struct, frozen=True, forbid_unknown_fields=True):
    dtype: Literal["F32", "I64", "I8"]
    shape: Annotated[list[Count], Meta(max_length=8)]
    data_offsets: tuple[Count, Count]


def check_weights(data: bytes) -> None:
    """What a safetensors file says of itself, before anything is made of it: a small header that fits what follows.

    Raises WrongForm.
    """
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or not 2 <= size <= min(_HEADER_LIMIT, len(data) - 8):
        raise WrongForm("$: has no header")
    tensors = read(dict[str, _Header], data[8 : 8 + size])
    at = 0
    for name, tensor in sorted(tensors.items(), key=lambda item: item[1].data_offsets):
        start, end = tensor.data_offsets
        count = math.prod(tensor.shape)
        if start != at or end - start != count * _BYTES[tensor.dtype]:
            raise WrongForm(f"$.{name}: its place does not fit its shape")
        at = end
    if at != len(data) - 8 - size:
        raise WrongForm("$: holds more than its tensors")
