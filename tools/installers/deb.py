"""Packages of Debian and its relatives: the program, and the training part as one of its own that needs no network."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from tools import setup
from tools.installers import slimming
from tools.installers.trees import files_below, same_times, size

NAME, TRAINING = "siamgui", "siamgui-training"
PLACE = Path("usr/lib/siamgui")
MAINTAINER = "siamgui contributors <siamgui@example.invalid>"

LIBRARIES = {
    **setup.SYSTEM_LIBRARIES,
    "libbrotlidec.so.1": "libbrotli1",
    "libcups.so.2": "libcups2",
    "libdrm.so.2": "libdrm2",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libstdc++.so.6": "libstdc++6",
    "libgcc_s.so.1": "libgcc-s1",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libX11.so.6": "libx11-6",
    "libXau.so.6": "libxau6",
    "libXext.so.6": "libxext6",
    "libxcb.so.1": "libxcb1",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libfreetype.so.6": "libfreetype6",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
"""Which package of Debian has a library that is not in the program."""
OF_C = re.compile(r"(ld-linux.*|lib(c|m|dl|rt|pthread|util|resolv|nsl|anl)\.so\.[0-9]+)$")
RENAMED = {name: f"{name} | {name}t64" for name in ("libcups2", "libglib2.0-0")}
"""What later releases call otherwise."""

LEFT = """#!/bin/sh
# Nothing that siamgui keeps is removed with it.
set -e
if [ "$1" = remove ] || [ "$1" = purge ]; then
    echo "What siamgui keeps was not touched. It lies in ~/.local/share/siamgui of whoever used it."
fi
"""
OTHERS = """What it holds beside siamgui, under which licences, and where the sources are:
/usr/lib/siamgui/licences/NOTICE.txt and the folders beside it.
"""
ABOUT = """Are these two faces the same person?
 Drop two photos, or show a face to the camera: siamgui says whether they show
 the same person, how rare such a likeness is among strangers, and when it
 can't tell. Everything happens on this computer: siamgui uses no network.
"""
ABOUT_TRAINING = """training of siamgui, with PyTorch for the processor
 With it siamgui learns from pairs that its user labels. It needs nothing else,
 and no network.
"""


def program_package(into: Path, program: Path, version: str, epoch: int, work: Path) -> Path:
    """Raises subprocess.CalledProcessError, UnknownLibrary."""
    root = work / NAME
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(program, root / PLACE, symlinks=True)
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/siamgui").symlink_to("../lib/siamgui/siamgui")
    desktop_files(program, root / "usr")
    _compress(root / "usr/share/man/man1/siamgui.1")
    shell = root / "usr/share/zsh"
    (shell / "site-functions").rename(shell / "vendor-completions")  # where Debian's zsh looks
    fields = {"Depends": ", ".join(depends(root / PLACE)), "Recommends": "fonts-dejavu-core | fonts-noto-core"}
    fields |= {"Suggests": f"{TRAINING} (= {version})"}
    return _packed(into, root, NAME, version, epoch, fields, ABOUT, {"postrm": LEFT})


def training_package(into: Path, part: Path, version: str, epoch: int, work: Path) -> Path:
    """part: the folder that freezing.training_part() made. Raises subprocess.CalledProcessError."""
    root = work / TRAINING
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(part, root / PLACE / part.name, symlinks=True)
    fields = {"Depends": f"{NAME} (= {version})"}
    return _packed(into, root, TRAINING, version, epoch, fields, ABOUT_TRAINING, {})


def desktop_files(program: Path, prefix: Path) -> None:
    """Desktop entry, icons, description, manual and completions, as `siamgui desktop` of that very program has them."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "COLUMNS": "80"}
    command = [program / "siamgui", "--language", "en", "desktop", "install", "--into", prefix]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    for cache in (prefix / "share").rglob("*cache"):  # an installation keeps its own
        cache.unlink()


class UnknownLibrary(Exception):
    """Of the system, and no package is known to have it."""


def depends(program: Path) -> list[str]:
    """The packages that have what the program loads from the system. Raises UnknownLibrary."""
    wanted, newest = needed(program)
    packages = {f"libc6 (>= {newest})"}
    for library in wanted:
        if not OF_C.match(library):
            if library not in LIBRARIES:
                raise UnknownLibrary(library)
            packages.add(RENAMED.get(LIBRARIES[library], LIBRARIES[library]))
    return sorted(packages)


def needed(program: Path) -> tuple[list[str], str]:
    """(libraries that are not in the program, the newest version of the C library that anything in it asks for)."""
    have, newest = {path.name for path in files_below(program)}, (2, 0)
    wanted = set[str]().union(*slimming.needed(program).values())
    told = slimming.said("objdump", "-p", *slimming.elf_files(program))
    for found in re.findall(r" GLIBC_([0-9.]+)$", told, re.MULTILINE):
        newest = max(newest, tuple(map(int, found.split(".")))[:2])
    return sorted(wanted - have), ".".join(map(str, newest))


def _packed(
    into: Path,
    root: Path,
    name: str,
    version: str,
    epoch: int,
    fields: dict[str, str],
    about: str,
    scripts: dict[str, str],
) -> Path:
    _documents(root / "usr/share/doc" / name)
    listed = [path for path in files_below(root) if not path.is_symlink()]
    sums = "".join(f"{_md5(path)}  {path.relative_to(root).as_posix()}\n" for path in listed)
    control = {
        "Package": name,
        "Version": version,
        "Architecture": slimming.said("dpkg", "--print-architecture").strip(),
        "Maintainer": MAINTAINER,
        "Installed-Size": str(-(-size(root) // 1024)),
        **fields,
        "Section": "graphics",
        "Priority": "optional",
        "Description": about.rstrip("\n"),
    }
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN/control").write_text("".join(f"{key}: {value}\n" for key, value in control.items()))
    (root / "DEBIAN/md5sums").write_text(sums)
    for script, text in scripts.items():
        (root / "DEBIAN" / script).write_text(text)
        (root / "DEBIAN" / script).chmod(0o755)
    same_times(root, epoch)
    package = into / f"{name}_{version}_{control['Architecture']}.deb"
    command = ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z12", "--threads-max=2", "--build", root, package]
    subprocess.run(command, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}, stdout=subprocess.DEVNULL)
    return package


def _documents(folder: Path) -> None:
    """What Debian wants of every package: whose it is, and what has changed."""
    folder.mkdir(parents=True)
    licence = (setup.ROOT / "LICENSE").read_text(encoding="utf-8")
    (folder / "copyright").write_text(f"{licence}\n{OTHERS}")
    shutil.copy(setup.ROOT / "CHANGELOG.md", folder / "changelog")
    _compress(folder / "changelog")


def _compress(path: Path) -> None:
    """As gzip -9n does: without a name or a time."""
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
    path.unlink()


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
