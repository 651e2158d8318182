"""The page of the settings in the real window: what it says can be read, however little room there is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QLabel

from siamgui.storage.note_operations import KeepNote
from siamgui.storage.store import Store
from siamgui.vault.vault import vault_of
from tests.builders.window import PATIENCE, User


@pytest.mark.usefixtures("quick_passphrases")
def test_no_line_is_squeezed_and_what_was_found_is_in_sight(open_window: Callable[..., User]) -> None:
    with Store() as store:
        store.do(KeepNote("", None))
    vault_of().set_passphrase("copper violin meadow lantern")
    user = open_window(start=False)
    user.window.resize(960, 640)
    user.window.go("settings")
    page = user.settings
    user.qtbot.waitUntil(page.vault.lock_button.isVisible, timeout=PATIENCE)
    page.data.check_button.click()
    user.qtbot.waitUntil(lambda: bool(page.data.told.text()), timeout=PATIENCE)
    user.qtbot.waitUntil(lambda: page.data.told.visibleRegion().boundingRect().size() == page.data.told.size())
    for words in page.findChildren(QLabel):
        if words.isVisible() and words.wordWrap():
            assert words.height() >= words.heightForWidth(words.width()), words.text()
