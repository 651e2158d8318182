"""The screenshots of the pages Live, People and History, from films made of the bundled photographs.

    python tools/screenshots.py [folder] --live

What is shown is the real window at work; only the camera is a film.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
from made_clips import write
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication
from shown_window import opened, until

from siamgui.core.cv import cv2
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.resources import resource
from siamgui.core.source import Stream
from siamgui.core.types import Pixels
from siamgui.gui.live.prompt import draw_prompt
from siamgui.gui.live.timeline.controller import TimelineController
from siamgui.live.types import PresenceState, Prompt
from siamgui.storage.people_store import PeopleStore

FRAMES = 150
_LASTS = 15
"""Times as long as another film: a stream is read as fast as it comes, and the presence check has to begin in it."""
ENOUGH = 0.55
"""Share of the evidence at which the ring is shown."""


def take(app: QApplication, scratch: Path, folder: Path, rest: Callable[[], None]) -> None:
    """Write live.png, live-same.png, live-several.png, presence.png, presence-prompts.png, people.png, history.png.

    And live-timeline.png, of a film.
    """
    engine = FaceEngine.load("cpu")
    photos = {path.stem: path for path in resource("samples").glob("*.jpg")}
    films = _films(engine, photos, scratch)
    _enrol(engine, photos)
    window = opened(app)
    window.go("live")
    live = window.controllers.live

    def show(name: str) -> None:
        window.grab().save(str(folder / f"{name}.png"))
        print(name, flush=True)

    live.reference.load(photos["obama2"])
    until(lambda: live.state.can_start)
    shares: list[float] = []
    asked: list[bool] = []
    live.looked.connect(lambda answer: shares.append(answer.value.evidence))
    live.looked.connect(lambda answer: asked.append(_asks(answer.value)))
    for name, film in (("live", films["one"]), ("live-several", films["two"])):
        shares.clear()
        live.set_source(film)
        live.start()
        until(lambda: bool(shares) and (shares[-1] > ENOUGH or live.state.verdict is not None))
        show(name)
        if name == "live":
            until(lambda: live.state.verdict is not None)
            rest()
            show("live-same")
        live.rest()
    with _who_is_in_it(window.controllers.timeline, films["meeting"]):
        rest()
        show("live-timeline")
    with _served(scratch) as address:
        live.set_source(Stream(f"{address}/{films['stream'].name}"))
        live.start()
        until(lambda: bool(asked) and asked[-1])
        show("presence")
        live.rest()
    prompts(_view(_near(engine, photos["obama1"]), 0)).save(str(folder / "presence-prompts.png"))
    print("presence-prompts", flush=True)
    for person in window.controllers.live.state.reference.people or ():
        window.live.verify(person.id)
        live.set_source(films["one"])
        live.start()
        until(lambda: live.state.verdict is not None)
        live.rest()
    window.go("people")
    rest()
    show("people")
    window.go("history")
    rest()
    show("history")
    window.close()


@contextmanager
def _who_is_in_it(timeline: TimelineController, film: Path) -> Iterator[None]:
    timeline.live.set_source(film)
    timeline.open()
    until(lambda: timeline.state.timeline is not None and timeline.state.timeline.reference)
    until(lambda: timeline.state.picture is not None)
    yield
    timeline.leave()


def prompts(frame: Pixels) -> QImage:
    """Everything that the presence check asks for, over one (480, 640, 3) frame, two in a row."""
    asked = (None, *Prompt)
    sheet = QImage(2 * 640, -(-len(asked) // 2) * 480, QImage.Format.Format_RGB32)
    sheet.fill(0)
    below = QImage(frame.tobytes(), 640, 480, 3 * 640, QImage.Format.Format_RGB888)
    painter = QPainter(sheet)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for n, prompt in enumerate(asked):
        place = QRectF(n % 2 * 640, n // 2 * 480, 640, 480)
        painter.drawImage(place.topLeft(), below)
        draw_prompt(painter, place, PresenceState(prompt, 1, 4, 0.6, 4.0), mirrored=True, low=True)
    painter.end()
    return sheet.scaledToWidth(960, Qt.TransformationMode.SmoothTransformation)


def _asks(state: object) -> bool:
    presence = state.presence  # type: ignore[attr-defined]
    return presence is not None and presence.prompt is not None


def _films(engine: FaceEngine, photos: dict[str, Path], scratch: Path) -> dict[str, Path]:
    one, other = (_near(engine, photos[name]) for name in ("obama1", "biden"))
    films = {name: scratch / f"{name}.avi" for name in ("one", "two", "meeting", "stream")}
    write(films["one"], (_view(one, number) for number in range(FRAMES)))
    write(films["two"], (_beside(_view(one, number), _view(other, number + 40)) for number in range(FRAMES)))
    alone = [_view(face, number) for face in (other, one, other) for number in range(FRAMES // 2)]
    both = [_beside(_view(one, number), _view(other, number + 40)) for number in range(FRAMES // 2)]
    write(films["meeting"], iter([*alone, *both]))
    write(films["stream"], (_view(one, number) for number in range(_LASTS * FRAMES)))
    return films


def _near(engine: FaceEngine, path: Path) -> Pixels:
    """The part of a photograph that a webcam would see, four to three."""
    photo = load_photo(path)
    found = engine.find_faces(photo)
    face = found.faces[found.prominent]
    x, y = face.box.reshape(2, 2).mean(0)
    high = min(2.4 * face.height, photo.height)
    wide = min(high * 4 / 3, photo.width)
    left = int(np.clip(x - wide / 2, 0, photo.width - wide))
    top = int(np.clip(y - 0.5 * high, 0, photo.height - high))
    return photo.pixels[top : top + int(high), left : left + int(wide)]


def _view(picture: Pixels, number: int) -> Pixels:
    """One frame: whoever is in it does not quite sit still."""
    scale = 1.12 * max(640 / picture.shape[1], 480 / picture.shape[0]) * (1 + 0.02 * np.sin(number / 11))
    x, y = 320 + 8 * np.sin(number / 9), 240 + 5 * np.cos(number / 7)
    matrix = np.array([[scale, 0, x - scale * picture.shape[1] / 2], [0, scale, y - scale * picture.shape[0] / 2]])
    frame: Pixels = cv2.warpAffine(picture, matrix, (640, 480), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return frame


def _beside(left: Pixels, right: Pixels) -> Pixels:
    return np.hstack([left[:, 160:480], right[:, 160:480]])


def _enrol(engine: FaceEngine, photos: dict[str, Path]) -> None:
    with PeopleStore.open() as people:
        for name, files, note in (
            ("Barack Obama", ("obama2", "obama3"), "Asked at the counter on 3 May"),
            ("Joe Biden", ("biden",), ""),
        ):
            taken = []
            for file in files:
                photo = load_photo(photos[file])
                taken.append((photo, engine.read_photo(photo).reading))
            people.enrol(name, note, date(2030, 12, 31), taken)


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The folder as addresses of this machine: a presence check is never run on a file, but on a stream."""

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(folder))  # type: ignore[arg-type]

        def copyfile(self, *files: Any) -> None:
            with suppress(ConnectionError):  # whoever watched has seen enough
                super().copyfile(*files)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
