"""A film: one best view of each sight, with its time; a stop costs nothing, damage is said."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from siamgui.core.errors import Cancelled, SiamguiError
from siamgui.core.film_frame import FilmFrame
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import FaceReading, Frame
from siamgui.search import reading, sights
from siamgui.search.finding import Searcher
from siamgui.search.original import PictureNotFound, choice_of, load_frame, original_of
from siamgui.search.probes import probe_of_face, probe_of_photo
from siamgui.search.reading import collection_of, read_collection
from siamgui.search.values import Find, Found, ReadingDone, ReadingState
from siamgui.storage.collection_operations import ListCollections, ReadSeenFaces, RemoveCollection
from siamgui.storage.store import Store
from tests.builders.videos import still, write

FPS = 2.0


@pytest.fixture(autouse=True)
def _short_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sights, "GAP", 3.0)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Path:
    """Barack for 3 s, Joe for 2 s, Barack again for 2 s, nobody for 4 s, Barack for 2 s."""
    barack, again, joe = (load_photo(samples / f"{name}.jpg").pixels for name in ("obama1", "obama3", "biden"))
    empty = np.full((480, 640, 3), 96, np.uint8)
    clip = chain(still(barack, 6), still(joe, 4), still(barack, 4), [empty] * 8, still(again, 4))
    return write(tmp_path_factory.mktemp("films") / "talk.avi", clip, FPS)


def read(
    store: Store, engine: FaceEngine, place: Path, stop: threading.Event | None = None, at: float = np.inf
) -> ReadingDone:
    def told(state: ReadingState) -> None:
        if stop is not None and state.film is not None and state.film.at >= at:
            stop.set()

    return read_collection(store, engine, collection_of(store, place, engine.encoder.key), told=told, stop=stop)


def found(store: Store, engine: FaceEngine, photo: Path) -> Found:
    probe = probe_of_photo(engine.read_photo(load_photo(photo)))
    return Searcher(store, engine.calibration).find(Find(probe))


def times(found: Found) -> list[tuple[float, float]]:
    spans = [one.face.seen.span for one in found.likenesses]
    return sorted((span.first, span.last) for span in spans if span is not None)


def faces_in(store: Store, encoder: str) -> tuple[list[list[float]], np.ndarray]:
    """When and where, and (n, d) who."""
    rows = store.do(ReadSeenFaces(encoder, 0, 100))
    assert rows is not None
    return np.hstack([rows.records["span"], rows.records["box"]]).tolist(), rows.records["vector"].astype(np.float32)


def test_of_each_sight_one_view_is_found_with_its_time_and_its_picture(
    film: Path, samples: Path, engine: FaceEngine
) -> None:
    with Store() as store:
        done = read(store, engine, film)
        assert (done.read, done.collection.files, done.collection.films, done.collection.faces) == (1, 1, 1, 3)
        answer = found(store, engine, samples / "obama2.jpg")
        assert (answer.faces, times(answer)) == (3, [(0.0, 6.5), (3.0, 4.5), (11.0, 12.5)])
        placed = answer.likenesses[0].face
        photo = original_of(placed)
        again = engine.read_photo(photo, choice_of(placed)).reading
        assert np.linalg.norm(again.embedding.vector - placed.seen.vector) < 0.2
        assert "talk.avi at 0:00:" in photo.name
        with pytest.raises(PictureNotFound, match=r"at 0:00:04 can’t be found again"):
            load_frame(FilmFrame(film, 4.0, placed.hash ^ 0xFFFFFFFFFFFF))
        # A face of a film as the question: its own sight says nothing, the others do.
        likenesses = (
            Searcher(store, engine.calibration).find(Find(probe_of_face(placed, engine.calibration))).likenesses
        )
        assert [(one.face.id == placed.id, one.copy) for one in likenesses[:2]] == [(True, True), (False, False)]
        assert read(store, engine, film).unchanged == 1


def test_a_film_that_was_stopped_gives_what_it_gives_without_a_stop(
    film: Path, engine: FaceEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_TOLD_EVERY", 0.0)
    looked: list[float] = []
    look = sights.Sights.look

    def counted(self: sights.Sights, frame: Frame, views: Sequence[FaceReading]) -> object:
        looked.append(frame.at)
        return look(self, frame, views)

    monkeypatch.setattr(sights.Sights, "look", counted)
    with Store() as store:
        key = engine.encoder.key
        for at in (1.0, 4.0, 11.0):
            with pytest.raises(Cancelled):
                read(store, engine, film, threading.Event(), at)
        assert [one.read for one in store.do(ListCollections(key))] == [None]
        read(store, engine, film)
        assert looked == sorted(set(looked)), "nothing is looked at twice"
        parted = faces_in(store, key)
        store.do(RemoveCollection(store.do(ListCollections(key))[0].id))
        read(store, engine, film)
        whole = faces_in(store, key)
        # A picture's size that has come often meanwhile is looked at by a graph of its own, which rounds otherwise.
        np.testing.assert_allclose(whole[0], parted[0], rtol=0, atol=0.01)
        assert np.abs(whole[1] - parted[1]).max() < 0.002  # what is in view at a stop is kept in half precision


def test_what_is_damaged_is_one_row_with_a_problem(
    film: Path, tmp_path: Path, engine: FaceEngine, samples: Path
) -> None:
    folder = tmp_path / "films"
    folder.mkdir()
    data = film.read_bytes()
    (folder / "cut.avi").write_bytes(data[: len(data) // 3])
    (folder / "no.mp4").write_bytes(b"not a film")
    with Store() as store:
        done = read(store, engine, folder)
        assert [place for place, _ in done.problems] == ["cut.avi", "no.mp4"]
        assert "it ends at 0:00:0" in done.problems[0][1]
        assert (done.collection.films, done.collection.problems) == (2, 2)
        assert found(store, engine, samples / "obama2.jpg").faces > 0
        assert read(store, engine, folder).unchanged == 2
        with pytest.raises(SiamguiError, match="not there"):
            collection_of(store, folder / "gone.mp4", engine.encoder.key)
