"""How cost grows: python -m tests.benchmarks.growth [--most 1000000] [--only NAME ...] [--out docs]

Each question is asked of more and more, and the time of the processor for one answer taken, the least of several: what
the clock says on a busy machine grows with its other work. Without --out the table is printed; with it docs/growth.svg
and the table in docs/speed.md are written anew. Steps of ten and of about three are measured; "grows" is the exponent
of the last tenfold step: 1 is linear, 0 means that it costs the same.
"""

from __future__ import annotations

import argparse
import math
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from siamgui.core.cv import cv2
from siamgui.core.embedding import unit
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.resources import resource
from siamgui.core.types import FaceReading, Label, Photo, Pixels
from siamgui.evaluation.pairs import Pair, PairList
from siamgui.evaluation.reading import Readings
from siamgui.evaluation.results import evaluate_pairs
from siamgui.labelling.graph import LabelGraph
from siamgui.search import face_table
from siamgui.search.face_table import FaceTable
from siamgui.storage.collection_values import FaceRows
from siamgui.storage.seen_face import SeenFace, unpacked

MARKS = "<!-- growth: begin -->", "<!-- growth: end -->"
LINEAR = 1.1
"""Exponent up to which growth counts as linear: a measurement is off by some hundredths."""
_AT_A_TIME = 4096


@dataclass(frozen=True, slots=True)
class Labelled:
    """What LabelGraph takes for a labelled pair."""

    left: int
    right: int
    label: Label


@dataclass(frozen=True, slots=True)
class Curve:
    """points: (how many, milliseconds of the processor for one answer)."""

    name: str
    unit: str
    points: tuple[tuple[float, float], ...]

    @property
    def exponent(self) -> float:
        """Of the growth over the last tenfold step, or over all where there is none."""
        (most, dear) = self.points[-1]
        before = [point for point in self.points if point[0] <= most / 9.9] or [self.points[0]]
        return math.log(dear / before[-1][1]) / math.log(most / before[-1][0])


def cost(work: Callable[[], object], times: int) -> float:
    """Milliseconds of the processor, all threads together; the least of so many."""
    least = math.inf
    for _ in range(times):
        start = time.process_time()
        work()
        least = min(least, time.process_time() - start)
    return 1000 * least


def steps(first: float, last: float) -> Iterator[float]:
    """1, 3, 10, 30 and so on from first to last."""
    value, factor = first, 3.0
    while value <= last * 1.001:
        yield value
        value, factor = value * factor, 10 / 3 if factor == 3 else 3.0


def people(engine: FaceEngine, most: int) -> Iterator[tuple[float, float]]:
    """One question among the faces of so many people."""
    probe = face_of(engine)
    rng, table = np.random.default_rng(1), FaceTable(engine.calibration, often=True)
    seen = SeenFace(probe.face, probe.quality, probe.embedding.vector, np.zeros(105, np.float32), 0.3, 0.03)
    like = unpacked([seen.pack()] * _AT_A_TIME)

    def ask() -> None:
        bounds = table.bounds([probe])
        table._tighten(bounds, [probe], 88)
        face_table._highest(bounds, 88)

    for count in map(int, steps(100, most)):
        while len(table) < count:
            some = like[: min(_AT_A_TIME, count - len(table))].copy()
            some["vector"] = unit(rng.normal(size=some["vector"].shape).astype(np.float32))
            ids = np.arange(len(table), len(table) + len(some)) + 1
            table.add(FaceRows(ids, ids, ids, some))
        yield count, cost(ask, 9)


def made_readings(engine: FaceEngine, count: int) -> Readings:
    """So many photographs, two of each person, as they are read."""
    rng = np.random.default_rng(2)
    whose = rng.normal(size=(count // 2, len(face_of(engine).embedding.vector))).repeat(2, 0)
    vectors = unit((whose + 0.7 * rng.normal(size=whose.shape)).astype(np.float32))
    flags = np.zeros(count, bool)
    cohort = engine.calibration.cohort
    conditions = None
    if cohort is not None:
        conditions = cohort.conditions(vectors, np.full(count, face_of(engine).quality.embedding_norm or 1.0), None)
    return Readings(vectors, flags, flags, np.ones(count, int), (), conditions, (None,) * count)


def pairs(engine: FaceEngine, most: int) -> Iterator[tuple[float, float]]:
    """From read photographs to all the numbers of `evaluate` about so many labelled pairs."""
    for count in map(int, steps(10, most)):
        faces = min(2000, count)
        readings = made_readings(engine, faces)
        photos = tuple(Path(str(n)) for n in range(faces))
        rng = np.random.default_rng(3)
        left = rng.integers(0, faces // 2, count) * 2
        apart = (left + 2 * rng.integers(1, faces // 2, count)) % faces
        right = np.where(np.arange(count) % 2 == 0, left + 1, apart)
        listed = tuple(Pair("", photos[a], photos[b], a // 2 == b // 2) for a, b in zip(left, right, strict=True))
        source = PairList("made", Path(), listed, photos)
        yield count, cost(lambda: evaluate_pairs(source, readings, engine.info, engine.calibration, 1.0), 2)  # noqa: B023


def labels(engine: FaceEngine, most: int) -> Iterator[tuple[float, float]]:
    """What so many labelled pairs imply: who is one person, and who is certainly not."""
    for count in map(int, steps(10, most)):
        rng = np.random.default_rng(4)
        couples = rng.integers(0, count, (count, 2))
        said = [
            Labelled(int(a), int(b), Label.SAME if a % 100 == b % 100 else Label.DIFFERENT)
            for a, b in couples
            if a != b
        ]
        yield count, cost(lambda: LabelGraph.of(said), 3)  # noqa: B023


def faces(engine: FaceEngine, most: int) -> Iterator[tuple[float, float]]:
    """All the faces of one photograph of 4 megapixels found and read."""
    photo = load_photo(resource("samples") / "obama1.jpg")
    found = engine.find_faces(photo)
    face = found.faces[found.prominent]
    side, (x, y) = round(0.8 * face.height), (face.box[:2] + face.box[2:]) / 2
    top, left = max(0, round(float(y)) - side), max(0, round(float(x)) - side)
    part = cv2.resize(photo.pixels[top : top + 2 * side, left : left + 2 * side], (200, 200))
    for count in map(int, steps(1, most)):
        pixels = np.full((2000, 2000, 3), 120, np.uint8)
        for n in range(count):
            row, column = divmod(n, 10)
            pixels[200 * row : 200 * row + 200, 200 * column : 200 * column + 200] = part
        crowd = Photo(pixels, "", "crowd.png")

        def read() -> None:
            for one in engine.find_faces(crowd).faces:  # noqa: B023
                engine.read_face(crowd, one)  # noqa: B023

        read()
        yield count, cost(read, 2)


def megapixels(engine: FaceEngine, most: float) -> Iterator[tuple[float, float]]:
    """A JPEG file to an embedding."""
    pixels = load_photo(resource("samples") / "obama1.jpg").pixels
    with tempfile.TemporaryDirectory() as folder:
        for size in steps(0.1, most):
            factor = (1e6 * size / (pixels.shape[0] * pixels.shape[1])) ** 0.5
            path = Path(folder) / f"{size:g}.jpg"
            save(cv2.resize(pixels, None, fx=factor, fy=factor), path)
            engine.read_photo(load_photo(path))
            yield size, cost(lambda: engine.read_photo(load_photo(path)), 3)  # noqa: B023


def save(pixels: Pixels, path: Path) -> None:
    cv2.imwrite(str(path), pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])


def face_of(engine: FaceEngine) -> FaceReading:
    return engine.read_photo(load_photo(resource("samples") / "obama1.jpg")).reading


QUESTIONS: dict[str, tuple[str, str, Callable[..., Iterator[tuple[float, float]]], float]] = {
    "people": ("A face among people who are searched", "people", people, 1_000_000),
    "pairs": ("`evaluate`, once the photographs are read", "pairs", pairs, 100_000),
    "labels": ("What labelled pairs imply", "pairs", labels, 100_000),
    "faces": ("All faces of a photograph of 4 megapixels", "faces", faces, 100),
    "megapixels": ("A JPEG file to an embedding", "megapixels", megapixels, 100),
}


def as_table(curves: list[Curve]) -> str:
    lines = ["| | from | to | grows |", "|---|---|---|---|"]
    for curve in curves:
        first, last = (f"{count:,.10g} {curve.unit}: {_took(ms)}" for count, ms in (curve.points[0], curve.points[-1]))
        verdict = "" if curve.exponent <= LINEAR else ", **worse than linear**"
        lines.append(f"| {curve.name} | {first} | {last} | {curve.exponent:.2f}{verdict} |")
    return "\n".join(lines)


def _took(ms: float) -> str:
    return f"{ms:.2g} ms" if ms < 10 else f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def draw(curves: list[Curve], path: Path) -> None:
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with rc_context({"svg.hashsalt": "growth", "font.size": 8}):
        figure = Figure(figsize=(9, 5.4), layout="constrained")
        FigureCanvasSVG(figure)
        for axes, curve in zip(figure.subplots(2, 3).flat, curves, strict=False):
            counts, times = zip(*curve.points, strict=True)
            axes.loglog(counts, times, "o-", color="#1f5fa8", markersize=3)
            linear = [times[-1] * count / counts[-1] for count in counts]
            axes.loglog(counts, linear, "--", color="#888888", linewidth=0.8)
            axes.set_title(curve.name.replace("`", ""), fontsize=8)
            axes.set_xlabel(curve.unit)
            axes.set_ylabel("ms of the processor")
            axes.set_ylim(min(times) / 2, max(times) * 2)
        for axes in figure.axes[len(curves) :]:
            axes.set_axis_off()
        figure.savefig(path, format="svg", metadata={"Date": None})


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.growth", description=__doc__)
    parser.add_argument("--most", type=int, default=1_000_000, help="people at most")
    parser.add_argument("--only", nargs="*", choices=QUESTIONS, default=list(QUESTIONS))
    parser.add_argument("--out", type=Path, help="the folder of speed.md")
    args = parser.parse_args()
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    engine, curves = FaceEngine.load("cpu"), []
    for key in args.only:
        name, each, ask, most = QUESTIONS[key]
        points = []
        for point in ask(engine, min(most, args.most)):
            print(f"{name}: {point[0]:g} {each}, {point[1]:.2f} ms", file=sys.stderr, flush=True)
            points.append(point)
        curves.append(Curve(name, each, tuple(points)))
    print(as_table(curves))
    if args.out is not None:
        page = args.out / "speed.md"
        text = page.read_text(encoding="utf-8")
        between = f"{MARKS[0]}\n\n{as_table(curves)}\n\n{MARKS[1]}"
        found = re.sub(f"{re.escape(MARKS[0])}.*{re.escape(MARKS[1])}", lambda _: between, text, flags=re.DOTALL)
        page.write_text(found, encoding="utf-8")
        draw(curves, args.out / "growth.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
