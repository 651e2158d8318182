"""The two networks for a close look at a face, from their package to models/ (tools/build_models.py)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from model_building import Source, agree, fetch, write
from torch import nn

from siamgui.core.encoders.eye24 import Eye24
from siamgui.core.encoders.landmarks68 import Landmarks68
from siamgui.versions.export import serving_form


def _source(member: str) -> Source:
    return Source(
        "npm",
        "faceplugin-face-recognition-js",
        "0.0.1",
        "faceplugin-face-recognition-js-0.0.1.tgz",
        "7ea06031d9a3f83753254fcff60506a07b81b46fc84d4ee024cd041f260ec1ba",
        f"package/model/{member}",
        "MIT",
    )


def build_landmarks(target: Path) -> None:
    """Into target/landmarks68."""
    net = Landmarks68()
    manifest = {
        "name": "68 landmarks",
        "role": "landmarks",
        "output": {"points": 68, "order": "300-W", "scale": "0 to 1 of the picture"},
    }
    _build(target, net, _source("fr_landmark.onnx"), 64, 256, manifest)


def build_eyes(target: Path) -> None:
    """Into target/eye24."""
    manifest = {"name": "Open or closed eye", "role": "eyes", "output": {"scores": ["closed", "open"]}}
    _build(target, Eye24(), _source("fr_eye.onnx"), 24, 255, manifest)


def _build(target: Path, net: nn.Module, source: Source, size: int, scale: int, manifest: dict[str, Any]) -> None:
    import onnx

    key = {64: "landmarks68", 24: "eye24"}[size]
    noise = np.random.default_rng(0).uniform(0, 255, (1, 1, size, size)).astype(np.float32)
    with tempfile.TemporaryDirectory() as temporary:
        data = fetch(source, Path(temporary))
        _copy(net, onnx.load_from_string(data).graph)
        original = Path(temporary) / f"{key}.onnx"
        original.write_bytes(data)
        agree(net, original, noise / scale, torch.from_numpy(noise), 1e-3)
    output = ["points"] if size == 64 else ["scores"]
    serving = serving_form(net, torch.zeros(2, 1, size, size), [-1, 1, size, size], key, output)
    shown = {"size": [size, size], "colour": "grey", "scale": f"x / {scale}"}
    notes = "Trained by others; the package does not say on which photographs."
    full = {"id": key, "version": "1", **manifest, "input": shown, "notes": notes}
    write(target / key, net, serving, (source,), full, {})


def _copy(net: nn.Module, graph: Any) -> None:
    """The tensors of an ONNX graph, in its order; the batch-norm behind the last layer is folded into that."""
    from onnx import numpy_helper

    value = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    layers = [module for module in net.modules() if isinstance(module, nn.Conv2d)]
    with torch.no_grad():
        for layer, node in zip(layers, convolutions, strict=True):
            _set(layer.weight, value[node.input[1]])
            if layer.bias is not None:
                _set(layer.bias, value[node.input[2]])
        for layer in (module for module in net.modules() if isinstance(module, nn.Linear)):
            dense, norm = (next(n for n in graph.node if n.op_type == kind) for kind in ("Gemm", "BatchNormalization"))
            gamma, beta, mean, variance = (value[name] for name in norm.input[1:5])
            epsilon = next(a.f for a in norm.attribute if a.name == "epsilon")
            gain = gamma / np.sqrt(variance + np.float32(epsilon))
            _set(layer.weight, value[dense.input[1]] * gain[:, None])
            _set(layer.bias, (value[dense.input[2]] - mean) * gain + beta)
    net.eval()


def _set(parameter: torch.Tensor, tensor: np.ndarray[Any, Any]) -> None:
    assert parameter.shape == tensor.shape
    parameter.copy_(torch.from_numpy(tensor.copy()))
