"""Who is enrolled: what is kept, what is refused, what removal leaves, and that old and new embeddings never mix."""

from __future__ import annotations

import io
import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from PIL import Image

from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import FaceReading, Finding, Photo, QualityIssue
from siamgui.live.templates import combine
from siamgui.storage import people_errors
from siamgui.storage.database import Keeper
from siamgui.storage.errors import LibraryDamaged, LibraryFull
from siamgui.storage.label_store import LabelStore
from siamgui.storage.people_store import PeopleStore, Person
from siamgui.storage.person_names import NAME_LIMIT, NOTE_LIMIT, clean_name, name_key
from siamgui.storage.schema import MIGRATIONS
from tests.builders.labels import ENCODER, fill, photo, reading

OTHER = "other 2"
TODAY = date.today()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "library.sqlite"


@pytest.fixture
def people(path: Path) -> Iterator[PeopleStore]:
    with PeopleStore.open(path) as opened:
        yield opened


def shots(*numbers: int) -> list[tuple[Photo, FaceReading]]:
    return [(photo(number), reading(photo(number))) for number in numbers]


def enrol(people: PeopleStore, name: str, *numbers: int) -> Person:
    return people.enrol(name, "", None, shots(*numbers))


def counts(people: Keeper) -> dict[str, int]:
    tables = ("person", "person_photo", "person_image", "person_vector")
    return {table: people._read(f"SELECT count(*) FROM {table}")[0][0] for table in tables}


# -- enrolment -------------------------------------------------------------------------------------------------------


def test_a_real_person_comes_back_as_enrolled(path: Path, engine: FaceEngine, samples: Path) -> None:
    taken = []
    for name in ("obama1.jpg", "obama2.jpg"):
        shown = load_photo(samples / name)
        taken.append((shown, engine.read_photo(shown).reading))
    with PeopleStore.open(path) as people:
        person = people.enrol("  Barack  Obama ", " asked \n twice ", TODAY, taken)
    assert (person.name, person.consent, person.retain_until) == ("Barack  Obama", "asked \n twice", TODAY)
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
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("DELETE FROM person_photo")
    assert people.list() == ()
    with pytest.raises(people_errors.PersonUnknown):
        people.find("Ann")
    assert people.gallery(ENCODER).people == ()
    assert enrol(people, "Ann", 1).photos == 1
    assert counts(people)["person"] == 1


def test_a_retention_date_that_has_passed(people: PeopleStore) -> None:
    yesterday = TODAY - timedelta(days=1)
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
    later = people.set_retention(ann.id, TODAY)
    assert later.retain_until == TODAY
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
    people.enrol("Ann", "", TODAY, shots(1))
    people.enrol("Bob", "", TODAY + timedelta(days=1), shots(2))
    enrol(people, "Carol", 3)
    assert people.expire(TODAY) == ()
    assert people.expire(TODAY + timedelta(days=1)) == ("Ann",)
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


# -- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Zoë 👩‍👩‍👧‍👦", "王小明", "O'Neil; DROP TABLE person --", "%", "x" * NAME_LIMIT, "7"])
def test_names_of_every_kind(people: PeopleStore, name: str) -> None:
    person = enrol(people, name, 1)
    assert person.name == unicodedata.normalize("NFC", name)
    assert people.find(name) == people.find(f"#{person.id}") == people.find(person.id) == person


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("", people_errors.NameEmpty),
        (" \t\n", people_errors.NameEmpty),
        ("\u200d\u200b", people_errors.NameEmpty),
        ("x" * 500, people_errors.NameTooLong),
        ("Ann\nLee", people_errors.NameUnprintable),
        ("Ann\x00", people_errors.NameUnprintable),
        ("\u202eeeL nnA", people_errors.NameUnprintable),
        ("Ann \udcff", people_errors.NameUnprintable),
        (" aNN ", people_errors.NameTaken),
        ("Ａｎｎ", people_errors.NameTaken),
    ],
)
def test_names_that_are_refused(people: PeopleStore, name: str, error: type[Exception]) -> None:
    ann, bob = enrol(people, "Ann", 1), enrol(people, "Bob", 2)
    with pytest.raises(error) as caught:
        enrol(people, name, 3)
    assert "\n" not in str(caught.value)
    with pytest.raises(error):
        people.rename(bob.id, name)
    assert people.list() == (ann, bob)


def test_a_name_that_is_the_number_of_somebody_else(people: PeopleStore) -> None:
    ann = enrol(people, "Ann", 1)
    one = enrol(people, str(ann.id), 2)
    with pytest.raises(people_errors.PersonAmbiguous, match=f"#{ann.id}, #{one.id}"):
        people.find(str(ann.id))
    assert people.find(f"#{ann.id}") == ann
    assert people.find(f"#{one.id}") == one


def test_the_id_of_a_removed_person_is_nobody_s(people: PeopleStore) -> None:
    ann = enrol(people, "Ann", 1)
    people.remove(ann.id)
    other = enrol(people, f"#{ann.id}", 2)
    assert other.id != ann.id
    assert people.find(f"#{ann.id}") == other  # as a person writes the name
    for ask in (people.find, people.remove, lambda person: people.reference(person, ENCODER)):
        with pytest.raises(people_errors.PersonUnknown):
            ask(ann.id)
    assert people.list() == (other,)


@pytest.mark.parametrize("name", ["Bob", "", "#", "#99", "99", "9" * 40, "²", "\udcff", "a\x00b"])
def test_nobody_is_called_so(people: PeopleStore, name: str) -> None:
    enrol(people, "Ann", 1)
    with pytest.raises(people_errors.PersonUnknown):
        people.find(name)


@given(st.text(max_size=120))
@example("ı")
@example("Straße")
def test_a_name_is_clean_or_refused(name: str) -> None:
    try:
        clean = clean_name(name)
    except (people_errors.NameEmpty, people_errors.NameTooLong, people_errors.NameUnprintable):
        return
    assert clean == clean_name(clean)
    assert clean == clean.strip() != ""
    assert clean.isprintable() or any(unicodedata.category(c) in ("Cf", "Co", "Cn", "Zs") for c in clean)
    assert name_key(clean) == name_key(name) == name_key(clean.swapcase().swapcase()) != ""
    clean.encode()


# -- embeddings ------------------------------------------------------------------------------------------------------


def embed(people: PeopleStore, encoder: str, photos: tuple[int, ...]) -> Mapping[int, np.ndarray]:
    rows = np.random.default_rng(len(photos)).normal(size=(len(photos), 24)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    people.put_vectors(encoder, dict(zip(photos, rows, strict=True)))
    return dict(zip(photos, rows, strict=True))


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
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
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
    path.parent.mkdir()
    with LabelStore.open(path) as library:
        faces = fill(library, 2)
        for table in ("verification", "person_vector", "person_image", "person_photo", "person"):
            library._db.execute(f"DROP TABLE {table}")
        library._db.execute("PRAGMA user_version = 1")
        left = {row[0] for row in library._read("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")}
    with closing(sqlite3.connect(":memory:")) as fresh:
        for statement in MIGRATIONS[0]:
            fresh.execute(statement)
        assert left == {row[0] for row in fresh.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")}
    with PeopleStore.open(path) as people, LabelStore.open(path) as library:
        assert list(library.faces()) == faces
        assert enrol(people, "Ann", 1).photos == 1


# -- everything in any order -------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["Ann", "ann", "Bob", " Bob", "王", "", "x" * 101])
NUMBERS = st.lists(st.integers(0, 12), max_size=3)


class InAnyOrder(RuleBasedStateMachine):
    """People against a dictionary: name -> (set of photographs, by encoder: those that it has seen)."""

    @initialize()
    def begin(self) -> None:
        self.people = PeopleStore.open(Path(":memory:"))
        self.model: dict[str, dict[str, set[str]]] = {}

    def teardown(self) -> None:
        if hasattr(self, "people"):
            self.people.close()

    @rule(name=NAMES, numbers=NUMBERS)
    def enrol(self, name: str, numbers: list[int]) -> None:
        allowed = name.strip() and len(name) <= 100 and numbers and name_key(name) not in map(name_key, self.model)
        try:
            enrol(self.people, name, *numbers)
        except (
            people_errors.NameEmpty,
            people_errors.NameTooLong,
            people_errors.NameTaken,
            people_errors.PhotosAbsent,
        ):
            assert not allowed
        else:
            assert allowed
            own = {f"{number}.png" for number in numbers}
            self.model[name.strip()] = {"": own, ENCODER: set(own), OTHER: set()}

    @precondition(lambda self: self.model)
    @rule(data=st.data(), numbers=NUMBERS)
    def add(self, data: st.DataObject, numbers: list[int]) -> None:
        name = data.draw(st.sampled_from(sorted(self.model)))
        self.people.add_photos(self.people.find(name).id, shots(*numbers))
        new = {f"{number}.png" for number in numbers} - self.model[name][""]
        self.model[name][""] |= new
        self.model[name][ENCODER] |= new

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def remove_photo(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.model)))
        one = data.draw(st.sampled_from(self.people.photos(self.people.find(name).id)))
        try:
            self.people.remove_photo(one.id)
        except people_errors.LastPhoto:
            assert len(self.model[name][""]) == 1
        else:
            for seen in self.model[name].values():
                seen.discard(one.name)

    @precondition(lambda self: self.model)
    @rule(data=st.data(), new=NAMES)
    def rename(self, data: st.DataObject, new: str) -> None:
        name = data.draw(st.sampled_from(sorted(self.model)))
        others = {name_key(other) for other in self.model if other != name}
        try:
            self.people.rename(self.people.find(name).id, new)
        except (people_errors.NameEmpty, people_errors.NameTooLong, people_errors.NameTaken):
            assert not new.strip() or len(new) > 100 or name_key(new) in others
        else:
            self.model[new.strip()] = self.model.pop(name)

    @precondition(lambda self: self.model)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.model)))
        self.people.remove(self.people.find(name).id)
        del self.model[name]

    @rule(share=st.integers(0, 4))
    def read_again(self, share: int) -> None:
        missing = self.people.missing(OTHER)[: share or None]
        embed(self.people, OTHER, missing)
        for person in self.people.list():
            for one in self.people.photos(person.id):
                if one.id in missing:
                    self.model[person.name][OTHER].add(one.name)

    @rule()
    def forget(self) -> None:
        self.people.forget_vectors(ENCODER)
        for seen in self.model.values():
            seen[OTHER].clear()

    @invariant()
    def all_is_as_it_should_be(self) -> None:
        if not hasattr(self, "people"):
            return
        everybody = {person.name: person for person in self.people.list()}
        assert everybody.keys() == self.model.keys()
        for name, person in everybody.items():
            assert {one.name for one in self.people.photos(person.id)} == self.model[name][""]
            assert person.photos == len(self.model[name][""])
        for encoder in (ENCODER, OTHER):
            complete = {name for name, seen in self.model.items() if seen[encoder] == seen[""]}
            gallery = self.people.gallery(encoder)
            assert set(gallery.names) == complete
            assert len(gallery.templates) == len(complete)
        kept = counts(self.people)
        assert kept["person"] == len(self.model)
        assert kept["person_photo"] == kept["person_image"]


InAnyOrder.TestCase.settings = settings(
    max_examples=50,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestInAnyOrder = InAnyOrder.TestCase
