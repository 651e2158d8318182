"""The charts of a training run and of its judgement."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEasingCurve, Qt, QVariantAnimation, Slot
from PySide6.QtWidgets import QWidget

from siamgui.core.i18n import tr
from siamgui.gui import theme
from siamgui.gui.motion import animated
from siamgui.gui.training.finetuning.chart import Chart, Mark

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

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__((AFTER, Mark("warning", Qt.PenStyle.DashLine)), parent)
        self._points: tuple[tuple[int, float | None, float | None], ...] = ()
        self._start()

    def show_epochs(self, points: Sequence[tuple[int, float | None, float | None]], epochs: int) -> None:
        """points: (epoch, loss on the training pairs, loss on held-out people); epochs: how many there will be."""
        self._points = tuple(points)
        for column, line in enumerate(self.lines, start=1):
            known = [(point[0], point[column]) for point in points if point[column] is not None]
            line.setData(*_columns(known), symbol="o", symbolSize=5, symbolPen=None)
            line.setSymbolBrush(self._marks[column - 1].pen().color())
        self.plot.setXRange(0, max(epochs, 1), padding=0.03)
        self.describe(self._words())

    @Slot()
    def _dress(self) -> None:
        super()._dress()
        for line, mark in zip(self.lines, self._marks, strict=True):
            line.setSymbolBrush(mark.pen().color())
        self._name_axes()

    def _name_axes(self) -> None:
        self.name_axes(tr("passes over the pairs"), tr("loss"))

    def _retranslate(self) -> None:
        self.name(tr("Loss"), tr("trained on"), tr("held out"))
        self._name_axes()
        self.describe(self._words())

    def _words(self) -> str:
        trained = [point[1] for point in self._points if point[1] is not None]
        held = [point[2] for point in self._points if point[2] is not None]
        if not held:
            return tr("Nothing has been measured yet.")
        words = tr(
            "On held-out people the loss went from {first} to {last}.", first=f"{held[0]:.3f}", last=f"{held[-1]:.3f}"
        )
        if not trained:
            return words
        return " ".join(
            (
                tr(
                    "On the pairs it learns from, the loss went from {first} to {last}.",
                    first=f"{trained[0]:.3f}",
                    last=f"{trained[-1]:.3f}",
                ),
                words,
            )
        )


class EerChart(Chart):
    """The equal error rate on the held-out people, pass by pass, with where it began and the best."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__((AFTER, Mark("muted", Qt.PenStyle.DotLine, width=1.5)), parent)
        self._points: tuple[tuple[int, float], ...] = ()
        self._best: int | None = None
        self._star = self.plot.plot(symbol="star", symbolSize=14, symbolPen=None, pen=None)
        self._start()

    def show_epochs(self, points: Sequence[tuple[int, float]], best: int | None, epochs: int) -> None:
        """points: (epoch, EER in [0, 1]); best: the epoch that would be kept now; epochs: how many there will be."""
        self._points, self._best = tuple(points), best
        x, y = _columns(points)
        self.lines[0].setData(x, 100 * y, symbol="o", symbolSize=5, symbolPen=None)
        start = [100 * y[0]] * 2 if len(y) else []
        self.lines[1].setData([0, max(epochs, 1)] if start else [], start)
        kept = [(epoch, 100 * eer) for epoch, eer in points if epoch == best]
        self._star.setData(*_columns(kept))
        self._dress()
        self.plot.setXRange(0, max(epochs, 1), padding=0.03)
        self.plot.setYRange(0, max([1.0, *(100 * y)]) * 1.1, padding=0)
        self.describe(self._words())

    @Slot()
    def _dress(self) -> None:
        super()._dress()
        self.lines[0].setSymbolBrush(self._marks[0].pen().color())
        self._star.setSymbolBrush(theme.colours().accent)
        self._name_axes()

    def _name_axes(self) -> None:
        self.name_axes(tr("passes over the pairs"), tr("equal error rate, %"))

    def _retranslate(self) -> None:
        self.name(tr("Errors on held-out people"), tr("error rate (★ best)"), tr("before"))
        self._name_axes()
        self.describe(self._words())

    def _words(self) -> str:
        if not self._points:
            return tr("Nothing has been measured yet.")
        (_, first), (epoch, last) = self._points[0], self._points[-1]
        words = tr(
            "Equal error rate on held-out people: {first} % before training, {last} % after pass {epoch}.",
            first=f"{100 * first:.1f}",
            last=f"{100 * last:.1f}",
            epoch=epoch,
        )
        best = dict(self._points).get(self._best) if self._best is not None else None
        if best is None:
            return words
        return f"{words} " + tr(
            "The best so far is {best} %, after pass {epoch}.", best=_percent(best), epoch=self._best
        )


class DistanceChart(Chart):
    """How far apart pairs of the same person and pairs of different people lie: two histograms."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__((GENUINE, IMPOSTOR), parent)
        self._title = ""
        self._edges: Floats = np.zeros(0)
        self._shown: Floats = np.zeros((2, 0))
        self._wanted: Floats = np.zeros((2, 0))
        self._motion = QVariantAnimation(self)
        self._motion.setDuration(MOVE)
        self._motion.setStartValue(0.0)
        self._motion.setEndValue(1.0)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._motion.valueChanged.connect(self._moved)
        self._from = self._shown
        self.plot.getAxis("left").setStyle(showValues=False)
        self._start()

    def entitle(self, title: str) -> None:
        self._title = title
        self._retranslate()

    def show_distances(self, edges: Sequence[float], genuine: Sequence[float], impostor: Sequence[float]) -> None:
        """edges: (n + 1,) of the bins; genuine, impostor: (n,) counts or densities of each kind."""
        self._motion.stop()
        self._edges = np.asarray(edges, np.float64)
        self._wanted = np.stack([_share(np.asarray(kind, np.float64)) for kind in (genuine, impostor)])
        if self._shown.shape == self._wanted.shape and animated(self):
            self._from = self._shown
            self._motion.start()
        else:
            self._draw(self._wanted)
        top = float(self._wanted.max()) if self._wanted.size else 0.0
        self.plot.setYRange(0, (top or 1.0) * 1.08, padding=0)
        self.plot.setXRange(self._edges[0], self._edges[-1], padding=0.04)
        self.describe(self._words())

    @Slot(object)
    def _moved(self, share: float) -> None:
        self._draw(self._from + share * (self._wanted - self._from))

    def _draw(self, heights: Floats) -> None:
        self._shown = heights
        for line, kind in zip(self.lines, heights, strict=True):
            risen = np.flatnonzero(kind > LEAST_SHARE)
            kept = slice(risen[0], risen[-1] + 1) if len(risen) else slice(0, 0)
            line.setData(self._edges[kept.start : kept.stop + 1], kind[kept], stepMode="center")

    @Slot()
    def _dress(self) -> None:
        super()._dress()
        self._name_axes()

    def _name_axes(self) -> None:
        self.name_axes(tr("distance of the two faces"), tr("share of pairs"))

    def _retranslate(self) -> None:
        self.name(
            self._title or tr("Distances of held-out people"),
            tr("same person"),
            tr("different people"),
        )
        self._name_axes()
        self.describe(self._words())

    def _words(self) -> str:
        if not self._wanted.size or not self._wanted.any(axis=1).all():
            return tr("Nothing has been measured yet.")
        genuine, impostor = (_median(self._edges, kind) for kind in self._wanted)
        overlap = float(np.minimum(*self._wanted).sum())
        return tr(
            "Half of the pairs of the same person lie closer than {genuine}, half of the pairs of different people "
            "closer than {impostor}; the two overlap by {overlap} %.",
            genuine=f"{genuine:.2f}",
            impostor=f"{impostor:.2f}",
            overlap=f"{100 * overlap:.0f}",
        )


class RateChart(Chart):
    """What is missed against what is wrongly accepted, before and after: as ROC, or as DET on normal-deviate axes."""

    def __init__(self, *, det: bool, parent: QWidget | None = None) -> None:
        super().__init__((BEFORE, AFTER), parent)
        self._det = det
        self._curves: tuple[tuple[Floats, Floats], ...] = ()
        if det:
            for side in ("bottom", "left"):
                self.plot.getAxis(side).setTicks([[(_NORMAL.inv_cdf(t), f"{100 * t:g}") for t in DET_TICKS]])
            low, high = (_NORMAL.inv_cdf(share) for share in DET_SPAN)
            self.plot.setRange(xRange=(low, high), yRange=(low, high), padding=0)
        else:
            for side in ("bottom", "left"):
                self.plot.getAxis(side).setTicks([[(tick, str(tick)) for tick in range(0, 101, 20)]])
            self.plot.setRange(xRange=(0, 100), yRange=(0, 100), padding=0.02)
        self.plot.showGrid(x=True, y=True, alpha=0.12)
        self._start()

    def show_curves(self, *curves: tuple[Sequence[float], Sequence[float]]) -> None:
        """curves: (FMR, FNMR) before and after, each in [0, 1], FMR rising."""
        self._curves = tuple((np.asarray(fmr, np.float64), np.asarray(fnmr, np.float64)) for fmr, fnmr in curves)
        for line, (fmr, fnmr) in zip(self.lines, self._curves, strict=True):
            if self._det:
                line.setData(_deviate(fmr), _deviate(fnmr))
            else:
                line.setData(100 * fmr, 100 * (1 - fnmr))
        self.describe(self._words())

    @Slot()
    def _dress(self) -> None:
        super()._dress()
        self._name_axes()

    def _name_axes(self) -> None:
        missed, accepted = tr("same person accepted, %"), tr("different people accepted, %")
        self.name_axes(accepted, tr("same person rejected, %") if self._det else missed)

    def _retranslate(self) -> None:
        title = tr("DET: errors of both kinds") if self._det else tr("ROC: accepted pairs of both kinds")
        self.name(title, tr("before"), tr("after"))
        self._name_axes()
        self.describe(self._words())

    def _words(self) -> str:
        if not self._curves:
            return tr("Nothing has been measured yet.")
        missed = [100 * float(np.interp(0.05, fmr, fnmr)) for fmr, fnmr in self._curves]
        return tr(
            "Where 5 % of the pairs of different people are accepted, {before} % of the pairs of the same person are "
            "rejected before, {after} % after.",
            before=f"{missed[0]:.1f}",
            after=f"{missed[1]:.1f}",
        )


def _columns(points: Sequence[tuple[int, float]] | Sequence[tuple[int, float | None]]) -> tuple[Floats, Floats]:
    table = np.asarray(points, np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _share(counts: Floats) -> Floats:
    total = counts.sum()
    return counts / total if total > 0 else counts


def _median(edges: Floats, share: Floats) -> float:
    return float(np.interp(0.5, np.concatenate([[0.0], np.cumsum(share)]), edges))


def _deviate(rate: Floats) -> Floats:
    """The normal deviate of a rate, held inside what the DET shows."""
    low, high = 1e-4, 1 - 1e-4
    return np.array([_NORMAL.inv_cdf(float(value)) for value in np.clip(rate, low, high)])


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
