"""A ring that closes as the evidence grows, with the sign of the side it speaks for."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from siamgui.core.i18n import tr
from siamgui.core.types import Outcome
from siamgui.gui import theme
from siamgui.gui.motion import Glide
from siamgui.gui.widgets.painting import painter_of

SIDE = 56
WIDTH = 5.0
SIGN = 28
MOVE = 120
"""Milliseconds the ring takes to grow."""


class EvidenceRing(QWidget):
    """Empty until show_evidence()."""

    def __init__(self) -> None:
        super().__init__()
        self.share = 0.0
        """How much of the evidence is there, 0 to 1."""
        self._shown = Glide(self, MOVE)
        self._side: Outcome | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Evidence"))
        self._describe()

    def show_evidence(self, share: float, side: Outcome | None) -> None:
        """share: 0 to 1. side: which it speaks for; None shows no sign."""
        if (share, side) != (self.share, self._side):
            self._shown.go(share, at_once=share <= self.share)
            self.share, self._side = share, side
            self._describe()

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def _describe(self) -> None:
        share = round(100 * self.share)
        self.setAccessibleDescription(tr("{n} % of the evidence that a verdict takes", n=share))

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.colours()
        painter = painter_of(self)
        inset = WIDTH / 2 + 1
        circle = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.setPen(QPen(colours.raised, WIDTH))
        painter.drawEllipse(circle)
        colour = colours.of(self._side) if self._side is not None else colours.accent
        if self._shown.value > 0:
            painter.setPen(QPen(colour, WIDTH, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawArc(circle, 90 * 16, -round(360 * 16 * min(self._shown.value, 1.0)))
        if self._side is not None:
            sign = theme.pixmap(self._side.value, colour, SIGN, self.devicePixelRatioF())
            painter.drawPixmap((self.width() - SIGN) // 2, (self.height() - SIGN) // 2, sign)
