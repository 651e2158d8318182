"""Who each of several people before a made camera is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Frame, Outcome, Strictness
from siamgui.live.crowd import REMEMBERED, CrowdReader
from siamgui.live.everybody import Everybody
from siamgui.live.gallery import Gallery
from siamgui.live.session import Session
from siamgui.live.types import Hindrance, Reason
from tests.builders.crowds import WALL, film, heads_of


def test_everybody_in_view_is_identified(engine: FaceEngine, samples: Path) -> None:
    key, calibration, heads = engine.encoder.key, engine.calibration, heads_of(engine, samples)
    vector = engine.read_photo(load_photo(samples / "obama3.jpg")).reading.embedding.vector
    gallery = Gallery.of([(7, "Ann", vector[None])], key)
    both = film([(heads["obama1"], lambda _: (0.25, 200.0)), (heads["biden"], lambda _: (0.75, 200.0))], 90)
    reader, everybody = CrowdReader(engine), Everybody(lambda: Session(gallery, calibration, Strictness.BALANCED))
    views = [reader.read(frame) for frame in both]
    states = [everybody.add(view) for view in views]
    assert states[-1].names == ("Ann", "")
    assert states[0].names == (None, None), "nothing is said of a face before it is known whose it is"
    assert {state.hindrance for state in states if state.seen.faces} <= {None, Hindrance.SEVERAL}, "somebody is in view"
    assert len(states[-1].seen.faces) == 2
    left = states[-1].seen.followed == 0
    assert everybody.end(Reason.ENDED).outcome is (Outcome.SAME if left else Outcome.DIFFERENT)
    # Whoever has been away so long that nobody would be known again is asked for anew.
    later = views[-1].frame.at + REMEMBERED + 1
    assert everybody.add(replace(views[-1], frame=Frame(WALL, later))).names == (None, None)
