"""How long the GUI thread is away while pairs are dropped: python tests/benchmarks/event_loop.py [pairs] [pause in ms]

Opens the real window and drops pairs of 12-megapixel photographs in a row, then waits for the last verdict. Prints
how late a steady timer was, and where the GUI thread was meanwhile. Run it alone on an idle machine, and on a real
screen for true paints; nothing here is asserted.
"""

from __future__ import annotations

import collections
import statistics
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QMimeData, QObject, QPointF, QSettings, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from siamgui.core.resources import resource
from siamgui.gui import theme
from siamgui.gui.main_window import MainWindow
from siamgui.gui.preferences import Preferences

LIMIT = 16.0
TICK = 4


class Watcher(threading.Thread):
    """Notes where the main thread is whenever the timer is overdue."""

    def __init__(self, run: Run) -> None:
        super().__init__(daemon=True)
        self.run_, self.seen, self.over = run, collections.Counter[str](), False

    def run(self) -> None:
        main, noted = threading.main_thread().ident, 0.0
        while not self.over:
            time.sleep(TICK / 1000)
            last = self.run_.last
            if not self.run_.ticking_now or last == noted or 1000 * (time.perf_counter() - last) < LIMIT:
                continue
            noted = last
            frames = traceback.extract_stack(sys._current_frames()[main or 0])[-2:]
            self.seen[" < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))] += 1


class Run(QObject):
    def __init__(self, window: MainWindow, photographs: list[Path], pairs: int, pause: int) -> None:
        super().__init__()
        self.window, self.photographs, self.left = window, photographs, pairs
        self.late: list[tuple[float, float]] = []
        self.last, self.worked = time.perf_counter(), time.thread_time()
        self.ticking_now = False
        self.dropping, self.ticking = QTimer(self), QTimer(self)
        self.dropping.setInterval(pause)
        self.dropping.timeout.connect(self.drop)
        self.ticking.setTimerType(Qt.TimerType.PreciseTimer)
        self.ticking.setInterval(TICK)
        self.ticking.timeout.connect(self.tick)
        window.controllers.pair.changed.connect(self.changed)

    @Slot()
    def begin(self) -> None:
        """After a first pair has warmed everything up."""
        self.ticking_now = True
        self.last, self.worked = time.perf_counter(), time.thread_time()
        self.ticking.start()
        self.dropping.start()

    @Slot()
    def tick(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self.late.append((1000 * (now - self.last) - TICK, 1000 * (worked - self.worked)))
        self.last, self.worked = now, worked

    @Slot()
    def drop(self) -> None:
        mime = QMimeData()
        turn = self.left % 2
        names = self.photographs if turn else self.photographs[::-1]
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in names])
        where = QPointF(self.window.rect().center())
        state = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self.window, QDragEnterEvent(where.toPoint(), *state))
        QApplication.sendEvent(self.window, QDropEvent(where, *state))
        self.left -= 1
        if self.left == 0:
            self.dropping.stop()

    @Slot()
    def changed(self) -> None:
        state = self.window.controllers.pair.state
        if state.comparison is None or state.left.busy or state.right.busy:
            return
        if not self.ticking.isActive():
            QTimer.singleShot(500, self.begin)
        elif self.left == 0:
            QTimer.singleShot(300, self.window.close)


def photographs(folder: Path) -> list[Path]:
    paths = []
    for name in ("obama1", "obama2"):
        with Image.open(resource(f"samples/{name}.jpg")) as image:
            width = round((12e6 * image.width / image.height) ** 0.5)
            path = folder / f"{name} 12 megapixels.jpg"
            image.resize((width, round(12e6 / width))).save(path, quality=92)
            paths.append(path)
    return paths


def main() -> None:
    pairs, pause = (int(value) for value in (*sys.argv[1:], "10", "150")[:2]) if len(sys.argv) > 2 else (10, 150)
    with tempfile.TemporaryDirectory() as folder:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)
        app = QApplication(sys.argv[:1])
        theme.apply(app)
        window = MainWindow(Preferences(), "cpu")
        run = Run(window, photographs(Path(folder)), pairs, pause)
        watcher = Watcher(run)
        watcher.start()
        window.show()
        window.start()
        window.open_files(run.photographs)
        app.exec()
        watcher.over = True
        watcher.join()
    late = [lateness for lateness, _ in run.late]
    print(
        f"timer of {TICK} ms: {len(late)} ticks, median lateness {statistics.median(late):.1f} ms, "
        f"worst {max(late):.1f} ms, over {LIMIT:.0f} ms: {sum(value > LIMIT for value in late)}"
    )
    print("worst ones, and how much of each the GUI thread computed itself (the rest it waited for a core or the GIL):")
    print("  " + ", ".join(f"{wall:.0f} ({own:.0f})" for wall, own in sorted(run.late, reverse=True)[:16]))
    for where, count in watcher.seen.most_common(8):
        print(f"  {count:3} x at {where}")
    with open("/proc/self/status", encoding="ascii") as status:
        print(next(line.strip() for line in status if line.startswith("VmHWM")))


if __name__ == "__main__":
    main()
