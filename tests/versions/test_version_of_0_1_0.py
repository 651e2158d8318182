"""What was trained with siamgui 0.1.0, from MobileFaceNet alone, still opens and answers as it did."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from siamgui.core import encoders
from siamgui.core.calibration import Calibration
from siamgui.core.embedding import unit
from siamgui.core.encoders.joint import JointEncoder
from siamgui.core.encoders.registry import HEAD
from siamgui.core.imaging import load_photo
from siamgui.core.manifest import Model, bundled_encoder, read_manifest
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Strictness
from siamgui.core.vino import ov
from siamgui.versions.export import serving_form, write_version
from siamgui.versions.version_card import Card


@pytest.fixture
def old(tmp_path: Path, engine: FaceEngine, samples: Path) -> Model:
    """MobileFaceNet with a head; its serving form holds all its weights, and its calibration is its own."""
    joint = encoders.load(bundled_encoder())
    assert isinstance(joint, JointEncoder)
    head = torch.eye(192)
    head[0, 1] = 0.5
    net = encoders.build("mobilefacenet" + HEAD)
    net.load_state_dict({**joint.parts[0].state_dict(), "head.weight": head})
    crop = engine.read_photo(load_photo(samples / "obama1.jpg")).reading.crop
    table = replace(Calibration.bundled(), adjusted=False, parts={}, cohort=None)
    folder = write_version(tmp_path, net, bundled_encoder(), "Old", Card(method="head"), table, crop[None])
    graph = serving_form(net, torch.zeros(2, 3, 112, 112), [-1, 3, 112, 112], folder.name, ["embedding"])
    ov.save_model(graph, str(folder / "serving.xml"), compress_to_fp16=False)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    files = manifest["files"] | manifest.pop("serving")["files"]
    manifest["files"] = {name: {"sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest()} for name in files}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return read_manifest(folder)


def test_it_looks_twice_and_judges_by_its_own_calibration(old: Model, samples: Path) -> None:
    engine = FaceEngine.load("cpu", old)
    left, right = (engine.read_photo(load_photo(samples / f"{name}.jpg")).reading for name in ("obama1", "obama2"))
    net = encoders.load(old)
    crop = torch.tensor(left.crop[None]).permute(0, 3, 1, 2).float()
    with torch.inference_mode():
        both = (net(crop) + net(crop.flip(3))).numpy()[0]
    np.testing.assert_allclose(left.embedding.vector, unit(both), atol=1e-4)
    verdict = engine.compare(left, right, Strictness.BALANCED).verdict
    assert (verdict.outcome, verdict.parts, verdict.claim) == ("same", (), None)
    assert verdict.same_below == Calibration.of(old).limits(Strictness.BALANCED).same_below
