"""The history page: the real log on the disk, real keys and buttons."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from siamgui.core.paths import LIBRARY, data_folder
from siamgui.core.source import SourceKind
from siamgui.core.types import Outcome, Strictness
from siamgui.gui import language, theme
from siamgui.gui.history import controller as controlling
from siamgui.gui.history.controller import HistoryController
from siamgui.gui.history.log_list import LogList
from siamgui.gui.history.page import HistoryPage, verification_words
from siamgui.gui.store import WindowStore
from siamgui.live.types import LiveVerdict, PresenceFailure, Reason
from siamgui.storage.verification_log import Asked, VerificationLog
from tests.builders.databases import raw
from tests.builders.window import PATIENCE, User

CTRL = Qt.KeyboardModifier.ControlModifier
KEY = Qt.Key
SAME, DIFFERENT, INCONCLUSIVE = Outcome.SAME, Outcome.DIFFERENT, Outcome.INCONCLUSIVE


def verdict(outcome: Outcome, name: str | None, reason: Reason = Reason.BOUND, fmr: float | None = 1e-4) -> LiveVerdict:
    failure = PresenceFailure.FLAT if reason is Reason.PRESENCE else None
    return LiveVerdict(
        outcome=outcome,
        reason=reason,
        name=name,
        person=None,
        strictness=Strictness.STRICT,
        distance=0.8,
        fmr=fmr,
        fmr_is_bound=False,
        log10_lr=2.0,
        hindrance=None,
        presence=None if failure is None else False,
        presence_failure=failure,
        seconds=2.5,
        frames=9,
        best=(),
        encoder="mobilefacenet 1",
    )


@pytest.fixture
def logged() -> None:
    """Four verifications, the newest last."""
    with VerificationLog.open() as log:
        log.add(verdict(SAME, "passport.jpg"), Asked.VERIFY, SourceKind.CAMERA, "MobileFaceNet")
        log.add(verdict(DIFFERENT, "badge.png", fmr=0.73), Asked.VERIFY, SourceKind.FILE, "MobileFaceNet")
        log.add(verdict(INCONCLUSIVE, "passport.jpg", Reason.PRESENCE), Asked.VERIFY, SourceKind.CAMERA, "Our camera")
        log.add(verdict(DIFFERENT, None, Reason.NOBODY, None), Asked.IDENTIFY, SourceKind.STREAM, "MobileFaceNet")


class Reader:
    """A person at the log of verifications."""

    def __init__(self, qtbot: QtBot, page: LogList) -> None:
        self.qtbot = qtbot
        self.page = page
        self.wait(lambda: page.controller.state.rows is not None or page.controller.state.blocked is not None)

    def wait(self, done: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(done, timeout=PATIENCE)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(QApplication.focusWidget() or self.page, key, modifier)

    def click(self, button: QAbstractButton) -> None:
        assert button.isVisible()
        assert button.isEnabled()
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def column(self, at: int) -> list[str]:
        model = self.page.table.model()
        return [str(model.index(row, at).data()) for row in range(model.rowCount())]


@pytest.fixture
def open_page(qtbot: QtBot, qapp: QApplication, store: WindowStore) -> Iterator[Callable[[], Reader]]:
    opened: list[LogList] = []

    def make() -> Reader:
        theme.apply(qapp, "light")
        page = LogList(HistoryController(store), verification_words())
        opened.append(page)
        page.resize(1190, 740)
        with qtbot.waitActive(page, timeout=PATIENCE):
            page.show()
            page.activateWindow()
        page.controller.refresh()
        page.take_focus()
        return Reader(qtbot, page)

    yield make
    for page in opened:
        page.files.close()
        page.hide()
        page.controller.deleteLater()
        page.deleteLater()


def test_before_the_first_verification_the_page_says_what_will_stand_there(open_page: Callable[[], Reader]) -> None:
    reader = open_page()
    assert reader.page.empty.isVisible()
    assert not reader.page.export_button.isEnabled()
    assert not reader.page.clear_button.isEnabled()
    assert not reader.page.table.isVisible()


def test_every_verification_stands_there_in_words(logged: None, open_page: Callable[[], Reader]) -> None:
    reader = open_page()
    assert reader.column(1) == ["everybody enrolled", "passport.jpg", "badge.png", "passport.jpg"]
    assert reader.column(2) == [
        "Nobody enrolled",
        "Inconclusive",
        "Supports: different people",
        "Supports: same person",
    ]
    assert reader.column(3) == ["–", "about 1 in 10,000", "73 %", "about 1 in 10,000"]
    assert reader.column(4) == ["off", "not passed", "off", "off"]
    assert reader.column(5) == ["stream", "camera", "video file", "camera"]
    local = datetime.now(UTC).astimezone()
    assert all(
        abs(datetime.fromisoformat(when).astimezone() - local) < timedelta(minutes=3) for when in reader.column(0)
    )
    reader.page.table.setFocus()  # which chooses the first row
    reader.press(KEY.Key_Down)
    assert reader.page.told.text().startswith("The presence check was not passed. The face moved like a flat picture.")
    assert reader.page.count.text() == "4 entries"


def test_what_is_searched_for_and_how_it_ended_filter_the_table(logged: None, open_page: Callable[[], Reader]) -> None:
    reader = open_page()
    reader.press(KEY.Key_F, CTRL)
    reader.qtbot.keyClicks(reader.page.search, "PASS")
    assert reader.column(1) == ["passport.jpg", "passport.jpg"]
    assert reader.page.count.text() == "2 of 4 entries"
    reader.page.outcomes.setFocus()
    reader.press(KEY.Key_Down)
    assert reader.page.outcomes.currentText() == "Supports: same person"
    assert reader.column(2) == ["Supports: same person"]
    reader.page.search.setFocus()
    reader.press(KEY.Key_Return)
    assert reader.page.table.hasFocus()
    assert reader.page.table.current is not None
    assert reader.page.go_back()
    assert reader.page.search.text() == ""
    assert not reader.page.go_back()


def test_the_log_is_exported_where_the_user_says(logged: None, open_page: Callable[[], Reader], tmp_path: Path) -> None:
    reader = open_page()
    reader.press(KEY.Key_S, CTRL)
    dialog = reader.page.findChild(QFileDialog)
    assert dialog is not None
    dialog.setDirectory(str(tmp_path))
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    assert line is not None
    line.setText("list")
    reader.qtbot.keyClick(line, KEY.Key_Return)
    reader.wait(lambda: reader.page.said.text() == "4 entries were written to “list.csv”.")
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["outcome"] for row in rows] == ["same", "different", "inconclusive", "different"]
    reader.page.controller.export(tmp_path / "no such folder" / "list.csv")
    reader.wait(lambda: "“list.csv” can’t be written" in reader.page.notice.text())
    reader.click(reader.page.notice.close_button)
    assert not reader.page.notice.isVisible()


def test_clearing_takes_two_steps_and_the_first_can_be_left(logged: None, open_page: Callable[[], Reader]) -> None:
    reader = open_page()
    reader.page.table.setFocus()
    reader.press(KEY.Key_Delete)
    assert reader.page.question.no_button.hasFocus()
    assert reader.page.question.words.text() == "Forget all 4 entries for good? It cannot be undone."
    assert reader.page.go_back()
    assert not reader.page.question.isVisible()
    reader.click(reader.page.clear_button)
    reader.press(KEY.Key_Tab)
    reader.press(KEY.Key_Backtab)
    reader.press(KEY.Key_Space)
    assert len(reader.column(0)) == 4
    reader.click(reader.page.clear_button)
    reader.click(reader.page.question.yes_button)
    reader.wait(reader.page.empty.isVisible)
    with VerificationLog.open() as log:
        assert log.count() == 0


def test_old_entries_go_after_as_many_days_as_are_wanted(logged: None, open_page: Callable[[], Reader]) -> None:
    old = (datetime.now(UTC) - timedelta(days=40)).isoformat(timespec="milliseconds")
    with raw() as db:
        db.execute("UPDATE verification SET at = ? WHERE id <= 2", (old,))
    reader = open_page()
    assert reader.page.keep_days.currentText() == "until they are cleared"
    assert len(reader.column(0)) == 4
    reader.page.keep_days.setFocus()
    reader.press(KEY.Key_Down)
    reader.wait(lambda: len(reader.column(0)) == 2)
    again = open_page()
    assert again.page.keep_days.currentText() == "7 days"
    assert again.page.count.text() == "2 entries"


def test_what_another_process_adds_is_shown(logged: None, open_page: Callable[[], Reader]) -> None:
    reader = open_page()
    assert len(reader.column(0)) == 4
    with VerificationLog.open() as log:
        log.add(verdict(SAME, "visa.jpg"), Asked.VERIFY, SourceKind.CAMERA, "MobileFaceNet")
    reader.wait(lambda: len(reader.column(0)) == 5)
    assert reader.column(1)[0] == "visa.jpg"


def test_a_long_log_is_shown_in_part_and_says_so(
    logged: None, open_page: Callable[[], Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controlling, "MOST", 3)
    reader = open_page()
    assert len(reader.column(0)) == 3
    assert reader.page.count.text() == "3 of 4 entries"


def test_a_damaged_file_is_said(open_page: Callable[[], Reader]) -> None:
    data_folder().mkdir(parents=True, exist_ok=True)
    (data_folder() / LIBRARY).write_bytes(b"this is no database" * 100)
    reader = open_page()
    assert "is damaged" in reader.page.trouble.text()
    assert not reader.page.clear_button.isEnabled()


def test_every_control_has_a_name_for_those_who_cannot_see_it(logged: None, open_page: Callable[[], Reader]) -> None:
    reader = open_page()
    unnamed = [
        widget
        for widget in reader.page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert unnamed == []


def test_in_another_language_the_page_goes_on_where_it_was(
    logged: None, open_window: Callable[..., User], qapp: QApplication
) -> None:
    user = open_window(start=False)
    user.press(KEY.Key_6, CTRL)
    user.qtbot.waitUntil(lambda: bool(user.history.verifications.controller.state.rows), timeout=PATIENCE)
    user.qtbot.mouseClick(user.history.tabs[1], Qt.MouseButton.LeftButton)
    before = user.history.verifications
    before.search.setText("passport")
    before.table.selectRow(1)
    before.table.setFocus()
    user.press(KEY.Key_Delete)
    assert before.question.no_button.hasFocus()
    language.apply(qapp, "zh_CN")
    user.qtbot.waitUntil(lambda: user.history.verifications is not before, timeout=PATIENCE)
    page = user.history.verifications
    user.qtbot.waitUntil(lambda: page.table.log.rows[0].cells[2] == "无法判断", timeout=PATIENCE)
    assert user.window.page == "history"
    assert page.search.text() == "passport"
    assert page.table.currentIndex().row() == 1
    assert page.question.words.text() == "要永久清除全部 4 条记录吗？此操作无法撤销。"
    assert page.question.no_button.hasFocus()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert len(user.window.findChildren(HistoryPage)) == 1
    user.press(KEY.Key_Escape)
    assert not page.question.isVisible()
    assert page.clear_button.hasFocus()
