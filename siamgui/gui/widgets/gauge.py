"""The distance of two faces, shown against the distances of pairs whose answer is known."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from siamgui.core.claim_words import strangers
from siamgui.core.firmness_words import standing
from siamgui.core.i18n import tr
from siamgui.core.types import Comparison, Firmness, Outcome, Verdict
from siamgui.gui import theme
from siamgui.gui.motion import Glide
from siamgui.gui.widgets.painting import draw_plate, faint, painter_of, write
from siamgui.gui.widgets.stranger_lanes import StrangerLanes, paint_lanes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from siamgui.core.calibration import Calibration

Align = Qt.AlignmentFlag
SIDE = 14.0
"""Free space left and right of the axis, so that the needle and its number stay inside."""
BAR = 5.0
HATCH = 6.0
SPREAD = 7.0
"""Below the number of the needle: the line that shows what small changes do."""
MOVE = 180
"""Milliseconds the needle takes."""
EMPTY_END = 1.8
"""End of the axis before a calibration is set."""


@dataclass(frozen=True)
class _Layout:
    """Where the rows are; top to bottom: needle number, names of the curves, curves, strangers, axis, numbers, words.

    top, floor: of the curves; floor is the axis where there are no strangers.
    """

    left: float
    right: float
    chip: float
    names: float
    top: float
    floor: float
    axis: float
    row: float
    end: float

    def x(self, distance: float) -> float:
        share = min(max(distance / self.end, 0.0), 1.0)
        return self.left + share * (self.right - self.left)


class DistanceGauge(QWidget):
    """Two density curves, the strangers of this pair, its limits at the strictness in use, a needle at the distance.
    Without a comparison, only the curves."""

    settled = Signal()
    """The needle has reached its place."""

    def __init__(self) -> None:
        super().__init__()
        self._calibration: Calibration | None = None
        self._verdict: Verdict | None = None
        self._strangers: StrangerLanes | None = None
        self._needle = Glide(self, MOVE)
        self._needle.finished.connect(self.settled)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._describe()

    def set_calibration(self, calibration: Calibration) -> None:
        self._calibration = calibration
        self.update()

    def set_comparison(self, comparison: Comparison | None) -> None:
        """Show a verdict; None takes the needle, the limits and the strangers away."""
        self._verdict = verdict = None if comparison is None else comparison.verdict
        before, self._strangers = self._strangers, None if comparison is None else StrangerLanes.of(comparison)
        if (before is None) is not (self._strangers is None):
            self.updateGeometry()
        self._describe()
        self._needle.go(verdict.distance if verdict is not None else 0.0, at_once=verdict is None)
        self.update()

    @property
    def needle(self) -> float:
        """The distance the needle points at now; on its way for a moment after set_comparison()."""
        return self._needle.value

    def sizeHint(self) -> QSize:
        return QSize(560, round((5 if self._strangers is None else 7) * self._line() + 72))

    def minimumSizeHint(self) -> QSize:
        return QSize(260, round((5 if self._strangers is None else 7) * self._line() + 48))

    def _describe(self) -> None:
        verdict = self._verdict
        self.setAccessibleName(tr("Distance of the two faces"))
        if verdict is None:
            self.setAccessibleDescription(tr("No distance yet."))
            self.setToolTip("")
            return
        said = tr(
            "Distance {distance}. Up to {low} supports the same person, above {high} different people.",
            distance=f"{verdict.distance:.2f}",
            low=f"{verdict.same_below:.2f}",
            high=f"{verdict.different_above:.2f}",
        )
        known = "" if verdict.claim is None else strangers(verdict.claim)
        self.setAccessibleDescription(" ".join(filter(None, (said, standing(verdict), known))))
        self.setToolTip(known)

    def _line(self) -> float:
        return QFontMetricsF(theme.font(0.92)).height()

    def _layout(self) -> _Layout:
        line = self._line()
        end = float(self._calibration.edges[-1]) if self._calibration else EMPTY_END
        axis = self.height() - 2 * line - BAR - 6
        return _Layout(
            left=SIDE,
            right=self.width() - SIDE,
            chip=line + 6,
            names=line + 10,
            top=2 * line + 12,
            floor=axis if self._strangers is None else axis - 2 * line - 2,
            axis=axis,
            row=line,
            end=end,
        )

    # -- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_of(self)
        painter.setFont(theme.font(0.92))
        layout = self._layout()
        self._paint_zones(painter, layout)
        self._paint_curves(painter, layout)
        if self._strangers is not None and self._verdict is not None:
            lanes = QRectF(layout.left, layout.floor, layout.right - layout.left, layout.axis - layout.floor)
            paint_lanes(painter, self._strangers, lanes, layout.x, self._verdict.distance)
        self._paint_axis(painter, layout)
        if self._verdict is not None:
            if self._verdict.firmness is not None:
                self._paint_spread(painter, layout, self._verdict.firmness)
            self._paint_needle(painter, layout, self._verdict)

    def _paint_zones(self, painter: QPainter, layout: _Layout) -> None:
        """The inconclusive zone, between the two limits."""
        verdict = self._verdict
        if verdict is None:
            return
        colours = theme.colours()
        low, high = layout.x(verdict.same_below), layout.x(verdict.different_above)
        painter.fillRect(
            QRectF(low, layout.top, high - low, layout.axis - layout.top), faint(colours.inconclusive, 0.16)
        )
        painter.setPen(QPen(faint(colours.inconclusive, 0.9), 1, Qt.PenStyle.DashLine))
        for x in (low, high):
            painter.drawLine(QPointF(x, layout.top), QPointF(x, layout.axis))

    def _paint_curves(self, painter: QPainter, layout: _Layout) -> None:
        calibration = self._calibration
        if calibration is None:
            return
        colours = theme.colours()
        strength = 1.0 if self._verdict else 0.6
        for density, colour, hatched in (
            (calibration.genuine, colours.same, False),
            (calibration.impostor, colours.different, True),
        ):
            curve = _curve(calibration.edges, density, layout)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(faint(colour, 0.20 * strength))
            painter.drawPolygon(curve)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if hatched:  # so that it takes no colours to tell the curves apart
                painter.setPen(QPen(faint(colour, 0.5 * strength), 1))
                _hatch(painter, curve)
            painter.setPen(QPen(faint(colour, strength), 1.6))
            painter.drawPolyline(QPolygonF(curve.toList()[1:-1]))
        self._paint_names(painter, layout, calibration)

    def _paint_names(self, painter: QPainter, layout: _Layout, calibration: Calibration) -> None:
        """What the curves are of, above them, clear of each other and the needle; left out where too narrow."""
        metrics = QFontMetricsF(painter.font())
        colours = theme.colours()
        needle = layout.x(self.needle) if self._verdict else -1e4
        names = (
            (tr("pairs of the same person"), colours.same, calibration.genuine),
            (tr("pairs of different people"), colours.different, calibration.impostor),
        )
        widths = [metrics.horizontalAdvance(text) + 2 for text, _, _ in names]
        spots: list[list[float]] = []
        for width, (_, _, density) in zip(widths, names, strict=True):
            over = layout.x(float(calibration.edges[int(density.argmax())])) - width / 2
            beside = (needle - width - 8, needle + 8)
            nearest = beside if needle > over + width / 2 else beside[::-1]
            free = [x for x in (over, *nearest) if not x - 6 < needle < x + width + 6]
            spots.append([x for x in free if 0 <= x <= self.width() - width])
        for left, right in itertools.product(*spots):
            if left + widths[0] + 12 <= right:
                for x, width, (text, colour, _) in zip((left, right), widths, names, strict=True):
                    write(painter, QRectF(x, layout.names, width, layout.row), text, colour)
                return

    def _paint_axis(self, painter: QPainter, layout: _Layout) -> None:
        colours = theme.colours()
        verdict = self._verdict
        bar = QRectF(layout.left, layout.axis, layout.right - layout.left, BAR)
        numbers = QRectF(0, bar.bottom() + 3, self.width(), layout.row)
        words = numbers.translated(0, layout.row)
        metrics = QFontMetricsF(painter.font())
        distance = tr("distance")
        if verdict is None:
            draw_plate(painter, bar, colours.outline, BAR / 2)
            inner = numbers.adjusted(layout.left, 0, -layout.left, 0)
            write(painter, inner, tr("same"), colours.same, Align.AlignLeft)
            write(painter, numbers, distance, colours.muted, Align.AlignHCenter)
            write(painter, inner, tr("different"), colours.different, Align.AlignRight)
            return
        low, high = layout.x(verdict.same_below), layout.x(verdict.different_above)
        for x0, x1, colour in (
            (layout.left, low, colours.same),
            (low, high, colours.inconclusive),
            (high, layout.right, colours.different),
        ):
            painter.fillRect(QRectF(x0, bar.top(), x1 - x0, BAR), colour)
        painter.setPen(QPen(colours.text, 1.5))
        for x in (low, high):
            painter.drawLine(QPointF(x, bar.top() - 3), QPointF(x, bar.bottom() + 3))
        crowded = False
        below, above = f"{verdict.same_below:.2f}", f"{verdict.different_above:.2f}"
        if below == above:
            write(painter, QRectF(low - 40, numbers.top(), 80, layout.row), below, colours.text, Align.AlignHCenter)
        else:
            middle = (low + high) / 2
            ends_at, starts_at = min(low + 2, middle - 4), max(high - 2, middle + 4)
            # A limit at the very left stands in the place of the 0.
            least = metrics.horizontalAdvance(below) + metrics.horizontalAdvance("0") + 6
            crowded = ends_at - layout.left < least
            start, side = (layout.left, Align.AlignLeft) if crowded else (0.0, Align.AlignRight)
            place = QRectF(start, numbers.top(), max(ends_at - start, least), layout.row)
            write(painter, place, below, colours.text, side)
            write(painter, QRectF(starts_at, numbers.top(), 200, layout.row), above, colours.text, Align.AlignLeft)
        if not crowded:
            write(painter, QRectF(layout.left, numbers.top(), 40, layout.row), "0", colours.muted, Align.AlignLeft)
        if high + metrics.horizontalAdvance(above) + 8 < layout.right - metrics.horizontalAdvance(distance):
            write(painter, numbers.adjusted(0, 0, -layout.left, 0), distance, colours.muted, Align.AlignRight)
        self._paint_words(painter, words, (layout.left, low, high, layout.right), verdict)

    def _paint_words(
        self, painter: QPainter, row: QRectF, limits: tuple[float, float, float, float], verdict: Verdict
    ) -> None:
        """The name of each zone under it, bold where the distance alone led to the verdict."""
        colours = theme.colours()
        named = {
            Outcome.SAME: tr("same"),
            Outcome.INCONCLUSIVE: tr("inconclusive"),
            Outcome.DIFFERENT: tr("different"),
        }
        by_distance = not (verdict.forced or verdict.unfirm)
        zones = [
            (outcome is verdict.outcome and by_distance, text, colours.of(outcome), (x0 + x1) / 2)
            for (outcome, text), x0, x1 in zip(named.items(), limits, limits[1:], strict=False)
            if x1 - x0 >= 1
        ]
        bold, plain = theme.font(0.92, QFont.Weight.Bold), theme.font(0.92)
        widths = [QFontMetricsF(bold).horizontalAdvance(text) for _, text, _, _ in zones]
        starts = [middle - width / 2 for (_, _, _, middle), width in zip(zones, widths, strict=True)]
        for n in range(1, len(zones)):
            starts[n] = max(starts[n], starts[n - 1] + widths[n - 1] + 8)
        edge = float(self.width())
        for n in reversed(range(len(zones))):
            starts[n] = min(starts[n], edge - widths[n])
            edge = starts[n] - 8
        for (strong, text, colour, _), x, width in zip(zones, starts, widths, strict=True):
            painter.setFont(bold if strong else plain)
            write(painter, QRectF(x, row.top(), width, row.height()), text, colour)

    def _paint_spread(self, painter: QPainter, layout: _Layout, found: Firmness) -> None:
        """From the nearest to the farthest distance under small changes, below the number; what falls stands out."""
        colours = theme.colours()
        y = layout.chip + SPREAD
        low, high = map(layout.x, found.reach)
        whole = [QLineF(low, y, high, y), *(QLineF(x, y - 4, x, y + 4) for x in (low, high))]
        for pen in (QPen(colours.surface, 5), QPen(colours.text, 2)):
            painter.setPen(pen)
            painter.drawLines(whole)
        for trial in found.fallen:
            x = layout.x(trial.distance)
            painter.setPen(QPen(colours.surface, 1))
            painter.setBrush(colours.of(trial.outcome))
            painter.drawPolygon([QPointF(x - 4, y + 10), QPointF(x + 4, y + 10), QPointF(x, y + 3)])

    def _paint_needle(self, painter: QPainter, layout: _Layout, verdict: Verdict) -> None:
        colours = theme.colours()
        colour = colours.of(verdict.outcome)
        x = layout.x(self.needle)
        for pen in (QPen(colours.surface, 5), QPen(colour, 2.5)):
            painter.setPen(pen)
            painter.drawLine(QPointF(x, layout.chip), QPointF(x, layout.axis))
        draw_plate(painter, QRectF(x - 6, layout.axis + BAR / 2 - 6, 12, 12), colour, 6, QPen(colours.surface, 2))
        painter.setFont(theme.font(1.0, QFont.Weight.Bold))
        text = f"{self.needle:.2f}"
        width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 16
        chip = QRectF(min(max(x - width / 2, 0.0), self.width() - width), 0, width, layout.chip)
        draw_plate(painter, chip, colour, 6)
        write(painter, chip, text, colours.surface)


def _curve(edges: NDArray[np.float64], density: NDArray[np.float64], layout: _Layout) -> QPolygonF:
    """A density, where it is above nothing, as a closed shape on their floor. edges: (n + 1,); density: (n,)."""
    middles = (edges[:-1] + edges[1:]) / 2
    high = layout.floor - layout.top
    risen = (density > 0.003).nonzero()[0]
    kept = slice(max(int(risen[0]) - 1, 0), int(risen[-1]) + 2)
    points = [
        QPointF(layout.x(float(x)), layout.floor - high * float(y))
        for x, y in zip(middles[kept], density[kept], strict=True)
    ]
    return QPolygonF([QPointF(points[0].x(), layout.floor), *points, QPointF(points[-1].x(), layout.floor)])


def _hatch(painter: QPainter, shape: QPolygonF) -> None:
    path = QPainterPath()
    path.addPolygon(shape)
    box = shape.boundingRect()
    painter.save()
    painter.setClipPath(path)
    x = box.left()
    while x < box.right() + box.height():
        painter.drawLine(QPointF(x, box.top()), QPointF(x - box.height(), box.bottom()))
        x += HATCH
    painter.restore()
