"""Two encoders as one: each has its share, and what they say can be taken apart."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from siamgui.core import encoders
from siamgui.core.encoders.joint import JointEncoder
from siamgui.core.encoders.registry import ENCODERS, Encoder, encoder_of
from siamgui.core.manifest import bundled_encoder

JOINT = [entry for entry in ENCODERS if entry.parts]


@pytest.fixture(scope="module")
def net() -> JointEncoder:
    loaded = encoders.load(bundled_encoder())
    assert isinstance(loaded, JointEncoder)
    return loaded


@pytest.mark.parametrize("entry", JOINT, ids=lambda entry: entry.key)
def test_the_shares_make_one_and_the_numbers_add_up(entry: Encoder) -> None:
    assert sum(part.share for part in entry.parts) == pytest.approx(1)
    assert sum(encoder_of(part.key).embedding_size for part in entry.parts) == entry.embedding_size
    assert entry.length_tells == encoder_of(entry.parts[0].key).length_tells


def test_a_squared_distance_is_the_shares_of_those_of_the_parts(net: JointEncoder) -> None:
    crops = torch.rand(2, 3, 112, 112, generator=torch.Generator().manual_seed(0)) * 255
    with torch.inference_mode():
        whole = torch.nn.functional.normalize(net(crops), dim=1).double()
        said = [torch.nn.functional.normalize(part(crops), dim=1).double() for part in net.parts]
    parts = [
        share.share * float((one[0] - one[1]).square().sum()) for share, one in zip(net.entry.parts, said, strict=True)
    ]
    assert float((whole[0] - whole[1]).square().sum()) == pytest.approx(sum(parts), rel=1e-4)


def test_it_is_as_long_as_its_first_part(net: JointEncoder) -> None:
    crops = torch.rand(3, 3, 112, 112, generator=torch.Generator().manual_seed(1)) * 255
    with torch.inference_mode():
        np.testing.assert_allclose(net(crops).norm(dim=1), net.parts[0](crops).norm(dim=1), rtol=1e-5)


def test_later_layers_of_both_are_adapted(net: JointEncoder) -> None:
    assert len(net.adapted_layers()) == sum(len(part.adapted_layers()) for part in net.parts)
    assert all(part.adapted_layers() for part in net.parts)
