"""The screenshots of the training page: a session of 100 pairs in the real window, from photographs to a version.

    python tools/screenshots.py [folder] --training LFW

LFW: a folder images/NAME/*.jpg with two or more photographs of some people, Labeled Faces in the Wild for instance. One
photograph of each person is made into that of a poor camera. What is trained and measured is real; the faces of that
collection are not shown: in place of every face stands one of the bundled photographs, of one man where the pair is of
one person and of two men where it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from domain_shift import camera
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from shown_window import dress, until

from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.resources import resource
from siamgui.core.types import Pixels
from siamgui.gui.display import wrap
from siamgui.gui.main_window import MainWindow
from siamgui.gui.preferences import Preferences
from siamgui.gui.training.versions.judge_parts import WorstPairs
from siamgui.gui.widgets.mosaic import Mosaic
from siamgui.labelling.import_plan import ImportKind, ImportRequest
from siamgui.labelling.types import PairSet
from siamgui.storage import labelling_view
from siamgui.storage.label_operations import LabelledFaces
from siamgui.storage.label_store import LabelStore
from siamgui.storage.labelling_view import FaceCard, PairCard
from siamgui.storage.run_state import Phase
from siamgui.storage.training_steps import Step
from siamgui.versions.judgement import WorstPair

PEOPLE, EACH, ANSWERS = 60, 3, 100
SHOWN_AFTER = 36
"""Answers after which the desk is shown."""
PASSES = 14
"""Passes after which the curves are shown."""
NAME = "Front door"

Pair = tuple[int, int]


def take(app: QApplication, collection: Path, scratch: Path, folder: Path, rest: Callable[[], None]) -> None:
    """Write label.png, check.png, train.png, judge.png and keep.png. rest() waits for the layout to come to rest."""
    known, pile = spoil(collection, scratch)
    stand_in(Faces(FaceEngine.load("cpu")))
    dress(app, "light", "en")
    session = Session(folder, rest)
    session.bring_in(ImportRequest((known,), ImportKind.PEOPLE))
    session.bring_in(ImportRequest(tuple(pile), ImportKind.LOOSE))
    session.label()
    session.train()
    session.use()
    session.window.close()


class Session:
    """A person at the training page."""

    def __init__(self, folder: Path, rest: Callable[[], None]) -> None:
        self._folder, self._rest = folder, rest
        self.window = MainWindow(Preferences(), "cpu")
        self.window.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.window.resize(1280, 800)
        self.window.show()
        self.window.activateWindow()
        QTest.qWaitForWindowActive(self.window)
        self.window.setFocus()
        self.window.start()
        self._press(Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
        self._desk, self._runs = self.window.controllers.labelling, self.window.controllers.runs
        self._settle()

    def bring_in(self, wish: ImportRequest) -> None:
        self._desk.import_(wish)
        self._settle()

    def label(self) -> None:
        shown = False
        for answered in range(ANSWERS):
            desk = self._desk.state.desk
            assert desk is not None
            assert desk.pair is not None
            same = one_person(desk.pair.left.name, desk.pair.right.name)
            if answered >= SHOWN_AFTER and same and not shown:
                self._shoot("label")
                shown = True
            self._press(Qt.Key.Key_S if same else Qt.Key.Key_D)
            self._settle()
        self._walk(Step.CHECK)
        until(lambda: self._desk.state.check is not None)
        self._shoot("check")

    def train(self) -> None:
        self._walk(Step.METHOD)
        self._runs.name_plan(NAME)
        self._walk(Step.TRAIN)
        self._runs.begin()
        until(lambda: len(self._runs.state.epochs) > PASSES or self._runs.state.phase is Phase.BROKEN_OFF)
        self.window.grab().save(str(self._folder / "train.png"))
        until(lambda: self._runs.state.phase in (Phase.FINISHED, Phase.BROKEN_OFF))
        if self._runs.state.error is not None:
            raise self._runs.state.error

    def use(self) -> None:
        self._walk(Step.JUDGE)
        self._shoot("judge")
        assert self._runs.state.judged is not None
        self._runs.activate(self._runs.state.judged.version)
        until(lambda: NAME in self.window.status.engine.whole_text())
        self._walk(Step.ACTIVATE)
        self._shoot("keep")

    def _press(self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(QApplication.focusWidget() or self.window, key, held)

    def _walk(self, step: Step) -> None:
        self._press(Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
        assert self._desk.state.step is step

    def _settle(self) -> None:
        """Wait until nothing is under way."""

        def still() -> bool:
            state = self._desk.state
            return state.summary is not None and state.desk is not None and state.importing is None and not state.busy

        until(still)

    def _shoot(self, name: str) -> None:
        self._rest()
        self.window.grab().save(str(self._folder / f"{name}.png"))
        print(f"training: {name}")


def one_person(left: str, right: str) -> bool:
    return left.rsplit("-", 1)[0] == right.rsplit("-", 1)[0]


def spoil(collection: Path, scratch: Path) -> tuple[Path, list[Path]]:
    """A folder per person of a quarter of the people, and the photographs of the others: VISITOR-NUMBER.jpg.

    The second one of each person is as a poor camera would have taken it.
    """
    rng = np.random.default_rng(0)
    people = [found for one in sorted((collection / "images").iterdir()) if len(found := sorted(one.glob("*.jpg"))) > 1]
    known, pile = scratch / "visitors", scratch / "pile"
    pile.mkdir()
    for person, found in enumerate(people[:PEOPLE], start=1):
        folder = pile if person % 4 else known / f"visitor {person:02}"
        folder.mkdir(parents=True, exist_ok=True)
        for number, path in enumerate(found[:EACH], start=1):
            pixels = load_photo(path).pixels
            spoilt = camera(pixels, rng) if number == 2 else pixels
            Image.fromarray(spoilt).save(folder / f"visitor {person:02}-{number}.jpg", quality=92)
    return known, sorted(pile.iterdir())


class Faces:
    """The bundled photographs around the face, (n, n, 3) uint8; of the first man clear ones and a poor camera's."""

    def __init__(self, engine: FaceEngine) -> None:
        rng = np.random.default_rng(0)
        self.first = [_portrait(engine, f"obama{n}.jpg") for n in (1, 2, 3)]
        self.second = [_portrait(engine, "biden.jpg")]
        self.poor = [camera(picture, rng) for picture in (*self.first, *self.second)]

    def of_pair(self, number: int, *, same: bool) -> tuple[Pixels, Pixels]:
        left = number % 3
        return self.first[left], self.poor[(left + 1) % 3 if same else 3]

    def of_face(self, number: int) -> Pixels:
        every = (*self.first, *self.second, *self.poor)
        return every[number * 3 % len(every)]


def _portrait(engine: FaceEngine, name: str) -> Pixels:
    """Head and shoulders, square."""
    photo = load_photo(resource("samples") / name)
    found = engine.find_faces(photo)
    x0, y0, x1, y1 = found.faces[found.prominent].box
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    half = min(0.95 * max(x1 - x0, y1 - y0), x, y, photo.width - x, photo.height - y)
    cut = Image.fromarray(photo.pixels).crop((int(x - half), int(y - half), int(x + half), int(y + half)))
    return np.asarray(cut.resize((384, 384)))


def stand_in(faces: Faces) -> None:
    """From here on the window shows the bundled photographs in place of every face."""
    show_worst, show_faces = WorstPairs.show_pairs, Mosaic.set_faces

    def pair_card(_: LabelStore, kept: LabelledFaces, pair: Pair) -> PairCard:
        names = [kept.faces[face].name for face in pair]
        pictures = faces.of_pair(sum(pair), same=one_person(*names))
        cards = [FaceCard(f, n, None, p) for f, n, p in zip(pair, names, pictures, strict=True)]
        return PairCard(cards[0], cards[1], kept.graph.said.get(pair))

    def show_pairs(view: WorstPairs, worst: Sequence[WorstPair], pairs: PairSet) -> None:
        shown = [picture for n, one in enumerate(worst) for picture in faces.of_pair(n, same=one.same)]
        small = [np.asarray(Image.fromarray(picture).resize((112, 112))) for picture in shown]
        crops = np.array(small, np.uint8).reshape(-1, 112, 112, 3)
        names = tuple(pairs.names[face] for one in worst for face in (one.left, one.right))
        placed = [replace(one, left=2 * n, right=2 * n + 1) for n, one in enumerate(worst)]
        show_worst(view, placed, replace(pairs, crops=crops, names=names))

    def set_faces(view: Mosaic, shown: Sequence[tuple[QImage, str]], count: int) -> None:
        show_faces(view, [(wrap(faces.of_face(n)).copy(), name) for n, (_, name) in enumerate(shown)], count)

    for owner, stand in ((labelling_view, pair_card), (WorstPairs, show_pairs), (Mosaic, set_faces)):
        setattr(owner, stand.__name__, stand)
