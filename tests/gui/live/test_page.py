"""The live page in the real window, before video files made from real photographs, with the real engine."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from siamgui.core.imaging import load_photo
from siamgui.core.paths import data_folder
from siamgui.core.pipeline import FaceEngine
from siamgui.core.source import Stream
from siamgui.core.types import Face, Outcome, Pixels, Side
from siamgui.gui.live.controller import LiveController
from siamgui.gui.live.page import LivePage
from siamgui.gui.live.preview import LivePreview
from siamgui.gui.live.state import Phase, ReferenceKind
from siamgui.live.types import Frame, LiveState, LiveVerdict, PresenceState, Prompt, Reason, Seen
from siamgui.storage.database import FILE_NAME
from siamgui.storage.note_operations import KeepNote
from siamgui.storage.people_store import PeopleStore
from siamgui.storage.verification_log import Entry, VerificationLog
from tests.builders.videos import beside, portrait, view, write
from tests.builders.window import PATIENCE, Desk, files

CTRL = Qt.KeyboardModifier.ControlModifier
SIZE = (480, 360)


def sitting(photo: Pixels, frames: int) -> list[Pixels]:
    """Somebody who does not quite sit still."""
    turns = np.arange(frames)
    return [view(photo, 0.5 + 0.03 * np.sin(n / 9), 0.5 + 0.02 * np.cos(n / 7), 0.9, SIZE) for n in turns]


@pytest.fixture(scope="module")
def faces(engine: FaceEngine, samples: Path) -> dict[str, Pixels]:
    """Head and shoulders of the bundled photographs."""
    found = {}
    for name in ("obama2", "biden"):
        photo = load_photo(samples / f"{name}.jpg")
        detection = engine.find_faces(photo)
        found[name] = portrait(photo.pixels, detection.faces[detection.prominent])
    return found


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory, faces: dict[str, Pixels]) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("clips")
    obama, biden = sitting(faces["obama2"], 125), sitting(faces["biden"], 125)
    return {
        name: write(folder / f"{name}.avi", clip)
        for name, clip in (
            ("obama", obama),
            ("biden", biden),
            ("exchanged", [*obama[:75], *biden[:75]]),
            ("both", [frame[:, 120:840] for frame in beside(obama, biden)]),
            ("short", obama[:4]),
            ("long", obama * 6),  # a stream is read as fast as it can be
        )
    }


def filming() -> int:
    return sum(thread.name == "camera" for thread in threading.enumerate())


class Live:
    """A person at the live page."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.qtbot: QtBot = desk.qtbot
        self.window = desk.window
        desk.press(Qt.Key.Key_2, CTRL)
        self.page: LivePage = desk.live
        self.controller: LiveController = desk.window.controllers.live

    def until(self, what: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(what, timeout=PATIENCE)

    def compare_with(self, photo: Path) -> None:
        self.desk.drop_files(photo)
        self.until(lambda: self.controller.state.can_start)

    def verdict(self) -> LiveVerdict:
        """Wait for it."""
        self.until(lambda: self.controller.state.verdict is not None)
        verdict = self.controller.state.verdict
        assert verdict is not None
        return verdict

    def look_at(self, clip: Path) -> None:
        """Drop a video on the page, and press the space bar."""
        self.desk.drop_files(clip)
        assert self.controller.state.source == clip
        self.page.preview.setFocus()
        self.until(self.page.preview.hasFocus)
        self.desk.press(Qt.Key.Key_Space)

    def logged(self) -> list[tuple[str, Outcome]]:
        """What the log holds, newest first, once everything that was asked for is written."""
        with self.qtbot.waitSignal(
            self.window.controllers.store.ask(KeepNote("test", None)).finished, timeout=PATIENCE
        ):
            pass
        return [(entry.reference, entry.outcome) for entry in self.entries()]

    def entries(self) -> tuple[Entry, ...]:
        with VerificationLog.open() as log:
            return log.entries()


@pytest.fixture
def live(desk: Desk) -> Live:
    return Live(desk)


@pytest.fixture
def enrolled(engine: FaceEngine, samples: Path) -> None:
    """Two people, one of them with two photographs."""
    with PeopleStore.open() as people:
        for name, photos in (("Barack Obama", ("obama1", "obama3")), ("Joe Biden", ("biden",))):
            read = []
            for photo in (load_photo(samples / f"{photo}.jpg") for photo in photos):
                read.append((photo, engine.read_photo(photo).reading))
            people.enrol(name, "", None, read)


# A photograph as the reference.


def test_a_photo_and_the_face_before_the_camera(live: Live, clips: dict[str, Path], samples: Path) -> None:
    page, card = live.page, live.page.card
    assert live.window.page == "live"
    assert not page.source.start_button.isEnabled()
    live.desk.press(Qt.Key.Key_Space)
    assert live.controller.state.phase is Phase.OFF
    live.compare_with(samples / "obama1.jpg")
    assert page.source.start_button.isEnabled()
    live.look_at(clips["obama"])
    live.until(lambda: card.ring.share > 0)
    verdict = live.verdict()
    assert verdict.outcome is Outcome.SAME
    assert card.headline.text() == "Supports: same person"
    assert "pairs of different people look this alike" in card.rarity.text()
    assert card.ring.share == 1
    assert [picture.isVisible() for picture in card.pictures] == [n <= len(verdict.best) for n in range(4)]
    assert len(verdict.best) >= 1
    assert page.preview.faces == 1
    assert live.logged() == [("obama1.jpg", Outcome.SAME)]
    # The answer stays when the camera is let go.
    live.desk.press(Qt.Key.Key_Escape)
    live.until(lambda: filming() == 0)
    assert card.headline.text() == "Supports: same person"
    assert page.preview.accessibleDescription() == "Press Space to play the video again."
    live.desk.press(Qt.Key.Key_D, CTRL)
    assert card.details.isVisible()
    live.desk.press(Qt.Key.Key_C, CTRL)
    assert "Reference: “obama1.jpg”\nSupports: same person" in QApplication.clipboard().text()
    # The next one begins with nothing of the last.
    live.look_at(clips["biden"])
    assert card.headline.text() != "Supports: same person"
    assert live.verdict().outcome is Outcome.DIFFERENT
    assert card.headline.text() == "Supports: different people"
    assert verdict.presence is None  # never of a file
    assert live.logged()[0] == ("obama1.jpg", Outcome.DIFFERENT)


def test_a_face_that_is_exchanged_under_the_verdict(live: Live, clips: dict[str, Path], samples: Path) -> None:
    live.compare_with(samples / "obama1.jpg")
    live.look_at(clips["exchanged"])
    assert live.verdict().outcome is Outcome.SAME
    live.until(lambda: live.verdict().reason is Reason.CHANGED)
    assert live.page.card.headline.text() == "Inconclusive"
    assert "Another face took the place of the first one" in live.page.card.reason.text()
    assert [outcome for _, outcome in live.logged()] == [Outcome.INCONCLUSIVE, Outcome.SAME]


def test_of_several_faces_a_number_picks_one(live: Live, clips: dict[str, Path], samples: Path) -> None:
    live.compare_with(samples / "obama1.jpg")
    live.look_at(clips["both"])
    live.until(lambda: live.page.preview.faces == 2)
    live.desk.press(Qt.Key.Key_1)  # the left one; a file is not mirrored
    assert live.verdict().outcome is Outcome.SAME
    live.desk.press(Qt.Key.Key_Space)
    live.until(lambda: live.page.preview.faces == 2)
    live.desk.press(Qt.Key.Key_2)
    assert live.verdict().outcome is Outcome.DIFFERENT


def test_a_click_picks_a_face_of_the_mirrored_picture(qtbot: QtBot) -> None:
    preview = LivePreview()
    qtbot.addWidget(preview)
    preview.resize(646, 486)  # the picture is shown as it is, within a margin of 3
    preview.show()
    pixels = np.zeros((480, 640, 3), np.uint8)
    marks = np.zeros((5, 2), np.float32)
    marks[1] = (1, 0)
    faces = tuple(Face(np.array([x, 100, x + 80, 200], np.float32), marks, 0.9) for x in (40, 500))  # in reading order
    seen = Seen(Frame(pixels, 0.0), faces, 0, None, 1, False)
    preview.show_picture(QImage(640, 480, QImage.Format.Format_RGB32))
    preview.show_seen(LiveState(seen, 0.0, Outcome.INCONCLUSIVE, None, None, None))
    with qtbot.waitSignal(preview.face_picked) as picked:
        qtbot.mouseClick(preview, Qt.MouseButton.LeftButton, pos=QPoint(3 + 640 - 540, 3 + 150))
    assert picked.args == [540.0, 150.0]
    with qtbot.waitSignal(preview.face_picked) as picked:
        preview.pick(1)  # the leftmost as it is shown
    assert picked.args == [540.0, 150.0]
    with qtbot.assertNotEmitted(preview.face_picked):
        qtbot.mouseClick(preview, Qt.MouseButton.LeftButton, pos=QPoint(320, 400))
        preview.pick(3)
    # What the presence check asks for is also told to a screen reader, and drawn.
    plain = preview.grab().toImage()
    asked = PresenceState(Prompt.LEFT, 0, 3, 0.5, 4.0)
    preview.show_seen(LiveState(seen, 0.0, Outcome.INCONCLUSIVE, None, asked, None), time.monotonic())
    assert preview.accessibleDescription() == "Turn your head to your left"
    assert preview.grab().toImage() != plain


# Ends that are no decision.


def test_a_video_that_ends_too_soon(live: Live, clips: dict[str, Path], samples: Path) -> None:
    live.compare_with(samples / "obama1.jpg")
    live.look_at(clips["short"])
    verdict = live.verdict()
    assert (verdict.outcome, verdict.reason) == (Outcome.INCONCLUSIVE, Reason.ENDED)
    assert "The pictures ended" in live.page.card.reason.text()
    assert live.controller.state.phase is Phase.OFF


def test_the_space_bar_stops_and_leaving_the_page_forgets(live: Live, clips: dict[str, Path], samples: Path) -> None:
    live.compare_with(samples / "biden.jpg")
    live.look_at(clips["obama"])
    live.until(lambda: live.page.card.ring.share > 0)
    live.desk.press(Qt.Key.Key_Space)
    assert live.verdict().reason is Reason.STOPPED
    live.until(lambda: filming() == 0)
    live.desk.press(Qt.Key.Key_Space)
    live.until(lambda: live.controller.state.phase is Phase.LIVE)
    live.desk.drop_files(samples / "obama3.jpg")  # another reference, another question
    live.until(lambda: live.controller.state.phase is Phase.OFF)
    assert not live.controller.state.running
    live.until(lambda: live.controller.state.can_start)
    live.desk.press(Qt.Key.Key_Space)
    live.until(lambda: live.controller.state.phase is Phase.LIVE)
    live.desk.press(Qt.Key.Key_1, CTRL)
    assert live.window.page == "compare"
    assert live.controller.state.phase is Phase.OFF
    assert live.controller.state.verdict is None
    live.until(lambda: filming() == 0)


def test_what_is_no_video_is_said_and_a_source_that_is_not_there_yet_is_waited_for(
    live: Live, clips: dict[str, Path], samples: Path, tmp_path: Path
) -> None:
    live.compare_with(samples / "obama1.jpg")
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video at all")
    live.look_at(broken)
    live.until(live.page.error.isVisible)
    assert "“broken.mp4” is damaged, or not a video" in live.page.error.text()
    assert live.controller.state.phase is Phase.OFF
    late = tmp_path / "late.avi"
    live.look_at(late)
    assert not live.page.error.isVisible()
    live.until(lambda: live.controller.state.phase is Phase.LOST)
    assert "“late.avi” was not found" in live.page.preview.accessibleDescription()
    live.desk.press(Qt.Key.Key_Space)  # nothing was seen, so nothing is said
    live.until(lambda: not live.controller.state.running)
    assert live.controller.state.verdict is None
    live.desk.press(Qt.Key.Key_Space)
    live.until(lambda: live.controller.state.phase is Phase.LOST)
    late.hardlink_to(clips["obama"])  # there at once, and whole
    assert live.verdict().outcome is Outcome.SAME


def test_an_address_of_another_machine_is_refused(live: Live) -> None:
    row = live.page.source
    row.stream_action.trigger()
    assert row.address.hasFocus()
    live.qtbot.keyClicks(row.address, "rtsp://example.org/camera")
    live.desk.press(Qt.Key.Key_Return)
    assert "siamgui never uses the network" in live.page.error.text()
    assert live.controller.state.source is None
    row.address.clear()
    live.qtbot.keyClicks(row.address, "udp://127.0.0.1:9")
    live.desk.press(Qt.Key.Key_Return)
    assert live.controller.state.source == Stream("udp://127.0.0.1:9")
    assert not live.page.error.isVisible()
    assert row.presence.isEnabled()  # as before a camera
    assert not row.sizes.isVisible()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which this machine serves the files of a folder."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_stream_is_a_camera_with_a_presence_check(live: Live, clips: dict[str, Path], samples: Path) -> None:
    live.compare_with(samples / "obama1.jpg")
    row, preview = live.page.source, live.page.preview
    with served(clips["long"].parent) as address:
        live.desk.press(Qt.Key.Key_L, CTRL)
        live.qtbot.keyClicks(row.address, f"{address}/long.avi")
        live.desk.press(Qt.Key.Key_Return)
        assert row.presence.isChecked()
        preview.setFocus()
        live.until(preview.hasFocus)
        live.desk.press(Qt.Key.Key_Space)
        live.until(lambda: preview.accessibleDescription() == "Look straight into the camera")
        live.until(lambda: live.page.card.note.text() == "Do what the picture asks for")
        assert not row.presence.isEnabled()
        live.until(lambda: live.page.card.ring.share > 0)
        live.desk.press(Qt.Key.Key_Space)
        verdict = live.verdict()
        live.until(lambda: filming() == 0)
    assert (verdict.reason, verdict.presence) == (Reason.STOPPED, False)
    assert "The basic presence check was not finished." in live.page.card.presence.text()


# References other than a dropped photograph.


def test_a_photo_of_the_compare_page(live: Live, samples: Path) -> None:
    live.desk.press(Qt.Key.Key_1, CTRL)
    live.desk.drop_files(samples / "biden.jpg", at=Side.RIGHT)
    live.desk.settled()
    live.desk.press(Qt.Key.Key_2, CTRL)
    part = live.page.reference.photo
    assert part.compare_button.isEnabled()
    assert not part.sides[Side.LEFT].isEnabled()
    part.sides[Side.RIGHT].trigger()
    assert part.name.whole_text() == "biden.jpg"
    assert live.controller.state.can_start
    live.page.drag_over(files(samples / "obama1.jpg"), QPoint())
    assert live.page.reference.property("target") is True
    live.page.drag_end()
    live.desk.drop_files(samples / "README.md")
    live.until(part.error.isVisible)
    assert "README.md" in part.error.text()
    assert live.controller.state.can_start  # the photograph before stays


@pytest.mark.qt_log_ignore("This plugin does not support")  # of the list under what is typed: without a screen
@pytest.mark.usefixtures("enrolled")
def test_somebody_enrolled_and_everybody(live: Live, clips: dict[str, Path]) -> None:
    reference, card = live.page.reference, live.page.card
    live.until(lambda: live.controller.state.reference.people is not None)
    reference.kinds[ReferenceKind.PERSON].click()
    assert not live.controller.state.can_start
    reference.person.people.setFocus()
    live.qtbot.keyClicks(reference.person.people, "obama")
    live.desk.press(Qt.Key.Key_Return)
    live.until(lambda: live.controller.state.can_start)
    assert reference.person.people.currentText() == "Barack Obama"
    live.until(live.page.preview.hasFocus)
    live.look_at(clips["obama"])
    verdict = live.verdict()
    assert (verdict.outcome, verdict.name) == (Outcome.SAME, "Barack Obama")
    live.until(lambda: "Last verified" in reference.person.words.text())
    reference.kinds[ReferenceKind.WHO].click()
    assert "all 2 people" in reference.who.words.text()
    live.look_at(clips["biden"])
    assert live.verdict().outcome is Outcome.SAME
    assert card.headline.text() == "Supports: Joe Biden"
    live.until(card.pictures[0].isVisible)  # the face of the one who was recognised
    with PeopleStore.open() as people:
        people.remove(people.find("Joe Biden").id)
    live.look_at(clips["biden"])
    assert (live.verdict().outcome, live.verdict().reason) == (Outcome.DIFFERENT, Reason.NOBODY)
    assert card.headline.text() == "Nobody enrolled"
    assert live.logged()[0][1] is Outcome.DIFFERENT


@pytest.mark.usefixtures("enrolled")
def test_whose_retention_date_has_passed_is_nobody_to_choose(open_desk: Callable[..., Desk]) -> None:
    with sqlite3.connect(data_folder() / FILE_NAME) as db:
        db.execute("UPDATE person SET retain_until = '2020-01-01' WHERE name = 'Joe Biden'")
    db.close()
    live = Live(open_desk(start=False))
    live.until(live.page.error.isVisible)
    assert live.page.error.text() == "Removed, because the retention date has passed: “Joe Biden”."
    assert [one.name for one in live.controller.state.reference.people or ()] == ["Barack Obama"]


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.usefixtures("enrolled")
def test_who_is_removed_elsewhere_is_gone_at_once(live: Live, clips: dict[str, Path]) -> None:
    reference = live.controller.reference
    live.until(lambda: live.controller.state.reference.people is not None)
    joe = next(one for one in live.controller.state.reference.people or () if one.name == "Joe Biden")
    reference.choose_person(joe.id)
    live.until(lambda: live.controller.state.can_start and live.controller.state.reference.picture is not None)
    live.window.go("people")
    people = live.window.controllers.people
    live.until(lambda: people.state.people is not None)
    people.remove(joe)
    live.window.go("live")  # which settles it
    live.until(lambda: live.controller.state.reference.people is not None and not live.controller.state.can_start)
    assert [one.name for one in live.controller.state.reference.people or ()] == ["Barack Obama"]
    with PeopleStore.open() as stored:  # as the command line does
        stored.rename(stored.find("Barack Obama").id, "Barack")
    live.until(lambda: [one.name for one in live.controller.state.reference.people or ()] == ["Barack"])


def test_a_verdict_is_logged_under_the_model_that_gave_it(
    live: Live, samples: Path, clips: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    live.compare_with(samples / "obama1.jpg")
    seen: list[object] = []
    live.controller.looked.connect(seen.append)
    live.look_at(clips["obama"])
    live.until(lambda: len(seen) > 5)  # the first few are held back
    ready = live.window.controllers.inference.current
    assert ready is not None
    live.controller.stop()  # its verdict is on the way
    another = replace(ready, info=replace(ready.info, encoder_name="another"))
    monkeypatch.setattr(live.window.controllers.inference, "current", another)
    live.verdict()
    assert live.logged()
    assert live.entries()[0].encoder_name == ready.info.encoder_name


def test_nobody_enrolled_leads_to_the_people(live: Live) -> None:
    live.page.reference.kinds[ReferenceKind.WHO].click()
    empty = live.page.reference.who.empty
    live.until(lambda: "Nobody is enrolled yet" in empty.words.text())
    assert not live.controller.state.can_start
    empty.button.click()
    assert live.window.page == "people"
