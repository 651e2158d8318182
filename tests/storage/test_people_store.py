"""Who is enrolled: what is kept, what is refused, what removal leaves, and that old and new embeddings never mix."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Finding, QualityIssue
from siamgui.live.templates import combine
from siamgui.storage import people_errors
from siamgui.storage.errors import LibraryDamaged, LibraryFull
from siamgui.storage.label_store import LabelStore
from siamgui.storage.people_store import PeopleStore
from siamgui.storage.person_names import NOTE_LIMIT
from tests.builders.databases import raw
from tests.builders.labels import ENCODER, fill, photo, reading
from tests.builders.old_library import old_library
from tests.builders.people import OTHER, counts, embed, enrol, shots

# -- enrolment -------------------------------------------------------------------------------------------------------


def test_a_real_person_comes_back_as_enrolled(path: Path, engine: FaceEngine, samples: Path) -> None:
    taken = []
    for name in ("obama1.jpg", "obama2.jpg"):
        shown = load_photo(samples / name)
        taken.append((shown, engine.read_photo(shown).reading))
    with PeopleStore.open(path) as people:
        person = people.enrol("  Barack  Obama ", " asked \n twice ", date.today(), taken)
    assert (person.name, person.consent, person.retain_until) == ("Barack  Obama", "asked \n twice", date.today())
    assert (person.photos, person.last_verified) == (2, None)
    with PeopleStore.open(path) as people:
        assert people.list() == (person,)
        stored = people.photos(person.id)
        assert [(one.name, one.good, one.person) for one in stored] == [
            ("obama1.jpg", True, person.id),
            ("obama2.jpg", True, person.id),
        ]
        assert np.array_equal(people.crop(stored[1].id), taken[1][1].crop)
        with Image.open(io.BytesIO(people.picture(stored[0].id))) as image:
            assert (image.format, max(image.size)) == ("JPEG", 384)
        reference = people.reference(person.id, engine.info.encoder)
        assert (reference.name, reference.encoder, reference.findings) == (person.name, engine.info.encoder, ())
        assert np.array_equal(reference.vectors, np.stack([one.embedding.vector for _, one in taken]))


def test_a_photo_that_comes_twice_is_kept_once(people: PeopleStore) -> None:
    person = enrol(people, "Ann", 1, 2, 1)
    assert person.photos == 2
    assert people.add_photos(person.id, shots(2, 3)).photos == 3
    assert counts(people) == {"person": 1, "person_photo": 3, "person_image": 3, "person_vector": 3}


def test_one_photo_may_be_of_two_people(people: PeopleStore) -> None:
    """The same face under two names is told, and not forbidden."""
    ann, bob = enrol(people, "Ann", 1), enrol(people, "Bob", 1)
    vector = reading(photo(1)).embedding.vector
    assert people.alike(ENCODER, vector[None], 0.5) == (ann, bob)
    assert people.alike(ENCODER, reading(photo(9)).embedding.vector[None], 0.5) == ()


def test_those_who_are_alike_come_nearest_first(people: PeopleStore) -> None:
    near, far = (enrol(people, name, number) for name, number in (("Near", 1), ("Far", 2)))
    probe = reading(photo(1)).embedding.vector[None]
    assert people.alike(ENCODER, probe, 2.0) == (near, far)


def test_a_face_too_poor_is_refused_with_its_sentence(people: PeopleStore) -> None:
    taken = photo(1)
    good = reading(taken)
    poor = replace(good, quality=replace(good.quality, findings=(Finding(QualityIssue.DARK, decisive=True),)))
    with pytest.raises(people_errors.PhotoTooPoor, match=r"“1\.png” can’t be used to enrol: the face is too dark"):
        people.enrol("Ann", "", None, [*shots(2), (taken, poor)])
    ann = enrol(people, "Ann", 2)
    with pytest.raises(people_errors.PhotoTooPoor):
        people.add_photos(ann.id, [(taken, poor)])
    assert people.list() == (ann,)
    # A finding that does not decide is no obstacle, and is remembered.
    worn = people.add_photos(ann.id, [(taken, reading(taken, good=False))])
    assert [one.good for one in people.photos(worn.id)] == [True, False]


def test_nobody_without_photos(people: PeopleStore, path: Path) -> None:
    with pytest.raises(people_errors.PhotosAbsent, match="“Ann” needs at least one photo"):
        people.enrol("Ann", "", None, [])
    ann = enrol(people, "Ann", 1)
    with pytest.raises(people_errors.LastPhoto, match="the last photo of “Ann”"):
        people.remove_photo(people.photos(ann.id)[0].id)
    assert people.find("Ann") == ann
    # The file says so all the same: it is not shown, and its name is free.
    with raw(path) as db:
        db.execute("DELETE FROM person_photo")
    assert people.list() == ()
    with pytest.raises(people_errors.PersonUnknown):
        people.find("Ann")
    assert people.gallery(ENCODER).people == ()
    assert enrol(people, "Ann", 1).photos == 1
    assert counts(people)["person"] == 1


def test_a_retention_date_that_has_passed(people: PeopleStore) -> None:
    yesterday = date.today() - timedelta(days=1)
    with pytest.raises(people_errors.RetentionOver, match=yesterday.isoformat()):
        people.enrol("Ann", "", yesterday, shots(1))
    ann = enrol(people, "Ann", 1)
    with pytest.raises(people_errors.RetentionOver):
        people.set_retention(ann.id, yesterday)
    assert people.list() == (ann,)


# -- changes ---------------------------------------------------------------------------------------------------------


def test_rename_consent_and_retention(people: PeopleStore) -> None:
    ann = enrol(people, "Ann", 1)
    assert people.rename(ann.id, "ANN").name == "ANN"
    assert people.set_consent(ann.id, "said yes").consent == "said yes"
    with pytest.raises(people_errors.NoteTooLong):
        people.set_consent(ann.id, "x" * (NOTE_LIMIT + 1))
    later = people.set_retention(ann.id, date.today())
    assert later.retain_until == date.today()
    assert people.set_retention(ann.id, None).retain_until is None
    assert people.find("ann").consent == "said yes"
    for change in (people.rename, people.set_consent):
        with pytest.raises(people_errors.PersonUnknown):
            change(99, "Nobody")
    with pytest.raises(people_errors.PersonUnknown):
        people.set_retention(99, None)
    with pytest.raises(people_errors.PersonUnknown):
        people.add_photos(99, shots(1))
    with pytest.raises(people_errors.PersonUnknown):
        people.remove(99)


@pytest.mark.usefixtures("unencrypted")
def test_removal_leaves_nothing_on_the_disk(people: PeopleStore, path: Path) -> None:
    ann, bob = enrol(people, "Ann", 1, 2), enrol(people, "Bobby", 3)
    people.set_consent(ann.id, "a very private remark")
    people.put_vectors(OTHER, {people.photos(ann.id)[0].id: reading(photo(5)).embedding.vector})
    crop, vector = people.crop(1)[:2].tobytes(), people.vectors(ENCODER, [1]).tobytes()
    assert all(part in everything(path) for part in (crop, vector, b"a very private remark"))
    people.remove(ann.id)
    assert people.list() == (bob,)
    assert counts(people) == {"person": 1, "person_photo": 1, "person_image": 1, "person_vector": 1}
    assert not any(part in everything(path) for part in (crop, vector, b"a very private remark"))
    # A number is never given again, so that no entry of the log could come to be about somebody else.
    assert enrol(people, "Ann", 1).id > bob.id


@pytest.mark.usefixtures("unencrypted")
def test_a_removed_photo_leaves_nothing_on_the_disk(people: PeopleStore, path: Path) -> None:
    ann = enrol(people, "Ann", 1, 2)
    first = people.photos(ann.id)[0].id
    crop = people.crop(first)[:2].tobytes()
    assert people.remove_photo(first).photos == 1
    assert crop not in everything(path)
    for gone in (lambda: people.remove_photo(first), lambda: people.crop(first), lambda: people.picture(first)):
        with pytest.raises(people_errors.PhotoUnknown):
            gone()


def everything(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_whoever_s_time_is_over_is_removed(people: PeopleStore) -> None:
    people.enrol("Ann", "", date.today(), shots(1))
    people.enrol("Bob", "", date.today() + timedelta(days=1), shots(2))
    enrol(people, "Carol", 3)
    assert people.expire(date.today()) == ()
    assert people.expire(date.today() + timedelta(days=1)) == ("Ann",)
    assert [person.name for person in people.list()] == ["Bob", "Carol"]


def test_the_library_and_the_people_do_not_touch_each_other(people: PeopleStore, path: Path) -> None:
    with LabelStore.open(path) as library:
        face = fill(library, 1)[0]
        ann = enrol(people, "Ann", 1)
        library.clear()
        assert people.list() == (ann,)
        fill(library, 1)
        people.remove(ann.id)
        assert [one.name for one in library.faces()] == [face.name]
        assert people._file.changed_elsewhere()


# -- embeddings ------------------------------------------------------------------------------------------------------


def test_two_encoders_never_mix(people: PeopleStore) -> None:
    ann, bob = enrol(people, "Ann", 1, 2), enrol(people, "Bob", 3)
    photos = people.missing(OTHER)
    assert len(photos) == 3
    assert people.missing(ENCODER) == ()
    assert people.gallery(OTHER).people == ()
    embed(people, OTHER, photos[1:])  # interrupted: Ann is half done
    assert people.missing(OTHER) == photos[:1]
    assert people.gallery(OTHER).names == ("Bob",)
    with pytest.raises(people_errors.NotReadYet, match="“Ann”"):
        people.reference(ann.id, OTHER)
    with pytest.raises(people_errors.NotReadYet):
        people.unlike(ann.id, OTHER, 1.3)
    assert people.reference(bob.id, OTHER).encoder == OTHER
    assert np.isnan(people.vectors(OTHER, photos)).all(axis=1).tolist() == [True, False, False]
    embed(people, OTHER, people.missing(OTHER))
    assert people.gallery(OTHER).templates.shape == (2, 24)
    assert people.gallery(ENCODER).templates.shape == (2, 16)
    people.forget_vectors(OTHER)
    assert people.missing(ENCODER) == photos
    assert people.gallery(OTHER).names == ("Ann", "Bob")
    # A new photograph under another encoder leaves its person out until it is read.
    people.add_photos(bob.id, shots(4))
    assert people.gallery(OTHER).names == ("Ann",)


def test_a_photo_that_is_removed_while_it_is_read_again(people: PeopleStore) -> None:
    ann = enrol(people, "Ann", 1, 2)
    photos = people.missing(OTHER)
    people.remove_photo(photos[0])
    embed(people, OTHER, photos)
    assert people.missing(OTHER) == ()
    assert people.reference(ann.id, OTHER).vectors.shape == (1, 24)


def test_a_photo_of_somebody_else_has_no_weight(people: PeopleStore) -> None:
    taken, wrong = shots(1, 2, 3, 4), reading(photo(5))
    same = [
        (shown, type(one)(one.face, one.crop, one.quality, type(one.embedding)(tilted(number), ENCODER)))
        for number, (shown, one) in enumerate(taken)
    ]
    ann = people.enrol("Ann", "", None, [*same, (photo(5), wrong)])
    assert [one.name for one in people.unlike(ann.id, ENCODER, 2.0)] == ["5.png"]
    vectors = np.stack([tilted(number) for number in range(4)])
    assert np.array_equal(people.reference(ann.id, ENCODER).vectors, vectors)
    assert np.allclose(people.gallery(ENCODER).templates[0], combine(vectors)[0], atol=1e-6)


def tilted(number: int) -> np.ndarray:
    """Unit embeddings that look like each other."""
    vector = np.eye(16, dtype=np.float32)[0] + 0.3 * np.eye(16, dtype=np.float32)[number + 1]
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


@pytest.mark.parametrize("vector", [np.zeros(16), np.full(16, np.nan), np.ones(16), np.eye(4)])
def test_what_is_no_embedding_is_a_mistake_of_ours(people: PeopleStore, vector: np.ndarray) -> None:
    enrol(people, "Ann", 1)
    with pytest.raises(ValueError, match="unit length"):
        people.put_vectors(OTHER, {1: vector.astype(np.float32)})
    assert people.missing(OTHER) == (1,)


# -- a damaged file, a full disk, an older file ------------------------------------------------------------------------


def look(people: PeopleStore) -> None:
    for person in people.list():
        people.gallery(ENCODER)
        people.crop(people.photos(person.id)[0].id)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE person_vector SET data = x'00'",
        "UPDATE person_vector SET data = x'0000803F' WHERE photo = 1",
        "UPDATE person_image SET crop = x'0102'",
        "UPDATE person SET retain_until = 'soon'",
    ],
)
def test_damage_is_said_in_a_sentence(people: PeopleStore, path: Path, damage: str) -> None:
    enrol(people, "Ann", 1)
    enrol(people, "Bob", 2)
    with raw(path) as db:
        db.execute(damage)
    with pytest.raises(LibraryDamaged, match=r"“library\.sqlite” is damaged"):
        look(people)


def test_a_full_disk_leaves_what_was_there(people: PeopleStore) -> None:
    ann = enrol(people, "Ann", 1)
    before = counts(people)
    pages = people._db.execute("PRAGMA page_count").fetchone()[0]
    people._db.execute(f"PRAGMA max_page_count = {pages + 3}")
    with pytest.raises(LibraryFull, match="The disk is full"):
        enrol(people, "Bob", 2, 3)
    with pytest.raises(LibraryFull):
        people.add_photos(ann.id, shots(2, 3))
    assert counts(people) == before
    assert people.list() == (ann,)
    people._db.execute("PRAGMA max_page_count = 1000000")
    assert enrol(people, "Bob", 2, 3).photos == 2


def test_a_library_from_before_there_were_people(path: Path) -> None:
    faces = old_library(path, 1)
    with PeopleStore.open(path) as people, LabelStore.open(path) as library:
        assert len(library.faces()) == faces
        assert enrol(people, "Ann", 1).photos == 1
