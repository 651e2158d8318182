"""Decoders and an engine as the window has them, without a window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from siamgui.gui.inference import Inference
from siamgui.gui.tasks import Workers
from tests.builders.window import PATIENCE


@pytest.fixture
def decoders(qapp: QApplication) -> Iterator[Workers]:
    workers = Workers(2, "decode")
    yield workers
    workers.stop()


@pytest.fixture
def unloaded(qapp: QApplication) -> Iterator[Inference]:
    """An engine that nobody has asked for yet."""
    inference = Inference()
    yield inference
    inference.stop()


@pytest.fixture
def inference(unloaded: Inference, qtbot: QtBot) -> Inference:
    """An engine that stands by."""
    with qtbot.waitSignal(unloaded.ready, timeout=PATIENCE):
        unloaded.load("cpu")
    return unloaded
