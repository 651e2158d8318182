"""What one step sees: some faces and the pairs between them. The order depends on seed and epoch alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from siamgui.labelling.types import Bools, Ints, PairSet, Part, Split

IMAGES_EACH = 4
_IMPOSTORS_EACH = 2
"""Impostor pairs for each genuine one where all pairs of a batch are known."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """faces: (b,) indices into the pair set. left, right: (k,) places in faces; same: (k,)."""

    faces: Ints
    left: Ints
    right: Ints
    same: Bools


def labelled_batches(pairs: PairSet, split: Split, size: int, seed: int, epoch: int) -> Iterator[Batch]:
    """Every training pair once, size pairs at a time, both kinds spread evenly over the batches."""
    chosen = split.pairs_of(Part.TRAIN)
    generator = np.random.default_rng((seed, epoch))
    # Each kind on its own even grid of places, so that no batch lacks one of them where there are enough.
    place = np.empty(len(chosen))
    for kind in (True, False):
        own = np.flatnonzero(pairs.same[chosen] == kind)
        place[generator.permutation(own)] = (np.arange(len(own)) + generator.random(len(own))) / max(1, len(own))
    order = chosen[np.argsort(place, kind="stable")]
    count = max(1, round(len(order) / size))
    for part in np.array_split(order, count):
        faces, at = np.unique(np.concatenate([pairs.left[part], pairs.right[part]]), return_inverse=True)
        yield Batch(faces, at[: len(part)], at[len(part) :], pairs.same[part])


def people_batches(pairs: PairSet, split: Split, size: int, seed: int, epoch: int) -> Iterator[Batch]:
    """For people who are all known: a few photographs each of many people, and the pairs between them.

    size: pairs of a kind a step, about. Every training face comes about once; all genuine pairs of a batch, and
    twice as many impostor pairs.
    """
    generator = np.random.default_rng((seed, epoch))
    faces = split.faces_of(Part.TRAIN)
    groups = [g for g in _groups(pairs.person, faces, generator) if len(g) > 1]
    order = generator.permutation(len(groups))
    per_batch = max(4, size // (IMAGES_EACH * (IMAGES_EACH - 1) // 2))
    for part in np.array_split(order, max(1, round(len(groups) / per_batch))):
        chosen = np.concatenate([groups[i] for i in part])
        left, right = np.triu_indices(len(chosen), 1)
        same = pairs.person[chosen[left]] == pairs.person[chosen[right]]
        impostors = np.flatnonzero(~same)
        wanted = min(len(impostors), _IMPOSTORS_EACH * int(same.sum()))
        kept = np.concatenate([np.flatnonzero(same), generator.choice(impostors, wanted, replace=False)])
        if same.any() and wanted:
            yield Batch(chosen, left[kept], right[kept], same[kept])


def _groups(person: Ints, faces: Ints, generator: np.random.Generator) -> Iterator[Ints]:
    """The photographs of each person in lots of IMAGES_EACH."""
    for who in np.unique(person[faces]):
        own = generator.permutation(faces[person[faces] == who])
        yield from np.array_split(own, max(1, round(len(own) / IMAGES_EACH)))


def share_of(batch: Batch, rank: int, world: int) -> Batch:
    """What one of world processes sees of a batch: every world-th pair, each process equally many."""
    if world == 1:
        return batch
    each = max(1, len(batch.same) // world)
    mine = (np.arange(each) * world + rank) % len(batch.same)
    used, at = np.unique(np.concatenate([batch.left[mine], batch.right[mine]]), return_inverse=True)
    return Batch(batch.faces[used], at[:each], at[each:], batch.same[mine])
