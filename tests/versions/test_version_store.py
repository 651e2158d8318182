"""Model versions on the disk: whatever happens while they are changed, the active one stays active and whole."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save

from siamgui.cli import main
from siamgui.core.manifest import bundled, read_manifest, verify
from siamgui.core.paths import data_folder
from siamgui.core.resources import models_folder
from siamgui.versions.active_engine import open_engine
from siamgui.versions.errors import (
    GateRefuses,
    NameUnusable,
    NothingToRollBackTo,
    OriginalStays,
    VersionActive,
    VersionAmbiguous,
    VersionDamaged,
    VersionFileDamaged,
    VersionFileForeign,
    VersionFilePickle,
    VersionFileTooLarge,
    VersionForOtherEncoder,
    VersionsUnwritable,
    VersionUnknown,
)
from siamgui.versions.version_store import Version, VersionStore


@pytest.fixture
def data() -> Path:
    return data_folder()


@pytest.fixture
def versions() -> VersionStore:
    return VersionStore()


def result(finished: Path, place: Path, **changes: Any) -> Path:
    """A copy of the finished version; changes of its card make it another one."""
    folder = Path(shutil.copytree(finished, place / "result" / finished.name))
    if changes:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        number = hashlib.sha256(repr(changes).encode()).hexdigest()[:8]
        manifest["card"] |= changes
        manifest["id"], manifest["version"] = f"other-{number}", number
        calibration = json.loads((folder / "calibration.json").read_bytes())
        calibration["encoder"] = f"other-{number} {number}"
        rewrite(folder / "calibration.json", json.dumps(calibration).encode(), manifest)
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        folder = folder.rename(folder.parent / manifest["id"])
    return folder


def rewrite(path: Path, data: bytes, manifest: dict[str, Any]) -> None:
    path.write_bytes(data)
    manifest["files"][path.name] = {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


@pytest.fixture
def adopted(versions: VersionStore, finished_version: Path, tmp_path: Path) -> Version:
    return versions.adopt(result(finished_version, tmp_path))


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


def leftovers() -> list[str]:
    folder = data_folder() / "models"
    return [path.name for path in folder.glob(".*")] if folder.exists() else []


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


# The file that is exported and imported


def test_a_version_travels_as_one_file(versions: VersionStore, adopted: Version, tmp_path: Path) -> None:
    file = tmp_path / "poor camera.siamgui"
    versions.export(adopted.id, file)
    first = file.read_bytes()
    assert versions.import_(file).id == adopted.id  # here already
    versions.delete(adopted.id)
    back = versions.import_(file)
    assert (back.name, back.card, back.active) == (adopted.name, adopted.card, False)
    versions.export(back.id, file)
    assert file.read_bytes() == first
    assert leftovers() == []


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


Change = Callable[[dict[str, bytes], dict[str, Any]], None]


def _rehashed(name: str, data: Callable[[dict[str, bytes]], bytes]) -> Change:
    def change(content: dict[str, bytes], manifest: dict[str, Any]) -> None:
        content[name] = data(content)
        manifest["files"][name]["sha256"] = hashlib.sha256(content[name]).hexdigest()

    return change


def _flipped(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    content["weights.safetensors"] = content["weights.safetensors"][:-1] + b"\x00"


def _nan(content: dict[str, bytes]) -> bytes:
    tensors = dict(load(content["weights.safetensors"]))
    tensors["head.weight"] = np.full_like(tensors["head.weight"], np.nan)
    return save(tensors)


def _other_head(content: dict[str, bytes]) -> bytes:
    tensors = dict(load(content["weights.safetensors"]))
    tensors["head.weight"] = np.ascontiguousarray(tensors["head.weight"][::-1])
    return save(tensors)


def _set(**values: Any) -> Change:
    return lambda _content, manifest: manifest.update(values)


BAD_CONTENT: dict[str, tuple[Change, type[Exception]]] = {
    "a hash does not fit": (_flipped, VersionFileDamaged),
    "another architecture": (_set(architecture="arcface-r100"), VersionForOtherEncoder),
    "a detector": (_set(role="detector"), VersionForOtherEncoder),
    "weights for another architecture": (_set(architecture="mobilefacenet"), VersionFileDamaged),
    "weights of the detector": (
        _rehashed(
            "weights.safetensors", lambda _: (models_folder() / "centerface" / "weights.safetensors").read_bytes()
        ),
        VersionFileDamaged,
    ),
    "not a number": (_rehashed("weights.safetensors", _nan), VersionFileDamaged),
    "a serving form of other weights": (_rehashed("weights.safetensors", _other_head), VersionFileDamaged),
    "no serving form": (_rehashed("serving.xml", lambda _: b"<net/>"), VersionFileDamaged),
    "a calibration that is none": (_rehashed("calibration.json", lambda _: b"[1]"), VersionFileDamaged),
    "an id that is a path": (_set(id="../../evil-00000000", version="00000000"), VersionFileDamaged),
    "a name of two lines": (_set(name="a\nb"), VersionFileDamaged),
    "a card that is none": (_set(card=[1]), VersionFileDamaged),
    "an endless length": (_set(norm_scale=float("inf")), VersionFileDamaged),
    "no files": (_set(files={}), VersionFileDamaged),
}


def archive(content: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as out:
        for name, data in content.items():
            out.writestr(name, data)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def content(finished_version: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in finished_version.iterdir()}


@contextlib.contextmanager
def nothing_changes(versions: VersionStore) -> Iterator[None]:
    before = versions.list()
    yield
    assert versions.list() == before
    assert leftovers() == []


@pytest.mark.parametrize("bad", BAD_CONTENT)
def test_a_file_whose_content_is_wrong_is_refused(
    versions: VersionStore, content: dict[str, bytes], tmp_path: Path, bad: str
) -> None:
    change, error = BAD_CONTENT[bad]
    changed, manifest = dict(content), json.loads(content["manifest.json"])
    change(changed, manifest)
    changed["manifest.json"] = json.dumps(manifest).encode()
    file = tmp_path / "bad.siamgui"
    file.write_bytes(archive(changed))
    with nothing_changes(versions), pytest.raises(error, match=r"“bad\.siamgui”"):
        versions.import_(file)


def _pickled(_content: dict[str, bytes]) -> bytes:
    return pickle.dumps({"weights": [1.0]})


def _saved_by_torch(_content: dict[str, bytes]) -> bytes:
    import torch

    buffer = io.BytesIO()
    torch.save({"weights": torch.zeros(2)}, buffer)
    return buffer.getvalue()


def _twice(content: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO(archive(content))
    with zipfile.ZipFile(buffer, "a") as out, pytest.warns(UserWarning, match="Duplicate"):
        out.writestr("manifest.json", b"{}")
    return buffer.getvalue()


BAD_FILES: dict[str, tuple[Callable[[dict[str, bytes]], bytes], type[Exception]]] = {
    "empty": (lambda _: b"", VersionFileForeign),
    "text": (lambda _: b"left,right,same\n", VersionFileForeign),
    "a pickle": (_pickled, VersionFilePickle),
    "a checkpoint of torch": (_saved_by_torch, VersionFilePickle),
    "cut off": (lambda content: archive(content)[:-4000], VersionFileDamaged),
    "another zip": (lambda _: archive({"a.txt": b"a"}), VersionFileForeign),
    "one more file": (lambda content: archive({**content, "run.py": b"1"}), VersionFileForeign),
    "one file less": (lambda c: archive({k: c[k] for k in list(c)[1:]}), VersionFileForeign),
    "a way out": (lambda content: archive({**content, "../evil.txt": b"1"}), VersionFileForeign),
    "a file twice": (_twice, VersionFileForeign),
    "packed": (lambda content: archive(content, zipfile.ZIP_DEFLATED), VersionFileForeign),
    "a bomb": (
        lambda content: archive({**content, "serving.bin": bytes(2**27)}, zipfile.ZIP_DEFLATED),
        VersionFileForeign,
    ),
}


@pytest.mark.parametrize("bad", BAD_FILES)
def test_a_file_of_another_kind_is_refused(
    versions: VersionStore, content: dict[str, bytes], tmp_path: Path, bad: str
) -> None:
    make, error = BAD_FILES[bad]
    file = tmp_path / "bad.siamgui"
    file.write_bytes(make(content))
    with nothing_changes(versions), pytest.raises(error, match=r"“bad\.siamgui”"):
        versions.import_(file)
    assert not (tmp_path / "evil.txt").exists()


def test_a_huge_file_is_refused_before_it_is_read(versions: VersionStore, tmp_path: Path) -> None:
    file = tmp_path / "huge.siamgui"
    with file.open("wb") as stream:
        stream.truncate(2**40)
    with nothing_changes(versions), pytest.raises(VersionFileTooLarge, match="64 MB"):
        versions.import_(file)


def test_a_missing_file_and_a_folder_are_said(
    versions: VersionStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (tmp_path / "absent.siamgui", tmp_path):
        assert main(["models", "import", str(path)]) == 2
        assert f"“{path.name}” can’t be read" in capsys.readouterr().err
    assert versions.list()[0].bundled


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
