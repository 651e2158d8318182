"""Outlines and numbers of the faces in a photo view. Lengths are in device-independent pixels unless they say so."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from siamgui.gui import theme
from siamgui.gui.widgets.outline import Outline
from siamgui.gui.widgets.painting import draw_plate, write

LIGHT = QColor(255, 255, 255, 235)
RIM = QColor(255, 255, 255, 150)
WHITE = QColor(255, 255, 255)
SHADE = QColor(12, 14, 16, 150)
PLATE = QColor(20, 22, 25, 205)


def label_font(outlines: list[Outline]) -> QFont:
    """Smaller numbers for a crowd of small faces."""
    crowded = len(outlines) > 8 and sorted(mark.height for mark in outlines)[len(outlines) // 2] < 60
    return theme.font(0.82 if crowded else 0.95, QFont.Weight.DemiBold)


def draw_marks(
    painter: QPainter, outlines: list[Outline], words: Sequence[object], bounds: QRectF, chosen: int
) -> dict[int, QRectF]:
    """Draw all outlines and a word or number at each, the chosen on top; returns where these are, by their position.

    They are drawn in the painter's font. chosen: position in outlines, or -1.
    """
    from siamgui.gui.widgets.label_places import place_labels

    first = [chosen] if chosen >= 0 else []
    labels = place_labels(outlines, _label_sizes(painter, words), bounds, first)
    order = sorted(range(len(outlines)), key=lambda n: n == chosen)
    for n in order:
        # Two strokes, so that one of them stands out on any photo.
        mark = outlines[n]
        if n == chosen:
            colours = theme.colours()
            mark.draw(painter, QPen(colours.on_accent, 3.5 if mark.fine else 6.0))
            mark.draw(painter, QPen(colours.accent, 2.0 if mark.fine else 3.0))
        else:
            mark.draw(painter, QPen(SHADE, 3.0 if mark.fine else 4.0))
            mark.draw(painter, QPen(LIGHT, 1.0 if mark.fine else 1.4))
    for n in (n for n in order if n in labels):
        if n == chosen:
            colours = theme.colours()
            _draw_label(painter, labels[n], words[n], colours.accent, colours.on_accent, colours.on_accent)
        else:
            _draw_label(painter, labels[n], words[n], PLATE, LIGHT, RIM)
    return labels


def draw_hovered(painter: QPainter, mark: Outline, number: int, label: QRectF | None, bounds: QRectF) -> None:
    """Draw over one of the muted marks: this one a click would choose. label: where its number is, if it is shown."""
    from siamgui.gui.widgets.label_places import place_labels

    mark.draw(painter, QPen(LIGHT, 2.0 if mark.fine else 2.4))
    where = label or place_labels([mark], _label_sizes(painter, [number]), bounds, [0])[0]
    _draw_label(painter, where, number, WHITE, PLATE, PLATE)


def _label_sizes(painter: QPainter, words: Sequence[object]) -> list[tuple[float, float]]:
    metrics = QFontMetricsF(painter.font())
    height = metrics.height() + 2
    return [(max(height, metrics.horizontalAdvance(str(word)) + 10), height) for word in words]


def _draw_label(painter: QPainter, label: QRectF, word: object, plate: QColor, ink: QColor, rim: QColor) -> None:
    draw_plate(painter, label.adjusted(0.5, 0.5, -0.5, -0.5), plate, label.height() / 3, QPen(rim, 1.0))
    write(painter, label, str(word), ink)
