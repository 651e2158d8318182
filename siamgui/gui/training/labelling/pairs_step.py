"""Step 1: where labelled pairs come from, and the desk at which a person labels more."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from siamgui.core.i18n import tr
from siamgui.gui.photos.sources import WebAddressOnly, files_of, photo_filter
from siamgui.gui.training.labelling.controller import LabellingController
from siamgui.gui.training.labelling.import_panel import ImportPanel
from siamgui.gui.training.labelling.labelling_desk import LabellingDesk
from siamgui.gui.training.labelling.problems import ProblemList
from siamgui.gui.training.step_view import StepView
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.empty_place import Well
from siamgui.gui.widgets.file_dialog import FileDialog
from siamgui.gui.widgets.kit import Align, button, column, grow, label, row, shortcuts, stack
from siamgui.labelling.import_plan import ImportKind, ImportRequest, NothingToImport
from siamgui.labelling.wording import cut_short_words


@dataclass(frozen=True, slots=True)
class PairsViewState:
    """kind: what the file dialog is open for. problems: whether they are listed. asked: whether to clear is asked."""

    kind: ImportKind
    problems: bool
    asked: bool


class PairsStep(StepView[PairsViewState]):
    """The view of the import and of the desk."""

    def __init__(self, controller: LabellingController) -> None:
        super().__init__()
        self.controller = controller
        self.files = FileDialog(self)
        self._kind = ImportKind.CSV
        self.unfinished = Banner()
        self.continue_button = button(tr("Go on reading"), controller.continue_import)
        self.import_panel = ImportPanel(controller)
        self.empty = _empty_place()
        self.desk = LabellingDesk(controller)
        self.problems = ProblemList()
        self._stack = stack(self.empty, self.desk, self.problems)
        self.setLayout(
            column(
                row(grow(self.unfinished), self.continue_button),
                grow(row(self.import_panel, grow(self._stack), spacing=12)),
            )
        )
        shortcuts(self, {"open": self._open, "paste": self._paste})
        self.unfinished.dismissed.connect(controller.forget_import)
        self.import_panel.wanted.connect(self.open_dialog)
        self.import_panel.problems_wanted.connect(self._show_problems)
        self.files.chosen.connect(self._files_chosen)
        self.problems.closed.connect(self._show_desk)

    # Bringing in.

    @Slot(object)
    def open_dialog(self, kind: ImportKind) -> None:
        """Let the user pick a list, a folder of folders, or photographs."""
        mode, lists = QFileDialog.FileMode, tr("Lists of pairs ({patterns})", patterns="*.csv *.tsv *.txt")
        asked = {
            ImportKind.CSV: (tr("Open a list of pairs"), mode.ExistingFile, [lists]),
            ImportKind.PEOPLE: (tr("Open a folder with one folder per person"), mode.Directory, []),
            ImportKind.LOOSE: (tr("Open photos of people"), mode.ExistingFiles, [photo_filter()]),
        }
        if self.files.ask(*asked[kind]):
            self._kind = kind

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
        self._mark_target(bool(files_of(mime)))

    def drag_end(self) -> None:
        """A drag has left the window."""
        self._mark_target(False)

    def drop(self, mime: QMimeData) -> None:
        """Take what was dropped."""
        self._mark_target(False)
        paths = files_of(mime)
        if paths:
            self.controller.import_(ImportRequest(paths, ImportKind.ANY))
        else:
            self.controller.report(WebAddressOnly() if mime.hasUrls() else NothingToImport())

    def _mark_target(self, on: bool) -> None:
        for view in (self.import_panel, self.empty):
            view.set_target(on)

    # Showing.

    @Slot()
    def _show_problems(self) -> None:
        self._stack.setCurrentWidget(self.problems)
        self.problems.setFocus()

    @Slot()
    def _show_desk(self) -> None:
        summary = self.controller.state.summary
        self._stack.setCurrentWidget(self.desk if summary is not None and summary.faces else self.empty)

    def go_back(self) -> bool:
        """Out of the list of problems, the question or a second look."""
        if self._stack.currentWidget() is self.problems:
            self._show_desk()
            return True
        return self.import_panel.question.take_back() or (self.desk.isVisible() and self.desk.go_back())

    def show_state(self) -> None:
        state = self.controller.state
        self.unfinished.say(cut_short_words(state.unfinished.name) if state.unfinished is not None else "")
        self.continue_button.setVisible(state.unfinished is not None)
        self.import_panel.show_state(state)
        self.problems.show_problems(state.summary.problems if state.summary is not None else ())
        if self._stack.currentWidget() is not self.problems or not self.problems.shown:
            self._show_desk()
        self.desk.show_state(state)

    def keep(self) -> PairsViewState:
        problems = self._stack.currentWidget() is self.problems
        return PairsViewState(self._kind, problems, self.import_panel.question.asked)

    def restore(self, kept: PairsViewState) -> None:
        self._kind = kept.kind
        if kept.problems:
            self._show_problems()
        if kept.asked:
            self.import_panel.ask()


def _empty_place() -> Well:
    """While there are no photographs: what to bring, what for, and how. A place to drop on."""
    ways = (
        tr("a list of pairs: a CSV file with the columns left, right, same"),
        tr("a folder that holds one folder per person"),
        tr("a pile of unsorted photos: then you say who is who, pair by pair, with one key each"),
    )
    items = "".join(f"<li>{way}</li>" for way in ways)
    listed = label(f"<p>{tr('Drop here, or choose on the left:')}</p><ul>{items}</ul>", "muted", wrap=True)
    listed.setTextFormat(Qt.TextFormat.RichText)
    text = tr(
        "From pairs of photos of the same person and of different people the encoder learns your cameras, your "
        "light and your people. It is judged on people it has not seen, and the original is always kept."
    )
    title = label(tr("Show siamgui who is who in your photos"), "title", wrap=True)
    parts = (title, label(text, wrap=True), listed)
    return Well("training", *parts, margins=(32, 16, 32, 16), align=Align.AlignLeft, low=2)
