"""A version from elsewhere: what it states is not believed, nothing of it runs, and what cannot be measured is said."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save

from siamgui.cli import main
from siamgui.core.calibration import Calibration
from siamgui.core.encoders.registry import default_encoder
from siamgui.core.errors import Cancelled
from siamgui.core.manifest import Origin
from siamgui.versions import stored_zip
from siamgui.versions.active_engine import open_engine
from siamgui.versions.errors import GateRefuses, VersionFileWrong, VersionIdTaken, VersionSignatureWrong
from siamgui.versions.seal import read_version
from siamgui.versions.signature import call_oneself
from siamgui.versions.version_store import Version, VersionStore
from tests.builders.versions import leftovers

Content = dict[str, bytes]
SIZE = default_encoder().embedding_size
LIMITS = dict.fromkeys(
    ("manifest.json", "weights.safetensors", "calibration.json", "serving.xml", "serving.bin", "signature.json"), 2**26
)


@pytest.fixture(scope="module")
def content(finished_version: Path) -> Content:
    """Made in another data folder, and with a serving form as 0.1.0 had it in the file."""
    return {path.name: path.read_bytes() for path in finished_version.iterdir()}


def file_of(content: Content, place: Path, change: Callable[[Content, dict[str, Any]], None]) -> Path:
    changed, manifest = dict(content), json.loads(content["manifest.json"])
    change(changed, manifest)
    for name in manifest["files"]:
        manifest["files"][name]["sha256"] = hashlib.sha256(changed[name]).hexdigest()
    changed["manifest.json"] = json.dumps(manifest).encode()
    file = place / "foreign.siamgui"
    file.write_bytes(stored_zip.write(changed))
    return file


def foreign(content: Content, manifest: dict[str, Any]) -> None:
    """A generous calibration, a gate that allows, a scale that opens the quality gate, a graph that is no encoder."""
    table = json.loads(content["calibration.json"])
    for name in ("fmr_distance", "fnmr_distance", "lr_distance"):
        table[name] = [min(value + 0.7, 2.0) for value in table[name]]
    content["calibration.json"] = json.dumps(table).encode()
    content["serving.xml"], content["serving.bin"] = b"\xff<net/>", b"\0"
    manifest["norm_scale"] = 1000.0
    manifest["card"] |= {"override_reason": "Trust me.", "overridden": "2026-01-01T00:00:00+00:00"}


@pytest.mark.long
def test_what_a_file_states_is_measured_anew(versions: VersionStore, content: Content, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    imported = versions.import_(file_of(content, tmp_path, foreign), lambda done, total: seen.append((done, total)))
    version = imported.version
    assert (version.origin, version.damaged, version.refused) == (Origin.MEASURED, "", ())
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert version.model is not None
    table, own = Calibration.of(version.model), Calibration.bundled()
    # The original's are adjusted distances, these are plain ones; what the file stated was off by 0.7.
    assert table.fmr_distance == pytest.approx(np.interp(table.fmr_rate, own.fmr_rate, own.fmr_distance), abs=0.15)
    assert not table.stated
    assert version.model.norm_scale == pytest.approx(0.5, rel=0.1)
    assert version.card.override_reason == ""
    assert version.card.reference is not None
    assert version.card.reference.people > 800  # those who are in no cohort
    folder = version.model.files[0].path.parent
    assert b"<net/>" not in (folder / "serving.xml").read_bytes()
    assert open_engine("cpu", version.id).engine.info.encoder_id == version.id
    assert leftovers() == []
    # It is as good as one's own now: edited, it is a stranger's again.
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["card"]["gate"]["allowed"] = False
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert read_version(folder, folder.parent.parent).origin is Origin.UNKNOWN


def _ruined_head(content: Content, _manifest: dict[str, Any]) -> None:
    tensors = dict(load(content["weights.safetensors"]))
    tensors["head.weight"] = np.ascontiguousarray(np.eye(SIZE, dtype=np.float32) * (np.arange(SIZE) < 3))
    content["weights.safetensors"] = save(tensors)


def test_the_gate_is_measured_anew(versions: VersionStore, content: Content, tmp_path: Path) -> None:
    version = versions.import_(file_of(content, tmp_path, _ruined_head)).version
    assert [reason.value for reason in version.refused] == ["reference-worse"]
    with pytest.raises(GateRefuses):
        versions.activate(version.id)


def _another_backbone(content: Content, _manifest: dict[str, Any]) -> None:
    tensors = dict(load(content["weights.safetensors"]))
    name = next(name for name, value in tensors.items() if value.ndim == 4 and value.dtype == np.float32)
    tensors[name] = tensors[name] * np.float32(1.01)
    content["weights.safetensors"] = save(tensors)
    table = json.loads(content["calibration.json"])
    content["calibration.json"] = json.dumps(table | {"adjusted": False, "parts": {}}).encode()


@pytest.mark.long
def test_what_cannot_be_measured_is_said_with_every_verdict(
    versions: VersionStore, content: Content, tmp_path: Path, samples: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported = versions.import_(file_of(content, tmp_path, _another_backbone))
    version = imported.version
    assert version.origin is Origin.STATED
    assert [reason.value for reason in version.refused] == ["stated"]
    pair = [str(samples / "obama1.jpg"), str(samples / "biden.jpg"), "--device", "cpu", "--model", version.id]
    assert main(["compare", *pair]) == 0
    assert "Calibration as stated by the file" in capsys.readouterr().out
    assert main(["compare", *pair, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["calibration"]["stated"]
    assert "Calibration as stated by the file" in answer["words"]["rarity"]


def test_a_folder_put_beside_the_versions_is_examined_before_it_is_used(
    versions: VersionStore, finished_version: Path, data: Path
) -> None:
    folder = Path(shutil.copytree(finished_version, data / "models" / finished_version.name))
    (folder / "serving.xml").write_bytes(b"<net/>")
    (folder / "serving.bin").unlink()
    (listed, _original) = versions.list()
    assert (listed.origin, listed.damaged, listed.refused) == (Origin.UNKNOWN, "", ())
    version = versions.activate(listed.id)
    assert (version.origin, version.active) == (Origin.MEASURED, True)
    assert open_engine("cpu").engine.info.encoder_id == version.id
    assert leftovers() == []


@pytest.mark.parametrize("wrong", ["a link", "a name", "a folder elsewhere"])
def test_a_folder_that_leads_elsewhere_is_not_followed(
    versions: VersionStore, finished_version: Path, data: Path, wrong: str
) -> None:
    folder = Path(shutil.copytree(finished_version, data / "models" / finished_version.name))
    if wrong == "a link":
        (folder / "weights.safetensors").unlink()
        (folder / "weights.safetensors").symlink_to(finished_version / "weights.safetensors")
    elif wrong == "a name":
        folder = folder.rename(folder.parent / "other-00000000")
    else:
        shutil.rmtree(folder)
        folder.symlink_to(finished_version)
        assert [version.id for version in versions.list()] == ["original"]
        return
    if wrong == "a name":
        assert versions.list()[0].damaged
        return
    with pytest.raises(VersionFileWrong, match=r"weights\.safetensors: cannot be read"):
        versions.examine(folder.name)


def test_another_encoder_under_the_same_name_is_refused(
    versions: VersionStore, adopted: Version, content: Content, tmp_path: Path
) -> None:
    before = versions.list()
    with pytest.raises(VersionIdTaken, match=r"“foreign\.siamgui” is refused: it calls itself “Poor camera”"):
        versions.import_(file_of(content, tmp_path, _ruined_head))
    assert versions.list() == before


def test_an_import_that_is_stopped_leaves_nothing(versions: VersionStore, content: Content, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        versions.import_(file_of(content, tmp_path, foreign), stop=stop)
    assert [version.id for version in versions.list()] == ["original"]
    assert leftovers() == []


def test_a_signed_file_says_by_whom_and_a_changed_one_is_refused(
    versions: VersionStore, adopted: Version, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_oneself(data, "Ann Lee")
    file = tmp_path / "signed.siamgui"
    versions.export(adopted.id, file, sign=True)
    elsewhere = VersionStore(tmp_path / "elsewhere")
    parts = stored_zip.read(file.read_bytes(), LIMITS)
    assert sorted(parts) == ["calibration.json", "manifest.json", "signature.json", "weights.safetensors"]
    changed = tmp_path / "changed.siamgui"
    for part, was, now in (("manifest.json", b"Poor camera", b"Rich camera"), ("signature.json", b"Ann", b"Eve")):
        changed.write_bytes(stored_zip.write(parts | {part: parts[part].replace(was, now)}))
        with pytest.raises(VersionSignatureWrong):
            elsewhere.import_(changed)
    first = elsewhere.import_(file)
    assert first.version.origin is Origin.MEASURED
    assert "Signed by “Ann Lee” (key " in first.signed.words
    assert "who is new here" in first.signed.words
    again = elsewhere.import_(file)
    assert again.here
    assert "known since" in again.signed.words
    assert main(["models", "import", str(file)]) == 0  # by whoever signed it
    assert "You signed it yourself." in capsys.readouterr().out
