"""Content that scrolls up and down where there is no room for it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget


class ScrollArea(QScrollArea):
    """Its content is as wide as it is, and as high as wrapped words need at that width.

    QScrollArea itself gives the least height whatever the width, and squeezes text that takes more lines.
    """

    def __init__(self, body: QWidget) -> None:
        super().__init__()
        self._body = body
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(body)

    def reveal(self, widget: QWidget) -> None:
        """Scroll so that a part of the content can be seen, which may just have been shown."""
        self._fit()
        self._body.adjustSize()
        self.ensureWidgetVisible(widget, 0, 24)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and watched is self._body:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        layout = self._body.layout()
        if layout is not None and layout.hasHeightForWidth():
            self._body.setMinimumHeight(layout.totalHeightForWidth(self.viewport().width()))


def scrolling(body: QWidget, *, by_keyboard: bool = False) -> ScrollArea:
    """by_keyboard: takes the focus to scroll, for content without a control of its own."""
    area = ScrollArea(body)
    area.setFocusPolicy(Qt.FocusPolicy.StrongFocus if by_keyboard else Qt.FocusPolicy.NoFocus)
    return area
