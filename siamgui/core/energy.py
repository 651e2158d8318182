"""E_W, the distance of two embeddings: one for loss, choice of the best pass, calibration, judgement and verdict.

Which one a version was trained with stands in its manifest; what is measured with one is never held against the other.
Embeddings have unit L2 length under either. Importing this module imports neither torch nor numpy: manifests are read
before the first window is painted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    Floats = NDArray[np.float64]
    Vectors = NDArray[np.float32]
    Real = TypeVar("Real", np.float32, np.float64)


@dataclass(frozen=True, slots=True)
class Energy:
    """E_W(X1, X2) = ||G_W(X1) - G_W(X2)||. name: in settings and manifests. order: of the norm, 2 or 1."""

    name: str
    order: int

    def bound(self, size: int) -> float:
        """Q: how far apart two embeddings of so many numbers can be: 2 under L2, 2 sqrt(size) under L1."""
        return 2.0 * math.pow(size, 1 / self.order - 0.5)

    def distance(self, a: Vectors, b: Vectors) -> float:
        """Of two embeddings, (d,) each."""
        import numpy as np

        return float(np.linalg.norm(a - b, self.order))

    def distances(self, a: Vectors, b: Vectors) -> Floats:
        """Of pairs of embeddings, (..., d) each, that broadcast -> (...)."""
        import numpy as np

        return np.asarray(np.linalg.norm(a.astype(np.float64) - b, self.order, axis=-1))

    def closeness(self, a: Vectors, b: Vectors) -> Vectors:
        """(n, d) and (m, d) -> (n, m) what rises as the distance falls: the cosine, or the negative distance under L1.

        Of millions of couples this is what is quick; closeness_at() and distance_at() lead there and back.
        """
        import numpy as np

        if self.order == 2:
            return a @ b.T
        out = np.empty((len(a), len(b)), np.float32)
        for row, vector in enumerate(a):
            np.abs(b - vector).sum(axis=1, out=out[row])
        return np.negative(out, out=out)

    def closeness_at(self, distance: float) -> float:
        return 1 - distance**2 / 2 if self.order == 2 else -distance

    def distance_at(self, closeness: NDArray[Real]) -> NDArray[Real]:
        import numpy as np

        return np.asarray(np.sqrt(np.maximum(2 - 2 * closeness, 0)) if self.order == 2 else -closeness)

    def between(self, a: Tensor, b: Tensor) -> Tensor:
        """Of n pairs of embeddings, (n, d) each -> (n,) >= 0, float32 or wider. Unit length is not asked for.

        Not squared: the gradient of an impostor must not vanish as its energy does (Chopra et al., 2005, section 2.1).
        Where a equals b the gradient is 0, not NaN. Raises ValueError for other shapes.
        """
        import torch

        if a.ndim != 2 or a.shape != b.shape:
            raise ValueError(f"expected two (n, d) tensors, got {tuple(a.shape)} and {tuple(b.shape)}")
        if a.dtype in (torch.float16, torch.bfloat16):  # the difference of two near embeddings needs the digits
            a, b = a.float(), b.float()
        distance: Tensor = torch.linalg.vector_norm(a - b, self.order, dim=1)
        return distance


L2, L1 = Energy("l2", 2), Energy("l1", 1)
ENERGIES = {energy.name: energy for energy in (L2, L1)}
