"""ONNX files read as data: what is a network that may be taken in, and what is refused."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siamgui.core.typed_json import WrongForm
from siamgui.versions import onnx_file
from siamgui.versions.onnx_file import read_network
from tests.builders.onnx_files import field, network, node, projection, tensor, value

IMAGE = "image"
NUMBERS = np.zeros(4, np.int64)


def test_a_network_is_told_by_its_shape_and_its_operators() -> None:
    found = read_network(projection(batch=1))
    assert (found.shape, found.nodes) == ((1, 3, 112, 112), 3)
    assert found.operators == ("AveragePool", "MatMul", "Reshape")
    assert read_network(projection()).shape == (None, 3, 112, 112)


def _same(out: str = "out", source: str = IMAGE) -> bytes:
    return node("Relu", (source,), (out,))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "has no graph"),
        (b"\x80\x04\x95", "no ONNX file"),
        (b"PK\x03\x04" + bytes(30), "is no ONNX file|has no graph"),
        (network([]), "has 0 nodes"),
        (network([_same()] * (onnx_file._NODES + 1)), "nodes"),
        (network([node("Loop", (IMAGE,), ("out",))]), "the operator 'Loop', which is not allowed"),
        (network([node("Relu", (IMAGE,), ("out",), more=field(7, "com.evil"))]), "'Relu', which is not allowed"),
        (network([node("Relu", (IMAGE,), ("out",), more=field(5, field(6, b"")))]), "a graph within the operator"),
        (network([_same()], [tensor("w", NUMBERS, more=field(13, field(1, "location")))]), "in another file"),
        (network([_same()], [tensor("w", NUMBERS, more=field(14, 1))]), "in another file"),
        (network([_same()], inputs=[value(IMAGE, (1, 3, 112, 112)), value("more", (1,))]), "has 2 inputs"),
        (network([_same()], inputs=[value(IMAGE, (1, 3))]), "takes 2 dimensions"),
        (network([_same("other")]), "does not depend on the picture"),
        (network([node("Gather", ("w", IMAGE), ("out",))], [tensor("w", NUMBERS)]), "lets the picture choose"),
        (network([_same("a"), node("Slice", ("w", "a"), ("out",))], [tensor("w", NUMBERS)]), "lets the picture choose"),
    ],
)
def test_what_is_no_such_network_is_refused(data: bytes, what: str) -> None:
    with pytest.raises(WrongForm, match=what):
        read_network(data)


def test_how_large_a_picture_is_may_be_asked() -> None:
    nodes = [
        node("Shape", (IMAGE,), ("s",)),
        node("Gather", ("s", "w"), ("g",)),
        node("Reshape", (IMAGE, "g"), ("out",)),
    ]
    assert read_network(network(nodes, [tensor("w", NUMBERS)])).nodes == 3


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_file_that_is_cut_or_changed_is_a_network_or_refused(data: st.DataObject) -> None:
    whole = network([_same("a"), _same("out", "a")], [tensor("w", NUMBERS)])
    broken = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for _ in range(data.draw(st.integers(0, 3))):
        if broken:
            broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    with suppress(WrongForm):
        read_network(bytes(broken))
