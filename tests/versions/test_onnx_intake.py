"""A network becomes the files of a version: what it wants of a picture is in the graph."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.runtime import OpenVinoEncoder
from siamgui.core.typed_json import WrongForm
from siamgui.core.types import Pixels
from siamgui.versions.onnx_intake import NETWORK, REQUEST, convert
from siamgui.versions.onnx_offer import Wanted
from siamgui.versions.onnx_version import model_in
from tests.builders.onnx_files import network, node, projection, tensor, value


@pytest.fixture
def crop(engine: FaceEngine, samples: Path) -> Pixels:
    return engine.read_photo(load_photo(samples / "biden.jpg")).reading.crop


def _converted(folder: Path, data: bytes, wanted: Wanted) -> OpenVinoEncoder:
    folder.mkdir()
    (folder / NETWORK).write_bytes(data)
    (folder / REQUEST).write_bytes(msgspec.json.encode(wanted))
    steps: list[int] = []
    convert(folder, steps.append)
    assert steps == [1, 2, 3]
    return OpenVinoEncoder(model_in(folder, "onnx", "1"))


def test_size_colours_mean_and_scale_are_as_asked_for(tmp_path: Path, crop: Pixels) -> None:
    """Against the same numbers worked out by numpy; and for several pictures, though it was written for one."""
    matrix = np.random.default_rng(0).normal(size=(588, 32)).astype(np.float32)
    encode = _converted(tmp_path / "a", projection(batch=1), Wanted(colour="bgr", mean=100.0, scale=0.02)).encode

    def by_hand(picture: Pixels) -> np.ndarray:
        seen = (picture[:, :, ::-1].astype(np.float32) - 100) * 0.02
        return seen.reshape(14, 8, 14, 8, 3).mean(axis=(1, 3)).transpose(2, 0, 1).reshape(-1) @ matrix

    crops = np.stack([crop, crop[:, ::-1], 255 - crop])
    np.testing.assert_allclose(encode(crops), [by_hand(one) for one in crops], rtol=1e-3, atol=1e-3)

    small = _converted(tmp_path / "b", projection(side=56), Wanted(size=56)).encode
    assert small(crops).shape == (3, 32)


@pytest.mark.parametrize(
    ("data", "wanted", "what"),
    [
        (projection(), Wanted(size=160), "takes .* and not n x 3 x 160 x 160"),
        (projection(), Wanted(layout="nhwc"), "not n x 112 x 112 x 3"),
        (projection(size=8), Wanted(), "instead of one vector of 16 to 4096"),
        (network([node("Relu", ("image",), ("out",))]), Wanted(), "instead of one vector"),
        (
            network([node("Conv", ("image", "w"), ("out",))], [tensor("w", np.zeros((2, 2), np.float32))]),
            Wanted(),
            "graph",
        ),
        (
            network(
                [
                    node("Reshape", ("image", "shape"), ("flat",)),
                    node("MatMul", ("flat", "zero"), ("out",)),
                ],
                [tensor("shape", np.array([0, 37632])), tensor("zero", np.zeros((37632, 16), np.float32))],
                outputs=[value("out", ("n", 16))],
            ),
            Wanted(),
            "gives no embeddings of faces",
        ),
    ],
)
def test_what_cannot_be_an_encoder_of_faces_is_refused(tmp_path: Path, data: bytes, wanted: Wanted, what: str) -> None:
    with pytest.raises(WrongForm, match=what):
        _converted(tmp_path / "a", data, wanted)
