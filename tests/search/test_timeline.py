"""Who is in a film and when: stretches, joins, likenesses corrected for how many were looked at."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from siamgui.core.errors import Cancelled
from siamgui.core.imaging import load_photo, photo_from_pixels
from siamgui.core.pictures import pixels_of
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Outcome, Strictness
from siamgui.search import sights
from siamgui.search.probes import probe_of_photo
from siamgui.search.timeline import judged, watch_film
from siamgui.search.timeline_files import timeline_csv
from siamgui.search.timeline_values import Stretch, Timeline
from siamgui.search.timeline_wording import bar, timeline_lines, when_words
from siamgui.search.values import FilmState
from siamgui.search.wording import expected_words
from tests.builders.videos import beside, still, write

FPS = 2.0


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Path:
    """Barack for 3 s, Joe for 2 s, nobody for 4 s, Barack again for 2 s, both for 2 s."""
    barack, again, joe = (load_photo(samples / f"{name}.jpg").pixels for name in ("obama1", "obama3", "biden"))
    size = (320, 480)
    empty = np.full((480, 640, 3), 96, np.uint8)
    both = beside(still(again, 4, size), still(joe, 4, size))
    clip = chain(still(barack, 6), still(joe, 4), [empty] * 8, still(again, 4), both)
    return write(tmp_path_factory.mktemp("films") / "talk.avi", clip, FPS)


@pytest.fixture(scope="module")
def watched(film: Path, engine: FaceEngine) -> Timeline:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sights, "GAP", 3.0)
        return watch_film(engine, film)


def test_stretches_of_one_person_are_one_row_and_two_in_one_picture_never(watched: Timeline) -> None:
    spans = [[(one.first, one.last) for one in face.stretches] for face in watched.faces]
    assert spans == [[(0.0, 2.5), (9.0, 12.5)], [(3.0, 4.5), (11.0, 12.5)]]
    assert (watched.sights, watched.read_to, watched.step) == (4, 12.5, 0.5)
    assert watched.bound.expected <= 0.01 * watched.sights
    assert [pixels_of(face.best.picture).ndim for face in watched.faces] == [3, 3]
    assert watched.faces[0].seconds == 6.0


def test_a_likeness_is_one_of_so_many(watched: Timeline, engine: FaceEngine, samples: Path) -> None:
    probe = probe_of_photo(engine.read_photo(load_photo(samples / "obama2.jpg")))
    found = judged(watched, engine.calibration, probe, Strictness.BALANCED)
    barack, joe = (face.likeness for face in found.faces)
    assert barack is not None
    assert joe is not None
    assert (barack.outcome, joe.outcome) == (Outcome.SAME, Outcome.DIFFERENT)
    assert barack.expected == pytest.approx(4 * barack.fmr)
    assert found.faces[0].nearest.likeness is barack
    # Of so many strangers as would make one this near likely, the nearest is no evidence any more.
    many = replace(watched, faces=watched.faces * 500)
    among = judged(many, engine.calibration, probe, Strictness.STRICT).faces[0].likeness
    assert among is not None
    assert (among.pair, among.outcome) == (Outcome.SAME, Outcome.INCONCLUSIVE)
    assert judged(found, engine.calibration, None, Strictness.BALANCED).faces[0].likeness is None


def test_several_photographs_of_a_person_are_one_question(watched: Timeline, engine: FaceEngine, samples: Path) -> None:
    one, two = (probe_of_photo(engine.read_photo(load_photo(samples / f"obama{n}.jpg"))) for n in (1, 2))
    both = replace(one, readings=one.readings + two.readings, hash=None, sha256="")
    found = judged(watched, engine.calibration, both, Strictness.BALANCED)
    assert [face.likeness and face.likeness.outcome for face in found.faces] == [Outcome.SAME, Outcome.DIFFERENT]
    like = found.faces[0].sights[0].likeness
    parts = [judged(watched, engine.calibration, each, Strictness.BALANCED).faces[0].sights[0] for each in (one, two)]
    squares = [part.likeness.distance**2 for part in parts if part.likeness is not None]
    assert like is not None
    assert like.distance == pytest.approx(np.sqrt(np.mean(squares)), abs=1e-5)


def test_a_picture_of_the_film_itself_is_no_evidence(watched: Timeline, film: Path, engine: FaceEngine) -> None:
    from siamgui.core.film import Film

    with Film(film) as camera:
        pixels = camera.next_from(watched.faces[1].sights[0].at).pixels
    probe = probe_of_photo(engine.read_photo(photo_from_pixels(pixels, "still")))
    joe = judged(watched, engine.calibration, probe, Strictness.BALANCED).faces[1]
    first = joe.sights[0].likeness
    assert first is not None
    assert first.copy
    assert first.outcome is Outcome.INCONCLUSIVE
    assert joe.nearest is joe.sights[1]


def test_it_can_be_stopped_and_ended_early(film: Path, engine: FaceEngine) -> None:
    import threading

    stop, told = threading.Event(), list[FilmState]()
    with pytest.raises(Cancelled):
        watch_film(engine, film, told=lambda state, _faces: (told.append(state), stop.set()), stop=stop)
    assert [state.at for state in told] == [0.0]
    part = watch_film(engine, film, enough=lambda at: at > 2, jobs=2)
    assert (part.read_to, len(part.faces), part.problem) == (2.0, 1, "")


def test_in_words_and_as_a_table(watched: Timeline, engine: FaceEngine, samples: Path) -> None:
    probe = probe_of_photo(engine.read_photo(load_photo(samples / "obama2.jpg")))
    found = judged(watched, engine.calibration, probe, Strictness.BALANCED)
    text = "\n".join(timeline_lines(found))
    assert "2 faces in 0:00:12, compared with “obama2.jpg”" in text
    assert "0:00:00 – 0:00:02, 0:00:09 – 0:00:12" in text
    assert "joined 2 times" in text
    assert bar(found.faces[0].stretches, found.read_to).count("·") > 20
    rows = list(csv.DictReader(io.StringIO(timeline_csv(found).decode("utf-8-sig"))))
    assert [(row["face"], row["from_seconds"], row["outcome"]) for row in rows] == [
        ("1", "0.0", "same"),
        ("1", "9.0", "same"),
        ("2", "3.0", "different"),
        ("2", "11.0", "different"),
    ]
    assert "No face" in timeline_lines(replace(found, faces=()))[0]
    first = found.faces[0].sights[0]
    for seconds, words in ((4.26, "4.3 s in view"), (13.0, "13 s in view"), (200.0, "0:03:20 in view")):
        long = replace(found.faces[0], sights=(replace(first, stretches=(Stretch(0.0, seconds),)),))
        assert when_words(long).startswith(words)


def test_among_one_face_it_is_a_pair() -> None:
    assert expected_words(0.01, False, 1) == "About 1 in 100 pairs of different people look this alike."
    assert expected_words(0.01, True, 2) == "At most 1 in 100 collections of 2 strangers hold one this near."
