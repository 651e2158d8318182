"""What labels say together, against brute force: closure, contradictions, suspects, copies, and what is asked next."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from siamgui.core.types import Label
from siamgui.labelling import next_pair as asking
from siamgui.labelling.graph import COPY, LabelGraph, Pair, copies, ordered, suspects
from siamgui.labelling.next_pair import next_pair


@dataclass(frozen=True)
class Said:
    left: int
    right: int
    label: Label


FACES = 8
pairs = st.lists(st.integers(0, FACES - 1), min_size=2, max_size=2, unique=True).map(lambda two: ordered(*two))
labels = st.dictionaries(pairs, st.sampled_from(list(Label)), max_size=20).map(
    lambda said: [Said(*pair, label) for pair, label in said.items()]
)
folders = st.dictionaries(st.integers(0, FACES - 1), st.sampled_from([None, "ann", "bob", "cat"]), max_size=FACES)


def closure(said: list[Said], persons: dict[int, str | None]) -> dict[Pair, Label]:
    """All that follows, by joining and spreading until nothing changes."""
    group = {face: {face} for face in range(FACES)}

    def join(a: int, b: int) -> None:
        both = group[a] | group[b]
        for face in both:
            group[face] = both

    for one in said:
        if one.label is Label.SAME:
            join(one.left, one.right)
    named = {face: name for face, name in persons.items() if name is not None}
    for a, b in combinations(named, 2):
        if named[a] == named[b]:
            join(a, b)
    follows: dict[Pair, Label] = {}
    for a, b in combinations(range(FACES), 2):
        apart = any(
            one.label is Label.DIFFERENT
            and ((one.left in group[a] and one.right in group[b]) or (one.left in group[b] and one.right in group[a]))
            for one in said
        )
        apart |= any(face in named for face in group[a]) and any(face in named for face in group[b])
        if b in group[a]:
            follows[a, b] = Label.SAME
        elif apart:
            follows[a, b] = Label.DIFFERENT
    return follows


@given(labels, folders)
def test_what_follows_is_all_that_follows(said: list[Said], persons: dict[int, str | None]) -> None:
    graph = LabelGraph.of(said, persons)
    expected = closure(said, persons)
    for a, b in combinations(range(FACES), 2):
        assert graph.implied(a, b) == graph.implied(b, a) == expected.get((a, b))
    answered = {(one.left, one.right) for one in said if expected.get((one.left, one.right)) is one.label}
    assert graph.implied_count == len(expected) - len(answered)


@given(labels, folders)
def test_every_contradiction_is_shown_with_a_shortest_chain(said: list[Said], persons: dict[int, str | None]) -> None:
    graph = LabelGraph.of(said, persons)
    expected = closure(said, persons)
    found = graph.contradictions()
    assert [(contradiction.left, contradiction.right) for contradiction in found] == sorted(
        (one.left, one.right)
        for one in said
        if one.label is Label.DIFFERENT and expected[one.left, one.right] is Label.SAME
    )
    same = {(one.left, one.right) for one in said if one.label is Label.SAME}
    same |= {
        (a, b)
        for a, b in combinations(range(FACES), 2)
        if persons.get(a) is not None and persons.get(a) == persons.get(b)
    }
    for contradiction in found:
        assert (contradiction.chain[0], contradiction.chain[-1]) == (contradiction.left, contradiction.right)
        assert len(set(contradiction.chain)) == len(contradiction.chain)
        assert set(contradiction.links) <= same


def test_a_chain_of_labels_is_the_shortest() -> None:
    said = [Said(n, n + 1, Label.SAME) for n in range(6)] + [Said(0, 5, Label.SAME), Said(0, 6, Label.DIFFERENT)]
    assert LabelGraph.of(said).contradictions()[0].chain == (0, 5, 6)


def test_the_examples_of_the_wizard() -> None:
    graph = LabelGraph.of([Said(1, 2, Label.SAME), Said(2, 3, Label.SAME), Said(3, 9, Label.DIFFERENT)])
    assert graph.implied(1, 3) is Label.SAME
    assert graph.implied(9, 1) is Label.DIFFERENT
    assert graph.implied(9, 100) is None
    # Two of the three sides of a triangle that are "different" say nothing of the third.
    assert LabelGraph.of([Said(1, 2, Label.DIFFERENT), Said(2, 3, Label.DIFFERENT)]).implied(1, 3) is None
    assert LabelGraph.of([Said(1, 2, Label.UNSURE)]).implied(1, 2) is None


def test_labels_against_a_confident_encoder_worst_first() -> None:
    at = {0: 0.0, 1: 0.3, 2: 1.5, 3: 1.6}  # angles, so distances are 2 sin(half the difference)
    vectors = np.array([[np.cos(angle), np.sin(angle)] for angle in at.values()] + [[np.nan, np.nan]], np.float32)
    said = [
        Said(0, 1, Label.SAME),
        Said(0, 1, Label.DIFFERENT),
        Said(0, 2, Label.SAME),
        Said(0, 3, Label.SAME),
        Said(2, 3, Label.UNSURE),
        Said(0, 4, Label.SAME),  # not read yet
        Said(0, 77, Label.SAME),  # not here
    ]
    found = suspects(said, [0, 1, 2, 3, 4], vectors, (0.5, 1.2))
    assert [(one.left, one.right, one.label) for one in found] == [
        (0, 3, Label.SAME),
        (0, 1, Label.DIFFERENT),
        (0, 2, Label.SAME),
    ]
    assert found[0].distance == pytest.approx(2 * np.sin(0.8), abs=1e-6)
    assert found[1].excess == pytest.approx(0.5 - 2 * np.sin(0.15), abs=1e-6)
    assert suspects([], [], np.empty((0, 2), np.float32), (0.5, 1.2)) == ()


def test_copies_nearest_first() -> None:
    angles = np.r_[np.linspace(0, 2, 600), 0.0001, np.nan]
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    faces = list(range(1000, 1000 + len(angles)))
    found = copies(faces, vectors)
    distances = [float(np.linalg.norm(vectors[a - 1000] - vectors[b - 1000])) for a, b in found]
    everything = np.linalg.norm(vectors[:601, None] - vectors[None, :601], axis=2)
    assert len(found) == (np.triu(everything <= COPY, 1)).sum()
    assert (np.diff(distances) > -1e-3).all()  # near 1 cosines are coarse
    assert (1000, 1600) in found[:3]


# -- what is asked next ----------------------------------------------------------------------------------------------


def people(count: int, each: int, spread: float, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Unit embeddings of people with as many faces each, and who each face is."""
    rng = np.random.default_rng(seed)
    vectors = np.repeat(rng.normal(size=(count, 32)), each, axis=0) + rng.normal(scale=spread, size=(count * each, 32))
    return (
        (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32),
        np.repeat(np.arange(count), each),
    )


@given(labels, folders, st.sets(pairs), st.floats(0, 2), st.integers(0, 99))
def test_asked_until_all_is_answered_and_nothing_twice(
    said: list[Said], persons: dict[int, str | None], done: set[Pair], threshold: float, seed: int
) -> None:
    vectors, _ = people(FACES, 1, 0, seed)
    vectors[3] = np.nan
    graph = LabelGraph.of(said, persons)
    asked = {(one.left, one.right) for one in said} | done
    open_pairs = {
        pair
        for pair in combinations(range(FACES), 2)
        if 3 not in pair and pair not in asked and not graph.implied(*pair)
    }
    order = np.random.default_rng(seed).permutation(FACES)  # faces may come in any order
    pair = next_pair(vectors[order], order.tolist(), graph, threshold, done)
    assert pair in open_pairs if open_pairs else pair is None


def test_closest_to_the_threshold_comes_first() -> None:
    vectors, _ = people(60, 2, 0.5)
    pair = next_pair(vectors, range(120), LabelGraph.of([]), 1.1)
    assert pair is not None
    all_distances = np.linalg.norm(vectors[:, None] - vectors[None], axis=2)
    best = np.abs(all_distances[np.triu_indices(120, 1)] - 1.1).min()
    assert abs(all_distances[pair] - 1.1) == pytest.approx(best, abs=1e-6)


def session(count: int) -> tuple[list[Said], NDArray[np.float32]]:
    """A person who labels truthfully what is asked."""
    vectors, person = people(100, 3, 0.8)
    said: list[Said] = []
    for _ in range(count):
        pair = next_pair(vectors, range(300), LabelGraph.of(said), 1.2)
        assert pair is not None
        said.append(Said(*pair, Label.SAME if person[pair[0]] == person[pair[1]] else Label.DIFFERENT))
    return said, vectors


@pytest.mark.parametrize("block", [1_000_000, 3_000])
def test_a_session_is_varied_and_of_both_kinds(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(asking, "_BLOCK", block)  # few faces at a time, as when there are thousands
    said, vectors = session(100)
    times_shown = np.bincount([face for one in said for face in (one.left, one.right)], minlength=300)
    assert times_shown.max() <= 4
    assert (times_shown > 0).sum() >= 120
    same = sum(one.label is Label.SAME for one in said)
    assert 15 <= same <= 60  # a random pair is "same" in less than one of a hundred cases
    distances = np.array([np.linalg.norm(vectors[one.left] - vectors[one.right]) for one in said])
    assert 20 <= (distances < 1.2).sum() <= 80
    assert np.abs(distances - 1.2).mean() < 0.25


def test_nothing_to_ask() -> None:
    vectors, _ = people(5, 1, 0)
    assert next_pair(vectors[:1], [7], LabelGraph.of([]), 1.1) is None
    assert next_pair(np.empty((0, 1), np.float32), [], LabelGraph.of([]), 1.1) is None
    named = LabelGraph.of([], {face: str(face) for face in range(5)})
    assert next_pair(vectors, range(5), named, 1.1) is None


def test_the_same_question_for_the_same_answers() -> None:
    assert session(20)[0] == session(20)[0]
