"""What the pairs are worth: several faces, duplicates, people who overlap, and the split. For the storage thread."""

from __future__ import annotations

import numpy as np

from siamgui.finetuning.split import split_pairs
from siamgui.gui.display import wrap
from siamgui.gui.training.labelling.book import Book
from siamgui.gui.training.labelling.state import Check, FaceCard, PairCard, PartCard
from siamgui.labelling.graph import copies
from siamgui.labelling.types import PairSet, Part, Split

SHOWN = 12
PEOPLE_SHOWN = 80


def check(book: Book) -> Check:
    several = [face.id for face in book.faces.values() if face.faces_found > 1]
    alike = copies(list(book.faces), book.vectors())
    pairs = book.library.pair_set()
    parts: tuple[PartCard, ...] = ()
    left_out = 0
    if pairs.genuine and pairs.impostor:
        split = split_pairs(pairs)
        parts = tuple(_part(pairs, split, part) for part in (Part.TRAIN, Part.VALIDATION, Part.JUDGE))
        left_out = len(split.pairs_of(Part.LEFT_OUT))
    return Check(
        several=tuple(book.thumbnail(face) for face in several[:SHOWN]),
        several_found=len(several),
        copies=tuple(
            PairCard(book.thumbnail(a), book.thumbnail(b), book.graph.said.get((a, b))) for a, b in alike[:SHOWN]
        ),
        copies_found=len(alike),
        files=len(book.copied_files),
        merged=_merged(book),
        left_out=left_out,
        parts=parts,
    )


def _merged(book: Book) -> tuple[tuple[str, ...], ...]:
    names: dict[int, set[str]] = {}
    for face in book.faces.values():
        if face.person is not None:
            names.setdefault(book.graph.person[face.id], set()).add(face.person)
    return tuple(tuple(sorted(group)) for group in names.values() if len(group) > 1)


def _part(pairs: PairSet, split: Split, part: Part) -> PartCard:
    own = split.pairs_of(part)
    faces = split.faces_of(part)
    people, first = np.unique(pairs.person[faces], return_index=True)
    genuine = int(pairs.same[own].sum())
    shown = faces[np.sort(first)[:PEOPLE_SHOWN]]
    cards = tuple(FaceCard(int(face), pairs.names[face], None, wrap(pairs.crops[face]).copy()) for face in shown)
    return PartCard(part, len(people), genuine, len(own) - genuine, cards)
