"""The system's file dialog, for one page: one at a time, and it opens where the last one was left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from siamgui.core.i18n import tr

Place = QStandardPaths.StandardLocation


@dataclass(frozen=True, slots=True, eq=False)
class Handover:
    """What the next FileDialog of the same page goes on with. dialog: None if none is open."""

    folder: str
    dialog: QFileDialog | None


class FileDialog(QObject):
    """Makes the dialogs of `owner`; they are not modal to the program, so `chosen` comes later or never."""

    chosen = Signal(object)
    """tuple[Path, ...]: what the user chose, one or more."""

    def __init__(self, owner: QWidget, first: Place = Place.PicturesLocation) -> None:
        """first: where the first one opens."""
        super().__init__(owner)
        self._owner = owner
        self._folder = QStandardPaths.writableLocation(first)
        self._dialog: QFileDialog | None = None

    def ask(self, title: str, mode: QFileDialog.FileMode, filters: Sequence[str] = (), save_as: str = "") -> bool:
        """Open a dialog; False while another one is open. filters: beside that for all files.

        save_as: the name offered for a file that is to be written; one that is typed without an ending gets the same.
        """
        if self._dialog is not None:
            return False
        dialog = QFileDialog(self._owner.window(), title, self._folder)  # the page may be built anew meanwhile
        dialog.setFileMode(mode)
        if filters:
            dialog.setNameFilters([*filters, tr("All files ({patterns})", patterns="*")])
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, mode is QFileDialog.FileMode.Directory)
        if save_as:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setDefaultSuffix(Path(save_as).suffix[1:])
            dialog.selectFile(save_as)
        self._follow(dialog)
        dialog.open()
        return True

    def close(self) -> None:
        """Without a choice, if one is open."""
        if self._dialog is not None:
            self._dialog.close()

    def hand_over(self) -> Handover:
        """To the FileDialog of the view that follows; this one makes no more dialogs."""
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.filesSelected.disconnect(self._selected)
            dialog.finished.disconnect(self._closed)
        return Handover(self._folder, dialog)

    def take_over(self, handed: Handover) -> None:
        """Go on where the FileDialog before was."""
        self._folder = handed.folder
        if handed.dialog is not None:
            self._follow(handed.dialog)

    def _follow(self, dialog: QFileDialog) -> None:
        self._dialog = dialog
        dialog.filesSelected.connect(self._selected)
        dialog.finished.connect(self._closed)

    @Slot(list)
    def _selected(self, files: list[str]) -> None:
        paths = tuple(Path(file) for file in files)
        self._folder = str(paths[0].parent)
        self.chosen.emit(paths)

    @Slot()
    def _closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None
