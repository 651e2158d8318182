"""FMR and FNMR by group, and how far apart the groups are.

A false match is counted in a group when both people are of it: people are taken for others of their own age, sex and
origin above all, and pairs across groups would hide that (Grother, Ngan and Hanaoka, NIST IR 8280, 2019). Differentials
are the worst rate over the geometric mean (Grother, NIST IR 8429, 2022).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.types import Strictness
from siamgui.evaluation.all_pairs import blocks_of_pairs
from siamgui.evaluation.audit_types import (
    Audit,
    Differential,
    GroupingAudit,
    GroupRates,
    GroupsAtStrictness,
    Rate,
)
from siamgui.evaluation.bootstrap import draws, interval
from siamgui.evaluation.groups import Grouping
from siamgui.evaluation.metrics import Bools, Floats, Ints, outcomes, upper_bound
from siamgui.evaluation.reading import Readings

LEAST_REPEATED = 30
"""People with two photographs that a group needs for an FNMR to be stated."""
CARRIED_ERRORS = 3
"""Errors that pairs of people make at the claimed FMR, for a group to say anything about it (rule of three)."""
_DEALT = 200
_SEED = 20221108
EVERYBODY, ACROSS = "everybody", "across"


class Said(NamedTuple):
    """One strictness. matched: (2, m) photographs of each impostor pair at or below the limit; matched_same: (m,) of
    which "same" is said. For the g genuine pairs, (g,) each: rejected by the limit; called different; left open."""

    matched: Ints
    matched_same: Bools
    rejected: Bools
    different: Bools
    open: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """person: (n,) of each photograph that was read, counted among those. genuine: (2, g) all pairs of one person."""

    person: Ints
    genuine: Ints
    said: dict[Strictness, Said]


def judge_all(
    readings: Readings,
    person: NDArray[np.int64],
    calibration: Calibration,
    progress: Callable[[], object] = lambda: None,
) -> Judged:
    """Every photograph against every other one. person: (n,) who each shows. progress: called after each block."""
    genuine: list[Ints] = []
    kept: dict[Strictness, list[Said]] = {strictness: [] for strictness in Strictness}
    for left, right, same, pairs, limits in blocks_of_pairs(readings, person, calibration):
        sides = np.stack([left, right])
        genuine.append(sides[:, same])
        for strictness in Strictness:
            below = pairs.adjusted <= limits[strictness].same_below
            called, different = outcomes(pairs, limits[strictness], strictness)
            wrong = ~same & below
            own = called[same], different[same]
            kept[strictness].append(Said(sides[:, wrong], called[wrong], ~below[same], own[1], ~own[0] & ~own[1]))
        progress()
    said = {
        strictness: Said(*(np.concatenate(parts, axis=-1) for parts in zip(*blocks, strict=True)))
        for strictness, blocks in kept.items()
    }
    return Judged(person[readings.read], np.concatenate(genuine, axis=1), said)


def audit(judged: Judged, readings: Readings, groupings: Sequence[Grouping]) -> Audit:
    """All photographs as one group, and every grouping of them."""
    whole = Grouping(EVERYBODY, (EVERYBODY,), np.zeros(len(readings.read), np.int64))
    everybody = {strictness: _at(judged, readings, whole, strictness).groups[0] for strictness in Strictness}
    return Audit(everybody, tuple(_grouping(judged, readings, grouping) for grouping in groupings))


def _grouping(judged: Judged, readings: Readings, grouping: Grouping) -> GroupingAudit:
    rates = {strictness: _at(judged, readings, grouping, strictness) for strictness in Strictness}
    return GroupingAudit(grouping.key, grouping.measured, int((grouping.of_photo < 0).sum()), rates)


def people_needed(fmr: float) -> int:
    """How many people a group needs to say anything about that FMR: their pairs number CARRIED_ERRORS / fmr."""
    return int(np.ceil(0.5 + np.sqrt(0.25 + 2 * CARRIED_ERRORS / fmr)))


def _people_by_group(person: Ints, label: Ints, groups: int) -> Ints:
    """(P, k) photographs of each person in each group."""
    known, people = label >= 0, int(person.max()) + 1
    cells = person[known] * groups + label[known]
    return np.bincount(cells, minlength=people * groups).reshape(people, groups)


def _impostor_trials(photos: Ints, drawn: Ints) -> Floats:
    """(P, k) photographs, (P,) how often each person counts -> (k + 1,) pairs in each group, and across groups."""
    each = photos * drawn[:, None]
    of_person = each.sum(1)
    within = (np.square(each.sum(0)) - np.square(each).sum(0)) / 2
    every = (np.square(of_person.sum()) - np.square(of_person).sum()) / 2
    return np.append(within, every - within.sum())


def _genuine_trials(photos: Ints, drawn: Ints) -> Floats:
    """The same of pairs of one person."""
    within = (drawn[:, None] * photos * (photos - 1)).sum(0) / 2
    of_person = photos.sum(1)
    every = (drawn * of_person * (of_person - 1)).sum() / 2
    return np.append(within, every - within.sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Errors:
    """Pairs of one kind that came out wrong, among people and groups.

    pairs: (2, m) photographs of each. trials: of how many pairs, as _impostor_trials().
    """

    pairs: Ints
    trials: Callable[[Ints, Ints], Floats]

    def place(self, label: Ints, groups: int) -> tuple[Bools, Ints]:
        """(m,) whether the groups of both photographs are known; of those the group, or the number after the last one
        for a pair across."""
        left, right = label[self.pairs]
        known = (left >= 0) & (right >= 0)
        return known, np.where(left == right, left, groups)[known]

    def count(self, label: Ints, groups: int, among: Bools | None = None) -> Ints:
        """(k + 1,) errors; among: (m,) of which to count."""
        known, place = self.place(label, groups)
        return np.bincount(place if among is None else place[among[known]], minlength=groups + 1)

    def rates(self, person: Ints, label: Ints, groups: int) -> tuple[Ints, Floats]:
        """(k + 1,) errors and trials."""
        photos = _people_by_group(person, label, groups)
        return self.count(label, groups), self.trials(photos, np.ones(len(photos), np.int64))

    def resampled(self, person: Ints, label: Ints, groups: int) -> Floats:
        """(repeats, k + 1) rates, people drawn anew in each; NaN where a repeat drew no pair."""
        photos, (known, place) = _people_by_group(person, label, groups), self.place(label, groups)
        people, places = len(photos), groups + 1
        left, right = person[self.pairs[:, known]]
        # The pairs of the same two people in the same place weigh alike.
        key, times = np.unique((left * people + right) * places + place, return_counts=True)
        place, left, right = key % places, key // places // people, key // places % people
        found = []
        for drawn in draws(people):
            weight = np.where(left == right, drawn[left], drawn[left] * drawn[right])
            errors = np.bincount(place, weights=weight * times, minlength=places)
            trials = self.trials(photos, drawn)
            found.append(np.where(trials > 0, errors / np.maximum(trials, 1), np.nan))
        return np.array(found)


def _at(judged: Judged, readings: Readings, grouping: Grouping, strictness: Strictness) -> GroupsAtStrictness:
    label, person, said = grouping.of_photo[readings.read], judged.person, judged.said[strictness]
    k = len(grouping.groups)
    photos = _people_by_group(person, label, k)
    matches = _Errors(said.matched, _impostor_trials)
    rejections = _Errors(judged.genuine[:, said.rejected], _genuine_trials)
    own = _Errors(judged.genuine, _genuine_trials)

    people, repeated = (photos > 0).sum(0), (photos > 1).sum(0)
    needed = people_needed(strictness.fmr)
    fmr, fmr_apart = _rates(matches, person, label, k, people >= needed, people * (people - 1) / 2)
    fnmr, fnmr_apart = _rates(rejections, person, label, k, repeated >= LEAST_REPEATED, repeated)
    unread = np.bincount(grouping.of_photo[~readings.read & (grouping.of_photo >= 0)], minlength=k)
    of_person = photos.sum(1)
    table = zip(
        (*grouping.groups, ACROSS),
        np.append(people, (of_person > 0).sum()).tolist(),
        np.append(photos.sum(0), of_person.sum()).tolist(),
        np.append(unread, unread.sum()).tolist(),
        np.append(repeated, (of_person > 1).sum()).tolist(),
        fmr,
        fnmr,
        matches.count(label, k, said.matched_same).tolist(),
        own.count(label, k, said.different).tolist(),
        own.count(label, k, said.open).tolist(),
        strict=True,
    )
    rates = [GroupRates(*values) for values in table]
    return GroupsAtStrictness(
        strictness.fmr,
        tuple(rates[:k]),
        rates[k] if k > 1 else None,
        _differential(grouping.groups, fmr_apart),
        _differential(grouping.groups, fnmr_apart),
    )


class _Apart(NamedTuple):
    """What a differential is made of. enough: (k,). Of the groups that have enough: once found, (r, k) resampled, and
    (s, k) dealt at random, rates that are never below the share of one error; floored: whether one was."""

    enough: Bools
    found: Floats
    resampled: Floats
    dealt: Floats
    floored: bool


def _rates(
    errors: _Errors, person: Ints, label: Ints, k: int, enough: Bools, independent: Floats
) -> tuple[list[Rate], _Apart | None]:
    """(k + 1) rates, the last across groups. independent: (k,) pairs of people, or people, behind each."""
    wrong, trials = errors.rates(person, label, k)
    repeats = errors.resampled(person, label, k)
    enough, independent = enough & (trials[:k] > 0), np.append(independent, independent.sum())
    usable = np.append(enough, trials[k] > 0)
    rates = [
        _rate(int(wrong[place]), int(trials[place]), repeats[:, place], float(independent[place]), bool(usable[place]))
        for place in range(k + 1)
    ]
    if enough.sum() < 2:
        return rates, None
    least = 1 / trials[:k][enough]
    found = np.maximum(wrong[:k][enough] / trials[:k][enough], least)
    drawn = repeats[:, :k][:, enough]
    drawn = np.maximum(drawn[~np.isnan(drawn).any(1)], least)
    times = found / _geometric_mean(found)
    for place, ratio in zip(np.flatnonzero(enough).tolist(), times.tolist(), strict=True):
        rates[place] = replace(rates[place], times=ratio)
    return rates, _Apart(
        enough, found, drawn, _dealt(errors, person, label, k)[:, enough], bool((wrong[:k][enough] == 0).any())
    )


def _rate(errors: int, trials: int, repeats: Floats, independent: float, enough: bool) -> Rate:
    if not trials:
        return Rate(0, 0, None, None, enough=False)
    drawn = repeats[~np.isnan(repeats)]
    # Where nothing went wrong, resampling cannot tell how rare that is.
    ends = interval(drawn) if errors and len(drawn) else (0.0, upper_bound(0, max(1, int(independent))))
    return Rate(errors, trials, errors / trials, ends, enough)


def _dealt(errors: _Errors, person: Ints, label: Ints, k: int) -> Floats:
    """(s, k) rates where the groups are dealt anew: to people, or to photographs where a person has several groups."""
    generator = np.random.default_rng(_SEED)
    known = label >= 0
    of_person = np.full(int(person.max()) + 1, -1)
    of_person[person[known]] = label[known]
    by_person = bool((of_person[person[known]] == label[known]).all())
    whose = np.flatnonzero(of_person >= 0)
    found = []
    for _ in range(_DEALT):
        anew = label.copy()
        if by_person:
            dealt = of_person.copy()
            dealt[whose] = generator.permutation(of_person[whose])
            anew[known] = dealt[person[known]]
        else:
            anew[known] = generator.permutation(label[known])
        wrong, trials = errors.rates(person, anew, k)
        found.append(np.maximum(wrong, 1)[:k] / np.maximum(trials, 1)[:k])
    return np.array(found)


def _geometric_mean(rates: Floats) -> Floats:
    return np.asarray(np.exp(np.log(rates).mean(-1, keepdims=True)))


def _differential(groups: Sequence[str], apart: _Apart | None) -> Differential | None:
    if apart is None:
        return None
    names = tuple(name for name, enough in zip(groups, apart.enough, strict=True) if enough)
    ratio, drawn, dealt = (
        (rates / _geometric_mean(rates)).max(-1) for rates in (apart.found, apart.resampled, apart.dealt)
    )
    return Differential(
        groups=names,
        worst=names[int(np.argmax(apart.found))],
        ratio=float(ratio),
        interval_95=interval(drawn),
        by_chance=float(np.percentile(np.append(dealt, ratio), 95)),
        floored=apart.floored,
    )
