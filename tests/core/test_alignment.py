"""Alignment maps landmarks onto the template, whatever the similarity between them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from siamgui.core.alignment import CROP_SIZE, TEMPLATE, align, roll_and_misfit, similarity, warp


@given(st.floats(-180, 180), st.floats(0.05, 40), st.floats(-3000, 3000), st.floats(-3000, 3000))
def test_similarity_undoes_any_similarity(degrees: float, scale: float, dx: float, dy: float) -> None:
    angle = np.radians(degrees)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = TEMPLATE @ turn.T + [dx, dy]
    matrix = similarity(moved, TEMPLATE)
    np.testing.assert_allclose(moved @ matrix[:, :2].T + matrix[:, 2], TEMPLATE, atol=1e-6)
    roll, misfit = roll_and_misfit(moved)
    assert abs((roll - degrees + 180) % 360 - 180) < 1e-4
    assert misfit < 1e-6


def test_coinciding_landmarks_do_not_raise() -> None:
    _, misfit = roll_and_misfit(np.zeros((5, 2)))
    assert misfit > 0.5


def test_warp_puts_landmarks_where_the_template_says() -> None:
    """White dots at the landmarks of a 4000-pixel picture arrive at the template within a pixel."""
    landmarks = TEMPLATE * 30 + [200, 300]
    pixels = np.zeros((4000, 3600, 3), np.uint8)
    for x, y in landmarks.round().astype(int):
        pixels[y - 40 : y + 41, x - 40 : x + 41] = 255
    crop = align(pixels, landmarks)
    assert crop.shape == (CROP_SIZE, CROP_SIZE, 3)
    for x, y in TEMPLATE:
        window = crop[int(y) - 4 : int(y) + 6, int(x) - 4 : int(x) + 6, 0].astype(float)
        rows, columns = np.mgrid[int(y) - 4 : int(y) + 6, int(x) - 4 : int(x) + 6]
        centre = np.array([(columns * window).sum(), (rows * window).sum()]) / window.sum()
        assert np.linalg.norm(centre - [x, y]) < 0.7


def test_warp_outside_of_the_picture_is_black() -> None:
    far = np.array([[1.0, 0, -5000], [0, 1.0, -5000]])
    assert not warp(np.full((50, 50, 3), 200, np.uint8), far, 64).any()
