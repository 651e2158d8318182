"""A process that is killed while it keeps what it reads in a folder, and forgets another one."""

from __future__ import annotations

from collections import Counter
from itertools import count
from pathlib import Path

from siamgui.storage.collection_operations import (
    AddCollection,
    FindSeenFaces,
    KeepRead,
    ListCollections,
    ReadFacesOf,
    ReadKnownFiles,
    RemoveCollection,
)
from siamgui.storage.group_operations import ReadAnswers, SayOnePerson
from siamgui.storage.store import Store
from tests.builders.seen import ENCODER, file_of, picture, seen_face
from tests.faults.processes import Say

SCANS, OTHER = Path("/p/scans"), Path("/p/other")
FACES = 3  # of each picture


def work(say: Say) -> None:
    with Store() as store:
        scans = store.do(AddCollection(SCANS, ENCODER)).id
        for number in count():
            seen = picture(number, *(seen_face(FACES * number + face) for face in range(FACES)))
            store.do(KeepRead(scans, ENCODER, (file_of(f"{number}.jpg", seen),)))
            faces = store.do(FindSeenFaces(ENCODER, seen.sha256))
            store.do(SayOnePerson(faces, f"person {number}", anyway=True))
            say(str(number))
            if number % 5 == 0:
                other = store.do(AddCollection(OTHER, ENCODER)).id
                store.do(KeepRead(other, ENCODER, (file_of("a.jpg", picture(10_000 + number)),)))
                store.do(RemoveCollection(other))


def holds(said: list[str]) -> None:
    """All that was said is there, each picture with all of its faces, and nothing of a folder that was forgotten.

    Each group that somebody has looked through is whole.
    """
    with Store() as store:
        there = {one.folder: one for one in store.do(ListCollections(ENCODER))}
        files = store.do(ReadKnownFiles(there[SCANS].id, ENCODER)) if SCANS in there else ()
        rows = store.do(ReadFacesOf(tuple(range(1, 2000))))
        answers = store.do(ReadAnswers(ENCODER))
    assert {f"{number}.jpg" for number in said} <= {file.place for file in files}
    assert all(file.read for file in files)
    faces = 0 if rows is None else len(rows.ids)
    assert faces == FACES * len(files) + (there[OTHER].faces if OTHER in there else 0)
    sizes = Counter(answers.belongs[:, 0].tolist())
    assert sizes.keys() == answers.names.keys()
    assert set(sizes.values()) <= {FACES}
    assert {f"person {number}" for number in said} <= set(answers.names.values())
