"""How long the self-painted widgets take for one paint: python tests/benchmarks/paint.py

Prints milliseconds (median, and the slowest of all). Run it alone on an idle machine; nothing here is asserted.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PIL import Image
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from siamgui.core.calibration import Calibration
from siamgui.core.resources import resource
from siamgui.core.types import Face, Outcome, Strictness, Verdict
from siamgui.gui import theme
from siamgui.gui.display import make_display
from siamgui.gui.widgets.gauge import DistanceGauge
from siamgui.gui.widgets.photo_view import PhotoView

TIMES = 40


def timed(name: str, widget: QWidget, before: Callable[[int], None]) -> None:
    """Paint a widget TIMES times; before(n) changes something ahead of each paint."""
    ratio = widget.devicePixelRatioF()
    target = QImage(widget.size() * ratio, QImage.Format.Format_RGB32)
    target.setDevicePixelRatio(ratio)
    taken = []
    for n in range(TIMES):
        before(n)
        start = time.perf_counter()
        widget.render(target)
        taken.append(1000 * (time.perf_counter() - start))
    print(f"{name:58} {statistics.median(taken):6.2f} {max(taken):6.2f}")


def face(x: float, y: float, width: float) -> Face:
    landmarks = np.array([[-0.2, -0.1], [0.2, -0.1], [0, 0.05], [-0.15, 0.2], [0.15, 0.2]]) * width + (x, y)
    box = np.array([x - width / 2, y - width * 0.64, x + width / 2, y + width * 0.64])
    return Face(box.astype(np.float32), landmarks.astype(np.float32), 0.9)


def main() -> None:
    app = QApplication([])
    theme.apply(app, "light")
    photo = Image.open(resource("samples") / "obama1.jpg").convert("RGB").resize((3000, 4000))
    pixels = np.asarray(photo)
    start = time.perf_counter()
    display = make_display(pixels)
    print(f"{'make_display, 12 megapixels (in a worker)':58} {1000 * (time.perf_counter() - start):6.2f}")

    for size in ((560, 460), (1200, 900)):
        view = PhotoView()
        view.resize(*size)
        view.set_image(display)
        view.set_faces((face(1500, 1200, 800), face(400, 3000, 60)), 0)
        name = f"12 megapixels in {size[0]} x {size[1]}"
        timed(f"{name}, whole, drawn anew", view, lambda n, view=view, size=size: view.resize(size[0] - n % 2, size[1]))
        timed(f"{name}, whole, nothing moved", view, lambda n: None)
        for zoom in (0.51, 0.9, 3.0):
            view.fit()
            view.zoom_by(zoom / view.zoom, QPointF(size[0] / 2, size[1] / 2))
            timed(
                f"{name}, {zoom:.0%}, panning",
                view,
                lambda n, view=view: view.pan(QPointF(3 if n % 2 else -3, 2 if n % 2 else -2)),
            )
        view.fit()
        crowd = tuple(face(150 + 300 * (n % 10), 200 + 400 * (n // 10), 120) for n in range(100))
        view.set_faces(crowd, 7)
        timed(f"{name}, 100 faces", view, lambda n: None)

    gauge = DistanceGauge()
    gauge.resize(700, gauge.sizeHint().height())
    gauge.set_calibration(Calibration.bundled())

    def move(n: int) -> None:
        gauge.set_verdict(
            Verdict(
                outcome=Outcome.SAME,
                strictness=Strictness.BALANCED,
                distance=0.4 + n / 100,
                fmr=1e-4,
                fmr_is_bound=False,
                fnmr=0.5,
                fnmr_is_bound=False,
                log10_lr=3.0,
                same_below=1.0,
                different_above=1.2,
                forced=False,
                findings=(),
            )
        )

    timed("gauge", gauge, move)


if __name__ == "__main__":
    main()
