"""A person at the training page: drops, keys, buttons, and waiting for answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton

from siamgui.core.types import Label
from siamgui.gui.training.labelling.pairs_step import PairsStep
from siamgui.gui.training.labelling.state import LabellingState
from siamgui.gui.training.page import TrainingPage
from siamgui.storage.label_store import LabelStore
from siamgui.storage.labelling_view import LabelSummary, PairCard
from siamgui.storage.training_steps import Step, StepProgress
from tests.builders.window import PATIENCE, User

KEYS = {Label.SAME: Qt.Key.Key_S, Label.DIFFERENT: Qt.Key.Key_D, Label.UNSURE: Qt.Key.Key_U}
ALT = Qt.KeyboardModifier.AltModifier
OBAMAS = ("obama1.jpg", "obama2.jpg", "obama3.jpg")
"""One man, among the samples; biden.jpg is the other."""


def truth(names: set[str]) -> Label:
    """Of a pair of the samples."""
    return Label.DIFFERENT if "biden.jpg" in names else Label.SAME


def write(path: Path, *lines: str) -> Path:
    """A list of pairs."""
    path.write_text("\n".join(("left,right,same", *lines)) + "\n")
    return path


class Learner:
    """Opens the training page of a window."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.qtbot = user.qtbot
        self.window = user.window
        user.press(Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
        assert user.window.page == "training"
        self.controller = user.window.controllers.labelling
        self.settle()

    @property
    def page(self) -> TrainingPage:
        return self.user.training

    def progress(self, step: Step) -> StepProgress:
        return self.page.progress[step]

    @property
    def state(self) -> LabellingState:
        return self.controller.state

    @property
    def summary(self) -> LabelSummary:
        assert self.state.summary is not None
        return self.state.summary

    @property
    def pairs(self) -> PairsStep:
        step = self.page.steps[Step.PAIRS]
        assert isinstance(step, PairsStep)
        return step

    def wait(self, done: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(done, timeout=PATIENCE)

    def settle(self) -> None:
        """Wait until nothing is under way."""

        def still() -> bool:
            state = self.state
            opened = state.blocked is not None or (state.summary is not None and state.desk is not None)
            return opened and state.importing is None and not state.busy

        self.wait(still)

    def drop(self, *paths: Path) -> None:
        """Drop files or folders on the window, and wait until they are read."""
        self.user.drop_files(*paths)
        self.settle()

    def click(self, button: QAbstractButton) -> None:
        assert button.isVisible()
        assert button.isEnabled()
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    @property
    def asked(self) -> PairCard | None:
        """The pair on the desk."""
        assert self.state.desk is not None
        return self.state.desk.pair

    def names(self) -> set[str]:
        """The file names of the pair on the desk."""
        assert self.asked is not None
        return {self.asked.left.name, self.asked.right.name}

    def say(self, label: Label) -> None:
        """Answer by key, and wait until the next pair is there."""
        self.user.press(KEYS[label])
        self.settle()

    def undo(self) -> None:
        self.user.press(Qt.Key.Key_Z)
        self.settle()

    def said(self) -> dict[frozenset[str], Label]:
        """What is stored on the disk, by file names; read as another process would."""
        with LabelStore.open() as library:
            names = {face.id: face.name for face in library.faces()}
            return {frozenset((names[one.left], names[one.right])): one.label for one in library.labels()}
