"""What needs a Python on the other side: the wheel, and one file with everything in it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from tools import setup


def version() -> str:
    """Of siamgui, as pyproject.toml has it."""
    found = re.search(r'^version = "(.+)"', (setup.ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    return found[1]


def epoch() -> int:
    """The time of all files in an installer, seconds: SOURCE_DATE_EPOCH, or of the commit that is checked out."""
    if said := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(said)
    command = ["git", "log", "-1", "--format=%ct"]
    return int(subprocess.run(command, cwd=setup.ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout)


def wheel(into: Path, work: Path, epoch: int) -> Path:
    """siamgui by itself, with its models. Raises subprocess.CalledProcessError."""
    setup.install("package", work / "venv")
    made = work / "wheel"
    shutil.rmtree(made, ignore_errors=True)
    command = [_program(work, "python"), "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", made]
    subprocess.run([*command, setup.ROOT], check=True, env=_environment(epoch), stdout=subprocess.DEVNULL)
    (built,) = made.glob("*.whl")
    return Path(shutil.copy(built, into))


def pyz(into: Path, work: Path, epoch: int) -> Path:
    """One file by shiv: siamgui and the packages of requirements.lock, unpacked once to ~/.shiv.

    Raises subprocess.CalledProcessError.
    """
    built = wheel(work, work, epoch)
    listed = work / "venv" / "requirements.txt"
    target = into / f"siamgui-{version()}.pyz"
    torch = "--requirement", str(setup.ROOT / "requirements-cpu.lock")
    packages = work / "packages"
    shutil.rmtree(packages, ignore_errors=True)
    pip = [_program(work, "python"), "-m", "pip", "install", "--no-deps", "--no-compile", "--target", packages]
    runtime = _without_tools(listed, work)
    for what in (["--require-hashes", *torch], ["--require-hashes", "--requirement", runtime], [built]):
        subprocess.run([*pip, *what], check=True, env=_environment(epoch), stdout=subprocess.DEVNULL)
    command = [_program(work, "shiv"), "--reproducible", "--compressed", "--console-script", "siamgui"]
    command += ["--site-packages", str(packages), "--python", "/usr/bin/env python3", "--output-file", str(target)]
    subprocess.run([*command, "--no-deps", built], check=True, env=_environment(epoch), stdout=subprocess.DEVNULL)
    return target


TOOLS = frozenset(["editables", "hatchling", "opencv-python", "pathspec", "pluggy", "trove-classifiers"])
"""Of requirements.lock what only makes the wheel, or has another form in packages."""


def _without_tools(listed: Path, work: Path) -> Path:
    """What siamgui runs on, of the packages that are listed."""
    wanted = set(setup.locked(setup.ROOT / "requirements.lock")) - TOOLS | {"opencv-python-headless"}
    path = work / "requirements.txt"
    entries = setup.locked(listed)
    path.write_text("".join(text for name, text in entries.items() if name in wanted), encoding="utf-8")
    return path


def _program(work: Path, name: str) -> str:
    return str((work / "venv" / setup.PYTHON.relative_to(setup.VENV)).with_stem(name))


def _environment(epoch: int) -> dict[str, str]:
    return {**os.environ, "SOURCE_DATE_EPOCH": str(epoch), "PYTHONHASHSEED": "0"}
