"""The losses on identities: what they reward, what they leave alone, what they refuse."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from siamgui.finetuning.identity_losses import make_identity_loss
from siamgui.finetuning.settings import LossName

NAMES = (LossName.TRIPLET, LossName.MULTI_SIMILARITY)


@pytest.fixture
def people() -> Tensor:
    return torch.arange(4).repeat_interleave(3)


def photographs(people: Tensor, noise: float) -> Tensor:
    generator = torch.Generator().manual_seed(2)
    centres = torch.randn(4, 16, generator=generator)
    return nn.functional.normalize(centres[people] + noise * torch.randn(12, 16, generator=generator))


@pytest.mark.parametrize("name", NAMES)
def test_training_joins_people_and_parts_others(name: LossName, people: Tensor) -> None:
    x = photographs(people, 1.0)
    weights = torch.eye(16).requires_grad_()
    loss, optimiser = make_identity_loss(name), torch.optim.SGD([weights], lr=0.1)

    def gap() -> float:
        z = nn.functional.normalize(x @ weights.detach())
        distance = torch.cdist(z, z)
        same = people[:, None] == people
        genuine = distance[same & ~torch.eye(12, dtype=torch.bool)]
        return float(distance[~same].mean() - genuine.mean())

    before = gap()
    for _ in range(40):
        optimiser.zero_grad()
        loss(x @ weights, people).backward()
        optimiser.step()
    assert gap() > before + 0.1


@pytest.mark.parametrize("name", NAMES)
def test_well_parted_people_cost_less(name: LossName, people: Tensor) -> None:
    loss = make_identity_loss(name)
    near, mixed = photographs(people, 0.05), photographs(people, 1.5)
    assert float(loss(near, people)) < float(loss(mixed, people))


@pytest.mark.parametrize("name", NAMES)
def test_length_of_embeddings_does_not_count(name: LossName, people: Tensor) -> None:
    loss, x = make_identity_loss(name), photographs(people, 1.0)
    assert float(loss(7 * x, people)) == pytest.approx(float(loss(x, people)), rel=1e-4)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("everyone", ["alone", "one person"])
def test_a_batch_without_couples_costs_nothing_and_has_a_gradient(name: LossName, everyone: str) -> None:
    person = torch.arange(6) if everyone == "alone" else torch.zeros(6, dtype=torch.int64)
    x = nn.functional.normalize(torch.eye(6)).requires_grad_()
    loss = make_identity_loss(name)(x, person)
    loss.backward()
    assert float(loss.detach()) == pytest.approx(0, abs=1e-3)
    assert x.grad is not None
    assert x.grad.isfinite().all()


@pytest.mark.parametrize("name", NAMES)
def test_wrong_shapes_are_refused(name: LossName) -> None:
    loss = make_identity_loss(name)
    with pytest.raises(ValueError, match="embeddings"):
        loss(torch.zeros(4, 3), torch.zeros(4, 1, dtype=torch.int64))
    with pytest.raises(ValueError, match="embeddings"):
        loss(torch.zeros(4, 3), torch.zeros(3, dtype=torch.int64))
    with pytest.raises(ValueError, match="embeddings"):
        loss(torch.zeros(4), torch.zeros(4, dtype=torch.int64))


@pytest.mark.parametrize("name", [LossName.CHOPRA, LossName.LOGISTIC])
def test_losses_on_pairs_are_not_losses_on_identities(name: LossName) -> None:
    with pytest.raises(ValueError, match="not a loss on identities"):
        make_identity_loss(name)
