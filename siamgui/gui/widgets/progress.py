"""How far something has come, in words and as a bar."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QWidget

from siamgui.gui.widgets.kit import Align, at, bar, column, grow, label, row


class Progress(QWidget):
    """Words, a bar, and perhaps a button that stops it. Hidden while nothing is under way."""

    def __init__(self, name: str, button: QAbstractButton | None = None, *, upright: bool = False) -> None:
        """name: of the bar, for a reader. upright: the words and the button below the bar instead of beside it."""
        super().__init__()
        self.words, self.bar = label("", "muted", wrap=upright), bar(name)
        buttons = [button] if button is not None else []
        if upright:
            self.setLayout(column(self.bar, self.words, *(at(one, Align.AlignLeft) for one in buttons)))
        else:
            self.setLayout(row(self.words, grow(self.bar), *buttons, spacing=12))
        self.hide()

    def show_share(self, words: str, done: int, total: int) -> None:
        """words: "" hides it. total: 0 while it is not known."""
        self.setVisible(bool(words))
        self.words.setText(words)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
