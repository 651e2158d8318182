"""The presence check: a plane's rules hold for planes, heads break them, and every way to fail is seen."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Face
from siamgui.live import presence
from siamgui.live.presence import PresenceCheck, depth, repeats, shape_of
from siamgui.live.types import PresenceFailure, PresenceState, Prompt
from tests.conftest import ROOT

SIZE = (640, 480)
RATE = 30
# Eyes, nose tip and corners of the mouth in eye distances: x right, y down, z away from the camera.
FACE = np.array([[-0.5, -0.5, 0], [0.5, -0.5, 0], [0, 0.1, 0], [-0.4, 0.5, 0], [0.4, 0.5, 0]], np.float64)
STRAIGHT = (0.0, 0.0, 0.0, 0.0, 8.0)

Movement = tuple[float, float, float, float, float]
Actor = Callable[[float, Prompt | None], tuple[Movement, float]]


def seen(yaw: float, pitch: float, roll: float, x: float, distance: float, deep: float) -> Face:
    """Five points before a perspective camera. deep: by how much the nose stands out. Degrees and eye distances."""
    points = FACE.copy()
    points[2, 2] = -deep
    a, b, c = np.radians([yaw, pitch, roll])
    points = points @ np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]]).T
    points = points @ np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]]).T
    points = points @ np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]]).T
    points += [x, 0, distance]
    landmarks = (points[:, :2] / points[:, 2:] * 550 + np.array(SIZE) / 2).astype(np.float32)
    return Face(np.concatenate([landmarks.min(0), landmarks.max(0)]), landmarks, 0.9)


def follows(turned: float, deep: float) -> Actor:
    """Does what is asked for, turning so far."""

    def actor(_at: float, prompt: Prompt | None) -> tuple[Movement, float]:
        moves: dict[Prompt | None, Movement] = {
            Prompt.LEFT: (turned, 0, 0, 0, 8),
            Prompt.RIGHT: (-turned, 0, 0, 0, 8),
            Prompt.TILT_LEFT: (0, 0, 20, 0, 8),
            Prompt.TILT_RIGHT: (0, 0, -20, 0, 8),
            Prompt.CLOSER: (0, 0, 0, 0, 5.5),
        }
        return moves.get(prompt, STRAIGHT), deep

    return actor


def run(check: PresenceCheck, actor: Actor, noise: float = 0.3, seconds: float = 60.0) -> PresenceState:
    """Until the check is decided: the actor reacts after 0.3 s and moves within half a second."""
    rng = np.random.default_rng(7)
    prompts: list[Prompt | None] = [None] * 9
    at, pose = 0.0, np.array(STRAIGHT)
    state = PresenceState(None, 0, 0, 0.0, 0.0)
    while state.passed is None and at < seconds:
        target, deep = actor(at, prompts[-9])
        pose += 0.2 * (np.array(target) - pose)
        face = seen(*pose, deep)
        noisy = Face(face.box, face.landmarks + rng.normal(0, noise, (5, 2)).astype(np.float32), face.score)
        state = check.add(at, noisy, SIZE)
        prompts.append(state.prompt)
        at += 1 / RATE
    return state


def checks(seed: int = 0, prompts: int = 3) -> PresenceCheck:
    return PresenceCheck(random.Random(seed), prompts)


@given(
    yaw=st.floats(-60, 60),
    pitch=st.floats(-40, 40),
    roll=st.floats(-40, 40),
    x=st.floats(-1, 1),
    distance=st.floats(3, 12),
)
def test_the_nose_of_a_flat_picture_never_moves(
    yaw: float, pitch: float, roll: float, x: float, distance: float
) -> None:
    straight, moved = shape_of(seen(*STRAIGHT, 0.0), SIZE), shape_of(seen(yaw, pitch, roll, x, distance, 0.0), SIZE)
    assert straight is not None
    if moved is not None:  # else it has left the frame
        assert moved.nose == pytest.approx(straight.nose, abs=2e-3)


@pytest.mark.parametrize("deep", [0.12, 0.3, 0.55])
def test_the_depth_of_the_nose_follows_from_how_a_face_turned(deep: float) -> None:
    shapes = [shape_of(seen(yaw, 0, 0, 0, 12, deep), SIZE) for yaw in range(-35, 36, 5)]
    noses = np.array([shape.nose for shape in shapes if shape])
    aspects = np.array([shape.aspect for shape in shapes if shape])
    assert depth(noses, aspects) == pytest.approx(deep, rel=0.25)


@pytest.mark.parametrize("seed", range(8))
def test_a_head_that_follows_passes(seed: int) -> None:
    state = run(checks(seed), follows(30, 0.55))
    assert (state.passed, state.failure, state.done, state.total) == (True, None, 3, 3)


@pytest.mark.parametrize("turned", [0.0, 30.0, 60.0])
@pytest.mark.parametrize("deep", [0.0, 0.12])
def test_a_flat_or_slightly_bent_picture_that_follows_does_not(turned: float, deep: float) -> None:
    for seed in range(4):
        state = run(checks(seed), follows(turned, deep))
        assert state.passed is False
        if turned == 60.0:
            assert state.failure is PresenceFailure.FLAT


@given(seed=st.integers(0, 2**32), count=st.integers(2, 5))
def test_sequences_turn_to_both_sides_and_never_repeat_at_once(seed: int, count: int) -> None:
    asked = checks(seed, count).prompts
    assert len(asked) == count
    assert {Prompt.LEFT, Prompt.RIGHT} <= set(asked)
    assert all(one is not other for one, other in pairwise(asked))


def test_sequences_cannot_be_foreseen() -> None:
    assert len({checks(seed).prompts for seed in range(100)}) > 15


def test_the_other_movement_fails() -> None:
    def contrary(at: float, prompt: Prompt | None) -> tuple[Movement, float]:
        (yaw, pitch, roll, x, distance), deep = follows(30, 0.55)(at, prompt)
        return (-yaw, pitch, -roll, x, distance), deep

    assert run(checks(1), contrary).failure is PresenceFailure.WRONG_WAY


def test_a_movement_that_was_not_asked_for_yet_fails() -> None:
    check, actor = checks(2), follows(30, 0.55)
    state = run(check, actor, seconds=0.4)  # has looked straight, and no prompt was shown
    assert state.prompt is None
    waiting = checks(2)
    for frame in range(400):
        at = frame / RATE
        pose: Movement = STRAIGHT if at < 3 else (30 * math.sin(4 * (at - 3)), 0, 0, 0, 8)
        state = waiting.add(at, seen(*pose, 0.55), SIZE)
        if state.passed is False:
            break
    assert state.failure is PresenceFailure.WRONG_WAY


def test_who_has_come_closer_may_stay_there() -> None:
    near = 8.0

    def actor(at: float, prompt: Prompt | None) -> tuple[Movement, float]:
        nonlocal near
        (yaw, pitch, roll, x, distance), deep = follows(30, 0.55)(at, prompt)
        near = min(near, distance)
        return (yaw, pitch, roll, x, near), deep

    seeds = [seed for seed in range(20) if Prompt.CLOSER in checks(seed).prompts[:2]]
    assert seeds
    assert all(run(checks(seed), actor).passed for seed in seeds)


def test_nothing_in_time_fails() -> None:
    state = run(checks(3), lambda at, prompt: (STRAIGHT, 0.55))
    assert state.failure is PresenceFailure.TIME


def test_who_never_looks_straight_is_not_waited_for() -> None:
    state = run(checks(3), lambda at, prompt: ((30, 0, 0, 0, 8), 0.55), seconds=20)
    assert state.failure is PresenceFailure.TIME


def test_a_face_that_leaves_fails_and_a_glimpse_missed_does_not() -> None:
    check = checks()
    for frame in range(30):
        face = None if frame in (10, 11, 12) else seen(*STRAIGHT, 0.55)
        assert check.add(frame / RATE, face, SIZE).passed is None
    for frame in range(30, 60):
        state = check.add(frame / RATE, None, SIZE)
    assert state.failure is PresenceFailure.LOST


@pytest.mark.parametrize("there", [(0, 0, 0, 2.5, 8), (0, 0, 0, 0, 4), (25, 0, 0, 0, 8)])
def test_a_face_that_is_suddenly_elsewhere_larger_or_turned_is_another(there: Movement) -> None:
    check = checks()
    for frame in range(10):
        check.add(frame / RATE, seen(*STRAIGHT, 0.55), SIZE)
    for frame in range(10, 40):
        state = check.add(frame / RATE, seen(*there, 0.55), SIZE)
    assert state.failure is PresenceFailure.CHANGED


def test_one_false_detection_does_not_matter() -> None:
    check = checks()
    for frame in range(20):
        pose: Movement = (0, 0, 0, 2.5, 8) if frame == 9 else STRAIGHT
        state = check.add(frame / RATE, seen(*pose, 0.55), SIZE)
    assert state.passed is None


def test_no_time_runs_before_the_first_face() -> None:
    check = checks()
    for second in range(100):
        state = check.add(float(second), None, SIZE)
    assert (state.passed, state.done, state.total) == (None, 0, 3)
    assert check.add(101.0, seen(*STRAIGHT, 0.55), SIZE).passed is None


def test_what_is_decided_stays() -> None:
    check = checks()
    assert check.fail(PresenceFailure.CHANGED).failure is PresenceFailure.CHANGED
    state = check.add(0.0, seen(*STRAIGHT, 0.55), SIZE)
    assert (state.passed, state.failure) == (False, PresenceFailure.CHANGED)


@pytest.mark.parametrize(
    "landmarks",
    [
        np.full((5, 2), np.nan),
        np.zeros((5, 2)),
        np.array([[1, 1], [2, 2], [3, 3], [4, 4], [5, 5]]) * 50,
        np.array([[300, 200], [200, 200], [250, 250], [210, 300], [290, 300]]),
        np.array([[-9, 200], [90, 200], [50, 250], [10, 300], [80, 300]]),
    ],
)
def test_landmarks_that_are_no_face_in_the_frame_count_as_none(landmarks: NDArray[np.floating]) -> None:
    face = Face(np.zeros(4, np.float32), landmarks.astype(np.float32), 0.9)
    assert shape_of(face, SIZE) is None
    assert checks().add(0.0, face, SIZE).passed is None


@given(
    frames=st.lists(
        st.tuples(
            st.floats(0, 3),
            st.none() | st.lists(st.floats(-50, 700) | st.just(math.nan), min_size=10, max_size=10),
        ),
        max_size=30,
    )
)
def test_whatever_the_landmarks_are_the_check_goes_on_or_ends(
    frames: list[tuple[float, list[float] | None]],
) -> None:
    check, at, decided = checks(), 0.0, None
    for since, numbers in frames:
        at += since
        marks = None if numbers is None else np.array(numbers, np.float32).reshape(5, 2)
        state = check.add(at, None if marks is None else Face(np.zeros(4, np.float32), marks, 0.5), SIZE)
        assert 0 <= state.share <= 1
        assert decided in (None, state)
        assert (state.passed is False) == (state.failure is not None)
        decided = state if state.passed is not None else None


def _path(times: NDArray[np.floating], noise: float, seed: int, again: bool) -> list[presence.Shape]:
    """Turning left and right: exactly again every 3 s, or as somebody does who tries to."""
    rng = np.random.default_rng(seed)
    turns = 28 + 3 * rng.standard_normal(9)
    drift = np.cumsum(rng.standard_normal((len(times), 3)), axis=0) * 0.01
    shapes = []
    for n, at in enumerate(times):
        cycle, since = divmod(at, 3)
        x, roll, nearer = drift[n % 90 if again else n]
        yaw = turns[0 if again else int(cycle)] * math.sin(2 * math.pi * since / 3)
        face = seen(yaw, 0, 10 * roll, x, 8 - nearer, 0.55)
        moved = Face(face.box, face.landmarks + rng.normal(0, noise, (5, 2)).astype(np.float32), 0.9)
        shape = shape_of(moved, SIZE)
        assert shape is not None
        shapes.append(shape)
    return shapes


def test_a_clip_that_runs_again_is_noticed_and_a_person_who_does_the_same_again_is_not() -> None:
    times = np.arange(0, 9, 1 / RATE)
    assert repeats(times, _path(times, 0.3, 1, again=True))
    assert not any(repeats(times, _path(times, 0.3, seed, again=False)) for seed in range(8))


@pytest.mark.parametrize("kind", ["genuine", "turned"])
def test_a_made_head_and_a_turned_photo_before_the_real_detector(
    kind: str, engine: FaceEngine, samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "tools")
    import presence_rates

    [photo] = presence_rates.photographs([("a", samples / "obama3.jpg")], engine)
    results = [presence_rates.attempt(kind, [photo], (5, n), engine) for n in range(1)]
    assert all(result.passed == (kind == "genuine") for result in results), results
