"""ONNX files as their writers write them: the few fields of onnx.proto that a small network needs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number: int, value: int | bytes | str) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def value(name: str, shape: Sequence[int | str]) -> bytes:
    """A ValueInfoProto of single precision; a word is a dimension that may vary."""
    dimensions = b"".join(field(1, field(2 if isinstance(size, str) else 1, size)) for size in shape)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, dimensions)))


def tensor(name: str, numbers: NDArray[np.generic], *, more: bytes = b"") -> bytes:
    kind = {"float32": 1, "int64": 7}[str(numbers.dtype)]
    sizes = b"".join(field(1, size) for size in numbers.shape)
    return sizes + field(2, kind) + field(8, name) + field(9, numbers.tobytes()) + more


def node(operator: str, inputs: Sequence[str], outputs: Sequence[str], *, more: bytes = b"") -> bytes:
    return (
        b"".join(field(1, one) for one in inputs)
        + b"".join(field(2, one) for one in outputs)
        + field(4, operator)
        + more
    )


def ints(name: str, values: Sequence[int]) -> bytes:
    """An attribute of a node."""
    return field(5, field(1, name) + b"".join(field(8, one) for one in values) + field(20, 7))


def network(
    nodes: Sequence[bytes],
    tensors: Sequence[bytes] = (),
    inputs: Sequence[bytes] = (value("image", ("n", 3, 112, 112)),),
    outputs: Sequence[bytes] = (value("out", ("n", 32)),),
) -> bytes:
    """A ModelProto."""
    graph = b"".join(
        field(number, one)
        for number, several in ((1, nodes), (5, tensors), (11, inputs), (12, outputs))
        for one in several
    )
    return field(1, 8) + field(7, graph) + field(8, field(2, 17))


def projection(seed: int = 0, size: int = 32, side: int = 112, batch: int | str = "n") -> bytes:
    """A network that tells faces apart a little: means of squares of 8 pixels, through a random matrix."""
    cells = 3 * (side // 8) ** 2
    matrix = np.random.default_rng(seed).normal(size=(cells, size)).astype(np.float32)
    shape = tensor("shape", np.array([1 if batch == 1 else 0, cells]))
    nodes = (
        node("AveragePool", ("image",), ("small",), more=ints("kernel_shape", (8, 8)) + ints("strides", (8, 8))),
        node("Reshape", ("small", "shape"), ("flat",)),
        node("MatMul", ("flat", "matrix"), ("out",)),
    )
    return network(
        nodes,
        (shape, tensor("matrix", matrix)),
        (value("image", (batch, 3, side, side)),),
        (value("out", (batch, size)),),
    )
