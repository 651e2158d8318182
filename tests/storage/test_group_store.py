"""What was said of faces that were gathered: kept by what is in the picture; what goes against itself is said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from siamgui.storage.backup import back_up
from siamgui.storage.collection_operations import (
    AddCollection,
    FindSeenFaces,
    FinishReading,
    KeepCopies,
    KeepRead,
    PlaceFaces,
    ReadKnownFiles,
    RemoveCollection,
)
from siamgui.storage.collection_values import FaceGone
from siamgui.storage.group_operations import ForgetAnswers, ReadAnswers, SayApart, SayOnePerson, TakeAnswersBack
from siamgui.storage.group_values import (
    AnswersChanged,
    AnswersDisagree,
    GroupAnswers,
    NameIsThere,
    NamesDiffer,
    SaidApart,
    TwiceInOnePhoto,
    WholeGroup,
)
from siamgui.storage.people_errors import NameEmpty
from siamgui.storage.people_operations import EnrolPerson, RemovePerson
from siamgui.storage.repairing import repair
from siamgui.storage.restoring import restore
from siamgui.storage.steps import Steps
from siamgui.storage.store import Store
from tests.builders.labels import photo, reading
from tests.builders.seen import ENCODER, file_of, picture, seen_face

SCANS = Path("/p/scans")
TWO = picture(7, seen_face(70), seen_face(71))
"""Faces 7 and 8; those of the pictures 1 to 6 have their numbers."""


@contextmanager
def library() -> Iterator[Store]:
    with Store() as store:
        scans = store.do(AddCollection(SCANS, ENCODER))
        files = [file_of(f"{number}.jpg", picture(number)) for number in range(1, 7)]
        store.do(KeepRead(scans.id, ENCODER, (*files, file_of("two.jpg", TWO))))
        yield store


def said(store: Store, encoder: str = ENCODER) -> tuple[set[tuple[str, bool, frozenset[int], frozenset[int]]], int]:
    """Each group with its name, whether it is reviewed, its faces and those that are not its; how many there are."""
    answers: GroupAnswers = store.do(ReadAnswers(encoder))
    groups = {
        (
            name,
            group in answers.reviewed,
            frozenset(face for of, face in answers.belongs.tolist() if of == group),
            frozenset(face for of, face in answers.others.tolist() if of == group),
        )
        for group, name in answers.names.items()
    }
    return groups, len(answers.names)


def group(*faces: int, name: str = "", reviewed: bool = True, others: tuple[int, ...] = ()) -> tuple[object, ...]:
    return name, reviewed, frozenset(faces), frozenset(others)


def test_named_merged_split_and_taken_back() -> None:
    with library() as store:
        named = store.do(SayOnePerson((1, 2), "  Ann Lee "))
        merged = store.do(SayOnePerson((2, 3, 4)))
        assert said(store)[0] == {group(1, 2, 3, 4, name="Ann Lee")}
        split = store.do(SayApart((3, 4), (1, 2), together=True))
        assert said(store)[0] == {group(1, 2, name="Ann Lee", others=(3, 4)), group(3, 4)}
        store.do(SayApart((4,), (3,), together=False))
        assert said(store)[0] == {group(1, 2, name="Ann Lee", others=(3, 4)), group(3, others=(4,))}
        with pytest.raises(AnswersChanged):
            store.do(TakeAnswersBack(split))
        store.do(SayOnePerson((3, 4), anyway=True))
        store.do(ForgetAnswers((3, 4)))
        assert said(store)[0] == {group(1, 2, name="Ann Lee")}
        store.do(ForgetAnswers((1,)))
        assert said(store)[0] == {group(2, name="Ann Lee")}
        for step in (merged, named):
            with pytest.raises(AnswersChanged):
                store.do(TakeAnswersBack(step))


def test_every_step_can_be_taken_back_in_turn() -> None:
    with library() as store:
        seen, steps = [said(store)], []
        for change in (
            SayOnePerson((1, 2), "Ann"),
            SayApart((4,), (3, 5), together=False),
            SayOnePerson((3, 5, 6), "Bob"),
            SayOnePerson((1, 3), "Cid", anyway=True),
            SayApart((3, 5), (1, 2), together=True),
            ForgetAnswers((1, 3)),
        ):
            steps.append(store.do(change))
            seen.append(said(store))
        assert all(before != after for before, after in pairwise(seen))
        for step, before in zip(reversed(steps), reversed(seen[:-1]), strict=True):
            store.do(TakeAnswersBack(step))
            assert said(store) == before


def test_of_a_group_that_nobody_has_looked_through_the_rest_stays_together() -> None:
    with library() as store:
        store.do(SayApart((4,), (1, 2, 3), together=False))
        assert said(store)[0] == {group(1, 2, 3, reviewed=False, others=(4,))}
        with pytest.raises(WholeGroup):
            store.do(SayApart((1, 2), (1, 2), together=True))


def test_what_goes_against_what_was_said_is_said() -> None:
    with library() as store:
        store.do(SayOnePerson((1, 2), "Ann"))
        store.do(SayOnePerson((3, 4), "Bob"))
        store.do(SayApart((5,), (1, 2), together=False))
        before = said(store)
        for change, error, words in (
            (SayOnePerson((1, 5)), SaidApart, "“5.jpg”"),
            (SayOnePerson((2, 3)), NamesDiffer, "“Ann” and “Bob”"),
            (SayOnePerson((6,), "ANN"), NameIsThere, "“Ann” already .faces: 2."),
            (SayOnePerson((7, 8)), TwiceInOnePhoto, "one photo, “two.jpg”"),
        ):
            with pytest.raises(error, match=words):
                store.do(change)
            assert issubclass(error, AnswersDisagree)
            assert said(store) == before
            step = store.do(replace(change, anyway=True))
            assert said(store)[1] <= 3
            store.do(TakeAnswersBack(step))
        with pytest.raises(NameEmpty):
            store.do(SayOnePerson((1,), " "))
        with pytest.raises(FaceGone):
            store.do(SayOnePerson((1, 99)))
        store.do(SayOnePerson((1, 2), "Ann B."))  # another name for the same is no contradiction
        assert group(1, 2, name="Ann B.", others=(5,)) in said(store)[0]


def test_copies_of_a_photograph_share_what_is_said() -> None:
    with library() as store:
        store.do(KeepCopies((1, 2), ((2, 1),)))
        store.do(SayOnePerson((2, 3), "Ann"))
        assert said(store)[0] == {group(1, 2, 3, name="Ann")}
        store.do(SayApart((1,), (3,), together=False))
        assert said(store)[0] == {group(3, name="Ann", others=(1, 2))}


def test_it_outlives_another_name_of_the_file_and_another_encoder() -> None:
    with library() as store:
        store.do(SayOnePerson((1, 2, 8), "Ann"))
        scans = store.do(AddCollection(SCANS, ENCODER)).id
        gone = [file.id for file in store.do(ReadKnownFiles(scans, ENCODER)) if file.place == "1.jpg"]
        store.do(KeepRead(scans, ENCODER, (file_of("moved/1.jpg", picture(1)),)))
        store.do(FinishReading(scans, ENCODER, tuple(gone)))
        assert said(store)[0] == {group(1, 2, 8, name="Ann")}
        files = [file_of(f"{number}.jpg", picture(number)) for number in range(2, 7)]
        store.do(KeepRead(scans, "other 2", (*files, file_of("moved/1.jpg", picture(1)), file_of("two.jpg", TWO))))
        store.do(FinishReading(scans, "other 2", ()))
        assert said(store) == ({group(name="Ann")}, 1)
        ids = [store.do(FindSeenFaces("other 2", one.sha256)) for one in (picture(1), picture(2), TWO)]
        assert said(store, "other 2")[0] == {group(ids[0][0], ids[1][0], ids[2][1], name="Ann")}
        placed = store.do(PlaceFaces((ids[0][0], 999, ids[2][1])))
        assert [(one.files[0].name, one.number) for one in placed] == [("1.jpg", 1), ("two.jpg", 2)]


def test_what_was_said_of_a_film_is_not_said_of_what_another_encoder_sees_in_it() -> None:
    film = replace(picture(9, seen_face(90), seen_face(91)), seconds=60.0)
    with library() as store:
        scans = store.do(AddCollection(SCANS, ENCODER)).id
        store.do(KeepRead(scans, ENCODER, (file_of("film.mp4", film),)))
        first, second = store.do(FindSeenFaces(ENCODER, film.sha256))
        store.do(SayOnePerson((1, first), "Ann"))
        store.do(SayApart((second,), (1, first), together=False))
        there = said(store)
        assert there[0] == {group(1, first, name="Ann", others=(second,))}
        store.do(KeepRead(scans, "other 2", (file_of("film.mp4", film), file_of("1.jpg", picture(1)))))
        (again,) = store.do(FindSeenFaces("other 2", picture(1).sha256))
        assert said(store, "other 2")[0] == {group(again, name="Ann")}
        assert said(store) == there


def test_who_is_not_shown_is_not_looked_through() -> None:
    with library() as store:
        store.do(SayApart((4,), (1, 2, 3), together=False))
        step = store.do(SayOnePerson((1, 2), "Ann"))  # of one folder; 3 is in another one
        assert said(store)[0] == {group(1, 2, name="Ann", others=(4,)), group(3, reviewed=False, others=(4,))}
        store.do(TakeAnswersBack(step))
        assert said(store)[0] == {group(1, 2, 3, reviewed=False, others=(4,))}


def test_nothing_comes_back_of_a_folder_that_was_removed_nor_a_name_twice() -> None:
    with library() as store:
        store.do(SayOnePerson((1, 2), "Ann"))
        renamed = store.do(SayOnePerson((1, 2), "Bea"))
        store.do(SayOnePerson((5, 6), "Ann"))
        with pytest.raises(AnswersChanged):
            store.do(TakeAnswersBack(renamed))
        forgotten = store.do(ForgetAnswers((1, 2)))
        store.do(RemoveCollection(store.do(AddCollection(SCANS, ENCODER)).id))
        store.do(TakeAnswersBack(forgotten))
        assert said(store) == (set(), 0)


def test_what_was_forgotten_does_not_come_back_beside_what_was_said_since() -> None:
    with library() as store:
        store.do(SayOnePerson((1, 2), "Ann"))
        forgotten = store.do(ForgetAnswers((1, 2)))
        store.do(SayOnePerson((2, 3), "Bea"))
        with pytest.raises(AnswersChanged):
            store.do(TakeAnswersBack(forgotten))
        assert said(store) == ({group(2, 3, name="Bea")}, 1)


def test_it_outlives_other_bytes_of_the_same_photograph() -> None:
    with library() as store:
        store.do(SayOnePerson((1, 2, 7), "Ann"))
        store.do(SayApart((3,), (1, 2, 7), together=False))
        scans = store.do(AddCollection(SCANS, ENCODER)).id
        rated = picture(100, seen_face(1)), picture(101, seen_face(50), seen_face(3)), picture(102, seen_face(51))
        turned = picture(103, seen_face(71), seen_face(70))  # the other face comes first now
        files = [file_of(f"{number}.jpg", one) for number, one in enumerate(rated, 1)]
        store.do(KeepRead(scans, ENCODER, (files[0], file_of("3.jpg", rated[1]), file_of("two.jpg", turned))))
        (one,), (_, three), (_, seven) = (
            store.do(FindSeenFaces(ENCODER, each.sha256)) for each in (rated[0], rated[1], turned)
        )
        assert said(store) == ({group(one, 2, seven, name="Ann", others=(three,))}, 1)
        store.do(KeepRead(scans, ENCODER, (file_of("2.jpg", rated[2]),)))  # somebody else
        assert said(store) == ({group(one, seven, name="Ann", others=(three,))}, 1)


@pytest.mark.parametrize("removed", [False, True])
def test_it_goes_over_to_a_copy_that_came_later_but_not_where_it_was_to_be_forgotten(removed: bool) -> None:
    with library() as store:
        phone = store.do(AddCollection(Path("/p/phone"), ENCODER)).id
        store.do(SayOnePerson((1, 2), "Ann"))
        store.do(KeepRead(phone, ENCODER, (file_of("small.jpg", picture(100)),)))
        (copy,) = store.do(FindSeenFaces(ENCODER, picture(100).sha256))
        store.do(KeepCopies((9,), ((copy, 1),)))
        scans = store.do(AddCollection(SCANS, ENCODER)).id
        gone = [file.id for file in store.do(ReadKnownFiles(scans, ENCODER)) if file.place == "1.jpg"]
        store.do(RemoveCollection(scans) if removed else FinishReading(scans, ENCODER, tuple(gone)))
        assert said(store)[0] == (set() if removed else {group(copy, 2, name="Ann")})


def test_it_goes_with_the_folder_and_with_a_picture_that_has_changed() -> None:
    with library() as store:
        store.do(SayOnePerson((1, 2), "Ann"))
        store.do(SayApart((3,), (4,), together=False))
        scans = store.do(AddCollection(SCANS, ENCODER)).id
        store.do(KeepRead(scans, ENCODER, (file_of("1.jpg", picture(100)), file_of("4.jpg", picture(101)))))
        assert said(store) == ({group(2, name="Ann")}, 1)
        store.do(RemoveCollection(scans))
        assert said(store) == (set(), 0)


def test_a_backup_carries_it_and_a_repair_keeps_it(tmp_path: Path) -> None:
    with library() as store:
        store.do(SayOnePerson((1, 2), "Ann"))
        store.do(SayApart((3,), (1, 2), together=False))
        kept = said(store)
    back_up(tmp_path / "one.siamgui-backup", Steps())
    with Store() as store:
        store.do(ForgetAnswers((1, 2, 3)))
    restore(tmp_path / "one.siamgui-backup", Steps(), lambda *_: None, lambda _held: None)
    with Store() as store:
        assert said(store) == kept
    assert repair(Steps(), lambda _found: True).tables == []
    with Store() as store:
        assert said(store) == kept


def test_it_goes_with_an_enrolled_person_of_the_same_name() -> None:
    with library() as store:
        store.do(SayOnePerson((1, 2), "ann"))
        store.do(SayOnePerson((3, 4), "Bob"))
        ann = store.do(EnrolPerson("Ann", "", None, ((photo(99), reading(photo(99))),)))
        store.do(RemovePerson(ann.id))
        assert said(store) == ({group(3, 4, name="Bob")}, 1)
