"""What may never happen: kill -9 at any moment of enrolment or of re-embedding leaves nobody by halves."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from siamgui.core.manifest import bundled_encoder
from siamgui.storage.people_store import PeopleStore
from tests.builders.databases import heard
from tests.builders.labels import ENCODER
from tests.builders.people import OTHER, shots
from tests.conftest import ROOT

PHOTOS = 3  # of each person


def check_whole(path: Path, encoders: tuple[str, ...] = (ENCODER,)) -> tuple[str, ...]:
    """Open what a kill has left, look at all of it, and change it; returns who is enrolled."""
    with PeopleStore.open(path) as people:
        assert people._read("PRAGMA integrity_check") == [("ok",)]
        assert people._read("PRAGMA foreign_key_check") == []
        everybody = people.list()
        for person in everybody:
            photos = people.photos(person.id)
            assert len(photos) == person.photos == PHOTOS
            for one in photos:
                assert people.crop(one.id).shape == (112, 112, 3)
                assert people.picture(one.id)[:2] == b"\xff\xd8"
        assert people._read("SELECT count(*) FROM person") == [(len(everybody),)]
        for table in ("person_photo", "person_image"):
            assert people._read(f"SELECT count(*) FROM {table}") == [(PHOTOS * len(everybody),)]
        for encoder in encoders:
            lengths = np.linalg.norm(people.gallery(encoder).templates, axis=1)
            assert np.allclose(lengths, 1, atol=1e-5)
        people.remove(people.enrol("afterwards", "", None, shots(900)).id)
    return tuple(person.name for person in everybody)


# -- every moment, one after the other -------------------------------------------------------------------------------


def at_every_step(people: PeopleStore, path: Path, folder: Path, change: Callable[[], object]) -> list[Path]:
    """The files as a kill would leave them before each statement of a change, and the last ones after it.

    What a process has written stays when it is killed, so a copy of the files is what the next process finds.
    """
    left: list[Path] = []

    def keep(_statement: str) -> None:
        place = folder / str(len(left))
        place.mkdir(parents=True)
        for file in path.parent.iterdir():
            if not file.name.endswith("-shm"):  # it is made anew from the journal
                shutil.copy(file, place)
        left.append(place / path.name)

    with heard(people._db, keep):
        change()
    keep("")
    return left


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A library with Ann in it."""
    path = tmp_path / "own" / "library.sqlite"
    with PeopleStore.open(path) as people:
        people.enrol("Ann", "yes", None, shots(1, 2, 3))
    return path


def test_every_moment_of_an_enrolment(path: Path, tmp_path: Path) -> None:
    with PeopleStore.open(path) as people:
        left = at_every_step(people, path, tmp_path / "left", lambda: people.enrol("Bob", "yes", None, shots(4, 5, 6)))
    assert len(left) > 10
    found = [check_whole(file) for file in left]
    assert found[0] == ("Ann",)
    assert found[-1] == ("Ann", "Bob")
    assert found == sorted(found)  # there from one moment on, and whole


def test_every_moment_of_a_removal(path: Path, tmp_path: Path) -> None:
    with PeopleStore.open(path) as people:
        people.enrol("Bob", "yes", None, shots(4, 5, 6))
        left = at_every_step(people, path, tmp_path / "left", lambda: people.remove(people.find("Bob").id))
    found = [check_whole(file) for file in left]
    assert (found[0], found[-1]) == (("Ann", "Bob"), ("Ann",))
    assert found == sorted(found, reverse=True)


def test_every_moment_of_a_re_embedding(path: Path, tmp_path: Path) -> None:
    with PeopleStore.open(path) as people:
        people.enrol("Bob", "yes", None, shots(4, 5, 6))

        def read_again() -> None:
            for one in people.missing(OTHER):  # one photograph a transaction: the finest steps there are
                people.put_vectors(OTHER, {one: np.eye(24, dtype=np.float32)[one]})
            people.forget_vectors(OTHER)

        left = at_every_step(people, path, tmp_path / "left", read_again)
    done = []
    for file in left:
        check_whole(file, (ENCODER, OTHER))
        with PeopleStore.open(file) as people:
            missing = people.missing(OTHER)
            done.append(2 * PHOTOS - len(missing))
            ready = {"Ann"} if done[-1] >= PHOTOS else set()
            ready |= {"Bob"} if done[-1] == 2 * PHOTOS else set()
            assert set(people.gallery(OTHER).names) == ready
            # The old embeddings are whole until the new ones are.
            old = set(people.gallery(ENCODER).names)
            assert old == {"Ann", "Bob"} or (old == set() and not missing)
            for one in missing:  # and it goes on
                people.put_vectors(OTHER, {one: np.eye(24, dtype=np.float32)[one]})
            assert people.gallery(OTHER).names == ("Ann", "Bob")
    assert done == sorted(done)
    assert set(done) == set(range(2 * PHOTOS + 1))


# -- a real process, really killed -----------------------------------------------------------------------------------

WRITER = """
import sys
from pathlib import Path
import numpy as np
from tests.builders.labels import photo, reading
from siamgui.storage.people_store import PeopleStore
people = PeopleStore.open(Path(sys.argv[1]))
for number in range(10_000):
    if sys.argv[2] == "enrol":
        shots = [photo(10 + 3 * number + k) for k in range(3)]
        people.enrol(f"person {number}", "", None, [(shot, reading(shot)) for shot in shots])
    else:
        encoder = f"encoder {number}"
        for one in people.missing(encoder):
            people.put_vectors(encoder, {one: np.eye(24, dtype=np.float32)[one]})
        people.forget_vectors(encoder)
    print(number, flush=True)
"""


def killed_after(path: Path, what: str, count: int) -> int:
    """Kill the writer when it has said count numbers; returns how many it got out."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", WRITER, str(path), what]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        for _ in range(count):
            assert child.stdout.readline()
        child.kill()
        return count + len(child.stdout.read().split())


@pytest.mark.parametrize("count", [1, 4, 23])
def test_killed_while_it_enrols(path: Path, count: int) -> None:
    said = killed_after(path, "enrol", count)
    names = check_whole(path)
    # What was acknowledged is there, and at most the one under way besides.
    assert said + 1 <= len(names) <= said + 2


@pytest.mark.parametrize("count", [1, 9])
def test_killed_while_it_reads_again(path: Path, count: int) -> None:
    said = killed_after(path, "re-embed", count)
    with PeopleStore.open(path) as people:
        encoders = {row[0] for row in people._read("SELECT DISTINCT encoder FROM person_vector")}
        complete = [encoder for encoder in encoders if people.gallery(encoder).names == ("Ann",)]
        assert complete
        assert encoders <= {f"encoder {number}" for number in range(said - 1, said + 2)}
    check_whole(path, tuple(encoders))


@pytest.fixture
def crowd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The library of a machine on which twenty people are enrolled under an encoder of old."""
    monkeypatch.setenv("SIAMGUI_DATA", str(tmp_path))
    path = tmp_path / "library.sqlite"
    with PeopleStore.open(path) as people:
        people._db.execute("PRAGMA synchronous = OFF")
        for number in range(20):
            people.enrol(f"person {number}", "", None, shots(*range(PHOTOS * number, PHOTOS * (number + 1))))
    return path


@pytest.mark.skipif(os.name == "nt", reason="signals are of another kind on Windows")
def test_the_command_is_killed_and_goes_on(crowd: Path) -> None:
    command = [sys.executable, "-m", "siamgui", "people", "re-embed", "--device", "cpu"]
    with PeopleStore.open(crowd) as people:
        encoder = bundled_encoder().key
        total = len(people.missing(encoder))
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            while child.poll() is None and not 0 < len(people.missing(encoder)) < total:
                with suppress(subprocess.TimeoutExpired):
                    child.wait(0.01)
            child.send_signal(signal.SIGKILL)
            assert child.wait(30) == -signal.SIGKILL
        left = len(people.missing(encoder))
        assert 0 < left < total
        assert len(people.gallery(ENCODER)) == 20
    check_whole(crowd, (ENCODER, encoder))
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    assert f'"read": {left},' in done.stdout
    with PeopleStore.open(crowd) as people:
        assert len(people.gallery(encoder)) == 20
        assert len(people.gallery(ENCODER)) == 0
