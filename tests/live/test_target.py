"""Whom a live face is compared with, and that each verification of it begins from nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Frame, Outcome, Strictness
from siamgui.live.frames import FrameReader
from siamgui.live.gallery import Gallery
from siamgui.live.target import Target, photo_target
from siamgui.live.types import Reason
from tests.builders.videos import FPS, portrait, still


def test_a_photograph_and_everybody(engine: FaceEngine, samples: Path) -> None:
    read = engine.read_photo(load_photo(samples / "obama1.jpg")).reading
    photo = photo_target("obama1.jpg", read)
    assert not photo.who
    assert (photo.name, photo.reading, photo.picture) == ("obama1.jpg", read, read.crop)
    assert Target(Gallery.of([(1, "Ada", read.embedding.vector[None])], read.embedding.encoder)).who


def test_every_verification_begins_from_nothing(engine: FaceEngine, samples: Path) -> None:
    target = photo_target("obama1.jpg", engine.read_photo(load_photo(samples / "obama1.jpg")).reading)
    picture = load_photo(samples / "obama2.jpg")
    found = engine.find_faces(picture)
    clip = still(portrait(picture.pixels, found.faces[found.prominent]), 45)
    reader = FrameReader(engine)
    first = target.session(engine.calibration, Strictness.CONVENIENT, presence=False)
    for number, pixels in enumerate(clip):
        first.add(reader.read(Frame(np.asarray(pixels), number / FPS)))
    assert first.end(Reason.ENDED).outcome is Outcome.SAME
    again = target.session(engine.calibration, Strictness.CONVENIENT, presence=True)
    verdict = again.end(Reason.STOPPED)
    assert (verdict.outcome, verdict.frames, verdict.presence) == (Outcome.INCONCLUSIVE, 0, False)
