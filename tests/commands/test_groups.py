"""siamgui groups."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from siamgui.core.calibration import Calibration
from siamgui.core.cohort import Cohort
from siamgui.core.embedding import unit
from siamgui.search.group_wording import rounded_up
from siamgui.storage.collection_operations import AddCollection, KeepCopies, KeepRead, ReadSeenFaces
from siamgui.storage.seen_face import SeenFace
from siamgui.storage.store import Store
from tests.builders.command_line import Capture, ok, refused
from tests.builders.seen import file_of, picture, seen_face


def _face(person: int, number: int, cohort: Cohort) -> SeenFace:
    """In a photograph that looks like most."""
    size = cohort.vectors.shape[1]
    of_person, own = seen_face(person, size), seen_face(number, size)
    vector, quality = unit(of_person.vector + 0.3 * own.vector), replace(own.quality, findings=())
    return replace(own, vector=vector, look=cohort.look_mean, quality=quality)


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    """Two photographs of one person, a copy of the first, one of another; and one that shows both."""
    calibration = Calibration.bundled()
    cohort, encoder = calibration.cohort, calibration.encoder
    assert cohort is not None
    folder = tmp_path / "scans"
    folder.mkdir()
    shown = (((1, 10),), ((1, 11),), ((1, 12),), ((2, 13),), ((1, 14), (2, 15)))
    files = []
    for number, faces in enumerate(shown):
        (folder / f"{number}.jpg").write_bytes(b"photo %d" % number)
        digest = hashlib.sha256(b"photo %d" % number).hexdigest()
        made = picture(number, *(_face(person, face, cohort) for person, face in faces))
        files.append(file_of(f"{number}.jpg", replace(made, sha256=digest)))
    with Store() as store:
        there = store.do(AddCollection(folder, encoder))
        store.do(KeepRead(there.id, encoder, tuple(files[:4])))
        rows = store.do(ReadSeenFaces(encoder, 0, 10))
        assert rows is not None
        store.do(KeepCopies((), ((int(rows.ids[2]), int(rows.ids[0])),)))
        store.do(KeepRead(there.id, encoder, tuple(files[4:])))
    return folder


def test_the_faces_of_folders_are_gathered_by_person(capsys: Capture, scans: Path) -> None:
    text = ok(capsys, "groups")
    assert text.startswith("1: 3 faces\n")
    assert "2 groups; alone: 0 faces" in text
    assert f"{scans / '2.jpg'} (face 1) The same photo" in text
    assert "1 copy left out" in text
    assert "Wrong joins to be expected among 5 faces: at most 0.001." in text
    answer = json.loads(ok(capsys, "groups", "--in", scans, "--json"))
    one, other = answer["groups"]
    assert (names(one["faces"]), names(one["copies"])) == (["0.jpg:1", "1.jpg:1", "4.jpg:1"], ["2.jpg:1"])
    assert (names(other["faces"]), answer["alone"]) == (["3.jpg:1", "4.jpg:2"], [])
    assert (one["name"], one["reviewed"]) == ("", 0)
    assert answer["carried_by_data"]


def names(faces: list[dict[str, Any]]) -> list[str]:
    return [f"{Path(face['file']).name}:{face['face']}" for face in faces]


def groups(capsys: Capture) -> list[tuple[str, int, list[str]]]:
    """Name, how many were looked at, and faces with copies."""
    answer = json.loads(ok(capsys, "groups", "list", "--json"))
    every = (*answer["groups"], *answer["alone"])
    return [(one["name"], one["reviewed"], names([*one["faces"], *one["copies"]])) for one in every]


def test_what_is_said_of_groups_is_kept(capsys: Capture, scans: Path) -> None:
    said = ok(capsys, "groups", "name", "Ann Lee", scans / "1.jpg")
    assert said.startswith("1: Ann Lee · 3 faces · looked through\n")
    before = [("Ann Lee", 3, ["0.jpg:1", "1.jpg:1", "4.jpg:1", "2.jpg:1"]), ("", 0, ["3.jpg:1", "4.jpg:2"])]
    assert groups(capsys) == before
    not_she = json.loads(ok(capsys, "groups", "--json", "not", scans / "1.jpg"))
    assert [names(one["faces"]) for one in not_she["groups"]] == [["1.jpg:1"], ["0.jpg:1", "4.jpg:1"]]
    after = [("Ann Lee", 2, ["0.jpg:1", "4.jpg:1", "2.jpg:1"]), before[1], ("", 0, ["1.jpg:1"])]
    assert groups(capsys) == after
    against = refused(capsys, "groups", "merge", scans / "1.jpg", scans / "0.jpg")
    assert "different people: “1.jpg”" in against
    assert "--anyway" in against
    ok(capsys, "groups", "merge", scans / "1.jpg", scans / "0.jpg", "--anyway")
    assert groups(capsys) == before
    ok(capsys, "groups", "split", scans / "3.jpg")
    assert groups(capsys)[1:] == [("", 1, ["3.jpg:1"]), ("", 0, ["4.jpg:2"])]
    assert "one photo, “4.jpg”" in refused(capsys, "groups", "merge", scans / "0.jpg", scans / "4.jpg:2")
    ok(capsys, "groups", "confirm", f"{scans / '4.jpg'}:2")
    assert "forgotten" in ok(capsys, "groups", "forget", scans / "3.jpg", f"{scans / '4.jpg'}:2")
    assert groups(capsys) == before


def test_a_face_that_is_not_there_is_one_sentence(capsys: Capture, scans: Path, tmp_path: Path) -> None:
    (tmp_path / "else.jpg").write_bytes(b"never read")
    for face, words in (
        (scans / "none.jpg", "was not found"),
        (f"{scans / 'none.jpg'}:1", "was not found"),
        (scans, "was not found"),
        (tmp_path / "else.jpg", "has not been read"),
        (scans / "4.jpg", "shows 2 faces. Say which"),
        (f"{scans / '4.jpg'}:3", "has no face 3: 2 were found"),
        ("0" * 64, "has not been read"),
    ):
        assert words in refused(capsys, "groups", "not", face)
    digest = hashlib.sha256(b"photo 4").hexdigest()
    assert "“4.jpg”" not in ok(capsys, "groups", "forget", f"{digest}:2")
    assert "No group" in refused(capsys, "groups", "label")
    assert "all faces of the group" in refused(capsys, "groups", "split", scans / "3.jpg", f"{scans / '4.jpg'}:2")
    refused(capsys, "groups", "name", " ", scans / "3.jpg")


def test_where_nothing_was_read_one_sentence_says_so(capsys: Capture, tmp_path: Path) -> None:
    assert "No folder has been read yet" in refused(capsys, "groups")
    assert "has not been read" in refused(capsys, "groups", "--in", tmp_path)


def test_at_most_never_claims_less() -> None:
    assert [rounded_up(value) for value in (0, 0.00031, 0.2, 1)] == ["0", "0.0004", "0.2", "1"]
    assert [rounded_up(value) for value in (8.8, 1234.2)] == ["9", "1,235"]


def test_what_is_left_of_two_groups_does_not_become_one(capsys: Capture, scans: Path) -> None:
    before = groups(capsys)
    assert "are in 2 groups" in refused(capsys, "groups", "not", scans / "1.jpg", scans / "3.jpg")
    assert groups(capsys) == before
