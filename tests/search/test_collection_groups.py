"""The faces of folders as they are kept, gathered by person."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from siamgui.search.collection_groups import group_collections
from siamgui.search.errors import NothingSearched
from siamgui.storage.collection_operations import AddCollection, KeepCopies, KeepRead, ReadSeenFaces
from siamgui.storage.seen_face import Span
from siamgui.storage.store import Store
from siamgui.versions.calibrate import calibrate
from tests.builders.cohorts import directions
from tests.builders.seen import ENCODER, file_of, picture, seen_face


def test_one_person_in_one_photograph_and_in_a_film() -> None:
    """Two faces of a photograph are two people, two sights of a film may be one, and a copy is nothing of its own."""
    with Store() as library:
        vectors = np.repeat(directions(150, 100), 4, axis=0) + 0.5 * directions(600, 101)
        vectors /= np.linalg.norm(vectors, axis=1)[:, None]
        calibration = calibrate(vectors.astype(np.float32), np.repeat(np.arange(150), 4), "", ENCODER)
        with pytest.raises(NothingSearched):
            group_collections(library, calibration)
        face = replace(seen_face(1), vector=vectors[0].astype(np.float32))
        face = replace(face, quality=replace(face.quality, findings=()))
        sight = replace(face, span=Span(1.0, 0.5, 2.0))
        photo, copy, film = picture(1, face, face), picture(2, face), picture(3, sight, sight)
        one = library.do(AddCollection(Path("/p/one"), ENCODER))
        other = library.do(AddCollection(Path("/p/other"), ENCODER))
        library.do(KeepRead(one.id, ENCODER, (file_of("photo.jpg", photo), file_of("film.mp4", film))))
        library.do(KeepRead(other.id, ENCODER, (file_of("copy.jpg", copy),)))
        rows = library.do(ReadSeenFaces(ENCODER, 0, 10))
        assert rows is not None
        first, second, early, late, again = rows.ids.tolist()
        library.do(KeepCopies((), ((again, first),)))
        found = group_collections(library, calibration)
        assert (found.faces, found.copies, found.unjudged) == (4, 1, 0)
        (group,), (alone,) = found.groups, found.alone
        assert {early, late} < set(group.faces)
        assert set(group.faces) | set(alone.faces) == {first, second, early, late}
        assert [*group.copies, *alone.copies] == [again]
        (only,) = group_collections(library, calibration, (other.id,)).alone
        assert (only.faces, only.copies) == ((again,), ())
