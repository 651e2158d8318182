"""siamgui as a folder that needs no Python, made by PyInstaller, and the training part beside it."""

from __future__ import annotations

import os
import py_compile
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from tools import setup
from tools.installers import plan, slimming
from tools.installers.entry import PART
from tools.installers.trees import files_below, same_times

SPEC = Path(__file__).with_name("siamgui.spec")


def frozen(work: Path, version: str, epoch: int) -> Path:
    """The program, made anew below work: the same bytes for the same commit. epoch: seconds, of that commit.

    Raises subprocess.CalledProcessError, slimming.Unlike.
    """
    setup.install("package", work / "venv")
    shutil.rmtree(work / "frozen", ignore_errors=True)
    dated = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}
    subprocess.run([_python(work), setup.ROOT / "tools" / "documents.py"], check=True, env=dated)  # F1 opens them
    environment = {
        **dated,
        "PYTHONHASHSEED": "0",
        "SIAMGUI_ROOT": str(setup.ROOT),
        "SIAMGUI_VERSION": version,
        "SIAMGUI_ICON": str(_icon(work)) if sys.platform in ("win32", "darwin") else "",
    }
    subprocess.run(
        [
            *(_python(work), "-P", "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"),
            *("--distpath", str(work / "frozen"), "--workpath", str(work / "pyinstaller"), str(SPEC)),
        ],
        check=True,
        env=environment,
    )
    program = work / "frozen" / "siamgui"
    if sys.platform == "linux":
        slimming.slim(program)
        slimming.strip(program)
    licences(_site_packages(work), program / "licences")
    same_times(program, epoch)
    return program


def licences(packages: Path, folder: Path) -> None:
    """Whose what is in the program is: what each package says of it, and where the sources lie that have to be offered.

    packages: a folder of installed packages. folder: is made.
    """
    texts = Path(__file__).with_name("licences")
    folder.mkdir()
    shutil.copy(setup.ROOT / "LICENSE", folder)
    for path in sorted(texts.glob("*GPL*.txt")):
        shutil.copy(path, folder)
    versions = {name: metadata.Distribution.at(found).version for name, found in _records(packages).items()}
    named = {"av": "av", "heif": "pillow_heif", "cv": "opencv_python_headless", "qt": "pyside6_essentials"}
    notice = (texts / "NOTICE.txt").read_text(encoding="utf-8")
    for short, name in named.items():
        notice = notice.replace(f"{{{short}}}", versions.get(name, ""))
    (folder / "NOTICE.txt").write_text(notice, encoding="utf-8")
    for name, record in _records(packages).items():
        for path in files_below(record):
            if plan.any_of(path.name.lower(), plan.LICENCES) and name not in plan.NOT_HANDED_ON:
                target = folder / name / path.relative_to(record).as_posix().removeprefix("licenses/").replace("/", "-")
                target.parent.mkdir(exist_ok=True)
                shutil.copy(path, target)
    for path in sorted(packages.glob("cv2/LICENSE*")):
        (folder / named["cv"]).mkdir(exist_ok=True)
        shutil.copy(path, folder / named["cv"])


def _records(packages: Path) -> dict[str, Path]:
    """The record of each package by its name, in lower case with underscores."""
    found = sorted(packages.glob("*.dist-info"))
    return {path.name.partition("-")[0].lower().replace(".", "_"): path for path in found}


def training_part(work: Path, epoch: int) -> Path:
    """The folder that stands beside the program as PART: what training loads, as plain files, and compiled."""
    part = work / PART
    shutil.rmtree(part, ignore_errors=True)
    packages = _site_packages(work)
    for place in training_files(packages):
        source, target = packages / place, part / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
        if source.suffix == ".py":  # torch reads some of its own sources
            py_compile.compile(
                str(target),
                dfile=place.as_posix(),
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
    if sys.platform == "linux":
        slimming.strip(part)
    same_times(part, epoch)
    return part


def training_files(packages: Path) -> Iterator[Path]:
    """By their place below site-packages."""
    for folder in sorted(found for name in plan.TRAINING_PACKAGES for found in packages.glob(name)):
        for path in files_below(folder):
            place = path.relative_to(packages)
            name = place.as_posix()
            if plan.any_of(name, plan.TRAINING_WITH) or not plan.any_of(name, plan.TRAINING_WITHOUT):
                yield place


def _python(work: Path) -> str:
    return str(work / "venv" / setup.PYTHON.relative_to(setup.VENV))


def _site_packages(work: Path) -> Path:
    ask = [_python(work), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    return Path(subprocess.run(ask, check=True, stdout=subprocess.PIPE, text=True).stdout.strip())


def _icon(work: Path) -> Path:
    """The icon in the form of this system, of the one drawing."""
    picture = work / ("siamgui.ico" if sys.platform == "win32" else "siamgui.icns")
    made = "import sys; from io import BytesIO; from PIL import Image; from siamgui.gui.application_icon import png; "
    made += "Image.open(BytesIO(png(512))).save(sys.argv[1])"
    subprocess.run([_python(work), "-c", made, picture], check=True)
    return picture
