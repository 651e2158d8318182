"""What SQLite leaves where a row was before it was moved: nothing of it may outlive the row."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from siamgui.storage import rewriting
from siamgui.storage.database import Database

ROUNDS = 4000


def comings_and_goings(file: Database, seed: int) -> tuple[list[str], list[str]]:
    """Problems and notes by the thousand, half of which go again -> the names that are there, and those that went."""
    chance = random.Random(seed)
    there: list[str] = []
    gone: list[str] = []
    file.read("PRAGMA synchronous = OFF")
    with file.writing() as db:
        for _ in range(ROUNDS):
            if there and chance.random() < 0.47:
                name = there.pop(chance.randrange(len(there)))
                db.execute("DELETE FROM problem WHERE place = ?", (name,))
                db.execute("DELETE FROM note WHERE key = ?", (name,))
                gone.append(name)
            else:
                name = f"n{chance.getrandbits(48):012x}"
                db.execute("INSERT INTO problem VALUES (?, ?, NULL, '')", (name, "x" * chance.randint(0, 80)))
                db.execute("INSERT INTO note VALUES (?, ?)", (name, name + "x" * chance.choice((100, 1280, 1280))))
                there.append(name)
    return there, gone


def left(path: Path, names: list[str]) -> int:
    data = b"".join(file.read_bytes() for file in path.parent.iterdir())
    return sum(name.encode() in data for name in names)


@pytest.mark.usefixtures("unencrypted")
@pytest.mark.parametrize("whole", [rewriting.WHOLE, 0])
def test_nothing_is_left_of_rows_that_were_moved_before_they_went(
    path: Path, monkeypatch: pytest.MonkeyPatch, whole: int
) -> None:
    monkeypatch.setattr(rewriting, "WHOLE", whole)
    file = Database.open(path)
    there, gone = comings_and_goings(file, 1)
    file.read("PRAGMA wal_checkpoint(TRUNCATE)")
    assert left(path, gone) > 0  # zeroing rows where they lie is not enough
    file.off_the_disk()
    assert not file.behind
    assert left(path, gone) == 0
    assert file.read("SELECT count(*) FROM problem") == [(len(there),)]
    assert file.read("PRAGMA integrity_check") == [("ok",)]
    assert file.read("PRAGMA foreign_keys") == [(1,)]
    file.close()
