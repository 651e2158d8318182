"""What a judgement is shown with: a table of measures, the charts of both sides, the worst pairs as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from siamgui.core.i18n import tr
from siamgui.gui.display import image_of
from siamgui.gui.training.finetuning.plots import DistanceChart, RateChart
from siamgui.gui.training.versions.table import Table
from siamgui.gui.widgets.face_picture import FacePicture
from siamgui.gui.widgets.kit import Card, column, label, row, stretch
from siamgui.versions.measure_words import measure_rows

if TYPE_CHECKING:
    from siamgui.labelling.types import PairSet
    from siamgui.versions.judgement import Measures, WorstPair

FACE = 88
"""Side of a face among the worst pairs."""
PAIRS_SHOWN = 12


class Comparison(QWidget):
    """Two Measures beside each other: the table, ROC and DET, the two histograms."""

    def __init__(self) -> None:
        super().__init__()
        self.table = Table()
        self.roc, self.det = RateChart(det=False), RateChart(det=True)
        self.before, self.after = DistanceChart(tr("Distances before")), DistanceChart(tr("Distances after"))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        grid.addWidget(self.table, 0, 0, 1, 2)
        for n, chart in enumerate((self.roc, self.det, self.before, self.after)):
            chart.setFixedHeight(250)
            grid.addWidget(chart, 1 + n // 2, n % 2)

    def show_measures(self, before: Measures, after: Measures) -> None:
        heads, rows = ("", tr("before"), tr("after")), measure_rows(before, after)
        spoken = [f"{name}: {heads[1]} {old}, {heads[2]} {new}." for name, old, new in rows]
        self.table.show_rows(tr("Measures before and after"), (heads, *rows), spoken)
        curves = [(measures.curve_fmr, measures.curve_fnmr) for measures in (before, after)]
        for rates in (self.roc, self.det):
            rates.show_curves(*curves)
        for chart, measures in ((self.before, before), (self.after, after)):
            chart.show_distances(measures.edges, measures.genuine_counts, measures.impostor_counts)


class WorstPairs(QWidget):
    """The pairs that came out worst, as pictures, in as many columns as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self.tiles: list[Card] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)

    def show_pairs(self, worst: Sequence[WorstPair], pairs: PairSet) -> None:
        for tile in self.tiles:
            tile.deleteLater()
        self.tiles = [_tile(pair, pairs) for pair in worst[:PAIRS_SHOWN]]
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._place()

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * FACE + 40, self._grid.minimumSize().height())

    def _place(self) -> None:
        across = max(1, self.width() // (2 * FACE + 48))
        for n, tile in enumerate(self.tiles):
            self._grid.addWidget(tile, n // across, n % across)
        for column_number in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column_number, int(column_number < across))


def _tile(pair: WorstPair, pairs: PairSet) -> Card:
    tile = Card("chart")
    tile.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    faces = FacePicture(FACE), FacePicture(FACE)
    for picture, face in zip(faces, (pair.left, pair.right), strict=True):
        picture.set_image(image_of(pairs.crops[face]), pairs.names[face])
        picture.setToolTip(pairs.names[face])
    said = tr("You said: same person") if pair.same else tr("You said: different people")
    moved = tr("distance {before} → {after}", before=f"{pair.before:.2f}", after=f"{pair.after:.2f}")
    words = (said, moved, tr("decided wrongly now")) if pair.wrong else (said, moved)
    lines = [label(text, "small" if text is not said else "") for text in words]
    tile.setLayout(column(row(*faces, stretch(), spacing=4), *lines, stretch(), spacing=2, margins=6))
    names = tr("“{left}” and “{right}”", left=pairs.names[pair.left], right=pairs.names[pair.right])
    tile.setAccessibleName(f"{names}: {', '.join(words)}")
    return tile
