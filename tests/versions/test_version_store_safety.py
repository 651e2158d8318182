"""The disk is full, a folder is read-only, the process is killed: the active version stays as it was."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from siamgui.core.manifest import verify
from siamgui.core.paths import data_folder
from siamgui.versions.active_engine import open_engine
from siamgui.versions.active_pointer import ActivePointer
from siamgui.versions.changing import changing
from siamgui.versions.errors import VersionActive, VersionsUnwritable
from siamgui.versions.seal import read_version
from siamgui.versions.version_store import Version, VersionStore
from tests.builders.versions import leftovers, result

# Each act in turn, by one process that has given up its rights.
_CHILD = """
import json, os, sys
from pathlib import Path
from siamgui.core.errors import SiamguiError
from siamgui.core.pipeline import FaceEngine  # before rights are given up
from siamgui.versions.version_store import VersionStore
versions = VersionStore()
{prepare}
for act in json.loads(sys.argv[1]):
    try:
        eval(act)
    except SiamguiError as error:
        print(type(error).__name__, error)
    else:
        print("done")
"""
_FULL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))"
_FULL_AT_ONCE = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))"
_READ_ONLY = "os.geteuid() or os.setuid(65534)"


def child(acts: list[str], prepare: str) -> list[str]:
    """What came of each act."""
    command = [sys.executable, "-c", _CHILD.format(prepare=prepare), json.dumps(acts)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.fixture
def shared_data(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder that other users of the machine can reach."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        monkeypatch.setenv("SIAMGUI_DATA", name)
        yield folder
        for path in (folder, *folder.rglob("*")):
            if path.is_dir():
                path.chmod(0o755)


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes and rights of folders are those of POSIX")
@pytest.mark.parametrize("trouble", ["full", "full at once", "read-only"])
def test_a_full_disk_or_a_read_only_folder_leaves_the_active_version_as_it_was(
    shared_data: Path, finished_version: Path, tmp_path: Path, trouble: str
) -> None:
    versions = VersionStore()
    first = versions.adopt(result(finished_version, tmp_path))
    second = versions.adopt(result(finished_version, tmp_path, gate={"allowed": False, "reasons": ["holdout-worse"]}))
    versions.activate(first.id)
    other, file = versions.adopt(result(finished_version, tmp_path, number=4)), shared_data / "other.siamgui"
    versions.export(other.id, file)
    versions.delete(other.id)
    third = result(finished_version, shared_data, number=3)
    before = versions.list()
    acts = [
        f"versions.activate({second.id!r}, 'A reason that is longer than nothing. ' * 40)",
        f"versions.import_(Path({str(file)!r}))",
    ]
    if trouble != "full":  # what is written fits into the space that is left
        acts += ["versions.activate('original')", "versions.roll_back()"]
    if trouble == "read-only":
        acts += [f"versions.rename({first.id!r}, 'Other')", f"versions.delete({second.id!r})"]
        acts += [f"versions.adopt(Path({str(third)!r}))"]
    folders = [shared_data, shared_data / "models", *(shared_data / "models").iterdir()]
    for path in folders if trouble == "read-only" else []:
        path.chmod(0o555)
    if trouble == "read-only" and os.geteuid() == 0:
        for path in (shared_data, *shared_data.rglob("*")):
            os.chown(path, 65534, 65534)  # the process that gives up its rights is the owner
    export = f"versions.export({first.id!r}, Path({str(file)!r}))"
    prepare = {"full": _FULL, "full at once": _FULL_AT_ONCE, "read-only": _READ_ONLY}[trouble]
    *changed, exported = child([*acts, export], prepare)
    assert [said[:56] for said in changed] == ["VersionsUnwritable The model versions can’t be changed ("] * len(acts)
    assert exported.startswith("VersionFileUnwritable “other.siamgui” can’t be written (")
    assert versions.list() == before
    assert (versions.active().id, third.exists()) == (first.id, True)
    assert open_engine("cpu").engine.info.encoder_id == first.id
    assert leftovers() == []
    for path in folders:
        path.chmod(0o755)
    assert versions.import_(file).version.id == other.id  # the file is as it was


@pytest.mark.parametrize("act", ["activate", "rename", "adopt", "import"])
def test_a_kill_in_the_midst_of_a_change_leaves_a_whole_active_version(
    data: Path, finished_version: Path, tmp_path: Path, act: str
) -> None:
    versions = VersionStore()
    first = versions.adopt(result(finished_version, tmp_path))
    second = versions.adopt(result(finished_version, tmp_path, number=2))
    versions.activate(first.id)
    file = tmp_path / "second.siamgui"
    versions.export(second.id, file)
    loop = {
        "activate": f"versions.activate({second.id!r}); versions.activate({first.id!r})",
        "rename": f"versions.rename({first.id!r}, 'a'); versions.rename({first.id!r}, 'b')",
        "adopt": f"import shutil; kept = Path({str(tmp_path)!r}) / {second.id!r}\n"
        f"    shutil.copytree(versions._folder / {second.id!r}, kept); versions.delete({second.id!r})\n"
        "    versions.adopt(kept)",
        "import": f"versions.delete({second.id!r}); versions.import_(Path({str(file)!r}))",
    }[act]
    code = (
        "from pathlib import Path\nfrom siamgui.versions.version_store import VersionStore\nversions = VersionStore()\n"
    )
    code += f"print('ready', flush=True)\nwhile True:\n    {loop}\n"
    for patience in (0.0, 0.2):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert process.stdout is not None
        process.stdout.readline()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
        process.kill()
        process.wait()
        process.stdout.close()
        shutil.rmtree(tmp_path / second.id, ignore_errors=True)
        if act in ("adopt", "import") and not (data / "models" / second.id).exists():
            versions.import_(file)
        listed = versions.list()
        assert [version.damaged for version in listed] == ["", "", ""]
        assert versions.active().id in (first.id, second.id)
        verify(read_version(data / "models" / versions.active().id, data))
        assert open_engine("cpu").notice is None


def test_what_a_kill_left_behind_is_tidied_away_an_hour_later(
    versions: VersionStore, adopted: Version, data: Path
) -> None:
    for name, age in ((".new-old", 7200.0), (".new-now", 0.0)):
        (data / "models" / name).mkdir()
        (data / "models" / name / "weights.safetensors").write_bytes(b"half")
        then = time.time() - age
        os.utime(data / "models" / name, (then, then))
    versions.delete(adopted.id)
    assert leftovers() == [".new-now"]


def test_an_unwritable_data_folder_is_said(data: Path, finished_version: Path, tmp_path: Path) -> None:
    finished = result(finished_version, tmp_path)
    shutil.rmtree(data)
    data.write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(VersionsUnwritable):
        VersionStore().adopt(finished)


ACTIVATE = """
import sys
from siamgui.versions.version_store import VersionStore
for _ in range(4):
    VersionStore().activate(sys.argv[1])
"""


def test_two_processes_that_activate_versions_lose_none_of_what_was_active(
    versions: VersionStore, adopted: Version
) -> None:
    both = [subprocess.Popen([sys.executable, "-c", ACTIVATE, which]) for which in (adopted.id, "original")]
    assert [process.wait() for process in both] == [0, 0]
    assert len(versions._pointer.history) == 8


def test_what_was_activated_while_another_change_was_waited_for_counts(
    versions: VersionStore, adopted: Version, finished_version: Path, tmp_path: Path
) -> None:
    """A version that has become the active one is not removed, and rolled back is from the one that is active then."""
    second = versions.adopt(result(finished_version, tmp_path, number=2))
    versions.activate(second.id)
    pointer, failed = ActivePointer(data_folder() / "active.json"), []

    def waiting(change: Callable[[], object], active: str, history: tuple[str, ...]) -> None:
        def changed() -> None:
            try:
                change()
            except VersionActive as error:
                failed.append(error)

        other = threading.Thread(target=changed)
        with changing(data_folder()):
            other.start()
            other.join(0.1)
            pointer.write(active, history)
        other.join()

    waiting(lambda: versions.delete(adopted.id), adopted.id, ("original", second.id))
    assert failed
    assert versions.active().id == adopted.id
    waiting(versions.roll_back, second.id, ("original", second.id, adopted.id))
    assert versions.active().id == adopted.id
