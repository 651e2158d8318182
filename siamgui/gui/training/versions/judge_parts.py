"""What a judgement is shown with: a table of measures, the charts of both sides, the worst pairs as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from siamgui.core import wording
from siamgui.core.i18n import tr
from siamgui.core.types import Pixels, Strictness
from siamgui.gui.training.finetuning.chart import Chart
from siamgui.gui.training.finetuning.plots import DistanceChart, RateChart
from siamgui.gui.training.finetuning.run_wording import percent
from siamgui.gui.widgets.face_picture import FacePicture

if TYPE_CHECKING:
    from siamgui.labelling.types import PairSet
    from siamgui.versions.judgement import Interval, Measures, WorstPair

FACE = 88
"""Side of a face among the worst pairs."""
PAIRS_SHOWN = 12

Row = tuple[str, str, str]


class MeasureTable(QFrame):
    """Names, and what was before and after; Tab reaches it, and its description says it all in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "chart")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(8, 8, 8, 8)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(3, 1)

    def show_rows(self, heads: Row, rows: Sequence[Row]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for down, row in enumerate((heads, *rows)):
            for across, text in enumerate(row):
                label = QLabel(text, self)
                label.setTextFormat(Qt.TextFormat.PlainText)
                if down == 0 or across == 0:
                    label.setProperty("role", "small")
                self._grid.addWidget(label, down, across)
        self.setAccessibleName(tr("Measures before and after"))
        spoken = (
            f"{name}: {heads[1]} {before}, {heads[2]} {after}." for name, before, after in rows
        )  # a sentence for each row
        self.setAccessibleDescription(" ".join(spoken))


class Comparison(QWidget):
    """Two Measures beside each other: the table, ROC and DET, the two histograms."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Measures, Measures] | None = None
        self.table = MeasureTable()
        self.roc, self.det = RateChart(det=False), RateChart(det=True)
        self.before, self.after = DistanceChart(), DistanceChart()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        self._grid.addWidget(self.table, 0, 0, 1, 2)
        for n, chart in enumerate(self.charts):
            chart.setFixedHeight(250)
            self._grid.addWidget(chart, 1 + n // 2, n % 2)

    @property
    def charts(self) -> tuple[Chart, ...]:
        return self.roc, self.det, self.before, self.after

    def show_measures(self, before: Measures, after: Measures) -> None:
        self._shown = before, after
        heads = ("", tr("before"), tr("after"))
        self.table.show_rows(heads, _rows(before, after))
        curves = [(measures.curve_fmr, measures.curve_fnmr) for measures in (before, after)]
        for rates in (self.roc, self.det):
            rates.show_curves(*curves)
        for chart, measures in ((self.before, before), (self.after, after)):
            chart.show_distances(measures.edges, measures.genuine_counts, measures.impostor_counts)
        self.before.entitle(tr("Distances before"))
        self.after.entitle(tr("Distances after"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and self._shown is not None:
            self.show_measures(*self._shown)


def _rows(before: Measures, after: Measures) -> list[Row]:
    def both(name: str, texts: Sequence[str]) -> Row:
        return name, texts[0], texts[1]

    two = (before, after)
    rows = [
        both(tr("Equal error rate"), [_rate(m.eer, m.eer_interval) for m in two]),
        both(tr("Area under the ROC"), [f"{m.auc:.3f} ({_span(m.auc_interval, 3, 1)})" for m in two]),
        both(tr("Cllr, in bits (and the least it could be)"), [f"{m.cllr:.3f} ({m.cllr_min:.3f})" for m in two]),
    ]
    for strictness in Strictness:
        if all(strictness.value in m.strictness for m in two):
            name = wording.strictness_name(strictness)
            rates = [m.strictness[strictness.value] for m in two]
            rows += [
                both(
                    tr("{strictness}: decided wrongly", strictness=name),
                    [_rate(r.error, r.error_interval) for r in rates],
                ),
                both(
                    tr("{strictness}: inconclusive", strictness=name),
                    [_rate(r.inconclusive, r.inconclusive_interval) for r in rates],
                ),
            ]
    return rows


def _rate(share: float, interval: Interval) -> str:
    return f"{percent(share)} ({_span(interval, 1, 100)})"


def _span(interval: Interval, digits: int, scale: float) -> str:
    return "–".join(f"{scale * bound:.{digits}f}" for bound in interval)


class WorstPairs(QWidget):
    """The pairs that came out worst, as pictures, in as many columns as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[tuple[WorstPair, ...], PairSet] | None = None
        self.tiles: list[QFrame] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)

    def show_pairs(self, worst: Sequence[WorstPair], pairs: PairSet) -> None:
        self._shown = tuple(worst), pairs
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
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, int(column < across))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and self._shown is not None:
            self.show_pairs(*self._shown)


def _tile(pair: WorstPair, pairs: PairSet) -> QFrame:
    tile = QFrame()
    tile.setProperty("role", "chart")
    tile.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    faces = QHBoxLayout()
    faces.setSpacing(4)
    for face in (pair.left, pair.right):
        picture = FacePicture(FACE)
        picture.set_image(image_of(pairs.crops[face]), pairs.names[face])
        picture.setToolTip(pairs.names[face])
        faces.addWidget(picture)
    faces.addStretch(1)
    label, moved = QLabel(), QLabel()
    label.setText(tr("You said: same person") if pair.same else tr("You said: different people"))
    text = tr("distance {before} → {after}", before=f"{pair.before:.2f}", after=f"{pair.after:.2f}")
    moved.setText(text)
    moved.setProperty("role", "small")
    column = QVBoxLayout(tile)
    column.setContentsMargins(6, 6, 6, 6)
    column.setSpacing(2)
    column.addLayout(faces)
    column.addWidget(label)
    column.addWidget(moved)
    spoken = [label.text(), text]
    if pair.wrong:
        wrong = QLabel(tr("decided wrongly now"))
        wrong.setProperty("role", "small")
        column.addWidget(wrong)
        spoken.append(wrong.text())
    column.addStretch(1)
    names = tr("“{left}” and “{right}”", left=pairs.names[pair.left], right=pairs.names[pair.right])
    tile.setAccessibleName(f"{names}: {', '.join(spoken)}")
    return tile


def image_of(crop: Pixels) -> QImage:
    """crop: (h, w, 3) uint8 RGB."""
    height, width = crop.shape[:2]
    return QImage(crop.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
