"""siamgui compare with three photographs or more: the verdict on every pair, as a table."""

from __future__ import annotations

import argparse
import json
import shutil
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from siamgui.commands.compare import calibration_json, chosen_faces, comparison_json, engine_json, side_json
from siamgui.commands.model_choice import engine_for
from siamgui.commands.progress import ProgressLine
from siamgui.core import photo_words
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark, tr
from siamgui.core.imaging import load_photo
from siamgui.core.pairwise import Pair, as_table, by_chance, one_of_several, pairs_among, table_notes
from siamgui.core.pipeline import FaceEngine, FaceNumberUnknown
from siamgui.core.types import Comparison, FaceReading, PhotoReading
from siamgui.core.wording import engine_line
from siamgui.evaluation.reading import ahead_of_use

SCHEMA = "siamgui.compare-many/1"


class TooFewUsable(SiamguiError):
    """values: text (why the first of the others cannot be used)"""

    text = mark("Fewer than two of the photos can be used. The first that cannot: {text}")


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """What is kept of a photograph: without its pixels there is room for many. notes: on the file and its faces."""

    name: str
    sha256: str
    reading: FaceReading
    json: dict[str, Any]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, read: PhotoReading, number: int) -> _Side:
        photo = read.photo
        notes = (
            photo_words.which_face(read, f"--face {number}:N"),
            photo_words.first_picture(photo.name, photo.first_of),
        )
        return cls(photo.name, photo.sha256, read.reading, side_json(read), tuple(filter(None, notes)))


def run(args: argparse.Namespace) -> int:
    """args: as siamgui.commands.compare.run() takes them."""
    started = time.perf_counter()
    paths = [args.left, args.right, *args.more]
    faces = chosen_faces(args, len(paths))
    engine = engine_for(args.device, args.model, args.jobs)
    sides, problems = _read(engine, paths, faces, args.jobs)
    compared = {
        (left, right): engine.compare(sides[left].reading, sides[right].reading, args.strictness)
        for left, right in pairs_among(len(paths))
        if left in sides and right in sides
    }
    if not compared:
        raise TooFewUsable(text=problems[min(problems)])
    if args.json:
        milliseconds = 1000 * (time.perf_counter() - started)
        print(
            json.dumps(_as_json(paths, sides, problems, compared, engine, milliseconds), ensure_ascii=False, indent=2)
        )
    else:
        print("\n".join(_as_text(paths, sides, problems, compared, engine)))
    return 0


def _read(
    engine: FaceEngine, paths: Sequence[Path], faces: dict[int, int], jobs: int
) -> tuple[dict[int, _Side], dict[int, str]]:
    """By their places: the photographs that can be used, and why the others cannot. Raises FaceNumberUnknown."""
    sides: dict[int, _Side] = {}
    problems: dict[int, str] = {}
    progress = ProgressLine()

    def read(place: int) -> _Side:
        return _Side.of(engine.read_photo(load_photo(paths[place]), faces.get(place)), place + 1)

    with closing(ahead_of_use(read, range(len(paths)), jobs)) as sides_read:
        for place, side in enumerate(sides_read):
            try:
                sides[place] = side.result()
            except FaceNumberUnknown:
                raise
            except SiamguiError as error:
                problems[place] = str(error)
            progress(place + 1, len(paths))
    return sides, problems


def _twins(sides: dict[int, _Side]) -> dict[Pair, str]:
    """What is said of pairs that are one photograph."""
    places = sorted(sides)
    return {
        (a, b): one_of_several(sides[a].name, sides[b].name)
        for at, a in enumerate(places)
        for b in places[at + 1 :]
        if sides[a].sha256 == sides[b].sha256
    }


def _as_text(
    paths: Sequence[Path],
    sides: dict[int, _Side],
    problems: dict[int, str],
    compared: dict[Pair, Comparison],
    engine: FaceEngine,
) -> list[str]:
    names = [sides[place].name if place in sides else path.name for place, path in enumerate(paths)]
    verdicts = {pair: comparison.verdict for pair, comparison in compared.items()}
    strictness = next(iter(verdicts.values())).strictness
    lines = as_table(names, verdicts, problems, shutil.get_terminal_size().columns)
    lines += table_notes(len(verdicts), strictness)
    lines.append(tr("{label}: {value}", label=tr("Engine"), value=engine_line(engine.info, None)))
    notes = [note for side in sides.values() for note in side.notes] + list(_twins(sides).values())
    return [*lines, *([""] if notes else []), *notes]


def _as_json(
    paths: Sequence[Path],
    sides: dict[int, _Side],
    problems: dict[int, str],
    compared: dict[Pair, Comparison],
    engine: FaceEngine,
    milliseconds: float,
) -> dict[str, Any]:
    """As documented in docs/compare-json.md and resources/schema/compare-many.schema.json."""
    twins = _twins(sides)
    photos: list[dict[str, Any]] = []
    for place, path in enumerate(paths):
        known = {"number": place + 1, "problem": problems.get(place)}
        photos.append(known | (sides[place].json if place in sides else {"file": path.name}))
    strictness = next(iter(compared.values())).verdict.strictness
    return {
        "schema": SCHEMA,
        "photos": photos,
        "pairs": [
            {"left": left + 1, "right": right + 1}
            | comparison_json(comparison, [twins[left, right]] if (left, right) in twins else [])
            for (left, right), comparison in compared.items()
        ],
        "chance": {
            "pairs": len(compared),
            "expected_false_matches": len(compared) * strictness.fmr,
            "words": by_chance(len(compared), strictness),
        },
        "engine": engine_json(engine.info, (engine.encoder, engine.detector)),
        "calibration": calibration_json(engine.calibration),
        "timings_ms": {"total": round(milliseconds, 2)},
    }
