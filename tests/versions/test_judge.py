"""The judge of a version: what it measures, what it says, and when the gate closes."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.typed_json import plain, read
from siamgui.core.types import Strictness
from siamgui.evaluation.bootstrap import eer_interval
from siamgui.labelling.types import PairSet
from siamgui.versions.gate import decide, told_from_chance
from siamgui.versions.general_reference import bundled_embeddings, carried
from siamgui.versions.judge import ReferenceVectors, Seen, cllr, draws, interval, judge_run, resampled
from siamgui.versions.judgement import Decided, Gate, GateReason, Judgement, ReferenceKind
from siamgui.versions.version_card import Card
from siamgui.versions.version_card import judged as judged_card
from siamgui.versions.wording import decided_words, verdict_words
from tests.builders.pair_sets import pair_set

Vectors = NDArray[np.float32]


@pytest.fixture(scope="module")
def faces() -> Vectors:
    """Real embeddings: two faces each of 120 people, of the people with most photographs."""
    reference = bundled_embeddings()
    numbers, counts = np.unique(reference.person, return_counts=True)
    chosen = numbers[np.argsort(-counts, kind="stable")][:120]
    rows = np.concatenate([np.flatnonzero(reference.person == number)[:2] for number in chosen])
    return reference.vectors[rows]


def spoilt(vectors: Vectors, amount: float) -> Vectors:
    noise = np.random.default_rng(1).normal(size=vectors.shape)
    moved = vectors + amount * noise
    return (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)


def seen(vectors: Vectors, pairs: PairSet, closed: bool = False) -> Seen:
    table, nothing = Calibration.bundled(), np.zeros(len(pairs.left), np.int64)
    distances = table.energy.distances(vectors[pairs.left], vectors[pairs.right])
    return Seen.of(distances, (table,), nothing, np.full(len(nothing), closed), 2.0)


def judged(
    before: Vectors,
    after: Vectors,
    pairs: PairSet,
    reference: ReferenceVectors | None = None,
    who: NDArray[np.int64] | None = None,
) -> Judgement:
    table, changed = Calibration.bundled(), not np.array_equal(before, after)
    by = np.arange(len(pairs.left)) if who is None else who
    both = seen(before, pairs), seen(after, pairs)
    return judge_run(*both, pairs, by, reference, (table, table), changed=changed)


def test_an_encoder_that_stays_as_it_is_passes(faces: Vectors) -> None:
    judgement = judged(faces, faces, pair_set())
    assert judgement.gate == Gate(())
    holdout = judgement.holdout
    assert holdout is not None
    assert holdout.before == holdout.after
    assert holdout.eer_change_interval == (0.0, 0.0)
    assert (holdout.after.genuine, holdout.after.impostor, holdout.after.people) == (120, 120, 120)
    assert sum(holdout.after.genuine_counts) == sum(holdout.after.impostor_counts) == 120
    assert holdout.after.eer_interval[0] <= holdout.after.eer <= holdout.after.eer_interval[1]
    assert holdout.after.cllr_min <= holdout.after.cllr < 0.3
    assert holdout.after.curve_fmr[0] == 0.0
    assert holdout.after.curve_fmr[-1] == 1.0


def test_what_got_worse_is_refused_and_its_worst_pairs_are_named(faces: Vectors) -> None:
    worse = spoilt(faces, 0.12)
    judgement = judged(faces, worse, pair_set())
    assert judgement.gate.reasons == (GateReason.HOLDOUT_WORSE,)
    assert judgement.holdout is not None
    assert judgement.holdout.eer_change_interval[0] > 0
    worst = judgement.holdout.worst
    assert worst[0].wrong
    for pair in worst:
        distance = float(np.linalg.norm(worse[pair.left] - worse[pair.right]))
        assert pair.after == pytest.approx(distance, abs=1e-5)
        assert pair.same == (pair.left // 2 == pair.right // 2)
    back = judged(worse, faces, pair_set())
    assert back.gate.allowed
    assert back.holdout is not None
    assert back.holdout.eer_change_interval[1] < 0


def test_shuffled_labels_look_like_chance(faces: Vectors) -> None:
    pairs = pair_set()
    closed = 0
    for seed in range(10):
        same = np.random.default_rng(seed).permutation(pairs.same)
        shuffled = PairSet(
            pairs.crops, pairs.names, pairs.good, np.arange(240), pairs.left, pairs.right, same, people_known=False
        )
        closed += GateReason.LABELS_CHANCE in judged(faces, faces, shuffled).gate.reasons
    assert closed >= 9  # one in fifty passes by chance


def test_few_true_labels_do_not_look_like_chance(faces: Vectors) -> None:
    pairs = pair_set(6)
    assert judged(faces[:12], faces[:12], pairs).gate.allowed


def test_without_pairs_of_both_kinds_nothing_can_be_judged(faces: Vectors) -> None:
    pairs = pair_set()
    one_kind = np.flatnonzero(pairs.same)
    unchanged = judged(faces, faces, pairs, who=one_kind)
    assert (unchanged.holdout, unchanged.gate.allowed) == (None, True)
    changed = judged(faces, spoilt(faces, 0.01), pairs, who=one_kind)
    assert changed.gate.reasons == (GateReason.NOT_JUDGED,)


def test_what_is_decided_counts_quality_and_what_is_wrong(faces: Vectors) -> None:
    pairs = pair_set()
    limits = Calibration.bundled().limits(Strictness.BALANCED)
    distances = np.linalg.norm(faces[pairs.left].astype(float) - faces[pairs.right], axis=1)
    decided = (distances <= limits.same_below) | (distances > limits.different_above)
    wrong = np.where(pairs.same, distances > limits.different_above, distances <= limits.same_below)
    assert seen(faces, pairs).decided(pairs.same) == Decided(240, int(decided.sum()), int(wrong.sum()))
    assert seen(faces, pairs, closed=True).decided(pairs.same) == Decided(240, 0, 0)
    words = decided_words(Decided(200, 24, 6), Decided(200, 122, 0))
    assert (
        words == "Of your pairs, 61 in 100 are now decided (12 before), and at most 1 in 66 wrongly (1 in 33 before)."
    )
    assert decided_words(None, None) == ""


def test_better_is_not_said_to_be_without_loss_where_more_pairs_are_decided_wrongly(faces: Vectors) -> None:
    holdout = judged(spoilt(faces, 0.5), faces, pair_set()).holdout
    assert holdout is not None
    better = replace(holdout, eer_change_interval=(-0.2, -0.1), decided_before=Decided(178, 66, 1))
    for wrong, said in ((1, "nothing got worse"), (4, "more of your pairs are decided wrongly")):
        told = Judgement(replace(better, decided=Decided(178, 72, wrong)), None, Gate(()))
        assert said in verdict_words(told, "Front door")


def reference(amount: float) -> ReferenceVectors:
    known = bundled_embeddings()
    some = known.person < 400
    vectors = known.vectors[some]
    return ReferenceVectors(ReferenceKind.EMBEDDINGS, "", known.person[some], vectors, spoilt(vectors, amount))


def test_what_forgot_other_people_is_refused(faces: Vectors) -> None:
    ruined = judged(faces, faces, pair_set(), reference(0.12))
    assert ruined.gate.reasons == (GateReason.REFERENCE_WORSE,)
    assert ruined.reference is not None
    assert "400 other people" in ruined.reference.words
    assert judged(faces, faces, pair_set(), reference(0.002)).gate.allowed


@pytest.mark.parametrize(("amount", "allowed"), [(0.12, False), (0.002, True)])
def test_what_forgot_is_seen_by_how_the_user_s_own_clear_photographs_moved(
    faces: Vectors, amount: float, allowed: bool
) -> None:
    known, moved = reference(0.0), spoilt(faces, amount)
    after = carried(known.before, faces, moved)
    own = replace(known, kind=ReferenceKind.CARRIED, after=after, carriers=len(faces))
    judgement = judged(faces, moved, pair_set(), own)
    assert (GateReason.REFERENCE_WORSE not in judgement.gate.reasons) is allowed
    assert judgement.reference is not None
    assert judgement.reference.after is not None
    assert "moved as 240 clear photos" in judgement.reference.words


@pytest.mark.parametrize(("order", "allowed"), [([0, 1, 2, 3], True), ([0, 3, 2, 1], False)])
def test_the_few_bundled_photos_show_only_gross_damage(faces: Vectors, order: list[int], allowed: bool) -> None:
    person = np.array([0, 0, 1, 1])
    few = ReferenceVectors(ReferenceKind.PHOTOS, "", person, faces[:4], faces[order])
    judgement = judged(faces, faces, pair_set(), few)
    assert judgement.gate.allowed is allowed
    assert judgement.reference is not None
    assert "prove little" in judgement.reference.words
    assert judgement.reference.before is None


def test_a_judgement_survives_the_disk(faces: Vectors) -> None:
    whole = judged(faces, spoilt(faces, 0.12), pair_set(), reference(0.01))
    for judgement in (whole, Judgement(None, None, Gate((GateReason.NOT_JUDGED,)))):
        text = json.dumps(judgement.to_json(), allow_nan=False)
        assert read(Judgement, text) == judgement
        card = judged_card(judgement)
        assert Card.of(json.loads(json.dumps(plain(card), allow_nan=False))) == card
    card = judged_card(whole)
    assert card.before is not None
    assert card.after is not None
    assert card.after.eer > card.before.eer
    assert all(reason.sentence for reason in GateReason)


def test_intervals_agree_with_those_of_the_evaluation(faces: Vectors) -> None:
    pairs = pair_set()
    vectors = spoilt(faces, 0.12)
    distances = np.linalg.norm(vectors[pairs.left].astype(float) - vectors[pairs.right], axis=1)
    left, right = pairs.person[pairs.left], pairs.person[pairs.right]
    eers, aucs = resampled(distances, pairs.same, draws(left, right, pairs.same, 500))
    assert interval(eers) == pytest.approx(eer_interval(distances, pairs.same, left, right))
    assert 0.5 < interval(aucs)[0] < interval(aucs)[1] < 1


def test_cllr_of_known_cases() -> None:
    assert cllr(np.zeros(3), np.zeros(5)) == pytest.approx(1.0)  # no information
    assert cllr(np.full(3, 9.0), np.full(5, -9.0)) == pytest.approx(0.0, abs=1e-6)
    ratio = np.log10(3.0)
    assert cllr(np.full(2, ratio), np.full(2, -ratio)) == pytest.approx(np.log2(4 / 3))


def test_chance_needs_both_kinds() -> None:
    assert not told_from_chance(np.array([0.1, 0.2]), np.array([True, True]))
    assert told_from_chance(np.r_[np.zeros(5), np.ones(5)] + np.arange(10) / 100, np.repeat([True, False], 5))
    assert not told_from_chance(np.r_[np.ones(5), np.zeros(5)], np.repeat([True, False], 5))
    assert decide(None, None, changed=False, labels_told=True).allowed
