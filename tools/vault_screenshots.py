"""The screenshots of the vault: locked, what opens it, and what is done with the whole of it.

python tools/screenshots.py [folder] --vault
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import cast

from PySide6.QtWidgets import QApplication
from shown_window import dress, opened, until

from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.resources import resource
from siamgui.gui.data.section import DataSection
from siamgui.gui.main_window import MainWindow
from siamgui.gui.settings_page import SettingsPage
from siamgui.gui.vault.lock_page import LockPage
from siamgui.storage.note_operations import KeepNote
from siamgui.storage.people_store import PeopleStore
from siamgui.storage.store import Store
from siamgui.vault.vault import vault_of

PASSPHRASE = "copper violin meadow lantern"


def take(app: QApplication, scratch: Path, folder: Path, rest: Callable[[], None]) -> None:
    """Write locked.png, locked-dark-chinese.png, privacy.png, recovery-code.png, data-backup.png, data-check.png
    and data-repair.png.

    scratch: where the data folder is made that they name.
    """
    folder = folder.resolve()
    os.chdir(scratch)
    os.environ["SIAMGUI_DATA"] = "siamgui"
    with Store() as store:
        store.do(KeepNote("", None))
    vault_of().set_passphrase(PASSPHRASE)
    vault_of().forget()
    window = opened(app)
    vault = window.controllers.vault

    def show(name: str) -> None:
        until(lambda: not (vault.state.busy or vault.looking) and window.controllers.pair.state.engine is not None)
        rest()
        window.grab().save(str(folder / f"{name}.png"))
        print(name, flush=True)

    window.go("people")
    until(lambda: vault.state.shut)
    part = cast("LockPage", window.view("people")).unlock
    part.passphrase.field.setText("copper violin")
    part.unlock_button.click()
    show("locked")
    dress(app, "dark", "zh_CN")
    show("locked-dark-chinese")
    dress(app, "light", "en")
    vault.unlock(PASSPHRASE)
    window.go("settings")
    show("privacy")
    settings = cast("SettingsPage", window.view("settings"))
    section = settings.vault
    vault.make_code(PASSPHRASE)
    until(lambda: bool(vault.state.code))
    section.sheet.done_button.setFocus()
    show("recovery-code")
    section.sheet.done_button.click()
    _whole(window, settings.data, show)
    window.close()


def _whole(window: MainWindow, card: DataSection, show: Callable[[str], None]) -> None:
    """The library with somebody in it is backed up, checked, and repaired where nothing is damaged."""
    data, backup = window.controllers.data, Path("siamgui 2026.siamgui-backup")
    engine = FaceEngine.load("cpu")
    with PeopleStore.open() as people:
        for name, photos in (("Barack Obama", ("obama1", "obama2", "obama3")), ("Joe Biden", ("biden",))):
            read = [engine.read_photo(load_photo(resource("samples") / f"{photo}.jpg")) for photo in photos]
            people.enrol(name, "", None, [(one.photo, one.reading) for one in read])
    for name, begin in (("backup", lambda: data.back_up(backup)), ("check", data.check), ("repair", data.repair)):
        begin()
        until(lambda: not data.busy)
        card.check_button.setFocus()
        show(f"data-{name}")
