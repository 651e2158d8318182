"""More than two photographs on the compare page: the real window, real drops and keys, the real engine."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QApplication

from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Outcome, Side, Strictness
from siamgui.gui.compare.matrix.controller import MOST, MatrixController
from siamgui.gui.compare.matrix.table import MatrixTable
from tests.builders.command_line import no_face
from tests.builders.window import PATIENCE, User, files

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def three(samples: Path) -> list[Path]:
    return [samples / name for name in ("obama1.jpg", "obama2.jpg", "biden.jpg")]


@pytest.fixture
def two_faces(samples: Path, tmp_path: Path) -> Path:
    """Biden on the left, Obama on the right."""
    parts = [Image.open(samples / name).convert("RGB") for name in ("biden.jpg", "obama3.jpg")]
    parts = [part.resize((part.width * 600 // part.height, 600)) for part in parts]
    path = tmp_path / "two.png"
    Image.fromarray(np.hstack([np.asarray(part) for part in parts])).save(path)
    return path


def many(user: User) -> MatrixController:
    return user.window.controllers.matrix


def table(user: User) -> MatrixTable:
    assert user.page.matrix is not None
    return user.page.matrix.table


def settled(user: User) -> dict[tuple[str, str], Outcome]:
    """Wait until every pair is compared; the outcomes by the names of the photographs."""
    controller = many(user)

    def done() -> bool:
        read = [tile for tile in controller.state.tiles if tile.reading is not None]
        whole = len(controller.state.compared) == len(read) * (len(read) - 1) // 2
        return controller.state.share is None and whole and not any(tile.waiting for tile in controller.state.tiles)

    user.qtbot.waitUntil(done, timeout=PATIENCE)
    name = {tile.key: tile.name for tile in controller.state.tiles}
    return {(name[a], name[b]): verdict.outcome for (a, b), verdict in controller.state.compared.items()}


def click(user: User, row: int, column: int) -> None:
    view = table(user)
    place = view.visualRect(view.model().index(row, column)).center()
    user.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_three_dropped_photos_are_compared_each_with_each(
    user: User, three: list[Path], engine: FaceEngine, tmp_path: Path
) -> None:
    no_face(tmp_path / "wall.jpg")
    user.drop_files(*three, tmp_path / "wall.jpg")
    outcomes = settled(user)
    assert [pair for pair, outcome in outcomes.items() if outcome is Outcome.SAME] == [("obama1.jpg", "obama2.jpg")]
    readings = [engine.read_photo(load_photo(path)).reading for path in three]
    tiles = many(user).state.tiles
    for left, right in combinations(range(3), 2):
        verdict = many(user).state.verdict(tiles[left], tiles[right])
        assert verdict == engine.compare(readings[left], readings[right], Strictness.BALANCED).verdict
    assert "No face was found in “wall.jpg”" in str(tiles[3].problem)
    assert table(user).columnSpan(3, 0) == 4
    assert user.page.matrix is not None
    assert "if all 3 pairs were of different people" in user.page.matrix.chance.text()
    assert user.page.matrix.count.text() == "4 photos · 3 pairs"


def test_a_cell_says_its_outcome_in_words(user: User, three: list[Path]) -> None:
    user.drop_files(*three)
    settled(user)
    view = table(user)
    index = view.model().index(2, 0)
    tip = view.model().data(index, Qt.ItemDataRole.ToolTipRole)
    assert tip.startswith("biden.jpg and obama1.jpg: Supports: different people, distance 1.3")
    assert "pairs of the same person look this different" in tip
    cell = QAccessible.queryAccessibleInterface(view).child((2 + 1) * (3 + 1) + 1)  # the headers come first
    assert cell.text(QAccessible.Text.Name) == tip.split("\n")[0]


def test_enter_opens_the_pair_and_escape_goes_back_to_where_one_was(user: User, three: list[Path]) -> None:
    user.drop_files(*three)
    settled(user)
    assert QApplication.focusWidget() is table(user)
    user.press(Qt.Key.Key_Down)
    user.press(Qt.Key.Key_Right)
    assert (table(user).currentIndex().row(), table(user).currentIndex().column()) == (2, 1)
    before = many(user).state
    user.press(Qt.Key.Key_Return)
    comparison = user.verdict()
    assert user.names() == ("biden.jpg", "obama2.jpg")
    assert comparison.verdict.distance == pytest.approx(before.verdict(before.tiles[2], before.tiles[1]).distance)
    assert comparison.verdict.outcome is Outcome.DIFFERENT
    assert user.page.card.truth.isVisible()
    user.press(Qt.Key.Key_Escape)
    assert table(user).isVisible()
    assert (table(user).currentIndex().row(), table(user).currentIndex().column()) == (2, 1)
    assert QApplication.focusWidget() is table(user)
    click(user, 0, 1)
    user.verdict()
    assert user.names() == ("obama1.jpg", "obama2.jpg")
    user.qtbot.mouseClick(user.page.all_button, Qt.MouseButton.LeftButton)
    assert table(user).isVisible()


def test_a_photo_is_added_and_removed_and_comes_back(user: User, three: list[Path], samples: Path) -> None:
    user.drop_files(*three)
    settled(user)
    QGuiApplication.clipboard().setMimeData(files(samples / "obama3.jpg"))
    user.press(Qt.Key.Key_V, CTRL)
    assert len(settled(user)) == 6
    table(user).setCurrentIndex(table(user).model().index(1, 0))
    user.press(Qt.Key.Key_Delete)
    assert [tile.name for tile in many(user).state.tiles] == ["obama1.jpg", "biden.jpg", "obama3.jpg"]
    assert len(settled(user)) == 3
    user.press(Qt.Key.Key_Z, CTRL)
    assert len(settled(user)) == 6
    user.press(Qt.Key.Key_N, CTRL)
    assert many(user).state.tiles == ()
    user.press(Qt.Key.Key_Z, CTRL)
    assert len(settled(user)) == 6


def test_another_face_of_a_photo(user: User, three: list[Path], two_faces: Path) -> None:
    user.drop_files(*three[:2], two_faces)
    first = settled(user)
    tile = many(user).state.tiles[2]
    assert tile.faces == 2
    click(user, 2, 2)
    user.qtbot.waitUntil(lambda: many(user).photo.state.reading is not None, timeout=PATIENCE)
    assert user.page.matrix is not None
    place = user.page.matrix.place
    assert QApplication.focusWidget() is place.photo
    user.press(Qt.Key.Key_Right)
    user.qtbot.waitUntil(lambda: many(user).state.tiles[2].chosen != tile.chosen, timeout=PATIENCE)
    user.press(Qt.Key.Key_Escape)
    assert table(user).isVisible()
    second = settled(user)
    assert {first["obama1.jpg", "two.png"], second["obama1.jpg", "two.png"]} == {Outcome.SAME, Outcome.DIFFERENT}
    table(user).go_to(many(user).state.tiles[0].key, many(user).state.tiles[2].key)
    user.press(Qt.Key.Key_Return)
    assert user.verdict().verdict.outcome is second["obama1.jpg", "two.png"]
    assert user.controller.slot(Side.RIGHT).loaded.chosen == many(user).state.tiles[2].chosen


def test_two_photos_become_a_matrix_with_more(user: User, three: list[Path]) -> None:
    user.drop_files(*three[:2])
    user.verdict()
    user.qtbot.mouseClick(user.page.all_button, Qt.MouseButton.LeftButton)
    user.drop_files(three[2])
    assert settled(user)["obama2.jpg", "biden.jpg"] is Outcome.DIFFERENT


def test_a_file_that_is_gone_by_then_is_said_and_nothing_else_is_shown(
    user: User, three: list[Path], tmp_path: Path
) -> None:
    copy = tmp_path / "copy.jpg"
    copy.write_bytes(three[0].read_bytes())
    user.drop_files(*three[1:])
    user.verdict()
    user.drop_files(*three, copy)
    settled(user)
    copy.unlink()
    click(user, 3, 2)
    user.qtbot.waitUntil(lambda: user.error(Side.LEFT) != "", timeout=PATIENCE)
    user.settled()
    assert user.names() == (None, "biden.jpg")
    assert "copy.jpg" in user.error(Side.LEFT)


def test_an_unreadable_photo_is_taken_out_by_mouse(user: User, three: list[Path], tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_text("no picture")
    user.drop_files(*three, tmp_path / "notes.jpg")
    settled(user)
    header = table(user).verticalHeader()
    place = QPoint(20, header.sectionViewportPosition(3) + header.sectionSize(3) // 2)
    user.qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert user.page.matrix is not None
    assert "notes.jpg" in user.page.matrix.place.error.text()
    user.qtbot.mouseClick(user.page.matrix.place.remove_button, Qt.MouseButton.LeftButton)
    assert table(user).isVisible()
    assert [tile.name for tile in many(user).state.tiles] == [path.name for path in three]


def test_too_many_are_refused_in_one_sentence(user: User, three: list[Path]) -> None:
    user.drop_files(*three)
    settled(user)
    user.drop_files(*three * 10)
    assert user.page.matrix is not None
    assert user.page.matrix.error.text().startswith(f"33 photos are too many for one matrix: it holds up to {MOST}.")
    assert len(many(user).state.tiles) == 3
    user.press(Qt.Key.Key_Escape)
    assert not user.page.matrix.error.isVisible()


def test_reading_is_stopped_and_what_is_read_stays(user: User, three: list[Path]) -> None:
    user.drop_files(*three)
    settled(user)
    user.drop_files(*three, *three)
    assert user.page.matrix is not None
    user.qtbot.mouseClick(user.page.matrix.stop_button, Qt.MouseButton.LeftButton)
    outcomes = settled(user)
    assert 3 <= len(many(user).state.tiles) < 9
    assert outcomes["obama1.jpg", "obama2.jpg"] is Outcome.SAME


def test_strictness_another_engine_and_another_language(user: User, three: list[Path]) -> None:
    user.drop_files(*three)
    settled(user)
    user.window.controllers.set_strictness(Strictness.STRICT)
    settled(user)
    assert {verdict.strictness for verdict in many(user).state.compared.values()} == {Strictness.STRICT}
    assert "1 in 10,000" in user.page.matrix.chance.text()
    user.window.start()
    user.qtbot.waitUntil(lambda: user.window.controllers.inference.current is not None, timeout=PATIENCE)
    settled(user)
    table(user).go_to(many(user).state.tiles[2].key, many(user).state.tiles[1].key)
    user.speak("zh_CN")
    assert table(user).isVisible()
    assert table(user).currentIndex().row() == 2
    assert "支持为同一人" in table(user).model().data(table(user).model().index(0, 1), Qt.ItemDataRole.ToolTipRole)


def test_as_text(user: User, three: list[Path]) -> None:
    user.drop_files(*three)
    settled(user)
    user.press(Qt.Key.Key_C, CTRL)
    text = QGuiApplication.clipboard().text()
    assert "2 obama2.jpg    = 0.69" in text
    assert "x Supports: different people (2)" in text


def test_photos_dropped_before_the_engine_is_ready(open_window: Callable[..., User], three: list[Path]) -> None:
    user = open_window(start=False, size=(960, 640))
    user.drop_files(*three)
    assert all(tile.waiting for tile in many(user).state.tiles)
    user.window.start()
    assert len(settled(user)) == 3
    where = table(user).mapTo(user.window, QPoint(0, 0))
    assert where.x() + table(user).width() <= 960
