"""Charts of a training run and of its judgement, drawn by pyqtgraph in the colours of the theme.

A chart is a title, a legend whose samples differ in shape as well as in colour, and a plot that nobody can drag out of
view by accident. What it shows is also its accessible description, in words; Tab reaches it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEasingCurve, QEvent, QPointF, QRectF, QSize, Qt, QVariantAnimation, Slot
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from siamgui.core.i18n import tr
from siamgui.gui import theme
from siamgui.gui.motion import animated

Floats = NDArray[np.float64]

MOVE = 180
"""Milliseconds a histogram takes to its new shape."""
LEAST_SHARE = 1e-5
"""Share of the pairs from which on a bar is drawn."""
DET_TICKS = (0.001, 0.01, 0.05, 0.1, 0.2, 0.4)
DET_SPAN = (0.0008, 0.5)
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Mark:
    """How one series looks. colour: a name of theme.Colours. fill: the brush below a histogram, or none."""

    colour: str
    style: Qt.PenStyle = Qt.PenStyle.SolidLine
    fill: Qt.BrushStyle = Qt.BrushStyle.NoBrush
    width: float = 2.0

    def pen(self) -> QPen:
        pen = QPen(getattr(theme.colours(), self.colour), self.width, self.style)
        pen.setCosmetic(True)
        return pen

    def brush(self) -> QBrush:
        colour = QColor(getattr(theme.colours(), self.colour))
        colour.setAlphaF(0.22 if self.fill is Qt.BrushStyle.SolidPattern else 0.6)
        return QBrush(colour, self.fill)


BEFORE = Mark("muted", Qt.PenStyle.DashLine)
AFTER = Mark("accent")
GENUINE = Mark("same", fill=Qt.BrushStyle.SolidPattern)
IMPOSTOR = Mark("different", fill=Qt.BrushStyle.BDiagPattern)


class _Swatch(QWidget):
    """The sample of a series beside its name."""

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self._mark = mark
        self.setFixedSize(24, 14)
        theme.theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._mark.pen())
        if self._mark.fill is Qt.BrushStyle.NoBrush:
            painter.drawLine(QPointF(1, 7), QPointF(23, 7))
        else:
            painter.setBrush(self._mark.brush())
            painter.drawRect(QRectF(2, 2, 20, 10))
        painter.end()


class _Plot(pg.PlotWidget):  # type: ignore[misc]
    """A plot that leaves the wheel and the keys to the page around it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMenuEnabled(False)
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.setBackground(None)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Chart(QFrame):
    """Base of all charts: title, legend, plot."""

    def __init__(self, marks: Sequence[Mark], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "chart")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._marks = tuple(marks)
        self.title = QLabel()
        self.title.setProperty("role", "chart-title")
        self.title.setWordWrap(True)
        self.legend = [QLabel() for _ in marks]
        self.plot = _Plot()
        legend = QHBoxLayout()
        legend.setSpacing(6)
        for mark, label in zip(marks, self.legend, strict=True):
            label.setProperty("role", "small")
            legend.addWidget(_Swatch(mark))
            legend.addWidget(label)
            legend.addSpacing(8)
        legend.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.setSpacing(2)
        layout.addWidget(self.title)
        layout.addLayout(legend)
        layout.addWidget(self.plot, 1)
        self.lines = [self.plot.plot(antialias=True) for _ in marks]
        theme.theme.changed.connect(self._dress)

    def sizeHint(self) -> QSize:
        return QSize(360, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 180)

    def _start(self) -> None:
        """To be called by each chart at the end of its __init__."""
        self._dress()
        self._retranslate()

    @Slot()
    def _dress(self) -> None:
        c = theme.colours()
        for side in ("left", "bottom"):
            axis = self.plot.getAxis(side)
            axis.setPen(QPen(c.outline, 1))
            axis.setTextPen(QPen(c.muted))
            axis.setTickFont(theme.font(0.85))
            axis.setStyle(tickLength=-4)
            axis.enableAutoSIPrefix(False)
        for line, mark in zip(self.lines, self._marks, strict=True):
            line.setPen(mark.pen())
            if mark.fill is not Qt.BrushStyle.NoBrush:
                line.setFillLevel(0.0)
                line.setBrush(mark.brush())

    def name_axes(self, bottom: str, left: str) -> None:
        size = f"{theme.font(0.85).pointSizeF():.1f}pt"
        for side, text in (("bottom", bottom), ("left", left)):
            self.plot.setLabel(side, text, **{"font-size": size, "color": theme.colours().muted.name()})

    def name(self, title: str, *series: str) -> None:
        self.title.setText(title)
        self.setAccessibleName(title)
        for label, text in zip(self.legend, series, strict=True):
            label.setText(text)

    def describe(self, text: str) -> None:
        """What the chart shows, in words."""
        self.setAccessibleDescription(text)
        self.setToolTip(text)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        """Name the chart, its series and axes, and describe it."""
        raise NotImplementedError


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
        self.name(tr("Loss"), tr("pairs it learns from"), tr("held-out people"))
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
        self.name(tr("Errors on held-out people"), tr("equal error rate (★ best)"), tr("before training"))
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
        self.plot.setXRange(self._edges[0], self._edges[-1], padding=0.02)
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
