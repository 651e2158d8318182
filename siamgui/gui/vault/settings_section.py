"""What opens the vault, among the settings: passphrase, lock, recovery code."""

from __future__ import annotations

import enum

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from siamgui.core.i18n import mark, tr, trn
from siamgui.gui.vault.controller import VaultController
from siamgui.gui.vault.new_passphrase import NewPassphrase
from siamgui.gui.vault.recovery_sheet import RecoverySheet
from siamgui.gui.vault.secret_line import SecretLine
from siamgui.gui.vault.state import VaultPageState
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.form import form, form_row
from siamgui.gui.widgets.kit import (
    Align,
    Card,
    Choice,
    Icon,
    at,
    box,
    button,
    column,
    command,
    grow,
    label,
    row,
    stretch,
)
from siamgui.vault.vault import KeySource

MINUTES = (1, 5, 15, 30, 60)

_OPENED_BY = {
    KeySource.NONE: mark("Nothing is kept yet. What will be kept is encrypted."),
    KeySource.KEYRING: mark(
        "What is kept is encrypted. Its key is in the keyring of this system, so it opens without a question while "
        "you are signed in."
    ),
    KeySource.FILE: mark(
        "What is kept is encrypted, but its key lies beside it, as this system has no keyring: anyone who can read the "
        "data folder can read it. A passphrase changes that."
    ),
    KeySource.PASSPHRASE: mark("What is kept is encrypted, and only your passphrase opens it."),
}
_PROTECTS = {
    False: mark(
        "This protects against who has the disk, a backup or another account on this computer. It does not protect "
        "against a program that runs as you, nor while it is open. Without passphrase, key and recovery code, "
        "everything that is kept is lost."
    ),
    True: mark(
        "As it is, this protects a copy of the library without its key. A passphrase protects against who has the "
        "disk, a backup or another account on this computer. Neither protects against a program that runs as you, nor "
        "while it is open."
    ),
}
"""By whether the key lies beside it."""


class Asked(enum.Enum):
    """What the form is for."""

    NOTHING = enum.auto()
    PASSPHRASE = enum.auto()
    NO_PASSPHRASE = enum.auto()
    CODE = enum.auto()


class VaultSection(Card):
    lock_wanted = Signal()

    def __init__(self, controller: VaultController) -> None:
        super().__init__()
        self._controller = controller
        self._asked = Asked.NOTHING
        self.icon, self.opened_by = Icon("lock"), label(wrap=True)
        self.set_button = button("", self._ask_passphrase)
        self.remove_button = button(tr("Remove the passphrase…"), self._ask_no_passphrase)
        self.lock_button = command("lock", self.lock_wanted)
        self.error = Banner()
        self.error.dismissed.connect(controller.dismiss)
        self.lock_after = Choice[int | None]()
        self.lock_after.setFixedWidth(320)
        self.lock_after.picked.connect(controller.set_lock_after)
        hint = tr(
            "After so long without a key or the mouse. A training, import or live verification that runs is not "
            "interrupted: the lock comes when it is over. What has not been saved is forgotten."
        )
        self._lock_form = box(form([form_row(tr("Lock by itself"), self.lock_after, hint)], hints_below=True))
        self.code_words, self.code_button = label(wrap=True), button("", self._ask_code)
        self.protects = label(role="small", wrap=True)
        self.form, self.sheet = _Form(controller), RecoverySheet(controller)
        self.form.given.connect(self._give)
        self.form.left.connect(self._leave)
        self.setLayout(
            column(
                label(tr("Privacy"), "title"),
                row(at(self.icon, Align.AlignTop), grow(self.opened_by), spacing=12),
                self.error,
                row(self.set_button, self.remove_button, self.lock_button, stretch()),
                self._lock_form,
                row(grow(self.code_words), self.code_button, spacing=12),
                self.form,
                self.sheet,
                self.protects,
                spacing=12,
                margins=20,
            )
        )
        controller.changed.connect(self._render)
        controller.done.connect(self._leave)
        self._render()

    def leave(self) -> None:
        """Nothing that was typed or shown stays."""
        self._leave()
        self._controller.forget_code()
        self._controller.dismiss()

    def go_back(self) -> bool:
        asked = self._asked is not Asked.NOTHING
        self._leave()
        return asked

    @Slot()
    def _ask_passphrase(self) -> None:
        self._ask(Asked.PASSPHRASE)

    @Slot()
    def _ask_no_passphrase(self) -> None:
        self._ask(Asked.NO_PASSPHRASE)

    @Slot()
    def _ask_code(self) -> None:
        if self._controller.state.has_passphrase:
            self._ask(Asked.CODE)
        else:
            self._controller.make_code("")

    def _ask(self, asked: Asked) -> None:
        self._asked = asked
        self._controller.forget_code()
        self._controller.dismiss()
        self.form.ask(asked, with_current=self._controller.state.has_passphrase)
        self._render()

    @Slot()
    def _leave(self) -> None:
        focus = QApplication.focusWidget()
        focused = focus is not None and self.form.isAncestorOf(focus)
        self._asked = Asked.NOTHING
        self.form.clear()
        self._render()
        if focused and self.set_button.isVisible():
            self.set_button.setFocus()

    @Slot()
    def _give(self) -> None:
        form, controller = self.form, self._controller
        if self._asked is Asked.PASSPHRASE:
            controller.set_passphrase(form.passphrase.new.text, form.passphrase.again.text, form.current.text)
        elif self._asked is Asked.NO_PASSPHRASE:
            controller.remove_passphrase(form.current.text)
        elif self._asked is Asked.CODE:
            controller.make_code(form.current.text)

    @Slot()
    def _render(self) -> None:
        state = self._controller.state
        has = state.has_passphrase
        self.opened_by.setText(_words(state))
        warns = state.shut or state.vault.source is KeySource.FILE
        self.protects.setText(tr(_PROTECTS[state.vault.source is KeySource.FILE]))
        self.icon.show_icon(*(("warning", "warning") if warns and not state.vault.locked else ("lock", "muted")))
        self.error.say(state.error)
        idle = self._asked is Asked.NOTHING and not state.code and not state.shut
        self.set_button.setText(tr("Change the passphrase…") if has else tr("Set a passphrase…"))
        for part, shown in (
            (self.set_button, True),
            (self.remove_button, has),
            (self.lock_button, has),
            (self._lock_form, has),
            (self.code_words, True),
            (self.code_button, True),
        ):
            part.setVisible(idle and shown)
        self.form.setVisible(self._asked is not Asked.NOTHING and not state.shut)
        chosen = state.vault.lock_after
        known = sorted({*MINUTES, *([chosen] if chosen is not None else [])})
        items: dict[int | None, str] = {None: tr("Never")}
        items.update({minutes: trn("After {n} minute", "After {n} minutes", minutes) for minutes in known})
        self.lock_after.show_items(items, chosen)
        self.code_button.setText(tr("Make a new code…") if state.vault.recovery else tr("Make a recovery code…"))
        self.code_words.setText(
            tr("There is a recovery code, which opens it where the passphrase or the key is lost.")
            if state.vault.recovery
            else tr("There is no recovery code: if its key is lost, so is everything that is kept.")
        )


def _words(state: VaultPageState) -> str:
    if state.trouble is not None:
        return str(state.trouble)
    if state.vault.locked:
        return tr("What is kept is locked. Unlock it to change how it is locked.")
    return tr(_OPENED_BY[state.vault.source])


class _Form(QWidget):
    """The passphrase of now, where there is one, and a new one where that is asked for."""

    given = Signal()
    left = Signal()

    def __init__(self, controller: VaultController) -> None:
        super().__init__()
        self._controller = controller
        self._yes = ""
        self.words = label(wrap=True)
        self.current, self.passphrase = SecretLine(tr("Passphrase now")), NewPassphrase()
        self._named = label(tr("Passphrase now"), of=self.current.field)
        self.yes_button = button("", self.given, "primary")
        self.no_button = button(tr("Leave it"), self.left)
        self.current.field.returnPressed.connect(self._next)
        self.passphrase.entered.connect(self.given)
        buttons = row(self.yes_button, self.no_button, stretch())
        self.setLayout(column(self.words, self._named, self.current, self.passphrase, buttons, spacing=8))
        controller.changed.connect(self._render)

    def ask(self, asked: Asked, *, with_current: bool) -> None:
        words = {
            Asked.PASSPHRASE: "" if with_current else tr("siamgui asks for it at every start. Nobody can reset it."),
            Asked.NO_PASSPHRASE: tr("What is kept then opens without a question."),
            Asked.CODE: tr("Your passphrase shows that it is you who makes the code."),
        }
        self._yes = {
            Asked.PASSPHRASE: tr("Set the passphrase"),
            Asked.NO_PASSPHRASE: tr("Remove the passphrase"),
            Asked.CODE: tr("Make the code"),
        }[asked]
        self.words.setText(words[asked])
        self.words.setVisible(bool(words[asked]))
        self._named.setVisible(with_current)
        self.current.setVisible(with_current)
        self.passphrase.setVisible(asked is Asked.PASSPHRASE)
        self._render()
        self.show()
        (self.current if with_current else self.passphrase).setFocus()

    def clear(self) -> None:
        self.current.clear()
        self.passphrase.clear()

    @Slot()
    def _next(self) -> None:
        """Enter in the first field: to the new one, or that was all."""
        if self.passphrase.isVisible():
            self.passphrase.setFocus()
        else:
            self.given.emit()

    @Slot()
    def _render(self) -> None:
        busy = self._controller.state.busy
        self.yes_button.setEnabled(not busy)
        self.yes_button.setText(tr("One moment…") if busy else self._yes)
