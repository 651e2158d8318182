"""Model versions on the disk: whatever happens while they are changed, the active one stays active and whole."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from siamgui.cli import main
from siamgui.core.manifest import bundled_encoder, verify
from siamgui.storage.tidying import tidied
from siamgui.versions.active_engine import open_engine
from siamgui.versions.errors import (
    GateRefuses,
    NameUnusable,
    NothingToRollBackTo,
    OriginalStays,
    VersionActive,
    VersionAmbiguous,
    VersionDamaged,
    VersionStays,
    VersionUnknown,
)
from siamgui.versions.version_store import Version, VersionStore
from tests.builders.stuck_files import stuck
from tests.builders.versions import leftovers, result


def test_without_versions_the_original_is_active(versions: VersionStore, data: Path) -> None:
    (only,) = versions.list()
    assert (only.id, only.active, only.bundled) == ("original", True, True)
    assert versions.active() == only
    assert open_engine("cpu").engine.info.encoder == bundled_encoder().key
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
    assert open_engine("cpu", "original").engine.info.encoder_name == bundled_encoder().name
    assert open_engine("cpu", "poor camera").engine.info.encoder_id == version.id
    assert versions.roll_back().bundled
    assert open_engine("cpu").engine.info.encoder_name == bundled_encoder().name
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


def test_a_version_whose_files_cannot_be_removed_is_gone_and_says_so(versions: VersionStore, adopted: Version) -> None:
    with stuck("weights.safetensors"), pytest.raises(VersionStays, match="“Poor camera” is no model version any more"):
        versions.delete(adopted.id)
    assert [version.id for version in versions.list()] == ["original"]
    assert leftovers() != []
    tidied()
    assert leftovers() == []


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
    verify(active.model)


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
    assert opened.engine.info.encoder == bundled_encoder().key
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
    for repair in (lambda: versions.import_(file).version, lambda: versions.adopt(result(finished_version, tmp_path))):
        (data / "models" / adopted.id / name).write_bytes(b"cut off")
        assert versions.trouble() is not None
        repaired = repair()
        assert (repaired.damaged, repaired.active, repaired.name) == ("", True, adopted.name)
        assert open_engine("cpu").notice is None
    assert leftovers() == []
