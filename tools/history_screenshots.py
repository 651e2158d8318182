"""The screenshots of the comparisons on the page History, and of their reports.

    python tools/screenshots.py [folder] --history

What is shown is the real window at work on the bundled photographs; one of them is gone when its comparison is opened.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication
from shown_window import SIZE, opened, until

from siamgui.core.resources import resource
from siamgui.core.types import Side
from siamgui.gui import language, theme
from siamgui.gui.history.page import HistoryPage
from siamgui.gui.main_window import MainWindow
from siamgui.gui.preferences import Keeping
from siamgui.gui.report.page import ReportPage

PAIRS = (("obama1", "biden"), ("obama3", "obama2"), ("biden", "obama3"), ("obama1", "obama2"))
SHOWN = 2
"""Which of them is opened."""
PAGE, GAP = 820, 10
"""Pixels of a page of the report, and between two."""


def take(app: QApplication, scratch: Path, folder: Path, rest: Callable[[], None]) -> None:
    """Write history-off.png, comparisons*.png, comparison*.png and report*.png."""
    for path in resource("samples").glob("*.jpg"):
        shutil.copy(path, scratch / path.name)
    window = opened(app)
    window.go("history")

    def show(name: str) -> None:
        rest()
        window.grab().save(str(folder / f"{name}.png"))
        print(name, flush=True)

    until(lambda: window.controllers.comparisons.state.rows is not None)
    show("history-off")
    _compare(window, scratch)
    _page(window).comparisons.table.selectRow(0)
    show("comparisons")
    _open(window)
    show("comparison")
    _page(window).comparisons.entry.report_button.click()
    _made(window)
    show("report")
    report = cast("ReportPage", window.view("report"))
    report.case.setText("2026/114")
    report.form.show_value("examiner")
    report.form.picked.emit("examiner")
    _made(window)
    _pages(window).save(str(folder / "report-pages.png"))
    theme.apply(app, "dark")
    window.resize(960, 640)
    show("report-small")
    report.show_preview()
    rest()
    assert report.preview is not None
    report.preview.grab().save(str(folder / "report-print.png"))
    report.preview.close()
    window.go_back()
    (scratch / "obama2.jpg").unlink()
    _open(window)
    show("comparison-small")
    theme.apply(app, "light")
    language.apply(app, "zh_CN")
    window.resize(*SIZE)
    window.go("report")
    show("report-chinese")
    window.go_back()
    show("comparison-chinese")
    window.controllers.comparisons.close()
    show("comparisons-chinese")
    window.close()


def _page(window: MainWindow) -> HistoryPage:
    return cast("HistoryPage", window.view("history"))


def _compare(window: MainWindow, scratch: Path) -> None:
    """Every pair, one after the other, with a tag on the one that is opened."""
    controllers = window.controllers
    comparisons = controllers.comparisons
    _page(window).comparisons.keeping.show_value(Keeping.PICTURES)
    window.write_down(Keeping.PICTURES)
    for n, names in enumerate(PAIRS, 1):
        window.open_files([scratch / f"{name}.jpg" for name in names])
        until(lambda: not any(controllers.pair.slot(side).busy for side in Side))
        window.go("history")
        until(lambda n=n: comparisons.state.total == n)
    _open(window)
    comparisons.say("case 2026/114, passport desk", "Asked by the desk; the second photo came by letter.")
    comparisons.close()
    until(lambda: bool(comparisons.state.rows and comparisons.state.rows[SHOWN].cells[5]))


def _open(window: MainWindow) -> None:
    comparisons = window.controllers.comparisons
    assert comparisons.state.rows is not None
    comparisons.close()
    comparisons.open(comparisons.state.rows[SHOWN].id)
    until(lambda: comparisons.state.opened is not None)


def _made(window: MainWindow) -> None:
    report = window.controllers.report
    until(lambda: report.state.made is not None and not report.state.making)


def _pages(window: MainWindow) -> QImage:
    """Those of the report that is shown, side by side."""
    made = window.controllers.report.state.made
    assert made is not None
    pages = [page.scaledToHeight(PAGE, Qt.TransformationMode.SmoothTransformation) for page in made.pages]
    image = QImage(sum(page.width() + GAP for page in pages) - GAP, PAGE, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.gray)
    painter, at = QPainter(image), 0
    for page in pages:
        painter.drawImage(at, 0, page)
        at += page.width() + GAP
    painter.end()
    return image
