"""siamgui bench: how long each step takes here, and what the pipeline adds to the bare network calls.

The bare calls are those of the pipeline itself: the same tensors, recorded once, through the same runtime, in the same
run. All times are in milliseconds, the median and the 95th percentile.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from siamgui.commands import bench_compare
from siamgui.core.alignment import align
from siamgui.core.calibration import Calibration, judge
from siamgui.core.detection import Detector, Maps
from siamgui.core.i18n import tr
from siamgui.core.imaging import load_photo
from siamgui.core.machine import processors
from siamgui.core.manifest import bundled, bundled_encoder
from siamgui.core.pipeline import FaceEngine
from siamgui.core.quality import measure
from siamgui.core.resources import resource
from siamgui.core.runtime import Runtime, open_runtime
from siamgui.core.types import Pixels, Strictness
from siamgui.core.wording import engine_line
from siamgui.evaluation.reading import read_photos

SCHEMA = "siamgui.bench/2"
_LARGE = 12_000_000  # pixels of an ordinary camera's photo
_SMALL = 250  # the side of the photos in usual test collections


class Recorder:
    """A runtime that keeps what it is given, to give it to the bare runtime again."""

    def __init__(self, runtime: Runtime) -> None:
        self.device, self.backend, self.at_a_time = runtime.device, runtime.backend, runtime.at_a_time
        self._runtime = runtime
        self.images: list[Pixels] = []
        self.crops: list[Pixels] = []

    def detect(self, image: Pixels) -> Maps:
        self.images.append(image.copy())
        return self._runtime.detect(image)

    def encode(self, crops: Pixels) -> NDArray[np.float32]:
        self.crops.append(crops.copy())
        return self._runtime.encode(crops)


def run(args: argparse.Namespace) -> int:
    """args: runs, live, vault, seconds, device, compare, json."""
    schema, measure, said = _what(args)
    before = None if args.compare is None else bench_compare.earlier(args.compare, schema)
    results = measure()
    found = None if before is None else bench_compare.compared(before, results)
    if args.json:
        results |= {} if found is None else {"compared": bench_compare.as_json(found)}
        print(json.dumps(results, ensure_ascii=False, indent=2))
    else:
        print(said(results))
        if found is not None:
            print(f"\n{bench_compare.as_text(found)}")
    return 0


def _what(args: argparse.Namespace) -> tuple[str, Callable[[], dict[str, Any]], Callable[[dict[str, Any]], str]]:
    """What is to be measured: its schema, how, and in words."""
    if args.live:
        from siamgui.commands import bench_live

        return bench_live.SCHEMA, partial(bench_live.measure, args.device, args.seconds), bench_live.as_text
    if args.vault:
        from siamgui.commands import bench_vault

        return bench_vault.SCHEMA, partial(bench_vault.measure, args.runs), bench_vault.as_text
    return SCHEMA, partial(measure_all, args.device, args.runs), as_text


def measure_all(device: str, runs: int) -> dict[str, Any]:
    start = time.perf_counter()
    runtime = open_runtime(device, bundled("centerface"), bundled_encoder())
    engine = FaceEngine(runtime, Calibration.bundled())
    load = 1000 * (time.perf_counter() - start)
    path = resource("samples") / "obama1.jpg"
    photo = load_photo(path)
    stages = _stages(runtime, engine, path, runs)
    with tempfile.TemporaryDirectory() as folder:
        large = _large_pair(engine, Path(folder), runs)
        memory = _peak_memory()
        speed, one_by_one = _photos_per_second(engine, device, Path(folder), runs)
    info = engine.info
    return {
        "schema": SCHEMA,
        "engine": engine_line(info, None),
        "runs": runs,
        "load_ms": round(load, 1),
        "photo": {"width": photo.width, "height": photo.height},
        "stages_ms": {name: _spread(times) for name, times in stages.items()},
        "ratio_whole_to_bare": round(median(stages["whole"]) / median(stages["bare"]), 3),
        "large_pair_ms": _spread(large),
        "cold_compare_ms": _spread(_cold_compare(device, runs)),
        "photos_per_second": round(speed, 1),
        "one_by_one_per_second": round(one_by_one, 1),
        "peak_memory_mb": memory,
    }


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def _spread(times: Sequence[float]) -> dict[str, float]:
    median_of, high = np.quantile(times, [0.5, 0.95])
    return {"median": round(float(median_of), 3), "p95": round(float(high), 3)}


def _stages(runtime: Runtime, engine: FaceEngine, path: Path, runs: int) -> dict[str, list[float]]:
    photo = load_photo(path)
    recorder = Recorder(runtime)
    reading = FaceEngine(recorder, engine.calibration).read_photo(photo).reading
    found = engine.find_faces(photo)
    face = found.faces[found.prominent]
    detector = Detector(runtime.detect)
    steps: dict[str, Callable[[], object]] = {
        "decode": lambda: load_photo(path),
        "detect": lambda: engine.find_faces(photo),
        "refine": lambda: detector.refine(photo, face),
        "align": lambda: align(photo.pixels, reading.face.landmarks),
        "embed": lambda: engine.embed(reading.crop),
        "quality": lambda: measure(reading.face, reading.crop, reading.quality.embedding_norm),
        "judge": lambda: judge(engine.calibration, reading, reading, Strictness.BALANCED),
        "whole": lambda: engine.read_photo(photo),
        "bare": lambda: [*map(runtime.detect, recorder.images), *map(runtime.encode, recorder.crops)],
    }
    for work in steps.values():
        work()
    # All steps in turn, so that a busy moment of the machine does not fall on one of them alone.
    times = [{name: timed(work) for name, work in steps.items()} for _ in range(runs)]
    return {name: [row[name] for row in times] for name in steps}


def _large_pair(engine: FaceEngine, folder: Path, runs: int) -> list[float]:
    """Two 12-megapixel JPEG files to a verdict, the engine being warm."""
    paths = []
    for name in ("obama1", "biden"):
        pixels = load_photo(resource("samples") / f"{name}.jpg").pixels
        factor = (_LARGE / (pixels.shape[0] * pixels.shape[1])) ** 0.5
        paths.append(folder / f"{name}-large.jpg")
        _save_jpeg(pixels, round(pixels.shape[1] * factor), round(pixels.shape[0] * factor), paths[-1])
    with ThreadPoolExecutor(2, thread_name_prefix="decode") as pool:

        def compare() -> None:
            left, right = (engine.read_photo(photo).reading for photo in pool.map(load_photo, paths))
            engine.compare(left, right, Strictness.BALANCED)

        compare()
        return [timed(compare) for _ in range(max(1, runs // 4))]


def _save_jpeg(pixels: Pixels, width: int, height: int, path: Path) -> None:
    from PIL import Image

    Image.fromarray(pixels).resize((width, height)).save(path, quality=92)


def _photos_per_second(engine: FaceEngine, device: str, folder: Path, runs: int) -> tuple[float, float]:
    """siamgui evaluate on small photographs, decoding included; and engine on one after another, in turns."""
    paths = []
    for source in sorted(resource("samples").glob("*.jpg")):
        photo = load_photo(source)
        found = engine.find_faces(photo)
        face = found.faces[found.prominent]
        side = round(1.1 * face.height)  # half of a square in which the face stands as in those collections
        x, y = (face.box[:2] + face.box[2:]) / 2
        top, left = max(0, round(float(y)) - side), max(0, round(float(x)) - side)
        part = photo.pixels[top : top + 2 * side, left : left + 2 * side]
        paths.append(folder / source.name)
        _save_jpeg(part, _SMALL, _SMALL, paths[-1])
    jobs = processors()
    many, runtime = runs * paths, open_runtime(device, bundled("centerface"), bundled_encoder(), jobs)
    beside = FaceEngine(runtime, engine.calibration)

    def each() -> None:
        for path in many:
            engine.read_photo(load_photo(path))

    works = (lambda: read_photos(beside, many, jobs, _quiet), each)
    read_photos(beside, paths * jobs, jobs, _quiet)
    turns = [[timed(work) for work in works] for _ in range(3)]
    speed, alone = (1000 * len(many) / median(times) for times in zip(*turns, strict=True))
    return speed, alone


def _quiet(_done: int, _total: int) -> None:
    """No progress line inside a measurement."""


def _cold_compare(device: str, runs: int) -> list[float]:
    """siamgui compare as a process of its own, from its start to its end."""
    pair = [str(resource("samples") / name) for name in ("obama1.jpg", "obama2.jpg")]
    command: Sequence[str] = [sys.executable, "-m", "siamgui", "compare", *pair, "--device", device, "--json"]

    def start() -> None:
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)

    start()
    return [timed(start) for _ in range(max(1, runs // 4))]


def _peak_memory() -> float | None:
    """Megabytes of this process at its largest; None on Windows, whose Python cannot say."""
    try:
        import resource as limits
    except ImportError:
        return None
    peak = limits.getrusage(limits.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024**2 if sys.platform == "darwin" else 1024), 1)


def as_text(results: dict[str, Any]) -> str:
    photo = results["photo"]
    names = {
        "decode": tr("Decode"),
        "detect": tr("Find faces"),
        "refine": tr("Refine landmarks"),
        "align": tr("Align"),
        "embed": tr("Embed"),
        "quality": tr("Quality"),
        "judge": tr("Judge"),
        "whole": tr("Whole, photo already decoded"),
        "bare": tr("The bare network calls of it"),
    }
    lines = [
        results["engine"],
        tr(
            "Photo of {width} × {height} pixels, median and 95 % of {runs} runs:",
            width=photo["width"],
            height=photo["height"],
            runs=results["runs"],
        ),
    ]
    lines += [
        f"{times['median']:9.2f} {times['p95']:9.2f} ms  {name}"
        for name, times in ((name, results["stages_ms"][stage]) for stage, name in names.items())
    ]
    lines += [
        "",
        tr("Whole to bare: {ratio}", ratio=f"{results['ratio_whole_to_bare']:.2f}"),
        tr("Engine start: {ms} ms", ms=f"{results['load_ms']:.0f}"),
        tr("Two 12-megapixel JPEG files to a verdict, warm: {ms} ms", ms=f"{results['large_pair_ms']['median']:.0f}"),
        tr("siamgui compare from cold: {ms} ms", ms=f"{results['cold_compare_ms']['median']:.0f}"),
        tr("Evaluate, {size} × {size} JPEG: {n} photos per second", size=_SMALL, n=round(results["photos_per_second"])),
        tr("One photo after another: {n} per second", n=round(results["one_by_one_per_second"])),
    ]
    if results["peak_memory_mb"] is not None:
        lines.append(tr("Memory at most: {mb} MB", mb=round(results["peak_memory_mb"])))
    return "\n".join(lines)
