"""The loss of Chopra, Hadsell and LeCun (2005), and the code of an article about it, which has it the wrong way round.

    python examples/article_loss.py

Both are trained for a moment on the same made-up "photographs" of eight people, from the same weights, with the same
labels: Y = 0 for the same person, Y = 1 for different people, as the paper and the text of the article declare them.
What siamgui trains with is siamgui.finetuning.losses.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

Q = 2.0
"""Upper bound of the energy: two vectors of unit length are at most 2 apart."""


def of_the_paper(energy: Tensor, y: Tensor) -> Tensor:
    """Equation 8: the same person is pulled together, by 1 - Y, and different people are pushed apart, by Y."""
    pull, push = 2 / Q * energy**2, 2 * Q * torch.exp(-2.77 / Q * energy)
    return ((1 - y) * pull + y * push).mean()


def of_the_article(energy: Tensor, y: Tensor) -> Tensor:
    """As its code stands, with Y and 1 - Y in each other's places."""
    pull, push = 2 / Q * energy**2, 2 * Q * torch.exp(-2.77 / Q * energy)
    return (y * pull + (1 - y) * push).mean()


def trained(loss: Callable[[Tensor, Tensor], Tensor] | None) -> tuple[float, float, float]:
    """After 100 steps, or without a loss before any: mean distance of pairs of one person and of different people, and
    the share of all couples of such pairs in which the one person is nearer (AUC; by chance it is a half)."""
    torch.manual_seed(0)
    person = torch.arange(8).repeat_interleave(6)
    photos = torch.randn(8, 20)[person] + 0.8 * torch.randn(48, 20)
    branch = nn.Linear(20, 4)  # both photos of a pair go through the same weights: that is what makes it Siamese
    left, right = torch.triu_indices(48, 48, 1)
    y = (person[left] != person[right]).float()
    optimiser = torch.optim.Adam(branch.parameters(), 0.02)
    for step in range(101):
        embedded = nn.functional.normalize(branch(photos))
        energy = (embedded[left] - embedded[right]).norm(dim=1)
        if loss is None or step == 100:
            break
        optimiser.zero_grad()
        loss(energy, y).backward()
        optimiser.step()
    same, different = (energy.detach()[y == side] for side in (0, 1))
    nearer = (same[:, None] < different).float().mean()
    return same.mean().item(), different.mean().item(), nearer.item()


def main() -> None:
    for name, loss in (("untrained", None), ("the paper", of_the_paper), ("the article's code", of_the_article)):
        same, different, told = trained(loss)
        print(f"{name:20} same person {same:.2f}, different people {different:.2f}, told apart {100 * told:.0f} %")


if __name__ == "__main__":
    main()
