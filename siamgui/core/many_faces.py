"""Many aligned faces through an encoder on a graphics card. Importing this imports torch.

A card that computes one batch while the next one is on its way to it never waits: the pictures go through pinned
memory on a stream of their own. From LEAST faces on the network computes in 16-bit floats where the first faces of the
first such batch are as far apart in both, within AGREEMENT; fewer faces are computed in 32 bits always, so what is read
of one photograph does not depend on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from siamgui.core.types import Pixels

BATCH = 1024
"""Faces in a batch: enough for every multiprocessor of a card."""
IN_ONE_GO = 8 * BATCH
_BYTES_A_FACE = 16e6
"""What the layer with the largest maps needs of a card's memory for each face, with a good deal to spare."""
LEAST = 64
AGREEMENT = 1e-3
"""By which a distance between two faces may differ, in 16 bits and in 32: as between two runtimes."""
_TRIED = 32
_PLACES = 2


class ManyFaces:
    """net on device: any thread may call it, one at a time. half: whether it computes in 16 bits; None: not known yet.

    batch: faces that the memory of the card takes in one go.

    Only on a card of NVIDIA is anything overlapped; on other devices the same is done one after the other.
    """

    def __init__(self, net: nn.Module, device: torch.device) -> None:
        """net: in evaluation mode, there already."""
        self._net, self._device = net, device
        self._card = device.type == "cuda"
        self.half: bool | None = None if self._card else False  # which is slower elsewhere
        self.batch = BATCH
        if self._card:
            free, _ = torch.cuda.mem_get_info(device)
            self.batch = min(BATCH, max(16, int(free / _BYTES_A_FACE)))
        self._places: list[Tensor] = []

    def encode(self, crops: Pixels) -> NDArray[np.float32]:
        """As Runtime.encode(), of LEAST faces or more. Raises RuntimeError."""
        with torch.inference_mode():
            if self.half is None:
                self.half = self._agrees(torch.tensor(crops[:_TRIED]).to(self._device))
            out = [self.seen(part, half=self.half) for part in self._there(crops)]
            result: NDArray[np.float32] = torch.cat(out).cpu().numpy()
        return result

    def seen(self, pictures: Tensor, *, half: bool) -> Tensor:
        """(n, h, w, 3) uint8 on the device -> (n, d) there. Within torch.inference_mode() alone."""
        with self._bits(half):
            seen: Tensor = self._net(pictures.permute(0, 3, 1, 2).float())
        return seen.float()

    def _bits(self, half: bool) -> AbstractContextManager[object]:
        return torch.autocast(self._device.type, torch.float16) if half else nullcontext()

    def _agrees(self, pictures: Tensor) -> bool:
        """Whether 16 bits say the same; numbers too large for them say nothing at all."""
        one, two = (functional.normalize(self.seen(pictures, half=half), dim=1) for half in (False, True))
        exactly = "donot_use_mm_for_euclid_dist"
        gaps = torch.cdist(one, one, compute_mode=exactly) - torch.cdist(two, two, compute_mode=exactly)
        return bool(gaps.abs().max() <= AGREEMENT)  # not so for what is no number

    def _there(self, crops: Pixels) -> Iterator[Tensor]:
        """(k, h, w, 3) on the device, in order. What is made of each is asked for before the next one."""
        parts = [crops[start : start + self.batch] for start in range(0, len(crops), self.batch)]
        if not self._card:
            yield from (torch.tensor(part).to(self._device) for part in parts)
            return
        if not self._places:
            shape = (self.batch, *crops.shape[1:])
            self._places = [torch.empty(shape, dtype=torch.uint8, pin_memory=True) for _ in range(_PLACES)]
        computing, uploading = torch.cuda.current_stream(), torch.cuda.Stream()  # type: ignore[no-untyped-call]
        # That no event was recorded in counts as done.
        free = [torch.cuda.Event() for _ in self._places]  # type: ignore[no-untyped-call]
        for number, part in enumerate(parts):
            place, done = self._places[number % _PLACES][: len(part)], free[number % _PLACES]
            done.synchronize()
            np.copyto(place.numpy(), part)
            with torch.cuda.stream(uploading):
                pictures = place.to(self._device, non_blocking=True)
            computing.wait_stream(uploading)
            pictures.record_stream(computing)
            yield pictures
            done.record(computing)
