"""A person at the live page, before films in place of a camera."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from siamgui.core.types import Outcome, Pixels
from siamgui.gui.live.controller import LiveController
from siamgui.gui.live.page import LivePage
from siamgui.live.types import LiveVerdict
from siamgui.storage.note_operations import KeepNote
from siamgui.storage.verification_log import Entry, VerificationLog
from tests.builders.videos import view
from tests.builders.window import PATIENCE, User

CTRL = Qt.KeyboardModifier.ControlModifier
SIZE = (480, 360)


def sitting(photo: Pixels, frames: int) -> list[Pixels]:
    """Somebody who does not quite sit still."""
    turns = np.arange(frames)
    return [view(photo, 0.5 + 0.03 * np.sin(n / 9), 0.5 + 0.02 * np.cos(n / 7), 0.9, SIZE) for n in turns]


def filming() -> int:
    return sum(thread.name == "camera" for thread in threading.enumerate())


class Live:
    """A person at the live page."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.qtbot: QtBot = user.qtbot
        self.window = user.window
        user.press(Qt.Key.Key_2, CTRL)
        self.controller: LiveController = user.window.controllers.live

    @property
    def page(self) -> LivePage:
        """As it is now: another language brings another one."""
        return self.user.live

    def until(self, what: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(what, timeout=PATIENCE)

    def compare_with(self, photo: Path) -> None:
        self.user.drop_files(photo)
        self.until(lambda: self.controller.state.can_start)

    def verdict(self) -> LiveVerdict:
        """Wait for it."""
        self.until(lambda: self.controller.state.verdict is not None)
        verdict = self.controller.state.verdict
        assert verdict is not None
        return verdict

    def look_at(self, clip: Path) -> None:
        """Drop a video on the page, and press the space bar."""
        self.user.drop_files(clip)
        assert self.controller.state.source == clip
        self.page.preview.setFocus()
        self.until(self.page.preview.hasFocus)
        self.user.press(Qt.Key.Key_Space)

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
