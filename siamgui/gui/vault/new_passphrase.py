"""A new passphrase, typed twice."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from siamgui.core.i18n import tr, trn
from siamgui.gui.vault.secret_line import SecretLine
from siamgui.gui.widgets.kit import column, label
from siamgui.vault.passphrase import LEAST_CHARACTERS

LONG = 16
"""Characters from which on length alone says that guessing is hopeless, unless it is a sentence that is known."""


class NewPassphrase(QWidget):
    """entered: Enter in the second field."""

    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.new, self.again = SecretLine(tr("New passphrase")), SecretLine(tr("New passphrase, once more"))
        self.about = label(role="small", wrap=True)
        self.new.field.textChanged.connect(self._typed)
        self.new.field.returnPressed.connect(self.again.setFocus)
        self.again.field.returnPressed.connect(self.entered)
        named = [label(tr("New passphrase"), of=self.new.field), label(tr("Once more"), of=self.again.field)]
        self.setLayout(column(named[0], self.new, self.about, named[1], self.again, spacing=4))
        self.setFocusProxy(self.new.field)
        self._typed()

    def clear(self) -> None:
        self.new.clear()
        self.again.clear()

    @Slot()
    def _typed(self) -> None:
        typed = len(self.new.text)
        count = trn("{n} character", "{n} characters", typed)
        if typed >= LONG:
            words = tr("{count}: long enough, unless it is a known sentence.", count=count)
        elif typed >= LEAST_CHARACTERS:
            words = tr("{count}: short. Four or five random words are better.", count=count)
        else:
            words = tr("At least {least} characters; best are four or five random words.", least=LEAST_CHARACTERS)
        self.about.setText(words)
