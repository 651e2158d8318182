"""Whoever looks waits for nobody who writes: a process holds its transaction all the while."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from siamgui.cli import main
from siamgui.core.paths import data_folder
from siamgui.storage import database
from siamgui.storage.errors import LibraryBusy
from siamgui.storage.label_operations import ReadLabels
from siamgui.storage.log_operations import AnyEntryOverdue, ReadLog
from siamgui.storage.note_operations import KeepNote
from siamgui.storage.people_operations import AnythingOverdue, EnrolPerson, ListPeople, ReadGallery
from siamgui.storage.people_view import ViewPeople
from siamgui.storage.store import Store
from siamgui.storage.tidying import TidyUp
from tests.builders.labels import ENCODER
from tests.builders.people import shots

HOLDER = """
import sys
from siamgui.storage.database import Database
file = Database.open()
with file.writing() as db:
    for number in range(1000):
        db.execute("INSERT INTO note VALUES (?, ?)", (f"import {number}", "x" * 1000))
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def _held() -> Iterator[None]:
    """Ann is enrolled, and somebody's time is over; another process is in the midst of a large change."""
    with Store() as store:
        store.do(EnrolPerson("Ann", "", None, shots(1)))
        store.do(EnrolPerson("Over", "", date.today(), shots(2)))
        yesterday = (date.today() - timedelta(1)).isoformat()
        with store._opened().file.writing() as db:
            db.execute("UPDATE person SET retain_until = ? WHERE name = 'Over'", (yesterday,))
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.kill()


@pytest.mark.usefixtures("_held")
def test_looking_goes_on_while_another_process_writes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(database, "WAIT", 0.05)  # whoever asks for the right to write gets it in no time, or not
    with Store() as store:
        assert [person.name for person in store.do(ListPeople())] == ["Ann"]
        assert store.do(ReadGallery(ENCODER)).names == ("Ann",)
        assert [row.person.name for row in store.do(ViewPeople(None, None, None)).people] == ["Ann"]
        assert store.do(AnythingOverdue(date.today()))
        assert not store.do(AnyEntryOverdue(date.today()))
        assert store.do(ReadLog()).total == 0
        assert store.do(ReadLabels()).labels == ()
        assert store.do(TidyUp()) == ()
        with pytest.raises(LibraryBusy):
            store.do(KeepNote("mine", 1))
    for command in (["people", "list"], ["people", "log"], ["pairs", "status"]):
        assert main(command) == 0
    out, err = capsys.readouterr()
    assert ("Ann" in out.splitlines()[0], "Over" in out, err) == (True, False, "")
    assert (data_folder() / "library.sqlite-wal").exists()
