"""Faces gathered by person: what always holds, and what the limit allows."""

from __future__ import annotations

import functools
import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.embedding import unit
from siamgui.core.errors import Cancelled
from siamgui.search import linkage
from siamgui.search.grouping import SHARE, Grouper, bound
from siamgui.search.grouping_values import Answers, Contradiction, Faces, Grouping
from siamgui.versions.calibrate import calibrate
from tests.builders.cohorts import SIZE, cohort, directions

Ints = NDArray[np.int64]


def people(count: int, each: int, seed: int = 0, apart: float = 0.55) -> tuple[NDArray[np.float32], Ints]:
    """Unit embeddings, and who each shows."""
    noise = directions(count * each, seed + 1)
    return unit(np.repeat(directions(count, seed), each, axis=0) + apart * noise), np.repeat(np.arange(count), each)


@functools.cache
def table() -> Calibration:
    """Without a cohort."""
    return calibrate(*people(150, 4, seed=100), "", "test 1")


def faces(vectors: NDArray[np.float32], **values: NDArray[np.generic]) -> Faces:
    every, no = np.arange(len(vectors)), np.zeros(len(vectors), bool)
    return replace(Faces(vectors, None, no, no, every, every), **values)  # type: ignore[arg-type]


def group(
    some: Faces, calibration: Calibration, answers: Answers | None = None, share: float = SHARE, **values: Any
) -> Grouping:
    return Grouper(some, calibration, share).group(answers or Answers(), **values)


def as_sets(found: tuple[tuple[int, ...], ...]) -> set[frozenset[int]]:
    return set(map(frozenset, found))


def test_gathers_people_that_are_told_apart() -> None:
    vectors, who = people(30, 5)
    found = group(faces(vectors), table())
    assert as_sets(found.groups) == {frozenset(np.flatnonzero(who == one).tolist()) for one in range(30)}
    assert found.several == found.groups
    assert (found.copies, found.unjudged) == (0, ())


def test_says_how_many_wrong_joins_to_expect() -> None:
    calibration = Calibration.bundled()
    some = bound(calibration, 1000)
    assert calibration.fmr(some.limit) == pytest.approx(2 * SHARE / 999)
    assert some.expected == pytest.approx(SHARE * 1000)
    assert some.carried
    many = bound(calibration, 100_000)
    assert many.limit < some.limit
    assert many.expected == pytest.approx(calibration.smallest_fmr * 100_000 * 99_999 / 2)
    assert not many.carried
    assert bound(calibration, 0).expected == bound(calibration, 1).expected == 0


def test_realises_no_more_wrong_joins_than_expected() -> None:
    """Of strangers alone every join is wrong."""
    vectors = directions(600, 7)
    found = group(faces(vectors), table(), share=0.01)
    assert not found.bound.carried  # and yet the limit is where it belongs
    wrong = len(vectors) - len(found.groups)
    assert wrong <= 0.01 * len(vectors) + 3 * (0.01 * len(vectors)) ** 0.5
    assert wrong <= found.bound.expected


def test_of_a_curve_with_one_rate_nothing_is_joined() -> None:
    flat = np.array([1.0, 1.0])
    calibration = replace(table(), fmr_distance=flat, fmr_rate=flat, smallest_fmr=1.0)
    assert calibration.threshold(1e-3) == 0
    vectors, _ = people(3, 3)
    assert len(group(faces(vectors), calibration).groups) == 9


def test_faces_that_share_a_fault_are_no_person() -> None:
    calibration = replace(table(), cohort=cohort(), adjusted=True)
    vectors, who = people(8, 4)
    assert calibration.cohort is not None
    seen = calibration.cohort.conditions(vectors, np.ones(32, np.float32), None)
    found = group(faces(vectors, conditions=seen), calibration)  # type: ignore[arg-type]
    assert all(len(set(who[list(one)].tolist())) == 1 for one in found.groups)


def test_what_quality_forbids_stays_alone() -> None:
    vectors, _ = people(2, 4)
    damaged = np.arange(8) == 1
    found = group(faces(vectors, damaged=damaged, poor=np.arange(8) == 5), table())
    assert as_sets(found.groups) == {frozenset(some) for some in ([0, 2, 3], [1], [4, 6, 7], [5])}
    assert found.unjudged == (1, 5)
    assert found.bound.faces == 6
    answers = Answers(same=((0, 1),))
    assert (0, 1, 2, 3) in group(faces(vectors, damaged=damaged), table(), answers).groups


def test_two_poor_photographs_join_nobody() -> None:
    calibration = replace(table(), cohort=cohort(), adjusted=True)
    assert calibration.cohort is not None
    vectors, _ = people(1, 4)
    seen = calibration.cohort.conditions(vectors, np.ones(4, np.float32), None)
    poor = faces(vectors, conditions=seen, poor=np.ones(4, bool))  # type: ignore[arg-type]
    assert len(group(poor, calibration).groups) == 4
    with_a_clear_one = replace(poor, poor=np.arange(4) > 0)
    assert group(with_a_clear_one, calibration).groups == ((0, 1, 2, 3),)


def test_people_who_were_named_are_never_one() -> None:
    vectors, _ = people(2, 8)
    named = Answers(((0, 1), (2, 3)), whose=((0, 7), (2, 9)))
    found = group(faces(vectors), table(), named)
    assert sorted(map(len, found.groups)) in ([2, 6, 8], [3, 5, 8], [4, 4, 8])
    (ann,), (bob,) = ([one for one in found.groups if row in one] for row in (0, 2))
    assert ann != bob
    assert {0, 1} <= set(ann)
    assert {2, 3} <= set(bob)


def test_who_came_by_a_weak_likeness_is_unsure() -> None:
    vectors, _ = people(12, 6, apart=1.0)
    firm, loose = (group(faces(vectors), table(), share=share) for share in (0.001, 0.01))
    assert len(loose.groups) < len(firm.groups)
    unsure = set(loose.unsure)
    assert unsure
    for one in loose.groups:  # what stays without them would have been one group anyway, or is the firm part of it
        sure = set(one) - unsure
        assert any(sure <= set(other) for other in firm.groups)


def test_what_contradicts_itself_is_refused() -> None:
    vectors, _ = people(2, 2)
    with pytest.raises(Contradiction):
        group(faces(vectors), table(), Answers(((0, 1),), whose=((0, 1), (1, 2))))
    with pytest.raises(Contradiction):
        group(faces(vectors), table(), Answers(((0, 1), (1, 2)), ((0, 2),)))
    with pytest.raises(Contradiction):
        group(faces(vectors, original=np.array([0, 0, 2, 3])), table(), Answers(different=((0, 1),)))


def test_somebody_may_be_twice_in_one_photograph_where_that_was_said() -> None:
    vectors, _ = people(1, 3)
    mirror = faces(vectors, picture=np.array([7, 7, 8]))
    assert len(group(mirror, table()).groups) == 2
    assert group(mirror, table(), Answers(same=((0, 1),))).groups == ((0, 1, 2),)
    assert group(replace(mirror, picture=np.array([-1, -1, 8])), table()).groups == ((0, 1, 2),)


def test_many_near_pairs_are_joined_in_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, _ = people(3, 40)
    whole = group(faces(vectors), table())
    monkeypatch.setattr(linkage, "MOST_PAIRS", 300)
    assert group(faces(vectors), table()).groups == whole.groups
    assert [len(one) for one in whole.groups] == [40, 40, 40]
    apart = Answers(different=tuple((a, b) for a in range(40) for b in range(a)))
    assert all(sum(row < 40 for row in one) <= 1 for one in group(faces(vectors), table(), apart).groups)


def test_asked_again_says_what_it_would_have_said_at_first() -> None:
    vectors, _ = people(6, 4)
    grouper = Grouper(faces(vectors), table())
    for answers in (Answers(), Answers(same=((0, 5),)), Answers(different=((0, 1),)), Answers()):
        assert grouper.group(answers) == group(faces(vectors), table(), answers)


def test_tells_how_far_it_is_and_stops() -> None:
    vectors, _ = people(4, 3)
    told: list[float] = []
    group(faces(vectors), table(), told=told.append)
    assert told == sorted(told)
    assert told[-1] == 1
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        group(faces(vectors), table(), stop=stop)


def test_nothing_is_no_group() -> None:
    assert group(faces(np.empty((0, SIZE), np.float32)), table()).groups == ()
    assert group(faces(directions(1, 3)), table()).groups == ((0,),)


@st.composite
def collections(draw: st.DrawFn) -> tuple[Faces, Answers]:
    """Few people, photographs with several faces, copies, and answers that agree with some truth."""
    count = draw(st.integers(2, 24))
    seed = draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    centres, who = directions(6, seed), rng.integers(6, size=count)
    vectors = unit(centres[who] + rng.choice([0.3, 0.8, 1.2]) * directions(count, seed + 1))
    original = np.arange(count)
    for row in range(1, count):
        if rng.random() < 0.2:
            first = int(original[rng.integers(row)])
            original[row], who[row], vectors[row] = first, who[first], vectors[first]
    picture = np.where(rng.random(count) < 0.4, rng.integers(4, size=count), 10 + np.arange(count))
    said = rng.integers(count, size=(draw(st.integers(0, 8)), 2))
    truth = rng.integers(4, size=count)[original]  # what somebody says need not be what the faces say
    same = tuple((int(a), int(b)) for a, b in said if truth[a] == truth[b])
    different = tuple((int(a), int(b)) for a, b in said if truth[a] != truth[b])
    poor = rng.random(count) < 0.2
    return faces(vectors, original=original, picture=picture, poor=poor, damaged=poor & (who == 0)), Answers(
        same, different
    )


def group_of(some: Faces, answers: Answers) -> Ints:
    found = group(some, table(), answers)
    rows = [row for one in found.groups for row in one]
    assert sorted(rows) == list(range(len(some)))
    label = np.empty(len(some), np.int64)
    for number, one in enumerate(found.groups):
        label[list(one)] = number
    return label


@settings(max_examples=60, deadline=None)
@given(collections())
def test_what_is_known_always_holds(given: tuple[Faces, Answers]) -> None:
    some, answers = given
    label = group_of(some, answers)
    assert (label[some.original] == label).all()
    assert all(label[a] == label[b] for a, b in answers.same)
    assert all(label[a] != label[b] for a, b in answers.different)
    together = group_of(replace(some, vectors=some.vectors * 0 + some.vectors[:1]), Answers())
    for picture in set(some.picture.tolist()):
        rows = np.flatnonzero(some.picture == picture)
        copies = len(set(some.original[rows].tolist()))
        assert len(set(together[rows].tolist())) == copies


@settings(max_examples=30, deadline=None)
@given(collections(), st.randoms(use_true_random=False))
def test_the_order_of_the_faces_does_not_matter(given: tuple[Faces, Answers], random: object) -> None:
    some, answers = given
    order = list(range(len(some)))
    random.shuffle(order)  # type: ignore[attr-defined]
    place = np.argsort(order)
    moved = Faces(
        some.vectors[order],
        None,
        some.poor[order],
        some.damaged[order],
        some.picture[order],
        place[some.original[order]],
    )
    told = Answers(
        *(tuple((int(place[a]), int(place[b])) for a, b in pairs) for pairs in (answers.same, answers.different))
    )
    one, other = group_of(some, answers), group_of(moved, told)
    assert ((one[:, None] == one[None]) == (other[place][:, None] == other[place][None])).all()


def _moved(pairs: tuple[tuple[int, int], ...], place: Ints) -> tuple[tuple[int, int], ...]:
    return tuple((int(place[a]), int(place[b])) for a, b in pairs)
