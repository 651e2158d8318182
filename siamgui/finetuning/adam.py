"""Adam (Kingma and Ba, 2015), a step of it by torch's own function.

torch.optim.Adam brings torch's compiler into the process: two seconds of every run before its first step.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.optim.adam import adam

BETAS = 0.9, 0.999
EPSILON = 1e-8
State = dict[int, dict[str, Tensor]]


class Adam:
    """Changes parameters, in groups of a learning rate each.

    state: what is remembered of each parameter that has had a gradient, by its place among all of them.
    """

    def __init__(self, *groups: tuple[Iterable[nn.Parameter], float]) -> None:
        """groups: (parameters, learning rate)"""
        self._groups = [(list(parameters), rate) for parameters, rate in groups]
        self._parameters = [parameter for parameters, _ in self._groups for parameter in parameters]
        self.state: State = {}

    def zero_grad(self) -> None:
        for parameter in self._parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self, share: float = 1.0) -> None:
        """share: of the learning rates."""
        place = 0
        for parameters, rate in self._groups:
            moved = [(at, one, one.grad) for at, one in enumerate(parameters, place) if one.grad is not None]
            place += len(parameters)
            own = [self._state_of(at, one) for at, one, _ in moved]
            adam(
                [one for _, one, _ in moved],
                [gradient for _, _, gradient in moved],
                [state["exp_avg"] for state in own],
                [state["exp_avg_sq"] for state in own],
                [],
                [state["step"] for state in own],
                amsgrad=False,
                beta1=BETAS[0],
                beta2=BETAS[1],
                lr=rate * share,
                weight_decay=0.0,
                eps=EPSILON,
                maximize=False,
            )

    def _state_of(self, place: int, parameter: nn.Parameter) -> dict[str, Tensor]:
        if place not in self.state:
            self.state[place] = {name: torch.zeros_like(parameter) for name in ("exp_avg", "exp_avg_sq")}
            self.state[place]["step"] = torch.tensor(0.0)
        return self.state[place]

    def restore(self, state: State) -> None:
        """Go on from the state of another."""
        self.state = {
            place: {
                name: value.clone() if name == "step" else value.to(self._parameters[place], copy=True)
                for name, value in own.items()
            }
            for place, own in state.items()
        }
