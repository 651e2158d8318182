"""Photographs spoilt by the families of tools/spoiling, and read by the pipeline as shipped, on all processors."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from queue import Queue
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from spoiling import FAMILIES
from spoiling.exam import EXAM

from siamgui.core.errors import SiamguiError
from siamgui.core.imaging import load_photo
from siamgui.core.look import look
from siamgui.core.manifest import bundled, bundled_encoder
from siamgui.core.pipeline import FaceEngine
from siamgui.core.runtime import open_runtime
from siamgui.core.types import Face, Photo, Pixels
from siamgui.versions.calibrate import nothing_known

CHUNK = 64
MOVED = 1.2
"""Eye distances that a face may lie from where it was: what is found farther away is another, or none."""
_FAMILIES = {family.key: family for family in (*FAMILIES, *EXAM)}


@dataclass(frozen=True)
class Task:
    """One photograph to be spoilt. families: keys, laid on one after the other; none leaves it clear. seed: of the draw
    of the parameters, which photographs spoilt alike share. noise: of what differs between them."""

    photo: Path
    families: tuple[str, ...]
    seed: int
    noise: int


class Read(NamedTuple):
    """What came of it. vector: (d,) unit. norm: of the embedding before. look: siamgui.core.look. decisive: whether a
    quality finding is."""

    vector: NDArray[np.float32]
    norm: float
    look: NDArray[np.float32]
    decisive: bool


class Reader:
    def __init__(self) -> None:
        encoder = bundled_encoder()
        self._engine = FaceEngine(open_runtime("cpu", bundled("centerface"), encoder), nothing_known(encoder.key))
        self._clear: dict[Path, Face] = {}

    def read(self, task: Task) -> Read | None:
        """None where the face is not found any more."""
        photo = load_photo(task.photo)
        try:
            if task.photo not in self._clear:
                self._clear[task.photo] = self._face(photo)
            face = self._clear[task.photo]
            for step, key in enumerate(task.families):
                family = _FAMILIES[key]
                spoil = family.draw(np.random.default_rng([task.seed, step]))
                marks = face.landmarks.astype(np.float64)
                pixels = spoil(photo.pixels, marks, np.random.default_rng([task.noise, step]))
                spoilt = Photo(np.ascontiguousarray(pixels), "", photo.name)
                after = self._face(spoilt)
                # Of a picture that became smaller nobody knows where its corner was.
                cut = family.group == "cut" and pixels.shape != photo.pixels.shape
                if not cut and moved(face, photo.pixels, after, pixels) > MOVED:
                    return None
                photo, face = spoilt, after
            reading = self._engine.read_face(photo, face)
        except SiamguiError:
            return None
        norm = reading.quality.embedding_norm or 0.0
        return Read(reading.embedding.vector, norm, look(reading.crop), reading.quality.decisive)

    def _face(self, photo: Photo) -> Face:
        detection = self._engine.find_faces(photo)
        return detection.faces[detection.prominent]


def moved(before: Face, old: Pixels, after: Face, new: Pixels) -> float:
    """How far a face lies from where it was, the picture having changed its size, in eye distances."""
    scale = np.array([new.shape[1] / old.shape[1], new.shape[0] / old.shape[0]])
    way = after.landmarks.mean(axis=0) - before.landmarks.mean(axis=0) * scale
    return float(np.hypot(*way)) / max(before.eye_distance * float(scale.mean()), 1.0)


@functools.cache
def _reader() -> Reader:
    return Reader()


def _settle(processors: Queue[int]) -> None:
    """Several processes with several threads each would be in each other's way: one processor for each."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {processors.get()})


def _read(some: Sequence[Task]) -> list[Read | None]:
    return [_reader().read(task) for task in some]


def read_all(todo: Sequence[Task], cache: Path | None = None) -> list[Read | None]:
    """What came of each, in order; one process for each processor. cache: an .npz file that is read if it is there."""
    if cache is not None and cache.exists():
        with np.load(cache) as kept:
            columns = zip(kept["vector"], kept["norm"], kept["look"], kept["decisive"], kept["found"], strict=True)
            return [Read(v, float(n), look, bool(d)) if found else None for v, n, look, d, found in columns]
    found: list[Read | None] = []
    context = get_context("spawn")  # a forked child would share the threads of the engine's libraries
    processors: Queue[int] = context.Manager().Queue()
    for processor in range(os.cpu_count() or 1):
        processors.put(processor)
    with ProcessPoolExecutor(os.cpu_count(), context, _settle, (processors,)) as pool:
        for part in pool.map(_read, [todo[i : i + CHUNK] for i in range(0, len(todo), CHUNK)]):
            found += part
            print(f"\r{len(found)} of {len(todo)} photographs", end="", file=sys.stderr)
    print(file=sys.stderr)
    if cache is not None:
        one = next(read for read in found if read is not None)
        nothing = Read(0 * one.vector, 0.0, 0 * one.look, False)
        full = [read or nothing for read in found]
        np.savez(
            cache,
            found=np.array([read is not None for read in found]),
            **{name: np.stack([getattr(read, name) for read in full]) for name in Read._fields},
        )
    return found
