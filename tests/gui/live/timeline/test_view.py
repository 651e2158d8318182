"""Who is in a video, in the real window: by mouse and by keys, with the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from siamgui.core.types import Outcome
from siamgui.gui.live.timeline.controller import TimelineController
from siamgui.gui.live.timeline.face_list import FaceList, bar_of
from siamgui.gui.live.timeline.view import TimelineView
from tests.builders.live_page import CTRL, Live


class Watching:
    """A person who looks who is in a video."""

    def __init__(self, live: Live, clip: Path) -> None:
        self.live = live
        live.user.drop_files(clip)
        live.until(lambda: live.controller.state.engine)
        live.user.press(Qt.Key.Key_T, CTRL)

    @property
    def controller(self) -> TimelineController:
        return self.live.window.controllers.timeline

    @property
    def view(self) -> TimelineView:
        return self.live.page.timeline

    @property
    def faces(self) -> FaceList:
        return self.view.faces

    def outcomes(self) -> list[Outcome | None]:
        timeline = self.controller.state.timeline
        faces = timeline.faces if timeline is not None else ()
        return [face.likeness.outcome if face.likeness is not None else None for face in faces]

    def wait(self, reference: str) -> None:
        self.live.until(lambda: self.controller.state.timeline is not None)
        self.live.until(lambda: getattr(self.controller.state.timeline, "reference", None) == reference)
        self.live.until(lambda: self.controller.state.picture is not None)


@pytest.fixture
def two(live: Live, clips: dict[str, Path], samples: Path) -> Watching:
    """Barack for 3 s, then Joe for 1.6 s; the reference is Barack."""
    live.compare_with(samples / "obama1.jpg")
    watching = Watching(live, clips["exchanged"])
    watching.wait("obama1.jpg")
    return watching


def test_each_face_is_a_row_with_its_likeness_and_a_key_shows_its_picture(two: Watching) -> None:
    faces, live = two.faces, two.live
    assert two.outcomes() == [Outcome.SAME, Outcome.DIFFERENT]
    assert "2 faces in 0:00:04" in two.view.head.text()
    assert faces.hasFocus()
    assert "Supports: same person" in faces.faces.index(0).data()
    assert two.view.card.headline.text() == "Supports: same person"
    assert two.view.card.isVisible()
    assert not live.page.card.isVisible()
    live.user.press(Qt.Key.Key_Down)
    timeline = two.controller.state.timeline
    assert timeline is not None
    live.until(lambda: two.controller.state.at == timeline.faces[1].best.at)
    assert two.view.card.headline.text() == "Supports: different people"
    first = two.controller.state.picture
    live.user.press(Qt.Key.Key_Left)
    live.until(lambda: two.controller.state.picture is not first)
    assert two.controller.state.at == timeline.faces[1].stretches[0].first
    live.user.press(Qt.Key.Key_C, CTRL)
    assert "2 faces in 0:00:04, compared with “obama1.jpg”" in QApplication.clipboard().text()
    live.user.press(Qt.Key.Key_Escape)
    assert live.page.preview.isVisible()
    live.user.press(Qt.Key.Key_T, CTRL)  # what was seen is not looked for again
    assert not two.controller.state.running
    assert two.outcomes() == [Outcome.SAME, Outcome.DIFFERENT]


def test_a_click_into_the_bars_goes_to_that_moment(two: Watching) -> None:
    bar = bar_of(two.faces.visualRect(two.faces.faces.index(0)))
    middle = QPoint(round(bar.center().x()), round(bar.center().y()))
    two.live.qtbot.mouseClick(two.faces.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    timeline = two.controller.state.timeline
    assert timeline is not None
    assert two.controller.state.at == pytest.approx(timeline.read_to / 2, abs=0.02)
    two.live.until(lambda: two.view.preview.accessibleDescription() == "exchanged.avi at 0:00:02")


def test_another_reference_weighs_anew_and_another_language_keeps_it(two: Watching, samples: Path) -> None:
    seen = two.controller.state.pictures
    two.live.user.drop_files(samples / "biden.jpg")
    two.wait("biden.jpg")
    assert two.outcomes() == [Outcome.DIFFERENT, Outcome.SAME]
    assert two.controller.state.pictures is seen
    two.live.user.press(Qt.Key.Key_Down)
    two.live.user.speak("zh_CN")
    assert two.view.isVisible()
    assert two.faces.currentIndex().row() == 1
    assert two.view.card.headline.text() == "支持为同一人"
    two.live.page.reference.photo.clear_button.click()
    two.wait("")
    assert two.outcomes() == [None, None]


def test_the_table_is_saved(two: Watching, tmp_path: Path) -> None:
    two.controller.save(tmp_path / "who.csv")
    two.live.until(lambda: "who.csv" in two.view.notes.text())
    assert (tmp_path / "who.csv").read_text("utf-8-sig").count("exchanged.avi") == 2
    two.controller.save(tmp_path / "no" / "who.csv")
    two.live.until(lambda: "can’t be written" in two.view.error.text())


def test_stopped_early_what_was_seen_is_the_answer(live: Live, clips: dict[str, Path]) -> None:
    watching = Watching(live, clips["long"])
    live.until(lambda: watching.controller.state.watching is not None)
    assert watching.view.progress.isVisible()
    watching.view.halt_button.click()
    watching.wait("")
    assert watching.outcomes() == [None]
    assert "Looked at up to" in watching.view.notes.text()
    assert "Choose a photo" in watching.view.notes.text()
    live.user.press(Qt.Key.Key_Space)  # from the beginning
    assert watching.controller.state.running
    live.user.press(Qt.Key.Key_Escape)
    assert not watching.controller.state.running
    assert live.page.preview.isVisible()


def test_what_is_no_video_says_so(live: Live, tmp_path: Path) -> None:
    (tmp_path / "no.mp4").write_bytes(b"not a film")
    watching = Watching(live, tmp_path / "no.mp4")
    live.until(watching.view.error.isVisible)
    assert "is damaged, or not a video" in watching.view.error.text()
    assert not watching.controller.state.running
