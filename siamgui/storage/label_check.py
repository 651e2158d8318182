"""What the labelled pairs are worth: several faces, duplicates, people who overlap, and the split."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from siamgui.finetuning.split import split_pairs
from siamgui.labelling.graph import copies
from siamgui.labelling.types import PairSet, Part, Split
from siamgui.storage.label_operations import LabelledFaces, read_labels
from siamgui.storage.label_store import COPIES
from siamgui.storage.labelling_view import FaceCard, PairCard
from siamgui.storage.store import Data, Operation

SHOWN = 12
PEOPLE_SHOWN = 80


@dataclass(frozen=True, slots=True, eq=False)
class PartCard:
    """One part of the split. people, genuine, impostor: counts. faces: some of its people, one face each."""

    part: Part
    people: int
    genuine: int
    impostor: int
    faces: tuple[FaceCard, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """What the pairs are worth.

    several: some of the photographs with more than one face, of several_found.
    copies: some of the pairs of nearly identical photographs, of copies_found. files: exact copies of a photograph.
    merged: folders that answers join into one person. left_out: pairs between people of two parts.
    parts: learns, decides when to stop, judges; empty where there is nothing to split.
    """

    several: tuple[FaceCard, ...]
    several_found: int
    copies: tuple[PairCard, ...]
    copies_found: int
    files: int
    merged: tuple[tuple[str, ...], ...]
    left_out: int
    parts: tuple[PartCard, ...]

    @property
    def divided(self) -> bool:
        """Whether each part has pairs of both kinds."""
        return bool(self.parts) and all(part.genuine and part.impostor for part in self.parts)


@dataclass(frozen=True, slots=True)
class CheckPairs(Operation[Check]):
    """encoder: "id version" of the one that finds duplicates; None while there is none."""

    encoder: str | None

    def run(self, data: Data) -> Check:
        kept, pairs = read_labels(data), data.labels.pair_set()
        several = [face.id for face in kept.faces.values() if face.faces_found > 1]
        faces = list(kept.faces)
        alike = copies(faces, data.labels.vectors(self.encoder, faces)) if self.encoder is not None else ()

        def thumbnail(face: int) -> FaceCard:
            stored = kept.faces[face]
            return FaceCard(face, stored.name, stored.person, data.labels.crop(face))

        parts: tuple[PartCard, ...] = ()
        left_out = 0
        if pairs.genuine and pairs.impostor:
            split = split_pairs(pairs)
            parts = tuple(_part(pairs, split, part) for part in (Part.TRAIN, Part.VALIDATION, Part.JUDGE))
            left_out = len(split.pairs_of(Part.LEFT_OUT))
        return Check(
            several=tuple(map(thumbnail, several[:SHOWN])),
            several_found=len(several),
            copies=tuple(PairCard(thumbnail(a), thumbnail(b), kept.graph.said.get((a, b))) for a, b in alike[:SHOWN]),
            copies_found=len(alike),
            files=len(set(data.labels.get(COPIES, []))),
            merged=_merged(kept),
            left_out=left_out,
            parts=parts,
        )


def _merged(kept: LabelledFaces) -> tuple[tuple[str, ...], ...]:
    names: dict[int, set[str]] = {}
    for face in kept.faces.values():
        if face.person is not None:
            names.setdefault(kept.graph.person[face.id], set()).add(face.person)
    return tuple(tuple(sorted(group)) for group in names.values() if len(group) > 1)


def _part(pairs: PairSet, split: Split, part: Part) -> PartCard:
    own = split.pairs_of(part)
    faces = split.faces_of(part)
    people, first = np.unique(pairs.person[faces], return_index=True)
    genuine = int(pairs.same[own].sum())
    shown = faces[np.sort(first)[:PEOPLE_SHOWN]]
    cards = tuple(FaceCard(int(face), pairs.names[face], None, pairs.crops[face].copy()) for face in shown)
    return PartCard(part, len(people), genuine, len(own) - genuine, cards)
