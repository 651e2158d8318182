"""The part of the settings about data: where it lies, and check, backup, restore and repair."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QLineEdit

from siamgui.core.amounts import time_left
from siamgui.core.i18n import tr
from siamgui.core.paths import data_folder
from siamgui.gui.data.controller import DataController
from siamgui.gui.data.state import Work
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.elided_label import ElidedLabel
from siamgui.gui.widgets.file_dialog import FileDialog, Place
from siamgui.gui.widgets.kit import Card, button, column, grow, label, line, row, say, stretch
from siamgui.gui.widgets.progress import Progress
from siamgui.gui.widgets.question import Question
from siamgui.storage.backup import SUFFIX


class DataSection(Card):
    """The view of a DataController. grown: something was said or asked below what may be seen."""

    grown = Signal()

    def __init__(self, controller: DataController) -> None:
        super().__init__()
        self.controller = controller
        self._chosen: Path | None = None
        self.place = ElidedLabel("muted")
        self.place.set_whole_text(str(data_folder()))
        self.check_button = button(tr("Check"), controller.check, hint=tr("Read everything, and say what is damaged"))
        self.backup_button = button(
            tr("Back up…"), self._ask_where, hint=tr("Write everything into one encrypted file")
        )
        self.restore_button = button(
            tr("Restore…"), self._ask_which, hint=tr("Put a backup in place of everything that is there")
        )
        self.repair_button = button(
            tr("Repair…"), controller.repair, hint=tr("Save what is whole of a damaged library, and name what is not")
        )
        self.saved, self.opened = FileDialog(self, Place.DocumentsLocation), FileDialog(self, Place.DocumentsLocation)
        self.stop_button = button(tr("Stop"), controller.stop_work)
        self.progress = Progress(tr("How far it is"), self.stop_button)
        self.sure = Question(tr("Replace everything"))
        self.secret = line(tr("Passphrase or recovery code of the backup"))
        self.closed = Question(tr("Open"), answer=self.secret)
        self.repairing = Question(tr("Put the repaired library in place"))
        self.told, self.trouble = label(wrap=True), Banner()
        buttons = (self.check_button, self.backup_button, self.restore_button, self.repair_button)
        self.setLayout(
            column(
                label(tr("Data"), "title"),
                row(label(tr("Folder")), grow(self.place), spacing=12),
                row(*buttons, stretch()),
                self.progress,
                self.sure,
                self.closed,
                self.repairing,
                self.trouble,
                self.told,
                spacing=10,
                margins=(20, 16, 20, 16),
            )
        )
        self._connect()
        self._render()

    def _connect(self) -> None:
        self.saved.chosen.connect(self._back_up)
        self.opened.chosen.connect(self._asked_to_restore)
        self.sure.confirmed.connect(self._restore)
        self.closed.confirmed.connect(self._open)
        self.closed.no_button.clicked.connect(self.controller.leave)
        self.repairing.confirmed.connect(self.controller.put_in_place)
        self.repairing.no_button.clicked.connect(self.controller.leave)
        self.trouble.dismissed.connect(self._dismissed)
        self.controller.changed.connect(self._render)

    @Slot()
    def _ask_where(self) -> None:
        name = f"siamgui {date.today().isoformat()}{SUFFIX}"
        self.saved.ask(tr("Back up to"), QFileDialog.FileMode.AnyFile, [_backups()], save_as=name)

    @Slot()
    def _ask_which(self) -> None:
        self.opened.ask(tr("Restore from"), QFileDialog.FileMode.ExistingFile, [_backups()])

    @Slot(object)
    def _back_up(self, files: tuple[Path, ...]) -> None:
        self.controller.back_up(files[0])

    @Slot(object)
    def _asked_to_restore(self, files: tuple[Path, ...]) -> None:
        """Nothing brings back what is replaced, so one question stands between, on the page."""
        self._chosen = files[0]
        self.sure.words.setText(
            tr("Replace everything that is here by the backup “{name}”? It cannot be undone.", name=files[0].name)
        )
        self.sure.ask(self.restore_button)
        self.grown.emit()

    @Slot()
    def _restore(self) -> None:
        if self._chosen is not None:
            self.controller.restore(self._chosen)

    @Slot()
    def _open(self) -> None:
        closed, secret = self.controller.state.closed, self.secret.text()  # a space belongs to a passphrase
        self.secret.clear()
        if closed is not None:
            self.controller.restore(closed[0], secret)

    @Slot()
    def _dismissed(self) -> None:
        self.trouble.say(None)

    def go_back(self) -> bool:
        """Out of a question. False if none was asked."""
        asked = any(question.take_back() for question in (self.sure, self.closed, self.repairing))
        if asked:
            self.controller.leave()
        return asked

    @Slot()
    def _render(self) -> None:
        state = self.controller.state
        idle = state.work is Work.NONE
        for one in (self.check_button, self.backup_button, self.restore_button, self.repair_button):
            one.setEnabled(idle)
        self.progress.show_share(self._words(), state.done, state.total)
        say(self.told, "\n".join(state.lines))
        self.trouble.say(state.error)
        if state.closed is None:
            self.closed.hide()
        elif not self.closed.asked:
            secret = tr("Recovery code") if state.wants_code else tr("Passphrase")
            self.secret.setPlaceholderText(secret)
            self.secret.setEchoMode(QLineEdit.EchoMode.Normal if state.wants_code else QLineEdit.EchoMode.Password)
            self.closed.words.setText(str(state.closed[1]))
            self.closed.ask(self.restore_button)
        if state.repair is None:
            self.repairing.hide()
        elif not self.repairing.asked:
            self.repairing.words.setText(tr("Put what was saved in place of the damaged library?"))
            self.repairing.ask(self.repair_button)
        if state.lines or state.error is not None or self.closed.asked or self.repairing.asked:
            self.grown.emit()

    def _words(self) -> str:
        state = self.controller.state
        words = {
            Work.NONE: "",
            Work.CHECK: tr("Reading everything"),
            Work.BACKUP: tr("Writing the backup"),
            Work.RESTORE: tr("Reading the backup"),
            Work.REPAIR: tr("Saving what is whole"),
        }[state.work]
        if words and state.seconds_left is not None:
            words = tr("{what}, {left}", what=words, left=time_left(state.seconds_left))
        return words


def _backups() -> str:
    return tr("Backups ({patterns})", patterns=f"*{SUFFIX}")
