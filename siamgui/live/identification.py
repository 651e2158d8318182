"""Who of the enrolled people is on one photograph: the evidence of a single embedding against everybody."""

from __future__ import annotations

from dataclasses import dataclass

from siamgui.core.calibration import Calibration
from siamgui.core.deciding import decide, doubt
from siamgui.core.types import FaceReading, Outcome, Strictness
from siamgui.live.claims import Claims
from siamgui.live.gallery import Gallery, Nearest
from siamgui.live.sequential import compare_among


@dataclass(frozen=True, slots=True)
class Identification:
    """outcome: SAME supports that it is the nearest person, DIFFERENT that it is nobody who is enrolled.

    nearest: of the gallery. fpir: bound of the share of people who are not enrolled that look this much like somebody
    who is. forced: whether quality forbade what the distance alone would have said. several: whether more than one
    person is so near that the strictness would support each of them; then the outcome is INCONCLUSIVE.
    """

    outcome: Outcome
    nearest: Nearest
    fpir: float
    forced: bool
    several: bool


def identify(
    gallery: Gallery, calibration: Calibration, reading: FaceReading, strictness: Strictness
) -> Identification:
    """Raises ValueError for an empty gallery, and for embeddings of two encoders."""
    if not gallery.encoder == calibration.encoder == reading.embedding.encoder:
        raise ValueError("embeddings of two encoders do not compare")
    nearest = Claims(gallery, calibration).nearest(reading.embedding.vector)
    among = compare_among(calibration, strictness, nearest, len(gallery))
    # The photographs of the people enrolled were good enough when they were taken in.
    quality, conditional = reading.quality, calibration.cohort is not None
    doubted = doubt(quality.decisive, False, damaged=quality.damaged, conditional=conditional)
    decision = decide(same=among.same, different=among.different, doubted=doubted)
    return Identification(
        outcome=decision.outcome,
        nearest=nearest,
        fpir=gallery.fpir(calibration.fmr(nearest.claimed)),
        forced=decision.forced,
        several=among.several,
    )
