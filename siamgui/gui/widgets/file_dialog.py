"""The system's file dialog, for one page: one at a time, and it opens where the last one was left."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from siamgui.core.i18n import tr

Place = QStandardPaths.StandardLocation


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

    def make(self, title: str, mode: QFileDialog.FileMode, filters: Sequence[str] = ()) -> QFileDialog | None:
        """A dialog to be opened; None while another one is open. filters: beside that for all files."""
        if self._dialog is not None:
            return None
        dialog = self._dialog = QFileDialog(self._owner, title, self._folder)
        dialog.setFileMode(mode)
        if filters:
            dialog.setNameFilters([*filters, tr("All files ({patterns})", patterns="*")])
        dialog.filesSelected.connect(self._selected)
        dialog.finished.connect(self._closed)
        return dialog

    def ask(self, title: str, mode: QFileDialog.FileMode, filters: Sequence[str] = ()) -> None:
        """make(), and open it."""
        dialog = self.make(title, mode, filters)
        if dialog is not None:
            dialog.open()

    def close(self) -> None:
        """Without a choice, if one is open."""
        if self._dialog is not None:
            self._dialog.close()

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
