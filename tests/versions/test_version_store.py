"""Model versions on the disk: whatever happens while they are changed, the active one stays active and whole."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from siamgui.cli import main
from siamgui.core.manifest import bundled, read_manifest, verify
from siamgui.versions.active_engine import open_engine
from siamgui.versions.errors import (
    GateRefuses,
    NameUnusable,
    NothingToRollBackTo,
    OriginalStays,
    VersionActive,
    VersionAmbiguous,
    VersionDamaged,
    VersionsUnwritable,
    VersionUnknown,
)
from siamgui.versions.version_store import Version, VersionStore
from tests.builders.versions import leftovers, result


def test_without_versions_the_original_is_active(versions: VersionStore, data: Path) -> None:
    (only,) = versions.list()
    assert (only.id, only.active, only.bundled) == ("original", True, True)
    assert versions.active() == only
    assert open_engine("cpu").engine.info.encoder == bundled("mobilefacenet").key
    with pytest.raises(NothingToRollBackTo):
        versions.roll_back()
    assert not data.exists()


def test_a_version_is_adopted_activated_used_and_rolled_back(
    versions: VersionStore, finished_version: Path, tmp_path: Path
) -> None:
    folder = result(finished_version, tmp_path)
    version = versions.adopt(folder)
    assert not folder.exists()
    assert (version.name, version.active, version.damaged) == ("Poor camera", False, "")
    assert versions.adopt(folder).id == version.id  # asked again after a crash: it is here already
    assert versions.activate(version.id).active
    assert [v.id for v in versions.list() if v.active] == [version.id]
    opened = open_engine("cpu")
    assert (opened.engine.info.encoder_name, opened.notice) == ("Poor camera", None)
    assert open_engine("cpu", "original").engine.info.encoder_name == "MobileFaceNet"
    assert open_engine("cpu", "poor camera").engine.info.encoder_id == version.id
    assert versions.roll_back().bundled
    assert open_engine("cpu").engine.info.encoder_name == "MobileFaceNet"
    with pytest.raises(NothingToRollBackTo):
        versions.roll_back()


def test_rolling_back_passes_over_what_is_gone(
    versions: VersionStore, adopted: Version, finished_version: Path, tmp_path: Path
) -> None:
    second = versions.adopt(result(finished_version, tmp_path, number=2))
    third = versions.adopt(result(finished_version, tmp_path, number=3))
    for version in (adopted, second, third):
        versions.activate(version.id)
    versions.delete(second.id)
    assert versions.roll_back().id == adopted.id
    assert versions.roll_back().bundled


@pytest.mark.parametrize("gate", [{"allowed": False, "reasons": ["holdout-worse"]}, None, [], {"allowed": "yes"}])
def test_the_gate_asks_for_a_reason_that_stays_on_the_card(
    versions: VersionStore, finished_version: Path, tmp_path: Path, gate: Any
) -> None:
    version = versions.adopt(result(finished_version, tmp_path, gate=gate))
    with pytest.raises(GateRefuses, match="Poor camera"):
        versions.activate(version.id, "   ")
    assert versions.active().bundled
    active = versions.activate(version.id, "It is only a trial.")
    assert (active.active, active.card.override_reason) == (True, "It is only a trial.")
    verify(read_manifest(active.model.files[0].path.parent))


def test_names_and_what_may_not_be_done(
    versions: VersionStore, adopted: Version, finished_version: Path, tmp_path: Path
) -> None:
    assert versions.rename(adopted.id, "  Gate 3 ").name == "Gate 3"
    for bad in ("", "  ", "two\nlines", "x" * 61, "Original"):
        with pytest.raises(NameUnusable):
            versions.rename(adopted.id, bad)
    for forbidden in (lambda: versions.delete("original"), lambda: versions.rename("original", "Mine")):
        with pytest.raises(OriginalStays):
            forbidden()
    with pytest.raises(OriginalStays):
        versions.export("original", tmp_path / "x.siamgui")
    for unknown in ("../result", "nobody-00000000", ""):
        with pytest.raises(VersionUnknown):
            versions.activate(unknown)
    versions.activate(adopted.id)
    with pytest.raises(VersionActive, match="Gate 3"):
        versions.delete(adopted.id)
    twin = versions.adopt(result(finished_version, tmp_path, number=2))
    versions.rename(twin.id, "gate 3")
    with pytest.raises(VersionAmbiguous, match=twin.id):
        versions.find("GATE 3")
    versions.delete(twin.id)
    assert [version.id for version in versions.list()] == [adopted.id, "original"]
    assert leftovers() == []


@pytest.mark.parametrize("damage", ["flip", "remove", "calibration", "manifest", "folder", "pointer"])
def test_a_damaged_active_version_gives_way_to_the_original_and_that_is_said(
    versions: VersionStore, adopted: Version, data: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    versions.activate(adopted.id)
    folder = data / "models" / adopted.id
    if damage == "flip":
        content = bytearray((folder / "serving.bin").read_bytes())
        content[len(content) // 2] ^= 1
        (folder / "serving.bin").write_bytes(content)
    elif damage == "remove":
        (folder / "serving.xml").unlink()
    elif damage == "calibration":
        (folder / "calibration.json").write_text("{}", encoding="utf-8")
    elif damage == "manifest":
        (folder / "manifest.json").write_text("", encoding="utf-8")
    elif damage == "folder":
        shutil.rmtree(folder)
    else:
        (data / "active.json").write_text('{"active": "../../x"}', encoding="utf-8")
    opened = open_engine("cpu")
    assert opened.engine.info.encoder == bundled("mobilefacenet").key
    assert "the original is used" in str(opened.notice)
    assert versions.active().bundled
    if damage not in ("folder", "pointer"):
        with pytest.raises(VersionDamaged):
            versions.activate(adopted.id)
        with pytest.raises(VersionDamaged):
            open_engine("cpu", adopted.id)
    assert main(["doctor", "--device", "cpu", "--json"]) == 1
    assert "the original is used" in capsys.readouterr().out
    assert versions.activate("original").active  # and everything can be put right again
    assert open_engine("cpu").notice is None


def test_damaged_results_are_not_adopted(versions: VersionStore, finished_version: Path, tmp_path: Path) -> None:
    folder = result(finished_version, tmp_path)
    (folder / "weights.safetensors").write_bytes(b"cut off")
    with pytest.raises(Exception, match=r"weights\.safetensors"):
        versions.adopt(folder)
    assert folder.exists()
    assert len(versions.list()) == 1


@pytest.mark.parametrize("name", ["serving.bin", "manifest.json", "calibration.json"])
def test_a_damaged_version_is_repaired_by_taking_it_in_again(
    versions: VersionStore, adopted: Version, finished_version: Path, data: Path, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "poor camera.siamgui"
    versions.export(adopted.id, file)
    versions.activate(adopted.id)
    for repair in (lambda: versions.import_(file), lambda: versions.adopt(result(finished_version, tmp_path))):
        (data / "models" / adopted.id / name).write_bytes(b"cut off")
        assert versions.trouble() is not None
        repaired = repair()
        assert (repaired.damaged, repaired.active, repaired.name) == ("", True, adopted.name)
        assert open_engine("cpu").notice is None
    assert leftovers() == []


# The disk and the process fail


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
    file = shared_data / "second.siamgui"
    versions.export(second.id, file)
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
    export = f"versions.export({first.id!r}, Path({str(file)!r}))"
    prepare = {"full": _FULL, "full at once": _FULL_AT_ONCE, "read-only": _READ_ONLY}[trouble]
    *changed, exported = child([*acts, export], prepare)
    assert [said[:56] for said in changed] == ["VersionsUnwritable The model versions can’t be changed ("] * len(acts)
    assert exported.startswith("VersionFileUnwritable “second.siamgui” can’t be written (")
    assert versions.list() == before
    assert (versions.active().id, third.exists()) == (first.id, True)
    assert open_engine("cpu").engine.info.encoder_id == first.id
    assert leftovers() == []
    for path in folders:
        path.chmod(0o755)
    versions.delete(second.id)
    assert versions.import_(file).id == second.id  # the file is as it was


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
        verify(read_manifest(data / "models" / versions.active().id))
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
    data.write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(VersionsUnwritable):
        VersionStore().adopt(result(finished_version, tmp_path))


# The command line


def test_the_command_line_does_it_all(
    data: Path, finished_version: Path, tmp_path: Path, samples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    version = VersionStore().adopt(result(finished_version, tmp_path))

    def said(*words: str) -> str:
        assert main(["models", *words]) == 0
        return capsys.readouterr().out

    assert said("list").splitlines() == [f"  Poor camera  ({version.id})", "* Original  active"]
    assert "“Poor camera” is active." in said("activate", "poor camera")
    listed = json.loads(said("list", "--json"))
    assert [(item["id"], item["active"]) for item in listed] == [(version.id, True), ("original", False)]
    assert "Head on frozen embeddings" in said("show", version.id)
    assert "Poor camera" in said("compare", "original", "poor camera")
    file = tmp_path / "kept.siamgui"
    said("export", version.id, str(file))
    assert "“Poor camera” is called" not in said("rename", version.id, "Gate 3")
    assert "Original" in said("rollback")
    said("delete", "Gate 3")
    assert "“Poor camera” was imported" in said("import", str(file))
    pair = [str(samples / "obama1.jpg"), str(samples / "obama2.jpg"), "--device", "cpu", "--json"]
    assert main(["compare", *pair, "--model", "Poor camera"]) == 0
    engine = json.loads(capsys.readouterr().out)["engine"]
    assert engine["encoder"] == version.id
    assert f"{version.id}/weights.safetensors" in [item["file"] for item in engine["models"]]
    assert main(["compare", *pair, "--model", "nobody"]) == 2
    assert "no model version “nobody”" in capsys.readouterr().err
