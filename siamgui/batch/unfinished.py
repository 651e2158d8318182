"""The results so far, beside the file that they are for, until all of them are there.

The first line says how they come about (How); every further one is the result of one line of the list. A line is only
added, and put on the disk once a second; of what a kill or a lost power supply leaves, the first line that is not whole
and everything behind it count as not there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from io import FileIO
from pathlib import Path

from msgspec import Struct, json

from siamgui.batch.types import How, Result
from siamgui.core.errors import FileUnwritable, SiamguiError
from siamgui.core.files import sync_folder
from siamgui.core.i18n import mark, tr
from siamgui.core.process_lock import Held, holding
from siamgui.core.typed_json import WrongForm, read
from siamgui.evaluation.pairs import Row

_SYNCED_EVERY = 1.0  # seconds
_CHANGED = {
    "list": mark("another list, or photos in another folder"),
    "model": mark("another model version"),
    "encoder": mark("another model version"),
    "strictness": mark("another strictness"),
    "language": mark("another language"),
}


class BegunOtherwise(SiamguiError):
    """values: name (of the file with the results so far), what (in what they differ)"""

    text = mark(
        "The results so far in “{name}” come of {what}. Go on with what they were begun with, "
        "or start anew with --anew."
    )


class NotResults(SiamguiError):
    """values: name"""

    text = mark("“{name}” does not hold results that were begun here. Remove it, or start anew with --anew.")


class AnotherAtWork(SiamguiError):
    """values: name"""

    text = mark("Another siamgui is writing “{name}” just now.")


class _Entry(Struct, frozen=True):
    """seen: how the files of both photographs were when they were read: (size, time of the last change), or nothing."""

    seen: tuple[tuple[int, int] | None, tuple[int, int] | None]
    result: Result


def place_of(target: Path) -> Path:
    """Where the results so far are."""
    return target.with_name(f"{target.name}.unfinished")


class Unfinished:
    """results: by the number of a line, those that are there already and whose photographs are as they were."""

    def __init__(self, file: FileIO, path: Path, results: dict[int, Result]) -> None:
        self._file, self._path, self.results = file, path, results
        self._synced = time.monotonic()

    def add(self, row: Row, result: Result) -> None:
        """Keep the result of a row. Raises FileUnwritable; what was kept before stays."""
        seen = (_seen(row.left_photo), _seen(row.right_photo))
        with _written(self._path):
            _append(self._file, json.encode(_Entry(seen, result)))
            if time.monotonic() - self._synced > _SYNCED_EVERY:
                os.fsync(self._file.fileno())
                self._synced = time.monotonic()
        self.results[result.line] = result


@contextmanager
def unfinished(target: Path, how: How, rows: tuple[Row, ...], *, anew: bool) -> Iterator[Unfinished]:
    """For the results of rows that are to be written to target. anew: forget what is there.

    When the block ends as it should, all is in target, and the results so far go. Raises BegunOtherwise, NotResults,
    AnotherAtWork, FileUnwritable.
    """
    path, lock = place_of(target), target.with_name(f".{target.name}.lock")
    with _alone(lock, target):
        with _written(target):
            results, whole = ({}, 0) if anew or not path.exists() else _results_in(path, how, rows)
            file = path.open("r+b" if whole else "wb", buffering=0)
        with file:
            with _written(target):
                file.truncate(whole)
                file.seek(whole)
                if not whole:
                    _append(file, json.encode(how))
                    os.fsync(file.fileno())
                    sync_folder(path.parent)
            yield Unfinished(file, path, results)
        with _written(target):
            path.unlink()
            sync_folder(path.parent)


@contextmanager
def _alone(lock: Path, target: Path) -> Iterator[None]:
    with ExitStack() as held:
        try:
            with _written(target):
                held.enter_context(holding(lock, 0.0))
        except Held:
            raise AnotherAtWork(name=target.name) from None
        held.callback(_forget, lock)  # before it is let go, so that nobody else has it by then
        yield


def _forget(lock: Path) -> None:
    with suppress(OSError):
        lock.unlink()


@contextmanager
def _written(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileUnwritable(name=target.name, reason=error.strerror or str(error)) from None


def _append(file: FileIO, line: bytes) -> None:
    left = memoryview(line + b"\n")
    while left:
        left = left[file.write(left) or 0 :]


def _results_in(path: Path, how: How, rows: tuple[Row, ...]) -> tuple[dict[int, Result], int]:
    """What can be used of them, and how many bytes are whole."""
    by_line = {row.line: row for row in rows}
    results: dict[int, Result] = {}
    whole = 0
    with path.open("rb") as file:
        first = file.readline()
        if not first.endswith(b"\n"):
            if first and not json.encode(how).startswith(first):
                raise NotResults(name=path.name)
            return {}, 0
        try:
            begun = read(How, first)
        except WrongForm:
            raise NotResults(name=path.name) from None
        for name, what in _CHANGED.items():
            if getattr(begun, name) != getattr(how, name):
                raise BegunOtherwise(name=path.name, what=tr(what))
        whole = len(first)
        for line in file:
            try:
                entry = read(_Entry, line)
            except WrongForm:
                break
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            row = by_line.get(entry.result.line)
            results.pop(entry.result.line, None)
            if row is not None and entry.seen == (_seen(row.left_photo), _seen(row.right_photo)):
                results[row.line] = entry.result
    return results, whole


def _seen(photo: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(photo)
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns
