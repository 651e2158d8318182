"""Two views become one embedding, the same way with numpy and with torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from siamgui.core.embedding import embed, embed_images, embed_view, length, unit
from siamgui.core.types import Pixels


def left_half(crops: Pixels) -> NDArray[np.float32]:
    """(n, h, w, 3) -> (n, 3): an encoder that tells a face from its mirror image."""
    return np.asarray(crops[:, :, : crops.shape[2] // 2].mean(axis=(1, 2)), np.float32)


def as_torch(images: torch.Tensor) -> torch.Tensor:
    return images[..., : images.shape[3] // 2].mean(dim=(2, 3))


@pytest.fixture
def crops() -> Pixels:
    return np.random.default_rng(0).integers(0, 256, (37, 6, 6, 3), dtype=np.uint8)


def test_the_mean_of_a_face_and_its_mirror_image_at_length_one(crops: Pixels) -> None:
    vectors, norms = embed(left_half, crops, 2)
    whole = crops.mean(axis=(1, 2))
    np.testing.assert_allclose(vectors * norms[:, None], whole, rtol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-6)
    assert (vectors.dtype, norms.dtype) == (np.float32, np.float32)


def test_each_face_comes_out_as_it_does_alone(crops: Pixels) -> None:
    together = embed(left_half, crops, 2)
    alone = [embed(left_half, crop[None], 2) for crop in crops]
    assert np.array_equal(together[0], np.concatenate([vectors for vectors, _ in alone]))
    assert np.array_equal(together[1], np.concatenate([norms for _, norms in alone]))


def test_an_encoder_may_look_at_the_face_alone(crops: Pixels) -> None:
    vectors, norms = embed(left_half, crops, 1)
    np.testing.assert_allclose(vectors * norms[:, None], left_half(crops), rtol=1e-5)


def test_one_view_is_the_face_or_its_mirror_image(crops: Pixels) -> None:
    for mirrored, seen in ((False, crops[0]), (True, crops[0][:, ::-1])):
        vector, norm = embed_view(left_half, crops[0], mirrored=mirrored)
        np.testing.assert_allclose(vector * norm, left_half(seen[None])[0], rtol=1e-6)


def test_torch_makes_the_same(crops: Pixels) -> None:
    images = torch.from_numpy(crops).permute(0, 3, 1, 2).float()
    for views in (1, 2):
        seen = embed_images(as_torch, images, views).numpy()
        np.testing.assert_allclose(seen, embed(left_half, crops, views)[0], atol=1e-6)


def test_a_vector_of_zeros_stays_one() -> None:
    assert unit(np.zeros((2, 4))).tolist() == [[0.0] * 4] * 2
    assert unit(np.array([3.0, 4.0])).tolist() == pytest.approx([0.6, 0.8])
    assert length(np.array([3.0, 4.0])) == 5
