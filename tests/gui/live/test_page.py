"""The live page in the real window, before video files made from real photographs, with the real engine."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from siamgui.core.source import Stream
from siamgui.core.types import Outcome
from siamgui.gui.live.state import Phase
from siamgui.live.types import Reason
from tests.builders.live_page import Live, filming

CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_photo_and_the_face_before_the_camera(live: Live, clips: dict[str, Path], samples: Path) -> None:
    page, card = live.page, live.page.card
    assert live.window.page == "live"
    assert not page.source.start_button.isEnabled()
    live.user.press(Qt.Key.Key_Space)
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
    live.user.press(Qt.Key.Key_Escape)
    live.until(lambda: filming() == 0)
    live.until(lambda: live.verdict().until is not None)
    assert card.headline.text() == "Supports: same person"
    assert any("This holds up to 0:0" in text.text() for text in card.findChildren(QLabel))
    assert page.preview.accessibleDescription() == "Press Space to play the video again."
    live.user.press(Qt.Key.Key_D, CTRL)
    assert card.details.isVisible()
    live.user.press(Qt.Key.Key_C, CTRL)
    assert "Reference: “obama1.jpg”\nSupports: same person" in QApplication.clipboard().text()
    # The next one begins with nothing of the last.
    live.look_at(clips["biden"])
    assert card.headline.text() != "Supports: same person"
    assert live.verdict().outcome is Outcome.DIFFERENT
    assert card.headline.text() == "Supports: different people"
    assert verdict.presence is None  # never of a file
    assert live.logged()[0] == ("obama1.jpg", Outcome.DIFFERENT)


def test_in_another_language_a_verification_goes_on(live: Live, clips: dict[str, Path], samples: Path) -> None:
    live.compare_with(samples / "obama1.jpg")
    live.look_at(clips["exchanged late"])
    live.until(lambda: live.page.card.ring.share > 0)
    before = live.page
    live.user.speak("zh_CN")
    assert live.page is not before
    assert live.controller.state.phase is Phase.LIVE
    assert live.page.reference.photo.name.whole_text() == "obama1.jpg"
    assert live.page.preview.hasFocus()
    assert live.verdict().outcome is Outcome.SAME
    assert live.page.card.headline.text() == "支持为同一人"
    live.until(lambda: live.verdict().reason is Reason.CHANGED)  # the new page is told as well


def test_in_another_language_a_verdict_and_what_is_typed_stay(
    live: Live, clips: dict[str, Path], samples: Path
) -> None:
    live.compare_with(samples / "obama1.jpg")
    live.look_at(clips["obama"])
    live.verdict()
    live.user.press(Qt.Key.Key_Escape)
    live.user.press(Qt.Key.Key_D, CTRL)
    live.user.press(Qt.Key.Key_L, CTRL)
    live.qtbot.keyClicks(live.page.source.address, "rtsp://127")
    live.user.speak("zh_CN")
    assert live.page.card.headline.text() == "支持为同一人"
    assert [picture.isVisible() for picture in live.page.card.pictures[:2]] == [True, True]
    assert live.page.card.details.isVisible()
    assert live.page.source.address.hasFocus()
    assert live.page.source.address.text() == "rtsp://127"
    live.qtbot.keyClicks(live.page.source.address, ".0.0.1/x")
    live.user.press(Qt.Key.Key_Return)
    assert live.controller.state.source == Stream("rtsp://127.0.0.1/x")
    assert live.page.source.address.isVisible()
