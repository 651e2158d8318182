"""A ring that closes as the evidence grows, with the sign of the side it speaks for."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QRectF, QSize, Qt, QVariantAnimation, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from siamgui.core.i18n import tr
from siamgui.core.types import Outcome
from siamgui.gui import theme
from siamgui.gui.motion import animated

SIDE = 56
WIDTH = 5.0
SIGN = 28
MOVE = 120
"""Milliseconds the ring takes to grow."""


class EvidenceRing(QWidget):
    """Empty until show_evidence()."""

    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0
        self._shown = 0.0
        self._side: Outcome | None = None
        self._motion = QVariantAnimation(self)
        self._motion.setDuration(MOVE)
        self._motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._motion.valueChanged.connect(self._moved)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Evidence"))
        self._describe()

    @property
    def share(self) -> float:
        """How much of the evidence is there, 0 to 1."""
        return self._share

    def show_evidence(self, share: float, side: Outcome | None) -> None:
        """share: 0 to 1. side: which it speaks for; None shows no sign."""
        if (share, side) == (self._share, self._side):
            return
        grows = share > self._share
        self._share, self._side = share, side
        self._motion.stop()
        if grows and animated(self):
            self._motion.setStartValue(self._shown)
            self._motion.setEndValue(share)
            self._motion.start()
        else:
            self._shown = share
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    @Slot(object)
    def _moved(self, value: float) -> None:
        self._shown = value
        self.update()

    def _describe(self) -> None:
        share = round(100 * self._share)
        self.setAccessibleDescription(tr("{n} % of the evidence that a verdict takes", n=share))

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inset = WIDTH / 2 + 1
        circle = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.setPen(QPen(colours.raised, WIDTH))
        painter.drawEllipse(circle)
        colour = getattr(colours, self._side.value) if self._side is not None else colours.accent
        if self._shown > 0:
            painter.setPen(QPen(colour, WIDTH, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawArc(circle, 90 * 16, -round(360 * 16 * min(self._shown, 1.0)))
        if self._side is not None:
            sign = theme.pixmap(self._side.value, colour, SIGN, self.devicePixelRatioF())
            painter.drawPixmap((self.width() - SIGN) // 2, (self.height() - SIGN) // 2, sign)
        painter.end()
