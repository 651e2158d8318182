"""siamgui bench --live: whether the live page keeps up with a camera on this machine."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from siamgui.core.encoders.registry import encoder_of
from siamgui.core.i18n import tr
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.resources import resource
from siamgui.core.types import Frame, Strictness
from siamgui.core.wording import engine_line
from siamgui.live.crowd import CrowdReader
from siamgui.live.everybody import Everybody
from siamgui.live.film import HEIGHT, RATE, WIDTH, crowd_frame, film_frame
from siamgui.live.frames import FrameReader
from siamgui.live.gallery import Gallery
from siamgui.live.session import Session
from siamgui.live.types import Reference

SCHEMA = "siamgui.bench-live/1"
LIMIT = 16.0
"""Milliseconds that a paint may wait."""
ENROLLED, MANY = 500, 100_000


def measure(device: str, seconds: float) -> dict[str, Any]:
    """Everything that --live prints. Shows a window, or draws without a screen where there is none."""
    from siamgui.gui.live import bench

    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    engine = FaceEngine.load(device)
    alone = _alone(engine)
    live = bench.measure(device, seconds)
    return {
        "schema": SCHEMA,
        "engine": engine_line(engine.info, None),
        "frame": {"width": WIDTH, "height": HEIGHT, "rate": RATE},
        "frames_per_second": round(alone, 1),
        "live": {
            "seconds": round(live.seconds, 1),
            "frames_per_second": round(live.answers / live.seconds, 1),
            "gui_delay_ms": _spread(live.delays),
            "gui_delay_without_engine_ms": _spread(live.quiet_delays),
            "overlay_age_ms": _spread(live.ages),
            "memory_mb": [round(value, 1) for value in live.memory],
        },
        "crowd": _crowd(engine),
        "nearest_of_ms": {str(count): round(_nearest(engine, count), 3) for count in (ENROLLED, MANY)},
    }


def _alone(engine: FaceEngine, frames: int = 300) -> float:
    """Frames a second through detection, embedding and evidence, without a window."""
    photo = load_photo(resource("samples") / "obama1.jpg")
    vector = engine.read_photo(photo).reading.embedding.vector
    reference = Reference("", vector[None], engine.encoder.key)
    session = Session(reference, engine.calibration, Strictness.STRICT)
    pictures = [film_frame(number) for number in range(60)]
    reader = FrameReader(engine)
    start = 0.0
    for number in range(-30, frames):  # the first ones warm everything up
        if number == 0:
            start = time.perf_counter()
        session.add(reader.read(Frame(pictures[number % 60], number / RATE)))
    return frames / (time.perf_counter() - start)


def _crowd(engine: FaceEngine, frames: int = 150) -> dict[str, Any]:
    """Five people in view, each followed and identified: frames a second, and milliseconds of processor a frame."""
    vector = engine.read_photo(load_photo(resource("samples") / "obama1.jpg")).reading.embedding.vector
    gallery = Gallery.of([(1, "", vector[None])], engine.encoder.key)
    pictures = [crowd_frame(number) for number in range(60)]
    reader = CrowdReader(engine)
    everybody = Everybody(lambda: Session(gallery, engine.calibration, Strictness.STRICT))
    start = work = 0.0
    for number in range(-30, frames):
        if number == 0:
            start, work = time.perf_counter(), time.process_time()
        frame = Frame(pictures[number % 60], number / RATE)
        state = everybody.add(reader.read(frame))
    milliseconds = 1000 * (time.process_time() - work) / frames
    return {
        "faces": len(state.seen.faces),
        "frames_per_second": round(frames / (time.perf_counter() - start), 1),
        "processor_ms": round(milliseconds, 1),
    }


def _nearest(engine: FaceEngine, count: int, runs: int = 30) -> float:
    """Median milliseconds to find whom of `count` people an embedding is nearest to."""
    chosen = np.random.default_rng(0)
    size = encoder_of(engine.encoder.architecture).embedding_size
    templates = chosen.normal(size=(count, size)).astype(np.float32)
    templates /= np.linalg.norm(templates, axis=1, keepdims=True)
    people = tuple(range(count))
    lengths = np.ones(count, np.float32)
    gallery = Gallery(people, ("",) * count, templates, lengths, templates, np.arange(count), engine.encoder.key)
    times = []
    for run in range(runs):
        start = time.perf_counter()
        gallery.nearest(templates[run], engine.calibration.energy)
        times.append(1000 * (time.perf_counter() - start))
    return float(np.median(times))


def _spread(values: Sequence[float]) -> dict[str, float]:
    if not values:
        return {}
    array = np.asarray(values)
    return {
        "median": round(float(np.median(array)), 2),
        "p99": round(float(np.quantile(array, 0.99)), 2),
        "most": round(float(array.max()), 2),
        "over_limit_percent": round(100 * float((array > LIMIT).mean()), 3),
    }


def as_text(results: dict[str, Any]) -> str:
    live, frame, crowd = results["live"], results["frame"], results["crowd"]
    spread = "{median:.1f} / {p99:.1f} / {most:.1f} ms"
    delay, quiet, age = (live[name] for name in ("gui_delay_ms", "gui_delay_without_engine_ms", "overlay_age_ms"))
    lines = [
        results["engine"],
        tr(
            "Film of {width} × {height} pixels, {rate} frames a second, for {seconds} s. Median / 99 % / most:",
            **frame,
            seconds=round(live["seconds"]),
        ),
        tr("Frames a second through detection and embedding, alone: {n}", n=results["frames_per_second"]),
        tr(
            "{faces} faces at once, each identified: {n} frames a second, {ms} ms of processor a frame",
            faces=crowd["faces"],
            n=crowd["frames_per_second"],
            ms=crowd["processor_ms"],
        ),
        tr("Frames a second in the live window: {n}", n=live["frames_per_second"]),
        tr("A paint waits, engine at work: {spread}", spread=spread.format(**delay)),
        tr("A paint waits, film alone: {spread}", spread=spread.format(**quiet)),
        tr(
            "Later than {limit} ms: {percent} % with the engine, {quiet} % without",
            limit=round(LIMIT),
            percent=delay["over_limit_percent"],
            quiet=quiet["over_limit_percent"],
        ),
        tr("Age of the overlay: {spread}", spread=spread.format(**age)),
        *(
            tr("Nearest of {n} people: {ms} ms", n=f"{int(count):,}", ms=f"{value:.2f}")
            for count, value in results["nearest_of_ms"].items()
        ),
    ]
    if live["memory_mb"]:
        first, last = live["memory_mb"][0], live["memory_mb"][-1]
        lines.append(tr("Memory after the first film and at the end: {first} MB, {last} MB", first=first, last=last))
    return "\n".join(lines)
