from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from siamgui.core.imaging import load_photo
from siamgui.core.look import look
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Pixels


@given(arrays(np.uint8, (112, 112, 3), elements=st.integers(0, 255), fill=st.integers(0, 255)))
def test_any_crop_has_finite_numbers(crop: Pixels) -> None:
    numbers = look(crop)
    assert numbers.shape == (105,)
    assert np.isfinite(numbers).all()


@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_flat_crop(value: int) -> None:
    assert np.isfinite(look(np.full((112, 112, 3), value, np.uint8))).all()


def test_grain_shows_and_a_mirror_image_hardly(engine: FaceEngine, samples: Path) -> None:
    crop = engine.read_photo(load_photo(samples / "obama1.jpg")).reading.crop
    noise = np.random.default_rng(0).normal(0, 25, crop.shape)
    grainy = np.clip(crop + noise, 0, 255).astype(np.uint8)
    plain, mirrored, spoilt = look(crop), look(crop[:, ::-1]), look(grainy)
    rest = slice(56, None)  # without the coarse picture, which a mirror turns
    assert np.abs(spoilt - plain)[rest].sum() > 3 * np.abs(mirrored - plain)[rest].sum()
