"""What all encoders share as torch modules: one contract around the network, and the head that may stand behind it."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional

from siamgui.core.alignment import CROP_SIZE
from siamgui.core.encoders.registry import HEAD, Colour, Encoder

_GREY = (0.299, 0.587, 0.114)  # ITU-R BT.601


class EncoderModule(nn.Module):
    """(n, 3, 112, 112) float RGB in 0..255, aligned crops -> (n, d) embeddings, not normalised.

    entry: how the network wants its pictures. head: None, or a square matrix without bias, the identity until it is
    trained. Without a bias it may be trained on unit embeddings, means of a face and its mirror image: it commutes with
    both.
    """

    def __init__(self, entry: Encoder) -> None:
        super().__init__()
        self.entry = entry
        self.head: nn.Linear | None = None

    def add_head(self) -> None:
        self.head = nn.Linear(self.entry.embedding_size, self.entry.embedding_size, bias=False)
        nn.init.eye_(self.head.weight)

    @property
    def architecture(self) -> str:
        """Under which siamgui.core.encoders.build() makes such a module."""
        return self.entry.key + (HEAD if self.head is not None else "")

    def forward(self, x: Tensor) -> Tensor:
        y = self.features(self.prepared(x))
        return y if self.head is None else self.head(y)

    def prepared(self, x: Tensor) -> Tensor:
        """The middle of the crops in the size, the colours and on the scale of the network."""
        entry = self.entry
        if entry.colour is Colour.BGR:
            x = x.flip(1)
        elif entry.colour is Colour.GREY:
            x = (x * x.new_tensor(_GREY).view(1, 3, 1, 1)).sum(1, keepdim=True)
        factor = CROP_SIZE // entry.height
        side = (CROP_SIZE - factor * entry.width) // 2
        if side:
            x = x[:, :, :, side : CROP_SIZE - side]
        if factor > 1:
            x = functional.avg_pool2d(x, factor)
        return x if (entry.mean, entry.scale) == (0.0, 1.0) else (x - entry.mean) / entry.scale

    def features(self, x: Tensor) -> Tensor:
        """The network itself: prepared pictures -> (n, d)."""
        raise NotImplementedError

    def adapted_layers(self) -> Sequence[nn.Module]:
        """The later layers, whose 1 x 1 convolutions a gentle adaptation changes; none where that does not suit."""
        return ()
