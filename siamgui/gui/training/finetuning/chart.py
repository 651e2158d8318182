"""A chart: a title, a legend whose samples differ in shape as well as in colour, and a plot that stays where it is.

What it shows is also its accessible description, in words; Tab reaches it. pyqtgraph draws, in the theme's colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from siamgui.gui import theme


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
            axis.setStyle(tickLength=-4, hideOverlappingLabels=False)
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
