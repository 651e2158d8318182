"""Step 1: where labelled pairs come from, and the desk at which a person labels more."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from siamgui.core.i18n import tr
from siamgui.gui import theme
from siamgui.gui.actions import add_action, name_action
from siamgui.gui.photos.sources import WebAddressOnly, photo_filter
from siamgui.gui.training.labelling.controller import LabellingController
from siamgui.gui.training.labelling.import_panel import ImportPanel
from siamgui.gui.training.labelling.invitation import Invitation
from siamgui.gui.training.labelling.labelling_desk import LabellingDesk
from siamgui.gui.training.labelling.problems import ProblemList
from siamgui.gui.training.labelling.state import LabellingState
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.file_dialog import FileDialog
from siamgui.labelling.import_plan import ImportKind, ImportRequest, NothingToImport


class PairsStep(QWidget):
    """The view of the import and of the desk."""

    def __init__(self, controller: LabellingController, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.controller = controller
        self._state = controller.state
        self.files = FileDialog(self)
        self._kind = ImportKind.CSV
        self.unfinished = Banner()
        self.continue_button = QPushButton()
        self.import_panel = ImportPanel(controller)
        self.desk = LabellingDesk(controller)
        self.invitation = Invitation()
        self.problems = ProblemList()
        self._stack = QStackedWidget()
        self._build()
        self._retranslate()

    def _build(self) -> None:
        for view in (self.invitation, self.desk, self.problems):
            self._stack.addWidget(view)
        unfinished = QHBoxLayout()
        unfinished.setSpacing(8)
        unfinished.addWidget(self.unfinished, 1)
        unfinished.addWidget(self.continue_button)
        columns = QHBoxLayout()
        columns.setSpacing(12)
        columns.addWidget(self.import_panel)
        columns.addWidget(self._stack, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(unfinished)
        layout.addLayout(columns, 1)
        self.unfinished.dismissed.connect(self.controller.forget_import)
        self.continue_button.clicked.connect(self.controller.continue_import)
        self.import_panel.wanted.connect(self.open_dialog)
        self.files.chosen.connect(self._files_chosen)
        self.import_panel.problems_wanted.connect(self._show_problems)
        self.problems.closed.connect(self._show_desk)
        self._actions = [add_action(self, name) for name in ("open", "paste")]
        for action, slot in zip(self._actions, (self._open, self._paste), strict=True):
            action.triggered.connect(slot)

    # Bringing in.

    @Slot(object)
    def open_dialog(self, kind: ImportKind) -> None:
        """Let the user pick a list, a folder of folders, or photographs."""
        titles = {
            ImportKind.CSV: tr("Open a list of pairs"),
            ImportKind.PEOPLE: tr("Open a folder with one folder per person"),
            ImportKind.LOOSE: tr("Open photos of people"),
        }
        modes = {ImportKind.CSV: QFileDialog.FileMode.ExistingFile, ImportKind.PEOPLE: QFileDialog.FileMode.Directory}
        filters = {
            ImportKind.CSV: [tr("Lists of pairs ({patterns})", patterns="*.csv *.tsv *.txt")],
            ImportKind.LOOSE: [photo_filter()],
        }
        mode = modes.get(kind, QFileDialog.FileMode.ExistingFiles)
        dialog = self.files.make(titles[kind], mode, filters.get(kind, ()))
        if dialog is None:
            return
        self._kind = kind
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, kind is ImportKind.PEOPLE)
        dialog.open()

    @Slot(object)
    def _files_chosen(self, files: tuple[Path, ...]) -> None:
        self.controller.import_(ImportRequest(files, self._kind))

    @Slot()
    def _open(self) -> None:
        self.open_dialog(ImportKind.LOOSE)

    @Slot()
    def _paste(self) -> None:
        """Files that were copied in a file manager."""
        self.drop(QGuiApplication.clipboard().mimeData())

    def drag_over(self, mime: QMimeData) -> None:
        """Show that a drop would be taken."""
        self._mark_target(any(url.isLocalFile() for url in mime.urls()))

    def drag_end(self) -> None:
        """A drag has left the window."""
        self._mark_target(False)

    def drop(self, mime: QMimeData) -> None:
        """Take what was dropped."""
        self._mark_target(False)
        paths = tuple(Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile())
        if paths:
            self.controller.import_(ImportRequest(paths, ImportKind.ANY))
        else:
            self.controller.report(WebAddressOnly() if mime.hasUrls() else NothingToImport())

    def _mark_target(self, on: bool) -> None:
        for view in (self.import_panel, self.invitation):
            if view.property("target") is not on:
                view.setProperty("target", on)
                theme.restyle(view)

    def stop(self) -> None:
        """Close an open dialog."""
        self.files.close()

    # Showing.

    @Slot()
    def _show_problems(self) -> None:
        self._stack.setCurrentWidget(self.problems)
        self.problems.setFocus()

    @Slot()
    def _show_desk(self) -> None:
        self._stack.setCurrentWidget(self.invitation if self._nothing_yet() else self.desk)

    def _nothing_yet(self) -> bool:
        return self._state.shelf is None or not self._state.shelf.faces

    def go_back(self) -> bool:
        """Escape: out of the list of problems, or of a second look. False if there was nothing to go back from."""
        if self._stack.currentWidget() is self.problems:
            self._show_desk()
            return True
        return self.import_panel.go_back() or (self._stack.currentWidget() is self.desk and self.desk.go_back())

    def render_state(self, state: LabellingState) -> None:
        self._state = state
        unfinished = state.unfinished
        self.unfinished.say(_cut_short(unfinished) if unfinished is not None else "")
        self.continue_button.setVisible(unfinished is not None)
        self.import_panel.render_state(state)
        self.problems.show_problems(state.shelf.problems if state.shelf is not None else ())
        if self._stack.currentWidget() is not self.problems or not self.problems.shown:
            self._show_desk()
        self.desk.render_state(state)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()

    def _retranslate(self) -> None:
        for action in self._actions:
            name_action(action)
        self.continue_button.setText(tr("Go on reading"))


def _cut_short(wish: ImportRequest) -> str:
    if wish.name:
        return tr("Reading “{name}” was cut short. What was read is kept.", name=wish.name)
    return tr("Reading your photos was cut short. What was read is kept.")
