"""What siamgui does with each kind of file that comes in, watched: for tools/fuzz.py."""

from __future__ import annotations

import os
import shutil
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# Of Python itself, of the program, and what the system tells a process about itself.
_OWN = tuple(
    os.path.realpath(folder) + os.sep
    for folder in (ROOT, sys.prefix, sys.base_prefix, *filter(os.path.isdir, sys.path), "/proc", "/sys")
)
_ALSO = (os.devnull, "/dev/urandom", "/etc/localtime")


def picture(path: Path) -> str:
    from siamgui.core.imaging import load_photo

    photo = load_photo(path)
    assert photo.pixels.shape == (photo.height, photo.width, 3)
    return "read"


def video(path: Path) -> str:
    from siamgui.core.camera import Camera

    with Camera.open(path) as camera:
        for _ in range(5):
            camera.next()
    return "read"


def listed(path: Path) -> str:
    from siamgui.labelling.import_plan import ImportKind, ImportRequest, make_plan

    make_plan(ImportRequest((path,), ImportKind.CSV))
    return "read"


def clipboard(path: Path) -> str:
    """The first line is the form in which it is offered; the rest is offered."""
    from PySide6.QtCore import QByteArray, QMimeData

    from siamgui.gui.photos.sources import decode, sources_of

    kind, _, data = path.read_bytes().partition(b"\n")
    mime = QMimeData()
    name = kind.decode("ascii", "replace")
    if name == "text/html":
        mime.setHtml(data.decode("utf-8", "replace"))
    elif name == "text/plain":
        mime.setText(data.decode("utf-8", "replace"))
    else:
        mime.setData(name or "image/png", QByteArray(data))
    for source in sources_of(mime, "Pasted picture"):
        if not isinstance(source, Path):  # a file that is named may be anywhere
            decode(source)
    return "read"


def manifest(path: Path) -> str:
    from siamgui.core.manifest import read_manifest, verify

    folder = path.parent / "model"
    folder.mkdir()
    try:
        shutil.copy(path, folder / "manifest.json")
        verify(read_manifest(folder))
    finally:
        shutil.rmtree(folder)
    return "read"


def version(path: Path) -> str:
    """Only read: what may be examined is examined in another process, which takes seconds."""
    from siamgui.versions.version_file import read_version_file

    read_version_file(path, None)
    return "read"


def version_import(path: Path) -> str:
    from siamgui.versions.version_store import VersionStore

    VersionStore().import_(path)
    return "read"


TARGETS: dict[str, Callable[[Path], str]] = {
    "pictures": picture,
    "videos": video,
    "lists": listed,
    "clipboard": clipboard,
    "manifests": manifest,
    "versions": version,
    "imports": version_import,
}

_opened: list[str] | None = None


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _opened is not None and isinstance(arguments[0], str | bytes):
        _opened.append(os.path.realpath(os.fsdecode(arguments[0])))


@contextmanager
def _listening() -> Iterator[list[str]]:
    global _opened  # noqa: PLW0603 - an audit hook is for ever
    _opened = []
    try:
        yield _opened
    finally:
        _opened = None


sys.addaudithook(_audit)


def watched(target: Callable[[Path], str], path: Path, folder: Path) -> dict[str, Any]:
    """What came of a file: outcome, seconds of a processor, trace (of what is no SiamguiError), opened (elsewhere)."""
    from siamgui.core.errors import SiamguiError

    trace = ""
    begin = os.times()
    with _listening() as opened:
        try:
            outcome = target(path)
        except SiamguiError as error:
            outcome = type(error).__name__
            str(error)
        except Exception as error:
            outcome = type(error).__name__
            where = traceback.extract_tb(error.__traceback__)[-1]
            trace = f"{outcome}: {str(error)[:200]} ({where.name}, {Path(where.filename).name}:{where.lineno})"
        elsewhere = sorted({name for name in opened if not _is_own(name, folder)})
    end = os.times()
    seconds = end.user + end.system - begin.user - begin.system
    return {"outcome": outcome, "seconds": seconds, "trace": trace, "opened": elsewhere}


def _is_own(name: str, folder: Path) -> bool:
    return name in _ALSO or name.startswith((os.path.realpath(folder) + os.sep, *_OWN))
