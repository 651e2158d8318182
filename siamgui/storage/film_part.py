"""How far a film was read: all that the next reading needs to go on as if it had never been interrupted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siamgui.storage.seen_face import SeenFace

_COUNT = np.dtype("<u4")
_BOX = np.dtype(("<f4", (4,)))


@dataclass(frozen=True, slots=True, eq=False)
class InView:
    """Somebody who may still be in view. seen: at best so far. box: where last, as Face.box.

    number: tells those apart that are followed in one reading of a film.
    """

    seen: SeenFace
    box: NDArray[np.float32]
    number: int = 0

    @property
    def seen_to(self) -> float:
        """Seconds of the film."""
        return self.seen.span.last if self.seen.span is not None else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class FilmPart:
    """read_to: seconds of the last picture that was looked at. faces: how many are kept of it so far."""

    read_to: float
    in_view: tuple[InView, ...]
    faces: int

    def pack(self) -> bytes:
        """Those who are in view."""
        parts = [np.array(len(self.in_view), _COUNT).tobytes()]
        for one in self.in_view:
            parts += [one.box.astype("<f4").tobytes(), one.seen.pack()]
        return b"".join(parts)

    @classmethod
    def unpack(cls, data: bytes, read_to: float, faces: int) -> FilmPart:
        """Raises ValueError for what pack() never made."""
        count = int(np.frombuffer(data[: _COUNT.itemsize], _COUNT)[0])
        rest = data[_COUNT.itemsize :]
        each, over = divmod(len(rest), max(count, 1))
        if over or (count == 0 and rest) or (count and each <= _BOX.itemsize):
            raise ValueError("no faces of a film")
        pieces = [rest[number * each : (number + 1) * each] for number in range(count)]
        in_view = tuple(
            InView(SeenFace.unpack(piece[_BOX.itemsize :]), np.frombuffer(piece[: _BOX.itemsize], "<f4").copy(), number)
            for number, piece in enumerate(pieces)
        )
        return cls(read_to, in_view, faces)
