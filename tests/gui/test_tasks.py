"""The seam to the worker threads, and what is said about a bug."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from siamgui.core.errors import NoFaceFound
from siamgui.gui.crash import CrashReporter, report_text
from siamgui.gui.tasks import Task, Workers


class Heard(QObject):
    """Notes what a task says, and on which thread."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self.said: list[str] = []
        self.threads: set[int] = set()
        self.value: object = None
        task.succeeded.connect(self.succeeded)
        task.failed.connect(self.failed)
        task.cancelled.connect(self.cancelled)
        task.finished.connect(self.finished)

    def note(self, what: str, value: object = None) -> None:
        self.said.append(what)
        self.threads.add(threading.get_ident())
        self.value = value if value is not None else self.value

    @Slot(object)
    def succeeded(self, value: object) -> None:
        self.note("succeeded", value)

    @Slot(object)
    def failed(self, error: object) -> None:
        self.note("failed", error)

    @Slot()
    def cancelled(self) -> None:
        self.note("cancelled")

    @Slot()
    def finished(self) -> None:
        self.note("finished")


@pytest.fixture
def workers(qapp: QApplication) -> Iterator[Workers]:
    pool = Workers(1, "test")
    yield pool
    pool.stop()
    pool.deleteLater()


def test_success_is_told_on_the_gui_thread(qtbot: QtBot, workers: Workers) -> None:
    heard = Heard(workers.start(threading.get_ident))
    qtbot.waitUntil(lambda: "finished" in heard.said)
    assert heard.said == ["succeeded", "finished"]
    assert heard.threads == {threading.get_ident()}
    assert heard.value != threading.get_ident()


def test_failure(qtbot: QtBot, workers: Workers) -> None:
    def work() -> None:
        raise NoFaceFound(name="a.jpg")

    heard = Heard(workers.start(work))
    qtbot.waitUntil(lambda: "finished" in heard.said)
    assert heard.said == ["failed", "finished"]
    assert isinstance(heard.value, NoFaceFound)


def test_waiting_work_that_is_cancelled_never_runs(qtbot: QtBot, workers: Workers) -> None:
    gate = threading.Event()
    ran: list[int] = []
    first = Heard(workers.start(gate.wait))
    task = workers.start(lambda: ran.append(1))
    second = Heard(task)
    task.cancel()
    task.cancel()
    assert second.said == ["cancelled", "finished"]
    gate.set()
    third = Heard(workers.start(lambda: "after"))
    qtbot.waitUntil(lambda: "finished" in third.said)
    assert first.said == ["succeeded", "finished"]
    assert second.said == ["cancelled", "finished"]
    assert ran == []


def test_running_work_that_is_cancelled_is_not_heard_of_again(qtbot: QtBot, workers: Workers) -> None:
    started, gate = threading.Event(), threading.Event()

    def work() -> str:
        started.set()
        gate.wait()
        return "too late"

    task = workers.start(work)
    heard = Heard(task)
    started.wait()
    task.cancel()
    gate.set()
    after = Heard(workers.start(lambda: "after"))
    qtbot.waitUntil(lambda: "finished" in after.said)
    assert heard.said == ["cancelled", "finished"]


def test_stop_cancels_what_waits_and_joins(qtbot: QtBot) -> None:
    pool = Workers(2, "stopping")
    heard = [Heard(pool.start(lambda: 1)) for _ in range(20)]
    pool.stop()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("stopping")]
    assert all(h.said == ["cancelled", "finished"] for h in heard)
    pool.deleteLater()


# Bugs.


@pytest.fixture
def reporter(qapp: QApplication) -> Iterator[CrashReporter]:
    before = sys.excepthook, threading.excepthook
    reporter = CrashReporter()
    yield reporter
    reporter.restore()
    assert (sys.excepthook, threading.excepthook) == before
    if reporter.dialog is not None:
        reporter.dialog.reject()
    reporter.deleteLater()


def test_a_bug_in_a_worker_is_shown_once_with_a_text_to_copy(
    qtbot: QtBot, workers: Workers, reporter: CrashReporter
) -> None:
    def bug() -> None:
        open("/home/someone/Private photos/me and you.jpg")  # noqa: SIM115 - must fail

    heard = [Heard(workers.start(bug)) for _ in range(3)]
    qtbot.waitUntil(lambda: reporter.dialog is not None and all(h.said == ["failed", "finished"] for h in heard))
    assert reporter.dialog is not None
    buttons = {button.text(): button for button in reporter.dialog.findChildren(QPushButton)}
    buttons["Copy"].click()
    text = QGuiApplication.clipboard().text()
    assert "FileNotFoundError" in text
    assert "test_tasks.py" in text
    assert "someone" not in text
    assert "Private" not in text
    reporter.dialog.reject()
    qtbot.waitUntil(lambda: reporter.dialog is None)


def test_a_bug_in_a_thread_of_any_kind_reaches_the_dialog(qtbot: QtBot, reporter: CrashReporter) -> None:
    def bug() -> None:
        raise ZeroDivisionError

    thread = threading.Thread(target=bug)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: reporter.dialog is not None)


@pytest.mark.parametrize(
    "message",
    [
        "cannot read /home/zoe/photos/me.jpg",
        r"cannot read C:\Users\Zoe\me.jpg",
        "cannot read '~/photos/zoe/me.jpg'",
        "cannot read file:///home/zoe/me.jpg",
    ],
)
def test_a_report_holds_no_folder(message: str) -> None:
    try:
        raise ValueError(message)
    except ValueError as error:
        text = report_text(error)
    assert "zoe" not in text.lower()
    assert "me.jpg" not in text
    assert "ValueError: cannot read" in text
    assert str(Path(__file__).parent) not in text
