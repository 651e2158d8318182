"""A slot shows the newest photograph, and only what the engine in use has read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from siamgui.core.imaging import load_photo, photo_from_pixels
from siamgui.core.types import Embedding, Photo
from siamgui.gui.inference import Inference
from siamgui.gui.photos.slot import Loaded, SlotController, SlotState
from siamgui.gui.tasks import Workers
from tests.builders.window import PATIENCE


@pytest.fixture
def slot(decoders: Workers, inference: Inference) -> SlotController:
    return SlotController(decoders, inference)


def settle(slot: SlotController, qtbot: QtBot) -> Loaded:
    qtbot.waitUntil(lambda: not slot.state.busy, timeout=PATIENCE)
    assert slot.state.loaded is not None
    return slot.state.loaded


def test_the_newest_wins(slot: SlotController, qtbot: QtBot, samples: Path) -> None:
    shown: list[str] = []
    slot.changed.connect(lambda: shown.append(slot.state.shown.photo.name if slot.state.shown else ""))
    for name in ("obama1", "biden", "obama2"):
        slot.load(samples / f"{name}.jpg", 0)
    assert settle(slot, qtbot).decoded.photo.name == "obama2.jpg"
    assert set(shown) == {"", "obama2.jpg"}


def test_what_is_there_stays_when_a_newcomer_is_refused(
    slot: SlotController, qtbot: QtBot, samples: Path, tmp_path: Path
) -> None:
    slot.load(samples / "obama1.jpg", 0)
    before = settle(slot, qtbot)
    slot.load(photo_from_pixels(np.full((300, 300, 3), 90, np.uint8), "wall"), 0)
    assert settle(slot, qtbot) is before
    assert "No face was found in “wall”" in str(slot.state.error)


def test_another_face_is_chosen(slot: SlotController, qtbot: QtBot, samples: Path) -> None:
    slot.load(two_people(samples), 0)
    first = settle(slot, qtbot)
    slot.choose(1 - first.chosen)
    assert slot.state.reading is None, "what was read is of the other face"
    second = settle(slot, qtbot)
    assert second.read is not None
    assert (second.chosen, second.read.chosen) == (1 - first.chosen, 1 - first.chosen)
    assert second.detection is first.detection


def test_what_another_encoder_read_is_read_again(slot: SlotController, qtbot: QtBot, samples: Path) -> None:
    """As undo and the live page bring it back after another model version was activated."""
    slot.load(samples / "obama1.jpg", 0)
    loaded = settle(slot, qtbot)
    assert loaded.read is not None
    embedding = Embedding(loaded.read.reading.embedding.vector, "another 1")
    foreign = replace(
        loaded.read,
        reading=replace(loaded.read.reading, embedding=embedding),
        engine=replace(loaded.read.engine, encoder_id="another", encoder_version="1"),
    )
    slot.adopt(SlotState(replace(loaded, read=foreign)))
    assert slot.state.reading is None
    again = settle(slot, qtbot)
    assert again.read is not None
    assert again.read.engine == loaded.read.engine
    assert again.read.reading.embedding.encoder == loaded.read.engine.encoder


def test_nothing_stays_read_while_another_engine_is_loaded(
    slot: SlotController, inference: Inference, qtbot: QtBot, samples: Path
) -> None:
    slot.load(samples / "obama1.jpg", 0)
    settle(slot, qtbot)
    inference.load("cpu")
    assert slot.state.reading is None
    assert slot.state.shown is not None
    assert settle(slot, qtbot).reading is not None


def two_people(samples: Path) -> Photo:
    one, other = (load_photo(samples / f"{name}.jpg").pixels for name in ("obama1", "biden"))
    height = min(len(one), len(other))
    return photo_from_pixels(np.hstack([one[:height], other[:height]]), "two people")
