"""Tensors as integers in blocks: nothing is lost, what has changed is kept as it is, and nothing else is taken."""

from __future__ import annotations

import numpy as np
import pytest
from safetensors.numpy import save

from siamgui.core.weights import Blocks, lay_out, places, read_blocks, read_weights, room, write_weights

RANDOM = np.random.default_rng(0)
BLOCKS = Blocks(
    integers=RANDOM.integers(-128, 128, (6, 4, 2), dtype=np.int8),
    scale=RANDOM.random((6, 2), np.float32),
    zero=RANDOM.integers(-128, 128, (6, 2), dtype=np.int8),
)
BIAS = RANDOM.random(6, np.float32)


def test_each_block_has_a_scale_and_a_zero_of_its_own() -> None:
    rows = BLOCKS.integers.reshape(6, 8).astype(float)
    for row in range(6):
        for block in range(2):
            there = slice(4 * block, 4 * block + 4)
            rows[row, there] = (rows[row, there] - BLOCKS.zero[row, block]) * BLOCKS.scale[row, block]
    np.testing.assert_allclose(BLOCKS.expanded(), rows.reshape(6, 4, 2), rtol=1e-6)


def test_what_was_integers_stays_integers() -> None:
    tensors = {"a.weight": BLOCKS.expanded(), "a.bias": BIAS}
    data = write_weights(tensors, {"a.weight": BLOCKS, "b.weight": BLOCKS})
    read = read_weights(data)
    assert {name: value.tolist() for name, value in read.items()} == {n: v.tolist() for n, v in tensors.items()}
    assert read_blocks(data)["a.weight"].integers.tolist() == BLOCKS.integers.tolist()
    assert write_weights(read, read_blocks(data)) == data


def test_what_was_trained_since_is_kept_as_it_is() -> None:
    trained = BLOCKS.expanded()
    trained[0, 0, 0] += 1e-3
    data = write_weights({"a.weight": trained}, {"a.weight": BLOCKS})
    assert read_blocks(data) == {}
    assert np.array_equal(read_weights(data)["a.weight"], trained)


def laid_out(stored: dict[str, np.ndarray | Blocks], after: bytes) -> np.ndarray:
    buffer = np.zeros(room(stored, len(after)), np.uint8)
    lay_out(stored, after, buffer)
    return buffer


def test_one_buffer_holds_all_of_it_where_it_is_said_to_be() -> None:
    tensors = {"b": BIAS, "a": np.arange(3, dtype=np.int64), "c": BLOCKS.expanded()}
    buffer, at = laid_out(tensors | {"c": BLOCKS}, b"constants"), places(tensors, len(b"constants"))
    assert buffer[:9].tobytes() == b"constants"
    assert all(start % 64 == 0 for start in at.values())
    for name, tensor in tensors.items():
        assert buffer[at[name] : at[name] + tensor.nbytes].tobytes() == tensor.tobytes()
    assert laid_out({}, b"all").tobytes() == b"all"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not weights",
        save({"a": BLOCKS.integers, "a.scale": BLOCKS.scale}),
        save({"a": BLOCKS.integers, "a.scale": BLOCKS.scale, "a.zero": BLOCKS.zero[:, :1]}),
        save({"a": BLOCKS.integers[:5], "a.scale": BLOCKS.scale, "a.zero": BLOCKS.zero}),
        save({"a": BLOCKS.integers, "a.scale": BLOCKS.scale[0], "a.zero": BLOCKS.zero[0]}),
    ],
    ids=["nothing", "no file", "no zeros", "fewer zeros", "rows missing", "no blocks"],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_weights(data)
