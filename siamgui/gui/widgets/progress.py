"""How far something has come, in words and as a bar."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QWidget

from siamgui.gui.widgets.kit import bar, grow, label, row


class Progress(QWidget):
    """Words, a bar, and perhaps a button that stops it, side by side. Hidden while nothing is under way."""

    def __init__(self, name: str, button: QAbstractButton | None = None) -> None:
        """name: of the bar, for a reader."""
        super().__init__()
        self.words, self.bar = label("", "muted"), bar(name)
        self.setLayout(row(self.words, grow(self.bar), *([button] if button is not None else []), spacing=12))
        self.hide()

    def show_share(self, words: str, done: int, total: int) -> None:
        """words: "" hides it. total: 0 while it is not known."""
        self.setVisible(bool(words))
        self.words.setText(words)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
