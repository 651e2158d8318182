"""Several encoders as one: each sees the same crop, and what they say is laid side by side.

Trained on other photographs with other losses they err on other pairs, so that together they err less than the best of
them. A part counts by its share of the squared distance, d^2 = sum of share_i * d_i^2 with d_i the distance of that
part's unit embeddings; so a joint distance lies within [0, 2] as well, and can be taken apart again.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from siamgui.core.encoders import build
from siamgui.core.encoders.module import EncoderModule
from siamgui.core.encoders.registry import Encoder


class JointEncoder(EncoderModule):
    """features(): (n, 3, 112, 112) RGB in 0..255 -> (n, sum of the parts' numbers).

    What comes out is as long as what the first part puts out: that length tells of the quality of the photograph.
    """

    def __init__(self, entry: Encoder) -> None:
        super().__init__(entry)
        self.parts = nn.ModuleList(build(part.key) for part in entry.parts)

    def features(self, x: Tensor) -> Tensor:
        said = [part(x) for part in self.parts]
        units = [
            part.share**0.5 * functional.normalize(vector, dim=1)
            for part, vector in zip(self.entry.parts, said, strict=True)
        ]
        length: Tensor = said[0].norm(dim=1, keepdim=True)
        return length * torch.cat(units, 1)

    def adapted_layers(self) -> list[nn.Module]:
        return [layer for part in self.parts if isinstance(part, EncoderModule) for layer in part.adapted_layers()]
