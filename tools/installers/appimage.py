"""One file for any Linux: the program and the training part, compressed, behind the runtime of AppImage.

The runtime is not made here: it is that of the AppImage project, or of any AppImage, given as a file.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from pathlib import Path

from tools.installers.deb import desktop_files
from tools.installers.trees import same_times

MAGIC = b"AI\x02"
"""At the eighth byte of a runtime of type 2."""
START = """#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/usr/lib/siamgui/siamgui" "$@"
"""


class NoRuntime(Exception):
    """Without one there is no AppImage."""


def folder(program: Path, part: Path, epoch: int, work: Path) -> Path:
    """The AppDir."""
    root = work / "siamgui.AppDir"
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(program, root / "usr/lib/siamgui", symlinks=True)
    shutil.copytree(part, root / "usr/lib/siamgui" / part.name, symlinks=True)
    desktop_files(program, root / "usr")
    (root / "AppRun").write_text(START)
    (root / "AppRun").chmod(0o755)
    (root / "siamgui.desktop").symlink_to("usr/share/applications/siamgui.desktop")
    for name in ("siamgui.png", ".DirIcon"):
        (root / name).symlink_to("usr/share/icons/hicolor/256x256/apps/siamgui.png")
    same_times(root, epoch)
    return root


def image(root: Path, runtime: bytes, epoch: int, work: Path) -> Path:
    """The folder as a squashfs that this runtime reads: zstd, or gzip of those before it."""
    packed = work / "siamgui.squashfs"
    packed.unlink(missing_ok=True)
    how = ["-comp", "zstd", "-Xcompression-level", "12"] if b"zstd" in runtime else ["-comp", "gzip"]
    # By one processor and of one time the same bytes come out.
    command = ["mksquashfs", root, packed, *how, "-b", "256K", "-root-owned", "-noappend", "-no-xattrs", "-quiet"]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}
    subprocess.run([*command, "-no-progress", "-reproducible"], check=True, env=environment)
    return packed


def joined(into: Path, packed: Path, runtime: bytes, version: str, machine: str) -> Path:
    made = into / f"siamgui-{version}-{machine}.AppImage"
    made.write_bytes(runtime + packed.read_bytes())
    made.chmod(0o755)
    return made


def runtime_of(file: Path) -> bytes:
    """The runtime in a file that is one, or that is an AppImage and so begins with one. Raises NoRuntime, OSError."""
    data = file.read_bytes()
    if data[:4] != b"\x7fELF" or data[8:11] != MAGIC:
        raise NoRuntime(f"{file.name} is neither a runtime of AppImage, type 2, nor an AppImage.")
    # ELF, 64 bits: the table of sections is the last that belongs to the program itself.
    start, size, number = struct.unpack_from("<Q", data, 40)[0], *struct.unpack_from("<HH", data, 58)
    return data[: start + size * number]
