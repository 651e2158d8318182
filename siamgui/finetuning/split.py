"""Who trains, who decides when to stop, and who judges: a split by people, never by pairs.

A network that has seen a person once knows that person; a pair is only held out when both of its people are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from siamgui.labelling.types import Ints, PairSet, Part, Split

Shares = NDArray[np.float64]

SHARES = {Part.TRAIN: 0.80, Part.VALIDATION: 0.08, Part.JUDGE: 0.12}
# A component of the pair graph with more than this share of all pairs cannot be placed whole.
_LARGE = 0.10
_DRAWS = 20


def split_pairs(pairs: PairSet, seed: int = 0) -> Split:
    """Parts of about 80 / 8 / 12 % of the pairs of each kind, drawn by seed; no person is in two parts.

    People whom a pair joins (the connected components of the pair graph) stay together. A component too large for that
    is divided by people, and its impostor pairs across two parts are left out. Where that leaves a part without pairs
    of a kind, all is drawn anew, up to 20 times.
    """
    first = _drawn(pairs, np.random.default_rng(seed))
    if min(pairs.genuine, pairs.impostor) < len(SHARES) or _complete(pairs, first):
        return first
    others = (_drawn(pairs, np.random.default_rng((seed, number))) for number in range(1, _DRAWS))
    return next((split for split in others if _complete(pairs, split)), first)


def _complete(pairs: PairSet, split: Split) -> bool:
    """Whether every part has pairs of both kinds."""
    return all(len(np.unique(pairs.same[split.pairs_of(part)])) == 2 for part in SHARES)


def folds_of(pairs: PairSet, count: int, seed: int = 0) -> Ints:
    """(n,) the fold of each face, 0 to count - 1, drawn by seed: as even as may be, and divided as split_pairs() does.

    Folds remain empty where there are fewer people than folds.
    """
    return _dealt(pairs, np.full(count, 1 / count), np.random.default_rng(seed))


def split_of_faces(pairs: PairSet, face: Ints) -> Split:
    """The split in which each face has this part, and each pair that of its faces."""
    pair = np.where(face[pairs.left] == face[pairs.right], face[pairs.left], int(Part.LEFT_OUT))
    return Split(pair.astype(np.int64), face.astype(np.int64))


def _drawn(pairs: PairSet, generator: np.random.Generator) -> Split:
    return split_of_faces(pairs, _dealt(pairs, np.array(list(SHARES.values())), generator))


def _dealt(pairs: PairSet, targets: Shares, generator: np.random.Generator) -> Ints:
    """(n,) to which of several heaps each face goes, which get these shares of all."""
    people, person = np.unique(pairs.person, return_inverse=True)
    units = _units(pairs, person, len(people))
    # What each unit brings: genuine pairs, impostor pairs, faces; each as a share of all.
    count = int(units.max()) + 1
    inside = units[person[pairs.left]] == units[person[pairs.right]]
    brings = np.zeros((count, 3))
    for column, kind in enumerate((pairs.same, ~pairs.same)):
        counted = inside & kind
        brings[:, column] = np.bincount(units[person[pairs.left[counted]]], minlength=count) / max(1, kind.sum())
    brings[:, 2] = np.bincount(units[person], minlength=count) / len(person)
    return _deal(brings, targets, generator)[units[person]]


def _units(pairs: PairSet, person: Ints, people: int) -> Ints:
    """(people,) which unit each person belongs to: those of one unit are dealt together."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    left, right = person[pairs.left], person[pairs.right]
    links = coo_array((np.ones(len(left)), (left, right)), shape=(people, people))
    _, component = connected_components(links, directed=False)
    size = np.bincount(component[left], minlength=int(component.max()) + 1)
    large = size[component] > _LARGE * len(left)
    alone = component.max() + 1 + np.arange(people)
    return np.asarray(np.unique(np.where(large, alone, component), return_inverse=True)[1], dtype=np.int64)


def _deal(brings: Shares, targets: Shares, generator: np.random.Generator) -> Ints:
    """The heap of each unit: large ones first, each to the one that lacks most of what it brings."""
    order = generator.permutation(len(brings))
    order = order[np.argsort(-brings[order].sum(axis=1), kind="stable")]
    filled = np.zeros((len(targets), brings.shape[1]))
    part = np.zeros(len(brings), dtype=np.int64)
    for unit in order:
        lack = ((targets[:, None] - filled) / targets[:, None]) @ brings[unit]
        part[unit] = int(np.argmax(lack))
        filled[part[unit]] += brings[unit]
    return part
