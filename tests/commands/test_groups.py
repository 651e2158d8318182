"""siamgui groups."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from siamgui.commands.groups import _rounded_up
from siamgui.core.calibration import Calibration
from siamgui.core.cohort import Cohort
from siamgui.core.embedding import unit
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


def test_the_faces_of_folders_are_gathered_by_person(capsys: Capture, tmp_path: Path) -> None:
    calibration = Calibration.bundled()
    assert calibration.cohort is not None
    scans = tmp_path / "scans"
    seen = [picture(n, _face(person, n, calibration.cohort)) for n, person in ((10, 1), (11, 1), (12, 1), (13, 2))]
    scans.mkdir()
    with Store() as store:
        there = store.do(AddCollection(scans, calibration.encoder))
        store.do(KeepRead(there.id, calibration.encoder, tuple(file_of(f"{n}.jpg", one) for n, one in enumerate(seen))))
        rows = store.do(ReadSeenFaces(calibration.encoder, 0, 10))
        assert rows is not None
        store.do(KeepCopies((), ((int(rows.ids[2]), int(rows.ids[0])),)))
    text = ok(capsys, "groups")
    assert text.startswith("1: 2 faces\n")
    assert "1 group; alone: one face" in text
    assert "1 copy left out" in text
    assert "Wrong joins to be expected among 3 faces: at most 0.0003." in text
    answer = json.loads(ok(capsys, "groups", "--in", scans, "--json"))
    (group,), (alone,) = answer["groups"], answer["alone"]
    assert [Path(one["file"]).name for one in group["faces"]] == ["0.jpg", "1.jpg"]
    assert [Path(one["file"]).name for one in group["copies"]] == ["2.jpg"]
    assert [Path(one["file"]).name for one in alone["faces"]] == ["3.jpg"]
    assert answer["carried_by_data"]


def test_where_nothing_was_read_one_sentence_says_so(capsys: Capture, tmp_path: Path) -> None:
    assert "No folder has been read yet" in refused(capsys, "groups")
    assert "has not been read" in refused(capsys, "groups", "--in", tmp_path)


def test_at_most_never_claims_less() -> None:
    assert [_rounded_up(value) for value in (0, 0.00031, 0.2, 1)] == ["0", "0.0004", "0.2", "1"]
    assert [_rounded_up(value) for value in (8.8, 1234.2)] == ["9", "1,235"]
