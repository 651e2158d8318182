"""The same numbers as torch's own Adam, without its compiler."""

from __future__ import annotations

import subprocess
import sys

import torch
from torch import nn

from siamgui.finetuning.adam import Adam


def a_step(weight: nn.Parameter, unused: nn.Parameter, bias: nn.Parameter, number: int) -> None:
    x = torch.randn(5, 3, generator=torch.Generator().manual_seed(number))
    (x @ weight + bias).square().sum().backward()


def parameters() -> tuple[nn.Parameter, nn.Parameter, nn.Parameter]:
    """The one in the middle never has a gradient."""
    generator = torch.Generator().manual_seed(0)
    weight, unused, bias = (nn.Parameter(torch.randn(size, generator=generator)) for size in ((3, 2), (4,), (2,)))
    return weight, unused, bias


def test_steps_are_those_of_torch_before_and_after_a_pause() -> None:
    own, theirs = parameters(), parameters()
    groups = [{"params": theirs[:2], "lr": 0.1}, {"params": theirs[2:], "lr": 0.01}]
    expected = torch.optim.Adam(groups)
    optimizer = Adam((own[:2], 0.1), (own[2:], 0.01))
    for number in range(6):
        if number == 3:
            state = optimizer.state
            optimizer = Adam((own[:2], 0.1), (own[2:], 0.01))
            optimizer.restore(state)
        for group, rate in zip(expected.param_groups, (0.1, 0.01), strict=True):
            group["lr"] = rate / (number + 1)
        expected.zero_grad()
        optimizer.zero_grad()
        a_step(*theirs, number)
        a_step(*own, number)
        expected.step()
        optimizer.step(1 / (number + 1))
    assert all(torch.equal(one, two) for one, two in zip(own, theirs, strict=True))
    kept = expected.state_dict()["state"]
    assert optimizer.state.keys() == kept.keys() == {0, 2}
    for place, state in kept.items():
        assert all(torch.equal(optimizer.state[place][name], value) for name, value in state.items())


def test_the_compiler_stays_out_of_the_process() -> None:
    code = """
import sys, torch
from siamgui.finetuning.adam import Adam
weight = torch.nn.Parameter(torch.ones(3))
weight.sum().backward()
Adam(([weight], 0.1)).step()
print(float(weight[0].detach()) < 1, "torch._dynamo" in sys.modules)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout == "True False\n"
