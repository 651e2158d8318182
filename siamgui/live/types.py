"""The values that flow through one live verification. All are immutable.

Frame -> Seen (the faces, one of them followed and read) -> LiveState (evidence, prompt, verdict)
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siamgui.core.types import Face, FaceReading, Finding, Outcome, Pixels, QualityIssue, Strictness
from siamgui.core.types import Frame as Frame  # noqa: PLC0414 - so that it can be imported from here


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What was found in one frame.

    faces: every face that is known to be in view, in reading order; empty if there is none.
    followed: index of the one that is followed, None if it is not in view.
    reading: of the followed face; its face is faces[followed].
    track: number of the unbroken sight of one face; another one when the face was lost or another is followed.
    picked: whether a person chose the face that is followed.
    """

    frame: Frame
    faces: tuple[Face, ...]
    followed: int | None
    reading: FaceReading | None
    track: int
    picked: bool


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """Who the face before the camera is compared with: one photograph, or an enrolled person's several.

    name: the file's name or the person's. vectors: (n, d) float32 unit embeddings, n >= 1. encoder: "id version".
    findings: quality findings of a single photograph; of a person's photographs none (enrolment checked them).
    """

    name: str
    vectors: NDArray[np.float32]
    encoder: str
    findings: tuple[Finding, ...] = ()


class Prompt(enum.StrEnum):
    """What the presence check asks for: to turn, to tilt towards a shoulder, to come closer, to look up, to blink
    twice. Left and right are those of the person who is asked.
    """

    LEFT = "left"
    RIGHT = "right"
    TILT_LEFT = "tilt left"
    TILT_RIGHT = "tilt right"
    CLOSER = "closer"
    UP = "up"
    BLINK = "blink"


class PresenceFailure(enum.StrEnum):
    """Why a presence check was not passed."""

    TIME = "time"
    WRONG_WAY = "wrong way"
    LOST = "lost"
    CHANGED = "changed"
    FLAT = "flat"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class PresenceState:
    """How far a presence check has come.

    prompt: what is asked for now; None while the face shall look straight at the camera.
    done, total: prompts. share: of the movement that is asked for now, 0 to 1. seconds_left: for it.
    passed: None until it is decided. failure: why not, where passed is False.
    """

    prompt: Prompt | None
    done: int
    total: int
    share: float
    seconds_left: float
    passed: bool | None = None
    failure: PresenceFailure | None = None


class Hindrance(enum.StrEnum):
    """What is in the way of a verdict at this moment, the one that matters most."""

    NO_FACE = "no face"
    SEVERAL = "several"  # several faces, none of them clearly the largest
    FAR = "far"
    DARK = "dark"
    BACKLIT = "against the light"
    BRIGHT = "bright"
    BLURRED = "blurred"
    TURNED = "turned"
    COVERED = "covered"


HINDRANCES = {
    QualityIssue.SMALL: Hindrance.FAR,
    QualityIssue.DARK: Hindrance.DARK,
    QualityIssue.FLAT: Hindrance.DARK,
    QualityIssue.BRIGHT: Hindrance.BRIGHT,
    QualityIssue.BLURRED: Hindrance.BLURRED,
    QualityIssue.TURNED: Hindrance.TURNED,
    QualityIssue.COVERED: Hindrance.COVERED,
    QualityIssue.UNCERTAIN: Hindrance.COVERED,
    QualityIssue.DAMAGED: Hindrance.COVERED,
}


class Reason(enum.StrEnum):
    """Why a live verification ended as it did."""

    BOUND = "bound"  # the evidence met the bound of the strictness
    NOBODY = "nobody"  # the evidence says that nobody enrolled looks like this
    TIME_OUT = "time out"
    ENDED = "ended"  # the source ended before the evidence sufficed
    CHANGED = "changed"  # another face took the place of the first
    PRESENCE = "presence"  # the presence check was not passed
    REFERENCE = "reference"  # the reference photograph is too poor for any verdict
    STOPPED = "stopped"  # by the person


@dataclass(frozen=True, slots=True, eq=False)
class BestFrame:
    """A frame that the verdict rests on.

    picture: (h, w, 3) uint8 RGB, head and shoulders. distance: E_W to the reference. at: as Frame.at.
    """

    picture: Pixels
    distance: float
    at: float


@dataclass(frozen=True, slots=True, eq=False)
class LiveVerdict:
    """How a live verification ended.

    outcome: SAME supports that the face is the reference's (or `person`'s), DIFFERENT that it is not (of an
        identification: that nobody enrolled looks like this).
    name: the reference's name; of an identification the enrolled person's, None if it is nobody.
    person: id of the enrolled person, where the reference is one or an identification found one.
    distance: E_W between the evidence of all frames and the reference; None without any evidence.
    fmr: share of different people that look this alike; of an identification, of people who are not enrolled that
        would be taken for somebody who is. fmr_is_bound: True where the data only supports "at most".
    log10_lr: of the distance.
    hindrance: what was in the way most of the time, where the outcome is INCONCLUSIVE for want of evidence.
    presence: None where it was not asked for, else whether it was passed. presence_failure: why not.
    seconds: of the source from the first sight of the face to the verdict. frames: that gave evidence.
    best: the frames that decided, best first; at most three.
    encoder: "id version" of the embeddings. stated: as of a Verdict.
    strangers: seconds of the source at which a single frame showed another face than those before and after it.
    until: second of the source up to which it was watched, None while it still is. whole: whether that is its end.
    """

    outcome: Outcome
    reason: Reason
    name: str | None
    person: int | None
    strictness: Strictness
    distance: float | None
    fmr: float | None
    fmr_is_bound: bool
    log10_lr: float | None
    hindrance: Hindrance | None
    presence: bool | None
    presence_failure: PresenceFailure | None
    seconds: float
    frames: int
    best: tuple[BestFrame, ...]
    encoder: str
    stated: bool = False
    strangers: tuple[float, ...] = ()
    until: float | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class LiveState:
    """Where a live verification stands after one frame.

    seen: the frame it speaks of. evidence: how far the evidence has come towards a verdict, 0 to 1, never falling.
    leaning: which side it speaks for so far; INCONCLUSIVE while it speaks for neither.
    hindrance: what is in the way now, None if nothing. presence: None where it is not asked for.
    names: of every face in view, where everybody enrolled is asked for: whom the evidence supports, "" for nobody who
        is enrolled, None while it is not known. Else empty.
    verdict: None until it is decided; its outcome does not change afterwards, unless the face is exchanged while it
        stands.
    """

    seen: Seen
    evidence: float
    leaning: Outcome
    hindrance: Hindrance | None
    presence: PresenceState | None
    verdict: LiveVerdict | None
    names: tuple[str | None, ...] = ()
