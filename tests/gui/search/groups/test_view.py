"""Groups under review on the page Search, by mouse and by keys, with the real engine and the real file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtTest import QTest

from siamgui.core.types import Label
from siamgui.gui.search.groups.controller import GroupsController
from siamgui.gui.search.groups.state import GroupsState, LabelsMade
from siamgui.storage.collection_operations import AddCollection, KeepRead, RemoveCollection
from siamgui.storage.label_operations import ReadLabels
from siamgui.storage.people_operations import ListPeople
from tests.builders.search_page import KEY, Seeker, scans
from tests.builders.seen import file_of, picture, seen_face

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
FOUR = ("obama1", "obama2", "obama3", "biden")


class Reviewer:
    """A person who looks through the groups."""

    def __init__(self, seeker: Seeker) -> None:
        self.seeker, self.page = seeker, seeker.page
        self.pane, self.list, self.wall = self.page.groups, self.page.group_list.list, self.page.groups.wall
        self.controller: GroupsController = seeker.controller.groups

    @property
    def state(self) -> GroupsState:
        return self.controller.state

    def settled(self) -> None:
        self.seeker.wait(lambda: self.state.free and self.state.work is None)

    @property
    def rows(self) -> list[str]:
        """As the list says them, a line each."""
        self.settled()
        model = self.list.model()
        return [model.index(row, 0).data().replace("\n", "; ") for row in range(model.rowCount())]

    def gather(self) -> None:
        self.seeker.click(self.page.groups_button)
        self.seeker.click(self.pane.first_button)
        self.settled()

    def click_face(self, place: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        index = self.wall.model().index(*divmod(place, self.wall.model().columnCount()))
        QTest.mouseClick(self.wall.viewport(), Qt.MouseButton.LeftButton, keys, self.wall.visualRect(index).center())

    def press(self, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key of the page, wherever the keyboard is."""
        QTest.keyClick(self.page.window(), key, keys)


@pytest.fixture
def reviewer(seeker: Seeker, tmp_path: Path) -> Reviewer:
    seeker.has_read(scans(tmp_path / "scans", FOUR))
    made = Reviewer(seeker)
    made.gather()
    return made


def test_faces_are_gathered_named_and_taken_back(reviewer: Reviewer) -> None:
    assert reviewer.rows == ["No name yet; 3 faces", "Alone; one face; nobody else is like them"]
    assert reviewer.wall.faces == ()
    assert not reviewer.pane.name_button.isEnabled()
    reviewer.press(KEY.Key_F2)
    QTest.keyClicks(reviewer.pane.name_line, "Barack")
    reviewer.seeker.press(KEY.Key_Return, reviewer.pane.name_line)
    named = "Barack; 3 faces; looked through"
    reviewer.seeker.wait(lambda: reviewer.rows[0] == named)
    assert reviewer.pane.heading.whole_text() == "Barack · 3 faces · looked through"
    reviewer.list.setFocus()
    reviewer.press(KEY.Key_Z, CTRL)
    reviewer.seeker.wait(lambda: reviewer.rows[0] == "No name yet; 3 faces")
    assert not reviewer.pane.undo_button.isEnabled()
    reviewer.press(KEY.Key_Return, CTRL)
    reviewer.seeker.wait(lambda: reviewer.rows[0] == "No name yet; 3 faces; looked through")


def test_a_face_is_taken_out_and_a_contradiction_is_asked_about(reviewer: Reviewer) -> None:
    reviewer.seeker.wait(lambda: reviewer.pane.words.whole_text().startswith("Choose"))
    reviewer.click_face(2)
    assert reviewer.pane.words.whole_text() == "1 chosen"
    reviewer.press(KEY.Key_Delete)
    alone = "Alone; 2 faces; nobody else is like them"
    reviewer.seeker.wait(lambda: reviewer.rows == ["No name yet; 2 faces", alone])
    reviewer.list.choose(1)
    assert not reviewer.pane.not_button.isEnabled()
    shown = reviewer.state.shown
    assert shown is not None
    reviewer.controller.name((*shown.rows[0].faces, *shown.every[1].faces[:2]), "Barack")
    reviewer.seeker.wait(lambda: reviewer.pane.asking.asked)
    assert "different people" in reviewer.pane.asking.words.text()
    assert reviewer.page.go_back()
    assert not reviewer.pane.asking.asked
    assert reviewer.rows == ["No name yet; 2 faces", alone]
    reviewer.controller.name((*shown.rows[0].faces, *shown.every[1].faces[:2]), "Barack")
    reviewer.seeker.wait(lambda: reviewer.pane.asking.asked)
    reviewer.seeker.click(reviewer.pane.asking.yes_button)
    reviewer.seeker.wait(lambda: reviewer.rows == ["Barack; 4 faces; looked through"])


def test_groups_that_are_chosen_become_one(reviewer: Reviewer) -> None:
    reviewer.click_face(1)
    reviewer.click_face(2, CTRL)
    reviewer.seeker.click(reviewer.pane.apart_button)
    both = ["No name yet; 2 faces; looked through", "Alone; 2 faces; nobody else is like them"]
    reviewer.seeker.wait(lambda: reviewer.rows == both)
    reviewer.list.choose(1)
    reviewer.seeker.wait(lambda: len(reviewer.wall.ids) == 2)
    reviewer.wall.selectAll()
    reviewer.pane.name_line.setText("Joe")
    reviewer.seeker.click(reviewer.pane.name_button)
    reviewer.seeker.wait(lambda: len(reviewer.rows) == 2 and "Joe; 2 faces; looked through" in reviewer.rows)
    reviewer.list.selectAll()
    assert reviewer.page.group_list.merge_button.isEnabled()
    reviewer.press(KEY.Key_J, CTRL)
    reviewer.seeker.wait(lambda: reviewer.pane.asking.asked)  # one of them was taken out of the other
    reviewer.seeker.click(reviewer.pane.asking.yes_button)
    reviewer.seeker.wait(lambda: reviewer.rows == ["Joe; 4 faces; looked through"])


def test_reviewed_groups_are_labelled_and_enrolled(reviewer: Reviewer) -> None:
    shown = reviewer.state.shown
    assert shown is not None
    assert shown.alone is not None
    assert not reviewer.pane.label_button.isEnabled()
    reviewer.controller.name(shown.rows[0].every, "Barack")
    reviewer.settled()
    reviewer.controller.name(shown.alone.every, "Joe")
    reviewer.seeker.wait(lambda: len(reviewer.rows) == 2)
    reviewer.seeker.click(reviewer.pane.label_button)
    reviewer.seeker.wait(lambda: isinstance(reviewer.state.made, LabelsMade))
    assert "3 pairs of the same person" in reviewer.pane.made.text()
    labels = reviewer.seeker.controller.store.lent.do(ReadLabels()).labels
    assert [one.label for one in labels].count(Label.SAME) == 3
    reviewer.seeker.click(reviewer.pane.undo_button)
    reviewer.settled()
    assert reviewer.seeker.controller.store.lent.do(ReadLabels()).labels == ()
    reviewer.list.choose(0)
    reviewer.seeker.click(reviewer.pane.enrol_button)
    reviewer.seeker.wait(lambda: reviewer.state.made is not None)
    assert reviewer.pane.made.text() == "“Barack” is enrolled from 3 photos."
    (person,) = reviewer.seeker.controller.store.lent.do(ListPeople())
    assert (person.name, person.photos) == ("Barack", 3)


def test_faces_are_compared_and_looked_for(reviewer: Reviewer) -> None:
    pairs: list[tuple[object, object]] = []
    reviewer.page.compare_wanted.connect(lambda one, other: pairs.append((one, other)))
    reviewer.seeker.wait(lambda: reviewer.pane._chosen() == [] and reviewer.wall.current is not None)
    reviewer.seeker.wait(lambda: all(map(reviewer.page.placed.placed, reviewer.wall.ids)))
    reviewer.click_face(0)
    reviewer.click_face(2, SHIFT)
    assert len(reviewer.wall.faces) == 3
    reviewer.click_face(1, CTRL)
    reviewer.seeker.click(reviewer.pane.compare_button)
    ((one, other),) = pairs
    assert [(Path(side[0]).name, side[1]) for side in (one, other)] == [("obama1.jpg", 0), ("obama3.jpg", 0)]  # type: ignore[index]
    reviewer.click_face(0)
    reviewer.seeker.click(reviewer.pane.search_button)
    assert not reviewer.page.shows_groups
    found = reviewer.seeker.found()
    assert found.probe.name == "obama1.jpg"
    reviewer.press(KEY.Key_G, CTRL)
    assert reviewer.page.shows_groups


def test_another_folder_makes_the_groups_outdated(reviewer: Reviewer, tmp_path: Path) -> None:
    reviewer.seeker.has_read(scans(tmp_path / "more", ("obama2", "biden")))
    reviewer.seeker.wait(lambda: reviewer.state.outdated)
    assert reviewer.pane.about.text().startswith("Faces were read")
    shown = reviewer.state.shown
    assert shown is not None
    reviewer.controller.name(shown.rows[0].every, "Barack")  # of the faces that are shown
    reviewer.seeker.wait(lambda: reviewer.rows[0] == "Barack; 3 faces; looked through")
    assert reviewer.state.outdated
    reviewer.seeker.click(reviewer.page.group_list.gather_button)
    reviewer.seeker.wait(lambda: not reviewer.state.outdated)
    assert reviewer.rows[0] == "Barack; 3 faces; looked through"


def test_of_a_face_that_is_gone_it_is_said_why_it_cannot_be_looked_for(reviewer: Reviewer) -> None:
    (scans_of,) = reviewer.seeker.state.folders or ()
    reviewer.seeker.controller.store.lent.do(RemoveCollection(scans_of.id))
    reviewer.seeker.wait(lambda: reviewer.seeker.state.folders == ())
    reviewer.page.placed.forget()
    reviewer.click_face(0)
    reviewer.seeker.wait(lambda: "not kept any more" in reviewer.pane.search_button.toolTip())
    assert not reviewer.pane.search_button.isEnabled()
    reviewer.click_face(1, CTRL)
    reviewer.seeker.wait(lambda: "not kept any more" in reviewer.pane.compare_button.toolTip())
    assert not reviewer.pane.compare_button.isEnabled()
    reviewer.press(KEY.Key_Return, CTRL)
    reviewer.seeker.wait(lambda: reviewer.state.notice is not None)
    assert "not kept any more" in str(reviewer.state.notice)


def test_of_thousands_of_faces_only_those_in_view_are_looked_up(seeker: Seeker) -> None:
    store, encoder = seeker.controller.store, seeker.controller.encoder
    folder = store.lent.do(AddCollection(Path("/p/many"), encoder))
    size = 320
    alike = seen_face(1, size)
    alike = replace(alike, quality=replace(alike.quality, findings=()))
    files = tuple(
        file_of(f"{number}.jpg", picture(number, replace(alike, vector=_near(alike.vector, number))))
        for number in range(600)
    )
    store.lent.do(KeepRead(folder.id, encoder, files))
    reviewer = Reviewer(seeker)
    reviewer.gather()
    seeker.wait(lambda: len(reviewer.wall.ids) == 600)
    first, last = reviewer.wall.ids[0], reviewer.wall.ids[-1]
    seeker.wait(lambda: reviewer.page.placed.placed(first) is not None)
    assert reviewer.page.placed.placed(last) is None
    reviewer.wall.scrollToBottom()
    seeker.wait(lambda: reviewer.page.placed.placed(last) is not None)
    assert sum(reviewer.page.placed.placed(face) is not None for face in reviewer.wall.ids) < 200
    reviewer.wall.selectAll()
    assert len(reviewer.wall.faces) == 600
    middle = reviewer.wall.model().index(2, 1)
    reviewer.wall.selectionModel().select(middle, QItemSelectionModel.SelectionFlag.Deselect)
    chosen, heard = reviewer.wall.faces, list[int]()
    reviewer.wall.chosen.connect(lambda: heard.append(len(reviewer.wall.faces)))
    reviewer.wall.lay_out()
    assert (len(chosen), reviewer.wall.faces) == (599, chosen)
    assert len(heard) <= 3  # not of each
    assert reviewer.wall.viewport().rect().contains(QPoint(1, 1))


def _near(vector: np.ndarray, number: int) -> np.ndarray:
    moved = vector + 0.2 * seen_face(number, len(vector)).vector
    return np.asarray(moved / np.linalg.norm(moved), np.float32)
