"""Weights are those of the network that is asked for, or they are refused with the place that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save

from siamgui.core import encoders
from siamgui.core.manifest import models_folder
from siamgui.core.typed_json import WrongForm

ARCHITECTURE = "mobilefacenet+head"


@pytest.fixture(scope="module")
def tensors() -> dict[str, Any]:
    net = encoders.build(ARCHITECTURE)
    return {name: value.numpy() for name, value in net.state_dict().items()}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda t: t.pop("head.weight"), "$.head.weight: is missing"),
        (lambda t: t.update(x=np.zeros(1, np.float32)), "$.x: is not part"),
        (
            lambda t: t.update({"head.weight": np.zeros((192, 191), np.float32)}),
            "$.head.weight: expected float32 (192, 192), got",
        ),
        (
            lambda t: t.update({"head.weight": np.full((192, 192), np.nan, np.float32)}),
            "$.head.weight: has numbers that are not finite",
        ),
    ],
)
def test_tensors_that_are_not_those_of_the_network(
    tensors: dict[str, Any], change: Callable[[dict[str, Any]], object], place: str
) -> None:
    changed = dict(tensors)
    change(changed)
    with pytest.raises(WrongForm) as caught:
        encoders.tensors_for(encoders.build(ARCHITECTURE), save(changed))
    assert place in str(caught.value)


def test_the_weights_of_another_network() -> None:
    detector = (models_folder() / "centerface" / "weights.safetensors").read_bytes()
    with pytest.raises(WrongForm):
        encoders.tensors_for(encoders.build(ARCHITECTURE), detector)


def test_its_own_weights(tensors: dict[str, Any]) -> None:
    read = encoders.tensors_for(encoders.build(ARCHITECTURE), save(tensors))
    assert {name: value.numpy().tolist() for name, value in read.items() if value.ndim == 1} == {
        name: value.tolist() for name, value in load(save(tensors)).items() if value.ndim == 1
    }
