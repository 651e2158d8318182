"""The audit by group, below the judgement: what to audit, how far it is, and what was found."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from siamgui.core.i18n import tr
from siamgui.core.shown_text import one_line
from siamgui.core.types import Strictness
from siamgui.evaluation import audit_words
from siamgui.evaluation.audit_types import AuditReport
from siamgui.gui.training.audit.controller import AuditController
from siamgui.gui.training.versions.table import Table
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.file_dialog import FileDialog, Place
from siamgui.gui.widgets.kit import Card, box, button, column, label, row, say, stretch
from siamgui.gui.widgets.progress import Progress

PAGE_NAME = "audit.html"


class AuditPanel(Card):
    """Shows an AuditState."""

    def __init__(self, controller: AuditController) -> None:
        super().__init__()
        self._controller = controller
        self._shown: tuple[AuditReport | None, Strictness] | None = None
        self.folder_button = button(tr("Choose a folder…"), self._ask_folder, icon="people")
        self.tables_button = button(tr("Table of groups…"), self._ask_tables, icon="copy")
        self.start_button = button(tr("Audit"), controller.start, "primary")
        self.stop_button = button(tr("Stop"), controller.end)
        self.save_button = button(tr("Save the report…"), self._ask_save)
        self.progress = Progress(tr("Reading photos"), self.stop_button)
        self.trouble = Banner(closable=False)
        self.chosen, self.said = label(role="muted", wrap=True), label(wrap=True)
        self.folders, self.lists = FileDialog(self), FileDialog(self, Place.DocumentsLocation)
        self.pages = FileDialog(self, Place.DocumentsLocation)
        self.folders.chosen.connect(self._folder_chosen)
        self.lists.chosen.connect(self._tables_chosen)
        self.pages.chosen.connect(self._page_chosen)
        self.tables: list[Table] = []
        self._found = column(spacing=8)
        hint = tr(
            "How often people of one group are taken for one another, and how often they are not recognised: by age, "
            "sex, origin or camera, as a table says, by how the faces were photographed, and by quality. It takes a "
            "folder with one folder per person."
        )
        self.setLayout(
            column(
                label(hint, "muted", wrap=True),
                row(self.folder_button, self.tables_button, self.start_button, self.save_button, stretch()),
                self.chosen,
                self.trouble,
                self.progress,
                self.said,
                box(self._found),
                margins=(16, 12, 16, 12),
            )
        )
        controller.changed.connect(self._render)
        self._render()

    @Slot()
    def _render(self) -> None:
        state = self._controller.state
        names = [path.name for path in (state.folder, *state.tables) if path is not None]
        say(self.chosen, one_line(" · ".join(names)))
        for one in (self.folder_button, self.tables_button):
            one.setEnabled(not state.running)
        self.start_button.setEnabled(state.engine and state.folder is not None and not state.running)
        self.stop_button.setEnabled(not state.stopping)
        self.save_button.setVisible(state.report is not None)
        self.trouble.say(state.error)
        words = ""
        if state.running:
            words = tr("{done} of {total} photos", done=f"{state.done:,}", total=f"{state.total:,}")
            if state.done == state.total:
                words = tr("Comparing them all…") if state.total else tr("Looking through the folder…")
        self.progress.show_share(words, state.done, 0 if state.done == state.total else state.total)
        shown = state.report, state.strictness
        if shown != self._shown:
            self._shown = shown
            self._show_report(*shown)
        saved = [tr("Saved as “{name}”, and as JSON beside it.", name=state.saved.name)] if state.saved else []
        found = [audit_words.people_line(state.report), *audit_words.notes(state.report)] if state.report else []
        say(self.said, "\n".join([*found, *saved]))

    def _show_report(self, report: AuditReport | None, strictness: Strictness) -> None:
        while (item := self._found.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self.tables = []
        if report is None:
            return
        head = audit_words.table_head()
        whole = audit_words.table_row(report.audit.everybody[strictness], measured=True)
        self._put(label(audit_words.claim_words(strictness), wrap=True))
        self._put_table(tr("Everybody"), [head, whole])
        for grouping in report.audit.groupings:
            rates, name = grouping.strictness[strictness], audit_words.grouping_name(grouping)
            self._put_table(name, [(name, *head[1:]), *audit_words.table(grouping, rates)])
            sentences = [
                *audit_words.ratio_words(grouping, rates),
                *audit_words.lack_words(grouping, rates),
                *audit_words.not_stated_words(grouping),
            ]
            if sentences:
                self._put(label("\n".join(sentences), "muted", wrap=True))
        self._put(label("\n".join(audit_words.legend()), "small", wrap=True))

    def _put_table(self, name: str, rows: list[tuple[str, ...]]) -> None:
        table = Table(spacing=(10, 4))
        heads = rows[0][1:]
        spoken = [
            f"{cells[0]}: {', '.join(f'{head} {cell}' for head, cell in zip(heads, cells[1:], strict=True))}."
            for cells in rows[1:]
        ]
        table.show_rows(name, rows, spoken)
        self.tables.append(table)
        self._put(table)

    def _put(self, widget: QWidget) -> None:
        self._found.addWidget(widget)

    @Slot()
    def _ask_folder(self) -> None:
        self.folders.ask(tr("Choose a folder with one folder of photos per person"), QFileDialog.FileMode.Directory)

    @Slot()
    def _ask_tables(self) -> None:
        lists = tr("Tables ({patterns})", patterns="*.csv *.tsv *.txt")
        self.lists.ask(tr("Choose tables of groups"), QFileDialog.FileMode.ExistingFiles, [lists])

    @Slot()
    def _ask_save(self) -> None:
        pages = tr("Web pages ({patterns})", patterns="*.html")
        self.pages.ask(tr("Save the report"), QFileDialog.FileMode.AnyFile, [pages], save_as=PAGE_NAME)

    @Slot(object)
    def _folder_chosen(self, folders: tuple[Path, ...]) -> None:
        self._controller.choose_folder(folders[0])

    @Slot(object)
    def _tables_chosen(self, tables: tuple[Path, ...]) -> None:
        self._controller.choose_tables(tables)

    @Slot(object)
    def _page_chosen(self, files: tuple[Path, ...]) -> None:
        self._controller.save(files[0])
