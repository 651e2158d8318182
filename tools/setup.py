#!/usr/bin/env python3
"""Sets siamgui up in this checkout and opens it. Needs nothing but Python 3.11 or newer.

python3 tools/setup.py           make .venv, install siamgui and what it needs, each by its hash, open the window
python3 tools/setup.py --test    the same with the developers' tools, then every check and test

Running it again skips what is already there.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts this may have an older one
    sys.exit("siamgui needs Python 3.11 or newer; this is Python %d.%d." % sys.version_info[:2])  # noqa: UP031

import argparse
import ctypes
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import venv
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
REPLACED = {"package": "opencv-python"}
"""What another package of that lock stands for: opencv-python-headless."""

LOCKS = {"": "requirements-docs.lock", "dev": "requirements-dev.lock", "package": "requirements-package.lock"}
CUDA = ("nvidia-", "cuda-", "triton")
"""How packages begin that only some builds of PyTorch need."""

# What Qt and OpenCV load from the system on Linux, and the Debian package that has it.
SYSTEM_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
    ("python", "tools/translations.py", "--check"),
    ("python", "tools/documents.py", "--check"),
)
"""What each needs one processor for: they run beside one another."""
TESTS = ("pytest", "-n", str(min(os.cpu_count() or 1, 8)), "--dist", "worksteal")


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Set siamgui up in this checkout and open it.",
        epilog="Running it again skips what is already there.",
    )
    parser.add_argument("--test", action="store_true", help="install the developers' tools too, and run every check")
    test = parser.parse_args().test
    os.chdir(ROOT)
    try:
        add_system_libraries()
        install("dev" if test else "")
    except subprocess.CalledProcessError as error:
        print(f"\nThis step failed: {shlex.join(map(str, error.cmd))}", file=sys.stderr)
        return 1
    if not test:
        return subprocess.run([PYTHON, "-m", "siamgui"], check=False).returncode
    return check()


def check() -> int:
    """Every check, then every test. Returns the exit status of the first that fails."""
    with ThreadPoolExecutor(len(CHECKS)) as together:
        ended = together.map(
            partial(subprocess.run, stdout=subprocess.PIPE, stderr=subprocess.STDOUT), map(command, CHECKS)
        )
        for line, end in zip(CHECKS, ended, strict=True):
            print(f"\n$ {shlex.join(line)}\n{end.stdout.decode(errors='replace')}", end="", flush=True)
            if end.returncode:
                print(f"\n{line[0]} failed.", file=sys.stderr)
                return end.returncode
    print(f"\n$ {shlex.join(TESTS)}", flush=True)
    if code := subprocess.run(command(TESTS), check=False).returncode:
        print(f"\n{TESTS[0]} failed.", file=sys.stderr)
    return code


def command(line: tuple[str, ...]) -> list[str]:
    """A line whose program is the one in .venv."""
    return [str(BIN / line[0]), *line[1:]]


def add_system_libraries() -> None:
    """On Debian and its relatives install what is missing, as root; otherwise say the line that does."""
    if not sys.platform.startswith("linux"):
        return
    packages = [package for library, package in SYSTEM_LIBRARIES.items() if not loads(library)]
    if not any(Path("/usr/share/fonts").rglob("*.[to]tf")):
        packages.append("fonts-dejavu-core")
    if shutil.which("apt-get") and not has_venv():
        packages.append("python3-venv")
    if not packages:
        return
    line = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if not shutil.which("apt-get"):
        missing = [library for library in SYSTEM_LIBRARIES if not loads(library)]
        print(f"These system libraries are missing, the window may not open: {', '.join(missing)}", file=sys.stderr)
    elif os.geteuid() == 0:
        step("Installing system libraries", ["apt-get", "update", "--quiet"], line)
    else:
        sys.exit(
            f"Some system libraries are missing. Run this line, then this script again:\n  sudo {shlex.join(line)}"
        )


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_venv() -> bool:
    """Debian ships Python without the part that makes environments."""
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        return False
    return True


def install(extra: str, folder: Path = VENV) -> None:
    """Make an environment and install siamgui with what the lock file names, each by its hash, unless that is done."""
    python = folder / PYTHON.relative_to(VENV)
    wanted = hashlib.sha256(
        b"".join((ROOT / name).read_bytes() for name in ("pyproject.toml", "requirements-cpu.lock", *LOCKS.values()))
        + sys.version.encode()
        + os.fsencode(ROOT)
    ).hexdigest()
    stamp = folder / "siamgui-installed"
    have = stamp.read_text().split() if stamp.exists() else []
    if wanted in have and (not extra or extra in have):
        return
    if not python.exists() or wanted not in have:
        print(f"Making {folder.name}", flush=True)
        venv.create(folder, clear=True, with_pip=True)
    packages = locked(ROOT / LOCKS[extra])
    packages.pop(REPLACED.get(extra, ""), None)
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--no-compile"]
    by_hash = [*pip, "--require-hashes", "-r"]
    print("Installing siamgui (a few minutes the first time)", flush=True)
    without_cuda = subprocess.run([*by_hash, ROOT / "requirements-cpu.lock"], check=False, capture_output=True)
    if without_cuda.returncode == 0:
        packages = {name: entry for name, entry in packages.items() if name != "torch" and not name.startswith(CUDA)}
    listed = folder / "requirements.txt"
    listed.write_text("".join(packages.values()), encoding="utf-8")
    step("Installing its packages, each by its hash", [*by_hash, listed])
    step("Installing siamgui itself", [*pip, "--no-build-isolation", "-e", "."])
    if extra != "package":  # PyInstaller compiles what it takes
        print("Compiling them", flush=True)  # on every processor, where pip takes one; one for an older Python may not
        compiling = [python, "-m", "compileall", "-q", "-q", "-j", "0", folder]
        subprocess.run(compiling, check=False, stdout=subprocess.DEVNULL)
    print("Writing the documents that F1 opens", flush=True)
    subprocess.run([python, "tools/documents.py"], check=False, stdout=subprocess.DEVNULL)
    stamp.write_text(f"{wanted} {extra}\n")


def locked(lock: Path) -> dict[str, str]:
    """The entry of each package of a lock file, by name: its version, where it is wanted, its hashes."""
    entries = re.split(r"^(?=[a-z0-9])", lock.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {entry.partition("==")[0]: entry for entry in entries}


def step(title: str, *commands: list[object]) -> None:
    print(title, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in commands:
        subprocess.run(list(map(str, command)), check=True, env=environment)


if __name__ == "__main__":
    sys.exit(main())
