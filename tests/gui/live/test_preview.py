"""The picture of the camera with what is seen in it."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from siamgui.core.types import Face, Outcome
from siamgui.gui.live.preview import LivePreview
from siamgui.live.types import Frame, LiveState, PresenceState, Prompt, Seen
from tests.builders.live_page import Live


def test_of_several_faces_a_number_picks_one(live: Live, clips: dict[str, Path], samples: Path) -> None:
    live.compare_with(samples / "obama1.jpg")
    live.look_at(clips["both"])
    live.until(lambda: live.page.preview.faces == 2)
    live.user.press(Qt.Key.Key_1)  # the left one; a file is not mirrored
    assert live.verdict().outcome is Outcome.SAME
    live.user.press(Qt.Key.Key_Space)
    live.until(lambda: live.page.preview.faces == 2)
    live.user.press(Qt.Key.Key_2)
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
