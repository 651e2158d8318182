"""The screenshots of the vault: locked, and what opens it.

python tools/screenshots.py [folder] --vault
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import cast

from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtWidgets import QApplication

from siamgui.gui import language, theme
from siamgui.gui.main_window import MainWindow
from siamgui.gui.preferences import Preferences
from siamgui.gui.settings_page import SettingsPage
from siamgui.gui.vault.lock_page import LockPage
from siamgui.storage.note_operations import KeepNote
from siamgui.storage.store import Store
from siamgui.vault.vault import vault_of

SIZE = (1280, 800)
PASSPHRASE = "copper violin meadow lantern"


def take(app: QApplication, scratch: Path, folder: Path, rest: Callable[[], None]) -> None:
    """Write locked.png, privacy.png and recovery-code.png. scratch: where the data folder is made that they name."""
    folder = folder.resolve()
    os.chdir(scratch)
    os.environ["SIAMGUI_DATA"] = "siamgui"
    with Store() as store:
        store.do(KeepNote("", None))
    vault_of().set_passphrase(PASSPHRASE)
    vault_of().forget()
    theme.apply(app, "light")
    language.apply(app, "en")
    window = MainWindow(Preferences(), "cpu")
    window.resize(*SIZE)
    window.show()
    window.start()
    vault = window.controllers.vault

    def show(name: str) -> None:
        _until(lambda: not (vault.state.busy or vault.looking) and window.controllers.pair.state.engine is not None)
        rest()
        window.grab().save(str(folder / f"{name}.png"))
        print(name, flush=True)

    window.go("people")
    _until(lambda: vault.state.shut)
    part = cast("LockPage", window.view("people")).unlock
    part.passphrase.field.setText("copper violin")
    part.unlock_button.click()
    show("locked")
    vault.unlock(PASSPHRASE)
    window.go("settings")
    section = cast("SettingsPage", window.view("settings")).vault
    show("privacy")
    vault.make_code(PASSPHRASE)
    _until(lambda: bool(vault.state.code))
    section.sheet.done_button.setFocus()
    show("recovery-code")
    window.close()


def _until(there: Callable[[], bool]) -> None:
    while not there():
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 100)
