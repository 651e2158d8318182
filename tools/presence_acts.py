"""Who stands before the camera in tools/presence_rates.py: heads and pictures that follow the prompts of the check."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import made_heads as made
import numpy as np
from made_heads import Model, Mover, Pose, Surface

from siamgui.core.cv import cv2
from siamgui.core.types import Pixels
from siamgui.live.types import Prompt

RATE = 12
REST = Pose()
HEAD_SWAY = Pose(1.0, 1.0, 0.8, 0.03, 0.03, 0.05)
HAND_SWAY = Pose(2.0, 2.0, 1.0, 0.06, 0.06, 0.1)
STAND = Pose(distance=0.0)
BLINK_EVERY = 4.0
"""Seconds between blinks that nobody asked for, in the mean."""


@dataclass(frozen=True)
class Act:
    """What follows a prompt: where to go (more: 1 at first, larger where that did not suffice), and what is seen.

    shut: the photograph with closed eyes, where they can be closed.
    """

    goal: Callable[[Prompt | None, float], Pose]
    show: Callable[[Prompt | None, Pose], tuple[Surface, Pose]]
    shut: Pixels | None = None


def wall(rng: np.random.Generator) -> Pixels:
    """Something behind the face that is no face."""
    small = rng.integers(40, 200, (4, 5, 3)).astype(np.uint8)
    return np.asarray(cv2.resize(small, (made.WIDTH, made.HEIGHT), interpolation=cv2.INTER_CUBIC))


def _way(prompt: Prompt | None) -> int:
    """1 where the right edge of the picture is: the left of the person before the camera."""
    return {Prompt.LEFT: 1, Prompt.TILT_LEFT: 1, Prompt.RIGHT: -1, Prompt.TILT_RIGHT: -1}.get(prompt, 0)


def _movement(
    prompt: Prompt | None, more: float, turned: float, tilted: float, nearer: float, raised: float = 22.0
) -> Pose:
    """What follows a prompt. more: 1 at first, and larger where that does not suffice."""
    if prompt in (Prompt.LEFT, Prompt.RIGHT):
        return replace(REST, yaw=_way(prompt) * turned * more)
    if prompt in (Prompt.TILT_LEFT, Prompt.TILT_RIGHT):
        return replace(REST, roll=_way(prompt) * tilted * more)
    if prompt is Prompt.CLOSER:
        return replace(REST, distance=made.AT_ARMS_LENGTH / (1 + nearer * more))
    if prompt is Prompt.UP:
        return replace(REST, pitch=raised * more)
    return REST


def worn(surface: Surface, shut: Pixels | None, rng: np.random.Generator) -> Act:
    """Moved by a person who turns, nods and tilts: their head, or what they wear before it."""
    turned, tilted, nearer = rng.normal(28, 5), rng.normal(20, 4), rng.normal(0.35, 0.06)
    raised = rng.normal(22, 4)
    # Nobody turns about one axis only.
    lean = rng.normal(0, 1, 4) * (3, 3, 3, 4)

    def goal(prompt: Prompt | None, more: float) -> Pose:
        pose = _movement(prompt, more, turned, tilted, nearer, raised)
        side = _way(prompt)
        if prompt in (Prompt.LEFT, Prompt.RIGHT):
            return replace(pose, yaw=float(np.clip(pose.yaw, -45, 45)), pitch=lean[0], roll=side * lean[1])
        if side:
            return replace(pose, roll=float(np.clip(pose.roll, -35, 35)), pitch=lean[2], yaw=side * lean[3])
        return replace(pose, pitch=min(pose.pitch, 40.0))

    return Act(goal, lambda _prompt, pose: (surface, pose), shut)


def genuine(model: Model, shut: Pixels, rng: np.random.Generator) -> Act:
    return worn(made.head(model, float(np.clip(rng.normal(1, 0.1), 0.75, 1.25))), shut, rng)


def mask(model: Model, shut: Pixels, rng: np.random.Generator) -> Act:
    """A print with eyes cut out, bound before a face: it turns with the head, about the neck."""
    return worn(made.bent(model, rng.uniform(20, 60), rng.uniform(-10, 10), (0.0, 1.0, 1.6)), shut, rng)


def picture(kind: str, model: Model, shut: Pixels, rng: np.random.Generator) -> Act:
    """A photograph on one piece of paper or screen, as kind says."""
    angle, axis = rng.uniform(5, 60), rng.uniform(0, 180)
    surface = {
        "bent": lambda: made.bent(model, angle, axis),
        "wave": lambda: made.sheet(model, made.wave(rng.uniform(-35, 35))),
        "eyes bent": lambda: made.bent(model, angle, axis),
    }.get(kind, lambda: made.sheet(model))()
    turned = float(rng.uniform(25, 45)) if kind not in ("moved", "zoomed") else 0.0
    aside = float(rng.uniform(0.5, 1.2))
    share = 3.5 / made.AT_ARMS_LENGTH if kind == "near" else 1.0

    def goal(prompt: Prompt | None, more: float) -> Pose:
        pose = _movement(None if kind == "still" else prompt, more, turned, 20.0, 0.35)
        if prompt in (Prompt.LEFT, Prompt.RIGHT):
            pose = replace(pose, yaw=float(np.clip(pose.yaw, -65, 65)))
            if kind in ("moved", "zoomed"):
                pose = replace(pose, x=_way(prompt) * aside)
            if kind == "zoomed":
                pose = replace(pose, distance=made.AT_ARMS_LENGTH / 1.15)
        return replace(pose, distance=pose.distance * share)

    return Act(goal, lambda _prompt, pose: (surface, pose), shut if kind.startswith("eyes") else None)


def bending(model: Model, shut: Pixels | None, rng: np.random.Generator) -> Act:
    """Bent about any axis the more the further it is turned, to 60 degrees at most."""
    axis, most = rng.uniform(-60, 60), rng.uniform(25, 60)
    sheets: dict[int, Surface] = {}

    def show(_prompt: Prompt | None, pose: Pose) -> tuple[Surface, Pose]:
        now = round(min(1 + most * abs(pose.yaw) / 30, most))
        if now not in sheets:
            sheets[now] = made.bent(model, now, axis)
        return sheets[now], pose

    return Act(lambda prompt, more: _movement(prompt, more, float(min(30 * more, 60)), 20.0, 0.35), show, shut)


def curled(model: Model, rng: np.random.Generator) -> Act:
    most = float(rng.uniform(30, 45))
    sheets: dict[int, Surface] = {}

    def goal(prompt: Prompt | None, more: float) -> Pose:
        return _movement(prompt, more, most, 20.0, 0.35)

    def show(_prompt: Prompt | None, pose: Pose) -> tuple[Surface, Pose]:
        # The half towards which the head shall turn is bent back, and so grows narrow; steps of a degree.
        back = round(min(max(pose.yaw, -60), 60))
        if back not in sheets:
            sheets[back] = made.sheet(model, made.fold(max(-back, 0), max(back, 0)))
        return sheets[back], replace(pose, yaw=0.0)

    return Act(goal, show)


def slides(models: Sequence[Model]) -> Act:
    """models: of photographs turned towards the left edge, straight, and towards the right edge."""
    surfaces = [made.sheet(model) for model in models]

    def goal(prompt: Prompt | None, more: float) -> Pose:
        return _movement(prompt, more, 0.0, 20.0, 0.35)

    def show(prompt: Prompt | None, pose: Pose) -> tuple[Surface, Pose]:
        return surfaces[1 + _way(prompt) if prompt in (Prompt.LEFT, Prompt.RIGHT) else 1], pose

    return Act(goal, show)


class _Lids:
    """When eyes are closed: now and then, and twice where that is asked for."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._closed: list[tuple[float, float]] = []
        self._next = float(rng.exponential(BLINK_EVERY))

    def twice(self, at: float) -> None:
        for start in (at, at + self._rng.uniform(0.4, 0.9)):
            self._closed.append((start, start + self._rng.uniform(0.15, 0.3)))

    def are_closed(self, at: float) -> bool:
        if at >= self._next:
            self._closed.append((at, at + self._rng.uniform(0.1, 0.2)))
            self._next = at + 0.5 + float(self._rng.exponential(BLINK_EVERY))
        return any(start <= at < end for start, end in self._closed)


class Follower:
    """Sees the prompts, and acts: what is before the camera at each moment."""

    def __init__(self, act: Act, rng: np.random.Generator, sway: Pose, speed: float) -> None:
        self._act, self._rng = act, rng
        self._mover = Mover(rng, act.goal(None, 1.0), speed, sway)
        self._lids = _Lids(rng)
        self._shown: Prompt | None = None
        self._acting: Prompt | None = None
        self._react_at = math.inf
        self._since = 0.0

    def step(self, at: float, prompt: Prompt | None) -> tuple[Surface, Pose]:
        if prompt is not self._shown:
            self._shown, self._react_at = prompt, at + max(self._rng.normal(0.45, 0.12), 0.25)
        if at >= self._react_at:
            self._acting, self._since, self._react_at = self._shown, at, math.inf
            if self._acting is Prompt.BLINK:
                self._lids.twice(at)
        elif self._acting is Prompt.BLINK and at - self._since > 2.0:  # was not seen: again
            self._lids.twice(at)
            self._since = at
        more = 1 + 0.35 * max(at - self._since - 1.0, 0.0) if self._acting else 1.0
        surface, pose = self._act.show(self._acting, self._mover.step(self._act.goal(self._acting, more), 1 / RATE))
        closed = self._act.shut is not None and self._lids.are_closed(at)
        return (replace(surface, photo=self._act.shut) if closed else surface), pose


class Replay:
    """A recording of a head that did what another check asked for, shown again and again on a screen."""

    def __init__(self, act: Act, prompts: Sequence[Prompt], rng: np.random.Generator) -> None:
        follower = Follower(act, rng, HEAD_SWAY, 7.0)
        self._clip: list[tuple[Surface, Pose]] = []
        for prompt in prompts:
            for asked, seconds in ((None, rng.uniform(0.7, 1.5)), (prompt, rng.uniform(1.2, 2.2))):
                for _ in range(round(seconds * RATE)):
                    self._clip.append(follower.step(len(self._clip) / RATE, asked))
        self._frame = int(rng.integers(len(self._clip)))

    def step(self, _at: float, _prompt: Prompt | None) -> tuple[Surface, Pose]:
        self._frame = (self._frame + 1) % len(self._clip)
        return self._clip[self._frame]
