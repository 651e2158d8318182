"""A map of what carries a likeness: of an encoder that looks at one place only, that place; of the real one, a face."""

from __future__ import annotations

import numpy as np
import pytest

from siamgui.core.embedding import unit
from siamgui.core.explanation import Explanation, FaceMap, Floats, Part, covered, explanation, face_map, part_covers
from siamgui.core.explanation_words import in_words
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.resources import resource
from siamgui.core.types import Pixels


def looks_at(part: Part, crops: Pixels) -> Floats:
    """An encoder that sees the pixels of one part, and nothing else."""
    inside = part_covers()[list(Part).index(part)] > 0.9
    return unit(crops[:, inside].reshape(len(crops), -1).astype(np.float32) - 127.5)


@pytest.fixture(scope="module")
def crop(engine: FaceEngine) -> Pixels:
    return engine.read_photo(load_photo(resource("samples/obama1.jpg"))).reading.crop


@pytest.mark.parametrize("part", [Part.EYES, Part.MOUTH, Part.FOREHEAD])
def test_the_place_that_is_looked_at_is_found_and_named(crop: Pixels, part: Part) -> None:
    of = covered(crop)
    found = face_map(of, looks_at(part, of.crops), looks_at(part, crop[None])[0])
    inside = part_covers()[list(Part).index(part)] > 0.9
    assert found.values[inside].mean() > 4 * np.abs(found.values[~inside]).mean()
    told = explanation(found, found)
    assert told.carries is part
    assert told.against is None


def test_what_only_one_face_says_is_not_said(crop: Pixels) -> None:
    made = []
    of = covered(crop)
    for part in (Part.EYES, Part.MOUTH):
        made.append(face_map(of, looks_at(part, of.crops), looks_at(part, crop[None])[0]))
    assert explanation(*made).carries is None
    assert in_words(explanation(*made)) == "No single part carries most of the likeness."


def test_what_speaks_against_is_named_too() -> None:
    parts = dict.fromkeys(Part, 0.0) | {Part.MOUTH: -0.1, Part.EYES: 0.2}
    face = FaceMap(np.zeros((112, 112), np.float32), parts)
    told = explanation(face, face)
    assert (told.carries, told.against) == (Part.EYES, Part.MOUTH)
    assert in_words(told).endswith("The mouth speaks most against it on both faces.")


def test_by_the_real_encoder_the_face_counts_and_the_corners_do_not(engine: FaceEngine, crop: Pixels) -> None:
    other = engine.read_photo(load_photo(resource("samples/obama2.jpg"))).reading.crop
    of = covered(crop)
    found = face_map(of, engine.glimpses(of.crops), engine.glimpses(other[None])[0])
    assert isinstance(explanation(found, found), Explanation)
    assert found.values[40:90, 30:82].mean() > 3 * abs(found.values[:16, :16].mean())
