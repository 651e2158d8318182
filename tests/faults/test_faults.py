"""The short form of python -m tests.faults, a full and a read-only disk, and two processes at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from siamgui.core.paths import data_folder
from siamgui.storage.backup import BackupUnwritable, back_up
from siamgui.storage.checking import check
from siamgui.storage.errors import LibraryFull, LibraryUnwritable
from siamgui.storage.steps import Steps
from siamgui.storage.store import Store
from tests.conftest import ROOT
from tests.faults.acts import enrol, names, three_people

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked and killed")
KILLS = 36


@pytest.mark.long
def test_nothing_is_lost_or_half_after_kills_at_random_instants() -> None:
    command = [sys.executable, "-m", "tests.faults", "--kills", str(KILLS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1] == "0 lost or half"


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A disk of its own of 4 MB, with the data folder on it."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    made = subprocess.run([mount, "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("a small disk cannot be mounted here")
    monkeypatch.setenv("SIAMGUI_DATA", str(disk / "data"))
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_a_disk_that_fills_up_keeps_all_that_was_said_to_be_kept(small_disk: Path) -> None:
    three_people()
    said = {"Ann", "Bob", "Cid"}
    with Store() as store, suppress(LibraryFull):
        for number in range(10, 200):
            enrol(store, f"person {number}", number)
            said.add(f"person {number}")
    assert len(said) < 190
    with pytest.raises(BackupUnwritable, match="No space left"):
        back_up(small_disk / "one.siamgui-backup", Steps())
    assert names() == said
    assert [path.name for path in small_disk.iterdir()] == ["data"]
    subprocess.run(["mount", "-o", "remount,size=16m", small_disk], check=True)
    assert check(Steps()).damage == ()
    with Store() as store:
        enrol(store, "afterwards", 300)
    back_up(small_disk / "one.siamgui-backup", Steps())
    assert names() == said | {"afterwards"}


def test_a_disk_that_turns_read_only_says_so_and_keeps_everything(small_disk: Path) -> None:
    three_people()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    with Store() as store, pytest.raises(LibraryUnwritable):
        enrol(store, "Dan", 7)
    subprocess.run(["mount", "-o", "remount,rw", small_disk], check=True)
    assert names() == {"Ann", "Bob", "Cid"}


WRITER = """
import sys
from siamgui.storage.people_operations import RemovePerson
from siamgui.storage.store import Store
from tests.faults.acts import enrol
who = sys.argv[1]
with Store() as store:
    for number in range(12):
        person = enrol(store, f"{who} {number}", number + (100 if who == "left" else 200))
        if number % 3 == 0:
            store.do(RemovePerson(person))
"""


def test_two_processes_do_not_spoil_each_other_s_work() -> None:
    three_people()
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    both = [subprocess.Popen([sys.executable, "-c", WRITER, who], env=environment) for who in ("left", "right")]
    assert [process.wait() for process in both] == [0, 0]
    assert names() == {"Ann", "Bob", "Cid"} | {f"{who} {n}" for who in ("left", "right") for n in range(12) if n % 3}
    assert check(Steps()).damage == ()
    assert data_folder().exists()
