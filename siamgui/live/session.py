"""One live verification, frame by frame: evidence, continuity, presence, and the verdict. No clock but the source's."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siamgui.core.alignment import resized
from siamgui.core.calibration import Calibration
from siamgui.core.closely import CloseReader
from siamgui.core.embedding import unit
from siamgui.core.types import FaceReading, Outcome, Pixels, Quality, Strictness
from siamgui.live.anchor import Anchor
from siamgui.live.claims import Claims
from siamgui.live.continuity import HELD_BACK, Continuity, Evidence
from siamgui.live.gallery import Gallery
from siamgui.live.presence import PresenceCheck
from siamgui.live.sequential import LOOKS, Accumulator, LookResult, stand
from siamgui.live.types import (
    HINDRANCES,
    BestFrame,
    Hindrance,
    LiveState,
    LiveVerdict,
    PresenceFailure,
    PresenceState,
    Reason,
    Reference,
    Seen,
)

TIME_OUT = 10.0
"""Seconds from the first sight of a face to the end of patience; a presence check does not count."""
LONGEST_STEP = 0.1
"""Seconds that one frame may stand for, however long the next one takes."""
ONCE_MORE = 1e-3
"""The FMR from which two sights are of two people."""
AT_ODDS = 1e-2
"""What was seen last must by itself not be farther from the reference than this FMR allows."""
LAST_FRAMES = 10
ASTRAY = 1 / 3
"""Share of the latest frames that may by themselves be farther away than AT_ODDS allows."""
LATEST = 30
UNREAD = 1.0
"""Seconds for which a face may be in view without being readable before it could be anybody's."""
COMPARABLE = 0.7
"""Faces at least so wide in comparison with the followed one make "several"."""
WORN = 0.5
"""Weight of a frame with a finding that does not decide."""
SIDEWAYS = 60.0
"""Degrees of yaw at which a frame weighs nothing."""
BACKLIT, LIT = 2.0, 0.35
"""How many times as bright as a dark face the picture is where the light is behind, and at least, of 1."""
_EVERY = 16  # pixels from one that is looked at for that to the next
APART = 0.3
"""Seconds between two frames that are both kept to be shown."""
MOST_SHOWN = 3
PICTURE = 256

_WANTING = (Reason.TIME_OUT, Reason.ENDED, Reason.STOPPED)


class _Kept(NamedTuple):
    """A frame to show. merit: how good a picture of the face it is."""

    picture: Pixels
    vector: NDArray[np.float32]
    at: float
    merit: float


def _backlit(pixels: Pixels, face: float) -> bool:
    """Whether it is bright around a face that is dark. face: its brightness, 0 to 1."""
    return float(pixels[::_EVERY, ::_EVERY].mean()) / 255 > max(BACKLIT * face, LIT)


class Session:
    """Fed with what a FrameReader saw; owned by one thread."""

    def __init__(
        self,
        target: Reference | Gallery,
        calibration: Calibration,
        strictness: Strictness,
        presence: PresenceCheck | None = None,
        time_out: float = TIME_OUT,
        person: int | None = None,
    ) -> None:
        """target: whom the face is compared with, or everybody it may be; a Gallery has at least one person.

        person: id of the enrolled person that the reference is. Raises ValueError where the target's embeddings are not
        those of the calibration.
        """
        if target.encoder != calibration.encoder:
            raise ValueError(f"embeddings of {target.encoder} do not compare with {calibration.encoder}")
        self._identifying = isinstance(target, Gallery)
        self._poor = isinstance(target, Reference) and any(finding.decisive for finding in target.findings)
        self._gallery = (
            target
            if isinstance(target, Gallery)
            else Gallery.of([(-1 if person is None else person, target.name, target.vectors)], target.encoder)
        )
        self._person = person
        self._calibration, self._strictness = calibration, strictness
        self._claims = Claims(self._gallery, calibration)
        self._time_out = time_out
        self._track = 0
        self._at: float | None = None
        self._verdict: LiveVerdict | None = None
        self._closer: CloseReader | None = None
        self._begin(presence)

    def _begin(self, presence: PresenceCheck | None) -> None:
        """Nothing is known yet."""
        self._presence = presence
        apart, energy = self._calibration.threshold(ONCE_MORE), self._calibration.energy
        self._continuity = Continuity(apart, energy)
        self._anchor = Anchor(apart, energy)
        self._evidence = Accumulator(self._gallery.templates.shape[1])
        self._last: deque[NDArray[np.float32]] = deque(maxlen=LATEST)
        self._to_prove = 0  # frames that a new sight still owes before it counts as the same face
        self._unread = 0.0
        self._look = 0
        self._share = 0.0
        self._standing: LookResult | None = None
        self._supported: LookResult | None = None  # what a look has found, while presence is still open
        self._first: float | None = None
        self._patience = 0.0
        self._way: Counter[Hindrance] = Counter()
        self._kept: list[_Kept] = []
        self._presence_state: PresenceState | None = None

    def add(self, seen: Seen) -> LiveState:
        """Take the next frame in. A verdict that stands is only changed by another face in the place of the first.

        Where somebody picks another face before there is a verdict, everything begins anew with that.
        """
        at = seen.frame.at
        if seen.picked and seen.track != self._track and self._verdict is None:
            self._begin(None if self._presence is None else self._presence.again())
        elif seen.track != self._track and self._evidence.frames:
            self._to_prove = HELD_BACK
        self._track = seen.track
        passed = 0.0 if self._at is None else at - self._at
        self._at = at
        hindrance = self._hindrance(seen)
        if seen.reading is not None:
            self._first = at if self._first is None else self._first
            weight = weight_of(seen.reading.quality)
            step = min(passed, LONGEST_STEP)
            told = self._anchor.add(seen.reading.embedding.vector, weight, step, at)
            if weight > 0:
                self._take(seen, seen.reading, weight, step)
            self._watch_over(passed, told=told)
        if self._continuity.broken or self._anchor.exchanged or (self._said_same and self._unread > UNREAD):
            self._change()
        elif self._verdict is None:
            self._go_on(seen, passed, hindrance)
        return LiveState(
            seen=seen,
            evidence=1.0 if self._verdict is not None or self._supported is not None else self._share,
            leaning=self._standing.leaning if self._standing is not None else Outcome.INCONCLUSIVE,
            hindrance=hindrance,
            presence=self._presence_state,
            verdict=self._verdict,
        )

    def end(self, reason: Reason) -> LiveVerdict:
        """The verdict as it stands when nothing more will come; reason: why, where there is none yet."""
        if self._said_same and self._to_prove:
            self._change()  # who came last was never seen well enough to be the first
        if self._verdict is None:
            self._verdict = self._make(Outcome.INCONCLUSIVE, reason, self._supported or self._standing)
        if reason is not Reason.STOPPED:
            self._verdict = replace(self._verdict, until=self._at, whole=reason is Reason.ENDED)
        return self._verdict

    @property
    def _said_same(self) -> bool:
        return self._verdict is not None and self._verdict.outcome is Outcome.SAME

    def _watch_over(self, passed: float, *, told: bool) -> None:
        """Whether the face in view is known to be the first one: a poor or new sight has to prove it."""
        if told:
            self._to_prove = max(0, self._to_prove - 1)
        self._unread = 0.0 if told and not self._to_prove else self._unread + passed

    # -- one frame ---------------------------------------------------------------------------------------------------

    def _take(self, seen: Seen, reading: FaceReading, weight: float, seconds: float) -> None:
        known = self._continuity.add(Evidence(reading.embedding.vector, weight, seconds))
        if self._verdict is not None:
            strangers = tuple(self._anchor.strangers)
            if strangers != self._verdict.strangers and self._verdict.reason is not Reason.CHANGED:
                self._verdict = replace(self._verdict, strangers=strangers)
            return
        self._keep(seen, reading, weight)
        if known is not None:
            self._evidence.add(known)
            self._last.append(known.vector)

    def _go_on(self, seen: Seen, passed: float, hindrance: Hindrance | None) -> None:
        if self._poor:
            self._decide(Outcome.INCONCLUSIVE, Reason.REFERENCE, None)
            return
        open_presence = self._ask(seen)
        begun = self._presence is not None and self._presence.begun
        if self._first is not None and not (open_presence and begun):
            self._patience += passed
        if hindrance is not None:
            self._way[hindrance] += 1
        self._look_again()
        if self._presence_state is not None and self._presence_state.passed is False:
            self._decide(Outcome.INCONCLUSIVE, Reason.PRESENCE, self._supported or self._standing)
        elif self._supported is not None:
            if self._supported.outcome is Outcome.DIFFERENT:
                reason = Reason.NOBODY if self._identifying else Reason.BOUND
                self._decide(Outcome.DIFFERENT, reason, self._supported)
            elif not open_presence:
                self._decide(Outcome.SAME, Reason.BOUND, self._supported)
        elif (self._look == len(LOOKS) and not open_presence) or self._patience > self._time_out:
            self._decide(Outcome.INCONCLUSIVE, Reason.TIME_OUT, self._standing)

    def _ask(self, seen: Seen) -> bool:
        """Take the frame into the presence check; returns whether that is still open."""
        if self._presence is None:
            return False
        if self._presence_state is None or self._presence_state.passed is None:
            # A face too poor to be compared could be anybody's.
            reading = seen.reading
            face = reading.face if reading is not None and not reading.quality.decisive else None
            height, width = seen.frame.pixels.shape[:2]
            self._closer = self._closer or CloseReader()
            close = None if face is None else self._closer.read(seen.frame.pixels, face)
            self._presence_state = self._presence.add(seen.frame.at, face, (width, height), close)
        return self._presence_state.passed is None

    def _look_again(self) -> None:
        """Follow the evidence, and look where a look is due."""
        if self._evidence.frames == 0 or self._look == len(LOOKS) or self._supported is not None or self._to_prove:
            return
        n = len(self._gallery)
        nearest = self._claims.nearest(self._evidence.mean)
        standing = stand(self._calibration, self._strictness, nearest, n, self._look)
        due = LOOKS[self._look].seconds
        self._standing = standing
        self._share = max(self._share, standing.share * min(1.0, self._evidence.seconds / due))
        if self._evidence.seconds < due:
            return
        self._look += 1
        if standing.outcome is Outcome.SAME and self._at_odds(nearest.row):
            return
        if standing.outcome is not Outcome.INCONCLUSIVE:
            self._supported = standing

    def _distance(self, vector: NDArray[np.float32], row: int) -> float:
        return float(self._gallery.distances(vector, self._calibration.energy)[row])

    def _at_odds(self, row: int) -> bool:
        """Whether what was seen last does not look like the person that all of it together looks like.

        Of two people in turn the mean may look like either; half of the frames do not.
        """
        limit = self._calibration.threshold(AT_ODDS)
        latest = list(self._last)
        astray = np.mean([self._distance(vector, row) > limit for vector in latest])
        last = unit(np.sum(latest[-LAST_FRAMES:], axis=0))
        return bool(astray > ASTRAY) or self._distance(last, row) > limit

    def _hindrance(self, seen: Seen) -> Hindrance | None:
        if seen.reading is None:
            return Hindrance.NO_FACE
        worst = next((HINDRANCES[finding.issue] for finding in seen.reading.quality.findings), None)
        if worst is Hindrance.DARK and _backlit(seen.frame.pixels, seen.reading.quality.brightness):
            worst = Hindrance.BACKLIT
        followed = seen.reading.face
        rivals = any(face is not followed and face.width > COMPARABLE * followed.width for face in seen.faces)
        return Hindrance.SEVERAL if worst is None and rivals and not seen.picked else worst

    # -- the verdict -------------------------------------------------------------------------------------------------

    def _change(self) -> None:
        """Another face: nothing that was said of the first holds for it."""
        if self._verdict is not None and self._verdict.reason is Reason.CHANGED:
            return
        if self._presence is not None and self._presence_state is not None:
            self._presence_state = self._presence.fail(PresenceFailure.CHANGED)
        self._decide(Outcome.INCONCLUSIVE, Reason.CHANGED, None)

    def _decide(self, outcome: Outcome, reason: Reason, standing: LookResult | None) -> None:
        self._verdict = self._make(outcome, reason, standing)

    def _make(self, outcome: Outcome, reason: Reason, standing: LookResult | None) -> LiveVerdict:
        row = None if standing is None else standing.nearest.row
        presence = self._presence_state
        verdict = LiveVerdict(
            outcome=outcome,
            reason=reason,
            name=self._gallery.names[0] if not self._identifying else None,
            person=self._person,
            strictness=self._strictness,
            distance=None if standing is None else standing.nearest.distance,
            fmr=None if standing is None else standing.fmr,
            fmr_is_bound=standing is not None and standing.fmr_is_bound,
            log10_lr=None if standing is None else standing.log10_lr,
            hindrance=self._main_hindrance() if reason in _WANTING else None,
            presence=None if self._presence is None else presence is not None and presence.passed is True,
            presence_failure=None if presence is None else presence.failure,
            seconds=0.0 if self._first is None or self._at is None else self._at - self._first,
            frames=self._evidence.frames,
            best=self._best(row),
            encoder=self._calibration.encoder,
            stated=self._calibration.stated,
            strangers=tuple(self._anchor.strangers),
        )
        if self._identifying and outcome is Outcome.SAME and row is not None:
            verdict = replace(verdict, name=self._gallery.names[row], person=self._gallery.people[row])
        return verdict

    def _main_hindrance(self) -> Hindrance | None:
        return self._way.most_common(1)[0][0] if self._way else None

    # -- the frames that are shown -----------------------------------------------------------------------------------

    def _keep(self, seen: Seen, reading: FaceReading, weight: float) -> None:
        """Keep the frame if it is among the best; frames that lie close together count as one."""
        at = seen.frame.at
        merit = weight * (1 - abs(reading.quality.yaw) / 90) * reading.quality.sharpness
        rival = next((kept for kept in self._kept if abs(kept.at - at) < APART), None)
        if rival is None and len(self._kept) == MOST_SHOWN:
            rival = min(self._kept, key=lambda kept: kept.merit)
        if rival is not None:
            if rival.merit >= merit:
                return
            self._kept = [kept for kept in self._kept if kept is not rival]
        self._kept.append(_Kept(head(seen.frame.pixels, reading), reading.embedding.vector, at, merit))

    def _best(self, row: int | None) -> tuple[BestFrame, ...]:
        if row is None:
            return ()
        best = sorted(self._kept, key=lambda kept: -kept.merit)
        return tuple(BestFrame(k.picture, self._distance(k.vector, row), k.at) for k in best)


def weight_of(quality: Quality) -> float:
    """How much a frame counts, 0 to 1: nothing where a finding decides, less with a lesser one or a turned face."""
    if quality.decisive:
        return 0.0
    return (WORN if quality.findings else 1.0) * max(0.0, 1 - abs(quality.yaw) / SIDEWAYS)


def head(pixels: Pixels, reading: FaceReading) -> Pixels:
    """Head and shoulders around a face, (h, w, 3) uint8 RGB of its own, at most PICTURE on the long side."""
    height, width = pixels.shape[:2]
    box = reading.face.box
    middle, side = (box[:2] + box[2:]) / 2, 0.9 * max(reading.face.width, reading.face.height)
    left, top = (int(value) for value in np.clip(middle - side, 0, (width - 1, height - 1)))
    right, bottom = (int(value) for value in np.minimum(middle + side, (width, height)))
    part = pixels[top : max(bottom, top + 1), left : max(right, left + 1)]
    factor = min(1.0, PICTURE / max(part.shape[:2]))
    picture = resized(part, max(round(part.shape[1] * factor), 1), max(round(part.shape[0] * factor), 1)).copy()
    picture.flags.writeable = False
    return picture
