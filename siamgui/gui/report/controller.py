"""The report page without its looks: one comparison, what is wished of its report, the pages, and the file."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSizeF, Qt, Slot
from PySide6.QtGui import QImage, QPainter

from siamgui.core.i18n import language, speaking
from siamgui.core.paths import data_folder
from siamgui.gui.controller import Controller, known
from siamgui.gui.report.paper import DPI, MARGINS, Pages, pdf_of
from siamgui.gui.report.state import Made, ReportState, Saved, Subject, Wish
from siamgui.gui.tasks import Task, Workers
from siamgui.report.files import Opened, write_report
from siamgui.report.report import Report, Wanted, make_report
from siamgui.versions.signature import met

A4 = QSizeF(210, 297)
"""Millimetres."""
FINE = 2
"""How much finer the pages on the screen are than their layout, to be sharp when they are shown large."""


class ReportController(Controller[ReportState]):
    def __init__(self, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(ReportState(), parent)
        self._workers = workers
        self._making: Task | None = None

    def begin(self, subject: Subject) -> None:
        """Another comparison; what was typed for the one before is about that."""
        before = self.state.wish
        wanted = Wanted() if before is None else Wanted(form=before.wanted.form, author=before.wanted.author)
        spoken = language() if before is None else before.language
        self._stop()
        self._show(ReportState(subject=subject))
        self.wish(Wish(wanted, spoken))

    def wish(self, wish: Wish) -> None:
        """Make the pages anew."""
        subject = self.state.subject
        if subject is None or wish == self.state.wish:
            return
        self._stop()
        self._set(wish=wish, making=True, saved=None)
        self._making = self._workers.start(partial(_made, subject, wish)).on(self._is_made, self._not_made)

    def save(self, path: Path) -> None:
        """As the ending says: PDF, HTML or JSON."""
        made = self.state.made
        if made is None or self.state.making or self.state.saving:
            return
        self._set(saving=True, saved=None, notice=None)
        self._workers.start(partial(_written, made.report, path)).on(self._is_saved, self._not_saved)

    def forget(self) -> None:
        """Nothing of it is to be in memory any more."""
        self._stop()
        self._show(ReportState())

    @Slot()
    def dismiss(self) -> None:
        self._set(notice=None)

    def _stop(self) -> None:
        if self._making is not None:
            self._making.cancel()
            self._making = None

    @Slot(object)
    def _is_made(self, made: Made) -> None:
        self._making = None
        self._set(made=made, making=False)

    @Slot(object)
    def _not_made(self, error: Exception) -> None:
        self._making = None
        self._set(made=None, making=False, notice=known(error))  # what there is, is of another wish

    @Slot(object)
    def _is_saved(self, saved: Saved) -> None:
        self._set(saving=False, saved=saved)

    @Slot(object)
    def _not_saved(self, error: Exception) -> None:
        self._set(saving=False, notice=known(error))


# On a worker thread.


def _made(subject: Subject, wish: Wish) -> Made:
    left, right = subject.sides(wish.embed)
    with speaking(wish.language):
        report = make_report(subject.record, left, right, wish.wanted, subject.checklist)
    return Made(report, _pages(report))


def _pages(report: Report) -> tuple[QImage, ...]:
    """Whole pages, with their margins."""
    dot = DPI / 25.4
    left, top = MARGINS.left() * dot, MARGINS.top() * dot
    room = QSizeF(A4.width() * dot - 2 * left, A4.height() * dot - 2 * top)
    pages = Pages(report, room)
    shown = []
    for number in range(pages.count):
        image = QImage(round(A4.width() * dot * FINE), round(A4.height() * dot * FINE), QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.scale(FINE, FINE)
        painter.translate(left, top)
        pages.draw(painter, number)
        painter.end()
        shown.append(image)
    return tuple(shown)


def _written(report: Report, path: Path) -> Saved:
    opened: Opened = write_report(report, path, data_folder(), pdf_of)
    return Saved(path.name, met(opened.signer, data_folder()).words)
