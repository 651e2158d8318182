"""A person at the window of a data folder with a passphrase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from siamgui.gui.vault.controller import VaultController
from siamgui.gui.vault.lock_page import LockPage
from siamgui.storage.people_store import PeopleStore
from siamgui.vault.vault import vault_of
from tests.builders.people import enrol
from tests.builders.window import PATIENCE, User

if TYPE_CHECKING:
    from siamgui.gui.vault.settings_section import VaultSection

PASSPHRASE = "correct horse battery"


def with_passphrase() -> None:
    """Ada and Grace are enrolled, and a process that begins now needs the passphrase to see them."""
    with PeopleStore.open() as people:
        enrol(people, "Ada", 1, 2)
        enrol(people, "Grace", 3)
    vault_of().set_passphrase(PASSPHRASE)
    vault_of().forget()


class Owner(User):
    """Whose passphrase it is."""

    @classmethod
    def at(cls, user: User) -> Owner:
        owner = cls(user.qtbot, user.window)
        owner.window.see_to_the_vault()
        owner.rest()
        return owner

    @property
    def vault(self) -> VaultController:
        return self.window.controllers.vault

    @property
    def lock_page(self) -> LockPage:
        """The page that is shown, while that is one."""
        page = self.window.view(self.window.page)
        assert isinstance(page, LockPage), self.window.page
        return page

    @property
    def section(self) -> VaultSection:
        return self.settings.vault

    def rest(self) -> None:
        """Wait until nothing of the vault is under way."""
        self.qtbot.waitUntil(lambda: not (self.vault.state.busy or self.vault.looking), timeout=PATIENCE)

    def type_in(self, text: str) -> None:
        """Wherever the focus is, as if by the keyboard, and Enter."""
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QApplication

        self.qtbot.keyClicks(QApplication.focusWidget(), text)
        self.press(Qt.Key.Key_Return)

    def unlock(self, passphrase: str = PASSPHRASE) -> None:
        self.lock_page.unlock.passphrase.setFocus()
        self.type_in(passphrase)
        self.rest()

    def names(self) -> tuple[str, ...]:  # type: ignore[override]
        """Of the people on their page, once it has looked them up."""
        self.window.go("people")
        people = self.window.controllers.people
        self.qtbot.waitUntil(lambda: people.state.people is not None, timeout=PATIENCE)
        return tuple(card.person.name for card in people.state.people or ())
