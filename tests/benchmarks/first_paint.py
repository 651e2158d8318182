"""How soon two siamguis are painted, in turns: python tests/benchmarks/first_paint.py PROGRAM OTHER [--runs N]

Each is a path of what starts it (.venv/bin/siamgui, /usr/bin/siamgui, an AppImage). Needs a DISPLAY on which nothing
else is shown, as Xvfb :9 -screen 0 1280x800x24 makes. Prints the median of the milliseconds from the start of the
process until the middle of the screen is no longer as it was, and the ratio of the medians. Nothing here is asserted.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from PySide6.QtGui import QGuiApplication, QImage

PATIENCE = 60.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs=2, metavar="PROGRAM")
    parser.add_argument("--runs", type=int, default=7)
    args = parser.parse_args()
    application = QGuiApplication(["first_paint", "-platform", "xcb"])
    assert application.primaryScreen() is not None
    blank = middle()
    times: dict[str, list[float]] = {program: [] for program in args.programs}
    for turn in range(args.runs + 1):
        for program in args.programs:
            took = painted_after(program, blank)
            if turn:  # the first fills the file cache
                times[program].append(took)
    for program, all_of_it in times.items():
        low, high = min(all_of_it), max(all_of_it)
        print(f"{statistics.median(all_of_it):6.0f} ms ({low:.0f} to {high:.0f})   {program}")
    first, other = (statistics.median(times[program]) for program in args.programs)
    print(f"ratio {first / other:.2f}")


def painted_after(program: str, blank: QImage) -> float:
    """Milliseconds. Ends the program, which has a data folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "SIAMGUI_DATA": folder, "QT_QPA_PLATFORM": "xcb"}
        start = time.monotonic()
        nowhere = subprocess.DEVNULL
        process = subprocess.Popen([program], env=environment, start_new_session=True, stdout=nowhere, stderr=nowhere)
        try:
            while middle() == blank:
                if process.poll() is not None or time.monotonic() - start > PATIENCE:
                    sys.exit(f"{program} painted nothing")
                time.sleep(0.002)
            took = 1000 * (time.monotonic() - start)
            time.sleep(1)  # it is asked to end when it listens
        finally:
            os.killpg(process.pid, signal.SIGTERM)  # an AppImage starts the program as a child
            process.wait()
        while middle() != blank:
            time.sleep(0.01)
    return took


def middle() -> QImage:
    """A few pixels in the middle of the screen."""
    screen = QGuiApplication.primaryScreen()
    place = screen.geometry().center()
    return screen.grabWindow(0, place.x(), place.y(), 16, 16).toImage()


if __name__ == "__main__":
    main()
