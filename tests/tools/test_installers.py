"""What makes the installers: what goes in, what it says of itself, and that the same comes out twice."""

from __future__ import annotations

import ast
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from siamgui import __version__
from tests.builders.command_line import Capture
from tests.conftest import ROOT
from tools import setup
from tools.installers import appimage, archives, deb, entry, freezing, plan, windows
from tools.installers.trees import files_below, same_times, size

OF_TRAINING = {"torch", "pytorch_metric_learning", "distributed", "dask", "pyarrow"}
"""Imported where training or a cluster is asked for, and not frozen."""


def imported() -> Iterator[str]:
    """Every module that a file of siamgui names in an import."""
    for path in (ROOT / "siamgui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                yield from (each.name for each in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module


def test_nothing_that_siamgui_imports_is_left_out() -> None:
    left_out = {
        name
        for name in set(imported())
        if any(name == each or name.startswith(f"{each}.") for each in plan.FROZEN_WITHOUT)
        and name.split(".")[0] not in OF_TRAINING
    }
    assert left_out == set()


def test_every_module_of_siamgui_is_frozen_those_too_that_run_apart() -> None:
    modules = plan.modules_of(ROOT / "siamgui")
    assert {"siamgui", "siamgui.cli", "siamgui.finetuning.__main__", "siamgui.commands.desktop"} <= set(modules)
    assert len(modules) == len(set(modules)) == len(list((ROOT / "siamgui").rglob("*.py")))


def test_the_training_part_finds_the_standard_library() -> None:
    names = set(plan.standard_library())
    assert {"timeit", "unittest.mock", "asyncio.events", "multiprocessing.reduction", "cmath", "tarfile"} <= names
    assert not {name for name in names if name.split(".")[0] in plan.STANDARD_LIBRARY_WITHOUT}


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("openvino/libs/libopenvino_ir_frontend.so.2641", True),
        ("openvino/libs/libopenvino_intel_cpu_plugin.so", True),
        ("openvino\\libs\\openvino_ir_frontend.dll", True),
        ("openvino/libs/libopenvino_onnx_frontend.so.2641", True),
        ("openvino/libs/libopenvino_tensorflow_frontend.so.2641", False),
        ("openvino\\libs\\openvino_intel_gpu_plugin.dll", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqwayland.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/Qt/plugins/imageformats/libqsvg.so", True),
        ("PySide6/Qt/plugins/platforms/libqvnc.so", False),
        ("PySide6/Qt/translations/qt_zh_CN.qm", False),
        ("siamgui/bundle/models/cohort/manifest.json", True),
        ("siamgui/bundle/resources/samples/obama1.jpg", True),
        ("scipy/stats/tests/data/nist.dat", False),
    ],
)
def test_what_is_taken(place: str, wanted: bool) -> None:
    assert plan.is_wanted(place) is wanted


def test_what_siamgui_brings_along_is_all_taken() -> None:
    places = [
        f"siamgui/bundle/{path.relative_to(ROOT)}"
        for name in ("models", "resources")
        for path in files_below(ROOT / name)
        if path.suffix != ".map"  # for those who look for faults in scripts
    ]
    assert [place for place in places if not plan.is_wanted(place)] == []


def test_the_tools_are_locked_and_there_is_one_qt() -> None:
    packages = setup.locked(ROOT / setup.LOCKS["package"])
    assert {"pyinstaller", "shiv", "opencv-python-headless", setup.REPLACED["package"]} <= set(packages)
    assert set(archives.TOOLS) <= set(setup.locked(ROOT / "requirements.lock"))


def test_an_installed_siamgui_begins_with_the_command_line_or_with_a_module_of_its_own(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "argv", ["siamgui", "--version"])
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/usr/lib/mine")
    assert entry.main() == 0
    assert capsys.readouterr().out == f"siamgui {__version__}\n"
    assert (os.environ["LD_LIBRARY_PATH"], "LD_LIBRARY_PATH_ORIG" in os.environ) == ("/usr/lib/mine", False)
    monkeypatch.setattr(sys, "argv", ["siamgui", "-P", "-m", "json.tool"])
    assert entry.main() == 2  # no module of siamgui: the command line refuses it
    done = subprocess.run(
        [sys.executable, entry.__file__, "-P", "-m", "siamgui.versions.intake"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
    )
    assert done.returncode == 2


def test_the_training_part_is_compiled_without_what_is_never_loaded(tmp_path: Path) -> None:
    for place in ("torch/nn/linear.py", "torch/test/test_all.py", "torch/include/a.h", "tqdm/std.py", "numpy/core.py"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("x = 1\n")
    taken = [path.as_posix() for path in freezing.training_files(tmp_path)]
    assert taken == ["torch/nn/linear.py", "tqdm/std.py"]


def test_whose_each_part_is_goes_with_it(tmp_path: Path) -> None:
    for place, text in {
        "av-18.1.0.dist-info/licenses/LICENSE.txt": "of PyAV",
        "av-18.1.0.dist-info/RECORD": "no licence",
        "jaraco.classes-3.4.0.dist-info/LICENSE": "of jaraco",
        "setuptools-84.0.dist-info/licenses/LICENSE": "not handed on",
        "cv2/LICENSE-3RD-PARTY.txt": "of what is in OpenCV",
    }.items():
        path = tmp_path / "packages" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for record in (tmp_path / "packages").glob("*.dist-info"):
        version = record.stem.partition("-")[2]
        (record / "METADATA").write_text(f"Name: {record.name}\nVersion: {version}\n")
    freezing.licences(tmp_path / "packages", tmp_path / "licences")
    assert {path.relative_to(tmp_path / "licences").as_posix() for path in files_below(tmp_path / "licences")} == {
        "GPL-3.txt",
        "LGPL-3.txt",
        "LICENSE",
        "NOTICE.txt",
        "av/LICENSE.txt",
        "jaraco_classes/LICENSE",
        "opencv_python_headless/LICENSE-3RD-PARTY.txt",
    }
    notice = (tmp_path / "licences" / "NOTICE.txt").read_text()
    assert "PyAV/tree/v18.1.0" in notice
    assert "{" not in notice


# -- Debian ----------------------------------------------------------------------------------------------------------

debian = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="for Debian")


@debian
def test_a_package_says_what_it_is_and_comes_out_the_same_twice(tmp_path: Path) -> None:
    packages = []
    for name in ("one", "two"):
        work = tmp_path / name
        part = work / "training"
        (part / "torch").mkdir(parents=True)
        (part / "torch" / "__init__.pyc").write_bytes(b"compiled" * 500)
        (part / "torch" / "latest").symlink_to("__init__.pyc")
        packages.append(deb.training_package(work, part, "0.1.0", 1_700_000_000, work))
    assert packages[0].read_bytes() == packages[1].read_bytes()
    told = subprocess.run(["dpkg-deb", "--info", packages[0]], check=True, stdout=subprocess.PIPE, text=True).stdout
    assert " Package: siamgui-training\n" in told
    assert " Depends: siamgui (= 0.1.0)\n" in told
    listed = subprocess.run(["dpkg-deb", "-c", packages[0]], check=True, stdout=subprocess.PIPE, text=True).stdout
    assert "./usr/lib/siamgui/training/torch/__init__.pyc\n" in listed
    assert "./usr/share/doc/siamgui-training/copyright\n" in listed
    assert {line.split()[1] for line in listed.splitlines()} == {"root/root"}
    assert {line.split()[3] for line in listed.splitlines()} == {"2023-11-14"}


@debian
@pytest.mark.skipif(shutil.which("objdump") is None, reason="binutils")
def test_what_it_loads_from_the_system_is_what_it_depends_on(tmp_path: Path) -> None:
    """Of a program that is one small library of Qt."""
    from PySide6 import QtSvg

    shutil.copy(QtSvg.__file__, tmp_path)
    wanted, newest = deb.needed(tmp_path)
    assert "libc.so.6" in wanted
    assert newest.startswith("2.")
    with pytest.raises(deb.UnknownLibrary, match="libQt6"):  # which would be in the program
        deb.depends(tmp_path)
    for library in wanted:
        if library not in deb.LIBRARIES and not deb.OF_C.match(library):
            (tmp_path / library).touch()
    packages = deb.depends(tmp_path)
    assert f"libc6 (>= {newest})" in packages
    assert "libstdc++6" in packages


@debian
def test_who_removes_it_is_told_where_the_data_lies(tmp_path: Path) -> None:
    script = tmp_path / "postrm"
    script.write_text(deb.LEFT)
    said = {
        action: subprocess.run(["sh", script, action], check=True, stdout=subprocess.PIPE, text=True).stdout
        for action in ("remove", "purge", "upgrade")
    }
    assert said["remove"] == said["purge"]
    assert "~/.local/share/siamgui" in said["remove"]
    assert said["upgrade"] == ""


# -- the others ------------------------------------------------------------------------------------------------------


def elf(magic: bytes) -> bytes:
    """The head of a program with two sections behind one hundred bytes."""
    head = bytearray(64)
    head[:4], head[8:11] = b"\x7fELF", magic
    struct.pack_into("<Q", head, 40, 164)
    struct.pack_into("<HH", head, 58, 64, 2)
    return bytes(head) + b"c" * 100 + b"s" * 128


def test_the_runtime_is_taken_out_of_an_appimage(tmp_path: Path) -> None:
    runtime = elf(appimage.MAGIC)
    for data in (runtime, runtime + b"hsqs and what it holds"):
        (tmp_path / "given").write_bytes(data)
        assert appimage.runtime_of(tmp_path / "given") == runtime
    for data in (elf(b"\0\0\0"), elf(b"AI\x01"), b"#!/bin/sh\n", b""):
        (tmp_path / "given").write_bytes(data)
        with pytest.raises(appimage.NoRuntime, match="given"):
            appimage.runtime_of(tmp_path / "given")


def test_files_are_of_one_time_and_readable_by_all(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir(mode=0o700)
    (tmp_path / "in" / "run").write_text("#!")
    (tmp_path / "in" / "run").chmod(0o700)
    (tmp_path / "in" / "read").write_text("data")
    (tmp_path / "in" / "read").chmod(0o600)
    (tmp_path / "in" / "link").symlink_to("read")
    same_times(tmp_path, 1_000_000)
    stats = {path.name: path.lstat() for path in tmp_path.rglob("*")}
    assert {stat.st_mtime for stat in stats.values()} == {1_000_000}
    assert {name: oct(stats[name].st_mode)[-3:] for name in ("in", "run", "read")} == {
        "in": "755",
        "run": "755",
        "read": "644",
    }
    assert [path.name for path in files_below(tmp_path)] == ["link", "read", "run"]
    assert size(tmp_path) == 4 + 2 + 4


def test_the_recipe_for_windows_is_whole() -> None:
    root = ElementTree.fromstring(windows.SOURCE.read_bytes())
    space = {"wix": root.tag[1:].split("}")[0]}
    package = root.find("wix:Package", space)
    assert package is not None
    assert package.get("Version") == "$(Version)"
    assert package.find("wix:MajorUpgrade", space) is not None
    ids = [each.get("Id") for each in root.iter() if each.tag.endswith(("Component", "Feature", "Directory"))]
    assert len(ids) == len(set(ids))


def test_the_version_is_the_one_that_siamgui_says() -> None:
    assert archives.version() == __version__
