"""What the storage thread holds: the library and all that is worked out from it. No other thread touches a Book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from siamgui.core.energy import Energy
from siamgui.core.file_names import photo_name
from siamgui.core.types import Embedding, FaceReading, Label, Photo, Pixels
from siamgui.gui.display import wrap
from siamgui.gui.training.labelling.state import DeskMode, DeskState, FaceCard, PairCard, Shelf
from siamgui.labelling.graph import LabelGraph, Pair, Suspect, ordered, suspects
from siamgui.labelling.import_plan import ImportPlan
from siamgui.labelling.next_pair import next_pair
from siamgui.storage.label_import import Collected, Taken, take_in
from siamgui.storage.label_store import CONFIRMED, COPIES, DISPUTED, LabelStore, StoredFace, StoredLabel

UNDO_STEPS = 500


@dataclass(frozen=True, slots=True)
class EncoderLimits:
    """The encoder through which faces are seen. threshold: where it is undecided. limits: where it is sure."""

    encoder: str
    threshold: float
    limits: tuple[float, float]
    energy: Energy


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """What to put back. before: the labels that stood (None: none did). faces: those that came with the step."""

    name: str
    before: dict[Pair, StoredLabel | None]
    faces: tuple[int, ...] = ()


class Book:
    """All methods may raise a LibraryError; then nothing has changed."""

    def __init__(self, library: LabelStore) -> None:
        self.library = library
        self.lens: EncoderLimits | None = None
        self.load()

    def load(self) -> None:
        """Read everything anew; what could be undone no longer can."""
        library = self.library
        self.faces: dict[int, StoredFace] = {face.id: face for face in library.faces()}
        self._problems = library.problems()
        self._read_vectors()
        self._read_looks()
        self._steps: list[_Step] = []
        self._new: list[int] = []  # faces of the import under way
        self._mode = DeskMode.ASK
        self._current: Pair | None = None
        self._card: PairCard | None = None
        self._follows = 0
        self._read_labels()

    def catch_up(self) -> None:
        """Read anew what another process has changed, the command line say."""
        if self.library.changed_elsewhere():
            faces = {face.id: face for face in self.library.faces()}
            if (faces, self.library.labels()) != (self.faces, self.labels):
                self.load()
            else:
                self._read_vectors()

    def _read_labels(self) -> None:
        self.labels = self.library.labels()
        self.graph = LabelGraph.of(self.labels, {face.id: face.person for face in self.faces.values()})
        self._contradictions, self._implied = self.graph.contradictions(), self.graph.implied_count
        self._suspects: tuple[Pair, ...] | None = None

    def _read_looks(self) -> None:
        self._confirmed = {ordered(*pair) for pair in self.library.get(CONFIRMED, [])}
        self._disputed = {ordered(*pair) for pair in self.library.get(DISPUTED, [])}
        self.copied_files = frozenset(self.library.get(COPIES, []))

    def _say(self, pair: Pair, label: Label, source: str) -> dict[Pair, StoredLabel | None]:
        """Returns what stood before."""
        before = {pair: self.library.set_label(*pair, label, source)}
        self._read_labels()
        return before

    # What the page shows.

    def shelf(self) -> Shelf:
        graph = self.graph
        labelled = {
            graph.person[face]
            for label in self.labels
            if label.label is not Label.UNSURE
            for face in (label.left, label.right)
        }
        return Shelf(
            tuple(self.faces.values()),
            self.labels,
            self._problems,
            len(labelled),
            self._implied,
            self._contradictions,
            self._doubts(),
            self._steps[-1].name if self._steps else "",
        )

    def desk(self) -> DeskState:
        contradictions = self._contradictions
        doubts = self._doubts()
        if (self._mode is DeskMode.RESOLVE and not contradictions) or (self._mode is DeskMode.LOOK and not doubts):
            self._mode = DeskMode.ASK
        if self._mode is DeskMode.RESOLVE:
            first = contradictions[0]
            links = [self.pair_card(pair) for pair in first.links]
            # A link that nobody called "same" is there because both faces come from one person's folder.
            chain = [card if card.said is Label.SAME else replace(card, said=None) for card in links]
            cards = (self.pair_card((first.left, first.right)), *chain)
            return DeskState(self._mode, contradiction=cards, left_over=len(contradictions) - 1)
        if self._mode is DeskMode.LOOK:
            pair = doubts[0]
            return DeskState(
                self._mode, self.pair_card(pair), left_over=len(doubts) - 1, disputed=pair in self._disputed
            )
        if self._current is None or self._current in self.graph.said or not self._current_stands():
            self._current = self._next()
        card = self.pair_card(self._current) if self._current else None
        return DeskState(self._mode, card, follows=self._follows, waiting=len(self.missing()))

    def _current_stands(self) -> bool:
        pair = self._current
        assert pair is not None
        return all(face in self.faces for face in pair) and self.graph.implied(*pair) is None

    def _next(self) -> Pair | None:
        if self.lens is None:
            return None
        return next_pair(self.vectors(), list(self.faces), self.graph, self.lens.threshold, energy=self.lens.energy)

    def _doubts(self) -> tuple[Pair, ...]:
        """What a list disputes first, then what the encoder does, worst first."""
        if self._suspects is None:
            found = () if self.lens is None else self._suspected(self.lens)
            self._suspects = tuple(ordered(one.left, one.right) for one in found)
        disputed = sorted(pair for pair in self._disputed if pair in self.graph.said)
        looked_at = self._confirmed | self._disputed
        return (*disputed, *(pair for pair in self._suspects if pair not in looked_at))

    def _suspected(self, lens: EncoderLimits) -> tuple[Suspect, ...]:
        """Of good photographs only: of others even a clear distance means little."""
        faces = self.faces
        clear = [label for label in self.labels if faces[label.left].good and faces[label.right].good]
        return suspects(clear, list(faces), self.vectors(), lens.limits, lens.energy)

    # What the encoder sees.

    def set_lens(self, lens: EncoderLimits) -> None:
        self.lens = lens
        self._read_vectors()

    def _read_vectors(self) -> None:
        self._seen: dict[int, NDArray[np.float32]] = {}  # embeddings through the lens, by face
        self._table: NDArray[np.float32] | None = None
        self._suspects = None
        if self.lens is not None:
            rows = self.library.vectors(self.lens.encoder, list(self.faces))
            self._seen = {f: row for f, row in zip(self.faces, rows, strict=True) if not np.isnan(row[0])}

    def vectors(self) -> NDArray[np.float32]:
        """(n, d) embeddings of all faces through the lens; NaN where there is none yet."""
        if self._table is None:
            size = len(next(iter(self._seen.values()), ())) or 1
            blank = np.full(size, np.nan, np.float32)
            rows = [self._seen.get(face, blank) for face in self.faces]
            self._table = np.stack(rows) if rows else np.empty((0, size), np.float32)
        return self._table

    def missing(self) -> list[int]:
        """Faces that have not been seen through the lens: all of them while there is none."""
        return [face for face in self.faces if face not in self._seen]

    def to_embed(self, most: int) -> tuple[int, dict[int, Pixels]]:
        """How many faces have not been seen through the lens, and the crops of at most so many; none without a lens."""
        if self.lens is None:
            return 0, {}
        missing = self.missing()
        return len(missing), {face: self.library.crop(face) for face in missing[:most]}

    def put_embeddings(self, embeddings: Mapping[int, Embedding]) -> None:
        """Keep the embeddings of faces."""
        here = {face: one for face, one in embeddings.items() if face in self.faces}
        for encoder in {one.encoder for one in here.values()}:
            vectors = {face: one.vector for face, one in here.items() if one.encoder == encoder}
            self.library.put_vectors(encoder, list(vectors), np.stack(list(vectors.values())))
            self._see(encoder, vectors)

    def _see(self, encoder: str, vectors: Mapping[int, NDArray[np.float32]]) -> None:
        if self.lens is not None and encoder == self.lens.encoder:
            self._seen.update(vectors)
        self._table = self._suspects = None

    # Pictures.

    def pair_card(self, pair: Pair) -> PairCard:
        said = self.graph.said.get(pair)
        if self._card is None or self._card.pair != pair or self._card.said is not said:
            self._card = PairCard(self._face_card(pair[0]), self._face_card(pair[1]), said)
        return self._card

    def _face_card(self, face: int) -> FaceCard:
        stored = self.faces[face]
        return FaceCard(face, stored.name, stored.person, QImage.fromData(self.library.picture(face)))

    def thumbnail(self, face: int) -> FaceCard:
        stored = self.faces[face]
        return FaceCard(face, stored.name, stored.person, wrap(self.library.crop(face)).copy())

    # What the user says.

    def answer(self, pair: Pair, label: Label) -> None:
        """At the desk, of a new pair or at a second look."""
        implied, contradictions = self._implied, len(self._contradictions)
        if self.graph.said.get(pair) is not label:
            self._remember(_Step("answer", self._say(pair, label, "desk")))
        if self._mode is DeskMode.LOOK:
            self._keep_looks(self._confirmed | {pair}, self._disputed - {pair})
        self._follows = max(0, self._implied - implied)
        if len(self._contradictions) > contradictions:
            self._mode = DeskMode.RESOLVE  # while the person still remembers

    def _keep_looks(self, confirmed: set[Pair], disputed: set[Pair]) -> None:
        self.library.put(CONFIRMED, sorted(confirmed))
        self.library.put(DISPUTED, sorted(disputed))
        self._confirmed, self._disputed = confirmed, disputed

    def show(self, mode: DeskMode) -> None:
        self._mode = mode
        self._follows = 0

    def compare(self, photos: Iterable[tuple[Photo, FaceReading, int, bool]], label: Label) -> Pair:
        """Keep a pair from the compare page: for both sides photo, reading, faces found, whether it is the prominent.

        Raises ValueError for a face with itself.
        """
        known = set(self.faces)
        faces: list[int] = []
        for photo, reading, found, prominent in photos:
            face = self.library.add_face(photo, reading, found, prominent=prominent)
            self._take_in(face, reading)
            faces.append(face.id)
        new = tuple(set(faces) - known)
        pair = ordered(faces[0], faces[1])
        self._remember(_Step("compare", self._say(pair, label, "compare"), new))
        return pair

    def undo(self, name: str = "") -> None:
        """Take back the last step, or the last one of that name. Faces that came with it stay if others need them."""
        step = next((step for step in reversed(self._steps) if name in ("", step.name)), None)
        if step is None:
            return
        needed = {face for pair in self.graph.said if pair not in step.before for face in pair}
        faces = [face for face in step.faces if face not in needed]
        self.library.put_back(step.before, faces)
        self._steps.remove(step)
        self._forget(faces)
        self._read_labels()
        self._follows = 0
        if step.name == "answer":
            self._mode = DeskMode.ASK
            self._current = next(iter(step.before))
            if step.before[self._current] is not None:
                self._mode = DeskMode.LOOK
                self._keep_looks(self._confirmed - {self._current}, self._disputed)

    def _remember(self, step: _Step) -> None:
        self._steps.append(step)
        del self._steps[:-UNDO_STEPS]

    def clear(self) -> None:
        self.library.clear()
        try:
            for key in (CONFIRMED, DISPUTED, COPIES):
                self.library.put(key, [])
        finally:
            self.load()

    # Photographs that come in.

    def known(self, sha256: str, person: str | None) -> StoredFace | None:
        """The face of a photograph that need not be read again."""
        face = self.library.face_of(sha256)
        if face is None or (person is not None and face.person is None):
            return None
        return face if face.id in self._seen else None

    def add(self, photo: Photo, reading: FaceReading, found: int, path: Path, person: str | None) -> StoredFace:
        face = self.library.add_face(photo, reading, found, path, person)
        if face.id not in self.faces:
            self._new.append(face.id)
        self._take_in(face, reading)
        if self._problems:
            self._problems = self.library.problems()
        return face

    def add_problem(self, path: Path, text: str) -> None:
        self.library.add_problem(photo_name(path), None, text, path)
        self._problems = self.library.problems()

    def finish_import(self, plan: ImportPlan, collected: Collected) -> tuple[int, Taken]:
        """Take in what the list or the folders say. Returns how many photographs are new, and what became of the pairs.

        What stands and says otherwise stays, and gets a second look.
        """
        before = {(label.left, label.right): label for label in self.labels}
        taken = take_in(self.library, plan, collected)
        self._read_looks()
        said = dict(self.graph.said)
        self._read_labels()
        changed = {pair: before.get(pair) for pair, label in self.graph.said.items() if said.get(pair) is not label}
        new, self._new = tuple(self._new), []
        if changed or new:
            self._remember(_Step("import", changed, new))
        return len(new), taken

    def _take_in(self, face: StoredFace, reading: FaceReading) -> None:
        self.faces[face.id] = face
        self._see(reading.embedding.encoder, {face.id: reading.embedding.vector})

    def _forget(self, faces: Iterable[int]) -> None:
        for face in faces:
            self.faces.pop(face, None)
            self._seen.pop(face, None)
        self._table = self._suspects = None
