"""A version as one file: it travels whole, and whatever is foreign or damaged is refused and changes nothing."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import pickle
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save

from siamgui.cli import main
from siamgui.core.encoders.registry import default_encoder
from siamgui.core.manifest import bundled_encoder
from siamgui.versions.errors import (
    VersionFileDamaged,
    VersionFileForeign,
    VersionFilePickle,
    VersionFileTooLarge,
    VersionFileWrong,
    VersionForOtherEncoder,
)
from siamgui.versions.version_store import Version, VersionStore
from tests.builders.versions import leftovers


def test_a_version_travels_as_one_file(versions: VersionStore, adopted: Version, tmp_path: Path) -> None:
    file = tmp_path / "poor camera.siamgui"
    versions.export(adopted.id, file)
    first = file.read_bytes()
    assert versions.import_(file).version.id == adopted.id  # here already
    versions.delete(adopted.id)
    back = versions.import_(file).version
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


def _named(path: str) -> Change:
    return _set(calibration={"file": path, "sha256": hashlib.sha256(b"").hexdigest()})


def _set(**values: Any) -> Change:
    return lambda _content, manifest: manifest.update(values)


def _card(**values: Any) -> Change:
    return lambda _content, manifest: manifest["card"].update(values)


def _calibration(**values: Any) -> Change:
    def changed(content: dict[str, bytes]) -> bytes:
        return json.dumps(json.loads(content["calibration.json"]) | values).encode()

    return _rehashed("calibration.json", changed)


def _tensors(change: Callable[[dict[str, Any]], None]) -> Change:
    def changed(content: dict[str, bytes]) -> bytes:
        tensors = dict(load(content["weights.safetensors"]))
        change(tensors)
        return save(tensors)

    return _rehashed("weights.safetensors", changed)


def _weights(data: Callable[[bytes], bytes]) -> Change:
    return _rehashed("weights.safetensors", lambda content: data(content["weights.safetensors"]))


def _headed(header: bytes, rest: bytes = b"") -> Change:
    return _weights(lambda _: len(header).to_bytes(8, "little") + header + rest)


SIZE = default_encoder().embedding_size

# What is changed, what is raised, and the place that the sentence names.
BAD_CONTENT: dict[str, tuple[Change, type[Exception], str]] = {
    "a hash does not fit": (_flipped, VersionFileDamaged, "weights.safetensors"),
    "another architecture": (_set(architecture="arcface-r100"), VersionForOtherEncoder, "arcface-r100"),
    "a detector": (_set(role="detector"), VersionForOtherEncoder, ""),
    "no role of ours": (_set(role="program"), VersionFileWrong, "manifest.json, $.role"),
    "weights for another architecture": (_set(architecture=bundled_encoder().id), VersionFileWrong, "head.weight"),
    "one tensor more": (_tensors(lambda t: t.update(x=np.zeros(1, np.float32))), VersionFileWrong, "$.x: is not part"),
    "another kind of number": (
        _tensors(lambda t: t.update({"head.weight": np.zeros((SIZE, SIZE))})),
        VersionFileWrong,
        "dtype",
    ),
    "weights without an end": (_weights(lambda data: data[:-1]), VersionFileWrong, "weights.safetensors, $"),
    "something behind the weights": (_weights(lambda data: data + b"#!"), VersionFileWrong, "more than its tensors"),
    "a header of gigabytes": (_weights(lambda d: (2**40).to_bytes(8, "little") + d), VersionFileWrong, "no header"),
    "a huge tensor": (
        _headed(b'{"x":{"dtype":"F32","shape":[1000000000,1000000000],"data_offsets":[0,4]}}', b"\0" * 4),
        VersionFileWrong,
        "$.x: its place",
    ),
    "metadata": (_headed(b'{"__metadata__":{"a":"b"}}'), VersionFileWrong, "weights.safetensors, $"),
    "a network that answers nothing": (
        _tensors(lambda t: t.update({"head.weight": np.zeros((SIZE, SIZE), np.float32)})),
        VersionFileWrong,
        "give no embeddings",
    ),
    "a calibration that is none": (
        _rehashed("calibration.json", lambda _: b"[1]"),
        VersionFileWrong,
        "calibration.json, $",
    ),
    "a calibration of another": (_calibration(encoder="x 1"), VersionFileWrong, "$.encoder"),
    "distances that cannot be": (_calibration(edges=[0, 9], genuine=[1], impostor=[1]), VersionFileWrong, "$.edges"),
    "a rate of nothing": (_calibration(smallest_fmr=1e-300), VersionFileWrong, "$.fmr_rate"),
    "a ratio of heaven": (
        _calibration(lr_distance=[0, 1], lr_log10=[300, -300]),
        VersionFileWrong,
        "$.lr_log10",
    ),
    "words that steer the terminal": (_calibration(source="\x1b[2J"), VersionFileWrong, "$.source: has control"),
    "an id that is a path": (
        _set(id="../../evil-00000000", version="00000000"),
        VersionFileWrong,
        "manifest.json, $.id",
    ),
    "an id that is no version's": (_set(id="other-00000000"), VersionFileWrong, "manifest.json, $.id"),
    "a name of two lines": (_set(name="a\nb"), VersionFileWrong, "manifest.json, $.name"),
    "a name that turns around": (_set(name="a\u202eb"), VersionFileWrong, "manifest.json, $.name"),
    "a name that is long": (_set(name="a" * 61), VersionFileWrong, "manifest.json, $.name"),
    "a licence that steers the terminal": (_set(licence="\x1b]0;x\x07"), VersionFileWrong, "$.licence"),
    "an unknown field that does": (_set(x={"\x1b[2J": 1}), VersionFileWrong, "$.x (a name)"),
    "a huge number": (_set(x=10**30), VersionFileWrong, "manifest.json, $"),
    "a card that is none": (_set(card=[1]), VersionFileWrong, "manifest.json, $.card"),
    "rates in words": (
        _card(before={"eer": 0.1, "eer_interval": ["low", "high"]}),
        VersionFileWrong,
        "manifest.json, $.card.before.eer_interval",
    ),
    "a rate above 1": (_card(after={"eer": 1.5}), VersionFileWrong, "$.card.after.eer"),
    "a day that is none": (_card(created=["yesterday"]), VersionFileWrong, "$.card.created"),
    "a day in words": (_card(created="yesterday"), VersionFileWrong, "$.card.created"),
    "settings that are a tree": (_card(settings={"a": {"b": 1}}), VersionFileWrong, "$.card.settings"),
    "fewer than no photos": (_card(counts={"photos": -1}), VersionFileWrong, "$.card.counts.photos"),
    "an endless length": (_set(norm_scale=float("inf")), VersionFileWrong, "manifest.json, "),
    "a negative length": (_set(norm_scale=-1), VersionFileWrong, "manifest.json, $.norm_scale"),
    "another energy": (_set(energy="l3"), VersionFileWrong, "manifest.json, $.energy"),
    "no files": (_set(files={}), VersionFileWrong, "manifest.json"),
    "nested": (_set(x=json.loads("[" * 300 + "]" * 300)), VersionFileWrong, "nested"),
    "names a device": (_named("/dev/zero"), VersionFileWrong, "$.calibration.file: has a form that is not allowed"),
    "names what lies above": (_named("../../../notes.txt"), VersionFileWrong, "$.calibration.file"),
    "names a drive": (_named("C:calibration.json"), VersionFileWrong, "$.calibration.file"),
    "a file under another name": (_set(files={"/etc/passwd": {"sha256": "0" * 64}}), VersionFileWrong, "$.files"),
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
    change, error, place = BAD_CONTENT[bad]
    changed, manifest = dict(content), json.loads(content["manifest.json"])
    change(changed, manifest)
    changed["manifest.json"] = json.dumps(manifest).encode()
    file = tmp_path / "bad.siamgui"
    file.write_bytes(archive(changed))
    with nothing_changes(versions), pytest.raises(error, match=r"“bad\.siamgui”") as caught:
        versions.import_(file)
    assert place in str(caught.value)


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
    "one file less": (lambda c: archive({k: c[k] for k in c if k != "weights.safetensors"}), VersionFileForeign),
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


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has neither pipes nor devices among its files")
def test_what_is_no_file_is_said_and_not_waited_for(
    versions: VersionStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe.siamgui")
    for path in (tmp_path / "absent.siamgui", tmp_path, tmp_path / "pipe.siamgui", Path("/dev/zero")):
        assert main(["models", "import", str(path)]) == 2
        assert f"“{path.name}” can’t be read" in capsys.readouterr().err
    assert versions.list()[0].bundled
