"""Distances between the user's faces under encoders that have seen neither of them nor anybody joined to them.

The people are dealt into five folds. For every two folds a head is trained on the other three, with the very settings
of the version: so every couple of faces has a distance that was not learned by heart, and 300 labelled pairs become
some 75,000 of different people (cross-fitting; Chernozhukov et al., 2018). A head takes a second or two. An encoder
that is itself changed takes minutes, and then those people must do whom the split holds out.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np

from siamgui.core.cohort import Adjustment
from siamgui.core.energy import Energy
from siamgui.finetuning.split import folds_of, split_of_faces
from siamgui.labelling.types import Ints, PairSet, Part, Split
from siamgui.versions.unseen import FOLDS, MOST_FACES, Sight, Unseen, unseen_by_one

HEADS = 3
"""Heads that are trained and averaged: with few pairs the EER of one alone depends by a point on where it started."""
MOST_PAIRS = 1500
"""Labelled pairs above which the people who are held out anyway are enough."""
Progress = Callable[[int, int], None]
Trained = Callable[[Split], Sight | None]
"""Trains on the TRAIN part alone and gives all faces as it sees them; None where training was ended early."""


def held_out(pairs: PairSet, sight: Sight, faces: Ints, seed: int, energy: Energy) -> Unseen:
    """Of one encoder that saw none of faces. They are dealt into folds too: each is judged by what the others say."""
    fold = folds_of(pairs, FOLDS, seed)
    faces = faces[np.isin(fold[faces], _few_enough(fold[faces]))]
    return unseen_by_one(sight, faces, fold[faces], pairs, energy)


def cross_fitted(
    pairs: PairSet, split: Split, seed: int, energy: Energy, trained: Trained, progress: Progress
) -> Unseen | None:
    """Of ten encoders, each for two folds. None where one was ended early, or would lack pairs to learn from.

    split: whose VALIDATION part chooses the best pass of these encoders too, as far as it is not held out itself.
    """
    fold = folds_of(pairs, FOLDS, seed)
    count = len(fold)
    couples = np.full((count, count), np.nan, np.float32)
    couples_adjusted, pair, adjusted = np.stack([couples, couples]), np.full((4, len(pairs.same)), np.nan), None
    both = list(combinations(range(FOLDS), 2))
    for done, (one, two) in enumerate(both):
        progress(done, len(both))
        out = (fold == one) | (fold == two)
        if not out.any():
            continue
        part = np.where(split.face == Part.VALIDATION, int(Part.VALIDATION), int(Part.TRAIN))
        rest = split_of_faces(pairs, np.where(out, int(Part.JUDGE), part))
        sight = trained(rest) if len(np.unique(pairs.same[rest.pairs_of(Part.TRAIN)])) == 2 else None
        if sight is None:
            return None
        faces = np.flatnonzero(out)
        distances, adjusted, labelled = sight.seen(faces, pairs, energy)
        across = fold[faces][:, None] != fold[faces]
        # Within a fold those count that were trained without it and the next: each couple is measured once.
        whole = one if two == one + 1 else two if (one, two) == (0, FOLDS - 1) else -1
        within = (fold[faces] == whole)[:, None] & (fold[faces] == whole)
        rows, columns = np.nonzero(across | within)
        couples[faces[rows], faces[columns]] = distances[rows, columns]
        if adjusted is not None:
            couples_adjusted[:, faces[rows], faces[columns]] = adjusted[:, rows, columns]
            here = out[pairs.left] & out[pairs.right]
            ends = fold[pairs.left], fold[pairs.right]
            here &= (ends[0] != ends[1]) | (ends[0] == whole)
            pair[:, here] = labelled[:, here]
    of_labelled = couples[pairs.left, pairs.right].astype(np.float64)
    if adjusted is None:
        return Unseen(np.arange(count), fold, couples, of_labelled)
    return Unseen(np.arange(count), fold, couples, of_labelled, couples_adjusted, Adjustment(*pair))


def _few_enough(fold: Ints) -> Ints:
    """Of the folds of faces, the first that hold at most MOST_FACES together; one at least."""
    sizes = np.cumsum(np.bincount(fold, minlength=FOLDS))
    return np.arange(max(1, int((sizes <= MOST_FACES).sum())))
