"""The charts of a training run and of its judgement."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEasingCurve, Qt, QVariantAnimation, Slot

from siamgui.core.i18n import tr
from siamgui.finetuning.wording import eer_words, loss_words
from siamgui.gui.motion import animated
from siamgui.gui.training.finetuning.chart import Chart, Mark
from siamgui.versions.measure_words import distance_words, rate_words, shares

Floats = NDArray[np.float64]

MOVE = 180
"""Milliseconds a histogram takes to its new shape."""
LEAST_SHARE = 1e-5
"""Share of the pairs from which on a bar is drawn."""
DET_TICKS = (0.001, 0.01, 0.05, 0.1, 0.2, 0.4)
DET_SPAN = (0.0008, 0.5)
_NORMAL = NormalDist()

BEFORE = Mark("muted", Qt.PenStyle.DashLine)
AFTER = Mark("accent")
GENUINE = Mark("same", fill=Qt.BrushStyle.SolidPattern)
IMPOSTOR = Mark("different", fill=Qt.BrushStyle.BDiagPattern)


class LossChart(Chart):
    """The loss on the training pairs and on the held-out people, pass by pass."""

    def __init__(self) -> None:
        series = ((AFTER, tr("trained on")), (Mark("warning", Qt.PenStyle.DashLine), tr("held out")))
        super().__init__(tr("Loss"), series, tr("passes over the pairs"), tr("loss"))

    def show_epochs(self, points: Sequence[tuple[int, float | None, float | None]], epochs: int) -> None:
        """points: (epoch, loss on the training pairs, loss on held-out people); epochs: how many there will be."""
        for column, line in enumerate(self.lines, start=1):
            known = [(point[0], point[column]) for point in points if point[column] is not None]
            line.setData(*_columns(known), symbol="o", symbolSize=5, symbolPen=None)
        self.plot.setXRange(0, max(epochs, 1), padding=0.03)
        self.describe(loss_words(points))


class EerChart(Chart):
    """The equal error rate on the held-out people, pass by pass, with where it began and the best."""

    def __init__(self) -> None:
        series = (
            (AFTER, tr("error rate (★ best)")),
            (Mark("muted", Qt.PenStyle.DotLine, width=1.5), tr("before")),
            (Mark("accent", Qt.PenStyle.NoPen), ""),
        )
        axes = tr("passes over the pairs"), tr("equal error rate, %")
        super().__init__(tr("Errors on held-out people"), series, *axes)

    def show_epochs(self, points: Sequence[tuple[int, float]], best: int | None, epochs: int) -> None:
        """points: (epoch, EER in [0, 1]); best: the epoch that would be kept now; epochs: how many there will be."""
        x, y = _columns(points)
        rates, start, star = self.lines
        rates.setData(x, 100 * y, symbol="o", symbolSize=5, symbolPen=None)
        start.setData([0, max(epochs, 1)] if len(y) else [], [100 * y[0]] * 2 if len(y) else [])
        kept = [(epoch, 100 * eer) for epoch, eer in points if epoch == best]
        star.setData(*_columns(kept), symbol="star", symbolSize=14, symbolPen=None)
        self.plot.setXRange(0, max(epochs, 1), padding=0.03)
        self.plot.setYRange(0, max([1.0, *(100 * y)]) * 1.1, padding=0)
        self.describe(eer_words(points, best))


class DistanceChart(Chart):
    """How far apart pairs of the same person and pairs of different people lie: two histograms."""

    def __init__(self, title: str) -> None:
        self._shown: Floats = np.zeros((2, 0))
        self._from = self._wanted = self._shown
        self._edges: Floats = np.zeros(0)
        series = ((GENUINE, tr("same person")), (IMPOSTOR, tr("different people")))
        super().__init__(title, series, tr("distance of the two faces"), tr("share of pairs"))
        self._motion = QVariantAnimation(self)
        self._motion.setDuration(MOVE)
        self._motion.setStartValue(0.0)
        self._motion.setEndValue(1.0)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._motion.valueChanged.connect(self._moved)
        self.plot.getAxis("left").setStyle(showValues=False)

    def show_distances(self, edges: Sequence[float], genuine: Sequence[float], impostor: Sequence[float]) -> None:
        """edges: (n + 1,) of the bins; genuine, impostor: (n,) counts or densities of each kind."""
        self._motion.stop()
        self._edges = np.asarray(edges, np.float64)
        self._wanted = shares(genuine, impostor)
        if self._shown.shape == self._wanted.shape and animated(self):
            self._from = self._shown
            self._motion.start()
        else:
            self._draw(self._wanted)
        top = float(self._wanted.max()) if self._wanted.size else 0.0
        self.plot.setYRange(0, (top or 1.0) * 1.08, padding=0)
        self.plot.setXRange(self._edges[0], self._edges[-1], padding=0.04)
        self.describe(distance_words(self._edges, self._wanted))

    @Slot(object)
    def _moved(self, share: float) -> None:
        self._draw(self._from + share * (self._wanted - self._from))

    def _draw(self, heights: Floats) -> None:
        self._shown = heights
        for line, kind in zip(self.lines, heights, strict=True):
            risen = np.flatnonzero(kind > LEAST_SHARE)
            kept = slice(risen[0], risen[-1] + 1) if len(risen) else slice(0, 0)
            line.setData(self._edges[kept.start : kept.stop + 1], kind[kept], stepMode="center")


class RateChart(Chart):
    """What is missed against what is wrongly accepted, before and after: as ROC, or as DET on normal-deviate axes."""

    def __init__(self, *, det: bool) -> None:
        series = ((BEFORE, tr("before")), (AFTER, tr("after")))
        title = tr("DET: errors of both kinds") if det else tr("ROC: accepted pairs of both kinds")
        left = tr("same person rejected, %") if det else tr("same person accepted, %")
        super().__init__(title, series, tr("different people accepted, %"), left)
        self._det = det
        ticks = [(float(tick), str(tick)) for tick in range(0, 101, 20)]
        span = (0.0, 100.0)
        if det:
            ticks = [(_NORMAL.inv_cdf(tick), f"{100 * tick:g}") for tick in DET_TICKS]
            span = (_NORMAL.inv_cdf(DET_SPAN[0]), _NORMAL.inv_cdf(DET_SPAN[1]))
        for side in ("bottom", "left"):
            self.plot.getAxis(side).setTicks([ticks])
        self.plot.setRange(xRange=span, yRange=span, padding=0 if det else 0.02)
        self.plot.showGrid(x=True, y=True, alpha=0.12)

    def show_curves(self, *curves: tuple[Sequence[float], Sequence[float]]) -> None:
        """curves: (FMR, FNMR) before and after, each in [0, 1], FMR rising."""
        for line, curve in zip(self.lines, curves, strict=True):
            fmr, fnmr = (np.asarray(rates, np.float64) for rates in curve)
            if self._det:
                line.setData(_deviate(fmr), _deviate(fnmr))
            else:
                line.setData(100 * fmr, 100 * (1 - fnmr))
        self.describe(rate_words(*curves))


def _columns(points: Sequence[tuple[int, float]] | Sequence[tuple[int, float | None]]) -> tuple[Floats, Floats]:
    table = np.asarray(points, np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _deviate(rate: Floats) -> Floats:
    """The normal deviate of a rate, held inside what the DET shows."""
    low, high = 1e-4, 1 - 1e-4
    return np.array([_NORMAL.inv_cdf(float(value)) for value in np.clip(rate, low, high)])
