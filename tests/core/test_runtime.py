"""OpenVINO and torch compute the same distances, damaged files are refused, a failing GPU hands over to the CPU."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from siamgui.core.calibration import Calibration
from siamgui.core.encoders.registry import default_encoder
from siamgui.core.errors import DeviceUnavailable, ModelCorrupt, ModelMissing
from siamgui.core.imaging import load_photo
from siamgui.core.manifest import bundled, bundled_encoder, bundled_models, read_manifest, verify
from siamgui.core.pipeline import FaceEngine
from siamgui.core.resources import models_folder
from siamgui.core.runtime import IDLE, OFTEN, OWN_GRAPHS, OpenVinoRuntime, TorchRuntime, gpu_device
from siamgui.core.types import FaceReading, Strictness
from tests.conftest import ROOT

KEY = default_encoder().key
NAMES = ("biden", "obama1", "obama2", "obama3")
GOLDEN = ROOT / "tests" / "golden" / "distances.json"


def torch_engine(device: str) -> FaceEngine:
    return FaceEngine(TorchRuntime(bundled("centerface"), bundled_encoder(), device), Calibration.bundled())


def readings(engine: FaceEngine, samples: Path) -> list[FaceReading]:
    result = []
    for name in NAMES:
        photo = load_photo(samples / f"{name}.jpg")
        result.append(engine.read_photo(photo).reading)
    return result


def distances(faces: list[FaceReading]) -> np.ndarray:
    vectors = np.stack([face.embedding.vector for face in faces]).astype(np.float64)
    return np.linalg.norm(vectors[:, None] - vectors[None], axis=-1)


@pytest.fixture(scope="module")
def golden() -> np.ndarray:
    """Distances between the bundled photographs, by the torch reference (tools/golden.py)."""
    return np.array(json.loads(GOLDEN.read_text(encoding="utf-8"))["distances"])


def test_openvino_agrees_with_the_golden_distances(engine: FaceEngine, samples: Path, golden: np.ndarray) -> None:
    np.testing.assert_allclose(distances(readings(engine, samples)), golden, atol=1e-3)


def test_a_size_that_keeps_coming_is_read_as_it_was(samples: Path) -> None:
    """From the sixth time on by a graph of its own; other sizes come between, and some sizes never get one."""
    runtime = OpenVinoRuntime(bundled("centerface"), bundled_encoder())
    pixels = load_photo(samples / "biden.jpg").pixels
    pictures = [np.ascontiguousarray(pixels[None, :128, : 128 + 32 * k]) for k in range(OWN_GRAPHS + 1)]
    first = [[part.copy() for part in runtime.detect(picture)] for picture in pictures]
    for _ in range(OFTEN):
        for picture, parts in zip(pictures, first, strict=True):
            for part, before in zip(runtime.detect(picture), parts, strict=True):
                np.testing.assert_allclose(part, before, atol=1e-4)


def test_a_size_that_has_long_not_come_makes_room_for_one_that_does() -> None:
    runtime = OpenVinoRuntime(bundled("centerface"), bundled_encoder())
    pictures = [np.zeros((1, 32, 32 + 32 * k, 3), np.uint8) for k in range(OWN_GRAPHS + 1)]
    for picture in pictures:
        for _ in range(OFTEN):
            runtime.detect(picture)
    own = runtime._detector._own
    assert list(own) == [picture.shape for picture in pictures[:-1]]
    for n in range(IDLE):
        runtime.detect(pictures[1 + n % OWN_GRAPHS])
    assert list(own) == [picture.shape for picture in pictures[1:]]


def test_where_no_graph_can_be_compiled_for_a_size_the_one_for_any_size_goes_on() -> None:
    class Full:
        def compile_model(self, *_: object) -> None:
            raise RuntimeError("out of memory")

    runtime = OpenVinoRuntime(bundled("centerface"), bundled_encoder())
    picture = np.zeros((1, 32, 64, 3), np.uint8)
    runtime.detect(picture)
    runtime._detector._core = Full()
    for _ in range(2 * OFTEN):
        runtime.detect(picture)
    assert not runtime._detector._own


def test_torch_agrees_with_the_golden_distances(samples: Path, golden: np.ndarray) -> None:
    np.testing.assert_allclose(distances(readings(torch_engine("cpu"), samples)), golden, atol=1e-3)


def test_the_gpu_agrees_with_the_golden_distances(samples: Path, golden: np.ndarray) -> None:
    device = gpu_device()
    if device is None:
        pytest.skip("no GPU on this machine")
    np.testing.assert_allclose(distances(readings(torch_engine(device), samples)), golden, atol=1e-3)


def test_a_failing_device_hands_over_to_the_cpu_and_says_so(samples: Path, golden: np.ndarray) -> None:
    """torch's "meta" device takes the networks and fails at every result, as a GPU out of memory does."""
    engine = torch_engine("meta")
    assert (engine.info.device, engine.info.fallback) == ("META", False)
    np.testing.assert_allclose(distances(readings(engine, samples)), golden, atol=1e-3)
    assert (engine.info.device, engine.info.backend, engine.info.fallback) == ("CPU", "OpenVINO", True)


def test_an_error_of_the_cpu_is_not_taken_for_one_of_a_graphics_card() -> None:
    engine = FaceEngine.load("cpu")
    with pytest.raises(RuntimeError):
        engine.embed(np.zeros((50, 50, 3), np.uint8))
    assert (engine.info.device, engine.info.fallback) == ("CPU", False)


def test_an_absent_device_is_said() -> None:
    if gpu_device() == "cuda":
        pytest.skip("this machine has CUDA")
    with pytest.raises(DeviceUnavailable, match="CUDA"):
        FaceEngine.load("cuda")


def test_comparing_on_the_cpu_imports_neither_torch_nor_qt(samples: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from siamgui.core.pipeline import FaceEngine\n"
        "from siamgui.core.imaging import load_photo\n"
        "e = FaceEngine.load('cpu'); p = load_photo(Path(sys.argv[1])); d = e.find_faces(p)\n"
        "e.read_face(p, d.faces[0])\n"
        "print([m for m in ('torch', 'PySide6', 'sklearn', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(samples / "biden.jpg")], capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"


def test_the_bundled_models_are_whole() -> None:
    for model in bundled_models():
        verify(model)
        assert model.licence
        assert model.source


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A copy of the encoder to damage."""
    return Path(shutil.copytree(models_folder() / KEY, tmp_path / KEY))


@pytest.mark.parametrize("name", ["serving.xml", "serving.bin", "weights.safetensors"])
def test_a_damaged_or_missing_serving_file_is_named(damaged: Path, name: str) -> None:
    model = read_manifest(damaged)
    data = bytearray((damaged / name).read_bytes())
    data[len(data) // 2] ^= 1
    (damaged / name).write_bytes(data)
    with pytest.raises(ModelCorrupt, match=f"{KEY}/{name}"):
        OpenVinoRuntime(bundled("centerface"), model)
    (damaged / name).unlink()
    with pytest.raises(ModelMissing, match=f"{KEY}/{name}"):
        OpenVinoRuntime(bundled("centerface"), model)


def test_damaged_weights_are_refused_by_torch(damaged: Path) -> None:
    (damaged / "weights.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelCorrupt, match="safetensors"):
        TorchRuntime(bundled("centerface"), read_manifest(damaged), "cpu")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"id": 1, "files": 3}'])
def test_a_damaged_manifest_is_refused(damaged: Path, text: str) -> None:
    (damaged / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(ModelCorrupt, match=rf"{KEY}/manifest\.json"):
        read_manifest(damaged)
    (damaged / "manifest.json").unlink()
    with pytest.raises(ModelMissing):
        read_manifest(damaged)


def test_one_comparison_end_to_end(engine: FaceEngine, samples: Path) -> None:
    biden, first, second, _ = readings(engine, samples)
    assert engine.compare(first, second, Strictness.STRICT).verdict.outcome == "same"
    assert engine.compare(first, biden, Strictness.STRICT).verdict.outcome == "different"
    assert engine.compare(first, first, Strictness.STRICT).verdict.distance == 0
