"""The labelled pairs as a page shows them: what they come to, and what lies on the labelling desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from siamgui.core.encoder_limits import EncoderLimits
from siamgui.core.pictures import pixels_of
from siamgui.core.types import Label, Pixels
from siamgui.labelling.graph import Contradiction, LabelGraph, Pair, Vectors, ordered, suspects
from siamgui.labelling.next_pair import next_pair
from siamgui.storage.label_operations import LabelledFaces, read_labels
from siamgui.storage.label_store import LabelStore, Problem, StoredFace, StoredLabel
from siamgui.storage.labelling_session import DeskMode, LabellingSession, SessionState, looks
from siamgui.storage.store import Data, Operation


@dataclass(frozen=True, slots=True, eq=False)
class LabelSummary:
    """What is kept, and what follows from it.

    people: different people in the pairs called same or different. implied: pairs that are answered by others.
    contradictions: what cannot all be true. doubts: labels worth a second look that have not had one.
    undo: name of the step that can be taken back, or "".
    """

    faces: tuple[StoredFace, ...] = ()
    labels: tuple[StoredLabel, ...] = ()
    problems: tuple[Problem, ...] = ()
    people: int = 0
    implied: int = 0
    contradictions: tuple[Contradiction, ...] = ()
    doubts: tuple[Pair, ...] = ()
    undo: str = ""

    def count(self, label: Label) -> int:
        return sum(stored.label is label for stored in self.labels)

    def same_pairs(self, other: LabelSummary) -> bool:
        """Whether the faces and what is said of them are the same."""
        return (self.faces, self.labels) == (other.faces, other.labels)

    @property
    def empty(self) -> bool:
        return not (self.faces or self.problems)


@dataclass(frozen=True, slots=True)
class FaceCard:
    """A face for the screen. picture: (h, w, 3) uint8 RGB, head and shoulders; for thumbnails the aligned crop."""

    id: int
    name: str
    person: str | None
    picture: Pixels = field(compare=False)


@dataclass(frozen=True, slots=True)
class PairCard:
    """Two faces and what was said of them, if anything."""

    left: FaceCard
    right: FaceCard
    said: Label | None = None

    @property
    def pair(self) -> Pair:
        return self.left.id, self.right.id


@dataclass(frozen=True, slots=True)
class DeskState:
    """What lies on the labelling desk.

    pair: the pair to answer (ASK, LOOK); None when there is nothing to ask. disputed: LOOK: a list said the opposite.
    contradiction: RESOLVE: the pair called different, then the chain of pairs called the same that contradicts it.
    left_over: how many more of this kind there are. follows: pairs that the last answer answered by itself.
    waiting: faces that the encoder has not seen yet.
    """

    mode: DeskMode = DeskMode.ASK
    pair: PairCard | None = None
    contradiction: tuple[PairCard, ...] = ()
    left_over: int = 0
    follows: int = 0
    disputed: bool = False
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class ViewLabels(Operation[tuple[LabelSummary, DeskState]]):
    """limits: None while there is no engine; then nothing is doubted, and nothing new is asked."""

    session: LabellingSession
    limits: EncoderLimits | None

    def run(self, data: Data) -> tuple[LabelSummary, DeskState]:
        state, kept = self.session.state, read_labels(data)
        vectors = data.labels.vectors(self.limits.encoder, list(kept.faces)) if self.limits is not None else None
        disputed, doubts = self._doubts(data, kept, vectors)
        undo = state.undo(kept.faces)
        summary = LabelSummary(
            tuple(kept.faces.values()),
            kept.labels,
            kept.problems,
            _people(kept),
            kept.graph.implied_count,
            kept.graph.contradictions(),
            doubts,
            undo.name if undo is not None else "",
        )
        return summary, self._desk(data.labels, kept, vectors, state, summary, disputed)

    def _doubts(self, data: Data, kept: LabelledFaces, vectors: Vectors | None) -> tuple[set[Pair], tuple[Pair, ...]]:
        """What a list disputes; and that first, then what the encoder does, worst first."""
        confirmed, disputed = looks(data.labels)
        first = sorted(pair for pair in disputed if pair in kept.graph.said)
        if self.limits is None or vectors is None:
            return disputed, tuple(first)
        # Of good photographs only: of others even a clear distance means little.
        clear = [label for label in kept.labels if kept.faces[label.left].good and kept.faces[label.right].good]
        sure = self.limits.surely_alike, self.limits.surely_apart
        found = suspects(clear, list(kept.faces), vectors, sure, self.limits.energy)
        pairs = (ordered(one.left, one.right) for one in found)
        return disputed, (*first, *(pair for pair in pairs if pair not in confirmed | disputed))

    def _desk(
        self,
        labels: LabelStore,
        kept: LabelledFaces,
        vectors: Vectors | None,
        state: SessionState,
        summary: LabelSummary,
        disputed: set[Pair],
    ) -> DeskState:
        mode = state.mode
        if mode is DeskMode.RESOLVE and summary.contradictions:
            first, *others = summary.contradictions
            links = [pair_card(labels, kept, pair) for pair in first.links]
            # A link that nobody called "same" is there because both faces come from one person's folder.
            chain = [card if card.said is Label.SAME else replace(card, said=None) for card in links]
            cards = (pair_card(labels, kept, (first.left, first.right)), *chain)
            return DeskState(mode, contradiction=cards, left_over=len(others))
        if mode is DeskMode.LOOK and summary.doubts:
            pair, *more = summary.doubts
            return DeskState(mode, pair_card(labels, kept, pair), left_over=len(more), disputed=pair in disputed)
        current = state.current if _open(kept, state.current) else self._next(kept, vectors)
        self.session.settle(state, mode=DeskMode.ASK, current=current)
        card = pair_card(labels, kept, current) if current is not None else None
        waiting = len(kept.faces) if vectors is None else int(np.isnan(vectors).any(axis=1).sum())
        return DeskState(DeskMode.ASK, card, follows=state.follows, waiting=waiting)

    def _next(self, kept: LabelledFaces, vectors: Vectors | None) -> Pair | None:
        if self.limits is None or vectors is None:
            return None
        return next_pair(vectors, list(kept.faces), kept.graph, self.limits.undecided, energy=self.limits.energy)


def _open(kept: LabelledFaces, pair: Pair | None) -> bool:
    """Whether a pair is still to be asked."""
    if pair is None or pair in kept.graph.said:
        return False
    return all(face in kept.faces for face in pair) and kept.graph.implied(*pair) is None


def _people(kept: LabelledFaces) -> int:
    return people_in(kept.graph, (pair for pair, label in kept.graph.said.items() if label is not Label.UNSURE))


def people_in(graph: LabelGraph, pairs: Iterable[Pair]) -> int:
    """How many different people the pairs show."""
    return len({graph.person[face] for pair in pairs for face in pair})


def pair_card(labels: LabelStore, kept: LabelledFaces, pair: Pair) -> PairCard:
    left, right = (
        FaceCard(face, kept.faces[face].name, kept.faces[face].person, pixels_of(labels.picture(face))) for face in pair
    )
    return PairCard(left, right, kept.graph.said.get(pair))
