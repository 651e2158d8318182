"""A chart: a title, a legend whose samples differ in shape as well as in colour, and a plot that stays where it is.

What it shows is also its accessible description, in words; Tab reaches it. pyqtgraph draws, in the theme's colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from siamgui.core.i18n import tr
from siamgui.gui import theme
from siamgui.gui.widgets.kit import Card, column, gap, grow, label, row, stretch


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


class _Swatch(QWidget):
    """The sample of a series beside its name."""

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self._mark = mark
        self.setFixedSize(24, 14)

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
        super().__init__(enableMenu=False)
        menu = self.plotItem.ctrlMenu
        menu.setParent(self, menu.windowFlags())  # pyqtgraph would leave it, a window of its own, behind
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseEnabled(False, False)
        self.hideButtons()
        self.setBackground(None)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Chart(Card):
    """Base of all charts: title, legend, plot."""

    def __init__(self, title: str, series: Sequence[tuple[Mark, str]], bottom: str, left: str) -> None:
        """series: how each looks, and its name; "" keeps it out of the legend. bottom, left: names of the axes."""
        super().__init__("chart")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(title)
        self._marks = tuple(mark for mark, _ in series)
        self._axes = {"bottom": bottom, "left": left}
        self.plot = _Plot()
        self.lines = [self.plot.plot(antialias=True) for _ in series]
        legend = [(_Swatch(mark), label(name, "small"), gap(8)) for mark, name in series if name]
        head = row(*(part for parts in legend for part in parts), stretch(), spacing=6)
        self.setLayout(column(label(title, "chart-title"), head, grow(self.plot), spacing=2, margins=(6, 4, 6, 4)))
        self.describe(tr("Nothing has been measured yet."))
        self._dress()
        theme.theme.changed.connect(self._dress)

    def sizeHint(self) -> QSize:
        return QSize(360, 240)

    def minimumSizeHint(self) -> QSize:
        return QSize(220, 180)

    @Slot()
    def _dress(self) -> None:
        """In the colours of the scheme."""
        c, size = theme.colours(), f"{theme.font(0.85).pointSizeF():.1f}pt"
        for side, name in self._axes.items():
            axis = self.plot.getAxis(side)
            axis.setPen(QPen(c.outline, 1))
            axis.setTextPen(QPen(c.muted))
            axis.setTickFont(theme.font(0.85))
            axis.setStyle(tickLength=-4, hideOverlappingLabels=False)
            axis.enableAutoSIPrefix(False)
            self.plot.setLabel(side, name, **{"font-size": size, "color": c.muted.name()})
        for line, mark in zip(self.lines, self._marks, strict=True):
            line.setPen(mark.pen())
            line.setSymbolBrush(mark.pen().color())
            if mark.fill is not Qt.BrushStyle.NoBrush:
                line.setFillLevel(0.0)
                line.setBrush(mark.brush())

    def describe(self, text: str) -> None:
        """What the chart shows, in words; "" leaves what was said before."""
        if not text:
            return
        self.setAccessibleDescription(text)
        self.setToolTip(text)
