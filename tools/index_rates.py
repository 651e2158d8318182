"""How fast a folder of large photographs is read for searching, in how much memory, and what a kill costs.

    python tools/index_rates.py FOLDER [--photos 10000] [--megapixels 12] [--scratch FOLDER] [--every 120]

FOLDER holds one folder per person. Photographs of two to four of them each are made in the scratch folder (about 1 MB
each at 12 megapixels), with grain, of every other quality from 75 to 95; what is there already is not made again. Then,
in a data folder of its own:

1. `siamgui index` reads them in a process of its own. Every --every seconds it is held, and the pipeline with nothing
   around it (the same reading threads and engine, nothing hashed, compared or kept) reads photographs that are drawn
   anew each time: both meet the same load of the machine. When half is read it is killed, and begun again.
2. It is run again, with nothing to do, and once more after one photograph in a hundred was changed and one removed.
3. Faces and files are counted: each once.

Memory is what the process and its children have for themselves (proportional set size), 5 times a second. Linux only.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from siamgui.core.imaging import load_photo
from siamgui.core.machine import keep_for_reuse, processors
from siamgui.core.pipeline import FaceEngine
from siamgui.evaluation.reading import ahead_of_use
from siamgui.search.reading import seen_in

DRAWN = 40
"""Photographs that the bare pipeline reads each time."""
Counts = dict[str, Any]  # of siamgui index --json
_LINE = re.compile(rb"([\d,]+) of [\d,]+ files")


def make(people: list[Path], scratch: Path, side: tuple[int, int], number: int) -> None:
    """Photograph number of the folder: some of the people before a backdrop, each a quarter to a half of its height."""
    path = scratch / f"{number // 1000:02}" / f"{number:06}.jpg"
    if path.exists():
        return
    chance = np.random.default_rng(number)
    width, height = side
    chosen = [people[index] for index in chance.choice(len(people), chance.integers(2, 5), replace=False)]
    faces = [np.asarray(cv2.imread(str(one))) for one in chosen]
    canvas = cv2.resize(cv2.GaussianBlur(faces[0], (0, 0), 12), side, interpolation=cv2.INTER_LINEAR)
    room = width // len(faces)
    for place, face in enumerate(faces):
        size = min(room, int(height * chance.uniform(0.3, 0.65)))
        left, top = place * room + int(chance.integers(room - size + 1)), int(chance.integers(height - size + 1))
        canvas[top : top + size, left : left + size] = cv2.resize(face, (size, size), interpolation=cv2.INTER_CUBIC)
    grain = chance.integers(0, 9, (height // 4, width // 4, 1), dtype=np.uint8)
    canvas = cv2.add(canvas, cv2.cvtColor(np.tile(grain, (4, 4, 1)), cv2.COLOR_GRAY2BGR))
    path.parent.mkdir(parents=True, exist_ok=True)
    coded = cv2.imencode(".jpg", canvas, [cv2.IMWRITE_JPEG_QUALITY, 75 + number % 5 * 5])[1]
    part = path.with_suffix(".part")
    part.write_bytes(coded.tobytes())
    part.replace(path)


def bare(engine: FaceEngine, photos: list[Path], jobs: int) -> float:
    """Seconds of the pipeline alone for these photographs."""
    start = time.monotonic()
    with closing(ahead_of_use(lambda path: seen_in(engine, load_photo(path)), photos, jobs)) as seen:
        for picture in seen:
            picture.result()
    return time.monotonic() - start


@dataclass
class Watched:
    """One run of `siamgui index`. seconds: while it was not held. counts: seconds and photographs read by then."""

    process: subprocess.Popen[bytes]
    peak: float = 0.0  # MB
    held: float = 0.0
    start: float = field(default_factory=time.monotonic)
    counts: list[tuple[float, int]] = field(default_factory=list)
    said: bytes = b""

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.start - self.held

    def listen(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            if match := _LINE.search(line):
                self.counts.append((self.seconds, int(match[1].replace(b",", b""))))

    def read(self) -> None:
        assert self.process.stdout
        self.said = self.process.stdout.read()

    def measure(self) -> None:
        while self.process.poll() is None:
            self.peak = max(self.peak, memory(self.process.pid))
            time.sleep(0.2)

    @contextmanager
    def holding(self) -> Iterator[None]:
        begun = time.monotonic()
        self.process.send_signal(signal.SIGSTOP)
        yield
        self.process.send_signal(signal.SIGCONT)
        self.held += time.monotonic() - begun


def memory(pid: int) -> float:
    """MB of a process and its children."""
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        with contextlib.suppress(OSError):
            roll = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii")
            total += int(re.search(r"^Pss:\s+(\d+)", roll, re.MULTILINE)[1])  # type: ignore[index]
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text(encoding="ascii").split())
    return total / 1000


def begin(folder: Path, jobs: int, data: Path) -> Watched:
    command = [sys.executable, "-m", "siamgui", "index", str(folder), "--jobs", str(jobs), "--json"]
    kept = os.environ | {"SIAMGUI_DATA": str(data), "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
    run = Watched(subprocess.Popen(command, env=kept, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    for work in (run.listen, run.read, run.measure):
        threading.Thread(target=work, daemon=True).start()
    return run


def finished(run: Watched) -> Counts:
    if run.process.wait():
        sys.exit(f"siamgui index ended with {run.process.returncode}")
    while not run.said:
        time.sleep(0.05)
    counts: Counts = json.loads(run.said)["folders"][0]
    return counts


@dataclass
class Reading:
    """What was measured while the folder was read for the first time."""

    reads: list[tuple[float, int]] = field(default_factory=list)  # seconds and photographs of each process
    peak: float = 0.0
    killed: int = 0
    bare_seconds: float = 0.0
    bare_count: int = 0

    @property
    def rate(self) -> float:
        return sum(count for _seconds, count in self.reads) / sum(seconds for seconds, _count in self.reads)

    @property
    def bare_rate(self) -> float:
        return self.bare_count / self.bare_seconds if self.bare_count else float("nan")


def first_reading(photos: list[Path], folder: Path, data: Path, jobs: int, every: float) -> tuple[Reading, Counts]:
    """Read the folder, killed half-way and begun again; the bare pipeline takes turns with it."""
    keep_for_reuse()
    engine, chance = FaceEngine.load("cpu", at_once=jobs), np.random.default_rng(0)
    bare(engine, photos[:4], jobs)  # the first ones are slower
    found, run = Reading(), begin(folder, jobs, data)
    while run.process.poll() is None:
        until = time.monotonic() + every
        while run.process.poll() is None and time.monotonic() < until:
            time.sleep(0.2)
            if not found.killed and run.counts and run.counts[-1][1] >= len(photos) / 2:
                run.process.kill()
                run.process.wait()
                found.reads.append(run.counts[-1])
                found.killed, found.peak = run.counts[-1][1], run.peak
                run = begin(folder, jobs, data)
        if run.process.poll() is None:
            drawn = [photos[index] for index in chance.choice(len(photos), DRAWN, replace=False)]
            with run.holding():
                found.bare_seconds += bare(engine, drawn, jobs)
                found.bare_count += DRAWN
    seconds, counts = run.seconds, finished(run)
    found.reads.append((seconds, counts["read"]))
    found.peak = max(found.peak, run.peak)
    return found, counts


def change(photos: list[Path]) -> int:
    """Mirror one photograph in a hundred, and remove one. How many were changed."""
    removed, *changed = photos[::100]
    removed.unlink()
    for photo in changed:
        picture = cv2.imdecode(np.frombuffer(photo.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
        photo.write_bytes(cv2.imencode(".jpg", np.ascontiguousarray(picture[:, ::-1]))[1].tobytes())
    return len(changed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=10_000)
    parser.add_argument("--megapixels", type=float, default=12)
    parser.add_argument("--scratch", type=Path, default=Path(tempfile.gettempdir()) / "siamgui-index-rates")
    parser.add_argument("--every", type=float, default=120, help="seconds between two looks at the bare pipeline")
    args = parser.parse_args()
    jobs, height = processors(), round((args.megapixels * 1e6 * 3 / 4) ** 0.5 / 12) * 12
    people = sorted(args.folder.rglob("*.jpg"))
    folder, data = args.scratch / "photos", args.scratch / "data"
    with ProcessPoolExecutor(jobs) as pool:
        list(pool.map(partial(make, people, folder, (height * 4 // 3, height)), range(args.photos), chunksize=20))
    photos = sorted(folder.rglob("*.jpg"))
    size = sum(photo.stat().st_size for photo in photos) / len(photos) / 1e6
    print(f"{len(photos):,} photographs of {args.megapixels:g} megapixels, {size:.2f} MB each; {jobs} reading threads")

    shutil.rmtree(data, ignore_errors=True)
    found, counts = first_reading(photos, folder, data, jobs, args.every)
    print(f"read: {found.rate:.2f} a second, for {sum(seconds for seconds, _count in found.reads):,.0f} s")
    print(f"the pipeline alone, in between: {found.bare_rate:.2f} a second ({found.bare_count:,} of them)")
    print(f"read at {found.rate / found.bare_rate:.2f} of the pipeline's rate; peak memory {found.peak:,.0f} MB")
    print(f"killed at {found.killed:,} or later; then read {counts['read']:,} and left {counts['unchanged']:,}")
    print(f"files {counts['files']:,}, faces {counts['faces']:,}, unreadable {counts['unreadable']:,}")

    counts = finished(run := begin(folder, jobs, data))
    print(f"again: {run.seconds:.1f} s; read {counts['read']:,}, unchanged {counts['unchanged']:,}")
    changed = change(photos)
    counts = finished(run := begin(folder, jobs, data))
    print(f"{changed:,} changed, 1 removed: {run.seconds:.1f} s; read {counts['read']:,}, gone {counts['gone']:,}")


if __name__ == "__main__":
    main()
