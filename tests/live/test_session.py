"""A live verification on real photographs before a made camera: what is followed, and how it ends."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from siamgui.core.embedding import unit
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import FaceReading, Finding, Frame, Outcome, Pixels, QualityIssue, Strictness
from siamgui.live.frames import FrameReader
from siamgui.live.gallery import Gallery
from siamgui.live.presence import PresenceCheck
from siamgui.live.session import Session
from siamgui.live.types import Hindrance, LiveState, PresenceFailure, Reason, Reference, Seen
from tests.builders.videos import FPS, beside, blurred, pan, portrait, still, view, zoom

WALL = np.full((480, 640, 3), 128, np.uint8)


class Room:
    """Where the people of the bundled photographs stand before a camera."""

    def __init__(self, engine: FaceEngine, samples: Path) -> None:
        self.engine = engine
        self.readings: dict[str, FaceReading] = {}
        self.portraits: dict[str, Pixels] = {}
        for name in ("obama1", "obama2", "obama3", "biden"):
            photo = load_photo(samples / f"{name}.jpg")
            found = engine.find_faces(photo)
            face = found.faces[found.prominent]
            self.readings[name] = engine.read_face(photo, face)
            self.portraits[name] = portrait(photo.pixels, face)

    def reference(self, *names: str) -> Reference:
        vectors = np.stack([self.readings[name].embedding.vector for name in names])
        return Reference(names[0], vectors, self.engine.encoder.key)

    def session(self, target: Reference | Gallery, strictness: Strictness = Strictness.STRICT) -> Session:
        return Session(target, self.engine.calibration, strictness)

    def see(self, clip: Sequence[Pixels], start: float = 0.0) -> list[Seen]:
        reader = FrameReader(self.engine)
        return [reader.read(Frame(pixels, start + number / FPS)) for number, pixels in enumerate(clip)]


@pytest.fixture(scope="module")
def room(engine: FaceEngine, samples: Path) -> Room:
    return Room(engine, samples)


@pytest.fixture(scope="module")
def obama(room: Room) -> list[Seen]:
    return room.see(still(room.portraits["obama2"], 45))


@pytest.fixture(scope="module")
def biden(room: Room) -> list[Seen]:
    return room.see(still(room.portraits["biden"], 60), start=len(range(45)) / FPS)


def watch(session: Session, seen: Sequence[Seen]) -> list[LiveState]:
    return [session.add(one) for one in seen]


def first_verdict(states: Sequence[LiveState]) -> LiveState:
    return next(state for state in states if state.verdict is not None)


# -- what is followed ------------------------------------------------------------------------------------------------


def test_a_face_is_followed_through_a_pan_and_a_zoom(room: Room) -> None:
    photo = room.portraits["obama1"]
    for clip in (pan(photo, 25), zoom(photo, 25)):
        seen = room.see(clip)
        assert {one.track for one in seen} == {1}
        assert all(one.followed is not None and one.reading is not None for one in seen)
        exact = room.engine.glance(clip[-1])[0]
        assert seen[-1].faces[0].box == pytest.approx(exact.box, abs=0.2 * exact.width)


def test_two_views_in_turn_mean_what_the_photograph_means(room: Room) -> None:
    seen = room.see(still(room.portraits["obama1"], 20))
    mean = np.mean([one.reading.embedding.vector for one in seen if one.reading is not None], axis=0)
    assert float(np.linalg.norm(mean / np.linalg.norm(mean) - room.readings["obama1"].embedding.vector)) < 0.35


def test_the_larger_of_two_is_followed_until_the_other_is_picked(room: Room) -> None:
    large, small = view(room.portraits["obama1"]), view(room.portraits["biden"], zoom=0.8)
    clip = beside([large] * 10, [small] * 10)
    reader = FrameReader(room.engine)
    seen = [reader.read(Frame(pixels, number / FPS)) for number, pixels in enumerate(clip)]
    assert {one.followed for one in seen[1:]} == {0}
    assert len(seen[-1].faces) == 2
    assert not seen[-1].picked
    x, y = seen[-1].faces[1].box.reshape(2, 2).mean(0)
    reader.pick(float(x), float(y))
    after = reader.read(Frame(clip[0], 1.0))
    assert (after.followed, after.picked) == (1, True)
    assert after.track != seen[-1].track
    session = room.session(room.reference("obama1"))
    assert session.add(seen[-1]).hindrance is Hindrance.SEVERAL
    assert session.add(after).hindrance is None


def test_nothing_is_followed_before_an_empty_wall(room: Room) -> None:
    seen = room.see([WALL] * 3)
    assert [(one.faces, one.followed, one.reading) for one in seen] == [((), None, None)] * 3
    state = room.session(room.reference("obama1")).add(seen[0])
    assert (state.hindrance, state.verdict, state.evidence) == (Hindrance.NO_FACE, None, 0.0)


# -- how it ends -----------------------------------------------------------------------------------------------------


def test_the_same_person_is_supported_within_two_seconds(room: Room, obama: list[Seen]) -> None:
    states = watch(room.session(room.reference("obama1")), obama)
    verdict = first_verdict(states).verdict
    assert verdict is not None
    assert (verdict.outcome, verdict.reason, verdict.presence) == (Outcome.SAME, Reason.BOUND, None)
    assert verdict.seconds < 2
    assert verdict.fmr is not None
    assert verdict.fmr <= Strictness.STRICT.fmr
    assert 1 <= len(verdict.best) <= 3
    assert all(max(best.picture.shape) <= 256 for best in verdict.best)
    shares = [state.evidence for state in states]
    assert shares == sorted(shares)
    assert states[-1].verdict is verdict, "it stays"


def test_another_person_is_not(room: Room, biden: list[Seen]) -> None:
    verdict = first_verdict(watch(room.session(room.reference("obama1")), biden)).verdict
    assert verdict is not None
    assert (verdict.outcome, verdict.reason) == (Outcome.DIFFERENT, Reason.BOUND)


@pytest.mark.parametrize("genuine_first", [True, False])
@pytest.mark.parametrize("at", [10, 45])
def test_an_exchange_never_ends_in_same(
    room: Room, obama: list[Seen], biden: list[Seen], genuine_first: bool, at: int
) -> None:
    reference = room.reference("obama1" if genuine_first else "biden")
    states = watch(room.session(reference), [*obama[:at], *biden])
    verdict = states[-1].verdict
    assert verdict is not None
    assert (verdict.outcome, verdict.reason) == (Outcome.INCONCLUSIVE, Reason.CHANGED)
    assert verdict.fmr is None


@pytest.mark.parametrize("seconds", [2, 12])
def test_a_face_that_turns_into_another_never_ends_in_same(
    room: Room, obama: list[Seen], biden: list[Seen], seconds: int
) -> None:
    """No step is so small that it is not noticed in the end, whoever of the two the reference shows."""
    for name in ("obama1", "biden"):
        session = room.session(room.reference(name), Strictness.BALANCED)
        for number in range(10 * (seconds + 6)):
            share = float(np.clip((number / 10 - 3) / seconds, 0, 1))
            session.add(mixed(obama[number % 40], biden[number % 40], share, number / 10))
        verdict = session.end(Reason.ENDED)
        assert (verdict.outcome, verdict.reason) == (Outcome.INCONCLUSIVE, Reason.CHANGED)


def mixed(one: Seen, other: Seen, share: float, at: float) -> Seen:
    """A frame that looks like two people, by share of the second."""
    assert one.reading is not None
    assert other.reading is not None
    vector = unit((1 - share) * one.reading.embedding.vector + share * other.reading.embedding.vector)
    reading = replace(one.reading, embedding=replace(one.reading.embedding, vector=vector))
    return replace(one, reading=reading, track=1, frame=Frame(WALL, at))


def test_one_frame_of_somebody_else_is_said_and_the_end_of_what_was_watched(
    room: Room, obama: list[Seen], biden: list[Seen]
) -> None:
    film = [replace(obama[n % 40], frame=Frame(WALL, n / 15)) for n in range(90)]
    film[60] = replace(biden[20], frame=Frame(WALL, 4.0), track=1)
    session = room.session(room.reference("obama1"))
    states = watch(session, film)
    verdict = session.end(Reason.TIME_OUT)
    assert (verdict.outcome, verdict.strangers, verdict.whole) == (Outcome.SAME, (4.0,), False)
    assert verdict.until == pytest.approx(89 / 15)
    assert states[-1].verdict is not None
    assert states[-1].verdict.strangers == (4.0,), "said as soon as the next frame shows the first face again"
    session = room.session(room.reference("obama1"))
    watch(session, film[:60])
    assert session.end(Reason.ENDED).whole


def test_whoever_comes_and_cannot_be_made_out_is_not_the_first(
    room: Room, obama: list[Seen], biden: list[Seen]
) -> None:
    """A verdict does not hold for a second face that is too poor to be compared, in another place or in the same."""
    for track in (1, 2):
        session = room.session(room.reference("obama1"))
        states = watch(session, obama)
        assert states[-1].verdict is not None
        assert states[-1].verdict.outcome is Outcome.SAME
        later = [poor(biden[30], 2 + n / 10, track) for n in range(14)]
        watch(session, later[: 1 if track == 2 else None])
        verdict = session.end(Reason.ENDED)
        assert (verdict.outcome, verdict.reason) == (Outcome.INCONCLUSIVE, Reason.CHANGED)


def test_poor_pictures_of_the_first_face_end_nothing(room: Room, obama: list[Seen]) -> None:
    """Somebody who puts dark glasses on, or is moved too fast, is still the same where it is near to what was seen."""
    session = room.session(room.reference("obama1"))
    watch(session, obama)
    watch(session, [poor(obama[n], 2 + n / 10, 1) for n in range(30)])
    assert session.end(Reason.ENDED).outcome is Outcome.SAME


def poor(one: Seen, at: float, track: int) -> Seen:
    """The same sight, later and too dark to be believed."""
    assert one.reading is not None
    quality = replace(one.reading.quality, findings=(Finding(QualityIssue.DARK, decisive=True),))
    return replace(one, reading=replace(one.reading, quality=quality), track=track, frame=Frame(WALL, at))


def test_two_people_in_turn_are_neither(room: Room, obama: list[Seen], biden: list[Seen]) -> None:
    for every in (1, 2, 3):
        turns = [(obama if n // every % 2 else biden)[n % 40] for n in range(120)]
        film = [replace(one, frame=Frame(one.frame.pixels, n / 15), track=1) for n, one in enumerate(turns)]
        for name in ("obama1", "biden"):
            session = room.session(room.reference(name), Strictness.CONVENIENT)
            watch(session, film)
            assert session.end(Reason.ENDED).outcome is not Outcome.SAME


def test_one_missed_frame_does_not_lead_to_a_bystander(room: Room) -> None:
    both = np.hstack([view(room.portraits["obama1"]), view(room.portraits["biden"], zoom=0.8)])
    missed = np.hstack([WALL, view(room.portraits["biden"], zoom=0.8)])
    reader = FrameReader(room.engine)
    seen = [reader.read(Frame(pixels, n / FPS)) for n, pixels in enumerate([both] * 8 + [missed] * 2 + [both] * 8)]
    assert {one.track for one in seen} == {1}
    assert [one.followed is None for one in seen] == [False] * 8 + [True] * 2 + [False] * 8


def test_a_face_too_poor_to_read_runs_out_of_time_before_a_presence_check_too(room: Room, obama: list[Seen]) -> None:
    reading = obama[30].reading
    assert reading is not None
    poor = replace(reading, quality=replace(reading.quality, findings=(Finding(QualityIssue.DARK, decisive=True),)))
    check = PresenceCheck(random.Random(1))
    session = Session(room.reference("obama1"), room.engine.calibration, Strictness.STRICT, check)
    film = [replace(obama[30], reading=poor, frame=Frame(WALL, n / 10)) for n in range(110)]
    verdict = watch(session, film)[-1].verdict
    assert verdict is not None
    assert (verdict.reason, verdict.hindrance) == (Reason.TIME_OUT, Hindrance.DARK)


def test_a_dark_face_before_a_bright_window_is_against_the_light(room: Room) -> None:
    dark = still((room.portraits["obama2"] * 0.15).astype(np.uint8), 3)
    against = [np.where(frame > 100, 240, frame).astype(np.uint8) for frame in dark]  # the wall is bright
    for clip, said in ((dark, Hindrance.DARK), (against, Hindrance.BACKLIT)):
        session = room.session(room.reference("obama1"))
        assert [session.add(seen).hindrance for seen in room.see(clip)] == [said] * 3


def test_a_gap_of_nobody_does_not_hide_an_exchange(room: Room, obama: list[Seen], biden: list[Seen]) -> None:
    gap = [Seen(Frame(WALL, obama[9].frame.at + 0.04 * n), (), None, None, 1, False) for n in range(1, 20)]
    states = watch(room.session(room.reference("biden")), [*obama[:10], *gap, *biden])
    assert states[-1].verdict is not None
    assert states[-1].verdict.reason is Reason.CHANGED


def test_a_poor_picture_ends_inconclusive_and_says_what_was_in_the_way(room: Room) -> None:
    seen = room.see(blurred([view(room.portraits["obama2"])] * 2, 14))
    assert seen[-1].reading is not None
    assert seen[-1].reading.quality.decisive
    later = [replace(seen[-1], frame=Frame(seen[-1].frame.pixels, number / 10)) for number in range(130)]
    states = watch(room.session(room.reference("obama1")), later)
    verdict = states[-1].verdict
    assert verdict is not None
    assert (verdict.outcome, verdict.reason) == (Outcome.INCONCLUSIVE, Reason.TIME_OUT)
    assert verdict.hindrance is states[-1].hindrance
    assert verdict.hindrance is not None
    assert verdict.frames == 0


def test_a_poor_reference_never_decides(room: Room, obama: list[Seen]) -> None:
    poor = replace(room.reference("obama1"), findings=(Finding(QualityIssue.SMALL, decisive=True),))
    verdict = watch(room.session(poor), obama)[-1].verdict
    assert verdict is not None
    assert (verdict.outcome, verdict.reason) == (Outcome.INCONCLUSIVE, Reason.REFERENCE)


def test_stopping_and_ending_early_say_so(room: Room, obama: list[Seen]) -> None:
    for reason in (Reason.STOPPED, Reason.ENDED):
        session = room.session(room.reference("obama1"))
        watch(session, obama[:5])
        verdict = session.end(reason)
        assert (verdict.outcome, verdict.reason) == (Outcome.INCONCLUSIVE, reason)
    session = room.session(room.reference("obama1"))
    verdict = watch(session, obama)[-1].verdict
    assert session.end(Reason.STOPPED) is verdict, "a verdict that stands is not taken back by stopping"


# -- who is this -----------------------------------------------------------------------------------------------------


def test_somebody_enrolled_is_recognised_and_somebody_else_is_nobody(
    room: Room, obama: list[Seen], biden: list[Seen]
) -> None:
    vectors = [room.reference(*names).vectors for names in (("obama1", "obama3"), ("biden",))]
    key = room.engine.encoder.key
    both = Gallery.of([(7, "Ann", vectors[0]), (9, "Bo", vectors[1])], key)
    verdict = watch(room.session(both, Strictness.CONVENIENT), obama)[-1].verdict
    assert verdict is not None
    assert (verdict.outcome, verdict.person, verdict.name) == (Outcome.SAME, 7, "Ann")
    verdict = watch(room.session(Gallery.of([(9, "Bo", vectors[1])], key)), obama)[-1].verdict
    assert verdict is not None
    assert (verdict.outcome, verdict.reason, verdict.person) == (Outcome.DIFFERENT, Reason.NOBODY, None)


def test_one_face_under_two_names_supports_neither(room: Room, obama: list[Seen]) -> None:
    vectors = room.reference("obama1").vectors
    twice = Gallery.of([(1, "Ann", vectors), (2, "Anne", vectors)], room.engine.encoder.key)
    verdict = room.session(twice)
    states = watch(verdict, obama)
    assert all(state.verdict is None for state in states)
    assert verdict.end(Reason.ENDED).outcome is Outcome.INCONCLUSIVE


# -- presence --------------------------------------------------------------------------------------------------------


def test_a_photograph_held_still_does_not_pass_for_a_person(room: Room, obama: list[Seen]) -> None:
    session = Session(
        room.reference("obama1"), room.engine.calibration, Strictness.STRICT, PresenceCheck(random.Random(1))
    )
    long = [replace(obama[n % 40], frame=Frame(obama[n % 40].frame.pixels, n / 10)) for n in range(300)]
    states = watch(session, long)
    assert any(state.evidence == 1.0 and state.verdict is None for state in states), (
        "the likeness alone does not end it"
    )
    verdict = states[-1].verdict
    assert verdict is not None
    assert (verdict.outcome, verdict.reason, verdict.presence) == (Outcome.INCONCLUSIVE, Reason.PRESENCE, False)


def test_movements_of_a_face_too_poor_to_compare_are_nobodys(room: Room, obama: list[Seen]) -> None:
    session = Session(
        room.reference("obama1"), room.engine.calibration, Strictness.STRICT, PresenceCheck(random.Random(1))
    )
    watch(session, obama[:30])
    reading = obama[30].reading
    assert reading is not None
    dark = Finding(QualityIssue.DARK, decisive=True)
    poor = replace(reading, quality=replace(reading.quality, findings=(dark,)))
    hidden = [replace(obama[30], reading=poor, frame=Frame(WALL, 1.2 + n / 10)) for n in range(12)]
    verdict = watch(session, hidden)[-1].verdict
    assert verdict is not None
    assert verdict.presence_failure is PresenceFailure.LOST


def test_picking_another_face_begins_anew(room: Room, obama: list[Seen], biden: list[Seen]) -> None:
    session = room.session(room.reference("biden"))
    watch(session, obama[:10])
    picked = [replace(one, track=2, picked=True) for one in biden]
    verdict = watch(session, picked)[-1].verdict
    assert verdict is not None
    assert (verdict.outcome, verdict.reason) == (Outcome.SAME, Reason.BOUND)


def test_another_person_is_turned_away_without_being_asked_to_move(room: Room, biden: list[Seen]) -> None:
    session = Session(
        room.reference("obama1"), room.engine.calibration, Strictness.BALANCED, PresenceCheck(random.Random(1))
    )
    verdict = watch(session, biden)[-1].verdict
    assert verdict is not None
    assert (verdict.outcome, verdict.presence) == (Outcome.DIFFERENT, False)


def test_embeddings_of_two_encoders_do_not_compare(room: Room) -> None:
    with pytest.raises(ValueError, match="do not compare"):
        room.session(replace(room.reference("obama1"), encoder="another 1"))
