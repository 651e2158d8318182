"""The report page: reached from a comparison and from the history, by mouse and keys; pages, preview, and the file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from siamgui.core.checklist import Checklist, Feature, Remark, Seen
from siamgui.core.errors import UnreadableImage
from siamgui.core.paths import data_folder
from siamgui.core.types import Side
from siamgui.gui import language
from siamgui.gui.report.page import PageView, ReportPage
from siamgui.gui.report.state import Subject
from siamgui.report.files import Kind, open_report
from siamgui.report.report import ReportSide
from siamgui.storage.comparison_log import ComparisonLog
from tests.builders.records import pictures, record
from tests.builders.window import PATIENCE, User

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
KEY = Qt.Key


def page_of(user: User) -> ReportPage:
    return cast("ReportPage", user.window.view("report"))


def made(user: User) -> None:
    report = user.window.controllers.report
    user.qtbot.waitUntil(lambda: report.state.made is not None and not report.state.making, timeout=PATIENCE)


def save_as(user: User, path: Path) -> None:
    """By keys, in the dialog."""
    user.press(KEY.Key_E, CTRL, SHIFT)
    dialog = user.window.findChild(QFileDialog)
    assert dialog is not None
    dialog.setDirectory(str(path.parent))
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    assert line is not None
    line.setText(path.name)
    user.qtbot.keyClick(line, KEY.Key_Return)
    state = user.window.controllers.report
    user.qtbot.waitUntil(lambda: state.state.saved is not None or state.state.notice is not None, timeout=PATIENCE)


def test_from_the_comparison_that_is_shown_to_a_file_and_back(user: User, samples: Path, tmp_path: Path) -> None:
    user.press(KEY.Key_R, CTRL)  # there is nothing to report yet
    assert user.window.page == "compare"
    user.window.open_files([samples / "obama1.jpg", samples / "biden.jpg"])
    user.qtbot.waitUntil(user.page.card.report_button.isEnabled, timeout=PATIENCE)
    said = user.verdict().verdict
    reads = (user.controller.slot(side).loaded for side in Side)
    left, right = (loaded.read for loaded in reads if loaded is not None)
    assert left is not None
    assert right is not None
    closer = user.window.controllers.closer
    closer.look_at(left, right)
    closer.say(Remark(Feature.NOSE, Seen.DIFFERENT, "another bridge"))
    user.press(KEY.Key_R, CTRL)
    assert user.window.page == "report"
    made(user)
    page = page_of(user)
    assert len(page.findChildren(PageView)) == 1
    assert page.said.text() == "1 page"
    user.press(KEY.Key_Down)  # the form has the focus
    user.qtbot.keyClicks(page.case, "2026/114")
    user.qtbot.keyClicks(page.remarks, "first")
    user.qtbot.waitUntil(lambda: page.said.text() == "3 pages", timeout=PATIENCE)
    QTest.mouseClick(page.embed, Qt.MouseButton.LeftButton)
    made(user)
    save_as(user, tmp_path / "report")
    assert page.said.text() == "“report.pdf” is written. It is not signed."
    opened = open_report(tmp_path / "report.pdf")
    assert opened.kind is Kind.PDF
    assert opened.report.record.verdict == said
    assert (opened.report.case, opened.report.remarks, opened.report.form) == ("2026/114", "first", "examiner")
    assert opened.report.checklist == Checklist((Remark(Feature.NOSE, Seen.DIFFERENT, "another bridge"),))
    assert opened.report.left.original == (samples / "obama1.jpg").read_bytes()
    page.controller.save(tmp_path / "no such folder" / "report.html")
    user.qtbot.waitUntil(page.notice.isVisible, timeout=PATIENCE)
    assert "“report.html” can’t be written" in page.notice.text()
    user.press(KEY.Key_Escape)
    assert user.window.page == "compare"


def test_of_the_history_it_is_previewed_and_gone_when_that_is_locked(
    open_window: Callable[..., User], qapp: QApplication
) -> None:
    with ComparisonLog.open() as log:
        log.add(record(), (None, None), pictures(1, 2))
    user = open_window(start=False)
    user.press(KEY.Key_6, CTRL)
    controller = user.window.controllers.comparisons
    user.qtbot.waitUntil(lambda: bool(controller.state.rows), timeout=PATIENCE)
    view = user.history.comparisons
    view.table.selectRow(0)
    view.table.setFocus()
    user.press(KEY.Key_Return)
    user.qtbot.waitUntil(view.entry.isVisible, timeout=PATIENCE)
    QTest.mouseClick(view.entry.report_button, Qt.MouseButton.LeftButton)
    assert user.window.page == "report"
    made(user)
    page = page_of(user)
    user.press(KEY.Key_P, CTRL)
    assert page.preview is not None
    user.qtbot.waitUntil(lambda: page.preview is not None and page.preview.isVisible(), timeout=PATIENCE)
    page.preview.close()
    assert page.preview is None
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    language.apply(qapp, "zh_CN")
    user.qtbot.waitUntil(lambda: page_of(user) is not page, timeout=PATIENCE)
    assert page_of(user).save_button.text() == "保存报告…"
    assert page_of(user).language.value == "en"  # that of the report is another thing
    user.window.controllers.report.forget()
    assert page_of(user).empty.isVisible()
    assert not page_of(user).save_button.isEnabled()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert page_of(user).findChildren(PageView) == []
    assert data_folder().exists()


def subject(
    number: int, sides: Callable[[bool], tuple[ReportSide, ReportSide]] = lambda _: (ReportSide(), ReportSide())
) -> Subject:
    return Subject(record(number, number + 1), sides, kept=True)


def test_what_was_typed_for_one_is_not_about_the_next_nor_left_when_it_is_forgotten(
    open_window: Callable[..., User],
) -> None:
    user = open_window(start=False)
    user.window.report(subject(1))
    made(user)
    page, controller = page_of(user), user.window.controllers.report
    page.case.setText("2026/114")
    page.remarks.setPlainText("of the first")
    user.window.report(subject(3))  # before the pages were made with that
    made(user)
    assert (page.case.text(), page.remarks.toPlainText()) == ("", "")
    assert not page._typed.isActive()
    page.remarks.setPlainText("of the second")
    page._typed.stop()
    page._wish()
    made(user)
    page.show_preview()
    assert page.preview is not None
    controller.forget()
    assert page.preview is None
    assert (page.author.text(), page.remarks.toPlainText()) == ("", "")


def test_pages_that_could_not_be_made_leave_none_of_another_wish(open_window: Callable[..., User]) -> None:
    def sides(embed: bool) -> tuple[ReportSide, ReportSide]:
        if embed:
            raise UnreadableImage(name="1.png")
        return ReportSide(), ReportSide()

    user = open_window(start=False)
    user.window.report(subject(1, sides))
    made(user)
    page = page_of(user)
    page.embed.setChecked(True)
    user.qtbot.waitUntil(page.notice.isVisible, timeout=PATIENCE)
    assert not page.save_button.isEnabled()
    assert not any(one.isVisible() for one in page.findChildren(PageView))


def test_a_file_that_could_not_go_in_is_named(open_window: Callable[..., User]) -> None:
    user = open_window(start=False)
    user.window.report(subject(1, lambda _embed: (ReportSide(original=b"a file"), ReportSide())))
    made(user)
    page = page_of(user)
    assert "included" not in page.said.text()
    page.embed.setChecked(True)
    made(user)
    names = [compared.file for compared in (subject(1).record.left, subject(1).record.right)]
    user.qtbot.waitUntil(lambda: f"“{names[1]}” isn’t included" in page.said.text(), timeout=PATIENCE)
    assert names[0] not in page.said.text()
