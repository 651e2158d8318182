"""Runs and versions: sealed from the first byte on, and those that siamgui 0.1.0 left in clear are sealed later."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from siamgui.core.manifest import bundled_encoder, verify
from siamgui.core.paths import data_folder
from siamgui.finetuning import run_files
from siamgui.finetuning.events import Cancelled, Failed, Reporter
from siamgui.finetuning.job import Job, JobDamaged
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.run_lock import working_on
from siamgui.finetuning.split import split_pairs
from siamgui.storage.label_operations import ReadLabels
from siamgui.storage.moving_files_in import move_files_in
from siamgui.storage.store import Store
from siamgui.storage.training_runs import vault_files
from siamgui.vault.errors import Locked
from siamgui.vault.key import Key
from siamgui.vault.sealed import is_sealed
from siamgui.vault.vault import vault_of
from siamgui.versions.active_engine import open_engine
from siamgui.versions.method import Method
from siamgui.versions.version_store import VersionStore
from tests.builders.training_runs import tiny_pairs
from tests.builders.versions import result


def made(name: str, key: Key | None) -> Job:
    pairs = tiny_pairs()
    settings = METHODS[Method.CALIBRATE].defaults
    folder = data_folder() / "training" / name
    job = Job.create(folder, pairs, split_pairs(pairs), settings, bundled_encoder(), "A secret name", None, key)
    reporter = Reporter(folder / run_files.EVENTS, lambda event: None, key)
    reporter.say(Failed("“a secret name.jpg” is gone"))
    reporter.say(Cancelled())
    return job


def in_clear(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]
    left = [path for path in files if not is_sealed(path.read_bytes()) and path.name != run_files.EVENTS]
    named = [path for path in files if b"secret name" in path.read_bytes()]
    crop = tiny_pairs().crops[0, 0].tobytes()
    return sorted({path.name for path in (*left, *named)} | {p.name for p in files if crop in p.read_bytes()})


def test_a_run_is_sealed() -> None:
    job = made("new", vault_files())
    assert in_clear(job.folder) == []
    again = Job.open(job.folder)
    assert (again.name, again.key) == ("A secret name", vault_files())
    assert (again.pairs().crops == tiny_pairs().crops).all()
    assert again.events() == (Failed("“a secret name.jpg” is gone"), Cancelled())
    for name in (run_files.PAIRS, run_files.ABOUT):
        data = bytearray((job.folder / name).read_bytes())
        data[-1] ^= 1
        (job.folder / name).write_bytes(data)
        with pytest.raises(JobDamaged):
            Job.open(job.folder).pairs()


def test_files_of_a_run_do_not_stand_in_for_each_other() -> None:
    folder = made("new", vault_files()).folder
    shutil.copy(folder / run_files.PAIRS, folder / run_files.ABOUT)
    with pytest.raises(JobDamaged):
        Job.open(folder)


def test_a_run_in_clear_is_sealed_when_the_library_is_opened() -> None:
    folder = made("old", None).folder
    assert in_clear(folder) == [run_files.EVENTS, run_files.ABOUT, run_files.PAIRS]
    with working_on(folder):
        move_files_in(data_folder())  # not while it is trained on
    assert run_files.ABOUT in in_clear(folder)
    with Store() as store:
        store.do(ReadLabels())
    assert in_clear(folder) == []
    assert Job.open(folder).events() == (Failed("“a secret name.jpg” is gone"), Cancelled())
    assert Job.open(folder).pairs().names == tiny_pairs().names


def test_a_run_that_cannot_be_sealed_leaves_nothing_else_in_clear() -> None:
    bad, good = made("a", None).folder, made("b", None).folder
    (bad / run_files.PAIRS).unlink()
    (bad / run_files.PAIRS).mkdir()
    move_files_in(data_folder())
    assert run_files.ABOUT in in_clear(bad)
    assert in_clear(good) == []


@pytest.mark.parametrize("files", [0, 1, 2])
def test_a_run_that_is_half_sealed_is_whole(files: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a full disk, or a kill between any two files."""
    folder = made("old", None).folder
    replace, left = Path.replace, [files]

    def while_there_is_room(path: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        return replace(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", while_there_is_room)
        move_files_in(data_folder())
    assert len(in_clear(folder)) == 3 - files
    assert Job.open(folder).pairs().names == tiny_pairs().names
    assert len(Job.open(folder).events()) == 2
    move_files_in(data_folder())
    assert in_clear(folder) == []


@pytest.mark.usefixtures("quick_passphrases")
def test_versions_are_sealed_and_a_locked_vault_leaves_the_original(finished_version: Path, tmp_path: Path) -> None:
    version = VersionStore().adopt(result(finished_version, data_folder() / "training"))
    folder = data_folder() / "models" / version.id
    assert in_clear(folder) == ["manifest.json"]
    assert version.model is not None
    verify(version.model)
    VersionStore().activate(version.id)
    assert open_engine("cpu").engine.info.encoder == version.model.key
    VersionStore().export(version.id, tmp_path / "given.zip")
    assert not is_sealed((tmp_path / "given.zip").read_bytes())
    vault_of().set_passphrase("correct horse")
    vault_of().forget()
    opened = open_engine("cpu")
    assert opened.engine.info.encoder == bundled_encoder().key
    assert str(opened.notice).startswith("The model version “Poor camera” is locked with the vault.")
    with pytest.raises(Locked):
        VersionStore().list()
    vault_of().unlock("correct horse")
    assert open_engine("cpu").notice is None


def test_a_version_in_clear_is_sealed_when_the_library_is_opened(finished_version: Path) -> None:
    version = VersionStore().adopt(result(finished_version, data_folder() / "training"))
    folder = data_folder() / "models" / version.id
    for path in finished_version.iterdir():
        if path.name != "manifest.json":
            shutil.copy(path, folder)
    assert not VersionStore().list()[0].damaged
    with Store() as store:
        store.do(ReadLabels())
    assert in_clear(folder) == ["manifest.json"]
    assert not VersionStore().list()[0].damaged
