"""A basic presence check: a short random sequence of acts, and whether they were a head's or a flat picture's.

It is not certified. It stops a photograph that is held still, moved, turned, zoomed, pushed nearer or bent, one whose
eyes are cut out, photographs shown one after the other, and a clip that runs again and again. It does not stop a video
of the person doing what is asked for, a mask in the shape of a face, or injected video. Figures, for each instrument
and on other people than those by whom the settings were chosen: tools/presence_rates.py (docs/presence.md).

What is asked for, in random order: to turn to either side; to blink twice, which no print can; and to look up, tilt
the head or come closer. A recording made before fits one of 96 sequences, and no timing. An open mouth is not asked
for: of one that is wide open the 68 points say too little.

Four of the five landmarks, the eyes and the corners of the mouth, are two pairs of mirror images and so always lie in
one plane. A homography takes them to fixed places; where it takes the nose is an invariant: of a flat photograph it
never changes, however that is turned, moved or zoomed. The nose of a head stands out from this plane by a depth D, and
turned by an angle t it moves across it by D tan t.

A photograph that is bent has some depth too, but less, and so must be turned further for the nose to move as far; and
beside the eyes, in heights of the face, it never comes farther than D sin t. How far it was turned shows in the
foreshortening: the width of the eyes over the height of the face shrinks by cos t. Nose and width together give D (see
depth()). Between real photographs of one person (lfw_dev, att_faces) it is 0.47 to 0.50 eye distances in the median,
and 0.35 or more for 19 people in 20. In the same way the relief of 68 points (siamgui.live.relief) gives a depth of its
own, in which a sheet that is bent about any axis, and while it moves, stays behind a nose by more.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from siamgui.core.alignment import TEMPLATE
from siamgui.core.closely import CloseLook
from siamgui.core.cv import cv2
from siamgui.core.types import Face
from siamgui.live.relief import Look, look_of, relief
from siamgui.live.types import PresenceFailure, PresenceState, Prompt

# A movement is done when the nose has moved so many eye distances across the plane, and so many heights of the face to
# the side of the eyes (a head: turned by about 30 degrees; the first alone a bent picture reaches, turned far enough).
TURN, ASIDE = 0.18, 0.17
# ... and its relief so many; upwards, when the head looks up.
RELIEF, UP = 0.25, 0.16
# ... when the head is tilted by so many degrees, or the face has grown by this factor.
TILT, GROWTH = 15.0, 1.25
# ... when the eyes were closed (they are open less surely by so much than when the face looked straight, in the mean of
# both) and open again, so many times within so many seconds: nobody blinks that often without meaning to.
CLOSED, OPEN = 0.35, 0.2
BLINKS, BLINK_TIME = 2, 2.0
# Eyes that are not so surely open when the face looks straight say nothing of a blink.
SEEN_OPEN = 0.6
# "Straight" is within this share of a movement.
STRAIGHT = 0.4
# ... and the chin, which is measured less exactly, within this.
AT_REST = 0.7
# Seconds: for a movement; for looking straight before it; of looking straight that are asked for, at least and at
# most; that nobody's reaction is shorter than; that a movement must last; that the face may be away.
TIME_LIMIT, STRAIGHT_LIMIT = 6.0, 8.0
STRAIGHT_FOR = (0.4, 1.2)
REACTION = 0.15
LASTING = 0.1
AWAY = 0.6
# Noses that stand out by less, or whose relief is less, are those of pictures.
LEAST_DEPTH, LEAST_RELIEF = 0.28, 0.50
# A face moves by at most so many eye distances, grows by so many e-folds, and its nose crosses so many eye distances:
# at once (by error of measurement), and a second. A face that was away for longer may not come back farther off.
_JUMPS = (0.4, 0.15, 0.1)
_SPEEDS = (10.0, 3.0, 1.5)
_LONGEST_GAP = 0.1
# A stretch of movement of so many seconds that comes again to within this share of its extent is a loop.
LOOP, LOOP_SHARE, LEAST_EXTENT = 2.0, 0.06, 0.05
_STEP = 0.1

_EYES = TEMPLATE[:2].mean(0)
_UNIT = float(np.linalg.norm(TEMPLATE[1] - TEMPLATE[0]))
_PLANE = ((TEMPLATE[[0, 1, 3, 4]] - _EYES) / _UNIT).astype(np.float32)
# The aspect of frontal faces (median of lfw_dev), and the standard deviations of its logarithm: between faces,
# and between frames of one face that does not turn.
_ASPECT, _ASPECT_SPREAD, _FRAME_SPREAD = 0.99, 0.055, 0.025
_SIDES = (Prompt.LEFT, Prompt.RIGHT)
_HEAD = (Prompt.UP, Prompt.TILT_LEFT, Prompt.TILT_RIGHT, Prompt.CLOSER)
_DEPTHS = np.geomspace(0.05, 1.5, 60)


class Shape(NamedTuple):
    """What one frame says of the face's shape and place.

    nose: where the homography that takes eyes and mouth to fixed places takes it, in eye distances to the right of the
        middle of the eyes. aside: how far it is to the right of there along the line of the eyes, in heights of the
        face. aspect: width of the eyes over the height from mouth to eyes. roll: degrees, clockwise.
    middle: (2,) of eyes and mouth, and size: their extent, both in pixels. look: what the 68 points say.
    """

    nose: float
    aside: float
    aspect: float
    roll: float
    middle: NDArray[np.float64]
    size: float
    look: Look


def shape_of(face: Face, size: tuple[int, int], close: CloseLook | None) -> Shape | None:
    """size: (width, height) of the frame. None where the landmarks lie outside of it, or form no convex face."""
    look = None if close is None else look_of(close)
    if look is None:
        return None
    points = face.landmarks.astype(np.float64)
    if not np.isfinite(points).all() or (points < 0).any() or (points >= size).any():
        return None
    plane = points[[0, 1, 3, 4]]
    around = plane[[0, 1, 3, 2]]
    sides = np.roll(around, -1, axis=0) - around
    after = np.roll(sides, -1, axis=0)
    area = sides[:, 0] * after[:, 1] - sides[:, 1] * after[:, 0]
    across, down = plane[1] - plane[0], plane[2:].mean(0) - plane[:2].mean(0)
    wide, high = float(np.linalg.norm(across)), float(np.linalg.norm(down))
    if (area <= 0.02 * wide * high).any() or min(wide, high) < 4:
        return None
    matrix = cv2.getPerspectiveTransform(plane.astype(np.float32), _PLANE)
    nose = cv2.perspectiveTransform(points[None, 2:3], matrix)[0, 0]
    roll = math.degrees(math.atan2(across[1], across[0]))
    aside = float((points[2] - plane[:2].mean(0)) @ across) / (wide * high)
    # A turned face is narrower, not farther away: the larger extent counts.
    return Shape(float(nose[0]), aside, wide / high, roll, plane.mean(0), max(wide / _ASPECT, high), look)


def depth(noses: NDArray[np.float64], aspects: NDArray[np.float64]) -> float:
    """How far the nose stands out from the plane of eyes and mouth, in eye distances, from how a face turned.

    noses: (n,) Shape.nose less that of the face seen straight, or its relief. aspects: (n,) Shape.aspect.

    Turned by t, the nose has moved by x = D tan t, and the aspect is a cos t, so
        log aspect = log a - log(1 + x**2 / D**2) / 2
    which is solved for a, the aspect of this face, and D in least squares. a is not far from that of other faces.
    """
    turned = np.log1p(noses**2 / _DEPTHS[:, None] ** 2) / 2
    residual = np.log(aspects / _ASPECT) + turned
    # That the face is like others counts as much as one frame in the square of how much less exact that is.
    prior = (_FRAME_SPREAD / _ASPECT_SPREAD) ** 2
    own = residual.sum(1, keepdims=True) / (len(aspects) + prior)
    loss = ((residual - own) ** 2).sum(1) + prior * own[:, 0] ** 2
    return float(_DEPTHS[int(np.argmin(loss))])


class PresenceCheck:
    """One attempt, fed with every frame. Pure: the time is that of the frames."""

    def __init__(self, chooser: random.Random) -> None:
        """chooser: random.SystemRandom() but in tests: the sequence must not be foreseen."""
        self._chooser = chooser
        self.prompts = _sequence(chooser)
        self._instead = chooser.choice([prompt for prompt in _HEAD if prompt not in self.prompts])
        self._done = 0
        self._asked: float | None = None  # when the prompt was shown; None while the face shall look straight
        self._wait_from: float | None = None  # when looking straight was asked for
        self._straight_from: float | None = None
        self._straight_for = chooser.uniform(*STRAIGHT_FOR)
        self._returned = False  # has looked straight since the movement before
        self._reached: float | None = None
        self._first: list[Shape] = []
        self._base: Shape | None = None
        self._last: tuple[float, Shape] | None = None
        self._seen_at = 0.0  # there or elsewhere
        self._times: list[float] = []
        self._shapes: list[Shape] = []
        self._turning: list[Shape] = []  # of frames in which a turn was asked for
        self._blinks: list[float] = []
        self._shut = False
        self._state = PresenceState(None, 0, len(self.prompts), 0.0, STRAIGHT_LIMIT)

    def add(self, at: float, face: Face | None, size: tuple[int, int], close: CloseLook | None) -> PresenceState:
        """The face that is followed, with refined landmarks, in a frame of size (width, height) at second `at`.

        close: what a close look says of it; without it the frame shows no face.

        Before the first face nothing is measured and no time runs.
        """
        if self._state.passed is not None:
            return self._state
        shape = shape_of(face, size, close) if face is not None else None
        if self._last is None and shape is None:
            return self._state
        since, self._seen_at = at - self._seen_at, at if shape is not None else self._seen_at
        if shape is None or not self._continues(since, shape):
            assert self._last is not None
            if at - self._last[0] > AWAY:
                return self.fail(PresenceFailure.LOST if shape is None else PresenceFailure.CHANGED)
            return self._state
        self._last = at, shape
        self._times.append(at)
        self._shapes.append(shape)
        if self._wait_from is None:
            self._wait_from = at
        self._state = self._wait(at, shape) if self._asked is None else self._watch(at, shape, self._asked)
        return self._state

    @property
    def begun(self) -> bool:
        """Whether a face was seen; before that no time runs."""
        return self._last is not None

    def again(self) -> PresenceCheck:
        """Another attempt, with other prompts."""
        return PresenceCheck(self._chooser)

    def fail(self, failure: PresenceFailure) -> PresenceState:
        """The attempt is over: the caller saw what no landmarks tell, such as another person."""
        self._state = PresenceState(None, self._done, len(self.prompts), 0.0, 0.0, False, failure)
        return self._state

    def _continues(self, since: float, shape: Shape) -> bool:
        """Whether a face can have come here from where it was, having been out of sight for `since` seconds."""
        if self._last is None:
            return True
        since, before = min(since, _LONGEST_GAP), self._last[1]
        changes = (
            float(np.linalg.norm(shape.middle - before.middle)) / before.size,
            abs(math.log(shape.size / before.size)),
            abs(shape.nose - before.nose),
        )
        limits = zip(changes, _JUMPS, _SPEEDS, strict=True)
        return all(change <= jump + speed * since for change, jump, speed in limits)

    def _wait(self, at: float, shape: Shape) -> PresenceState:
        """The face shall look straight for a random while before the next prompt."""
        assert self._wait_from is not None
        left = STRAIGHT_LIMIT - (at - self._wait_from)
        if left < 0:
            return self.fail(self._too_late())
        away = self._away(shape)
        if self._base is not None and self._returned and away >= 1.0:
            return self.fail(PresenceFailure.WRONG_WAY)
        if away >= STRAIGHT or not self._at_rest(shape):
            self._straight_from = None
            self._first = []
        else:
            self._first.append(shape)
            self._returned = True
            if self._straight_from is None:
                self._straight_from = at
            if at - self._straight_from >= self._straight_for:
                now = _typical(self._first)
                # Who has come closer may stay there.
                self._base = (
                    now
                    if self._base is None
                    else self._base._replace(size=now.size, look=self._base.look._replace(eyes=now.look.eyes))
                )
                if now.look.eyes < SEEN_OPEN:  # narrow, or behind glasses: a blink would not be seen
                    self.prompts = tuple(self._instead if one is Prompt.BLINK else one for one in self.prompts)
                self._asked, self._blinks, self._shut = at, [], False
                left = TIME_LIMIT
        prompt = None if self._asked is None else self.prompts[self._done]
        return PresenceState(prompt, self._done, len(self.prompts), 0.0, left)

    def _away(self, shape: Shape) -> float:
        """How far the face is from looking straight, as a share of a turn or a tilt."""
        if self._base is None:
            # Noses are not quite in the middle of all faces, nor cameras quite level.
            return STRAIGHT / 0.6 * max(abs(shape.nose) / TURN, abs(shape.roll) / TILT)
        shares = self._shares(shape)
        return max(shares[prompt] for prompt in (*_SIDES, Prompt.TILT_LEFT, Prompt.TILT_RIGHT))

    def _at_rest(self, shape: Shape) -> bool:
        """Whether the chin is where it was, as far as is known."""
        return self._base is None or self._shares(shape)[Prompt.UP] < AT_REST

    def _watch(self, at: float, shape: Shape, asked: float) -> PresenceState:
        """The movement that is asked for, or another."""
        prompt = self.prompts[self._done]
        shares = self._shares(shape)
        if prompt in _SIDES:
            self._turning.append(shape)
        share = self._blinked(at, shape) if prompt is Prompt.BLINK else shares[prompt]
        # People blink and look up unasked: only other movements that nobody makes so are against what was asked.
        others = max(shares[one] for one in (*_SIDES, *_HEAD[1:]) if one is not prompt)
        left = TIME_LIMIT - (at - asked)
        early = at - asked < REACTION and max(share, others) > 2 * STRAIGHT
        # Who turns also tilts a little: another movement is one instead of what is asked for.
        if early or (others >= 1.0 and share < 0.5):
            return self.fail(PresenceFailure.WRONG_WAY)
        if share < 1.0:
            self._reached = None
            if left < 0:
                return self.fail(self._too_late())
        elif self._reached is None:
            self._reached = at
        if self._reached is not None and (prompt is Prompt.BLINK or at - self._reached >= LASTING):
            return self._next(at)
        return PresenceState(prompt, self._done, len(self.prompts), min(max(share, 0.0), 1.0), max(left, 0.0))

    def _blinked(self, at: float, shape: Shape) -> float:
        """How many of the blinks that are asked for were seen, as a share."""
        assert self._base is not None
        drop = self._base.look.eyes - shape.look.eyes
        if drop > CLOSED:
            self._shut = True
        elif drop < OPEN and self._shut:
            self._shut = False
            self._blinks.append(at)
        self._blinks = [blink for blink in self._blinks if at - blink <= BLINK_TIME]
        return len(self._blinks) / BLINKS

    def _next(self, at: float) -> PresenceState:
        self._done += 1
        self._first = []  # who has come closer is measured anew
        self._asked = self._reached = self._straight_from = None
        self._returned = False
        self._wait_from, self._straight_for = at, self._chooser.uniform(*STRAIGHT_FOR)
        total = len(self.prompts)
        if self._done < total:
            return PresenceState(None, self._done, total, 1.0, STRAIGHT_LIMIT)
        if self._is_flat:
            return self.fail(PresenceFailure.FLAT)
        if repeats(self._times, self._shapes):
            return self.fail(PresenceFailure.REPEATED)
        return PresenceState(None, self._done, total, 1.0, 0.0, True)

    @property
    def depths(self) -> tuple[float, float]:
        """As depth(), of the five landmarks and of the relief, in the frames in which a turn was asked for."""
        if self._base is None or not self._turning:
            return 0.0, 0.0
        noses = np.array([shape.nose for shape in self._turning]) - self._base.nose
        reliefs = np.array([relief(self._base.look.points, shape.look.points)[0] for shape in self._turning])
        aspects = np.array([shape.aspect for shape in self._turning])
        return depth(noses, aspects), depth(reliefs, aspects)

    @property
    def _is_flat(self) -> bool:
        nose, face = self.depths
        return nose < LEAST_DEPTH or face < LEAST_RELIEF

    def _too_late(self) -> PresenceFailure:
        """What was turned, and far, without its nose moving, is a picture."""
        aspects = np.log([shape.aspect for shape in self._shapes])
        turned = float(np.median(aspects[:10]) - np.percentile(aspects, 5)) > 0.15
        return PresenceFailure.FLAT if turned and self._turning and self._is_flat else PresenceFailure.TIME

    def _shares(self, shape: Shape) -> dict[Prompt, float]:
        """How much of each movement but blinks the face has made since it looked straight; 1 is all of it."""
        assert self._base is not None
        across, down = relief(self._base.look.points, shape.look.points)
        turn, aside = (shape.nose - self._base.nose) / TURN, (shape.aside - self._base.aside) / ASIDE
        tilt = (shape.roll - self._base.roll) / TILT
        # Of a picture that is not mirrored: the left of the one before the camera is at its right edge.
        return {
            Prompt.LEFT: min(turn, aside, across / RELIEF),
            Prompt.RIGHT: min(-turn, -aside, -across / RELIEF),
            Prompt.UP: -down / UP,
            Prompt.TILT_LEFT: tilt,
            Prompt.TILT_RIGHT: -tilt,
            Prompt.CLOSER: math.log(shape.size / self._base.size) / math.log(GROWTH),
        }


def _sequence(chooser: random.Random) -> tuple[Prompt, ...]:
    """A turn to either side, what no print can do, and another movement of the head."""
    prompts = [*_SIDES, Prompt.BLINK, chooser.choice(_HEAD)]
    chooser.shuffle(prompts)
    return tuple(prompts)


def _typical(shapes: Sequence[Shape]) -> Shape:
    nose, aside, aspect, roll, size = (float(np.median([shape[i] for shape in shapes])) for i in (0, 1, 2, 3, 5))
    looks = [shape.look for shape in shapes]
    points = np.median([look.points for look in looks], axis=0)
    middle = np.median([shape.middle for shape in shapes], axis=0)
    return Shape(nose, aside, aspect, roll, middle, size, Look(points, float(np.median([look.eyes for look in looks]))))


def repeats(times: Sequence[float], shapes: Sequence[Shape]) -> bool:
    """Whether a stretch of movement comes twice, in place and shape, more alike than anyone can repeat a movement."""
    base = _typical(shapes)
    path = np.array(
        [[s.nose, math.radians(s.roll), *(s.middle / base.size), math.log(s.size)] for s in shapes], np.float64
    )
    # Means over steps of the clock, which are steadier than single frames: differences of the integral.
    seconds = np.array(times)
    integral = np.vstack([np.zeros(5), np.cumsum((path[1:] + path[:-1]) / 2 * np.diff(seconds)[:, None], axis=0)])
    clock = np.arange(seconds[0], seconds[-1], _STEP)
    steps = np.diff(np.stack([np.interp(clock, seconds, column) for column in integral.T], axis=1), axis=0) / _STEP
    length = round(LOOP / _STEP)
    if len(steps) < 2 * length:
        return False
    stretches = np.lib.stride_tricks.sliding_window_view(steps, length, axis=0)
    for start in range(len(stretches) - length):
        extent = float(stretches[start].std(1).max())
        apart = np.sqrt(((stretches[start + length :] - stretches[start]) ** 2).mean(2)).max(1)
        if extent > LEAST_EXTENT and float(apart.min()) < LOOP_SHARE * extent:
            return True
    return False
