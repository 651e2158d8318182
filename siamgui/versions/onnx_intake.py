"""An ONNX network becomes the files of a version, in the process of siamgui.versions.intake.

FOLDER holds NETWORK and REQUEST. What the network wants of a picture goes into the graph: size, order of the colours,
mean and scale. So the serving form takes what that of every encoder takes, crops of (n, 112, 112, 3) uint8 RGB, and
gives (n, d) embeddings. It is tried on the faces that come with siamgui before anybody else runs it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from siamgui.core.alignment import CROP_SIZE
from siamgui.core.files import read_file, write_whole
from siamgui.core.i18n import tr
from siamgui.core.manifest import Origin
from siamgui.core.typed_json import WrongForm, read
from siamgui.versions.onnx_file import FILE_LIMIT, OnnxNetwork, read_network
from siamgui.versions.onnx_offer import Wanted

if TYPE_CHECKING:
    from siamgui.core.types import Pixels
    from siamgui.versions.intake import Examined

NETWORK, REQUEST = "network.onnx", "request.json"
_REQUEST_LIMIT = 4096
_EMBEDDING = (16, 4096)  # numbers, at least and at most
_SHARED = 256  # bytes from which a constant is a tensor among the weights
_LEAST_APART = 1e-3


def convert(folder: Path, step: Callable[[int], None]) -> Examined:
    """Write serving.xml, serving.bin and weights.safetensors. Raises WrongForm, OSError, MemoryError, SiamguiError."""
    from siamgui.core.weights import write_weights
    from siamgui.versions.export import serving_files
    from siamgui.versions.intake import Examined
    from siamgui.versions.version_file import SERVING, WEIGHTS

    wanted = read(Wanted, read_file(folder / REQUEST, _REQUEST_LIMIT))
    data = read_file(folder / NETWORK, FILE_LIMIT)
    network = read_network(data)
    _check_shape(network, wanted)
    step(1)
    graph = _graph(folder / NETWORK, wanted)
    step(2)
    tensors = _tensors(graph)
    for name, content in zip(SERVING, serving_files(graph, tensors), strict=True):
        write_whole(folder / name, content)
    write_whole(folder / WEIGHTS, write_weights(tensors, {}))
    step(3)
    _try(folder)
    return Examined(Origin.MEASURED)


def _check_shape(network: OnnxNetwork, wanted: Wanted) -> None:
    sides = (3, wanted.size, wanted.size) if wanted.layout == "nchw" else (wanted.size, wanted.size, 3)
    if any(size is not None and size != side for size, side in zip(network.shape[1:], sides, strict=True)):
        shown = " x ".join("?" if size is None else str(size) for size in network.shape)
        raise WrongForm(f"$.graph: takes {shown}, and not n x {' x '.join(map(str, sides))}")


def _graph(path: Path, wanted: Wanted) -> Any:
    """As serving_form() makes of a torch module."""
    from openvino.preprocess import ColorFormat, PrePostProcessor, ResizeAlgorithm

    from siamgui.core.vino import ov

    sides = [3, wanted.size, wanted.size] if wanted.layout == "nchw" else [wanted.size, wanted.size, 3]
    try:
        model = ov.Core().read_model(str(path))
        _free_batch(model)
        model.reshape([-1, *sides])
        output = model.outputs[0].partial_shape
        sizes = [length.get_length() if length.is_static else 0 for length in output][1:]
        size = int(np.prod(sizes))
        if len(sizes) not in (1, 3) or size != max(sizes) or not _EMBEDDING[0] <= size <= _EMBEDDING[1]:
            raise WrongForm(
                f"$.graph: gives {output} instead of one vector of {_EMBEDDING[0]} to {_EMBEDDING[1]} numbers"
            )
        prepared = PrePostProcessor(model)
        taken = prepared.input()
        taken.tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC")).set_color_format(ColorFormat.RGB)
        if wanted.size != CROP_SIZE:
            taken.tensor().set_spatial_static_shape(CROP_SIZE, CROP_SIZE)
        taken.model().set_layout(ov.Layout(wanted.layout.upper()))
        taken.preprocess().convert_element_type(ov.Type.f32)
        if wanted.size != CROP_SIZE:
            taken.preprocess().resize(ResizeAlgorithm.RESIZE_LINEAR)
        if wanted.colour == "bgr":
            taken.preprocess().convert_color(ColorFormat.BGR)
        taken.preprocess().mean(wanted.mean).scale(1 / wanted.scale)
        model = prepared.build()
        if len(sizes) == 3:
            model = _flat(model, size)
    except RuntimeError as error:
        raise WrongForm(f"$.graph: {_last_line(error)}") from None
    model.set_friendly_name("onnx")
    model.input().get_tensor().set_names({"image"})
    model.outputs[0].get_tensor().set_names({"embedding"})
    return model


def _free_batch(model: Any) -> None:
    """Networks that were written for one picture say so where they reshape: [1, d] becomes as many as come, times d."""
    from openvino import opset8

    for node in model.get_ordered_ops():
        if node.get_type_name() != "Reshape" or node.input_value(1).get_node().get_type_name() != "Constant":
            continue
        pattern = np.array(node.input_value(1).get_node().data, np.int64).reshape(-1)
        if len(pattern) > 1 and pattern[0] == 1 and (pattern != 0).all():
            again = opset8.reshape(node.input_value(0), np.array([0, *pattern[1:]], np.int64), True)
            for user in node.output(0).get_target_inputs():
                user.replace_source_output(again.output(0))


def _flat(model: Any, size: int) -> Any:
    """(n, d, 1, 1) -> (n, d)"""
    from openvino import opset8

    from siamgui.core.vino import ov

    end = model.outputs[0].get_node().input_value(0)
    flat = opset8.reshape(end, np.array([-1, size], np.int64), False)
    return ov.Model([flat], model.get_parameters(), "onnx")


def _last_line(error: RuntimeError) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:200]


def _tensors(graph: Any) -> dict[str, Any]:
    """The larger constants of single precision, which are the weights; of equal ones, one."""
    found: dict[bytes, Any] = {}
    for node in graph.get_ordered_ops():
        if node.get_type_name() == "Constant" and node.get_element_type().get_type_name() == "f32":
            value = np.array(node.data, np.float32)
            if value.nbytes >= _SHARED:
                if not np.isfinite(value).all():
                    raise WrongForm("$.graph: has numbers that are not finite")
                found.setdefault(value.tobytes(), value)
    return {f"t{number:04}": value for number, value in enumerate(found.values())}


def _try(folder: Path) -> None:
    """On faces, as everybody else will run it. Raises WrongForm where it tells no face from another."""
    from siamgui.core.pipeline import FaceEngine
    from siamgui.core.runtime import OpenVinoEncoder
    from siamgui.versions.general_reference import bundled_faces
    from siamgui.versions.onnx_version import model_in

    crops: Pixels = bundled_faces(FaceEngine.load("cpu")).crops
    encode = OpenVinoEncoder(model_in(folder, "onnx", "1")).encode
    vectors = encode(crops)
    if not np.isfinite(vectors).all() or (np.linalg.norm(vectors, axis=1) < 1e-6).any():
        raise WrongForm("$.graph: gives no embeddings of faces")
    one_by_one = np.concatenate([encode(crop[None]) for crop in crops])
    unit = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (vectors, one_by_one)]
    if np.abs(unit[0] - unit[1]).max() > _LEAST_APART:
        raise WrongForm("$.graph: " + tr("gives another embedding of a face when others are looked at with it"))
    if np.linalg.norm(unit[0][:, None] - unit[0][None], axis=2).max() < _LEAST_APART:
        raise WrongForm("$.graph: " + tr("gives every face the same embedding"))
