"""The people page with the real engine and the real file, and people who are enrolled before it is opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Embedding
from siamgui.gui import theme
from siamgui.gui.inference import Inference
from siamgui.gui.people.controller import PeopleController
from siamgui.gui.people.page import PeoplePage
from siamgui.gui.store import WindowStore
from siamgui.gui.tasks import Workers
from siamgui.storage.people_store import PeopleStore, Person
from tests.builders.people_page import Keeper
from tests.builders.window import PATIENCE


@pytest.fixture
def open_page(
    qtbot: QtBot, qapp: QApplication, store: WindowStore, inference: Inference, decoders: Workers
) -> Iterator[Callable[[], Keeper]]:
    opened: list[PeoplePage] = []

    def close() -> None:
        page = opened.pop()
        page.stop()
        page.hide()
        page.controller.stop()
        page.deleteLater()
        page.controller.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # and not by whatever thread collects

    def make() -> Keeper:
        """Another one takes the place of the one before, as a program that is started again does."""
        if opened:
            close()
        theme.apply(qapp, "light")
        page = PeoplePage(PeopleController(store, decoders, inference))
        opened.append(page)
        page.resize(1190, 740)
        with qtbot.waitActive(page, timeout=PATIENCE):
            page.show()
            page.activateWindow()
        qtbot.waitUntil(lambda: inference.current is not None, timeout=PATIENCE)
        return Keeper(qtbot, page)

    yield make
    if opened:
        close()


@pytest.fixture
def keeper(open_page: Callable[[], Keeper]) -> Keeper:
    return open_page()


@pytest.fixture
def obamas(samples: Path) -> list[Path]:
    return [samples / f"obama{n}.jpg" for n in (1, 2, 3)]


@pytest.fixture
def already(engine: FaceEngine, samples: Path) -> Callable[..., Person]:
    """Enrols somebody before the page is opened: enrol(name, *photos, until=…, encoder=…)."""

    def enrol(name: str, *photos: str, until: date | None = None, encoder: str = "") -> Person:
        readings = []
        for photo in [load_photo(samples / one) for one in photos]:
            reading = engine.read_photo(photo).reading
            if encoder:
                vector = np.roll(reading.embedding.vector, 7)
                reading = replace(reading, embedding=Embedding(vector, encoder))
            readings.append((photo, reading))
        with PeopleStore.open() as people:
            return people.enrol(name, "", until, readings)

    return enrol
