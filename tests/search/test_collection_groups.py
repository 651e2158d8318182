"""The faces of folders as they are kept, gathered by person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from siamgui.core.calibration import Calibration
from siamgui.search.collection_groups import CollectionGroups, Gathering, group_collections
from siamgui.search.errors import NothingSearched
from siamgui.storage.collection_operations import AddCollection, KeepCopies, KeepRead, ReadSeenFaces
from siamgui.storage.group_operations import ForgetAnswers, SayApart, SayOnePerson, TakeAnswersBack
from siamgui.storage.seen_face import SeenFace, Span
from siamgui.storage.store import Store
from siamgui.versions.calibrate import calibrate
from tests.builders.cohorts import directions
from tests.builders.seen import ENCODER, file_of, picture, seen_face


@cache
def table() -> Calibration:
    vectors = np.repeat(directions(150, 100), 4, axis=0) + 0.5 * directions(600, 101)
    vectors /= np.linalg.norm(vectors, axis=1)[:, None]
    return calibrate(vectors.astype(np.float32), np.repeat(np.arange(150), 4), "", ENCODER)


def like(person: int, number: int) -> SeenFace:
    """A good photograph."""
    face = seen_face(number)
    vector = directions(8, 100)[person] + 0.3 * directions(60, 200)[number]
    vector = (vector / np.linalg.norm(vector)).astype(np.float32)
    return replace(face, vector=vector, quality=replace(face.quality, findings=()))


@contextmanager
def library(*people: int) -> Iterator[Store]:
    """Face n shows people[n - 1], each in a photograph of its own."""
    with Store() as store:
        scans = store.do(AddCollection(Path("/p/scans"), ENCODER))
        seen = [picture(number, like(person, number)) for number, person in enumerate(people, 1)]
        files = tuple(file_of(f"{number}.jpg", one) for number, one in enumerate(seen, 1))
        store.do(KeepRead(scans.id, ENCODER, files))
        yield store


def faces(found: CollectionGroups | None) -> set[frozenset[int]]:
    assert found is not None
    return {frozenset(one.every) for one in found.every}


def test_what_was_said_shows_at_once_and_in_the_next_gathering() -> None:
    with library(1, 1, 1, 2, 2, 2, 3) as store:
        gathering = Gathering(store, table())
        assert gathering.look() is None
        apart = {frozenset({1, 2, 3}), frozenset({4, 5, 6}), frozenset({7})}
        assert faces(gathering.gather()) == apart
        merged = store.do(SayOnePerson((1, 2, 3, 7), "Ann"))
        split = store.do(SayApart((6,), (4, 5), together=False))
        wanted = {frozenset({1, 2, 3, 7}), frozenset({4, 5}), frozenset({6})}
        for found in (gathering.look(), gathering.gather(), Gathering(store, table()).gather()):
            assert faces(found) == wanted
            assert found is not None
            ann, rest = found.groups
            assert (ann.name, ann.reviewed, ann.unsure) == ("Ann", 4, frozenset())
            assert (rest.name, rest.reviewed, rest.known is None) == ("", 0, False)
        for step in (split, merged):
            store.do(TakeAnswersBack(step))
        back = gathering.look()
        assert back is not None
        assert back.stale
        anew = gathering.gather()
        assert faces(anew) == apart
        assert not anew.stale
        step = store.do(SayOnePerson((1, 4)))
        store.do(TakeAnswersBack(step))
        assert gathering.look() == anew


def test_new_faces_join_a_group_that_was_reviewed_and_are_told_from_the_others() -> None:
    with library(1, 1, 2, 2) as store:
        store.do(SayOnePerson((1, 2), "Ann"))
        gathering = Gathering(store, table())
        gathering.gather()
        scans = store.do(AddCollection(Path("/p/scans"), ENCODER))
        store.do(KeepRead(scans.id, ENCODER, (file_of("5.jpg", picture(5, like(1, 5))),)))
        assert gathering.look() is None
        ann = gathering.gather().of(5)
        assert (ann.faces, ann.name, ann.reviewed) == ((1, 2, 5), "Ann", 2)


def test_people_with_two_names_stay_two_and_a_clash_with_a_copy_is_told() -> None:
    with library(1, 1, 1, 1) as store:
        store.do(SayOnePerson((1, 2), "Ann"))
        store.do(SayOnePerson((3, 4), "Bob"))
        assert faces(Gathering(store, table()).gather()) == {frozenset({1, 2}), frozenset({3, 4})}
        store.do(KeepCopies((), ((3, 1),)))
        found = Gathering(store, table()).gather()
        assert set(found.clashes) & {1, 3}
        store.do(ForgetAnswers(found.clashes))
        assert Gathering(store, table()).gather().clashes == ()


def test_one_person_in_one_photograph_and_in_a_film() -> None:
    """Two faces of a photograph are two people, two sights of a film may be one, and a copy is nothing of its own."""
    with Store() as library:
        calibration = table()
        with pytest.raises(NothingSearched):
            group_collections(library, calibration)
        face = like(1, 1)
        sight = replace(face, span=Span(1.0, 0.5, 2.0, 7))
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
