"""siamgui data, run as a person runs it: check, back up while it is in use, restore, repair."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from siamgui.cli import main
from siamgui.core.paths import data_folder, made_data_folder
from siamgui.core.types import Label
from siamgui.storage.label_operations import AddFace, ReadLabels, SetLabel
from siamgui.storage.owed_removals import NOTE
from siamgui.storage.people_operations import EnrolPerson, ListPeople, RemovePerson, TakeAway
from siamgui.storage.store import Store
from siamgui.vault.vault import vault_of
from siamgui.versions.version_store import VersionStore
from tests.builders.command_line import ok, refused
from tests.builders.databases import raw
from tests.builders.labels import photo, reading
from tests.builders.people import shots
from tests.builders.privacy import open_to_others
from tests.builders.versions import result
from tests.faults.processes import done

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def kept() -> None:
    """Annabel (two photographs) and Bob are enrolled; three labelled photographs, two labels."""
    with Store() as store:
        store.do(EnrolPerson("Annabel", "yes", None, shots(1, 2)))
        store.do(EnrolPerson("Bob", "", None, shots(3)))
        faces = [store.do(AddFace(photo(n), reading(photo(n)), 1, Path(f"/p/{n}.png"), None)).id for n in (11, 12, 13)]
        store.do(SetLabel(faces[0], faces[1], Label.SAME, "desk"))
        store.do(SetLabel(faces[0], faces[2], Label.DIFFERENT, "desk"))


def contents() -> tuple[object, ...]:
    with Store() as store:
        labels = store.do(ReadLabels())
        return store.do(ListPeople()), dict(labels.faces), labels.labels


def answer(capsys: Capture, *arguments: object, code: int = 0) -> dict[str, Any]:
    assert main(["data", *map(str, arguments), "--json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.usefixtures("kept")
def test_a_backup_is_whole_encrypted_and_puts_everything_back(
    tmp_path: Path, capsys: Capture, finished_version: Path
) -> None:
    versions = VersionStore()
    version = versions.adopt(result(finished_version, tmp_path))
    versions.activate(version.id)
    before, file = contents(), tmp_path / "one.siamgui-backup"
    with Store() as store:  # while it is in use
        store.do(ListPeople())
        assert answer(capsys, "backup", file)["files"] > 4
        store.do(RemovePerson(1))
    assert open_to_others(file) == []
    assert not any(
        trace in file.read_bytes() for trace in (b"Annabel", b"1.png", reading(photo(1)).crop.tobytes()[:64])
    )
    versions.activate("original")
    versions.delete(version.id)
    assert contents() != before
    assert "This replaces 1 person" in refused(capsys, "data", "restore", file)
    assert contents() != before
    assert answer(capsys, "restore", file, "--yes")["people"] == 2
    assert contents() == before
    assert versions.active().id == version.id
    assert [one.damaged for one in versions.list()] == ["", ""]
    assert answer(capsys, "check") | {"damage": 0} == {
        "pictures": 6,
        "embeddings": 6,
        "versions": 1,
        "runs": 0,
        "damage": 0,
        "stuck": [],
        "whole": True,
    }
    left = {path.name for path in data_folder().iterdir()}
    assert "replacing.json" not in left
    assert list((data_folder() / "temporary").iterdir()) == []
    with Store() as store:  # an id is never used twice
        assert store.do(EnrolPerson("Cid", "", None, shots(5))).id == 3


@pytest.mark.usefixtures("kept")
def test_restore_into_an_empty_folder_needs_no_yes(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "one.siamgui-backup"
    code = vault_of().new_recovery_code()
    ok(capsys, "data", "backup", file)
    before = contents()
    key = (data_folder() / "vault.key").read_bytes()
    monkeypatch.setenv("SIAMGUI_DATA", str(tmp_path / "elsewhere"))
    assert "use the recovery code" in refused(capsys, "data", "restore", file)
    made_data_folder(data_folder())
    (data_folder() / "vault.key").write_bytes(key)
    ok(capsys, "data", "restore", file)
    assert contents() == before
    monkeypatch.setenv("SIAMGUI_DATA", str(tmp_path / "on another computer"))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{code}\n"))
    ok(capsys, "data", "restore", file, "--code")
    assert contents() == before


@pytest.mark.usefixtures("kept")
def test_versions_are_not_replaced_without_being_asked_for(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, code = tmp_path / "one.siamgui-backup", vault_of().new_recovery_code()
    ok(capsys, "data", "backup", file)
    monkeypatch.setenv("SIAMGUI_DATA", str(tmp_path / "elsewhere"))
    weights, key = data_folder() / "models" / "mine-12345678" / "weights.safetensors", data_folder() / "secret.key"
    weights.parent.mkdir(parents=True)
    for path in (weights, key):
        path.write_bytes(b"mine")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{code}\n{code}\n"))
    assert "1 model version by 2 people" in refused(capsys, "data", "restore", file, "--code")
    assert weights.exists()
    ok(capsys, "data", "restore", file, "--code", "--yes")
    assert not weights.exists()
    assert key.read_bytes() == b"mine"  # what is signed with it stays mine


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("place", [0, 30, -1, -2000, "cut", "empty", "more"])
def test_a_damaged_backup_changes_nothing(tmp_path: Path, capsys: Capture, place: int | str) -> None:
    file = tmp_path / "one.siamgui-backup"
    ok(capsys, "data", "backup", file)
    data = bytearray(file.read_bytes())
    if isinstance(place, int):
        data[place] ^= 1
    file.write_bytes({"cut": data[:-5000], "empty": b"", "more": data + b"x"}.get(str(place), data))
    before = contents()
    refused(capsys, "data", "restore", file, "--yes")
    assert contents() == before


@pytest.mark.usefixtures("kept")
def test_a_backup_never_lies_in_the_data_folder(capsys: Capture) -> None:
    before = contents()
    assert "in the data folder" in refused(capsys, "data", "backup", data_folder() / "library.sqlite")
    assert contents() == before


@pytest.mark.usefixtures("kept")
def test_nothing_is_replaced_that_another_process_has_open(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "one.siamgui-backup"
    ok(capsys, "data", "backup", file)
    with Store() as other:
        other.do(ListPeople())
        assert "Another siamgui has this data folder open" in refused(capsys, "data", "restore", file, "--yes")
    ok(capsys, "data", "restore", file, "--yes")


@pytest.mark.usefixtures("kept")
def test_what_is_damaged_is_named_and_what_is_whole_is_saved(capsys: Capture) -> None:
    with raw() as db:
        db.execute("UPDATE image SET crop = zeroblob(37632) WHERE face = 3")  # of 13.png, which has one label
        db.execute("UPDATE person_image SET picture = x'00' WHERE photo = 1")
        db.execute("UPDATE person_vector SET data = zeroblob(length(data)) WHERE photo = 2")
        db.execute("UPDATE person_image SET crop = x'' WHERE photo = 3")  # the only one of Bob
    found = answer(capsys, "check", code=1)
    assert [(one["kind"], one["name"]) for one in found["damage"]] == [
        ("picture", "13.png"),
        ("picture", "1.png"),
        ("picture", "3.png"),
        ("embedding", "2.png"),
    ]
    before = contents()
    found = answer(capsys, "repair", code=1)
    assert (found["photos"], found["people"], found["labels"]) == (["13.png"], ["Bob"], 1)
    assert (found["embeddings"], found["pictures"], found["replaced"]) == (1, 1, False)
    assert contents() == before
    assert answer(capsys, "repair", "--yes")["replaced"]
    assert answer(capsys, "check")["whole"]
    people, faces, labels = contents()
    assert [person.name for person in people] == ["Annabel"]  # type: ignore[attr-defined]
    assert (len(faces), len(labels)) == (2, 1)  # type: ignore[arg-type]
    assert "Everything is whole." in ok(capsys, "data", "repair")


@pytest.mark.usefixtures("kept")
def test_pages_that_cannot_be_read_cost_only_what_is_on_them(capsys: Capture) -> None:
    with Store() as store:
        for number in range(20, 60):
            store.do(AddFace(photo(number), reading(photo(number)), 1, Path(f"/p/{number}.png"), None))
    path = data_folder() / "library.sqlite"
    data = bytearray(path.read_bytes())
    place = len(data) // 2
    data[place : place + 8192] = bytes(8192)
    path.write_bytes(data)
    assert not answer(capsys, "check", code=1)["whole"]
    found = answer(capsys, "repair", "--yes")
    assert 35 < found["kept"]["faces"] < 43
    assert found["kept"]["people"] == 2
    assert len(found["photos"]) == 43 - found["kept"]["faces"]
    assert answer(capsys, "check")["whole"]


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("act", ["check", "backup"])
def test_what_a_killed_window_still_had_to_remove_goes_first(act: str, tmp_path: Path, capsys: Capture) -> None:
    def take_away(_: object) -> None:
        Store().do(TakeAway(1))

    done(take_away)  # and ends without a word
    answer(capsys, act, *[tmp_path / "kept.siamgui-backup"] * (act == "backup"))
    with raw() as db:
        assert db.execute("SELECT name FROM person").fetchall() == [("Bob",)]
        assert db.execute("SELECT 1 FROM note WHERE key = ?", (NOTE,)).fetchall() == []
