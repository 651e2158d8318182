"""Make the screenshots of the documents: python tools/screenshots.py [folder] [--training LFW | --live | ...]

Drives the real window with the bundled photographs and grabs it, without a screen. The folder is docs/screenshots.
With --training, those of the training page instead; what that takes stands in training_screenshots.py. With --live,
those of the pages Live, People and History; with --vault, those of the lock and of the data; with --intake, those of
what comes in and is not taken; with --search, those of the page Search, and with --groups of groups under review; with
--history, those of comparisons that were written down.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image, ImageFilter, ImageOps
from PySide6.QtCore import QCoreApplication, QEventLoop, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication
from shown_window import SIZE, dress, until

from siamgui.core.checklist import Feature, Remark, Seen
from siamgui.core.resources import resource
from siamgui.core.types import Comparison, Side
from siamgui.gui.compare.closer.state import Looking, Mode
from siamgui.gui.compare.view import ComparePage
from siamgui.gui.main_window import MainWindow
from siamgui.gui.preferences import Preferences

ROOT = Path(__file__).resolve().parent.parent
STILL = 400
"""Milliseconds for the needle and the layout to come to rest."""


@dataclass(frozen=True)
class Shot:
    name: str
    photos: tuple[str, ...] = ()
    appearance: str = "light"
    language: str = "en"
    size: tuple[int, int] = SIZE
    details: bool = False
    closer: Looking | None = None


SHOTS = (
    Shot("empty"),
    Shot("same", ("obama1.jpg", "obama2.jpg")),
    Shot("different", ("obama1.jpg", "biden.jpg")),
    Shot("inconclusive", ("obama1.jpg", "from far away.jpg")),
    Shot("dark", ("group.jpg", "obama3.jpg"), appearance="dark", size=(1060, 760)),
    Shot("matrix", ("obama1.jpg", "obama2.jpg", "obama3.jpg", "biden.jpg", "group.jpg", "from far away.jpg")),
    Shot("chinese", ("obama3.jpg", "obama2.jpg"), language="zh_CN"),
    Shot("own-strangers", ("obama1.jpg", "obama2.jpg"), size=(1280, 1000), details=True),
    Shot("closer", ("obama1.jpg", "obama2.jpg"), closer=Looking(rulers=True)),
    Shot("closer-map", ("obama1.jpg", "obama2.jpg"), closer=Looking(map=True)),
    Shot("closer-wipe", ("obama3.jpg", "biden.jpg"), "dark", "zh_CN", (960, 640), closer=Looking(Mode.WIPE)),
    Shot("shared-fault", ("negative of one.jpg", "negative of another.jpg")),
)


def photographs(folder: Path) -> dict[str, Path]:
    """The bundled photographs, one also small and blurred, two side by side, and the negatives of two people."""
    found = {path.name: path for path in resource("samples").glob("*.jpg")}
    with Image.open(found["obama3.jpg"]) as image:
        far = image.resize((image.width // 8, image.height // 8)).filter(ImageFilter.GaussianBlur(1))
        far.save(folder / "from far away.jpg", quality=80)
    for name, whose in (("obama1.jpg", "one"), ("biden.jpg", "another")):
        with Image.open(found[name]) as image:
            ImageOps.invert(image.convert("RGB")).save(folder / f"negative of {whose}.jpg", quality=92)
    parts = [Image.open(found[name]).convert("RGB") for name in ("biden.jpg", "obama1.jpg")]
    parts = [part.resize((part.width * 900 // part.height, 900)) for part in parts]
    group = Image.new("RGB", (sum(part.width for part in parts), 900))
    left = 0
    for part in parts:
        group.paste(part, (left, 0))
        left += part.width
    group.save(folder / "group.jpg", quality=92)
    return found | {path.name: path for path in folder.glob("*.jpg")}


def wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def verdict(window: MainWindow) -> Comparison:
    while (comparison := window.controllers.pair.state.comparison) is None or window.controllers.pair.state.checking:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        for side in Side:
            if (error := window.controllers.pair.slot(side).error) is not None:
                raise error
    return comparison


def outcomes(window: MainWindow) -> str:
    """Of every pair, once all are compared."""
    matrix = window.controllers.matrix
    tiles = len(matrix.state.tiles)
    while len(matrix.state.compared) < tiles * (tiles - 1) // 2:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        for tile in matrix.state.tiles:
            if tile.problem is not None:
                raise tile.problem
    return ", ".join(verdict.outcome.value for verdict in matrix.state.compared.values())


def look_closer(window: MainWindow, looking: Looking) -> None:
    """As somebody at the window does, until there is nothing to wait for."""
    cast("ComparePage", window.view("compare")).closer.show()
    controller = window.controllers.closer
    controller.look(looking)
    until(lambda: controller.state.pair is not None and not controller.state.explaining)
    controller.say(Remark(Feature.SHAPE, Seen.SIMILAR))
    controller.say(Remark(Feature.HAIR_LINE, Seen.DIFFERENT, "greyer on the left"))


def take(app: QApplication, shot: Shot, photos: dict[str, Path], path: Path) -> None:
    dress(app, shot.appearance, shot.language)
    window = MainWindow(Preferences(), "cpu")
    window.resize(*shot.size)
    window.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    window.show()
    window.setFocus()
    window.start()
    if shot.photos:
        window.open_files([photos[name] for name in shot.photos])
        print(f"{shot.name}: {outcomes(window) if len(shot.photos) > 2 else verdict(window).verdict.outcome.value}")
        cast("ComparePage", window.view("compare")).card.details_button.setChecked(shot.details)
        if shot.closer is not None:
            look_closer(window, shot.closer)
    else:
        while window.controllers.pair.state.engine is None:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    wait(STILL)
    window.grab().save(str(path))
    window.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "docs" / "screenshots")
    parser.add_argument("--training", type=Path, metavar="LFW", help="photographs to train on: images/NAME/*.jpg")
    parser.add_argument("--live", action="store_true", help="the pages Live, People and History")
    parser.add_argument("--vault", action="store_true", help="the lock, what opens it, and the data")
    parser.add_argument("--intake", action="store_true", help="what comes in and is not taken")
    parser.add_argument("--search", action="store_true", help="the page Search")
    parser.add_argument("--groups", type=Path, nargs="?", const=Path(), metavar="PHOTOS", help="groups under review")
    parser.add_argument("--history", action="store_true", help="comparisons that were written down")
    arguments = parser.parse_args()
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    with tempfile.TemporaryDirectory() as scratch:
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, scratch)
        os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # nothing stays in that of this machine
        os.environ["SIAMGUI_DATA"] = str(Path(scratch) / "data")  # the bundled encoder, and no pairs of anybody
        if arguments.training is not None:
            from training_screenshots import take as take_training

            take_training(app, arguments.training, Path(scratch), folder, lambda: wait(STILL))
            return
        if arguments.live:
            from live_screenshots import take as take_live

            take_live(app, Path(scratch), folder, lambda: wait(STILL))
            return
        if arguments.vault:
            from vault_screenshots import take as take_vault

            take_vault(app, Path(scratch), folder, lambda: wait(STILL))
            return
        if arguments.intake:
            from intake_screenshots import take as take_intake

            take_intake(app, Path(scratch), folder, lambda: wait(STILL))
            return
        if arguments.search:
            from search_screenshots import take as take_search

            take_search(app, Path(scratch), folder, lambda: wait(STILL))
            return
        if arguments.groups is not None:
            from group_screenshots import take as take_groups

            photos = None if arguments.groups == Path() else arguments.groups
            take_groups(app, Path(scratch), folder, lambda: wait(STILL), photos)
            return
        if arguments.history:
            from history_screenshots import take as take_history

            take_history(app, Path(scratch), folder, lambda: wait(STILL))
            return
        photos = photographs(Path(scratch))
        for shot in SHOTS:
            take(app, shot, photos, folder / f"{shot.name}.png")


if __name__ == "__main__":
    main()
