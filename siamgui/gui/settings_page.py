"""The settings: few, each takes effect at once."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal, Slot

from siamgui.core import wording
from siamgui.core.i18n import LANGUAGES, mark, tr
from siamgui.core.types import Strictness
from siamgui.gui.controllers import Controllers
from siamgui.gui.data.section import DataSection
from siamgui.gui.page import Page
from siamgui.gui.theme import SCHEMES
from siamgui.gui.vault.settings_section import VaultSection
from siamgui.gui.widgets.form import form, form_row
from siamgui.gui.widgets.kit import Choice, box, card, column, grow, page_head, row, stretch
from siamgui.gui.widgets.scrolling import scrolling

WIDTH = 720

_APPEARANCE = {"system": mark("Like the system"), "light": mark("Light"), "dark": mark("Dark")}


class SettingsPage(Page[None]):
    """Shows the preferences; changed carries the new ones."""

    changed = Signal(object)

    def __init__(self, controllers: Controllers) -> None:
        super().__init__()
        self._controllers = controllers
        self.language, self.appearance = Choice[str](), Choice[str]()
        self.device, self.strictness = Choice[str](), Choice[Strictness]()
        device = tr("Where the face engine runs. Automatic takes a graphics card if there is a usable one.")
        strictness = tr("How many pairs of different people may come out as the same person.")
        rows = (
            form_row(tr("Language"), self.language),
            form_row(tr("Appearance"), self.appearance),
            form_row(tr("Device"), self.device, device),
            form_row(tr("Strictness at the start"), self.strictness, strictness),
        )
        for choice in (self.language, self.appearance, self.device, self.strictness):
            choice.setFixedWidth(320)
            choice.picked.connect(self._picked)
        sheet = card(column(form(rows, hints_below=True, spacing=(24, 4)), margins=(20, 20, 20, 8)))
        self.vault, self.data = VaultSection(controllers.vault), DataSection(controllers.data)
        sections = box(column(sheet, self.vault, self.data, stretch(), spacing=12))
        sections.setMaximumWidth(WIDTH)  # of them together: only a row then asks how high their words are at that width
        self._area = scrolling(box(row(grow(sections, 99), stretch(), spacing=0, margins=(0, 0, 16, 0))))
        self.setLayout(column(page_head(tr("Settings")), grow(self._area), spacing=12, margins=(16, 12, 0, 12)))
        self.data.grown.connect(self._show_end)
        self._fill()
        controllers.devices_found.connect(self._fill)
        controllers.look_for_devices()

    def enter(self) -> None:
        self._controllers.vault.look()

    def leave(self) -> None:
        self.vault.leave()

    @Slot()
    def _show_end(self) -> None:
        self._area.reveal(self.data)

    @Slot()
    def _fill(self) -> None:
        chosen = self._controllers.preferences
        devices = dict.fromkeys((*self._controllers.devices, chosen.device))
        strictness = {s: f"{wording.strictness_name(s)} · {wording.one_in(s.fmr)}" for s in Strictness}
        self.language.show_items({"system": tr("Like the system"), **LANGUAGES}, chosen.language)
        self.appearance.show_items({name: tr(_APPEARANCE[name]) for name in SCHEMES}, chosen.appearance)
        self.device.show_items({name: tr(wording.DEVICE_NAMES[name]) for name in devices}, chosen.device)
        self.strictness.show_items(strictness, chosen.strictness)

    def go_back(self) -> bool:
        """Out of a question of a part."""
        return self.vault.go_back() or self.data.go_back()

    @Slot()
    def _picked(self) -> None:
        chosen = replace(
            self._controllers.preferences,
            language=self.language.value,
            appearance=self.appearance.value,
            device=self.device.value,
            strictness=self.strictness.value,
        )
        self.changed.emit(chosen)
