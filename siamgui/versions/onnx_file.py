"""What an ONNX file holds, read as data: nothing of it is run, and no library is asked.

The few fields that matter of the protocol buffers that onnx.proto describes: operators, shapes, inputs and outputs. A
network that is taken in consists of operators that compute numbers from a picture. No operator chooses by a number that
was computed from the picture which other number it takes: only so is a graph that was well on one face well on all.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from siamgui.core.typed_json import WrongForm

FILE_LIMIT = 2**29
"""Bytes of a file at most."""
_NODES, _DEEPEST, _DIMENSIONS = 5_000, 4, 8
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5

_MIXES = frozenset(
    "Add Concat Conv Div Equal Gemm Greater Less MatMul Max Mean Min Mul PRelu Pow Sub Sum Where".split()  # noqa: SIM905
)
"""Operators each of whose inputs may be computed from the picture."""
OPERATORS = _MIXES | frozenset(
    [
        "Abs",
        "AveragePool",
        "BatchNormalization",
        "Cast",
        "Clip",
        "Constant",
        "ConstantOfShape",
        "ConvTranspose",
        "DequantizeLinear",
        "Dropout",
        "Elu",
        "Erf",
        "Exp",
        "Expand",
        "Flatten",
        "Gather",
        "Gelu",
        "GlobalAveragePool",
        "GlobalMaxPool",
        "HardSigmoid",
        "HardSwish",
        "Identity",
        "InstanceNormalization",
        "LRN",
        "LayerNormalization",
        "LeakyRelu",
        "Log",
        "LpNormalization",
        "MaxPool",
        "Mish",
        "Neg",
        "Pad",
        "QuantizeLinear",
        "Range",
        "Reciprocal",
        "ReduceL2",
        "ReduceMax",
        "ReduceMean",
        "ReduceSum",
        "Relu",
        "Reshape",
        "Selu",
        "Shape",
        "Sigmoid",
        "Slice",
        "Softmax",
        "Softplus",
        "Split",
        "Sqrt",
        "Squeeze",
        "Tanh",
        "Transpose",
        "Unsqueeze",
    ]
)
"""All that a network may consist of."""


@dataclass(frozen=True, slots=True)
class OnnxNetwork:
    """shape: of the one input, None for what may vary. nodes: how many. operators: their names."""

    shape: tuple[int | None, ...]
    nodes: int
    operators: tuple[str, ...]


def read_network(data: bytes) -> OnnxNetwork:
    """Raises WrongForm, which says where it is not a network that may be taken in."""
    try:
        graph = _one(_message(data), 7, "graph")
        return _network(dict(_grouped(_message(graph))))
    except (struct.error, IndexError, UnicodeDecodeError, OverflowError):
        raise WrongForm("$: is no ONNX file") from None


def _network(graph: dict[int, list[bytes]]) -> OnnxNetwork:
    """graph: GraphProto, fields by their number."""
    nodes, given = graph.get(1, []), graph.get(5, [])
    if not nodes or len(nodes) > _NODES:
        raise WrongForm(f"$.graph: has {len(nodes)} nodes; 1 to {_NODES} are allowed")
    constants = {_name_of_tensor(tensor) for tensor in given}
    inputs = {name: shape for name, shape in map(_value, graph.get(11, [])) if name not in constants}
    if len(inputs) != 1 or len(graph.get(12, [])) != 1:
        raise WrongForm(f"$.graph: has {len(inputs)} inputs and {len(graph.get(12, []))} outputs; one each is allowed")
    (name, shape), *_ = inputs.items()
    if len(shape) != 4:
        raise WrongForm(f"$.graph: takes {len(shape)} dimensions instead of four")
    seen, operators = {name}, set()
    for node in nodes:
        operators.add(_follow(dict(_grouped(_message(node))), seen))
    if _value(graph[12][0])[0] not in seen:
        raise WrongForm("$.graph: what comes out does not depend on the picture")
    return OnnxNetwork(shape, len(nodes), tuple(sorted(operators)))


def _follow(node: dict[int, list[bytes]], seen: set[str]) -> str:
    """seen: what is computed from the picture; the outputs of the node are added. Returns the operator."""
    operator = _text(node.get(4, [b""])[0])
    if operator not in OPERATORS or any(_text(domain) not in ("", "ai.onnx") for domain in node.get(7, [])):
        raise WrongForm(f"$.graph: has the operator {operator[:40]!r}, which is not allowed")
    for attribute in node.get(5, []):
        fields = dict(_grouped(_message(attribute)))
        if 6 in fields or 11 in fields:
            raise WrongForm(f"$.graph: has a graph within the operator {operator!r}, which is not allowed")
        for tensor in fields.get(5, []):
            _name_of_tensor(tensor)
    inputs = [_text(name) for name in node.get(1, [])]
    from_picture = [place for place, name in enumerate(inputs) if name in seen]
    if operator == "Shape" or not from_picture:  # how large it is says nothing about what it shows
        return operator
    if operator not in _MIXES and from_picture != [0]:
        raise WrongForm(f"$.graph: lets the picture choose in the operator {operator!r}, which is not allowed")
    seen.update(_text(name) for name in node.get(2, []))
    return operator


def _name_of_tensor(tensor: bytes) -> str:
    """Raises WrongForm where its numbers lie in another file."""
    fields = dict(_grouped(_message(tensor)))
    if 13 in fields or fields.get(14, [b"\0"])[0] != b"\0":
        raise WrongForm("$.graph: keeps numbers in another file, which is not opened")
    return _text(fields.get(8, [b""])[0])


def _value(value: bytes) -> tuple[str, tuple[int | None, ...]]:
    """ValueInfoProto -> its name and shape."""
    fields = dict(_grouped(_message(value)))
    name = _text(fields.get(1, [b""])[0])
    shape: list[int | None] = []
    for kind in fields.get(2, []):
        for tensor in dict(_grouped(_message(kind))).get(1, []):
            for dimensions in dict(_grouped(_message(tensor))).get(2, []):
                for dimension in dict(_grouped(_message(dimensions))).get(1, []):
                    size = dict(_grouped(_message(dimension))).get(1)
                    shape.append(int.from_bytes(size[0], "little") or None if size else None)
    if len(shape) > _DIMENSIONS:
        raise WrongForm("$.graph: has too many dimensions")
    return name, tuple(shape)


def _text(data: bytes) -> str:
    return data.decode("utf-8")


def _one(fields: Iterator[tuple[int, bytes]], number: int, name: str) -> bytes:
    found = [value for field, value in fields if field == number]
    if len(found) != 1:
        raise WrongForm(f"$: has no {name}")
    return found[0]


def _grouped(fields: Iterator[tuple[int, bytes]]) -> dict[int, list[bytes]]:
    found: dict[int, list[bytes]] = {}
    for number, value in fields:
        found.setdefault(number, []).append(value)
    return found


def _message(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(number, value) of each field; of a number its bytes, little-endian. Raises IndexError where it is cut off."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == _VARINT:
            number, at = _varint(data, at)
            yield key >> 3, number.to_bytes(max(1, (number.bit_length() + 7) // 8), "little")
            continue
        if kind == _BYTES:
            size, at = _varint(data, at)
        elif kind in (_EIGHT, _FOUR):
            size = 8 if kind == _EIGHT else 4
        else:
            raise IndexError(kind)
        if at + size > len(data):
            raise IndexError(at)
        yield key >> 3, data[at : at + size]
        at += size


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise IndexError(at)
