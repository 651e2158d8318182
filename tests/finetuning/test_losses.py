"""The losses on pairs: the papers' formulas and conditions, and every mistake that public implementations make."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from siamgui.core.energy import ENERGIES, L1, L2
from siamgui.finetuning.losses import make_pair_loss, y_of
from siamgui.finetuning.settings import LossName

PAIR_LOSSES = (LossName.CHOPRA, LossName.HADSELL, LossName.ONLINE, LossName.COSENT, LossName.LOGISTIC)
MARGIN_FREE = (LossName.CHOPRA, LossName.LOGISTIC)

bounds = st.floats(0.5, 20)
shares = st.floats(0, 1)
norms = st.sampled_from(["l2", "l1"])


def value(name: LossName, distances: list[float], same: list[bool], q: float = 2.0) -> float:
    loss = make_pair_loss(name, q)(torch.tensor(distances, dtype=torch.float64), torch.tensor(same))
    return float(loss.detach())


def chopra(distance: float, same: bool, q: float = 2.0) -> float:
    return value(LossName.CHOPRA, [distance], [same], q)


# The formulas, against values worked by hand.


def test_chopra_against_the_printed_formula() -> None:
    assert chopra(0.6, True) == pytest.approx(0.36)
    assert chopra(0.6, False) == pytest.approx(4 * math.exp(-0.831))
    assert chopra(1.5, True, 5) == pytest.approx(0.4 * 2.25)
    assert chopra(1.5, False, 5) == pytest.approx(10 * math.exp(-0.831))


def test_hadsell_against_the_printed_formula() -> None:
    margin = math.sqrt(2)
    assert value(LossName.HADSELL, [0.6], [True]) == pytest.approx(0.18)
    assert value(LossName.HADSELL, [0.6], [False]) == pytest.approx((margin - 0.6) ** 2 / 2)
    assert value(LossName.HADSELL, [margin + 0.1], [False]) == 0


def test_online_counts_only_hard_pairs() -> None:
    # Genuine 0.2 is nearer than every impostor, impostor 1.3 farther than every genuine pair: both are easy.
    found = value(LossName.ONLINE, [0.2, 1.0, 0.8, 1.3], [True, True, False, False])
    assert found == pytest.approx((1.0**2 / 2 + (math.sqrt(2) - 0.8) ** 2 / 2) / 4)
    assert value(LossName.ONLINE, [0.2, 0.4, 0.8, 1.3], [True, True, False, False]) == 0
    assert value(LossName.ONLINE, [0.5], [True]) == value(LossName.HADSELL, [0.5], [True])


def test_cosent_against_the_cosines() -> None:
    genuine, impostor = 0.9, 0.3
    distances = [math.sqrt(2 - 2 * genuine), math.sqrt(2 - 2 * impostor)]
    right = value(LossName.COSENT, distances, [True, False])
    assert right == pytest.approx(math.log1p(math.exp(20 * (impostor - genuine))))
    assert value(LossName.COSENT, distances, [False, True]) == pytest.approx(12, abs=1e-4)
    assert value(LossName.COSENT, distances, [True, True]) == 0


def test_logistic_is_cross_entropy_of_the_distance() -> None:
    probability = 1 / (1 + math.exp(-10 * (0.7 - 1)))
    assert value(LossName.LOGISTIC, [0.7], [False]) == pytest.approx(-math.log(probability))
    assert value(LossName.LOGISTIC, [0.7], [True]) == pytest.approx(-math.log(1 - probability))


# The conditions of the paper, as properties.


@given(bounds, shares, shares)
def test_chopra_terms_are_monotone(q: float, one: float, other: float) -> None:
    near, far = sorted((one * q, other * q))
    assert chopra(near, True, q) <= chopra(far, True, q)
    assert chopra(near, False, q) >= chopra(far, False, q)
    if far - near > 1e-6 * q:
        assert chopra(near, False, q) > chopra(far, False, q)


@given(bounds)
def test_chopra_worst_cases_cost_the_same(q: float) -> None:
    assert chopra(q, True, q) == pytest.approx(2 * q)
    assert chopra(0, False, q) == pytest.approx(2 * q)


@given(bounds)
def test_chopra_terms_cross_at_half_q(q: float) -> None:
    assert chopra(q / 2, True, q) == pytest.approx(chopra(q / 2, False, q), rel=2e-3)  # 2.77 for 4 ln 2
    assert chopra(0.499 * q, True, q) < chopra(0.499 * q, False, q)
    assert chopra(0.501 * q, True, q) > chopra(0.501 * q, False, q)


@given(bounds, shares, shares)
def test_a_larger_margin_costs_less(q: float, one: float, other: float) -> None:
    """E_genuine + m < E_impostor is what the paper asks for (the article prints it the other way round)."""
    near, far = sorted((one * q, other * q))
    right = chopra(near, True, q) + chopra(far, False, q)
    wrong = chopra(far, True, q) + chopra(near, False, q)
    assert right <= wrong + 1e-12 * q


@pytest.mark.parametrize("name", PAIR_LOSSES)
@given(data=st.data())
def test_moving_a_pair_the_right_way_never_costs(name: LossName, data: st.DataObject) -> None:
    """A genuine pair drawn nearer, an impostor pushed farther: no loss may rise."""
    pairs = data.draw(st.lists(st.tuples(st.floats(0, 2), st.booleans()), min_size=1, max_size=6))
    which = data.draw(st.integers(0, len(pairs) - 1))
    to = data.draw(st.floats(0, 2))
    distances, same = [distance for distance, _ in pairs], [label for _, label in pairs]
    near, far = sorted((distances[which], to))
    genuine = same[which]
    before = value(name, [*distances[:which], far if genuine else near, *distances[which + 1 :]], same)
    after = value(name, [*distances[:which], near if genuine else far, *distances[which + 1 :]], same)
    assert after <= before + 1e-9


@pytest.mark.parametrize("name", PAIR_LOSSES)
@given(pairs=st.lists(st.tuples(st.floats(0, 2), st.booleans()), min_size=1, max_size=8), seed=st.integers(0, 99))
def test_order_of_the_pairs_does_not_matter(name: LossName, pairs: list[tuple[float, bool]], seed: int) -> None:
    order = torch.randperm(len(pairs), generator=torch.Generator().manual_seed(seed)).tolist()
    distances, same = [distance for distance, _ in pairs], [label for _, label in pairs]
    shuffled = value(name, [distances[i] for i in order], [same[i] for i in order])
    assert shuffled == pytest.approx(value(name, distances, same), abs=1e-12)


@given(st.lists(st.booleans(), min_size=1, max_size=20))
def test_y_is_one_for_different_people(same: list[bool]) -> None:
    assert y_of(torch.tensor(same)).tolist() == [0.0 if label else 1.0 for label in same]


# Gradients.


@pytest.mark.parametrize("norm", ["l2", "l1"])
@pytest.mark.parametrize("name", PAIR_LOSSES)
def test_gradient_against_finite_differences(name: LossName, norm: str) -> None:
    """From the loss through the energy to both embeddings, and to the weights of the loss itself."""
    generator = torch.Generator().manual_seed(7)
    a, b = (torch.randn(5, 4, dtype=torch.float64, generator=generator, requires_grad=True) for _ in range(2))
    same = torch.tensor([True, False, True, False, False])
    loss = make_pair_loss(name, 8.0).double()

    def total(a: Tensor, b: Tensor, *weights: Tensor) -> Tensor:
        named = dict(zip(dict(loss.named_parameters()), weights, strict=True))
        result: Tensor = torch.func.functional_call(loss, named, (ENERGIES[norm].between(a, b), same))
        return result

    assert torch.autograd.gradcheck(total, (a, b, *loss.parameters()))


@given(norms, st.integers(1, 5))
def test_identical_photographs_give_a_finite_gradient(norm: str, pairs: int) -> None:
    """Mistake: sqrt has an infinite slope at 0, and one pair of equal inputs turns every weight into NaN."""
    a = torch.ones(pairs, 3, requires_grad=True)
    for same in (True, False):
        found = ENERGIES[norm].between(a, torch.ones(pairs, 3))
        assert found.tolist() == [0.0] * pairs
        make_pair_loss(LossName.CHOPRA)(found, torch.full((pairs,), same)).backward()
        assert a.grad is not None
        assert a.grad.isfinite().all()


def test_the_plain_root_would_give_nan() -> None:
    """So that the test above is known to be able to fail."""
    a = torch.ones(1, 3, requires_grad=True)
    (a - torch.ones(1, 3)).square().sum(1).sqrt().sum().backward()
    assert a.grad is not None
    assert a.grad.isnan().all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_is_widened_before_the_difference(dtype: torch.dtype) -> None:
    a = torch.full((1, 4), 200.0, dtype=dtype)
    assert L2.between(a, -a).tolist() == [800.0]  # 400 squared does not fit into half precision
    assert L2.between(a, -a).dtype == torch.float32


# Mistakes seen in public implementations.


class SeedArticle(nn.Module):
    """The code of the seed article: its text says same = 0, different = 1, then it pulls by y and pushes by 1 - y."""

    def forward(self, distance: Tensor, y: Tensor) -> Tensor:
        q = 2.0
        return (y * (2 / q) * distance**2 + (1 - y) * 2 * q * torch.exp(-2.77 / q * distance)).mean()


def _trained(article: bool) -> Tensor:
    """Mean distance of genuine and of impostor pairs after 60 steps on four people with two noisy photographs each."""
    generator = torch.Generator().manual_seed(3)
    people = torch.randn(4, 16, generator=generator).repeat_interleave(2, 0)
    photos = people + 0.5 * torch.randn(8, 16, generator=generator)
    left, right = torch.triu_indices(8, 8, 1)
    same = left // 2 == right // 2
    weights = (torch.randn(16, 8, generator=generator) / 4).requires_grad_()
    optimiser = torch.optim.SGD([weights], lr=0.2)
    ours, theirs = make_pair_loss(LossName.CHOPRA), SeedArticle()
    for _ in range(60):
        embeddings = nn.functional.normalize(photos @ weights)
        distance = L2.between(embeddings[left], embeddings[right])
        loss = theirs(distance, y_of(same)) if article else ours(distance, same)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return torch.stack([distance[same].mean(), distance[~same].mean()]).detach()


def test_inverted_label_of_the_seed_article_fails_where_ours_passes() -> None:
    """Mistake: fed with the labels its own text declares, the article's code pushes the same person apart."""
    genuine, impostor = _trained(article=False)
    assert genuine + 0.5 < impostor
    genuine, impostor = _trained(article=True)
    assert genuine > impostor


def test_weights_are_2_over_q_and_not_q_over_2() -> None:
    """Mistake: with Q/2 the worst genuine pair costs Q^3 / 2, and the terms no longer cross at Q/2."""
    assert chopra(1, True, q=5) == pytest.approx(0.4)
    assert chopra(5, True, q=5) == pytest.approx(chopra(0, False, q=5)) == pytest.approx(10)


@pytest.mark.parametrize("name", PAIR_LOSSES)
@pytest.mark.parametrize(
    ("distances", "labels"), [((3, 1), (3,)), ((3,), (3, 1)), ((3, 3), (3, 3)), ((3,), (2,)), ((0,), (0,)), ((), ())]
)
def test_wrong_shapes_are_refused(name: LossName, distances: tuple[int, ...], labels: tuple[int, ...]) -> None:
    """Mistake: labels of (n, 1) against distances of (n,) broadcast to n x n and train on nonsense."""
    with pytest.raises(ValueError, match="vectors of one length"):
        make_pair_loss(name)(torch.zeros(distances), torch.zeros(labels, dtype=torch.bool))


def test_distance_is_per_pair_and_not_over_the_batch() -> None:
    """Mistake: a sum without an axis makes one distance of the whole batch."""
    a = torch.tensor([[0.0, 0.0], [1.0, 2.0], [4.0, 0.0]])
    b = torch.tensor([[3.0, 4.0], [1.0, 2.0], [4.0, 1.0]])
    assert L2.between(a, b).tolist() == [5.0, 0.0, 1.0]
    assert L1.between(a, b).tolist() == [7.0, 0.0, 1.0]


@pytest.mark.parametrize("name", PAIR_LOSSES[:3])
@given(copies=st.integers(1, 5))
def test_loss_is_a_mean_over_pairs(name: LossName, copies: int) -> None:
    once = value(name, [0.4, 0.9, 0.7], [True, True, False])
    assert value(name, [0.4, 0.9, 0.7] * copies, [True, True, False] * copies) == pytest.approx(once)


@given(st.lists(st.floats(-1, 1), min_size=3, max_size=3).filter(lambda x: sum(map(abs, x)) > 0.1))
def test_energy_is_a_distance_and_not_a_similarity(vector: list[float]) -> None:
    """Mistake: a cosine in place of the distance draws apart what it should join."""
    a = nn.functional.normalize(torch.tensor([vector]))
    assert float(L2.between(a, a)) == 0
    assert float(L2.between(a, -a)) == pytest.approx(2, abs=1e-5)  # Q, the bound for unit embeddings


@pytest.mark.parametrize("name", MARGIN_FREE)
def test_no_head_caps_the_distance(name: LossName) -> None:
    """Mistake: a sigmoid on the distance ends at the margin; pairs on the wrong side then get no gradient."""
    distance = torch.tensor([1.9, 0.05], requires_grad=True)
    make_pair_loss(name)(distance, torch.tensor([True, False])).backward()
    assert distance.grad is not None
    assert distance.grad[0] > 0.1
    assert distance.grad[1] < -0.1
    embeddings = torch.full((1, 9), 10.0)
    assert float(L2.between(embeddings, -embeddings)) == pytest.approx(60)


@pytest.mark.parametrize("labels", [torch.tensor([0, 1]), torch.tensor([0.0, 1.0])])
def test_numbers_are_not_labels(labels: Tensor) -> None:
    """Mistake: nobody can tell whether a 1 follows the file (same) or the paper (different)."""
    with pytest.raises(ValueError, match="expected bools"):
        make_pair_loss(LossName.CHOPRA)(torch.tensor([0.1, 0.2]), labels)


def test_logistic_learns_its_own_threshold() -> None:
    """Mistake: a fixed threshold of 0.5. Pairs that part at 1.6 are told apart at 1.6."""
    distance = torch.tensor([1.4, 1.5, 1.7, 1.8])
    same = torch.tensor([True, True, False, False])
    loss = make_pair_loss(LossName.LOGISTIC)
    optimiser = torch.optim.SGD(loss.parameters(), lr=0.02)
    for _ in range(100):
        optimiser.zero_grad()
        loss(distance, same).backward()
        optimiser.step()
    assert 1.5 < float(loss.neutral.detach()) < 1.7


@pytest.mark.parametrize("q", [0.0, -1.0, math.nan, math.inf])
def test_q_must_be_positive(q: float) -> None:
    with pytest.raises(ValueError, match="q must be positive"):
        make_pair_loss(LossName.CHOPRA, q)


@pytest.mark.parametrize("name", [LossName.TRIPLET, LossName.MULTI_SIMILARITY])
def test_losses_on_identities_are_not_losses_on_pairs(name: LossName) -> None:
    with pytest.raises(ValueError, match="not a loss on pairs"):
        make_pair_loss(name)


def test_energy_refuses_what_it_cannot_compare() -> None:
    with pytest.raises(ValueError, match=r"\(n, d\)"):
        L2.between(torch.zeros(2, 3), torch.zeros(1, 3))
    with pytest.raises(ValueError, match=r"\(n, d\)"):
        L2.between(torch.zeros(3), torch.zeros(3))
