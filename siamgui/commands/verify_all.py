"""siamgui verify VIDEO --all: who is in a video, and when."""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

from siamgui.commands.asked_face import photo_probe
from siamgui.commands.enrolled import open_people
from siamgui.commands.model_choice import engine_for
from siamgui.commands.progress import ProgressLine
from siamgui.core.amounts import time_left
from siamgui.core.errors import FileUnwritable, SiamguiError
from siamgui.core.files import write_whole
from siamgui.core.i18n import mark
from siamgui.core.machine import processors
from siamgui.core.pipeline import FaceEngine
from siamgui.core.source import Source
from siamgui.search.probes import probe_of_person
from siamgui.search.timeline import judged, watch_film
from siamgui.search.timeline_files import timeline_csv, timeline_json, view_name
from siamgui.search.timeline_values import Timeline
from siamgui.search.timeline_wording import timeline_lines
from siamgui.search.values import FilmState, Probe
from siamgui.search.wording import face_count, film_words
from siamgui.storage.people_operations import FindPerson


class AllOfFile(SiamguiError):
    text = mark("--all needs a video file: a camera or a stream has no end.")


class AllOfOne(SiamguiError):
    text = mark("--all compares with --reference or --person, not with everybody who is enrolled.")


class FolderInUse(SiamguiError):
    """values: name"""

    text = mark("“{name}” is there already, and not empty. Choose a new folder with --views.")


def run(args: argparse.Namespace, source: Source) -> int:
    """args: as siamgui verify takes them."""
    if not isinstance(source, Path):
        raise AllOfFile
    if args.who:
        raise AllOfOne
    if args.csv is not None and not args.csv.parent.is_dir():  # not after an hour
        raise _unwritable(args.csv, FileNotFoundError(2, "No such file or directory"))
    if args.views is not None:
        _make(args.views)
    engine = engine_for(args.device, args.model, processors())
    probe, said = _probe(engine, args)
    until = math.inf if args.seconds is None else float(args.seconds)
    found = watch_film(engine, source, enough=lambda at: at > until, jobs=processors(), told=_Line(until))
    found = judged(found, engine.calibration, probe, args.strictness)
    _write(found, args)
    if args.json:
        print(json.dumps(timeline_json(found, said), ensure_ascii=False, indent=2))
    else:
        print("\n".join([*timeline_lines(found), *said]))
    return 0


def _probe(engine: FaceEngine, args: argparse.Namespace) -> tuple[Probe | None, list[str]]:
    """Whom to compare with, and what to say of the photograph."""
    if args.reference is not None:
        return photo_probe(engine, args.reference, args.face)
    if args.person is None:
        return None, []
    with open_people() as store:
        return probe_of_person(store, engine, store.do(FindPerson(args.person))), []


class _Line(ProgressLine):
    def __init__(self, until: float) -> None:
        super().__init__()
        self._until = until

    def __call__(self, state: FilmState, faces: int) -> None:  # type: ignore[override]  # of a film
        if state.at > 0 and self._due(last=False):
            parts = [film_words(state), face_count(faces)]
            left = min(state.seconds or math.inf, self._until) - state.at
            if 0 < left < math.inf:
                parts.append(time_left((time.monotonic() - self._start) * left / state.at))
            self._show(" · ".join(parts), last=False)


def _write(found: Timeline, args: argparse.Namespace) -> None:
    files = {args.csv: timeline_csv(found)} if args.csv is not None else {}
    if args.views is not None:
        files |= {args.views / view_name(n): face.best.picture for n, face in enumerate(found.faces, 1)}
    for path, data in files.items():
        try:
            write_whole(path, data, exported=True)
        except OSError as error:
            raise _unwritable(path, error) from None


def _make(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
        if any(folder.iterdir()):
            raise FolderInUse(name=folder.name)
    except OSError as error:
        raise _unwritable(folder, error) from None


def _unwritable(path: Path, error: OSError) -> FileUnwritable:
    return FileUnwritable(name=path.name, reason=error.strerror or str(error))
