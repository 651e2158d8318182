"""Who of the enrolled people is on one photograph: the evidence of a single embedding against everybody."""

from __future__ import annotations

from dataclasses import dataclass

from siamgui.core.calibration import DIFFERENT_LOG10_LR, Calibration
from siamgui.core.types import FaceReading, Outcome, Strictness
from siamgui.live.gallery import Gallery, Nearest
from siamgui.live.sequential import allowed, log10_lr_among


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
    nearest = gallery.nearest(reading.embedding.vector)
    limit = allowed(calibration, strictness, len(gallery), 1.0)
    several = nearest.runner_up is not None and nearest.runner_up <= limit
    outcome = Outcome.INCONCLUSIVE
    if nearest.distance <= limit and not several:
        outcome = Outcome.SAME
    elif log10_lr_among(calibration, nearest.distance, len(gallery)) <= DIFFERENT_LOG10_LR[strictness]:
        outcome = Outcome.DIFFERENT
    decisive = reading.quality.decisive
    return Identification(
        outcome=Outcome.INCONCLUSIVE if decisive else outcome,
        nearest=nearest,
        fpir=gallery.fpir(calibration.fmr(nearest.distance)),
        forced=decisive and outcome is not Outcome.INCONCLUSIVE,
        several=several,
    )
