"""A version as one file: it travels whole, and whatever is foreign or damaged is refused and changes nothing."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import pickle
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save

from siamgui.cli import main
from siamgui.core.resources import models_folder
from siamgui.versions.errors import (
    VersionFileDamaged,
    VersionFileForeign,
    VersionFilePickle,
    VersionFileTooLarge,
    VersionForOtherEncoder,
)
from siamgui.versions.version_store import Version, VersionStore
from tests.builders.versions import leftovers


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
