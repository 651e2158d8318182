"""What a repair saves of a damaged library, what it names, and that nothing is saved meanwhile that it would lose."""

from __future__ import annotations

import pytest

from siamgui.storage.checking import check
from siamgui.storage.data_wording import repair_words
from siamgui.storage.errors import LibraryBusy, LibraryNewer
from siamgui.storage.people_operations import ListPeople
from siamgui.storage.repairing import Repair, repair
from siamgui.storage.restoring import OthersAreOpen
from siamgui.storage.steps import Steps
from siamgui.storage.store import Store
from tests.builders.databases import raw
from tests.builders.kept import enrol, label_photos, people, zero_page_of


def repaired() -> Repair:
    return repair(Steps(), lambda found: found.lost)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (
            "person",
            ["Lost: the person “ann”", "Lost: the person “bob”", "could be read: people"],
        ),
        (
            "person_photo",
            ["Lost: the person “Ann”", "Lost: 2 photos, the names too", "could be read: photos of people"],
        ),
        ("face", ["Lost: 3 photos, the names too", "could be read: labelled photos"]),
        ("verification", ["could be read: verifications"]),
        ("note", ["could be read: what the pages remember"]),
        ("face_sha256", ["The inner order of the library is damaged, and made anew."]),
    ],
)
def test_whatever_is_damaged_is_named_and_the_library_is_whole_again(table: str, words: list[str]) -> None:
    enrol("Ann", "Bob")
    label_photos(11, 12, 13)
    zero_page_of(table)
    found = repaired()
    said = "\n".join(repair_words(found, True))
    assert [one for one in words if one not in said] == []
    assert "Everything is whole." not in said
    assert found.kept.people == (0 if table.startswith("person") else 2)
    assert found.kept.faces == (0 if table == "face" else 3)
    assert check(Steps()).damage == ()
    assert repair_words(repaired(), False) == ["Everything is whole."]


def test_an_index_that_is_damaged_is_told_by_the_line_that_says_so() -> None:
    label_photos(11)
    zero_page_of("face_sha256")
    (damage,) = check(Steps()).damage
    assert "unable to get the page" in damage.text


def test_what_another_process_saves_while_a_repair_runs_is_not_lost() -> None:
    enrol("Ann", "Bob")
    with raw() as db:
        db.execute("UPDATE person_image SET crop = x'' WHERE photo = 1")
    refused = []

    def late(_done: int, _total: int) -> None:
        try:
            enrol("Late", first=9)
        except LibraryBusy:
            refused.append(True)

    repair(Steps(late), lambda found: found.lost)
    assert refused
    assert people() == ["Bob"]
    enrol("Late", first=9)


def test_only_who_has_the_folder_alone_repairs_but_anybody_may_look() -> None:
    enrol("Ann")
    with Store() as other:
        other.do(ListPeople())
        with pytest.raises(OthersAreOpen):
            repaired()
        assert not repair(Steps(), None).lost


def test_what_is_newer_is_not_called_damaged() -> None:
    enrol("Ann")
    with raw() as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(LibraryNewer):
        check(Steps())
