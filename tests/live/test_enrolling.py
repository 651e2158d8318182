"""Guided enrolment: real photographs as frames, seen by the real engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Frame, Pixels, Strictness
from siamgui.live.enrolling import FEWEST, GAP, HOLD, STRAIGHT, Correction, Enrolling, EnrolState, Pose
from siamgui.live.frames import FrameReader
from siamgui.live.types import Hindrance, Seen
from tests.builders.videos import blurred, portrait, view

STEP = 0.1


@pytest.fixture(scope="module")
def pictures(engine: FaceEngine, samples: Path) -> dict[str, Pixels]:
    """What a camera sees: of one man from the front, a little from either side, and another man."""

    def seen(name: str) -> Pixels:
        photo = load_photo(samples / name)
        found = engine.find_faces(photo)
        return view(portrait(photo.pixels, found.faces[found.prominent]))

    aside = seen("obama2.jpg")
    return {
        "front": seen("obama1.jpg"),
        "left": np.ascontiguousarray(aside[:, ::-1]),
        "right": aside,
        "other": seen("biden.jpg"),
        "nobody": np.full((480, 640, 3), 128, np.uint8),
        "far": view(seen("obama1.jpg"), zoom=0.25),
        "blurred": blurred([seen("obama1.jpg")], 12)[0],
        "dark": (seen("obama1.jpg") * 0.04).astype(np.uint8),
        "two": np.hstack([seen("obama1.jpg")[:, 160:480], seen("biden.jpg")[:, 160:480]]),
    }


@pytest.fixture(scope="module")
def seen(engine: FaceEngine, pictures: dict[str, Pixels]) -> Callable[[str, float], Seen]:
    """What is seen in a picture at a time. Each picture is read once, by a reader of its own."""
    once = {name: FrameReader(engine).read(Frame(pixels, 0.0)) for name, pixels in pictures.items()}
    return lambda name, at: replace(once[name], frame=Frame(pictures[name], at))


@pytest.fixture
def enrolling(engine: FaceEngine) -> Enrolling:
    return Enrolling(engine.calibration.limits(Strictness.STRICT)[1])


def feed(enrolling: Enrolling, seen: Callable[[str, float], Seen], names: Sequence[str], at: float = 0.0) -> EnrolState:
    for n, name in enumerate(names):
        state = enrolling.add(seen(name, at + n * STEP))
    return state


def test_three_pictures_are_taken_in_order(enrolling: Enrolling, seen: Callable[[str, float], Seen]) -> None:
    state = feed(enrolling, seen, ["front"] * 10)
    assert state.wanted is Pose.LEFT
    assert [kept.pose for kept in state.kept] == [Pose.FRONT]
    state = feed(enrolling, seen, ["left"] * 10, 1.0)
    assert state.wanted is Pose.RIGHT
    state = feed(enrolling, seen, ["right"] * 10, 2.0)
    assert state.wanted is None
    assert [kept.pose for kept in state.kept] == list(Pose)
    front, left, right = (kept.reading.quality.yaw for kept in state.kept)
    assert abs(front) < STRAIGHT < left
    assert right < -STRAIGHT
    assert feed(enrolling, seen, ["other"] * 20, 3.0).kept == state.kept


def test_a_picture_takes_its_time(enrolling: Enrolling, seen: Callable[[str, float], Seen]) -> None:
    shares = [enrolling.add(seen("front", n * STEP)).share for n in range(8)]
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert 0.8 < shares[-1] < 1.0
    assert len(enrolling.add(seen("front", HOLD)).kept) == 1


def test_two_frames_are_too_few_however_long_they_last(engine: FaceEngine, seen: Callable[[str, float], Seen]) -> None:
    slow = Enrolling(2.0)
    for n in range(FEWEST - 1):
        assert not slow.add(seen("front", n * GAP)).kept
    assert not slow.add(seen("front", 5.0)).kept  # after a gap it begins again


@pytest.mark.parametrize(
    ("name", "hindrance"),
    [
        ("nobody", Hindrance.NO_FACE),
        ("far", Hindrance.FAR),
        ("dark", Hindrance.DARK),
        ("blurred", Hindrance.BLURRED),
        ("two", Hindrance.SEVERAL),
    ],
)
def test_what_is_in_the_way_is_named_and_nothing_is_kept(
    enrolling: Enrolling, seen: Callable[[str, float], Seen], name: str, hindrance: Hindrance
) -> None:
    state = feed(enrolling, seen, [name] * 15)
    assert state.hindrance is hindrance
    assert state.correction is None
    assert state.share == 0.0
    assert state.kept == ()


def test_the_head_is_sent_where_it_is_wanted(enrolling: Enrolling, seen: Callable[[str, float], Seen]) -> None:
    assert feed(enrolling, seen, ["left"] * 15).correction is Correction.STRAIGHT
    feed(enrolling, seen, ["front"] * 15, 2.0)
    assert feed(enrolling, seen, ["front"] * 15, 4.0).correction is Correction.FURTHER
    assert feed(enrolling, seen, ["right"] * 15, 6.0).correction is Correction.FURTHER
    turned = seen("left", 8.0)
    assert turned.reading is not None
    far = replace(turned.reading, quality=replace(turned.reading.quality, yaw=50.0))
    assert enrolling.add(replace(turned, reading=far)).correction is Correction.BACK
    up = replace(turned.reading, quality=replace(turned.reading.quality, pitch=40.0))
    assert enrolling.add(replace(turned, reading=up)).correction is Correction.LEVEL


def test_somebody_else_cannot_take_over(enrolling: Enrolling, seen: Callable[[str, float], Seen]) -> None:
    feed(enrolling, seen, ["front"] * 10)
    state = feed(enrolling, seen, ["other"] * 30, 1.0)
    assert state.correction is Correction.ANOTHER
    assert len(state.kept) == 1


def test_of_several_good_frames_the_best_is_kept(enrolling: Enrolling, seen: Callable[[str, float], Seen]) -> None:
    norms = [60.0, 61.0, 75.0, 62.0, 60.0, 61.0, 62.0, 63.0, 64.0, 65.0]
    for n, norm in enumerate(norms):
        one = seen("front", n * STEP)
        assert one.reading is not None
        reading = replace(one.reading, quality=replace(one.reading.quality, embedding_norm=norm))
        state = enrolling.add(replace(one, reading=reading))
    assert state.kept[0].reading.quality.embedding_norm == 75.0


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["front", "left", "right", "other", "nobody", "far"]),
            st.integers(1, 12),
            st.floats(0.03, 0.7),
        ),
        max_size=25,
    )
)
def test_whatever_comes_what_is_kept_is_what_was_wanted(
    steps: list[tuple[str, int, float]], engine: FaceEngine, seen: Callable[[str, float], Seen]
) -> None:
    apart = engine.calibration.limits(Strictness.STRICT)[1]
    enrolling, at, before = Enrolling(apart), 0.0, 0
    for name, times, pause in steps:
        for _ in range(times):
            at += pause
            state = enrolling.add(seen(name, at))
            assert 0.0 <= state.share <= 1.0
            assert state.hindrance is None or state.correction is None
            assert before <= len(state.kept) <= before + 1
            if len(state.kept) > before:
                assert name not in ("nobody", "far")
            before = len(state.kept)
    poses = [kept.pose for kept in state.kept] if steps else []
    assert poses == list(Pose)[: len(poses)]
    if poses:
        first = state.kept[0].reading.embedding.vector
        assert all(np.linalg.norm(kept.reading.embedding.vector - first) <= apart for kept in state.kept)
