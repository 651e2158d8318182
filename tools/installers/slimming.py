"""What comes twice, or only to make videos, taken out of the frozen program. On Linux, by binutils.

Wheels bring all that they might use: FFmpeg is in OpenCV's and in PyAV's, OpenBLAS in three, encoders in those that
siamgui only decodes with. Whatever else needs a library that goes finds another one under its name: the same library of
another wheel (plan.SAME_LIBRARIES), or one that is made here, whose functions call those of another (plan.FORWARDED) or
do nothing and return 0 (plan.NEVER_CALLED). That every symbol asked for is there is looked at, not hoped for.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import struct
import subprocess
from pathlib import Path

from tools.installers import icu, plan
from tools.installers.trees import files_below

RETURN_ZERO = {"x86_64": "xorl %eax, %eax\n ret", "aarch64": "mov x0, #0\n ret"}
JUMP = {
    "x86_64": "jmp *{name}@GOTPCREL(%rip)",
    "aarch64": "adrp x16, :got:{name}\n ldr x16, [x16, :got_lo12:{name}]\n br x16",
}
"""Arguments, on the stack too, stay where they are."""
PT_LOAD = 1


class Unlike(Exception):
    """A library that was to stand in for another lacks symbols of it."""


def slim(program: Path) -> None:
    """program: the folder that PyInstaller made; changed in place. Raises Unlike, ValueError,
    subprocess.CalledProcessError."""
    libraries = (program / "_internal").resolve()
    by = needed(libraries)
    for pattern in plan.NEVER_CALLED:
        gone = _one(libraries, pattern)
        _replace(gone, asked_of(gone, by))
    for pattern, (other, prefix) in plan.FORWARDED.items():
        gone = _one(libraries, pattern)
        _replace(gone, asked_of(gone, by), _one(libraries, other), prefix)
    for pattern, other in plan.SAME_LIBRARIES.items():
        gone, stays = _one(libraries, pattern), _one(libraries, other)
        if lacking := asked_of(gone, by) - defined(stays):
            raise Unlike(f"{stays.name} has no {', '.join(sorted(lacking))}")
        _link(gone, stays)
    icu.trim(_one(libraries, plan.ICU))
    _join_equal(libraries)
    _remove_unneeded(libraries)
    for path in libraries.iterdir():
        if path.is_symlink() and not path.exists():
            path.unlink()


def strip(folder: Path) -> None:
    """Take out of every library what only a debugger reads.

    Some of those that another tool has changed after linking (auditwheel) can no longer be loaded when strip has been
    at them; they stay as they were.
    """
    for path in elf_files(folder):
        if ".so" in path.name:  # the program itself holds its modules
            part = path.with_name(path.name + ".stripped")
            subprocess.run(["strip", "--strip-unneeded", "-o", part, path], check=True)
            if loadable(part):
                part.chmod(path.stat().st_mode)
                part.replace(path)
            else:
                part.unlink()


def loadable(library: Path) -> bool:
    """Whether each segment of an ELF of 64 bits lies in the file as in memory, in pages: what the loader insists on."""
    head = library.read_bytes()[:8192]
    (table,), (size, number) = struct.unpack_from("<Q", head, 32), struct.unpack_from("<HH", head, 54)
    segments = [struct.unpack_from("<II6Q", head, table + size * index) for index in range(number)]
    loaded = [(offset - address) % align for kind, _, offset, address, _, _, _, align in segments if kind == PT_LOAD]
    return bool(loaded) and not any(loaded)


def elf_files(folder: Path) -> list[Path]:
    return [path for path in files_below(folder) if not path.is_symlink() and is_elf(path)]


def is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def needed(folder: Path) -> dict[Path, set[str]]:
    """The libraries that each below a folder names."""
    found, now = dict[Path, set[str]](), set[str]()
    for line in said("objdump", "-p", *elf_files(folder)).splitlines():
        if named := re.match(r"(/.+): +file format ", line):
            now = found.setdefault(Path(named[1]), set())
        elif one := re.match(r" +NEEDED +(\S+)$", line):
            now.add(one[1])
    return found


def defined(library: Path) -> set[str]:
    """Its symbols, without versions."""
    lines = said("nm", "-D", "--defined-only", library).splitlines()
    return {line.split()[2].partition("@")[0] for line in lines}


def asked_of(library: Path, by: dict[Path, set[str]]) -> set[str]:
    """The symbols of a library that those which name it ask for. by: of needed()."""
    asked = set[str]()
    for path, libraries in by.items():
        if library.name in libraries:
            lines = said("nm", "-D", "--undefined-only", path).splitlines()
            asked |= {line.split()[-1].partition("@")[0] for line in lines}
    return asked & defined(library)


def assembly(names: dict[str, int], prefix: str, machine: str) -> str:
    """names: of each symbol its size where it is data, else 0. prefix: of what is called instead, "" of nothing."""
    lines = ['.section .note.GNU-stack,"",@progbits']
    for name, size in sorted(names.items()):
        kind = "object" if size else "function"
        lines += [f".globl {name}", f".type {name}, @{kind}" if machine == "x86_64" else f".type {name}, %{kind}"]
        if size:
            lines += [".data", ".balign 32", f"{name}: .zero {size}", f".size {name}, {size}"]
        else:
            does = JUMP[machine].format(name=prefix + name) if prefix else RETURN_ZERO[machine]
            lines += [".text", f"{name}: {does}"]
    return "\n".join(lines) + "\n"


def _replace(library: Path, asked: set[str], other: Path | None = None, prefix: str = "") -> None:
    """Put a library in the place of one that has the symbols that are asked of it, and no more."""
    machine = platform.machine()
    if other is not None and (lacking := {prefix + name for name in asked} - defined(other)):
        raise Unlike(f"{other.name} has no {', '.join(sorted(lacking))}")
    names = {name: size for name, size in _data(library).items() if name in asked}
    text = assembly(dict.fromkeys(asked, 0) | names, prefix, machine)
    made, source = library.with_suffix(".o"), library.with_suffix(".s")
    source.write_text(text)
    subprocess.run(["as", "-o", made, source], check=True)
    command = ["ld", "-shared", "--build-id=none", "-soname", library.name, "-o", library, made]
    if other is not None:
        command += ["-rpath", f"$ORIGIN/{os.path.relpath(other.parent, library.parent)}", other]
    library.unlink()
    subprocess.run(command, check=True)
    made.unlink()
    source.unlink()


def _data(library: Path) -> dict[str, int]:
    """The bytes of each symbol that is no function."""
    lines = said("nm", "-D", "-S", "--defined-only", library).splitlines()
    parts = [line.split() for line in lines]
    return {part[3].partition("@")[0]: int(part[1], 16) for part in parts if len(part) == 4 and part[2] in "BDRV"}


def _one(libraries: Path, pattern: str) -> Path:
    """Raises Unlike."""
    found = [path for path in libraries.glob(pattern) if not path.is_symlink()]
    if len(found) != 1:
        raise Unlike(f"{len(found)} files are called {pattern}")
    return found[0]


def _link(gone: Path, stays: Path) -> None:
    gone.unlink()
    gone.symlink_to(os.path.relpath(stays, gone.parent))


def _join_equal(libraries: Path) -> None:
    """Libraries that several wheels bring in the same bytes."""
    first = dict[str, Path]()
    for path in files_below(libraries):
        if not path.is_symlink() and path.parent.name.endswith(".libs"):
            stays = first.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path)
            if stays is not path:
                _link(path, stays)


def _remove_unneeded(libraries: Path) -> None:
    """Libraries of wheels that nothing names any more."""
    while True:
        named = set[str]().union(*needed(libraries).values())
        found = [path for folder in libraries.glob("*.libs") for path in folder.iterdir() if path.name not in named]
        if not found:
            return
        for path in found:
            path.unlink()


def said(*command: object) -> str:
    return subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True).stdout
