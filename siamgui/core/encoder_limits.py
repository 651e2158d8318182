"""Where one encoder is undecided and where it is sure, as far as that is told about faces before they are compared."""

from __future__ import annotations

from dataclasses import dataclass

from siamgui.core.calibration import Calibration
from siamgui.core.energy import Energy
from siamgui.core.types import Strictness


@dataclass(frozen=True, slots=True)
class EncoderLimits:
    """All limits are distances E_W under encoder, "id version", by energy.

    alike: up to it two faces may be of one person. apart: beyond it they are of different people.
    surely_alike, surely_apart: the same at the strictest choice, where the encoder speaks against a label.
    """

    encoder: str
    alike: float
    apart: float
    surely_alike: float
    surely_apart: float
    energy: Energy

    @classmethod
    def of(cls, encoder: str, calibration: Calibration) -> EncoderLimits:
        balanced, strict = (calibration.limits(choice) for choice in (Strictness.BALANCED, Strictness.STRICT))
        return cls(encoder, *balanced, *strict, calibration.energy)

    @property
    def undecided(self) -> float:
        """Where a pair says most about the encoder."""
        return (self.alike + self.apart) / 2
