"""How soon the window is painted and the engine ready: python tests/benchmarks/startup.py [runs]

Starts the real window in processes of their own, offscreen. Prints milliseconds since the process was asked for (the
median of the runs), what was loaded by then, and memory. Run it alone on an idle machine; nothing here is asserted.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time

_WINDOW = """
import json, os, sys, time
start = float(sys.argv[1])
from PySide6.QtCore import QTimer
from siamgui.gui import app
from siamgui.gui.inference import Inference

found = {}

def memory():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmRSS"))

def note(stage):
    heavy = {"torch", "openvino", "cv2", "sklearn", "matplotlib"} & set(sys.modules)
    found[stage] = {"ms": 1000 * (time.time() - start), "MB": memory(), "loaded": sorted(heavy)}

class Timed(app.MainWindow):
    def __init__(self, *values):
        super().__init__(*values)
        self.painted.connect(self.was_painted)
        self.findChild(Inference).ready.connect(self.is_ready)

    def was_painted(self):
        if "painted" not in found:
            note("painted")

    def is_ready(self, _):
        note("engine ready")
        QTimer.singleShot(0, self.close)

app.MainWindow = Timed
app.run()
print(json.dumps(found))
"""


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    measured = []
    for _ in range(runs + 1):
        command = [sys.executable, "-c", _WINDOW, repr(time.time())]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        measured.append(json.loads(done.stdout.splitlines()[-1]))
    for stage, last in measured[-1].items():
        times = [run[stage]["ms"] for run in measured[1:]]  # the first run fills the file cache
        loaded = ", ".join(last["loaded"]) or "nothing heavy"
        print(f"{stage:14} {statistics.median(times):7.0f} ms   {last['MB']:6.0f} MB   loaded: {loaded}")


if __name__ == "__main__":
    main()
