"""The people page: real drops, keys and buttons, real photographs and videos, the real engine, the real file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter
from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from siamgui.core.imaging import load_photo
from siamgui.core.paths import data_folder
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Embedding
from siamgui.gui import theme
from siamgui.gui.inference import Inference
from siamgui.gui.people import controller as controlling
from siamgui.gui.people.controller import PeopleController
from siamgui.gui.people.page import PeoplePage
from siamgui.gui.people.state import PeopleState
from siamgui.gui.photos.reader import Share
from siamgui.gui.store import WindowStore
from siamgui.gui.tasks import Workers
from siamgui.storage.database import FILE_NAME
from siamgui.storage.people_store import PeopleStore, Person
from tests.builders.videos import portrait, still, write
from tests.builders.window import PATIENCE, Desk, files

CTRL = Qt.KeyboardModifier.ControlModifier
KEY = Qt.Key
OLD = "old 1"
TODAY = date.today()


@pytest.fixture(scope="module")
def inference(qapp: QApplication) -> Iterator[Inference]:
    inference = Inference()
    inference.load("cpu")
    yield inference
    inference.stop()


@pytest.fixture(scope="module")
def decoders(qapp: QApplication) -> Iterator[Workers]:
    workers = Workers(2, "decoder")
    yield workers
    workers.stop()


class Keeper:
    """A person at the people page."""

    def __init__(self, qtbot: QtBot, page: PeoplePage) -> None:
        self.qtbot = qtbot
        self.page = page
        self.controller = page.controller
        self.settle()

    @property
    def state(self) -> PeopleState:
        return self.controller.state

    def wait(self, done: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(done, timeout=PATIENCE)

    def settle(self) -> None:
        """Wait until nothing is under way."""

        def still() -> bool:
            state = self.state
            drafted = len(state.draft.tiles) == len(state.draft.candidates)
            opened = state.people is not None and (state.opened is not None or not state.people)
            idle = not state.busy and state.reading is None and state.embedding is None and state.engine
            return state.blocked is not None or (opened and idle and drafted)

        self.wait(still)

    def press(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        held = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            held |= modifier
        self.qtbot.keyClick(QApplication.focusWidget() or self.page, key, held)

    def type(self, text: str) -> None:
        widget = QApplication.focusWidget()
        assert widget is not None
        self.qtbot.keyClicks(widget, text)

    def click(self, button: QAbstractButton) -> None:
        assert button.isVisible()
        assert button.isEnabled()
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def drop(self, *paths: Path) -> None:
        self.page.drag_over(files(*paths), QPoint())
        self.page.drop(files(*paths), QPoint())
        self.settle()

    def enrol(self, name: str, *photos: Path) -> Person:
        """By name and photographs, the short way."""
        self.press(KEY.Key_N, CTRL)
        self.type(name)
        self.drop(*photos)
        self.click(self.page.person.enrol_button)
        self.wait(lambda: not self.state.drafting)
        self.settle()
        assert self.state.opened is not None
        return self.state.opened.person

    def stored(self) -> tuple[Person, ...]:
        """What is on the disk, read as another process would."""
        with PeopleStore.open() as people:
            return people.list()

    def names(self) -> list[str]:
        """What the list shows."""
        model = self.page.list.view.model()
        return [str(model.index(row, 0).data()).split("\n")[0] for row in range(model.rowCount())]


@pytest.fixture
def open_page(
    qtbot: QtBot, qapp: QApplication, store: WindowStore, inference: Inference, decoders: Workers
) -> Iterator[Callable[[], Keeper]]:
    opened: list[PeoplePage] = []

    def close() -> None:
        page = opened.pop()
        page.stop()
        page.hide()
        page.controller.stop()
        page.deleteLater()
        page.controller.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # and not by whatever thread collects

    def make() -> Keeper:
        """Another one takes the place of the one before, as a program that is started again does."""
        if opened:
            close()
        theme.apply(qapp, "light")
        page = PeoplePage(PeopleController(store, decoders, inference))
        opened.append(page)
        page.resize(1190, 740)
        with qtbot.waitActive(page, timeout=PATIENCE):
            page.show()
            page.activateWindow()
        qtbot.waitUntil(lambda: inference.current is not None, timeout=PATIENCE)
        return Keeper(qtbot, page)

    yield make
    if opened:
        close()


@pytest.fixture
def keeper(open_page: Callable[[], Keeper]) -> Keeper:
    return open_page()


@pytest.fixture
def obamas(samples: Path) -> list[Path]:
    return [samples / f"obama{n}.jpg" for n in (1, 2, 3)]


@pytest.fixture
def already(engine: FaceEngine, samples: Path) -> Callable[..., Person]:
    """Enrols somebody before the page is opened: enrol(name, *photos, until=…, encoder=…)."""

    def enrol(name: str, *photos: str, until: date | None = None, encoder: str = "") -> Person:
        readings = []
        for photo in [load_photo(samples / one) for one in photos]:
            reading = engine.read_photo(photo).reading
            if encoder:
                vector = np.roll(reading.embedding.vector, 7)
                reading = replace(reading, embedding=Embedding(vector, encoder))
            readings.append((photo, reading))
        with PeopleStore.open() as people:
            return people.enrol(name, "", until, readings)

    return enrol


# Enrolling.


def test_two_photos_are_taken_out_before_the_store_has_answered(keeper: Keeper, obamas: list[Path]) -> None:
    keeper.press(KEY.Key_N, CTRL)
    keeper.drop(*obamas)
    first, second, third = keeper.state.draft.tiles
    keeper.controller.remove_photo(first.key)
    keeper.controller.remove_photo(second.key)
    keeper.settle()
    assert [tile.name for tile in keeper.state.draft.tiles] == [third.name]


def test_a_photo_is_taken_out_while_the_draft_is_being_enrolled(
    open_page: Callable[[], Keeper], already: Callable[..., Person], obamas: list[Path]
) -> None:
    already("Joe", "biden.jpg", "obama1.jpg")
    keeper = open_page()
    keeper.press(KEY.Key_N, CTRL)
    keeper.type("Barack")
    keeper.drop(*obamas)
    keeper.click(keeper.page.person.enrol_button)
    for tile in keeper.state.draft.tiles:
        keeper.controller.remove_photo(tile.key)
    keys = [tile.key for tile in keeper.state.draft.tiles]
    keeper.wait(lambda: not keeper.state.drafting)
    for key in keys:  # as if it had been pressed a moment later
        keeper.controller.remove_photo(key)
    keeper.settle()
    keeper.controller.settle()
    keeper.settle()
    assert {person.name: person.photos for person in keeper.stored()} == {"Barack": 3, "Joe": 2}


def test_somebody_is_enrolled_by_keyboard_alone(keeper: Keeper, samples: Path) -> None:
    page = keeper.page
    assert page.invitation.isVisible()
    keeper.press(KEY.Key_N, CTRL)
    assert page.person.isVisible()
    keeper.type("Barack Obama ")
    page.person.form.name.insert("🙂")  # as an input method does
    keeper.press(KEY.Key_O, CTRL)
    dialog = page.window().findChild(QFileDialog)
    assert dialog is not None
    dialog.setDirectory(str(samples))
    line = dialog.findChild(QLineEdit, "fileNameEdit")
    assert line is not None
    line.setText('"obama1.jpg" "obama2.jpg"')
    keeper.qtbot.keyClick(line, KEY.Key_Return)
    keeper.wait(lambda: len(keeper.state.draft.tiles) == 2)
    keeper.settle()
    with keeper.qtbot.waitActive(page, timeout=PATIENCE):  # a window manager does so when a dialog closes
        page.activateWindow()
    assert page.person.form.name.hasFocus()
    keeper.press(KEY.Key_Tab)
    assert page.person.form.consent.hasFocus()
    keeper.type("Signed form")
    keeper.press(KEY.Key_Backtab)
    keeper.press(KEY.Key_Return)
    keeper.press(KEY.Key_Return)  # one enrolment all the same
    keeper.wait(lambda: not keeper.state.drafting)
    keeper.settle()
    assert not page.notice.isVisible()
    person = keeper.stored()[0]
    assert (person.name, person.consent, person.photos) == ("Barack Obama 🙂", "Signed form", 2)
    assert person.retain_until is None
    assert page.person.title.whole_text() == "Barack Obama 🙂"
    assert keeper.names() == ["Barack Obama 🙂"]


def test_every_photo_is_checked_and_refused_with_its_reason(keeper: Keeper, samples: Path, tmp_path: Path) -> None:
    with Image.open(samples / "obama2.jpg") as image:
        image.filter(ImageFilter.GaussianBlur(40)).save(tmp_path / "misty.jpg")
        Image.new("RGB", (300, 300), "white").save(tmp_path / "blank.png")
    (tmp_path / "notes.txt").write_text("no picture")
    keeper.drop(samples / "obama1.jpg", tmp_path / "misty.jpg", tmp_path / "blank.png")
    assert keeper.state.drafting
    assert [tile.name for tile in keeper.state.draft.tiles] == ["obama1.jpg"]
    misty, blank = keeper.page.person.refused.text().split("\n")
    assert misty.startswith("“misty.jpg” can’t be used to enrol: ")
    assert blank.startswith("No face was found in “blank.png”.")
    keeper.drop(tmp_path / "notes.txt")
    assert keeper.page.person.refused.text().startswith("“notes.txt” is not a picture")
    keeper.drop(samples / "obama1.jpg")
    assert keeper.page.person.refused.text() == "“obama1.jpg” is there already."
    keeper.drop(*[tmp_path / f"gone{n}.jpg" for n in range(30)])
    said = keeper.page.person.refused.text()
    assert "“gone1.jpg” was not found." in said
    assert said.endswith("\n28 more photos could not be used.")
    keeper.click(keeper.page.person.refused.close_button)
    assert not keeper.page.person.refused.isVisible()
    assert len(keeper.state.draft.tiles) == 1
    assert not keeper.page.person.enrol_button.isEnabled()  # a name is missing
    keeper.page.person.form.name.setText("  ")
    assert not keeper.page.person.enrol_button.isEnabled()


def test_a_photo_of_somebody_else_is_pointed_out_and_taken_out(
    keeper: Keeper, samples: Path, obamas: list[Path]
) -> None:
    keeper.drop(*obamas, samples / "biden.jpg")
    tiles = keeper.page.person.tiles
    assert [tile.odd for tile in keeper.state.draft.tiles] == [False, False, False, True]
    assert "“biden.jpg” does not look like the other photos." in keeper.page.person.odd.text()
    tiles.setFocus()
    tiles.setCurrentRow(3)
    keeper.press(KEY.Key_Delete)
    keeper.settle()
    assert [tile.name for tile in keeper.state.draft.tiles] == [path.name for path in obamas]
    assert not keeper.page.person.odd.isVisible()


def test_a_name_that_is_taken_or_too_long_leaves_the_draft(
    already: Callable[..., Person], open_page: Callable[[], Keeper], samples: Path
) -> None:
    already("Ann", "biden.jpg")
    keeper = open_page()
    keeper.press(KEY.Key_N, CTRL)
    keeper.drop(samples / "obama1.jpg")
    for name, sentence in (("ANN", "“ANN” is enrolled already."), ("x" * 500, "more than 100 characters")):
        keeper.page.person.form.name.setText(name)
        keeper.click(keeper.page.person.enrol_button)
        keeper.wait(lambda sentence=sentence: sentence in keeper.page.notice.text())  # type: ignore[misc]
        assert keeper.state.drafting
        assert len(keeper.state.draft.tiles) == 1
    assert len(keeper.stored()) == 1


def test_the_same_face_under_two_names_is_warned_of(
    already: Callable[..., Person], open_page: Callable[[], Keeper], samples: Path
) -> None:
    already("Barack", "obama1.jpg", "obama2.jpg")
    keeper = open_page()
    keeper.press(KEY.Key_N, CTRL)
    keeper.drop(samples / "biden.jpg")
    assert not keeper.page.person.alike.isVisible()
    keeper.page.person.tiles.setCurrentRow(0)
    keeper.click(keeper.page.person.remove_photo_button)
    keeper.settle()
    keeper.drop(samples / "obama3.jpg")
    assert keeper.page.person.alike.text() == "This face looks like “Barack”, who is enrolled already."
    keeper.press(KEY.Key_Escape)  # the draft is given up through the window; here the page is asked
    assert keeper.page.go_back()
    assert not keeper.state.drafting
    second = keeper.enrol("Somebody else", samples / "obama3.jpg")  # warned, not forbidden
    assert second.photos == 1
    assert "“Barack” is enrolled with a face that looks like this one." in keeper.page.person.alike.text()


def test_photos_of_a_draft_go_to_whom_they_look_like(
    already: Callable[..., Person], open_page: Callable[[], Keeper], samples: Path
) -> None:
    already("Barack", "obama1.jpg")
    keeper = open_page()
    keeper.press(KEY.Key_N, CTRL)
    keeper.type("Obama")
    keeper.drop(samples / "obama2.jpg", samples / "obama3.jpg")
    keeper.click(keeper.page.person.alike_button)
    keeper.wait(lambda: not keeper.state.drafting)
    keeper.settle()
    assert [(person.name, person.photos) for person in keeper.stored()] == [("Barack", 3)]
    assert keeper.page.person.form.name.text() == "Barack"
    keeper.press(KEY.Key_N, CTRL)
    assert keeper.page.person.form.name.text() == ""


def test_a_draft_waits_while_somebody_else_is_looked_at(
    already: Callable[..., Person], open_page: Callable[[], Keeper], samples: Path
) -> None:
    already("Joe", "biden.jpg")
    keeper = open_page()
    keeper.press(KEY.Key_N, CTRL)
    keeper.type("Barack")
    keeper.drop(samples / "obama1.jpg")
    keeper.page.list.view.setCurrentIndex(keeper.page.list.view.model().index(0, 0))
    keeper.settle()
    assert keeper.page.person.title.whole_text() == "Joe"
    assert keeper.page.person.form.name.text() == "Joe"
    keeper.press(KEY.Key_N, CTRL)
    assert keeper.page.person.form.name.text() == "Barack"
    assert [tile.name for tile in keeper.state.draft.tiles] == ["obama1.jpg"]


# The camera.


@pytest.fixture(scope="module")
def turning(engine: FaceEngine, samples: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of a man who looks into the camera, to his left and to his right."""

    def seen(name: str) -> np.ndarray:
        photo = load_photo(samples / name)
        found = engine.find_faces(photo)
        return portrait(photo.pixels, found.faces[found.prominent])

    front, right = seen("obama1.jpg"), seen("obama2.jpg")
    left = np.ascontiguousarray(right[:, ::-1])
    clip = [frame for picture in (front, left, right) for frame in still(picture, 120)]
    return write(tmp_path_factory.mktemp("video") / "turning.avi", clip)


def test_somebody_is_enrolled_before_the_camera(keeper: Keeper, turning: Path) -> None:
    keeper.press(KEY.Key_N, CTRL)
    keeper.type("Barack")
    keeper.controller.use_camera(turning)
    camera = keeper.page.camera
    assert camera.asked.text() == "Look straight into the camera"
    asked = set()

    def done() -> bool:
        asked.add(camera.asked.text())
        return camera.asked.text().startswith("Done")

    keeper.wait(done)
    assert "← Turn your head a little to your left" in asked
    assert "Turn your head a little to your right →" in asked
    assert camera.use_button.hasFocus()
    keeper.press(KEY.Key_Space)
    keeper.settle()
    assert keeper.page.person.isVisible()
    assert [tile.name for tile in keeper.state.draft.tiles] == [f"camera picture {n}" for n in (1, 2, 3)]
    assert not any(tile.odd for tile in keeper.state.draft.tiles)
    keeper.click(keeper.page.person.enrol_button)
    keeper.wait(lambda: not keeper.state.drafting)
    assert keeper.stored()[0].photos == 3


def test_the_camera_is_left_by_escape_and_when_the_page_is(keeper: Keeper, turning: Path) -> None:
    keeper.page.begin()
    keeper.controller.use_camera(turning)
    camera = keeper.page.camera
    keeper.wait(lambda: bool(camera.preview.accessibleDescription()))
    keeper.press(KEY.Key_Escape)
    assert keeper.page.person.isVisible()
    keeper.controller.use_camera(turning)
    keeper.page.hide()
    assert camera.cancel_button.isHidden() is False
    keeper.page.show()
    assert keeper.page.person.isVisible()  # and no thread is left, which every test is asked for


def test_a_source_that_is_not_there_is_said_and_the_page_goes_on(keeper: Keeper, tmp_path: Path) -> None:
    keeper.page.begin()
    keeper.controller.use_camera(tmp_path / "gone.mp4")
    camera = keeper.page.camera
    keeper.wait(lambda: "“gone.mp4” was not found." in camera.advice.text())
    assert not camera.use_button.isEnabled()
    keeper.click(camera.cancel_button)
    assert keeper.page.person.isVisible()


# Looking after people.


def test_people_are_searched_and_walked_through_by_keyboard(
    already: Callable[..., Person], open_page: Callable[[], Keeper]
) -> None:
    for name, photo in (("Ann", "obama1.jpg"), ("Bob", "biden.jpg"), ("Zoë", "obama2.jpg")):
        already(name, photo)
    keeper = open_page()
    assert keeper.names() == ["Ann", "Bob", "Zoë"]
    assert keeper.page.person.title.whole_text() == "Ann"
    keeper.press(KEY.Key_F, CTRL)
    keeper.type("zO")
    assert keeper.names() == ["Zoë"]
    keeper.press(KEY.Key_Return)
    keeper.settle()
    assert keeper.page.person.title.whole_text() == "Zoë"
    assert keeper.page.list.view.hasFocus()
    keeper.press(KEY.Key_F, CTRL)
    keeper.type("nobody")
    assert keeper.page.list.nobody.text() == "Nobody here is called “nobody”."
    assert keeper.page.go_back()
    assert len(keeper.names()) == 3
    keeper.page.list.view.setFocus()
    keeper.press(KEY.Key_Home)
    keeper.settle()
    assert keeper.page.person.title.whole_text() == "Ann"


def test_name_note_and_retention_are_changed_in_place(
    already: Callable[..., Person], open_page: Callable[[], Keeper]
) -> None:
    already("Barak", "obama1.jpg")
    already("Joe", "biden.jpg")
    keeper = open_page()
    form = keeper.page.person.form
    form.name.setFocus()
    form.name.selectAll()
    keeper.type("Barack")
    keeper.press(KEY.Key_Return)
    keeper.wait(lambda: [person.name for person in keeper.stored()] == ["Barack", "Joe"])
    form.consent.setFocus()
    keeper.type("Told on Monday")
    keeper.press(KEY.Key_Tab)
    assert form.limited.hasFocus()
    keeper.press(KEY.Key_Space)
    keeper.wait(lambda: keeper.stored()[0].retain_until is not None)
    keeper.settle()
    person = keeper.stored()[0]
    assert person.consent == "Told on Monday"
    assert person.retain_until == TODAY + timedelta(days=365)
    form.name.setFocus()
    form.name.selectAll()
    keeper.type("joe")
    keeper.press(KEY.Key_Return)
    keeper.wait(lambda: "“joe” is enrolled already." in keeper.page.notice.text())
    assert form.name.text() == "joe"  # to be corrected
    keeper.page.list.search.setFocus()
    keeper.settle()
    assert form.name.text() == "Barack"
    form.consent.setPlainText("x" * 2001)
    form.consent.setFocus()
    keeper.press(KEY.Key_Tab)
    keeper.wait(lambda: "more than 2000 characters" in keeper.page.notice.text())
    keeper.settle()
    assert len(form.consent.toPlainText()) == 2001  # so much work is not thrown away
    assert keeper.stored()[0].consent == "Told on Monday"


def test_what_is_typed_is_kept_when_the_window_closes(
    already: Callable[..., Person], open_page: Callable[[], Keeper]
) -> None:
    already("Barack", "obama1.jpg")
    keeper = open_page()
    keeper.page.person.form.consent.setFocus()
    keeper.type("Yes")
    keeper = open_page()
    assert keeper.stored()[0].consent == "Yes"
    keeper.page.person.form.name.setFocus()
    keeper.press(KEY.Key_End)
    keeper.type(" H.")
    keeper.press(KEY.Key_N, CTRL)  # the keyboard stays in the field, which now belongs to somebody new
    assert keeper.page.person.form.name.text() == ""
    keeper.wait(lambda: keeper.stored()[0].name == "Barack H.")


def test_a_person_is_removed_and_brought_back(already: Callable[..., Person], open_page: Callable[[], Keeper]) -> None:
    already("Barack", "obama1.jpg", "obama2.jpg")
    already("Joe", "biden.jpg")
    keeper = open_page()
    keeper.page.list.view.setFocus()
    keeper.press(KEY.Key_Delete)
    keeper.settle()
    assert keeper.names() == ["Joe"]
    assert "“Barack” is removed" in keeper.page.undo_bar.words.text()
    keeper.press(KEY.Key_Z, CTRL)
    keeper.settle()
    assert keeper.names() == ["Barack", "Joe"]
    assert keeper.page.person.title.whole_text() == "Barack"
    assert len(keeper.stored()) == 2
    keeper.click(keeper.page.person.remove_button)
    keeper.page.hide()  # another page is shown
    keeper.wait(lambda: [person.name for person in keeper.stored()] == ["Joe"])
    keeper.page.show()
    keeper.settle()
    assert keeper.names() == ["Joe"]
    assert not keeper.page.undo_bar.isVisible()


def test_a_removal_is_carried_out_after_a_while_and_by_the_next_one(
    already: Callable[..., Person], open_page: Callable[[], Keeper], monkeypatch: pytest.MonkeyPatch
) -> None:
    already("Barack", "obama1.jpg", "obama2.jpg")
    already("Joe", "biden.jpg")
    already("Third", "obama3.jpg")
    keeper = open_page()
    for _ in range(2):
        keeper.click(keeper.page.person.remove_button)
        keeper.settle()
    assert [person.name for person in keeper.stored()] == ["Joe", "Third"]  # the second can still come back
    keeper.press(KEY.Key_Z, CTRL)
    keeper.settle()
    assert keeper.names() == ["Joe", "Third"]
    monkeypatch.setattr(controlling, "GRACE", 50)
    keeper = open_page()
    keeper.click(keeper.page.person.remove_button)
    keeper.wait(lambda: [person.name for person in keeper.stored()] == ["Third"])


def test_a_photo_is_added_removed_and_brought_back_but_never_the_last(
    already: Callable[..., Person], open_page: Callable[[], Keeper], samples: Path
) -> None:
    already("Barack", "obama1.jpg")
    keeper = open_page()
    tiles = keeper.page.person.tiles
    tiles.setFocus()
    tiles.setCurrentRow(0)
    keeper.press(KEY.Key_Delete)
    assert "the last photo of “Barack”" in keeper.page.notice.text()
    QGuiApplication.clipboard().setMimeData(files(samples / "obama2.jpg", samples / "biden.jpg"))
    keeper.press(KEY.Key_V, CTRL)
    keeper.settle()
    assert keeper.stored()[0].photos == 3
    assert keeper.state.opened is not None
    assert [tile.odd for tile in keeper.state.opened.tiles] == [False, False, True]
    tiles.setCurrentRow(2)
    keeper.click(keeper.page.person.remove_photo_button)
    keeper.settle()
    assert len(keeper.state.opened.tiles) == 2
    assert keeper.page.person.about.text().startswith("2 photos")
    assert keeper.stored()[0].photos == 3
    keeper.click(keeper.page.undo_bar.button)
    keeper.settle()
    assert len(keeper.state.opened.tiles) == 3
    keeper.click(keeper.page.person.remove_photo_button)
    keeper.page.controller.settle()
    keeper.settle()
    assert keeper.stored()[0].photos == 2


def test_a_web_address_is_not_followed(keeper: Keeper) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/face.jpg")])
    keeper.page.drop(mime, QPoint())
    assert "never uses the network" in keeper.page.notice.text()


def test_the_retention_date_removes_a_person_and_says_so(
    already: Callable[..., Person], open_page: Callable[[], Keeper]
) -> None:
    already("Gone", "obama1.jpg", until=TODAY)
    already("Stays", "biden.jpg", until=TODAY)
    with sqlite3.connect(data_folder() / FILE_NAME) as db:
        db.execute("UPDATE person SET retain_until = ? WHERE name = 'Gone'", ((TODAY - timedelta(1)).isoformat(),))
    db.close()
    keeper = open_page()
    assert keeper.names() == ["Stays"]
    assert "retention date has passed: “Gone”." in keeper.page.expired.text()


def test_verify_and_who_lead_to_the_live_page(already: Callable[..., Person], open_page: Callable[[], Keeper]) -> None:
    person = already("Barack", "obama1.jpg")
    keeper = open_page()
    with keeper.qtbot.waitSignal(keeper.page.verify_wanted) as verified:
        keeper.click(keeper.page.person.verify_button)
    assert verified.args == [person.id]
    with keeper.qtbot.waitSignal(keeper.page.who_wanted):
        keeper.press(KEY.Key_I, CTRL)


# Another model.


def test_after_the_model_changed_everybody_is_read_anew(
    already: Callable[..., Person], open_page: Callable[[], Keeper], engine: FaceEngine
) -> None:
    new = engine.info.encoder
    people = [
        already("Barack", "obama1.jpg", "obama2.jpg", "obama3.jpg", encoder=OLD),
        already("Joe", "biden.jpg", encoder=OLD),
        already("Both", "obama1.jpg", "biden.jpg", encoder=OLD),
    ]
    with PeopleStore.open() as stored:  # one was read before the program was ended
        photo = stored.photos(people[0].id)[0].id
        stored.put_vectors(new, {photo: engine.embed(stored.crop(photo))[0].vector})
        assert stored.gallery(new).people == ()
    shares: list[Share | None] = []
    keeper = open_page()
    keeper.controller.changed.connect(lambda: shares.append(keeper.state.embedding))
    keeper.controller.refresh()
    keeper.wait(lambda: not PeopleStore.open().missing(new))
    keeper.settle()
    with PeopleStore.open() as stored:
        assert len(stored.gallery(new).people) == 3
        assert stored.gallery(OLD).people == ()  # old and new never mix
        vector = engine.embed(stored.crop(photo))[0].vector
        nearest = stored.gallery(new).nearest(vector)
        assert stored.gallery(new).names[nearest.row] == "Barack"


def test_a_damaged_file_is_said_and_nothing_else_happens(open_page: Callable[[], Keeper]) -> None:
    data_folder().mkdir(parents=True, exist_ok=True)
    (data_folder() / FILE_NAME).write_bytes(b"this is no database" * 100)
    keeper = open_page()
    assert "is damaged" in keeper.page.trouble.text()
    assert not keeper.page.invite_button.isEnabled()


def test_every_control_has_a_name_for_those_who_cannot_see_it(
    already: Callable[..., Person], open_page: Callable[[], Keeper]
) -> None:
    already("Barack", "obama1.jpg")
    keeper = open_page()
    unnamed = [
        widget
        for widget in keeper.page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert unnamed == []


# The window.


def test_the_window_looks_after_people_though_nobody_looks_at_the_page(
    already: Callable[..., Person], open_desk: Callable[..., Desk], engine: FaceEngine
) -> None:
    already("Read by another model", "obama1.jpg", encoder=OLD)
    already("Gone", "biden.jpg", until=TODAY)
    with sqlite3.connect(data_folder() / FILE_NAME) as db:
        db.execute("UPDATE person SET retain_until = ? WHERE name = 'Gone'", ((TODAY - timedelta(1)).isoformat(),))
    db.close()
    desk = open_desk()
    with PeopleStore.open() as people:
        desk.qtbot.waitUntil(lambda: len(people.list()) == 1, timeout=PATIENCE)
        desk.qtbot.waitUntil(lambda: len(people.gallery(engine.info.encoder)) == 1, timeout=PATIENCE)
    desk.press(KEY.Key_3, CTRL)
    assert desk.window.page == "people"
    desk.qtbot.waitUntil(desk.people.person.isVisible, timeout=PATIENCE)
    assert "“Gone”" in desk.people.expired.text()


def test_before_anybody_is_enrolled_the_window_makes_no_file(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    desk.settled()
    desk.window.close()
    assert not (data_folder() / FILE_NAME).exists()


def test_a_drop_on_the_window_and_escape_belong_to_the_page(
    already: Callable[..., Person], open_desk: Callable[..., Desk], samples: Path
) -> None:
    already("Joe", "biden.jpg")
    desk = open_desk()
    desk.press(KEY.Key_3, CTRL)

    def state() -> PeopleState:
        return desk.window.controllers.people.state

    desk.qtbot.waitUntil(lambda: state().opened is not None and state().engine, timeout=PATIENCE)
    desk.press(KEY.Key_N, CTRL)
    desk.drop_files(samples / "obama1.jpg")
    desk.qtbot.waitUntil(lambda: len(state().draft.tiles) == 1, timeout=PATIENCE)
    assert desk.names() == (None, None)
    desk.press(KEY.Key_Escape)
    assert desk.window.page == "people"
    assert not state().drafting
    desk.press(KEY.Key_Escape)
    assert desk.window.page == "compare"
