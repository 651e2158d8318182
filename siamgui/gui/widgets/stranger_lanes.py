"""How far away the strangers of a cohort are from either face of a pair: two small histograms on one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from siamgui.core.i18n import tr
from siamgui.core.types import Comparison
from siamgui.gui import theme
from siamgui.gui.widgets.painting import faint, write

if TYPE_CHECKING:
    from siamgui.core.cohort import Vectors

BIN = 0.02
"""Width of a bar, as a distance."""
LEAST = 2.0
"""Height of the bar of a single stranger, so that nobody is overlooked."""
_END = 2.0  # the largest distance of unit vectors


@dataclass(frozen=True)
class StrangerLanes:
    """left, right: bars of either face: (distance where it begins, height in (0, 1]), rising with the logarithm of how
    many strangers there are."""

    left: tuple[tuple[float, float], ...]
    right: tuple[tuple[float, float], ...]

    @classmethod
    def of(cls, comparison: Comparison) -> StrangerLanes | None:
        """None where nothing is known of strangers."""
        left, right = comparison.left.strangers, comparison.right.strangers
        return None if left is None or right is None else cls(_bars(left), _bars(right))

    @property
    def nearest(self) -> float:
        return min(self.left[0][0], self.right[0][0])


def _bars(cosines: Vectors) -> tuple[tuple[float, float], ...]:
    """cosines: (n,) of the strangers, n > 0."""
    import numpy as np

    distances = np.sqrt(np.clip(2 - 2 * cosines, 0, _END**2))
    counts, edges = np.histogram(distances, round(_END / BIN), (0, _END))
    heights = np.log1p(counts) / np.log1p(counts.max())
    return tuple((float(edges[n]), float(heights[n])) for n in counts.nonzero()[0])


def paint_lanes(
    painter: QPainter, lanes: StrangerLanes, place: QRectF, x: Callable[[float], float], distance: float
) -> None:
    """The left face's strangers above the middle of place, the right one's below.

    x: where a distance is drawn. distance: of the two faces; who is nearer stands out.
    """
    colours = theme.colours()
    middle = place.center().y()
    high = place.height() / 2 - 1
    for bars, upwards in ((lanes.left, True), (lanes.right, False)):
        for start, share in bars:
            x0, x1 = x(start), x(start + BIN)
            if x1 <= x0:
                continue  # beyond the end of the axis
            bar = QRectF(x0, middle, max(x1 - x0 - 0.5, 1.0), max(share * high, LEAST))
            if upwards:
                bar.translate(0, -bar.height())
            painter.fillRect(bar, colours.different if start < distance else faint(colours.different, 0.4))
    painter.setPen(QPen(colours.outline, 1))
    painter.drawLine(QLineF(place.left(), middle, place.right(), middle))
    _write_names(painter, lanes, place, x, x(distance))


def _write_names(
    painter: QPainter, lanes: StrangerLanes, place: QRectF, x: Callable[[float], float], needle: float
) -> None:
    """What the lanes are of, before the first bar and clear of the needle; shorter where there is less room."""
    metrics = QFontMetricsF(painter.font())
    free = x(lanes.nearest) - 6
    for names in (
        (tr("strangers, left face"), tr("strangers, right face")),
        (tr("left"), tr("right")),
    ):
        width = max(metrics.horizontalAdvance(name) for name in names) + 2
        for start in (place.left(), needle + 8):
            if start + width <= free and not start - 6 < needle < start + width + 6:
                for name, lane in zip(names, _halves(place), strict=True):
                    align = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
                    write(painter, QRectF(start, lane.top(), width, lane.height()), name, theme.colours().muted, align)
                return


def _halves(place: QRectF) -> tuple[QRectF, QRectF]:
    upper = QRectF(place.left(), place.top(), place.width(), place.height() / 2)
    return upper, upper.translated(0, upper.height())
