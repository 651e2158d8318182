#!/usr/bin/env python3
"""What `siamgui verify FILM --all` costs, and what it finds and misses.

    tools/timeline_rates.py FOLDER [--people 12] [--minutes 60] [--film FILM] [--seed 0]

FOLDER holds one folder per person. A film of 1280 x 720 at 25 frames a second (H.264) is made as tools/made_clips.py
makes clips: each person alone for 6 seconds, pairs of them side by side for 6 seconds, and some seconds of nobody. It
is repeated until it is as long as asked for; --film repeats a film of yours instead. Printed are how many times real
time it was read in, on the wall and by the processors; and of the made one how many faces were followed, how many
people these were joined to, and how often wrongly.

Then films in which everybody is in view for a fraction of a second to two seconds, beginning at any moment: the share
of these faces that is in the timeline.
"""

from __future__ import annotations

import argparse
import itertools
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from siamgui.core.cv import cv2
from siamgui.core.imaging import load_photo
from siamgui.core.machine import processors
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import FaceReading, Pixels
from siamgui.search.timeline import watch_film
from siamgui.search.timeline_values import Timeline
from tools import made_clips
from tools.made_clips import Still, clip, still

WIDTH, HEIGHT, RATE = 1280, 720, 25
ALONE, TOGETHER, NOBODY = 6.0, 6.0, 4.0
BRIEF = (0.2, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0)
BETWEEN = (1.6, 2.4)
"""Seconds of nobody between two brief faces."""


def scenes(people: Sequence[Sequence[Still]], chooser: random.Random) -> Iterator[Pixels]:
    """Everybody alone, then in pairs."""
    wall = _wall()
    for number, stills in enumerate(people):
        for at, picture in enumerate(clip(stills, chooser, ALONE)):
            yield _before(wall, number, at, cv2.resize(picture, (960, HEIGHT)), 160)
        if number % 4 == 3:
            yield from (_before(wall, number, at) for at in range(round(NOBODY * RATE)))
    for number, (one, other) in enumerate(zip(people[::2], people[1::2], strict=False)):
        both = zip(clip(one, chooser, TOGETHER), clip(other, chooser, TOGETHER), strict=True)
        for at, pictures in enumerate(both):
            yield _before(wall, number, at, np.hstack(pictures), 0)


def brief(
    people: Sequence[Sequence[Still]], seconds: float, chooser: random.Random
) -> tuple[list[Pixels], list[float]]:
    """Everybody for so many seconds, in frames of 640 x 480, and when each begins."""
    nobody = np.full((made_clips.HEIGHT, made_clips.WIDTH, 3), 96, np.uint8)
    pictures: list[Pixels] = []
    begins = []
    for stills in people:
        pictures += [nobody] * round(chooser.uniform(*BETWEEN) * RATE)
        begins.append(len(pictures) / RATE)
        pictures += clip(stills, chooser, seconds)
    return pictures + [nobody] * RATE, begins


def write(path: Path, pictures: Iterator[Pixels]) -> None:
    """As H.264, in the way that cameras and editors write it: a key frame every two seconds, frames made of others."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", RATE, {"preset": "veryfast", "crf": "21", "g": str(2 * RATE)})
        stream.pix_fmt = "yuv420p"
        for number, picture in enumerate(pictures):
            if number == 0:
                stream.height, stream.width = picture.shape[:2]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
        container.mux(stream.encode())


def repeated(path: Path, out: Path, seconds: float) -> None:
    """The same film again and again, as it is encoded, until it is so long."""
    with av.open(str(out), "w") as container:
        stream, begins, last = None, 0, 0
        for _ in itertools.count():
            with av.open(str(path)) as source:
                own = source.streams.video[0]
                stream = stream or container.add_stream_from_template(own)
                base = own.time_base or Fraction(1, 1000)
                for packet in source.demux(own):
                    if packet.dts is None:
                        continue
                    packet.pts, packet.dts = packet.pts + begins, packet.dts + begins
                    last = max(last, packet.pts + (packet.duration or 0))
                    packet.stream = stream
                    container.mux(packet)
            begins = last
            if last * base >= seconds:
                return


def _wall() -> Pixels:
    """What is behind people: large enough to pan over, with something to encode in it."""
    coarse = np.random.default_rng(0).integers(40, 200, (18, 40, 3), np.uint8)
    fine = np.random.default_rng(1).normal(0, 6, (HEIGHT, 1600, 1))
    wall = cv2.resize(coarse, (1600, HEIGHT), interpolation=cv2.INTER_CUBIC)
    made: Pixels = np.clip(wall + fine, 0, 255).astype(np.uint8)
    return made


def _before(wall: Pixels, number: int, at: int, picture: Pixels | None = None, left: int = 0) -> Pixels:
    shift = round(160 + 150 * np.sin(number + at / 40))
    frame = wall[:, shift : shift + WIDTH].copy()
    if picture is not None:
        top = (HEIGHT - picture.shape[0]) // 2
        frame[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return frame


def measured(engine: FaceEngine, path: Path) -> Timeline:
    began, spent = time.perf_counter(), time.process_time()
    found = watch_film(engine, path, jobs=processors())
    wall, spent = time.perf_counter() - began, time.process_time() - spent
    print(
        f"{found.read_to / 60:.1f} minutes in {wall:.0f} s: {found.read_to / wall:.1f} times real time; "
        f"{spent:.0f} s of a processor: {2 * found.read_to / spent:.1f} times on two that do nothing else; "
        f"{found.sights} faces followed, {len(found.faces)} rows, "
        f"at most {found.bound.expected:.2f} wrong joins expected; "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB",
        flush=True,
    )
    return found


def joins(engine: FaceEngine, found: Timeline, references: Sequence[FaceReading]) -> str:
    """How the rows are mixed, by whose reference each face that was followed is nearest to."""
    energy = engine.calibration.energy
    vectors = np.stack([one.embedding.vector for one in references])
    rows = [[int(energy.distances(vectors, sight.seen.vector).argmin()) for sight in row.sights] for row in found.faces]
    wrong = sum(len(set(row)) - 1 for row in rows)
    people = len({who for row in rows for who in row})
    return f"{len(rows)} rows of {people} people, {wrong} joins of two people"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=12)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--film", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    chooser, engine = random.Random(args.seed), FaceEngine.load("cpu", at_once=processors())
    made_clips.RATE = RATE
    there = [sorted(one.glob("*.jpg")) for one in sorted(args.folder.iterdir()) if one.is_dir()]
    photos = chooser.sample([some for some in there if len(some) >= 4], args.people)
    references = [engine.read_photo(load_photo(some[0])).reading for some in photos]
    people = [[still(engine, one) for one in some[1:5]] for some in photos]
    with tempfile.TemporaryDirectory() as place:
        once, path = Path(place) / "once.mp4", Path(place) / "film.mp4"
        if args.film is None:
            write(once, scenes(people, chooser))
        repeated(args.film or once, path, 60 * args.minutes)
        print(f"{path.stat().st_size / 1e6:.0f} MB", flush=True)
        found = measured(engine, path)
        if args.film is None:
            print(joins(engine, found, references), flush=True)
        for seconds in BRIEF:
            pictures, begins = brief(people * 4, seconds, chooser)
            write(path, iter(pictures))
            spans = [span for row in watch_film(engine, path).faces for span in row.stretches]
            seen = sum(any(s.first <= at + seconds and s.last >= at for s in spans) for at in begins)
            print(f"in view for {seconds} s: {seen} of {len(begins)} in the timeline", flush=True)


if __name__ == "__main__":
    main()
