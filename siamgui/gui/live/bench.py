"""What "siamgui bench --live" measures: the live page at work on a film, and the same page without the engine.

The film is that of live.film; it comes from a file, through the same code as a camera's pictures. Times are from a
frame's arrival on the camera thread.
"""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication

from siamgui.core.resources import resource
from siamgui.core.types import Strictness
from siamgui.gui import theme
from siamgui.gui.camera.capture import Capture
from siamgui.gui.camera.watch import Answer
from siamgui.gui.compare.state import PairState
from siamgui.gui.inference import Inference
from siamgui.gui.live.controller import LiveController
from siamgui.gui.live.page import LivePage
from siamgui.gui.live.state import Phase
from siamgui.gui.live.timeline.controller import TimelineController
from siamgui.gui.photos.slot import SlotState
from siamgui.gui.store import WindowStore
from siamgui.gui.tasks import Workers
from siamgui.live.film import write_film

TICK = 4
"""Milliseconds of the timer whose lateness is measured."""
WARM = 2000
"""Milliseconds after a start that are not measured: windows open and networks allocate once."""
PAUSE = 0.5
"""Seconds without an answer that are taken for the change from one film to the next."""


@dataclass(frozen=True, slots=True)
class LiveMeasurement:
    """seconds: of film in which frames were answered. answers: frames through detection and embedding in this time.

    delays: milliseconds by which a steady timer of the GUI thread was late while the engine worked; quiet_delays: the
    same while the film was only shown. A paint waits no longer than that. ages: of the overlay when it is first handed
    to the preview, in milliseconds since its frame arrived. memory: megabytes of this process after each film; empty
    where the system does not say.
    """

    seconds: float
    answers: int
    delays: tuple[float, ...]
    quiet_delays: tuple[float, ...]
    ages: tuple[float, ...]
    memory: tuple[float, ...]


def measure(device: str, seconds: float) -> LiveMeasurement:
    """Run the page for about so many seconds, and as long as one film without the engine. Shows a window."""
    app = QApplication.instance() or QApplication(["siamgui"])
    assert isinstance(app, QApplication)
    theme.apply(app, "system")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SIAMGUI_DATA"] = folder  # what is measured here is nobody's verification
        path = Path(folder) / "film.avi"
        write_film(path)
        meter = _Meter(path, device, seconds)
        meter.begin()
        app.exec()
        meter.close()
    if meter.error is not None:
        raise meter.error
    return meter.result


class _Meter(QObject):
    """Plays the film once without the engine, then again and again with it."""

    def __init__(self, path: Path, device: str, seconds: float) -> None:
        super().__init__()
        self._path, self._device, self._seconds = path, device, seconds
        self._decoders, self._inference = Workers(1, "decoder", self), Inference(self)
        self._store = WindowStore(self)
        self._controller = LiveController(self._store, self._decoders, self._inference, Strictness.STRICT, self)
        empty = PairState(SlotState(), SlotState(), Strictness.STRICT, None, None, None, (), False)
        timeline = TimelineController(self._controller, self._store, self._inference, self)
        self._page = LivePage(self._controller, self._decoders, lambda: empty, timeline)
        self._page.resize(1200, 760)
        self._capture: Capture | None = None  # of the first, quiet time
        self._playing = False
        self._started = self._last = 0.0
        self._answers = 0
        self._answered = 0.0  # when the last one was
        self._filmed = 0.0
        self._quiet: list[float] = []
        self._busy: list[float] = []
        self._ages: list[float] = []
        self._memory: list[float] = []
        self.error: Exception | None = None
        self._clock = QTimer(self)
        self._clock.setTimerType(Qt.TimerType.PreciseTimer)
        self._clock.setInterval(TICK)
        self._clock.timeout.connect(self._tick)
        self._controller.changed.connect(self._changed)
        self._controller.looked.connect(self._looked)
        self._inference.failed.connect(self._failed)

    @property
    def result(self) -> LiveMeasurement:
        return LiveMeasurement(
            self._filmed, self._answers, tuple(self._busy), tuple(self._quiet), tuple(self._ages), tuple(self._memory)
        )

    def begin(self) -> None:
        self._page.show()
        self._controller.set_source(self._path)
        self._controller.reference.load(resource("samples") / "obama2.jpg")
        self._inference.load(self._device)

    def close(self) -> None:
        self._clock.stop()
        self._page.stop()
        self._page.close()
        self._controller.close()
        self._store.stop()
        self._decoders.stop()
        self._inference.stop()
        self._page.deleteLater()

    @Slot()
    def _changed(self) -> None:
        """The engine and the photograph are there; or a verification has ended with its film."""
        state = self._controller.state
        if self._capture is None and state.can_start:
            self._capture = Capture(self._path, mirrored=False)
            self._capture.picture_ready.connect(self._show)
            self._capture.ended.connect(self._work, Qt.ConnectionType.QueuedConnection)
            self._capture.start()
            QTimer.singleShot(WARM, self._clock.start)
        elif self._playing and state.phase is Phase.OFF and not state.running:
            self._playing = False
            self._memory += _memory()
            QTimer.singleShot(0, self._again)

    @Slot()
    def _show(self) -> None:
        picture = self._capture.take_picture() if self._capture is not None else None
        if picture is not None:
            self._page.preview.show_picture(picture)

    @Slot()
    def _work(self) -> None:
        self._clock.stop()
        self._controller.start()
        self._playing = True
        QTimer.singleShot(WARM, self._measure)

    @Slot()
    def _measure(self) -> None:
        self._started, self._last = time.monotonic(), 0.0
        self._clock.start()

    @Slot()
    def _again(self) -> None:
        if time.monotonic() - self._started >= self._seconds:
            self._finish()
        else:
            self._controller.start()
            self._playing = True

    @Slot()
    def _tick(self) -> None:
        now = 1000 * time.monotonic()
        if self._last:
            (self._busy if self._started else self._quiet).append(now - self._last - TICK)
        self._last = now

    @Slot(object)
    def _looked(self, answer: Answer) -> None:
        now = time.monotonic()
        since, self._answered = now - self._answered, now
        if self._started and since < PAUSE:  # else a film has begun
            self._answers += 1
            self._filmed += since
            self._ages.append(1000 * (now - answer.came))

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self.error = error
        self._finish()

    def _finish(self) -> None:
        app = QApplication.instance()
        assert app is not None
        app.quit()


def _memory() -> list[float]:
    """Megabytes that this process holds now; nothing where there is no /proc."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return []
    return [pages * os.sysconf("SC_PAGE_SIZE") / 1e6]
