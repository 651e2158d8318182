"""The window's connection to the store: answers, notices, other processes, and the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from siamgui.gui.store import StoreView, WindowStore
from siamgui.storage.note_operations import KeepNote, ReadNotes
from siamgui.storage.store import ALL_TOPICS, Store, Topic
from tests.builders.window import PATIENCE

NOTES = frozenset({Topic.NOTES})


class Heard(QObject):
    """What the store says, in the order in which it comes."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[object] = []

    @Slot(object)
    def hear(self, value: object) -> None:
        self.said.append(value)


@pytest.fixture
def heard() -> Heard:
    return Heard()


def finish(qtbot: QtBot, done: Callable[[], bool]) -> None:
    qtbot.waitUntil(done, timeout=PATIENCE)


def test_the_notice_of_a_change_comes_before_its_answer(qtbot: QtBot, store: WindowStore, heard: Heard) -> None:
    store.changed.connect(heard.hear)
    store.ask(KeepNote("x", 7)).succeeded.connect(heard.hear)
    finish(qtbot, lambda: len(heard.said) == 2)
    store.ask(ReadNotes(("x",))).succeeded.connect(heard.hear)
    finish(qtbot, lambda: len(heard.said) == 3)
    assert heard.said == [NOTES, None, {"x": 7}]


def test_everything_that_was_asked_for_is_written_at_the_end(qapp: QApplication) -> None:
    store = WindowStore()
    for number in range(20):
        store.ask(KeepNote(str(number), number))
    store.stop()
    with Store() as again:
        assert [again.do(ReadNotes((str(number),)))[str(number)] for number in range(20)] == list(range(20))


def test_a_view_follows_what_changes(qtbot: QtBot, store: WindowStore, heard: Heard) -> None:
    view = StoreView(
        store, NOTES, lambda: store.ask(ReadNotes(("x",)), lambda kept: str(kept["x"])), heard.hear, heard.hear
    )
    view.do(KeepNote("x", 10))
    assert view.busy
    finish(qtbot, lambda: not view.busy)
    assert heard.said == ["10"]
    for number in range(11, 60):
        store.ask(KeepNote("x", number))
    finish(qtbot, lambda: heard.said[-1] == "59")
    assert heard.said == sorted(heard.said)
    assert len(heard.said) < 49


def test_what_another_process_writes_is_noticed(qtbot: QtBot, store: WindowStore, heard: Heard) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    with qtbot.waitActive(window, timeout=PATIENCE):
        window.show()
        window.activateWindow()
    store.ask(KeepNote("x", 1)).succeeded.connect(heard.hear)
    finish(qtbot, lambda: len(heard.said) == 1)
    store.changed.connect(heard.hear)
    with Store() as other:
        other.do(KeepNote("x", 2))
    finish(qtbot, lambda: heard.said[-1] == ALL_TOPICS)


def test_a_store_that_was_never_asked_leaves_nothing_behind(qapp: QApplication, tmp_path: Path) -> None:
    store = WindowStore(path=tmp_path / "library.sqlite")
    store.stop()
    assert list(tmp_path.iterdir()) == []
