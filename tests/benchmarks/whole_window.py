"""The whole window at once: python -m tests.benchmarks.whole_window [seconds]

Opens the real window and measures for so many seconds each: fine-tuning alone; a verification on the page Live alone;
and both together while a pair is compared every two seconds. Prints frames a second and the age of the overlay on Live,
how long each comparison took from its photographs to its answer, steps of training a second, and how late a timer of
the GUI thread was. Training is the process that the window starts, with the same priority. Run it alone on an idle
machine; nothing here is asserted.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from PySide6.QtCore import QObject, QSettings, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication

from siamgui.core.resources import resource
from siamgui.finetuning.events import Event, Progressed
from siamgui.gui import theme
from siamgui.gui.camera.watch import Answer
from siamgui.gui.live.state import Phase
from siamgui.gui.main_window import MainWindow
from siamgui.gui.preferences import Preferences
from siamgui.gui.training.finetuning.process import TrainingProcess, command
from siamgui.live.film import write_film
from siamgui.vault.key import Key
from tests.benchmarks.made_job import made_job

LIMIT, TICK, EVERY = 16.0, 4, 2000
"""Milliseconds: of a late timer; of the timer; from one comparison to the next."""
WARM = 8.0
"""Seconds of each part that are not measured."""
PAIRS = 3000
"""Of the fine-tune: more than it comes to."""
NAMES = ("obama1", "obama2"), ("obama3", "biden")
PARTS = {"fine-tuning alone": (True, False, False), "live alone": (False, True, False), "all": (True, True, True)}
"""What is at work: training, live, comparisons."""


class Part(QObject):
    """One of them, measured."""

    def __init__(
        self, window: MainWindow, process: TrainingProcess, work: tuple[bool, bool, bool], until: float
    ) -> None:
        super().__init__()
        self.window, self.process = window, process
        self.trains, self.live, self.compares = work
        self.begun, self.until = time.monotonic() + WARM, until
        self.ages: list[float] = []
        self.took: list[float] = []
        self.late: list[float] = []
        self.steps: list[tuple[float, int]] = []
        self._dropped: float | None = None
        self._asked = False
        self._turn = 0
        self._last = 0.0
        self._clock, self._drops = QTimer(self), QTimer(self)
        self._clock.setTimerType(Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(self._tick)
        self._drops.timeout.connect(self._drop)
        process.heard.connect(self._heard)
        controllers = window.controllers
        controllers.live.looked.connect(self._looked)
        controllers.live.changed.connect(self._again)
        controllers.pair.changed.connect(self._compared)
        self._clock.start(TICK)
        if self.compares:
            self._drops.start(EVERY)
        process.tell("resume" if self.trains else "pause")
        self._again()

    @property
    def measured(self) -> bool:
        return time.monotonic() >= self.begun

    @Slot()
    def _tick(self) -> None:
        now = time.monotonic()
        if self._last and self.measured:
            self.late.append(1000 * (now - self._last) - TICK)
        self._last = now
        if now >= self.until:
            self._clock.stop()
            self._drops.stop()
            QApplication.exit()

    @Slot()
    def _drop(self) -> None:
        if self._dropped is None:
            self._turn += 1
            self._dropped = time.monotonic()
            names = NAMES[self._turn % 2]
            self.window.controllers.pair.load([resource("samples") / f"{name}.jpg" for name in names])

    @Slot()
    def _compared(self) -> None:
        state = self.window.controllers.pair.state
        if self._dropped is None or state.comparison is None or state.left.busy or state.right.busy:
            return
        if self.measured:
            self.took.append(1000 * (time.monotonic() - self._dropped))
        self._dropped = None

    @Slot(object)
    def _looked(self, answer: Answer) -> None:
        if self.measured:
            self.ages.append(1000 * (time.monotonic() - answer.came))

    @Slot()
    def _again(self) -> None:
        """The film from its beginning, when it is over."""
        state = self.window.controllers.live.state
        if state.running:
            self._asked = False
        elif self.live and state.phase is Phase.OFF and state.can_start and not self._asked:
            self._asked = True
            QTimer.singleShot(0, self.window.controllers.live.start)

    @Slot(object)
    def _heard(self, event: Event) -> None:
        if self.measured and isinstance(event, Progressed) and event.phase == "training":
            self.steps.append((time.monotonic(), event.done))

    def say(self, name: str) -> None:
        seconds = self.until - self.begun
        print(f"{name}, {seconds:.0f} s:")
        if self.live:
            print(f"  live: {len(self.ages) / seconds:.1f} frames a second; overlay {_spread(self.ages)}")
        if self.compares:
            print(f"  comparisons: {len(self.took)}, {_spread(self.took)}")
        if self.trains and len(self.steps) > 1:
            (start, before), (end, done) = self.steps[0], self.steps[-1]
            print(f"  fine-tuning: {(done - before) / (end - start):.2f} steps a second")
        over = sum(value > LIMIT for value in self.late)
        print(f"  GUI thread: {len(self.late)} ticks, {_spread(self.late)} late; {over} over {LIMIT:.0f} ms")


def _first_step(event: Event) -> None:
    if isinstance(event, Progressed) and event.phase == "training":
        QApplication.exit()


def _spread(values: list[float]) -> str:
    if not values:
        return "none"
    ordered = sorted(values)
    return f"{median(values):.1f} ms, 95 % {ordered[int(0.95 * (len(values) - 1))]:.1f}, most {ordered[-1]:.1f}"


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        os.environ["SIAMGUI_DATA"] = place
        os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, place)
        write_film(folder / "film.avi")
        key = Key.random()
        made_job(folder / "run", "adapt", PAIRS, key)
        app = QApplication(sys.argv[:1])
        theme.apply(app)
        window = MainWindow(Preferences(), "cpu")
        window.show()
        window.start()
        window.go("live")
        live = window.controllers.live
        live.set_source(folder / "film.avi")
        live.reference.load(resource("samples") / "obama2.jpg")
        process = TrainingProcess(command(folder / "run"), window, key)
        process.heard.connect(_first_step)
        process.start()
        app.exec()
        process.heard.disconnect(_first_step)
        for name, work in PARTS.items():
            part = Part(window, process, work, time.monotonic() + WARM + seconds)
            app.exec()
            part.say(name)
            part.live = part.compares = False  # nothing of it begins anew
            live.rest()
        process.leave()
        window.close()


if __name__ == "__main__":
    main()
