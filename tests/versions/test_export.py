"""A trained encoder becomes a version on the disk that the engine runs, with the same numbers in every form."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from siamgui.core import encoders
from siamgui.core.calibration import Calibration
from siamgui.core.encoders.registry import HEAD
from siamgui.core.errors import ModelCorrupt
from siamgui.core.imaging import load_photo
from siamgui.core.manifest import Model, bundled_encoder, read_manifest, verify
from siamgui.core.pipeline import FaceEngine
from siamgui.core.runtime import TorchRuntime
from siamgui.core.types import FaceReading, Pixels, Strictness
from siamgui.versions.export import ServingDisagrees, VersionNotSaved, slug, write_version
from siamgui.versions.version_card import Card


def plain() -> Calibration:
    """Of an encoder that has no cohort."""
    return replace(Calibration.bundled(), adjusted=False)


def read(engine: FaceEngine, samples: Path, name: str) -> FaceReading:
    photo = load_photo(samples / f"{name}.jpg")
    return engine.read_photo(photo).reading


@pytest.fixture
def version(finished_version: Path) -> Model:
    return read_manifest(finished_version)


@pytest.fixture
def crop(engine: FaceEngine, samples: Path) -> Pixels:
    """(1, 112, 112, 3)"""
    return read(engine, samples, "obama1").crop[None]


def test_a_version_says_what_it_is(version: Model) -> None:
    verify(version)
    assert version.id.startswith("poor-camera-")
    assert version.name == "Poor camera"
    assert [path.name for path in version.files[0].path.parent.parent.iterdir()] == [version.id]
    assert version.architecture == bundled_encoder().id + HEAD
    assert (version.licence, version.source) == (bundled_encoder().licence, bundled_encoder().source)
    assert version.card["parent"]["id"] == bundled_encoder().id
    assert version.card["method"] == "head"
    assert version.card["sha256"] == version.file("weights.safetensors").sha256
    assert Calibration.of(version).encoder == version.key


def test_the_engine_runs_a_version_on_both_backends(version: Model, engine: FaceEngine, samples: Path) -> None:
    fast = FaceEngine.load("cpu", version)
    slow = FaceEngine(TorchRuntime(fast.detector, version, "cpu"), fast.calibration, version)
    original = read(engine, samples, "obama1")
    one, two = read(fast, samples, "obama1"), read(slow, samples, "obama1")
    assert fast.info.encoder == one.embedding.encoder == version.key
    np.testing.assert_allclose(one.embedding.vector, two.embedding.vector, atol=2e-3)  # the detectors differ a little
    turned = original.embedding.vector.copy()
    turned[0] += 0.5 * turned[1]
    np.testing.assert_allclose(one.embedding.vector, turned / np.linalg.norm(turned), atol=1e-4)
    assert fast.compare(one, read(fast, samples, "biden"), Strictness.STRICT).verdict.outcome == "different"


def test_quality_hears_of_lengths_as_the_bundled_encoder_has_them(
    version: Model, engine: FaceEngine, samples: Path
) -> None:
    assert version.norm_scale == pytest.approx(0.5, rel=0.05)
    original = read(engine, samples, "obama2").quality.embedding_norm
    assert read(FaceEngine.load("cpu", version), samples, "obama2").quality.embedding_norm == pytest.approx(
        original, rel=0.1
    )


def test_embeddings_of_two_versions_do_not_compare(version: Model, engine: FaceEngine, samples: Path) -> None:
    other = read(FaceEngine.load("cpu", version), samples, "biden")
    with pytest.raises(ValueError, match="do not compare"):
        engine.compare(read(engine, samples, "biden"), other, Strictness.BALANCED)


def test_the_network_of_the_paper_serves_too(tmp_path: Path, crop: Pixels, engine: FaceEngine, samples: Path) -> None:
    torch.manual_seed(0)
    net = encoders.build("chopra2005")
    path = write_version(tmp_path, net, bundled_encoder(), "论文", Card(), plain(), crop)
    model = read_manifest(path)
    assert model.id.startswith("version-")
    assert model.norm_scale is None
    reading = read(FaceEngine.load("cpu", model), samples, "obama1")
    assert reading.embedding.vector.shape == (50,)
    assert reading.quality.embedding_norm is None
    # What the length of the bundled encoder's embeddings says of a covered face, this one's does not say.
    assert {f.issue for f in reading.quality.findings} <= {
        f.issue for f in read(engine, samples, "obama1").quality.findings
    }


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, crop: Pixels) -> None:
    (tmp_path / "result").write_text("a file where the folder should be", encoding="utf-8")
    parent = bundled_encoder()
    with pytest.raises(VersionNotSaved, match="“Mine”"):
        write_version(
            tmp_path / "result",
            encoders.load(parent),
            parent,
            "Mine",
            Card(),
            plain(),
            crop,
        )


def test_a_serving_form_that_computes_something_else_is_not_kept(tmp_path: Path, crop: Pixels) -> None:
    """A network that answers differently each time cannot be served."""
    parent = bundled_encoder()
    net = encoders.load(parent)
    calls: list[int] = []

    def drift(_module: torch.nn.Module, _inputs: object, output: torch.Tensor) -> torch.Tensor:
        calls.append(1)
        return output.roll(len(calls), dims=1)

    net.register_forward_hook(drift)
    with pytest.raises(ServingDisagrees, match="Mine"):
        write_version(tmp_path / "versions", net, parent, "Mine", Card(), plain(), crop)
    assert list((tmp_path / "versions").iterdir()) == []


def test_weights_of_another_network_are_refused(version: Model, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(version.files[0].path.parent, tmp_path / version.id))
    manifest = (folder / "manifest.json").read_text(encoding="utf-8")
    for wrong in ("chopra2005", "unheard-of"):
        (folder / "manifest.json").write_text(manifest.replace(bundled_encoder().id + HEAD, wrong), encoding="utf-8")
        with pytest.raises(ModelCorrupt):
            encoders.load(read_manifest(folder))


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Poor camera", "poor-camera"), ("  Été à Zürich ", "ete-a-zurich"), ("../../etc", "etc"), ("照片", "version")],
)
def test_names_become_harmless_folders(name: str, expected: str) -> None:
    assert slug(name) == expected
