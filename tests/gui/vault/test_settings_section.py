"""Privacy among the settings: what opens the vault, said honestly, and changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication

from siamgui.core.paths import data_folder
from siamgui.gui.vault.recovery_sheet import sheet
from siamgui.storage.people_store import PeopleStore
from siamgui.vault.errors import Locked, PassphraseWrong
from siamgui.vault.recovery_code import key_of_code
from siamgui.vault.vault import vault_of
from tests.builders.keyrings import MemoryKeyring, using
from tests.builders.people import enrol
from tests.builders.vault_window import PASSPHRASE, Owner
from tests.builders.window import User

NEW = "another horse entirely"


@pytest.fixture
def unasked(quick_passphrases: None, open_window: Callable[..., User]) -> Callable[[], Owner]:
    """Opens the settings of a data folder that opens without a question."""

    def make() -> Owner:
        with PeopleStore.open() as people:
            enrol(people, "Ada", 1)
        owner = Owner.at(open_window(start=False))
        owner.window.go("settings")
        owner.rest()
        return owner

    return make


def test_it_says_where_the_key_lies(unasked: Callable[[], Owner]) -> None:
    words = unasked().section.opened_by.text()
    assert "anyone who can read the data folder can read it" in words


def test_with_a_keyring_it_says_so(unasked: Callable[[], Owner]) -> None:
    with using(MemoryKeyring):
        assert "in the keyring of this system" in unasked().section.opened_by.text()


def test_a_passphrase_is_set_changed_and_removed(unasked: Callable[[], Owner]) -> None:
    owner = unasked()
    section, form = owner.section, owner.section.form
    assert not owner.window.rail.tabs["lock"].isVisible()
    section.set_button.click()
    assert not form.current.isVisible()
    owner.type_in("short")  # Enter goes to the second field
    owner.type_in("short")
    owner.rest()
    assert section.error.text() == "The passphrase is too short. Use at least 8 characters."
    form.passphrase.new.field.setText(PASSPHRASE)
    assert "long enough" in form.passphrase.about.text()
    form.yes_button.click()
    assert section.error.text() == "The two passphrases are not the same. Type them again."
    form.passphrase.again.field.setText(PASSPHRASE)
    form.yes_button.click()
    owner.rest()
    assert "only your passphrase opens it" in section.opened_by.text()
    assert not form.isVisible()
    assert form.passphrase.new.text == form.passphrase.again.text == ""
    assert not (data_folder() / "vault.key").exists()
    assert owner.window.rail.tabs["lock"].isVisible()

    section.set_button.click()
    form.current.field.setText("not it")
    form.passphrase.new.field.setText(NEW)
    form.passphrase.again.field.setText(NEW)
    form.yes_button.click()
    owner.rest()
    assert section.error.text() == str(PassphraseWrong())
    form.current.field.setText(PASSPHRASE)
    form.yes_button.click()
    owner.rest()
    assert section.error.text() == ""
    vault_of().unlock(NEW)

    section.remove_button.click()
    assert not form.passphrase.isVisible()
    owner.type_in(NEW)
    owner.rest()
    assert "anyone who can read the data folder" in section.opened_by.text()
    vault_of().forget()
    assert vault_of().database
    assert owner.names() == ("Ada",)


def test_what_is_typed_is_hidden_until_it_is_to_be_seen_and_gone_when_the_page_is_left(
    unasked: Callable[[], Owner],
) -> None:
    owner = unasked()
    field = owner.section.form.passphrase.new
    owner.section.set_button.click()
    field.field.setText(PASSPHRASE)
    assert PASSPHRASE not in field.field.displayText()
    field.show_button.click()
    assert field.field.displayText() == PASSPHRASE
    owner.window.go("compare")
    owner.window.go("settings")
    assert field.text == ""
    assert not owner.section.form.isVisible()
    owner.section.set_button.click()
    owner.press(Qt.Key.Key_Escape)
    assert owner.window.page == "settings"
    assert not owner.section.form.isVisible()


def test_a_recovery_code_is_shown_once_copied_and_printed(
    unasked: Callable[[], Owner], qapp: QApplication, tmp_path: Path
) -> None:
    owner = unasked()
    section = owner.section
    section.code_button.click()
    owner.rest()
    code = section.sheet.code.text()
    assert key_of_code(code)
    assert [len(group) for group in code.split("-")] == [4] * 7
    section.sheet.print_button.click()  # the printer of the dialog was gone by then: a crash
    assert section.sheet.dialog is not None
    section.sheet.dialog.reject()
    assert section.sheet.dialog is None
    section.sheet.copy_button.click()
    assert qapp.clipboard().text() == code
    assert code in sheet(code).toPlainText()
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "code.pdf"))
    sheet(code).print_(printer)
    assert (tmp_path / "code.pdf").read_bytes().startswith(b"%PDF")
    section.sheet.done_button.click()
    assert not section.sheet.isVisible()
    assert owner.vault.state.code == ""
    assert "There is a recovery code" in section.code_words.text()
    vault_of().recover(code, None)


def test_with_a_passphrase_only_who_knows_it_makes_a_code(owner: Owner) -> None:
    owner.unlock()
    owner.window.go("settings")
    owner.rest()
    owner.section.code_button.click()
    owner.type_in("not it")
    owner.rest()
    assert owner.section.error.text() == str(PassphraseWrong())
    assert not owner.section.sheet.isVisible()
    owner.section.form.current.field.setText(PASSPHRASE)
    owner.section.form.yes_button.click()
    owner.rest()
    assert key_of_code(owner.section.sheet.code.text())
    owner.window.go("compare")
    assert owner.section.sheet.code.text() == ""


def test_the_time_after_which_it_locks_is_kept(owner: Owner) -> None:
    owner.unlock()
    owner.window.go("settings")
    owner.rest()
    choice = owner.section.lock_after
    choice.setFocus()
    owner.press(Qt.Key.Key_Down)
    owner.press(Qt.Key.Key_Down)
    owner.qtbot.waitUntil(lambda: vault_of().state.lock_after == 5)
    owner.rest()
    assert owner.vault.watching
    assert choice.currentText() == "After 5 minutes"


def test_while_it_is_locked_nothing_can_be_changed(owner: Owner) -> None:
    owner.window.go("settings")
    owner.rest()
    section = owner.section
    assert "locked" in section.opened_by.text()
    shown = (section.set_button, section.remove_button, section.code_button, section.lock_after)
    assert not any(one.isVisible() for one in shown)
    with pytest.raises(Locked):
        vault_of().new_recovery_code()


def test_the_key_of_locking_leads_to_the_settings_where_nothing_locks_it(unasked: Callable[[], Owner]) -> None:
    owner = unasked()
    owner.window.go("compare")
    owner.press(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier)
    assert owner.window.page == "settings"
    owner.rest()
    assert owner.section.error.text() == "This vault has no passphrase. Set one first."
