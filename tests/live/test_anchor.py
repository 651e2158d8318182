"""The face of the beginning against what is seen later: drawn together little by little, in turns, for one frame."""

from __future__ import annotations

import numpy as np
import pytest

from siamgui.live.anchor import Anchor

RATE = 10
APART = 1.155
"""Where the bundled calibration has one in a thousand pairs of different people."""


class Faces:
    """Embeddings of frames: of two people at a distance, a share of the way from the one to the other, with noise."""

    def __init__(self, distance: float = 1.3, noise: float = 0.25, seed: int = 0) -> None:
        self._random = np.random.default_rng(seed)
        self._noise = noise
        self._one, self._aside = np.linalg.qr(self._random.normal(size=(320, 2)))[0].T
        self._angle = 2 * np.arcsin(distance / 2)

    def at(self, share: float) -> np.ndarray:
        angle = share * self._angle
        clear = np.cos(angle) * self._one + np.sin(angle) * self._aside
        grain = self._random.normal(size=320)
        vector = clear + self._noise * grain / np.linalg.norm(grain)
        return np.asarray(vector / np.linalg.norm(vector), np.float32)


def watched(faces: Faces, shares: list[float]) -> Anchor:
    anchor = Anchor(APART)
    for number, share in enumerate(shares):
        anchor.add(faces.at(share), 1.0, 1 / RATE, number / RATE)
    return anchor


@pytest.mark.parametrize("seconds", [1, 8, 60])
@pytest.mark.parametrize("distance", [1.1, 1.3])
def test_a_face_that_turns_into_another_is_noticed_however_slowly(seconds: int, distance: float) -> None:
    course = [0.0] * 20 + list(np.linspace(0, 1, seconds * RATE)) + [1.0] * 30
    assert watched(Faces(distance), course).exchanged


def test_a_face_that_only_moves_is_not() -> None:
    """A head that is turned looks up to two thirds as unlike itself as somebody else does, and comes back."""
    course = [0.5 * float(np.sin(number / 9) ** 8) for number in range(600)]
    anchor = watched(Faces(noise=0.5), course)
    assert not anchor.exchanged
    assert anchor.strangers == []


def test_one_frame_of_somebody_else_is_said_and_two_are_an_exchange() -> None:
    course = [0.0] * 60
    course[33] = 1.0
    anchor = watched(Faces(), course)
    assert (anchor.strangers, anchor.exchanged) == ([3.3], False)
    course[50] = 1.0
    assert watched(Faces(), course).exchanged


@pytest.mark.parametrize("distance", [1.1, 1.3])
@pytest.mark.parametrize(("every", "run"), [(2, 1), (3, 1), (4, 1), (6, 2), (12, 3)])
def test_two_people_shown_in_turn(every: int, run: int, distance: float) -> None:
    """People who look alike as well; one of three frames that are compared with may be the other's."""
    assert watched(Faces(distance), [float(number % every >= every - run) for number in range(80)]).exchanged


def test_somebody_alike_who_comes_for_two_seconds_and_is_seen_badly_is_noticed() -> None:
    """After a step what was seen before it counts no more, and a frame without weight shows somebody as well."""
    faces, anchor, noticed = Faces(1.18), Anchor(APART), []
    for number in range(60):
        second = 30 <= number < 50
        weight = 0.4 * (number % 3 > 0) if second else 1.0
        anchor.add(faces.at(float(second)), weight, 1 / RATE, number / RATE)
        noticed.append(anchor.exchanged)
    assert any(noticed)


def test_a_poor_picture_of_the_first_face_is_told_from_one_of_another() -> None:
    faces, anchor = Faces(), Anchor(APART)
    assert not anchor.add(faces.at(0), 0.0, 1 / RATE, 0.0), "nothing is known yet"
    for number in range(20):
        anchor.add(faces.at(0), 1.0, 1 / RATE, number / RATE)
    assert anchor.add(faces.at(0.5), 0.0, 1 / RATE, 2.0)
    assert not anchor.add(faces.at(1), 0.0, 1 / RATE, 2.1)
