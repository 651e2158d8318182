"""Fixtures that all tests share: photographs, the engine, and a check that no test leaves a thread behind.

Tests that measure on public face collections need ../shared/data beside the checkout, or a folder of the same shape
named by the environment variable SIAMGUI_TEST_DATA; without it they skip.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # no test leaves a key in that of the machine

import pytest

from siamgui.core import i18n
from siamgui.core.resources import resource

if TYPE_CHECKING:
    from siamgui.core.pipeline import FaceEngine

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure() -> None:
    """A processor for each worker of pytest-xdist, and for what it starts.

    OpenVINO and torch take as many threads as they may use processors; two workers with two each spend a fifth of their
    time waiting for one another.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    if worker and hasattr(os, "sched_setaffinity"):
        processors = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {processors[int(worker) % len(processors)]})


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of the bundled photographs: obama1.jpg, obama2.jpg, obama3.jpg (one man) and biden.jpg."""
    return resource("samples")


def _collection(name: str) -> Path:
    root = Path(os.environ.get("SIAMGUI_TEST_DATA") or ROOT.parent / "shared" / "data")
    folder = root / name
    if not folder.is_dir():
        pytest.skip(f"the collection {name} is not beside the checkout (see tests/conftest.py)")
    return folder


@pytest.fixture(scope="session")
def lfw() -> Path:
    """A part of Labeled Faces in the Wild: images/NAME/NAME_0001.jpg and pairs.csv."""
    return _collection("lfw_dev")


@pytest.fixture(scope="session")
def att() -> Path:
    """The AT&T faces: s1/1.pgm to s40/10.pgm."""
    return _collection("att_faces")


@pytest.fixture(scope="session")
def engine() -> FaceEngine:
    """The engine on the CPU, loaded once."""
    from siamgui.core.pipeline import FaceEngine

    return FaceEngine.load("cpu")


@pytest.fixture(scope="session")
def finished_version(tmp_path_factory: pytest.TempPathFactory, engine: FaceEngine, samples: Path) -> Path:
    """The folder of a version as a training run leaves it: the bundled encoder with a head, called "Poor camera".

    The head doubles every embedding and turns the space a little. Its card says that the gate allows it. It was made in
    another data folder than those of the tests. Do not change it: copy it.
    """
    import numpy as np
    import torch

    from siamgui.core import encoders
    from siamgui.core.calibration import Calibration
    from siamgui.core.encoders.registry import HEAD, encoder_of
    from siamgui.core.imaging import load_photo
    from siamgui.core.manifest import bundled_encoder
    from siamgui.versions.export import write_version
    from siamgui.versions.version_card import Card, CardGate

    crops = []
    for name in ("obama1", "obama2", "biden"):
        photo = load_photo(samples / f"{name}.jpg")
        crops.append(engine.read_photo(photo).reading.crop)
    parent = bundled_encoder()
    entry = encoder_of(parent.architecture)
    head = torch.eye(entry.embedding_size)
    head[0, 1] = 0.5
    net = encoders.build(entry.key + HEAD)
    net.load_state_dict({**encoders.load(parent).state_dict(), "head.weight": 2 * head})
    card = Card(method="head", gate=CardGate(allowed=True))
    table = Calibration.bundled()
    folder = tmp_path_factory.mktemp("result")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIAMGUI_DATA", str(tmp_path_factory.mktemp("elsewhere")))
        return write_version(folder, net, parent, "Poor camera", card, table, np.stack(crops))


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test starts and ends in English, whatever the machine speaks."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    yield
    i18n.set_language("en")


@pytest.fixture(autouse=True)
def _data_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees, or touches, what the user of this machine has labelled and trained."""
    monkeypatch.setenv("SIAMGUI_DATA", str(tmp_path / "data"))


@pytest.fixture
def quick_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """A passphrase takes no half a second."""
    from siamgui.vault import passphrase

    monkeypatch.setattr(passphrase, "SECONDS", 0.0)
    monkeypatch.setattr(passphrase, "LEAST", passphrase.Cost(8, 1, 1))


@pytest.fixture(autouse=True)
def _no_thread_left_behind() -> Iterator[None]:
    """A test fails when a thread that it started is still alive a moment after its end.

    Threads that Python only sees in passing (Qt's own, and those of compute libraries) carry a placeholder name; Dask
    keeps two for as long as the process lives.
    """
    before = set(threading.enumerate())
    yield
    others = ("Dummy-", "Dask-")
    left = [thread for thread in threading.enumerate() if thread not in before and not thread.name.startswith(others)]
    for thread in left:
        thread.join(timeout=5)
    alive = [thread.name for thread in left if thread.is_alive()]
    assert not alive, f"threads left behind: {', '.join(alive)}"
