"""The screenshots of the comparisons on the page History.

    python tools/screenshots.py [folder] --history

What is shown is the real window at work on the bundled photographs; one of them is gone when its comparison is opened.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import cast

from PySide6.QtWidgets import QApplication
from shown_window import SIZE, opened, until

from siamgui.core.resources import resource
from siamgui.core.types import Side
from siamgui.gui import language, theme
from siamgui.gui.history.page import HistoryPage
from siamgui.gui.preferences import Keeping
from siamgui.gui.report.page import ReportPage

PAIRS = (("obama1", "biden"), ("obama3", "obama2"), ("biden", "obama3"), ("obama1", "obama2"))


def take(app: QApplication, scratch: Path, folder: Path, rest: Callable[[], None]) -> None:
    """Write history-off.png, comparisons*.png, comparison*.png and report*.png."""
    for path in resource("samples").glob("*.jpg"):
        shutil.copy(path, scratch / path.name)
    window = opened(app)
    window.go("history")
    controllers = window.controllers

    def show(name: str) -> None:
        rest()
        window.grab().save(str(folder / f"{name}.png"))
        print(name, flush=True)

    comparisons = controllers.comparisons
    until(lambda: comparisons.state.rows is not None)
    show("history-off")
    page = cast("HistoryPage", window.view("history"))
    page.comparisons.keeping.show_value(Keeping.PICTURES)
    window.write_down(Keeping.PICTURES)
    for n, names in enumerate(PAIRS, 1):
        window.open_files([scratch / f"{name}.jpg" for name in names])
        until(lambda: not any(controllers.pair.slot(side).busy for side in Side))
        window.go("history")
        until(lambda n=n: comparisons.state.total == n)
    assert comparisons.state.rows is not None
    comparisons.open(comparisons.state.rows[2].id)
    until(lambda: comparisons.state.opened is not None)
    comparisons.say("case 2026/114, passport desk", "Asked by the desk; the second photo came by letter.")
    comparisons.close()
    until(lambda: bool(comparisons.state.rows and comparisons.state.rows[2].cells[5]))
    page.comparisons.table.selectRow(0)
    show("comparisons")
    comparisons.open(comparisons.state.rows[2].id)
    until(lambda: comparisons.state.opened is not None)
    show("comparison")
    report = controllers.report
    page.comparisons.entry.report_button.click()
    until(lambda: report.state.made is not None and not report.state.making)
    show("report")
    desk = cast("ReportPage", window.view("report"))
    desk.case.setText("2026/114")
    desk.form.setFocus()
    desk.form.show_value("examiner")
    desk.form.picked.emit("examiner")
    until(lambda: report.state.made is not None and not report.state.making)
    theme.apply(app, "dark")
    window.resize(960, 640)
    show("report-small")
    desk.show_preview()
    rest()
    assert desk.preview is not None
    desk.preview.grab().save(str(folder / "report-print.png"))
    desk.preview.close()
    window.resize(*SIZE)
    window.go_back()
    show("comparison-dark")
    (scratch / "obama2.jpg").unlink()
    comparisons.open(comparisons.state.rows[2].id)
    until(lambda: comparisons.state.opened is not None and None in comparisons.state.opened.photos)
    window.resize(960, 640)
    show("comparison-small")
    comparisons.close()
    show("comparisons-small")
    theme.apply(app, "light")
    language.apply(app, "zh_CN")
    window.go("report")
    show("report-chinese")
    window.go_back()
    show("comparisons-chinese")
    comparisons.open(comparisons.state.rows[2].id)
    until(lambda: comparisons.state.opened is not None)
    window.resize(*SIZE)
    show("comparison-chinese")
    window.close()
