"""Whom a face before a camera is compared with: a photograph, somebody enrolled, or everybody."""

from __future__ import annotations

import random
from dataclasses import dataclass

from siamgui.core.calibration import Calibration
from siamgui.core.types import FaceReading, Pixels, Strictness
from siamgui.live.everybody import Everybody
from siamgui.live.gallery import Gallery
from siamgui.live.presence import PresenceCheck
from siamgui.live.session import TIME_OUT, Session
from siamgui.live.types import Reference


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What one verification compares with. name: what a person calls it. picture: an aligned face, None of many.

    person: id, of somebody enrolled. reading: of a single photograph. left_out: of everybody enrolled, how many people
    could not be taken along, since the model has not read all of their photographs yet.
    """

    subject: Reference | Gallery
    name: str = ""
    picture: Pixels | None = None
    person: int | None = None
    reading: FaceReading | None = None
    left_out: int = 0

    @property
    def who(self) -> bool:
        """Whether the question is which of the people enrolled it is."""
        return isinstance(self.subject, Gallery)

    def session(
        self, calibration: Calibration, strictness: Strictness, presence: bool, patience: float = TIME_OUT
    ) -> Session:
        """A verification from its beginning. presence: whether the presence check is part of it. Raises as Session."""
        check = PresenceCheck(random.SystemRandom()) if presence else None
        return Session(self.subject, calibration, strictness, check, patience, self.person)

    def everybody(self, calibration: Calibration, strictness: Strictness, patience: float = TIME_OUT) -> Everybody:
        """Who each of all in view is, from its beginning. Raises as Session."""
        return Everybody(lambda: Session(self.subject, calibration, strictness, None, patience))


def photo_target(name: str, reading: FaceReading) -> Target:
    """One photograph. name: of its file."""
    embedding = reading.embedding
    subject = Reference(name, embedding.vector[None], embedding.encoder, reading.quality.findings)
    return Target(subject, name, reading.crop, reading=reading)
