"""The report page: what is to stand in the report, its pages as they will look, and the ways out: a file, or paper."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPageLayout, QPageSize, QPixmap, QResizeEvent
from PySide6.QtPrintSupport import QPrinter, QPrintPreviewDialog
from PySide6.QtWidgets import QCheckBox, QFileDialog, QLabel, QSizePolicy, QWidget

from siamgui.core.i18n import LANGUAGES, tr, trn
from siamgui.gui.page import Page
from siamgui.gui.report.controller import ReportController
from siamgui.gui.report.paper import MARGINS, put_on
from siamgui.gui.report.state import ReportState, Subject, Wish
from siamgui.gui.widgets.banner import Banner
from siamgui.gui.widgets.empty_place import EmptyPlace
from siamgui.gui.widgets.file_dialog import FileDialog, Place
from siamgui.gui.widgets.kit import (
    Align,
    Choice,
    at,
    box,
    button,
    card,
    column,
    command,
    grow,
    label,
    line,
    page_head,
    row,
    say,
    shortcuts,
    stack,
    stretch,
)
from siamgui.gui.widgets.note_field import NoteField
from siamgui.gui.widgets.scrolling import scrolling
from siamgui.report.report import LINE, WORDS, Form, Wanted

FORM_WIDTH = 288
SETTLE = 500
"""Milliseconds without another letter, after which the pages are made anew."""
FILE = "report.pdf"


class PageView(QLabel):
    """One page, as wide as there is room."""

    def __init__(self, image: QImage, name: str) -> None:
        super().__init__()
        self._image = image
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def sizeHint(self) -> QSize:
        return QSize(480, round(self.width() * self._image.height() / self._image.width()))

    def _fit(self) -> None:
        ratio = self.devicePixelRatioF()
        scaled = self._image.scaledToWidth(round(self.width() * ratio), Qt.TransformationMode.SmoothTransformation)
        scaled.setDevicePixelRatio(ratio)
        self.setPixmap(QPixmap.fromImage(scaled))
        self.setFixedHeight(self.sizeHint().height())


class ReportPage(Page[None]):
    """The view of a ReportController."""

    left = Signal()
    """Back to where the comparison is."""

    def __init__(self, controller: ReportController) -> None:
        super().__init__()
        self.controller = controller
        self.files = FileDialog(self, Place.DocumentsLocation)
        self.preview: QPrintPreviewDialog | None = None
        self._printer: QPrinter | None = None
        self._shown: tuple[QImage, ...] = ()
        self._subject: Subject | None = None
        self._filling = False
        self.back_button = button(tr("Back"), self.left, "quiet")
        self.notice = Banner()
        self.form = Choice[Form](tr("Form"), {"clerk": tr("Clerk’s page"), "examiner": tr("Examiner’s report")})
        self.language = Choice[str](tr("Language"), LANGUAGES)
        self.case, self.author = line(tr("Case")), line(tr("Made by"))
        self.remarks = NoteField()
        self.embed = QCheckBox(tr("Include both photo files"))
        self.embed.setToolTip(tr("Then the report alone is enough to compute it again; it hands the photos on whole."))
        self.said = label(role="muted", wrap=True)
        self.print_button = command("print", self.show_preview)
        self.save_button = command("save_report", self.open_dialog, "primary")
        self.empty = EmptyPlace(
            "report",
            tr("There is no comparison to report"),
            tr("Compare two photos, or open a comparison of the history: “Report…” stands beside it."),
        )
        self._pages = column(stretch(), spacing=12)
        self.pages_area = scrolling(box(self._pages), by_keyboard=True)
        self.pages_area.setAccessibleName(tr("Pages of the report"))
        self._typed = QTimer(self, singleShot=True, interval=SETTLE)
        self._build()
        self._connect()
        self._render()

    def _build(self) -> None:
        for field in (self.case, self.author):
            field.setMaxLength(LINE)
        fields = (
            (tr("Form"), self.form),
            (tr("Language"), self.language),
            (tr("Case"), self.case),
            (tr("Made by"), self.author),
            (tr("Remarks"), self.remarks),
        )
        labelled: list[QWidget] = []
        for name, where in fields:
            labelled += [label(name, "small", of=where), where]
        side = box(column(*labelled, self.embed, self.said, stretch(), spacing=4))
        side.setFixedWidth(FORM_WIDTH)
        head = page_head(tr("Report"), "", self.back_button, self.print_button, self.save_button)
        self._body = box(row(at(side, Align.AlignTop), grow(card(column(self.pages_area))), spacing=16))
        self._stack = stack(self.empty, self._body)
        self.setLayout(column(head, self.notice, grow(self._stack), spacing=12, margins=(16, 12, 16, 12)))

    def _connect(self) -> None:
        shortcuts(self, {"print": self.show_preview, "save_report": self.open_dialog})
        for choice in (self.form, self.language):
            choice.picked.connect(self._wish)
        for field in (self.case, self.author):
            field.textChanged.connect(self._typed.start)
        self.remarks.textChanged.connect(self._typed.start)
        self.embed.toggled.connect(self._wish)
        self._typed.timeout.connect(self._wish)
        self.files.chosen.connect(self._save)
        self.notice.dismissed.connect(self.controller.dismiss)
        self.controller.changed.connect(self._render)

    # What the user does.

    @Slot()
    def _wish(self) -> None:
        if self._filling or self.controller.state.subject is None:
            return
        self._typed.stop()
        wanted = Wanted(
            self.form.value, self.case.text(), self.author.text(), self.remarks.toPlainText().strip()[:WORDS]
        )
        self.controller.wish(Wish(wanted, self.language.value, self.embed.isChecked()))

    @Slot()
    def open_dialog(self) -> None:
        """Ask where the report is to be written, and as what."""
        self._wish()
        if self.save_button.isEnabled():
            kinds = [tr("PDF ({patterns})", patterns="*.pdf"), tr("HTML ({patterns})", patterns="*.html")]
            kinds.append(tr("JSON ({patterns})", patterns="*.json"))
            self.files.ask(tr("Save the report"), QFileDialog.FileMode.AnyFile, kinds, save_as=FILE)

    @Slot(object)
    def _save(self, files: tuple[Path, ...]) -> None:
        self.controller.save(files[0])

    @Slot()
    def show_preview(self) -> None:
        """How the pages come out of the printer that is set, and the way to it."""
        self._wish()
        if not self.print_button.isEnabled() or self.preview is not None:
            return
        self._printer = QPrinter(QPrinter.PrinterMode.HighResolution)  # the dialog does not own it
        self._printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
        self._printer.setPageMargins(MARGINS, QPageLayout.Unit.Millimeter)
        self.preview = QPrintPreviewDialog(self._printer, self.window())
        self.preview.setWindowTitle(tr("Print the report"))
        self.preview.resize(self.window().size() * 0.9)
        self.preview.paintRequested.connect(self._paint)
        self.preview.finished.connect(self._preview_closed)
        self.preview.open()

    @Slot("QPrinter*")
    def _paint(self, printer: QPrinter) -> None:
        made = self.controller.state.made
        if made is not None:
            put_on(made.report, printer)

    @Slot()
    def _preview_closed(self) -> None:
        if self.preview is not None:
            self.preview.deleteLater()
            self.preview.destroyed.connect(self._printer_done)
            self.preview = None

    @Slot()
    def _printer_done(self) -> None:
        self._printer = None

    def stop(self) -> None:
        super().stop()
        if self.preview is not None:
            self.preview.close()

    # Showing.

    @Slot()
    def _render(self) -> None:
        state = self.controller.state
        self.notice.say(state.notice)
        if state.subject is not self._subject:
            self._subject = state.subject
            self._forget()
        self._stack.setCurrentWidget(self.empty if state.subject is None else self._body)
        ready = state.made is not None and not state.making and not state.saving
        self.print_button.setEnabled(ready)
        self.save_button.setEnabled(ready)
        self._fill(state.wish)
        pages = state.made.pages if state.made is not None and state.subject is not None else ()
        if pages is not self._shown:
            self._shown = pages
            self._show_pages(pages)
        if state.making:
            say(self.said, tr("Making the pages…"))
        elif state.saving:
            say(self.said, tr("Writing…"))
        elif state.saved is not None:
            say(self.said, tr("“{name}” is written.", name=state.saved.name) + " " + state.saved.signed)
        else:
            say(self.said, _how_many(state, len(pages)))

    def _forget(self) -> None:
        """What was typed, and what is about to be printed, is about the one before."""
        self._filling = True
        for field in (self.case, self.author, self.remarks):
            field.clear()
        self._filling = False
        self._typed.stop()
        if self.preview is not None:
            self.preview.close()

    def _fill(self, wish: Wish | None) -> None:
        """What is being typed is never overwritten by what is known of it."""
        if wish is None or self._typed.isActive():
            return
        self._filling = True
        self.form.show_value(wish.wanted.form)
        self.language.show_value(wish.language)
        for field, text in ((self.case, wish.wanted.case), (self.author, wish.wanted.author)):
            if field.text() != text:
                field.setText(text)
        if self.remarks.toPlainText().strip() != wish.wanted.remarks:
            self.remarks.setPlainText(wish.wanted.remarks)
        self.embed.setChecked(wish.embed)
        self._filling = False
        self._typed.stop()

    def _show_pages(self, pages: tuple[QImage, ...]) -> None:
        while self._pages.count() > 1:
            item = self._pages.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, image in enumerate(pages):
            name = tr("Page {page} of {pages}", page=number + 1, pages=len(pages))
            self._pages.insertWidget(number, PageView(image, name))

    def enter(self) -> None:
        (self.back_button if self.controller.state.subject is None else self.form).setFocus()


def _how_many(state: ReportState, pages: int) -> str:
    """Pages, and which file could not go in although that was wished: it has moved, or never was a file."""
    words = [trn("{n} page", "{n} pages", pages)] if pages else []
    if state.made is not None and state.wish is not None and state.wish.embed:
        words += [
            tr("“{name}” isn’t included: its file can’t be found, or is too large.", name=compared.file)
            for compared, side in state.made.report.sides
            if not side.original
        ]
    return "\n".join(words)
