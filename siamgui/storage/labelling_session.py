"""What a window does with labelled pairs that it can take back, and where the person is at the labelling desk."""

from __future__ import annotations

import enum
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark
from siamgui.core.types import FaceReading, Label, Photo
from siamgui.labelling.graph import LabelGraph, Pair, ordered
from siamgui.labelling.import_plan import ImportPlan
from siamgui.storage.label_import import Collected, Taken, take_in
from siamgui.storage.label_operations import LABELS, ClearLabels, LabelledFaces, read_labels
from siamgui.storage.label_store import CONFIRMED, DISPUTED, LabelStore, StoredFace, StoredLabel
from siamgui.storage.store import Data, Operation, Topics

UNDO_STEPS = 500


class PairOfOneFace(SiamguiError):
    text = mark("Both sides show the same face of the same photo. Choose two photos, or two faces.")


class DeskMode(enum.StrEnum):
    """ASK: a new pair. LOOK: a label that looks like a slip. RESOLVE: answers that contradict each other."""

    ASK = "ask"
    LOOK = "look"
    RESOLVE = "resolve"


@dataclass(frozen=True, slots=True, eq=False)
class UndoStep:
    """What to put back. name: "answer", "import" or "compare". before: the labels that stood (None: none did).

    faces: those that came with the step.
    """

    name: str
    before: Mapping[Pair, StoredLabel | None]
    faces: tuple[int, ...] = ()

    def possible(self, faces: Mapping[int, StoredFace]) -> bool:
        """Whether everything is still there that it needs; another process may have removed some of it."""
        return all(face in faces for pair in self.before for face in pair) and all(face in faces for face in self.faces)


@dataclass(frozen=True, slots=True, eq=False)
class SessionState:
    """steps: the latest last. mode: what the person works on. current: the pair that was chosen to be asked next.

    follows: how many pairs the last answer answered by itself. new: faces that came with the import under way.
    needed: faces that the import under way has found.
    """

    steps: tuple[UndoStep, ...] = ()
    mode: DeskMode = DeskMode.ASK
    current: Pair | None = None
    follows: int = 0
    new: tuple[int, ...] = ()
    needed: frozenset[int] = frozenset()

    def undo(self, faces: Mapping[int, StoredFace], name: str = "") -> UndoStep | None:
        """The last step that can be taken back, or the last one of that name."""
        fitting = (step for step in reversed(self.steps) if name in ("", step.name) and step.possible(faces))
        return next(fitting, None)


class LabellingSession:
    """Of one window. Operations that change something change it one after another; whoever looks takes the state."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.state = SessionState()

    def change(self, **values: Any) -> None:
        """values: fields of SessionState."""
        with self._lock:
            self.state = replace(self.state, **values)

    def settle(self, seen: SessionState, **values: Any) -> None:
        """What follows from a state that was seen, unless it is another one by now."""
        with self._lock:
            if self.state is seen:
                self.state = replace(seen, **values)

    def remember(self, step: UndoStep, **values: Any) -> None:
        self.change(steps=(*self.state.steps, step)[-UNDO_STEPS:], **values)


def looks(labels: LabelStore) -> tuple[set[Pair], set[Pair]]:
    """The pairs that were confirmed at a second look, and those of which a list says otherwise."""
    confirmed = {ordered(*pair) for pair in labels.get(CONFIRMED, [])}
    return confirmed, {ordered(*pair) for pair in labels.get(DISPUTED, [])}


@dataclass(frozen=True, slots=True)
class AnswerPair(Operation[None]):
    """What the person says at the desk, of a new pair, at a second look, or of a contradiction."""

    session: LabellingSession
    pair: Pair
    label: Label
    changes: ClassVar[Topics] = LABELS

    def run(self, data: Data) -> None:
        state, before = self.session.state, read_labels(data)
        after = before.graph
        if before.graph.said.get(self.pair) is not self.label:
            replaced = data.labels.set_label(*self.pair, self.label, "desk")
            after = _with(before, self.pair, self.label)
            self.session.remember(UndoStep("answer", {self.pair: replaced}))
        if state.mode is DeskMode.LOOK:
            confirmed, disputed = looks(data.labels)
            data.labels.put(CONFIRMED, sorted(confirmed | {self.pair}))
            data.labels.put(DISPUTED, sorted(disputed - {self.pair}))
        worse = len(after.contradictions()) > len(before.graph.contradictions())
        self.session.change(
            follows=max(0, after.implied_count - before.graph.implied_count),
            mode=DeskMode.RESOLVE if worse else state.mode,  # while the person still remembers
        )


def _with(kept: LabelledFaces, pair: Pair, label: Label) -> LabelGraph:
    others = [one for one in kept.labels if (one.left, one.right) != pair]
    said = StoredLabel(*pair, label, "desk", "")
    return LabelGraph.of((*others, said), {face.id: face.person for face in kept.faces.values()})


@dataclass(frozen=True, slots=True)
class ShowDesk(Operation[None]):
    """What the person wants to work on."""

    session: LabellingSession
    mode: DeskMode
    changes: ClassVar[Topics] = LABELS

    def run(self, data: Data) -> None:
        self.session.change(mode=self.mode, follows=0)


@dataclass(frozen=True, slots=True)
class TakeBack(Operation[None]):
    """Undo the last step, or the last one of that name. Faces that came with it stay if others need them."""

    session: LabellingSession
    name: str = ""
    changes: ClassVar[Topics] = LABELS

    def run(self, data: Data) -> None:
        state, kept = self.session.state, read_labels(data)
        step = state.undo(kept.faces, self.name)
        if step is None:
            return
        needed = {face for pair in kept.graph.said if pair not in step.before for face in pair}
        faces = [face for face in step.faces if face not in needed | state.needed]
        data.traces.owe(data.labels.crop_sums(faces))
        data.labels.put_back(step.before, faces)
        values: dict[str, Any] = {"steps": tuple(one for one in state.steps if one is not step), "follows": 0}
        # What an import under way has found as well belongs to that from now on.
        values["new"] = (*state.new, *(face for face in step.faces if face in state.needed - needed))
        if step.name == "answer":
            pair, replaced = next(iter(step.before.items()))
            values |= {"current": pair, "mode": DeskMode.ASK if replaced is None else DeskMode.LOOK}
            if replaced is not None:
                data.labels.put(CONFIRMED, sorted(looks(data.labels)[0] - {pair}))
        self.session.change(**values)


@dataclass(frozen=True, slots=True)
class ClearSession(Operation[None]):
    """Forget all photographs and labels, and what could be taken back."""

    session: LabellingSession
    changes: ClassVar[Topics] = LABELS

    def run(self, data: Data) -> None:
        ClearLabels().run(data)
        self.session.change(**{name: getattr(SessionState(), name) for name in SessionState.__slots__})


@dataclass(frozen=True, slots=True, eq=False)
class TellPair(Operation[None]):
    """Keep a pair of the compare page: for both sides photo, reading, faces found, whether it is the prominent one.

    Raises PairOfOneFace.
    """

    session: LabellingSession
    photos: tuple[tuple[Photo, FaceReading, int, bool], ...]
    label: Label
    changes: ClassVar[Topics] = LABELS

    def run(self, data: Data) -> None:
        before = data.labels.newest()
        left, right = (
            data.labels.add_face(photo, reading, found, prominent=prominent).id
            for photo, reading, found, prominent in self.photos
        )
        if left == right:
            raise PairOfOneFace
        replaced = data.labels.set_label(left, right, self.label, "compare")
        new = tuple(face for face in (left, right) if face > before)
        self.session.remember(UndoStep("compare", {ordered(left, right): replaced}, new))


# -- an import -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FindForImport(Operation[StoredFace | None]):
    """The face of a photograph that need not be read again: encoder has seen it, and nothing new is said of it."""

    session: LabellingSession
    sha256: str
    person: str | None
    encoder: str
    changes: ClassVar[Topics] = LABELS

    def run(self, data: Data) -> StoredFace | None:
        face = data.labels.face_of(self.sha256)
        if face is None or (self.person is not None and face.person is None):
            return None
        if not data.labels.seen(face.id, self.encoder):
            return None
        self.session.change(needed=self.session.state.needed | {face.id})
        return face


@dataclass(frozen=True, slots=True, eq=False)
class ImportFace(Operation[StoredFace]):
    """As AddFace, and remembered as a part of the import under way."""

    session: LabellingSession
    photo: Photo
    reading: FaceReading
    faces_found: int
    path: Path
    person: str | None
    changes: ClassVar[Topics] = LABELS

    def run(self, data: Data) -> StoredFace:
        before = data.labels.newest()
        face = data.labels.add_face(self.photo, self.reading, self.faces_found, self.path, self.person)
        state = self.session.state
        new = (*state.new, face.id) if face.id > before else state.new
        self.session.change(new=new, needed=state.needed | {face.id})
        return face


@dataclass(frozen=True, slots=True, eq=False)
class FinishImport(Operation[tuple[int, Taken]]):
    """Take in what the list or the folders say -> how many photographs are new, and what became of the pairs.

    What stands and says otherwise stays, and gets a second look.
    """

    session: LabellingSession
    plan: ImportPlan
    collected: Collected
    changes: ClassVar[Topics] = LABELS

    def run(self, data: Data) -> tuple[int, Taken]:
        before = {(label.left, label.right): label for label in data.labels.labels()}
        taken = take_in(data.labels, self.plan, self.collected)
        after = {(label.left, label.right): label for label in data.labels.labels()}
        changed = {pair: before.get(pair) for pair, label in after.items() if before.get(pair) != label}
        new = self.session.state.new
        if changed or new:
            self.session.remember(UndoStep("import", changed, new))
        self.session.change(new=(), needed=frozenset())
        return len(new), taken
