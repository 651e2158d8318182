"""From what an encoder puts out to an embedding, at length 1: of a face, or the mean of a face and its mirror image.

A face and its mirror image are the same person: their mean is steadier than either. How many views an encoder looks at
stands in its entry (siamgui.core.encoders.registry).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siamgui.core.types import Pixels

if TYPE_CHECKING:
    from torch import Tensor

Encode = Callable[[Pixels], NDArray[np.float32]]
"""(n, 112, 112, 3) uint8 RGB -> (n, d) embeddings, not normalised, as Runtime.encode()."""

AT_A_TIME = 16
"""Faces that a CPU encodes in one go: more only take more memory."""
_LEAST = 1e-12  # so that a vector of zeros stays one


def embed(
    encode: Encode, crops: Pixels, views: int, at_a_time: int = AT_A_TIME
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(n, d) embeddings of n aligned crops, (n, 112, 112, 3), and (n,) their lengths before those were made 1.

    at_a_time: faces in one go (Runtime.at_a_time).
    """
    parts: list[NDArray[np.floating]] = []
    for start in range(0, len(crops), at_a_time):
        some = crops[start : start + at_a_time]
        if views == 1:
            parts.append(encode(some))
        else:
            raw = encode(np.concatenate([some, some[:, :, ::-1]]))
            parts.append((raw[: len(some)] + raw[len(some) :]) / 2)
    whole = parts[0] if len(parts) == 1 else np.concatenate(parts)
    return unit(whole), length(whole)


def embed_view(encode: Encode, crop: Pixels, *, mirrored: bool) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """As embed() for one view of one face alone, (112, 112, 3). (d,), ()"""
    raw = encode((crop[:, ::-1] if mirrored else crop)[None])[0]
    return unit(raw), length(raw)


def embed_images(net: Callable[[Tensor], Tensor], images: Tensor, views: int) -> Tensor:
    """As embed() under a torch module: (n, c, h, w) -> (n, d)."""
    seen = net(images) if views == 1 else net(images) + net(images.flip(3))
    lengths: Tensor = seen.float().norm(dim=1, keepdim=True).clamp_min(_LEAST)
    return seen.float() / lengths


def length(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """(..., d) -> (...) L2 norms."""
    # As the norm of one vector rounds, however many there are.
    return np.asarray(np.sqrt(np.vecdot(vectors, vectors)), np.float32)


def turned(
    vectors: NDArray[np.float32], lengths: NDArray[np.floating], head: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """(n, d) unit embeddings and (n,) their lengths before that, of faces that were such without the head, (d, d)."""
    seen = vectors @ head.T
    return unit(seen), np.asarray(lengths * np.linalg.norm(seen, axis=1), np.float64)


def unit(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """(..., d) the same directions at length 1; a vector of zeros stays one."""
    norms = np.sqrt(np.vecdot(vectors, vectors))[..., None]
    return np.asarray(vectors / np.maximum(norms, _LEAST), np.float32)
