"""One verification after the other: exchanged faces, ends that are no decision, sources that are not there, the log."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from siamgui.core.types import Outcome, Pixels
from siamgui.gui.live.state import Phase
from siamgui.live.types import Reason
from tests.builders.live_page import Live, filming, sitting
from tests.builders.videos import write

CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_face_that_is_exchanged_under_the_verdict(live: Live, clips: dict[str, Path], samples: Path) -> None:
    live.compare_with(samples / "obama1.jpg")
    live.look_at(clips["exchanged"])
    assert live.verdict().outcome is Outcome.SAME
    live.until(lambda: live.verdict().reason is Reason.CHANGED)
    assert live.page.card.headline.text() == "Inconclusive"
    assert "Another face took the place of the first one" in live.page.card.reason.text()
    live.until(lambda: live.verdict().whole)  # it is watched to its end, and logged no more than before
    assert live.controller.state.phase is Phase.OFF
    assert [outcome for _, outcome in live.logged()] == [Outcome.INCONCLUSIVE, Outcome.SAME]


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_film_that_still_plays_begins_anew(live: Live, clips: dict[str, Path], samples: Path) -> None:
    live.controller.reference.load(samples / "obama1.jpg")
    live.controller.set_source(clips["long"])
    live.until(lambda: live.controller.state.can_start)
    live.controller.start()
    assert live.verdict().outcome is Outcome.SAME
    assert live.controller.state.phase is Phase.LIVE
    live.controller.start()
    assert live.controller.state.phase is Phase.OPENING
    assert live.verdict().outcome is Outcome.SAME


def test_a_video_that_ends_too_soon(live: Live, clips: dict[str, Path], samples: Path) -> None:
    live.compare_with(samples / "obama1.jpg")
    live.look_at(clips["short"])
    verdict = live.verdict()
    assert (verdict.outcome, verdict.reason) == (Outcome.INCONCLUSIVE, Reason.ENDED)
    assert "The pictures ended" in live.page.card.reason.text()
    assert live.controller.state.phase is Phase.OFF


def test_a_video_whose_face_is_no_use_for_long_is_watched_on(
    live: Live, faces: dict[str, Pixels], samples: Path, tmp_path: Path
) -> None:
    obama = sitting(faces["obama2"], 30)
    dark = [frame // 40 for frame in obama]
    film = write(tmp_path / "late.avi", [*dark[:23], *obama[:20]], fps=2)  # 11 seconds, and 10
    live.compare_with(samples / "obama1.jpg")
    live.look_at(film)
    assert live.verdict().outcome is Outcome.SAME


def test_the_space_bar_stops_and_leaving_the_page_forgets(live: Live, clips: dict[str, Path], samples: Path) -> None:
    live.compare_with(samples / "biden.jpg")
    live.look_at(clips["obama"])
    live.until(lambda: live.page.card.ring.share > 0)
    live.user.press(Qt.Key.Key_Space)
    assert live.verdict().reason is Reason.STOPPED
    live.until(lambda: filming() == 0)
    live.user.press(Qt.Key.Key_Space)
    live.until(lambda: live.controller.state.phase is Phase.LIVE)
    live.user.drop_files(samples / "obama3.jpg")  # another reference, another question
    live.until(lambda: live.controller.state.phase is Phase.OFF)
    assert not live.controller.state.running
    live.until(lambda: live.controller.state.can_start)
    live.user.press(Qt.Key.Key_Space)
    live.until(lambda: live.controller.state.phase is Phase.LIVE)
    live.user.press(Qt.Key.Key_1, CTRL)
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
    live.user.press(Qt.Key.Key_Space)  # nothing was seen, so nothing is said
    live.until(lambda: not live.controller.state.running)
    assert live.controller.state.verdict is None
    live.user.press(Qt.Key.Key_Space)
    live.until(lambda: live.controller.state.phase is Phase.LOST)
    late.hardlink_to(clips["obama"])  # there at once, and whole
    assert live.verdict().outcome is Outcome.SAME


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
