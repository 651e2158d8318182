"""What the first step says while there are no photographs: what to bring, what for, and how."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from siamgui.core.i18n import tr
from siamgui.gui import theme


class Invitation(QFrame):
    """A place to drop on, with a few words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "well")
        self._icon, self._title, self._text, self._ways = (QLabel() for _ in range(4))
        self._title.setProperty("role", "title")
        self._ways.setProperty("role", "muted")
        self._ways.setTextFormat(Qt.TextFormat.RichText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 16, 32, 16)
        layout.setSpacing(12)
        layout.addStretch(1)
        layout.addWidget(self._icon)
        for label in (self._title, self._text, self._ways):
            label.setWordWrap(True)
            layout.addWidget(label)
        layout.addStretch(2)
        self._paint_icon()
        theme.theme.changed.connect(self._paint_icon)
        self._retranslate()

    @Slot()
    def _paint_icon(self) -> None:
        self._icon.setPixmap(theme.pixmap("training", theme.colours().muted, 40, self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        self._title.setText(tr("Show siamgui who is who in your photos"))
        self._text.setText(
            tr(
                "From pairs of photos of the same person and of different people the encoder learns your cameras, your "
                "light and your people. It is judged on people it has not seen, and the original is always kept."
            )
        )
        ways = (
            tr("a list of pairs: a CSV file with the columns left, right, same"),
            tr("a folder that holds one folder per person"),
            tr("a pile of unsorted photos: then you say who is who, pair by pair, with one key each"),
        )
        items = "".join(f"<li>{way}</li>" for way in ways)
        invitation = tr("Drop here, or choose on the left:")
        self._ways.setText(f"<p>{invitation}</p><ul>{items}</ul>")
