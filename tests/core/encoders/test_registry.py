"""The table of encoders: what it says is so, and it alone knows their names."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

import siamgui
from siamgui.core.encoders import build, registry
from siamgui.core.encoders.module import EncoderModule
from siamgui.core.encoders.registry import ENCODERS, HEAD, Colour, Encoder, default_encoder, encoder_of, is_known
from siamgui.core.manifest import bundled


def test_reading_the_table_loads_no_torch() -> None:
    code = "import sys, siamgui.core.encoders.registry as r; r.default_encoder(); print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


@pytest.mark.parametrize("entry", ENCODERS, ids=lambda entry: entry.key)
def test_every_entry_is_what_it_says(entry: Encoder) -> None:
    crops = torch.rand(2, 3, 112, 112) * 255
    net = build(entry.key)
    channels = 1 if entry.colour is Colour.GREY else 3
    with torch.inference_mode():
        assert net.prepared(crops).shape == (2, channels, entry.height, entry.width)
        assert net(crops).shape == (2, entry.embedding_size)
    assert net.architecture == entry.key
    if entry.head:
        headed = build(entry.key + HEAD)
        headed.load_state_dict(net.state_dict(), strict=False)
        assert headed.architecture == entry.key + HEAD
        with torch.inference_mode():
            assert torch.allclose(headed(crops), net(crops), atol=1e-4)
    if entry.bundled:
        assert (bundled(entry.key).id, bundled(entry.key).name) == (entry.key, entry.name)


def test_what_is_not_in_the_table_is_not_known() -> None:
    assert is_known(default_encoder().key + HEAD)
    for unknown in ("", HEAD, "arcface-r100", "chopra2005" + HEAD, default_encoder().key + HEAD + HEAD):
        assert not is_known(unknown)
        with pytest.raises(ValueError, match="unknown architecture"):
            encoder_of(unknown)


def test_a_network_gets_the_colours_and_the_scale_it_wants() -> None:
    class Bare(EncoderModule):
        def features(self, x: Tensor) -> Tensor:
            return x.flatten(1)

    entry = replace(default_encoder(), colour=Colour.BGR, mean=100.0, scale=10.0)
    crop = torch.tensor([110.0, 120.0, 130.0]).view(1, 3, 1, 1).expand(1, 3, 112, 112)
    assert Bare(entry)(crop).view(1, 3, 112, 112)[0, :, 50, 50].tolist() == [3.0, 2.0, 1.0]


def test_a_second_encoder_is_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    second = replace(default_encoder(), key="second", name="Second", bundled=False)
    monkeypatch.setitem(registry._BY_KEY, "second", second)
    assert is_known("second" + HEAD)
    assert build("second" + HEAD).architecture == "second" + HEAD


def test_no_other_file_knows_the_bundled_encoder_by_name() -> None:
    folder = Path(siamgui.__file__).parent
    key = default_encoder().key
    knowing = {path.name for path in folder.rglob("*.py") if key in path.read_text(encoding="utf-8")}
    assert knowing == {"registry.py"}
