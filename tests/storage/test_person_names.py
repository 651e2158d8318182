"""Names of people: what is one, what is refused, and who is called so."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from siamgui.storage import people_errors
from siamgui.storage.people_store import PeopleStore
from siamgui.storage.person_names import NAME_LIMIT, clean_name, name_key, names_somebody
from tests.builders.labels import ENCODER
from tests.builders.people import enrol


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


@pytest.mark.parametrize(
    ("file", "name", "after"),
    [
        ("Ann_Lee_0001", "Ann Lee", True),
        ("with ANN LEE at sea", "Ann Lee", True),
        ("annlee", "Ann Lee", False),
        ("Annabel", "Ann", False),
        ("ann2", "Ann", True),
        ("王伟生日", "王伟", True),
        ("王芳", "王伟", False),
        ("IMG_0007", "007", True),
        ("IMG_0012", "007", False),
    ],
)
def test_what_is_called_after_somebody(file: str, name: str, after: bool) -> None:
    assert names_somebody(file, name) is after
