"""An installation without PyTorch: everything but training works, and training says what is missing."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from siamgui.core import training_part
from siamgui.core.errors import Cancelled
from siamgui.core.training_part import TrainingMissing
from siamgui.versions.intake import Task, examine
from tests.builders.command_line import Capture, ok, refused
from tests.conftest import ROOT

SENTENCE = "Install “siamgui-training” beside siamgui"


@pytest.fixture
def without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)


def test_it_is_there_in_a_whole_installation() -> None:
    assert training_part.is_there()
    training_part.need()


@pytest.mark.usefixtures("without_torch")
def test_the_command_line_says_what_is_missing(capsys: Capture, tmp_path: Path) -> None:
    photos = [ROOT / "resources" / "samples" / name for name in ("obama1.jpg", "obama2.jpg")]
    assert SENTENCE in refused(capsys, "train", tmp_path)
    assert SENTENCE in refused(capsys, "compare", *photos, "--device", "cuda")
    assert "Supports: same person" in ok(capsys, "compare", *photos)


@pytest.mark.usefixtures("without_torch")
def test_a_version_from_elsewhere_is_not_half_examined(tmp_path: Path) -> None:
    with pytest.raises(TrainingMissing):
        examine(tmp_path, "theirs", Task.MEASURE, progress=lambda *_: None)


@pytest.mark.usefixtures("without_torch")
def test_an_encoder_from_elsewhere_needs_none(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()  # it is enough that it begins
    with pytest.raises(Cancelled):
        examine(tmp_path, "theirs", Task.ONNX, progress=lambda *_: None, stop=stop)
