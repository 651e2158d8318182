"""Where one picture of a film is: what stands for a photograph until somebody wants to see it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FilmFrame:
    """Where one picture of a film is. at: seconds. hash: 64 bits of its looks (siamgui.search.picture_hash)."""

    path: Path
    at: float
    hash: int

    @property
    def name(self) -> str:
        return self.path.name
