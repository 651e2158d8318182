"""Several people before a made camera: who is followed as whom, through crossings and losses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Frame, Pixels
from siamgui.live.crowd import CrowdReader, Sight
from tests.builders.crowds import Where, film, heads_of


@pytest.fixture(scope="module")
def heads(engine: FaceEngine, samples: Path) -> dict[str, Pixels]:
    return heads_of(engine, samples)


def watch(engine: FaceEngine, frames: Sequence[Frame]) -> list[tuple[Sight, ...]]:
    reader = CrowdReader(engine)
    return [reader.read(frame).sights for frame in frames]


def numbers(sights: tuple[Sight, ...]) -> list[int | None]:
    """From left to right."""
    return [one.number for one in sights]


def test_two_who_cross_keep_their_numbers(engine: FaceEngine, heads: dict[str, Pixels]) -> None:
    """One walks before the other, from left to right, and hides her for a moment."""
    passing: Where = lambda share: (0.15 + 0.7 * float(np.clip(2.5 * share - 0.75, 0, 1)), 190.0)  # noqa: E731
    seen = watch(engine, film([(heads["biden"], lambda _: (0.5, 170.0)), (heads["obama2"], passing)], 60))
    assert numbers(seen[14]) == [1, 2] or numbers(seen[14]) == [2, 1]
    left, right = numbers(seen[14])
    assert numbers(seen[-1]) == [right, left]
    assert {one.number for sights in seen for one in sights} <= {None, 1, 2}


def test_who_comes_back_is_known_and_who_takes_the_place_is_not_taken_for_them(
    engine: FaceEngine, heads: dict[str, Pixels]
) -> None:
    away: Where = lambda share: None if 0.3 < share < 0.6 else (0.7 if share < 0.5 else 0.3, 190.0)  # noqa: E731
    seen = watch(engine, film([(heads["obama1"], away)], 50))
    assert numbers(seen[12]) == numbers(seen[-1]) == [1]
    assert numbers(seen[22]) == []
    first: Where = lambda share: (0.5, 190.0) if share < 0.5 else None  # noqa: E731
    second: Where = lambda share: (0.5, 190.0) if share >= 0.5 else None  # noqa: E731
    seen = watch(engine, film([(heads["obama1"], first), (heads["biden"], second)], 40))
    assert (numbers(seen[15]), numbers(seen[-1])) == ([1], [2])
