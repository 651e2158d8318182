"""weights.safetensors: the tensors of a network, some of them as 8-bit integers in blocks.

A tensor NAME that was published as such integers is kept so: NAME holds them, int8 and in the tensor's own shape, and
NAME.scale and NAME.zero, (o, b), one number for each of b blocks of equal size in each of its o rows. The tensor itself
is (integer - zero) * scale. A quarter of the room, and nothing is lost.

The serving form has no weights of its own where it can do without: what it computes with stands behind its own
constants in one buffer, laid_out().
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from siamgui.core.typed_json import Count, WrongForm, read

Tensors = dict[str, NDArray[np.generic]]

_SCALE, _ZERO = ".scale", ".zero"
_HEADER_LIMIT = 2**18
_BYTES = {"F32": 4, "I64": 8, "I8": 1}
_ALIGNED = 64  # bytes, for the widest vector registers


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """One tensor as integers. integers: int8 in its shape; scale, zero: (o, b) float32 and int8."""

    integers: NDArray[np.int8]
    scale: NDArray[np.float32]
    zero: NDArray[np.int8]

    def expanded(self) -> NDArray[np.float32]:
        """Raises ValueError where the blocks do not fit."""
        kinds = " ".join(str(part.dtype) for part in (self.integers, self.scale, self.zero))
        rows_fit = self.scale.ndim == 2 and self.integers.shape[:1] == self.scale.shape[:1]
        if kinds != "int8 float32 int8" or not rows_fit or self.scale.shape != self.zero.shape:
            raise ValueError("does not fit its blocks")
        rows = self.integers.reshape(*self.scale.shape, -1).astype(np.float32)
        rows -= self.zero[..., None].astype(np.float32)
        rows *= self.scale[..., None]
        return rows.reshape(self.integers.shape)


def read_weights(data: bytes) -> Tensors:
    """Every tensor, multiplied out. Raises WrongForm for anything that is not such a file."""
    tensors: Tensors = {}
    for name, value in _stored(data).items():
        try:
            tensors[name] = value.expanded() if isinstance(value, Blocks) else value
        except ValueError as error:
            raise WrongForm(f"$.{name}: {error}") from None
    return tensors


def read_blocks(data: bytes) -> dict[str, Blocks]:
    """Those that are kept as integers. Raises WrongForm."""
    return {name: value for name, value in _stored(data).items() if isinstance(value, Blocks)}


def write_weights(tensors: Mapping[str, NDArray[np.generic]], blocks: Mapping[str, Blocks]) -> bytes:
    """A file of tensors, those as integers that blocks holds and that have not changed since."""
    from safetensors.numpy import save

    stored: Tensors = {}
    for name, tensor in tensors.items():
        known = blocks.get(name)
        if known is not None and np.array_equal(known.expanded(), tensor):
            stored |= {name: known.integers, name + _SCALE: known.scale, name + _ZERO: known.zero}
        else:
            stored[name] = np.ascontiguousarray(tensor)
    return save(stored)


def laid_out(tensors: Mapping[str, NDArray[np.generic]], after: bytes = b"") -> NDArray[np.uint8]:
    """One buffer: the bytes of after, and those of each tensor in the order of their names, each at places()."""
    at = places(tensors, len(after))
    buffer = np.zeros(max([len(after), *(at[name] + tensors[name].nbytes for name in at)]), np.uint8)
    buffer[: len(after)] = np.frombuffer(after, np.uint8)
    for name, start in at.items():
        tensor = np.ascontiguousarray(tensors[name])
        buffer[start : start + tensor.nbytes] = tensor.reshape(-1).view(np.uint8)
    return buffer


def places(tensors: Mapping[str, NDArray[np.generic]], after: int) -> dict[str, int]:
    """Where in laid_out() each tensor begins, of which the first `after` bytes are something else."""
    at: dict[str, int] = {}
    end = after
    for name in sorted(tensors):
        at[name] = -(-end // _ALIGNED) * _ALIGNED
        end = at[name] + tensors[name].nbytes
    return at


def _stored(data: bytes) -> dict[str, NDArray[np.generic] | Blocks]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    check_weights(data)
    try:
        raw = load(data)
    except (SafetensorError, RuntimeError, ValueError, KeyError) as error:
        raise WrongForm(f"$: {error}") from None
    blocks = {}
    for name in [name for name in raw if name + _SCALE in raw]:
        if name + _ZERO not in raw:
            raise WrongForm(f"$.{name}{_ZERO}: is missing")
        blocks[name] = Blocks(raw.pop(name), raw.pop(name + _SCALE), raw.pop(name + _ZERO))
    return raw | blocks


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
