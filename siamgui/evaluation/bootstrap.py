"""Confidence intervals by resampling people, not pairs: pairs that share a face are not independent."""

from __future__ import annotations

import numpy as np

from siamgui.evaluation.metrics import Bools, Floats, Ints, equal_error_rate, upper_bound

REPEATS = 500
_SEED = 20050620  # fixed, so that two runs on the same data agree


def people_of_pairs(left: Ints, right: Ints, same: Bools, photos: int) -> Ints:
    """The people that a list of pairs implies: photos joined by same-person pairs. (photos,) person numbers."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(int(same.sum())), (left[same], right[same])), shape=(photos, photos))
    _, person = connected_components(links, directed=False)
    return np.asarray(person)


def draws(people: int) -> list[Ints]:
    """How often each person is drawn in each repeat."""
    generator = np.random.default_rng(_SEED)
    return [np.bincount(generator.integers(people, size=people), minlength=people) for _ in range(REPEATS)]


def interval(values: list[float] | Floats) -> tuple[float, float]:
    """The middle 95 % of values of repeats."""
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def eer_interval(distances: Floats, same: Bools, left: Ints, right: Ints) -> tuple[float, float] | None:
    """The 95 % interval of the EER; left, right: the person in each photograph of a pair. No NaN.

    A pair counts as often as its people were drawn together. None where no repeat drew both kinds of pairs.
    """
    order = np.argsort(distances, kind="stable")
    distances, same, left, right = distances[order], same[order], left[order], right[order]
    ends = np.append(distances[1:] > distances[:-1], True)  # equal distances are accepted together
    values = []
    for drawn in draws(int(max(left.max(), right.max())) + 1):
        weight = np.where(same, drawn[left], drawn[left] * drawn[right])
        genuine, impostor = np.cumsum(weight * same), np.cumsum(weight * ~same)
        if genuine[-1] and impostor[-1]:
            fmr = np.concatenate([[0.0], impostor[ends] / impostor[-1]])
            fnmr = np.concatenate([[1.0], 1.0 - genuine[ends] / genuine[-1]])
            values.append(equal_error_rate(fmr, fnmr))
    return interval(values) if values else None


def fmr_interval(false_matches: Ints, photos: Ints, others: Ints | None = None) -> tuple[float, float]:
    """The 95 % interval of an FMR over all impostor pairs. false_matches: (2, m), the two people of each.

    photos: how many photographs of each person took part. others: as many of another kind, where the pairs are those of
    one kind with the other. Where nothing was accepted, resampling cannot tell how rare that is; then the upper end is
    that of the pairs of people, of which none was accepted.
    """
    first, second = false_matches
    other = photos if others is None else others
    if not len(first):
        a, b = photos > 0, other > 0
        both = int((a & b).sum())
        people = int(a.sum()) * int(b.sum()) - both - both * (both - 1) // 2
        return 0.0, upper_bound(0, people)
    values = []
    for drawn in draws(len(photos)):
        one, two = drawn * photos, drawn * other
        pairs = (one.sum() * two.sum() - (one * two).sum()) / (2 if others is None else 1)
        if pairs:
            values.append(float((drawn[first] * drawn[second]).sum() / pairs))
    return interval(values) if values else (0.0, 1.0)
