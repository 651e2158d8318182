"""Comparisons in the history: written down only when wanted, opened again, judged again, and gone when asked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from siamgui.core.paths import LIBRARY, data_folder
from siamgui.core.types import Outcome, Side, Strictness
from siamgui.gui import preferences
from siamgui.gui.history.comparisons import ComparisonsView
from siamgui.gui.preferences import Keeping
from siamgui.storage.comparison_log import ComparisonLog
from siamgui.versions.version_store import VersionStore
from tests.builders.records import pictures, record
from tests.builders.versions import result
from tests.builders.window import PATIENCE, User

CTRL = Qt.KeyboardModifier.ControlModifier
KEY = Qt.Key


class Historian:
    """A person at the comparisons of the history page."""

    def __init__(self, user: User) -> None:
        self.user = user

    @property
    def view(self) -> ComparisonsView:
        return self.user.history.comparisons

    def wait(self, done: Callable[[], object]) -> None:
        self.user.qtbot.waitUntil(lambda: bool(done()), timeout=PATIENCE)

    def go(self) -> None:
        self.user.press(KEY.Key_6, CTRL)
        self.wait(lambda: self.view.controller.state.rows is not None)

    def want(self, keeping: Keeping) -> None:
        """By the keyboard, as far down as need be."""
        self.go()
        choice = self.view.keeping
        choice.setFocus()
        for _ in range(tuple(Keeping).index(keeping)):
            self.user.press(KEY.Key_Down)
        assert choice.value is keeping

    def click(self, button: QAbstractButton) -> None:
        assert button.isVisible()
        assert button.isEnabled()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def rows(self, count: int) -> list[tuple[str, ...]]:
        self.wait(lambda: self.view.controller.state.total == count)
        return [row.cells for row in self.view.table.log.rows]

    def open(self, row: int) -> None:
        """By Enter in the table."""
        self.view.table.selectRow(row)
        self.view.table.setFocus()
        self.user.press(KEY.Key_Return)
        self.wait(self.view.entry.isVisible)


@pytest.fixture
def photos(tmp_path: Path, samples: Path) -> Path:
    """Copies of the bundled photographs, to be moved and changed."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("obama1", "obama2", "biden"):
        shutil.copy(samples / f"{name}.jpg", folder)
    return folder


def test_nothing_is_written_down_until_it_is_wanted(user: User, photos: Path) -> None:
    historian = Historian(user)
    user.window.open_files([photos / "obama1.jpg", photos / "obama2.jpg"])
    user.verdict()
    assert user.window.status.recorded.text() == ""
    assert not (data_folder() / LIBRARY).exists()
    historian.go()
    assert historian.view.empty.isVisible()
    assert historian.view.keeping.value is Keeping.NOTHING
    historian.want(Keeping.FIGURES)
    (row,) = historian.rows(1)  # what is shown at that moment is the first
    assert row[1:3] == ("obama1.jpg and obama2.jpg", "Supports: same person")
    assert user.window.status.recorded.text() == "Written down in the history"
    assert preferences.load().comparisons is Keeping.FIGURES
    historian.open(0)
    assert not historian.view.entry._pictures.isVisible()
    with ComparisonLog.open() as log:
        (entry,) = log.entries()
        assert log.pictures(entry.id) == ()
    assert entry.paths == (photos / "obama1.jpg", photos / "obama2.jpg")
    (photos / "obama1.jpg").unlink()
    historian.view.controller.open(entry.id)
    historian.wait(lambda: "only the figures are left" in historian.view.entry.found.text())
    assert not historian.view.entry.again_button.isEnabled()
    assert not historian.view.entry.compare_button.isEnabled()


def test_one_is_opened_as_it_stood_tagged_found_compared_and_removed(user: User, photos: Path) -> None:
    historian = Historian(user)
    historian.want(Keeping.PICTURES)
    user.window.open_files([photos / "obama1.jpg", photos / "biden.jpg"])
    said = user.firm().verdict
    historian.go()
    historian.rows(1)
    user.window.controllers.set_strictness(Strictness.STRICT)
    assert [row[2] for row in historian.rows(2)] == ["Supports: different people"] * 2
    historian.open(1)
    entry = historian.view.entry
    assert entry.headline.text() == "Supports: different people"
    assert entry.faces[Side.LEFT].face.shows_something
    assert entry.found.text() == "Both photos are still where they lay, unchanged."
    with ComparisonLog.open() as log:
        assert log.entries()[1].record.verdict == said
    entry.tags.setFocus()
    user.qtbot.keyClicks(entry.tags, "desk 4")
    user.press(KEY.Key_Tab)
    user.qtbot.keyClicks(entry.note, "second look")
    user.press(KEY.Key_Escape)  # back to the list, and what was typed is kept
    historian.wait(lambda: historian.rows(2)[1][5] == "desk 4")
    user.press(KEY.Key_F, CTRL)
    user.qtbot.keyClicks(historian.view.search, "second LOOK")
    historian.wait(lambda: [row[5] for row in historian.rows(2)] == ["desk 4"])
    user.press(KEY.Key_Return)
    user.press(KEY.Key_Delete)  # which opens it, for something is to be seen of what goes
    historian.wait(entry.isVisible)
    user.window.controllers.pair.clear(*Side)
    historian.click(entry.compare_button)
    assert user.window.page == "compare"
    assert user.verdict().verdict.outcome is Outcome.DIFFERENT
    assert user.names() == ("obama1.jpg", "biden.jpg")
    historian.go()
    before = len(historian.view.controller.state.rows or ())
    historian.click(entry.remove_button)
    user.press(KEY.Key_Escape)
    assert not entry.question.isVisible()
    historian.click(entry.remove_button)
    historian.click(entry.question.yes_button)
    historian.wait(lambda: historian.view.controller.state.total < before)
    assert historian.view.table.isVisibleTo(historian.view)
    assert "desk 4" not in [row[5] for row in historian.rows(before - 1)]


def test_what_is_forgotten_while_it_is_looked_at_is_shown_no_more(open_window: Callable[..., User]) -> None:
    with ComparisonLog.open() as log:
        log.add(record(1, 2), (None, None), pictures(1, 2))
        newest = log.add(record(3, 4), (None, None), pictures(3, 4)).id
    historian = Historian(open_window(start=False))
    historian.go()
    historian.rows(2)
    historian.open(0)
    with ComparisonLog.open() as log:
        log.remove([newest])
    historian.view.controller.refresh()
    historian.wait(lambda: historian.view.controller.state.opened is None)
    assert str(historian.view.controller.state.notice) == "This comparison is not in the history any more."
    assert not historian.view.entry.isVisible()


def test_another_model_judges_what_is_kept_of_the_faces(user: User, photos: Path, finished_version: Path) -> None:
    VersionStore().adopt(result(finished_version, photos.parent))
    historian = Historian(user)
    historian.want(Keeping.PICTURES)
    user.window.open_files([photos / "obama1.jpg", photos / "obama2.jpg"])
    before = user.firm().verdict
    historian.go()
    historian.rows(1)
    (photos / "obama2.jpg").unlink()
    historian.open(0)
    entry = historian.view.entry
    assert "can still be judged by another model" in entry.found.text()
    assert entry.models.currentText() == "Poor camera"
    historian.click(entry.again_button)
    assert not entry.again_button.isEnabled()
    historian.wait(entry.before.isVisible)
    assert entry.before.text().startswith("Before, with MobileFaceNet + SFace (mobilefacenet-sface 1): Supports: same")
    with ComparisonLog.open() as log:
        again, first = log.entries()
        assert [kept.picture for kept in log.pictures(again.id)] == [kept.picture for kept in log.pictures(first.id)]
    assert first.record.verdict == before
    assert again.record.engine.encoder_name == "Poor camera"
    assert again.record.verdict.distance != before.distance
    assert (again.record.left.sha256, again.record.left.face) == (first.record.left.sha256, 1)
    entry.models.show_value("original")
    historian.click(entry.again_button)
    historian.wait(lambda: historian.view.controller.state.total == 3)
    with ComparisonLog.open() as log:
        assert log.entries()[0].record.verdict.distance == pytest.approx(before.distance, abs=1e-5)
