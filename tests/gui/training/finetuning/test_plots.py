"""The charts: what they say in words, their colours, and that they leave wheel and keys to the page."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from siamgui.gui import theme
from siamgui.gui.training.finetuning.chart import Chart
from siamgui.gui.training.finetuning.plots import DistanceChart, EerChart, LossChart, RateChart
from tests.builders.window import PATIENCE

EDGES = [0.0, 0.5, 1.0, 1.5, 2.0]


def distances() -> DistanceChart:
    return DistanceChart("Distances of held-out people")


def rates(det: bool = False) -> RateChart:
    return RateChart(det=det)


@pytest.mark.parametrize("make", [LossChart, EerChart, distances, rates])
def test_an_empty_chart_says_so(qtbot: QtBot, make: Callable[[], Chart]) -> None:
    chart = make()
    qtbot.addWidget(chart)
    assert chart.accessibleName()
    assert chart.accessibleDescription() == "Nothing has been measured yet."


def test_curves_in_words(qtbot: QtBot) -> None:
    loss, eer = LossChart(), EerChart()
    for chart in (loss, eer):
        qtbot.addWidget(chart)
    loss.show_epochs([(0, None, 0.7), (1, 0.6, 0.5)], 8)
    assert loss.accessibleDescription() == (
        "On the pairs it learns from, the loss went from 0.600 to 0.600. "
        "On held-out people the loss went from 0.700 to 0.500."
    )
    assert list(loss.lines[0].getData()[0]) == [1]
    assert list(loss.lines[1].getData()[0]) == [0, 1]
    eer.show_epochs([(0, 0.25), (1, 0.125), (2, 0.2)], 1, 8)
    assert eer.accessibleDescription() == (
        "Equal error rate on held-out people: 25.0 % before training, 20.0 % after pass 2. "
        "The best so far is 12.5 %, after pass 1."
    )


def test_rates_in_words_and_on_both_kinds_of_axes(qtbot: QtBot) -> None:
    for det in (False, True):
        chart = RateChart(det=det)
        qtbot.addWidget(chart)
        chart.show_curves(((0.0, 0.1, 1.0), (1.0, 0.3, 0.0)), ((0.0, 0.05, 1.0), (0.5, 0.1, 0.0)))
        assert "65.0 % of the pairs of the same person are rejected before, 10.0 % after" in (
            chart.accessibleDescription()
        )
        assert all(np.isfinite(line.getData()).all() for line in chart.lines)
    x, y = chart.lines[1].getData()
    assert x[1] == pytest.approx(-1.6449, abs=1e-3)  # the normal deviates of 5 % and 10 %
    assert y[1] == pytest.approx(-1.2816, abs=1e-3)


def test_histograms_move_to_their_new_shape(qtbot: QtBot) -> None:
    chart = distances()
    qtbot.addWidget(chart)
    chart.show()
    chart.show_distances(EDGES, [0, 3, 1, 0], [0, 1, 3, 0])
    assert list(chart.lines[0].getData()[1]) == [0.75, 0.25]
    assert chart.accessibleDescription() == (
        "Half of the pairs of the same person lie closer than 0.83, half of the pairs of different people closer than "
        "1.17; the two overlap by 50 %."
    )
    chart.show_distances(EDGES, [4, 0, 0, 0], [0, 0, 0, 2])
    assert "the two overlap by 0 %" in chart.accessibleDescription()
    qtbot.waitUntil(lambda: list(chart.lines[1].getData()[1]) == [1.0], timeout=PATIENCE)
    assert list(chart.lines[1].getData()[0]) == [1.5, 2.0]


def test_the_colours_are_those_of_the_theme(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    chart = distances()
    qtbot.addWidget(chart)
    assert chart.lines[0].opts["pen"].color() == theme.LIGHT.same
    theme.apply(qapp, "dark")
    assert chart.lines[0].opts["pen"].color() == theme.DARK.same
    assert chart.lines[1].opts["pen"].color() == theme.DARK.different
    assert chart.plot.getAxis("bottom").textPen().color() == theme.DARK.muted
    theme.apply(qapp, "light")


def test_the_wheel_scrolls_the_page_and_tab_reaches_the_chart(qtbot: QtBot) -> None:
    area, body = QScrollArea(), QWidget()
    qtbot.addWidget(area)
    chart = EerChart()
    layout = QVBoxLayout(body)
    layout.addWidget(chart)
    body.setFixedSize(300, 2000)
    area.setWidget(body)
    area.resize(320, 300)
    area.show()
    chart.show_epochs([(0, 0.25), (1, 0.125)], 1, 8)
    span = chart.plot.viewRange()
    window = area.windowHandle()
    assert window is not None
    QTest.wheelEvent(window, QPointF(chart.plot.mapTo(area, QPoint(50, 50))), QPoint(0, -240))
    assert area.verticalScrollBar().value() > 0
    assert chart.plot.viewRange() == span
    assert chart.focusPolicy() is Qt.FocusPolicy.TabFocus
