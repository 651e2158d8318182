"""The screenshots of what comes in and is not taken, for docs/what-comes-in.md.

python tools/screenshots.py [folder] --intake
"""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication
from shown_window import opened, until

from siamgui.core.resources import resource
from siamgui.core.types import Side
from siamgui.gui.training.versions.activate_step import SUFFIX
from siamgui.labelling.import_plan import ImportKind, ImportRequest
from siamgui.storage.training_steps import Step


def take(app: QApplication, scratch: Path, folder: Path, rest: Callable[[], None]) -> None:
    """Write damaged-picture.png, skipped-files.png and refused-version.png."""
    samples = {path.stem: path for path in resource("samples").glob("*.jpg")}
    window = opened(app)
    controllers = window.controllers

    def show(name: str) -> None:
        rest()
        window.grab().save(str(folder / f"{name}.png"))
        print(name, flush=True)

    window.open_files([samples["obama1"], _cut(samples["obama2"], scratch)])
    until(lambda: controllers.pair.slot(Side.RIGHT).error is not None and controllers.pair.slot(Side.LEFT).reading)
    show("damaged-picture")
    window.go("training")
    controllers.labelling.import_(ImportRequest((_as_a_telephone_leaves_it(samples, scratch),), ImportKind.PEOPLE))
    state = controllers.labelling
    until(lambda: state.state.importing is None and state.state.summary is not None and state.state.summary.faces)
    show("skipped-files")
    controllers.labelling.go(Step.ACTIVATE)
    until(lambda: controllers.runs.state.versions is not None)
    foreign = scratch / f"better faces{SUFFIX}"
    foreign.write_bytes(pickle.dumps({"weights": [0.0]}))
    controllers.runs.import_version(foreign)
    until(lambda: controllers.labelling.state.notice is not None)
    show("refused-version")
    window.close()


def _cut(photo: Path, scratch: Path) -> Path:
    """A photograph of which the second half was never written."""
    data = photo.read_bytes()
    path = scratch / "from an old disk.jpg"
    path.write_bytes(data[: len(data) // 2] + bytes(len(data) - len(data) // 2))
    return path


def _as_a_telephone_leaves_it(samples: dict[str, Path], scratch: Path) -> Path:
    """A folder per person, with what systems and synchronisers leave in it."""
    people = scratch / "people"
    for name, person in (("obama1", "Obama"), ("obama2", "Obama"), ("obama3", "Obama"), ("biden", "Biden")):
        (people / person).mkdir(parents=True, exist_ok=True)
        shutil.copy(samples[name], people / person)
        (people / person / f"._{name}.jpg").write_bytes(b"\x00\x05\x16\x07")
    for left in ("@eaDir", ".thumbnails"):
        (people / left).mkdir()
        (people / left / "SYNO_THUMB.jpg").write_bytes(b"")
    (people / "Obama" / "Thumbs.db").write_bytes(b"")
    return people
