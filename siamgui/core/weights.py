"""weights.safetensors: the tensors of a network, some of them as 8-bit integers in blocks.

A tensor NAME that was published as such integers is kept so: NAME holds them, int8 and in the tensor's own shape, and
NAME.scale and NAME.zero, (o, b), one number for each of b blocks of equal size in each of its o rows. The tensor itself
is (integer - zero) * scale. A quarter of the room, and nothing is lost.

The serving form has no weights of its own where it can do without: what it computes with stands behind its own
constants in one buffer, by lay_out().
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from siamgui.core.typed_json import Count, WrongForm, read

Tensors = dict[str, NDArray[np.generic]]

_SCALE, _ZERO = ".scale", ".zero"
_HEADER_LIMIT = 2**18
_BYTES = {"F32": 4, "I64": 8, "I8": 1}
_ALIGNED = 64  # bytes, for the widest vector registers
_AT_A_TIME = 2**18  # bytes


class _Beside(Struct, frozen=True):
    metadata: dict[str, str] = msgspec.field(name="__metadata__", default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """One tensor as integers. integers: int8 in its shape; scale, zero: (o, b) float32 and int8."""

    integers: NDArray[np.int8]
    scale: NDArray[np.float32]
    zero: NDArray[np.int8]

    @property
    def nbytes(self) -> int:
        """Of the tensor itself."""
        return 4 * self.integers.size

    def expanded(self) -> NDArray[np.float32]:
        """Raises ValueError where the blocks do not fit."""
        tensor = np.empty(self.integers.shape, np.float32)
        self.expand_into(tensor)
        return tensor

    def expand_into(self, tensor: NDArray[np.float32]) -> None:
        """tensor: contiguous, as many numbers as integers. Raises ValueError where the blocks do not fit."""
        kinds = " ".join(str(part.dtype) for part in (self.integers, self.scale, self.zero))
        rows_fit = self.scale.ndim == 2 and self.integers.shape[:1] == self.scale.shape[:1]
        if kinds != "int8 float32 int8" or not rows_fit or self.scale.shape != self.zero.shape:
            raise ValueError("does not fit its blocks")
        rows, integers = (part.reshape(*self.scale.shape, -1) for part in (tensor, self.integers))
        # Some rows at a time, which stay in the processor between the two steps.
        step = max(1, _AT_A_TIME // max(1, rows[:1].nbytes))
        for start in range(0, len(rows), step):
            some = slice(start, start + step)
            np.subtract(integers[some], self.zero[some, :, None], out=rows[some], dtype=np.float32)
            rows[some] *= self.scale[some, :, None]


Stored = dict[str, NDArray[np.generic] | Blocks]


def read_weights(data: bytes) -> Tensors:
    """Every tensor, multiplied out. Raises WrongForm for anything that is not such a file."""
    tensors: Tensors = {}
    for name, value in read_stored(data).items():
        try:
            tensors[name] = value.expanded() if isinstance(value, Blocks) else value
        except ValueError as error:
            raise WrongForm(f"$.{name}: {error}") from None
    return tensors


def metadata_of(data: bytes) -> dict[str, str]:
    """What stands in the header of a safetensors file beside its tensors. Raises WrongForm."""
    length = int.from_bytes(data[:8], "little")
    return read(_Beside, data[8 : 8 + length]).metadata


def read_blocks(data: bytes) -> dict[str, Blocks]:
    """Those that are kept as integers. Raises WrongForm."""
    return {name: value for name, value in read_stored(data).items() if isinstance(value, Blocks)}


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


def room(stored: Mapping[str, NDArray[np.generic] | Blocks], after: int) -> int:
    """Bytes of the buffer for lay_out(), of which the first `after` are something else."""
    at = places(stored, after)
    return max([after, *(start + stored[name].nbytes for name, start in at.items())])


def lay_out(stored: Mapping[str, NDArray[np.generic] | Blocks], after: bytes, buffer: NDArray[np.uint8]) -> None:
    """Into buffer, room() bytes: those of after, and those of each tensor in the order of their names, at places().

    Raises ValueError where blocks do not fit.
    """
    buffer[: len(after)] = np.frombuffer(after, np.uint8)
    for name, start in places(stored, len(after)).items():
        tensor = stored[name]
        there = buffer[start : start + tensor.nbytes]
        if isinstance(tensor, Blocks):
            tensor.expand_into(there.view(np.float32))
        else:
            there[:] = np.ascontiguousarray(tensor).reshape(-1).view(np.uint8)


def places(stored: Mapping[str, NDArray[np.generic] | Blocks], after: int) -> dict[str, int]:
    """Where lay_out() puts each tensor, of which the first `after` bytes are something else."""
    at: dict[str, int] = {}
    end = after
    for name in sorted(stored):
        at[name] = -(-end // _ALIGNED) * _ALIGNED
        end = at[name] + stored[name].nbytes
    return at


def read_stored(data: bytes) -> Stored:
    """Every tensor as it is kept. Raises WrongForm for anything that is not such a file."""
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
