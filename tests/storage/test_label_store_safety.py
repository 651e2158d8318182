"""What may never happen to labels: kill -9, a full disk, a read-only folder, a damaged or foreign or newer file."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

from siamgui.core.types import Label
from siamgui.storage import errors
from siamgui.storage.label_store import LabelStore
from siamgui.vault.vault import vault_of
from tests.builders.databases import raw, raw_in_clear
from tests.builders.labels import ENCODER, fill, photo, reading
from tests.conftest import ROOT

FACES = 40


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with faces and one label."""
    path = tmp_path_factory.mktemp("template") / "library.sqlite"
    with LabelStore.open(path) as library:
        ids = [face.id for face in fill(library, FACES)]
        library.set_label(ids[0], ids[1], Label.SAME, "desk")
        library.put("step", 1)
    return path


@pytest.fixture
def path(template: Path, tmp_path: Path) -> Path:
    """A copy of the template of one's own."""
    shutil.copytree(template.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / template.name


# -- kill -9 ---------------------------------------------------------------------------------------------------------

WRITER = """
import sys
from pathlib import Path
from tests.builders.labels import fill
from siamgui.core.types import Label
from siamgui.storage.label_store import LabelStore
library = LabelStore.open(Path(sys.argv[1]))
ids = [face.id for face in library.faces()]
pairs = [(a, b) for n, a in enumerate(ids) for b in ids[n + 1:]]
for number in range(10_000):
    if sys.argv[2] == "label":
        library.set_label(*pairs[number % len(pairs)], list(Label)[number // len(pairs) % 3], "desk")
    elif sys.argv[2] == "labels":
        library.set_labels([(a, b, list(Label)[number % 2]) for a, b in pairs], f"csv {number}")
        library.put_back({pair: None for pair in pairs})
        library.set_labels([(a, b, list(Label)[number % 2]) for a, b in pairs], f"csv {number}")
    elif sys.argv[2] == "faces":
        fill(library, 1)
    else:
        library.put("step", number)
    print(number, flush=True)
"""


@contextlib.contextmanager
def writer(path: Path, what: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", WRITER, str(path), what]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        try:
            yield child
        finally:
            child.kill()


def killed_after(path: Path, what: str, count: int) -> int:
    """Kill the writer when it has said count numbers; returns the last one that it got out."""
    with writer(path, what) as child:
        assert child.stdout is not None
        for _ in range(count):
            assert child.stdout.readline()
        child.kill()
        rest = child.stdout.read().split()
        child.wait(10)
    return int(rest[-1]) if rest else count - 1


@pytest.mark.parametrize("count", [1, 7, 60])
def test_every_label_that_was_given_survives_kill_9(path: Path, count: int) -> None:
    last = killed_after(path, "label", count)
    with LabelStore.open(path) as library:
        # What was acknowledged is there, and at most the one under way besides. The first pair had a label before.
        assert last + 1 <= len(library.labels()) <= last + 2
        assert len(library.faces()) == FACES
        library.set_label(1, 2, Label.DIFFERENT, "desk")  # and it goes on


def test_an_import_is_there_whole_or_not_at_all(path: Path) -> None:
    killed_after(path, "labels", 3)
    with LabelStore.open(path) as library:
        labels = library.labels()
        sources = {label.source for label in labels}
        assert len(labels) in (0, FACES * (FACES - 1) // 2)
        assert len(sources) <= 1


def test_faces_come_whole(path: Path) -> None:
    last = killed_after(path, "faces", 5)
    with LabelStore.open(path) as library:
        faces = library.faces()
        assert FACES + last + 1 <= len(faces) <= FACES + last + 2
        vectors = library.vectors(ENCODER, [face.id for face in faces])
        for face, vector in zip(faces, vectors, strict=True):
            assert library.crop(face.id).shape == (112, 112, 3)
            assert library.picture(face.id)[:2] == b"\xff\xd8"
            assert abs(float(vector @ vector) - 1) < 1e-5


# -- a full disk -----------------------------------------------------------------------------------------------------


def filled_by_mounting(folder: Path) -> Callable[[], None]:
    """A real file system of 4 MB that runs full. Needs the right to mount."""
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4M", "tmpfs", folder], capture_output=True, check=False)
    if mount.returncode:
        pytest.skip("no right to mount a small disk")
    return lambda: subprocess.run(["umount", "-l", folder], check=True) and None


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if sys.platform != "linux" or shutil.which("mount") is None:
        pytest.skip("small disks are made on Linux")
    folder = tmp_path / "small"
    folder.mkdir()
    unmount = filled_by_mounting(folder)
    yield folder
    unmount()


CHANGES: dict[str, Callable[[LabelStore], object]] = {
    "label": lambda library: library.set_label(1, 3, Label.SAME, "desk"),
    "labels": lambda library: library.set_labels([(1, n, Label.SAME) for n in range(3, 8)], "csv"),
    "face": lambda library: library.add_face(photo(999), reading(photo(999)), 1),
    "vectors": lambda library: library.put_vectors("other", [1], library.vectors(ENCODER, [1])),
    "problem": lambda library: library.add_problem("x.jpg", None, "cut off"),
    "note": lambda library: library.put("step", "x" * 200_000),
    "undo": lambda library: library.put_back({(1, 2): None}, [3]),
}


def contents(library: LabelStore) -> tuple[object, ...]:
    faces = library.faces()
    pixels = [library.crop(face.id).tobytes() for face in faces]
    vectors = library.vectors(ENCODER, [face.id for face in faces]).tobytes()
    return faces, pixels, vectors, library.labels(), library.problems(), library.get("step")


@pytest.mark.parametrize("what", CHANGES)
def test_a_full_disk_costs_nothing(small_disk: Path, what: str) -> None:
    path = small_disk / "library.sqlite"
    with LabelStore.open(path) as library:
        fill(library, 8)
        library.set_label(1, 2, Label.SAME, "desk")
    with LabelStore.open(path) as library:
        before = contents(library)
        ballast = (small_disk / "ballast").open("wb", buffering=0)
        with contextlib.suppress(OSError):
            while ballast.write(b"x" * 512):
                pass
        refused: errors.LibraryError | None = None
        while refused is None:  # a little room is left in the files
            try:
                CHANGES[what](library)
            except errors.LibraryError as error:
                refused = error
            else:
                before = contents(library)
        assert isinstance(refused, errors.LibraryFull)
        assert str(refused).startswith("The disk is full: “library.sqlite”")
        assert contents(library) == before
        ballast.close()
        (small_disk / "ballast").unlink()
        CHANGES[what](library)  # and it goes on once there is space
    with LabelStore.open(path) as library:
        assert library._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_disk_too_full_to_begin_with(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(b"x" * (4 * 1024 * 1024 - 8192))
    with pytest.raises(errors.LibraryFull):
        LabelStore.open(small_disk / "library.sqlite")
    (small_disk / "ballast").unlink()
    LabelStore.open(small_disk / "library.sqlite").close()


def test_a_file_that_may_not_grow(path: Path) -> None:
    """The same without mounting anything: SQLite's own limit on the number of pages."""
    with LabelStore.open(path) as library:
        before = contents(library)
        pages = library._db.execute("PRAGMA page_count").fetchone()[0]
        library._db.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(errors.LibraryFull, match="The disk is full"):
            fill(library, 50)
        assert contents(library)[3:] == before[3:]
        with pytest.raises(errors.LibraryFull):
            library.put("step", "x" * 500_000)
        assert library.get("step") == 1


# -- folders and files that cannot be written ------------------------------------------------------------------------


@contextlib.contextmanager
def without_rights() -> Iterator[None]:
    """As somebody who owns nothing here; root may write everywhere."""
    if os.name == "nt":
        pytest.skip("rights are of another kind on Windows")
    if os.geteuid() == 0:
        os.seteuid(65534)
        try:
            yield
        finally:
            os.seteuid(0)
    else:
        yield


@pytest.fixture
def open_to_all(tmp_path: Path) -> None:
    """Folders on the way that anybody may pass; what is tested is only the last one."""
    for folder in (tmp_path, *tmp_path.parents):
        if not folder.stat().st_mode & 0o001:
            if folder.stat().st_uid != os.geteuid():
                pytest.skip("the temporary folder is not open to all")
            folder.chmod(folder.stat().st_mode | 0o011)


@pytest.mark.usefixtures("open_to_all")
def test_a_read_only_folder(path: Path) -> None:
    with LabelStore.open(path) as library:
        before = contents(library)
    for file in path.parent.iterdir():
        file.chmod(0o444)
    path.parent.chmod(0o555)
    with without_rights(), pytest.raises(errors.LibraryUnwritable) as caught:
        LabelStore.open(path)
    assert "“library.sqlite” can’t be written" in str(caught.value)
    path.parent.chmod(0o755)
    path.chmod(0o644)
    with LabelStore.open(path) as library:
        assert contents(library) == before


@pytest.mark.usefixtures("open_to_all")
def test_a_folder_in_which_nothing_can_be_made(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with without_rights():
        for place in (tmp_path / "library.sqlite", tmp_path / "new" / "library.sqlite"):
            with pytest.raises(errors.LibraryUnwritable):
                LabelStore.open(place)
    tmp_path.chmod(0o755)


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(errors.LibraryUnwritable):
        LabelStore.open(tmp_path / "data" / "library.sqlite")


# -- files that are not ours, or not whole ---------------------------------------------------------------------------


def test_a_newer_library_is_left_alone(path: Path) -> None:
    with raw(path) as db:
        current = db.execute("PRAGMA user_version").fetchone()[0]
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(errors.LibraryNewer, match="newer siamgui"):
        LabelStore.open(path)
    with raw(path) as db:
        db.execute(f"PRAGMA user_version = {current}")
    with LabelStore.open(path) as library:
        assert len(library.faces()) == FACES


def test_the_database_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    with raw_in_clear(path) as db:
        db.execute("CREATE TABLE face (x)")
    with pytest.raises(errors.LibraryDamaged):
        LabelStore.open(path)
    with raw_in_clear(path) as db:
        assert db.execute("SELECT sql FROM sqlite_schema").fetchall() == [("CREATE TABLE face (x)",)]


@pytest.mark.parametrize("data", [b"not a database at all, but long enough to be read as one" * 20, b"\x00" * 5000])
def test_not_a_database(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "library.sqlite"
    assert vault_of(tmp_path).database
    path.write_bytes(data)
    with pytest.raises(errors.LibraryDamaged, match=r"“library\.sqlite” is damaged"):
        LabelStore.open(path)
    assert path.read_bytes() == data


def test_an_empty_file_is_a_new_library(tmp_path: Path) -> None:
    """A power cut in the first moment leaves one."""
    (tmp_path / "library.sqlite").touch()
    with LabelStore.open(tmp_path / "library.sqlite") as library:
        assert library.faces() == ()


def test_damage_inside_is_told_when_it_is_met(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[8192:] = b"\xa5" * (len(data) - 8192)
    path.write_bytes(data)
    with pytest.raises(errors.LibraryDamaged), LabelStore.open(path) as library:
        contents(library)


def test_a_crop_of_the_wrong_size_is_damage(path: Path) -> None:
    with raw(path) as db:
        db.execute("UPDATE image SET crop = x'00' WHERE face = 1")
    with LabelStore.open(path) as library, pytest.raises(errors.LibraryDamaged):
        library.crop(1)


def test_another_process_in_the_middle_of_a_change(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("siamgui.storage.database.WAIT", 0.05)
    with raw(path) as other, LabelStore.open(path) as library:
        other.execute("BEGIN IMMEDIATE")
        assert len(library.labels()) == 1  # reading goes on
        with pytest.raises(errors.LibraryBusy, match="in use"):
            library.put("step", 2)
        other.execute("ROLLBACK")
        library.put("step", 2)
        assert library.get("step") == 2


def test_a_mistake_of_ours_is_not_blamed_on_the_disk(path: Path) -> None:
    with LabelStore.open(path) as library, pytest.raises(apsw.SQLError, match="no such table"):
        library._read("SELECT 1 FROM absent")
