"""In place of a page of what is kept, while that is locked or nothing opens it."""

from __future__ import annotations

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from siamgui.core.i18n import tr
from siamgui.core.paths import data_folder
from siamgui.gui.page import Page
from siamgui.gui.vault.controller import VaultController
from siamgui.gui.vault.recovery_form import RecoveryForm
from siamgui.gui.vault.secret_line import SecretLine
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.kit import (
    Align,
    Icon,
    at,
    box,
    button,
    card,
    column,
    grow,
    label,
    row,
    say,
    stretch,
)
from siamgui.gui.widgets.scrolling import scrolling
from siamgui.vault.vault import KeySource

WIDTH = 520


class LockPage(Page[None]):
    compare_wanted = Signal()

    def __init__(self, controller: VaultController) -> None:
        super().__init__()
        self._controller = controller
        self.error = Banner()
        self.error.dismissed.connect(controller.dismiss)
        self.compare_button = button(tr("Compare without unlocking"), self.compare_wanted, "quiet")
        self.recovery = RecoveryForm(controller)
        self.unlock, self.trouble = UnlockPart(controller), TroublePart(controller)
        self._parts: tuple[QWidget, ...] = (self.unlock, self.trouble, self.recovery)
        self._recovering = False
        self.recovery.left.connect(self._leave_recovery)
        for part in (self.unlock, self.trouble):
            part.recovery_button.clicked.connect(self._enter_recovery)
        folder = ElidedLabel("small")
        folder.set_whole_text(tr("Data folder: {folder}", folder=data_folder()))
        self.icon, self.title = Icon("lock", side=40), label(role="headline")
        panel = card(
            column(
                at(self.icon, Align.AlignLeft),
                self.title,
                folder,
                self.error,
                *self._parts,
                row(self.compare_button, stretch()),
                spacing=12,
                margins=24,
            )
        )
        panel.setFixedWidth(WIDTH)
        middle = column(stretch(), row(stretch(), panel, stretch()), stretch(2), margins=16)
        self.setLayout(column(grow(scrolling(box(middle)))))
        controller.changed.connect(self._render)
        controller.done.connect(self.leave)  # it may be shown no more by then, and is kept for the next time
        self._render()

    def enter(self) -> None:
        self._focus()

    @Slot()
    def leave(self) -> None:
        """Nothing that was typed is there for whoever comes next."""
        self.unlock.passphrase.clear()
        self._leave_recovery()

    def go_back(self) -> bool:
        """Out of the recovery."""
        recovering = self._recovering
        if recovering:
            self._leave_recovery()
            self._focus()
        return recovering

    @Slot()
    def _enter_recovery(self) -> None:
        self._controller.dismiss()
        self._recovering = True
        self._render()

    @Slot()
    def _leave_recovery(self) -> None:
        self._recovering = False
        self.recovery.clear()
        self._controller.dismiss()

    def _focus(self) -> None:
        if self.unlock.isVisible():
            self.unlock.passphrase.setFocus()

    @Slot()
    def _render(self) -> None:
        state = self._controller.state
        usual = self.trouble if state.trouble is not None else self.unlock
        for part in self._parts:
            part.setVisible(part is (self.recovery if self._recovering else usual))
        self.icon.show_icon(*(("warning", "warning") if state.trouble is not None else ("lock", "muted")))
        self.title.setText(tr("What is kept can’t be opened") if state.trouble is not None else tr("Locked"))
        self.error.say(state.error)


class UnlockPart(QWidget):
    def __init__(self, controller: VaultController) -> None:
        super().__init__()
        self._controller = controller
        words = tr("People, training and history open with your passphrase. Comparing photos needs none of them.")
        self.passphrase = SecretLine(tr("Passphrase"), hint=tr("Passphrase"))
        self.unlock_button = button(tr("Unlock"), self._unlock, "primary")
        self.recovery_button = button(tr("I forgot it: use the recovery code"), kind="quiet")
        self.lost = label(tr("There is no recovery code: nothing opens it if you forget it."), "small", wrap=True)
        self.passphrase.field.returnPressed.connect(self._unlock)
        self.setLayout(
            column(
                label(words, "muted", wrap=True),
                row(grow(self.passphrase), self.unlock_button),
                row(self.recovery_button, stretch()),
                self.lost,
                spacing=12,
            )
        )
        controller.changed.connect(self._render)
        self._render()

    @Slot()
    def _unlock(self) -> None:
        if self.passphrase.text:
            self._controller.unlock(self.passphrase.text)
        self.passphrase.field.selectAll()

    @Slot()
    def _render(self) -> None:
        state = self._controller.state
        self.unlock_button.setEnabled(not state.busy)
        self.unlock_button.setText(tr("One moment…") if state.busy else tr("Unlock"))
        self.recovery_button.setVisible(state.vault.recovery)
        self.lost.setVisible(not state.vault.recovery)


class TroublePart(QWidget):
    """The key, or what says how it is locked, is missing."""

    def __init__(self, controller: VaultController) -> None:
        super().__init__()
        self._controller = controller
        self.words, self.recovery_words = label(wrap=True), label(wrap=True)
        self.recovery_button = button(tr("Use the recovery code"), kind="primary")
        self.again_button = button(tr("Try again"), controller.look)
        self.folder_button = button(tr("Open the data folder"), _open_folder)
        backup = tr(
            "Restore a backup in the settings, or put “vault.json”, and “vault.key” where there was one, back into the "
            "data folder."
        )
        anew = tr(
            "Or start anew in another folder, which the environment variable SIAMGUI_DATA names. Nothing in this one "
            "is changed: it opens as soon as its key is back."
        )
        self.setLayout(
            column(
                self.words,
                self.recovery_words,
                row(self.recovery_button, stretch()),
                label(backup, wrap=True),
                row(self.folder_button, self.again_button, stretch()),
                label(anew, wrap=True),
                spacing=12,
            )
        )
        controller.changed.connect(self._render)
        self._render()

    @Slot()
    def _render(self) -> None:
        state = self._controller.state
        say(self.words, str(state.trouble or ""))
        known = state.vault.recovery
        self.recovery_button.setVisible(known)
        self.recovery_words.setVisible(state.vault.source is not KeySource.NONE)
        self.recovery_words.setText(
            tr("With the recovery code everything opens again, and gets a new key.")
            if known
            else tr("No recovery code was made for it.")
        )


def _open_folder() -> None:
    folder = data_folder()
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
