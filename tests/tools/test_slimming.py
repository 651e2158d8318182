"""What is taken out of a frozen program, tried on libraries that are made here."""

from __future__ import annotations

import ctypes
import platform
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from tools.installers import icu, plan, slimming

pytestmark = pytest.mark.skipif(
    platform.system() != "Linux" or platform.machine() not in slimming.JUMP or not shutil.which("as"),
    reason="binutils, on Linux",
)

LINK = ("ld", "-shared", "-rpath", "$ORIGIN/a.libs:$ORIGIN/b.libs:$ORIGIN")


def library(path: Path, text: str, *others: Path) -> Path:
    """A library of a few functions, in assembly; it names others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_suffix(".o")
    subprocess.run(["as", "-o", made, "-"], check=True, input=text, text=True)
    subprocess.run([*LINK, "-soname", path.name, "-o", path, made, *others], check=True)
    made.unlink()
    return path


def answering(**answers: int) -> str:
    """Functions that return a number."""
    returns = {"x86_64": "movl ${}, %eax\n ret", "aarch64": "mov w0, #{}\n ret"}[platform.machine()]
    parts = [f".globl {name}\n.type {name}, %function\n{name}: {returns.format(n)}" for name, n in answers.items()]
    return "\n".join(parts) + "\n"


def calling(*names: str) -> str:
    """A function for each, that calls it."""
    jump = slimming.JUMP[platform.machine()]
    parts = [
        f".globl call_{name}\n.type call_{name}, %function\ncall_{name}: {jump.format(name=name)}" for name in names
    ]
    return "\n".join(parts) + "\n"


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program whose user.so names four libraries; two wheels bring one of them each, and one is brought twice."""
    inside = tmp_path / "_internal"
    encoder = library(inside / "a.libs/libencoder-1.so", answering(encode=7, unused=8))
    reader = library(
        inside / "b.libs/libreader-1.so", answering(scan_it=1), library(inside / "b.libs/libonly.so", answering(x=1))
    )
    library(inside / "a.libs/libreader-2.so", answering(scan_it=2, more=3))
    algebra = library(inside / "b.libs/libblas-1.so", answering(solve=4))
    library(inside / "a.libs/libprefixed.so", answering(my_solve=5))
    library(inside / "user.so", calling("encode", "scan_it", "solve"), encoder, reader, algebra)
    (inside / "libreader-1.so").symlink_to("b.libs/libreader-1.so")
    (inside / "libonly.so").symlink_to("b.libs/libonly.so")
    shutil.copy(inside / "a.libs/libreader-2.so", inside / "b.libs/libreader-2.so")
    library(inside / "other.so", calling("more"), inside / "b.libs/libreader-2.so")
    monkeypatch.setattr(plan, "NEVER_CALLED", ("a.libs/libencoder-*",))
    monkeypatch.setattr(plan, "FORWARDED", {"b.libs/libblas-*": ("a.libs/libprefixed*", "my_")})
    monkeypatch.setattr(plan, "SAME_LIBRARIES", {"b.libs/libreader-1*": "a.libs/libreader-*"})
    monkeypatch.setattr(plan, "ICU", "libicudata.so")
    data = package({"icudt1l/coll/zh.res": b"z" * 40, "icudt1l/zone/zh.res": b"t" * 40})
    body = f'.section .rodata\n.globl icudt1_dat\n.type icudt1_dat, %object\nicudt1_dat: .ascii "{escaped(data)}"\n'
    library(inside / "libicudata.so", body + f".size icudt1_dat, {len(data)}\n")
    return tmp_path


def escaped(data: bytes) -> str:
    return "".join(f"\\{byte:03o}" for byte in data)


def package(items: dict[str, bytes]) -> bytes:
    """In the form of ICU's common data."""
    head = struct.pack("<H2s", 32, b"\xda\x27") + struct.pack("<HH4B", 20, 0, 0, 0, 2, 0) + b"CmnD" + bytes(8)
    at, contents, texts, data = 4 + 8 * len(items), b"", b"", b""
    behind = -(-(at + sum(len(name) + 1 for name in items)) // 16) * 16
    for name, item in items.items():
        contents += struct.pack("<II", at + len(texts), behind + len(data))
        texts += name.encode() + b"\0"
        data += item.ljust(-(-len(item) // 16) * 16, b"\0")
    return head.ljust(32, b"\0") + (struct.pack("<I", len(items)) + contents + texts).ljust(behind, b"\0") + data


def test_each_function_is_that_of_the_library_that_stands_in(program: Path) -> None:
    inside = program / "_internal"
    slimming.slim(program)
    slimming.strip(program)
    left = {str(path.relative_to(inside)) for path in inside.rglob("*") if path.is_file() and not path.is_symlink()}
    assert left == {
        "a.libs/libencoder-1.so",
        "a.libs/libprefixed.so",
        "a.libs/libreader-2.so",
        "b.libs/libblas-1.so",
        "libicudata.so",
        "other.so",
        "user.so",
    }
    assert not (inside / "libonly.so").is_symlink()  # what nothing names any more is gone, and what led to it
    for place in ("a.libs/libencoder-1.so", "a.libs/libprefixed.so", "b.libs/libblas-1.so", "b.libs/libreader-1.so"):
        ctypes.CDLL(str(inside / place), mode=ctypes.RTLD_GLOBAL)
    user = ctypes.CDLL(str(inside / "user.so"))
    assert (user.call_encode(), user.call_scan_it(), user.call_solve()) == (0, 2, 5)
    assert slimming.defined(inside / "a.libs/libencoder-1.so") >= {"encode"}
    assert "unused" not in slimming.defined(inside / "a.libs/libencoder-1.so")


def test_what_lacks_a_symbol_does_not_stand_in(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "FORWARDED", {"b.libs/libblas-*": ("a.libs/libprefixed*", "your_")})
    with pytest.raises(slimming.Unlike, match=r"libprefixed\.so has no your_solve"):
        slimming.slim(program)


def test_of_icu_the_folders_that_qt_asks_for_are_kept() -> None:
    kept = {"icudt1l/coll/zh.res": b"z" * 40, "icudt1l/root.res": b"r" * 3}
    held = package({"icudt1l/coll/zh.res": b"z" * 40, "icudt1l/curr/zh.res": b"c" * 9, "icudt1l/root.res": b"r" * 3})
    assert icu.trimmed(b"\x7fELF" + held) == package(kept)
    with pytest.raises(ValueError, match="no package"):
        icu.trimmed(b"\x7fELF" + bytes(100))
