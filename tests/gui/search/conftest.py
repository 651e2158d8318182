"""The page Search with the real engine and the real file."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from siamgui.core.types import Strictness
from siamgui.gui import theme
from siamgui.gui.compare.controller import PairController
from siamgui.gui.inference import Inference
from siamgui.gui.search.controller import SearchController
from siamgui.gui.search.page import SearchPage
from siamgui.gui.store import WindowStore
from siamgui.gui.tasks import Workers
from tests.builders.search_page import Seeker
from tests.builders.window import PATIENCE


@pytest.fixture
def open_page(
    qtbot: QtBot, qapp: QApplication, store: WindowStore, inference: Inference, decoders: Workers
) -> Iterator[Callable[[], Seeker]]:
    opened: list[SearchPage] = []

    def close() -> None:
        page = opened.pop()
        page.stop()
        page.hide()
        page.controller.stop()
        page.deleteLater()
        page.controller.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def make() -> Seeker:
        """Another one takes the place of the one before, as a program that is started again does."""
        if opened:
            close()
        theme.apply(qapp, "light")
        qtbot.waitUntil(lambda: inference.current is not None, timeout=PATIENCE)
        pair = PairController(decoders, inference, Strictness.BALANCED)
        page = SearchPage(SearchController(store, decoders, inference, Strictness.BALANCED), lambda: pair.state)
        pair.setParent(page)
        opened.append(page)
        page.resize(1190, 740)
        with qtbot.waitActive(page, timeout=PATIENCE):
            page.show()
            page.activateWindow()
        return Seeker(qtbot, page)

    yield make
    if opened:
        close()


@pytest.fixture
def seeker(open_page: Callable[[], Seeker]) -> Seeker:
    return open_page()
