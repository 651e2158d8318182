"""The presence check: a plane's rules hold for planes, heads break them, and every way to fail is seen."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from siamgui.core.closely import CloseLook, CloseReader
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Face
from siamgui.live import presence
from siamgui.live.presence import PresenceCheck, depth, repeats, shape_of
from siamgui.live.relief import relief
from siamgui.live.types import PresenceFailure, PresenceState, Prompt
from tests.conftest import ROOT

SIZE = (640, 480)
RATE = 30
# Eyes, nose tip and corners of the mouth in eye distances: x right, y down, z away from the camera.
FACE = np.array([[-0.5, -0.5, 0], [0.5, -0.5, 0], [0, 0.1, 0], [-0.4, 0.5, 0], [0.4, 0.5, 0]], np.float64)
STRAIGHT = (0.0, 0.0, 0.0, 0.0, 8.0)

Movement = tuple[float, float, float, float, float]
Actor = Callable[[float, Prompt | None], tuple[Movement, float]]


def _many() -> NDArray[np.float64]:
    """68 points of a flat face whose nose is to stand out: z of its ridge and edge in units of how deep it is."""
    points = np.zeros((68, 3))
    points[:17, 0], points[:17, 1] = np.linspace(-1, 1, 17), 1.2 - np.linspace(-1, 1, 17) ** 2
    for first, middle in ((17, -0.5), (22, 0.5)):
        points[first : first + 5, :2] = np.c_[np.linspace(middle - 0.3, middle + 0.3, 5), np.full(5, -0.8)]
    points[27:31, 1], points[27:31, 2] = np.linspace(-0.45, 0.1, 4), (-0.2, -0.45, -0.7, -1)
    points[31:36, :2] = np.c_[np.linspace(-0.2, 0.2, 5), np.full(5, 0.2)]
    points[31:36, 2] = (-0.25, -0.45, -0.65, -0.45, -0.25)
    ring = np.radians([180, 120, 60, 0, 300, 240])
    for first, middle in ((36, -0.5), (42, 0.5)):
        points[first : first + 6, :2] = np.c_[middle + 0.18 * np.cos(ring), -0.5 - 0.07 * np.sin(ring)]
    around = np.radians(np.linspace(180, -150, 12))
    points[48:60, :2] = np.c_[0.4 * np.cos(around), 0.5 - 0.15 * np.sin(around)]
    points[60:, :2] = np.c_[0.3 * np.cos(around[:8]), np.full(8, 0.5)]
    return points


MANY = _many()


def seen(yaw: float, pitch: float, roll: float, x: float, distance: float, deep: float) -> Face:
    """Five points before a perspective camera. deep: by how much the nose stands out. Degrees and eye distances."""
    points = FACE.copy()
    points[2, 2] = -deep
    landmarks = projected(points, (yaw, pitch, roll, x, distance))
    return Face(np.concatenate([landmarks.min(0), landmarks.max(0)]), landmarks, 0.9)


def close(
    yaw: float, pitch: float, roll: float, x: float, distance: float, deep: float, eyes: float = 1.0
) -> CloseLook:
    """The 68 points of the same face. eyes: how surely they are open."""
    points = projected(MANY * (1, 1, deep), (yaw, pitch, roll, x, distance))
    return CloseLook(points, (eyes, eyes))


def projected(points: NDArray[np.float64], pose: Movement) -> NDArray[np.float32]:
    yaw, pitch, roll, x, distance = pose
    a, b, c = np.radians([yaw, pitch, roll])
    points = points @ np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]]).T
    points = points @ np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]]).T
    points = points @ np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]]).T
    points += [x, 0, distance]
    return (points[:, :2] / points[:, 2:] * 550 + np.array(SIZE) / 2).astype(np.float32)


def shape(*pose: float) -> presence.Shape | None:
    return shape_of(seen(*pose), SIZE, close(*pose))


def blinks(since: float) -> float:
    """Twice: how surely the eyes are open so long after that was asked for."""
    return 0.0 if 0.4 < since < 0.6 or 1.0 < since < 1.2 else 1.0


def follows(turned: float, deep: float) -> Actor:
    """Does what is asked for, turning so far."""

    def actor(_at: float, prompt: Prompt | None) -> tuple[Movement, float]:
        moves: dict[Prompt | None, Movement] = {
            Prompt.LEFT: (turned, 0, 0, 0, 8),
            Prompt.RIGHT: (-turned, 0, 0, 0, 8),
            Prompt.TILT_LEFT: (0, 0, 20, 0, 8),
            Prompt.TILT_RIGHT: (0, 0, -20, 0, 8),
            Prompt.CLOSER: (0, 0, 0, 0, 5.5),
            Prompt.UP: (0, 25, 0, 0, 8),
        }
        return moves.get(prompt, STRAIGHT), deep

    return actor


def run(
    check: PresenceCheck,
    actor: Actor,
    noise: float = 0.3,
    seconds: float = 60.0,
    eyes: Callable[[float], float] = blinks,
) -> PresenceState:
    """Until the check is decided: the actor reacts after 0.3 s and moves within half a second."""
    asked = 0.0
    rng = np.random.default_rng(7)
    prompts: list[Prompt | None] = [None] * 9
    at, pose = 0.0, np.array(STRAIGHT)
    state = PresenceState(None, 0, 0, 0.0, 0.0)
    while state.passed is None and at < seconds:
        target, deep = actor(at, prompts[-9])
        pose += 0.2 * (np.array(target) - pose)
        face = seen(*pose, deep)
        noisy = Face(face.box, face.landmarks + rng.normal(0, noise, (5, 2)).astype(np.float32), face.score)
        look = close(*pose, deep, eyes(at - asked) if prompts[-1] is Prompt.BLINK else eyes(0.0))
        state = check.add(at, noisy, SIZE, look)
        asked = at if state.prompt is not prompts[-1] else asked
        prompts.append(state.prompt)
        at += 1 / RATE
    return state


def checks(seed: int = 0) -> PresenceCheck:
    return PresenceCheck(random.Random(seed))


def add(check: PresenceCheck, at: float, *pose: float) -> PresenceState:
    return check.add(at, seen(*pose), SIZE, close(*pose))


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
    straight, moved = shape(*STRAIGHT, 0.0), shape(yaw, pitch, roll, x, distance, 0.0)
    assert straight is not None
    if moved is not None:  # else it has left the frame
        assert moved.nose == pytest.approx(straight.nose, abs=2e-3)


@pytest.mark.parametrize("deep", [0.12, 0.3, 0.55])
def test_the_depth_of_the_nose_follows_from_how_a_face_turned(deep: float) -> None:
    shapes = [shape(yaw, 0, 0, 0, 12, deep) for yaw in range(-35, 36, 5)]
    noses = np.array([one.nose for one in shapes if one])
    aspects = np.array([one.aspect for one in shapes if one])
    assert depth(noses, aspects) == pytest.approx(deep, rel=0.25)


@pytest.mark.parametrize("seed", range(8))
def test_a_head_that_follows_passes(seed: int) -> None:
    state = run(checks(seed), follows(30, 0.55))
    assert (state.passed, state.failure, state.done, state.total) == (True, None, 4, 4)


@pytest.mark.parametrize("turned", [0.0, 30.0, 60.0])
@pytest.mark.parametrize("deep", [0.0, 0.12])
def test_a_flat_or_slightly_bent_picture_that_follows_does_not(turned: float, deep: float) -> None:
    for seed in range(4):
        state = run(checks(seed), follows(turned, deep))
        assert state.passed is False


def test_what_was_turned_far_without_its_nose_is_said_to_be_flat() -> None:
    seeds = [seed for seed in range(20) if checks(seed).prompts[0] in (Prompt.LEFT, Prompt.RIGHT)]
    for seed in seeds[:4]:
        assert run(checks(seed), follows(60, 0.12)).failure is PresenceFailure.FLAT


def test_who_does_not_blink_does_not_pass_whatever_else_it_does() -> None:
    for open_, kind in ((lambda _: 1.0, PresenceFailure.TIME), (lambda at: float(at < 0.4), PresenceFailure.TIME)):
        assert run(checks(0), follows(30, 0.55), eyes=open_).failure is kind


def test_eyes_that_are_not_seen_open_are_not_asked_to_blink() -> None:
    for seed in range(4):
        check = checks(seed)
        assert run(check, follows(30, 0.55), eyes=lambda _: 0.1).passed
        assert Prompt.BLINK not in check.prompts
        assert len(set(check.prompts)) == 4


def test_a_sheet_has_no_relief_however_it_is_bent_and_a_nose_has() -> None:
    straight = shape(*STRAIGHT, 0.55)
    assert straight is not None
    for yaw in (-30, 30):
        turned = shape(yaw, 0, 0, 0, 8, 0.55)
        assert turned is not None
        across, down = relief(straight.look.points, turned.look.points)
        assert across * yaw > 0
        assert abs(across) > presence.RELIEF > 4 * abs(down)
    base = straight.look.points
    for axis in np.radians([0, 30, 90, 140]):
        away = base @ (math.cos(axis), math.sin(axis))
        moved = base + 0.2 * (away**2)[:, None] * (0.7, -0.4) + 0.1 * base @ [[0.3, 0.1], [-0.2, 0.4]]
        assert max(map(abs, relief(base, moved))) < 1e-9


@given(seed=st.integers(0, 2**32))
def test_sequences_have_a_turn_to_either_side_a_blink_and_no_act_twice(seed: int) -> None:
    asked = checks(seed).prompts
    assert len(set(asked)) == len(asked) == 4
    assert {Prompt.LEFT, Prompt.RIGHT, Prompt.BLINK} <= set(asked)


def test_sequences_cannot_be_foreseen() -> None:
    assert len({checks(seed).prompts for seed in range(200)}) > 60


def test_the_other_movement_fails() -> None:
    def contrary(at: float, prompt: Prompt | None) -> tuple[Movement, float]:
        (yaw, pitch, roll, x, distance), deep = follows(30, 0.55)(at, prompt)
        return (-yaw, pitch, -roll, x, distance), deep

    seed = next(seed for seed in range(20) if checks(seed).prompts[0] in (Prompt.LEFT, Prompt.RIGHT))
    assert run(checks(seed), contrary).failure is PresenceFailure.WRONG_WAY


def test_a_movement_that_was_not_asked_for_yet_fails() -> None:
    check, actor = checks(2), follows(30, 0.55)
    state = run(check, actor, seconds=0.4)  # has looked straight, and no prompt was shown
    assert state.prompt is None
    waiting = checks(2)
    for frame in range(400):
        at = frame / RATE
        pose: Movement = STRAIGHT if at < 3 else (30 * math.sin(4 * (at - 3)), 0, 0, 0, 8)
        state = add(waiting, at, *pose, 0.55)
        if state.passed is False:
            break
    assert state.failure is PresenceFailure.WRONG_WAY


def test_who_has_come_closer_may_stay_there() -> None:
    seeds = [seed for seed in range(60) if Prompt.CLOSER in checks(seed).prompts[:2]][:4]
    assert seeds
    for seed in seeds:
        near = 8.0

        def actor(at: float, prompt: Prompt | None) -> tuple[Movement, float]:
            nonlocal near
            (yaw, pitch, roll, x, distance), deep = follows(30, 0.55)(at, prompt)
            near = min(near, distance)
            return (yaw, pitch, roll, x, near), deep

        assert run(checks(seed), actor).passed


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
        assert check.add(frame / RATE, face, SIZE, close(*STRAIGHT, 0.55)).passed is None
    for frame in range(30, 60):
        state = check.add(frame / RATE, None, SIZE, None)
    assert state.failure is PresenceFailure.LOST


@pytest.mark.parametrize("there", [(0, 0, 0, 2.5, 8), (0, 0, 0, 0, 4), (25, 0, 0, 0, 8)])
def test_a_face_that_is_suddenly_elsewhere_larger_or_turned_is_another(there: Movement) -> None:
    check = checks()
    for frame in range(10):
        add(check, frame / RATE, *STRAIGHT, 0.55)
    for frame in range(10, 40):
        state = add(check, frame / RATE, *there, 0.55)
    assert state.failure is PresenceFailure.CHANGED


def test_one_false_detection_does_not_matter() -> None:
    check = checks()
    for frame in range(20):
        pose: Movement = (0, 0, 0, 2.5, 8) if frame == 9 else STRAIGHT
        state = add(check, frame / RATE, *pose, 0.55)
    assert state.passed is None


def test_no_time_runs_before_the_first_face() -> None:
    check = checks()
    for second in range(100):
        state = check.add(float(second), None, SIZE, None)
    assert (state.passed, state.done, state.total) == (None, 0, 4)
    assert add(check, 101.0, *STRAIGHT, 0.55).passed is None


def test_what_is_decided_stays() -> None:
    check = checks()
    assert check.fail(PresenceFailure.CHANGED).failure is PresenceFailure.CHANGED
    state = add(check, 0.0, *STRAIGHT, 0.55)
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
    assert shape_of(face, SIZE, close(*STRAIGHT, 0.55)) is None
    assert checks().add(0.0, face, SIZE, close(*STRAIGHT, 0.55)).passed is None


def test_a_face_that_no_close_look_shows_counts_as_none() -> None:
    together = CloseLook(np.zeros((68, 2), np.float32), (1.0, 1.0))
    for look in (None, together, CloseLook(np.full((68, 2), np.nan, np.float32), (1.0, 1.0))):
        assert shape_of(seen(*STRAIGHT, 0.55), SIZE, look) is None


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
        face = None if marks is None else Face(np.zeros(4, np.float32), marks, 0.5)
        look = None if marks is None else CloseLook(np.resize(marks, (68, 2)) + MANY[:, :2].astype(np.float32), (0, 1))
        state = check.add(at, face, SIZE, look)
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
        one = shape_of(moved, SIZE, close(yaw, 0, 10 * roll, x, 8 - nearer, 0.55))
        assert one is not None
        shapes.append(one)
    return shapes


def test_a_clip_that_runs_again_is_noticed_and_a_person_who_does_the_same_again_is_not() -> None:
    times = np.arange(0, 9, 1 / RATE)
    assert repeats(times, _path(times, 0.3, 1, again=True))
    assert not any(repeats(times, _path(times, 0.3, seed, again=False)) for seed in range(8))


@pytest.mark.parametrize("kind", ["genuine", "eyes bent"])
def test_a_made_head_and_a_bent_photo_with_eyes_cut_out_before_the_real_detector(
    kind: str, engine: FaceEngine, samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "tools")
    import presence_rates

    closer = CloseReader()
    [photo] = presence_rates.photographs([("a", samples / "obama3.jpg")], engine, closer)
    results = [presence_rates.attempt(kind, [photo], (5, n), engine, closer) for n in range(1)]
    assert all(result.passed == (kind == "genuine") for result in results), results
