"""The distance gauge, with the calibration as shipped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QProxyStyle, QStyle, QStyleHintReturn, QStyleOption, QWidget
from pytestqt.qtbot import QtBot

from siamgui.core.calibration import Calibration
from siamgui.core.types import Comparison, Outcome, PairClaim, Strictness, Verdict
from siamgui.gui import theme
from siamgui.gui.widgets.gauge import SIDE, DistanceGauge
from siamgui.gui.widgets.stranger_lanes import BIN, StrangerLanes
from tests.core.test_wording import ENGINE, reading


def verdict(distance: float, outcome: Outcome = Outcome.SAME) -> Verdict:
    low, high = Calibration.bundled().limits(Strictness.BALANCED)
    return Verdict(
        outcome=outcome,
        strictness=Strictness.BALANCED,
        distance=distance,
        fmr=1e-4,
        fmr_is_bound=False,
        fnmr=0.5,
        fnmr_is_bound=False,
        log10_lr=3.0,
        same_below=low,
        different_above=high,
        forced=False,
        findings=(),
    )


def comparison(verdict: Verdict, *, strangers: bool = False) -> Comparison:
    """strangers: of either face, 2,000 around a distance of 1.3, and two nearer than 0.62 to the left one."""
    if not strangers:
        return Comparison(reading(), reading(), verdict, ENGINE)
    rng = np.random.default_rng(1)
    left, right = (rng.normal(1 - 1.3**2 / 2, 0.12, 2000).clip(-0.5, 0.7).astype(np.float32) for _ in range(2))
    left[:2] = 1 - np.array([0.5, 0.6]) ** 2 / 2
    sides = [replace(reading(), strangers=np.sort(cosines)) for cosines in (left, right)]
    claim = PairClaim(verdict.distance, 1e-5, False, 2000, 2, 0, False, "")
    return Comparison(*sides, replace(verdict, claim=claim), ENGINE)


@pytest.fixture
def gauge(qtbot: QtBot) -> DistanceGauge:
    """Not on the screen, so that the needle does not travel."""
    gauge = DistanceGauge()
    qtbot.addWidget(gauge)
    gauge.set_calibration(Calibration.bundled())
    gauge.resize(560, gauge.sizeHint().height())
    return gauge


@pytest.fixture
def shown(qtbot: QtBot, gauge: DistanceGauge) -> DistanceGauge:
    gauge.show()
    qtbot.waitExposed(gauge)
    return gauge


class StillStyle(QProxyStyle):
    """A style that wants no animation."""

    def styleHint(
        self,
        hint: QStyle.StyleHint,
        option: QStyleOption | None = None,
        widget: QWidget | None = None,
        data: QStyleHintReturn | None = None,
    ) -> int:
        if hint == QStyle.StyleHint.SH_Widget_Animation_Duration:
            return 0
        return super().styleHint(hint, option, widget, data)


def picture(gauge: DistanceGauge) -> QImage:
    return gauge.grab().toImage()


def solid_columns(image: QImage, colour: QColor, rows: int) -> list[int]:
    """Where at least so many rows have exactly this colour."""
    return [
        x for x in range(image.width()) if sum(image.pixelColor(x, y) == colour for y in range(image.height())) >= rows
    ]


def test_nothing_known_yet(qtbot: QtBot) -> None:
    gauge = DistanceGauge()
    qtbot.addWidget(gauge)
    assert gauge.accessibleDescription() == "No distance yet."
    bare = picture(gauge)
    gauge.set_calibration(Calibration.bundled())
    assert picture(gauge) != bare


def test_says_what_it_shows(gauge: DistanceGauge) -> None:
    low, high = Calibration.bundled().limits(Strictness.BALANCED)
    gauge.set_comparison(comparison(verdict(0.714)))
    said = gauge.accessibleDescription()
    assert "0.71" in said
    assert f"{low:.2f}" in said
    assert f"{high:.2f}" in said


@pytest.mark.parametrize("width", [300, 560, 1000])
@pytest.mark.parametrize(
    ("distance", "outcome"), [(0.3, Outcome.SAME), (0.7, Outcome.INCONCLUSIVE), (1.5, Outcome.DIFFERENT)]
)
def test_the_needle_stands_at_the_distance(gauge: DistanceGauge, width: int, distance: float, outcome: Outcome) -> None:
    gauge.resize(width, gauge.height())
    gauge.set_comparison(comparison(verdict(distance, outcome)))
    assert gauge.needle == distance
    end = float(Calibration.bundled().edges[-1])
    expected = SIDE + distance / end * (width - 2 * SIDE)
    colour: QColor = getattr(theme.colours(), outcome.value)
    columns = solid_columns(picture(gauge), colour, 40)
    assert columns
    assert all(abs(x + 0.5 - expected) <= 2 for x in columns)


@pytest.mark.parametrize("distance", [0.0, 2.0])
def test_the_ends_stay_inside(gauge: DistanceGauge, distance: float) -> None:
    gauge.resize(300, gauge.height())
    gauge.set_comparison(comparison(verdict(distance, Outcome.INCONCLUSIVE)))
    columns = solid_columns(picture(gauge), theme.colours().inconclusive, 40)
    assert columns
    assert min(columns) > 2
    assert max(columns) < 298


def test_the_limits_are_marked(gauge: DistanceGauge) -> None:
    low, high = Calibration.bundled().limits(Strictness.BALANCED)
    gauge.set_comparison(comparison(verdict(0.1)))
    image = picture(gauge)
    end = float(Calibration.bundled().edges[-1])
    places = [SIDE + limit / end * (560 - 2 * SIDE) for limit in (low, high)]
    text = theme.colours().text
    for place in places:
        dark = [
            image.pixelColor(x, y).lightness()
            for x in range(round(place) - 1, round(place) + 2)
            for y in range(image.height() // 2, image.height())
        ]
        assert min(dark) < text.lightness() + 60


def test_taking_the_verdict_away_leaves_no_trace(gauge: DistanceGauge) -> None:
    empty = picture(gauge)
    gauge.set_comparison(comparison(verdict(0.6)))
    assert picture(gauge) != empty
    gauge.set_comparison(None)
    assert picture(gauge) == empty


def test_the_needle_travels_and_arrives(qtbot: QtBot, shown: DistanceGauge) -> None:
    with qtbot.waitSignal(shown.settled):
        shown.set_comparison(comparison(verdict(0.8)))
        assert shown.needle == 0.0
    assert shown.needle == pytest.approx(0.8)


def test_a_newer_verdict_wins_while_the_needle_travels(qtbot: QtBot, shown: DistanceGauge) -> None:
    shown.set_comparison(comparison(verdict(1.6, Outcome.DIFFERENT)))
    qtbot.waitUntil(lambda: shown.needle > 0)
    with qtbot.waitSignal(shown.settled):
        shown.set_comparison(comparison(verdict(0.4)))
    assert shown.needle == pytest.approx(0.4)


def test_no_motion_where_none_is_wanted(shown: DistanceGauge) -> None:
    still = StillStyle()
    still.setParent(shown)  # a widget does not own its style, and must not outlive it
    shown.setStyle(still)
    shown.set_comparison(comparison(verdict(0.8)))
    assert shown.needle == 0.8


def test_dark_and_light_differ(qapp: QApplication, gauge: DistanceGauge) -> None:
    gauge.set_comparison(comparison(verdict(0.6)))
    try:
        theme.apply(qapp, "light")
        light = picture(gauge)
        theme.apply(qapp, "dark")
        dark = picture(gauge)
    finally:
        theme.apply(qapp, "light")
    assert light != dark
    assert solid_columns(dark, theme.DARK.same, 40)


def test_strangers_are_said_and_shown(gauge: DistanceGauge) -> None:
    general = comparison(verdict(0.62))
    gauge.set_comparison(general)
    without, low = picture(gauge), gauge.sizeHint().height()
    gauge.set_comparison(comparison(verdict(0.62), strangers=True))
    assert picture(gauge) != without
    assert gauge.sizeHint().height() > low
    said = "Of 2,000 strangers in all kinds of pictures, 2 look more like the left face than the right face does"
    assert said in gauge.accessibleDescription()
    assert said in gauge.toolTip()
    gauge.set_comparison(general)
    assert picture(gauge) == without
    assert gauge.toolTip() == ""


def test_a_single_stranger_has_a_bar() -> None:
    lanes = StrangerLanes.of(comparison(verdict(0.62), strangers=True))
    assert lanes is not None
    assert [start for start, _ in lanes.left[:2]] == pytest.approx([0.5, 0.6], abs=BIN)
    assert all(0 < height <= 1 for _, height in (*lanes.left, *lanes.right))
    assert lanes.nearest == lanes.left[0][0]
    assert StrangerLanes.of(comparison(verdict(0.62))) is None


@pytest.mark.parametrize("width", [260, 372, 560, 1000])
@pytest.mark.parametrize("distance", [0.2, 0.62, 1.4])
def test_strangers_nearer_than_the_other_face_stand_out(gauge: DistanceGauge, width: int, distance: float) -> None:
    gauge.resize(width, gauge.height())
    gauge.set_comparison(comparison(verdict(distance, Outcome.INCONCLUSIVE), strangers=True))
    end = float(Calibration.bundled().edges[-1])
    place = SIDE + (0.5 + BIN / 2) / end * (width - 2 * SIDE)  # of the nearest stranger
    image = picture(gauge)
    rows = range(round(image.height() * 0.45), round(image.height() * 0.72))
    near = {image.pixelColor(round(place) + x, y).name() for x in (-1, 0, 1) for y in rows}
    assert (theme.colours().different.name() in near) is (distance > 0.5)
