#!/usr/bin/env python3
"""Clips of people before a camera, made from photographs of which there are several of each person.

    tools/made_clips.py FOLDER --out CLIPS [--clips 10] [--seed 0]

FOLDER holds one folder per person. Writes CLIPS/genuine-*.avi and CLIPS/swap-*.avi, and the reference photograph of
each beside it, to be tried with

    siamgui verify --reference CLIPS/genuine-000.jpg --source CLIPS/genuine-000.avi --strictness strict

How a clip is made. 640 x 480 pixels, 15 frames a second, 10 seconds. The photographs of one person, the reference not
among them, follow each other, each for 0.6 to 1.2 seconds; one turns into the next within 0.8 seconds by a dissolve of
the two, laid over each other at the five landmarks, so that nothing jumps as it does when a person is exchanged. The
hand or head sways (up to 30 pixels), comes nearer and goes (up to 15 %), and tilts (up to 6 degrees); exposure drifts
by a third; some seconds are blurred; every frame has sensor noise and goes through JPEG as a webcam's does. A swap is
a clip of one person that becomes a clip of another from one frame to the next, or after half a second of nobody.

What this is not: a film. The photographs are of different days, so the embeddings of one clip differ more than those
of a person before a webcam do.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from siamgui.core.alignment import TEMPLATE, similarity
from siamgui.core.cv import cv2
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Frame, Pixels

WIDTH, HEIGHT, RATE, SECONDS = 640, 480, 15, 10.0
HOLD, DISSOLVE = (0.6, 1.2), 0.8
SWAY, ZOOM, TILT, EXPOSURE = 30.0, 0.15, 6.0, 0.33
NOISE = (2.0, 6.0)
BLUR = 1.6
JPEG = 85
GONE = 0.5
"""Seconds of nobody, in the swaps that have a gap."""


@dataclass(frozen=True, eq=False)
class Still:
    """A photograph, and the five landmarks of its face."""

    pixels: Pixels
    landmarks: NDArray[np.float32]


def still(engine: FaceEngine, path: Path) -> Still:
    """Raises NoFaceFound and the errors of load_photo()."""
    photo = load_photo(path)
    return Still(photo.pixels, engine.read_photo(photo).reading.face.landmarks)


def clip(stills: Sequence[Still], chooser: random.Random, seconds: float = SECONDS) -> Iterator[Pixels]:
    """Frames of one person, (480, 640, 3) uint8 RGB."""
    noise = np.random.default_rng(chooser.randrange(2**32))
    scene = _Scene(chooser)
    order = list(stills)
    chooser.shuffle(order)
    shown, until = 0, chooser.uniform(*HOLD)
    for number in range(round(seconds * RATE)):
        at = number / RATE
        if at >= until + DISSOLVE:
            shown, until = shown + 1, at + chooser.uniform(*HOLD)
        share = max(0.0, (at - until) / DISSOLVE)
        matrix = scene.place(at)
        picture = _placed(order[shown % len(order)], matrix)
        if share > 0 and len(order) > 1:
            after = _placed(order[(shown + 1) % len(order)], matrix)
            picture = cv2.addWeighted(picture, 1 - share, after, share, 0)
        yield scene.film(picture, at, noise)


def swap(
    before: Sequence[Still],
    after: Sequence[Still],
    at: float,
    gap: bool,
    chooser: random.Random,
    seconds: float = SECONDS,
) -> Iterator[Pixels]:
    """Frames of one person and, from second `at` on, of another one."""
    yield from clip(before, chooser, at)
    if gap:
        empty = np.full((HEIGHT, WIDTH, 3), 96, np.uint8)
        yield from [empty] * round(GONE * RATE)
    yield from clip(after, chooser, seconds - at)


def frames(pictures: Iterator[Pixels]) -> Iterator[Frame]:
    return (Frame(picture, number / RATE) for number, picture in enumerate(pictures))


class _Scene:
    """How the face moves and the light changes, smoothly."""

    def __init__(self, chooser: random.Random) -> None:
        self._waves = [(chooser.uniform(0.1, 0.4), chooser.uniform(0, 2 * np.pi)) for _ in range(6)]
        self._size = chooser.uniform(0.75, 1.15)
        self._noise = chooser.uniform(*NOISE)

    def _wave(self, which: int, at: float) -> float:
        rate, phase = self._waves[which]
        return float(np.sin(2 * np.pi * rate * at + phase))

    def place(self, at: float) -> NDArray[np.float64]:
        """The (2, 3) matrix from the 112-pixel face template to the frame."""
        scale = 1.6 * self._size * (1 + ZOOM * self._wave(0, at))
        turn = np.radians(TILT * self._wave(1, at))
        linear = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        middle = np.array([WIDTH / 2 + SWAY * self._wave(2, at), HEIGHT / 2 + SWAY * self._wave(3, at)])
        return np.hstack([linear, (middle - linear @ np.array([56.0, 64.0]))[:, None]])

    def film(self, picture: Pixels, at: float, noise: np.random.Generator) -> Pixels:
        if self._wave(5, at) > 0.7:
            picture = cv2.GaussianBlur(picture, (0, 0), BLUR * self._wave(5, at))
        light = 1 + EXPOSURE * self._wave(4, at)
        grain = noise.normal(0, self._noise, (HEIGHT // 2, WIDTH // 2, 3)).astype(np.float32)
        lit = picture.astype(np.float32) * light + cv2.resize(grain, (WIDTH, HEIGHT))
        small = np.clip(lit, 0, 255).astype(np.uint8)
        _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, JPEG])
        decoded: Pixels = cv2.imdecode(data, cv2.IMREAD_COLOR)
        return decoded


def _placed(one: Still, matrix: NDArray[np.float64]) -> Pixels:
    """The photograph with its face at the template's place under matrix, before a wall of its own mean colour."""
    to_template = np.vstack([similarity(one.landmarks, TEMPLATE), [0, 0, 1]])
    whole = np.vstack([matrix, [0, 0, 1]]) @ to_template
    wall = tuple(float(value) for value in one.pixels.reshape(-1, 3).mean(0))
    placed: Pixels = cv2.warpAffine(one.pixels, whole[:2], (WIDTH, HEIGHT), borderValue=wall)
    return placed


def write(path: Path, pictures: Iterator[Pixels]) -> None:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), RATE, (WIDTH, HEIGHT))
    for picture in pictures:
        writer.write(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    writer.release()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    chooser = random.Random(args.seed)
    people = [sorted(one.glob("*.jpg")) for one in sorted(args.folder.iterdir()) if one.is_dir()]
    chosen = chooser.sample([photos for photos in people if len(photos) >= 3], args.clips + 1)
    engine = FaceEngine.load()
    args.out.mkdir(parents=True, exist_ok=True)
    for number, (photos, others) in enumerate(pairwise(chosen)):
        same, other = ([still(engine, path) for path in some[1:5]] for some in (photos, others))
        for kind, pictures in (
            ("genuine", clip(same, chooser)),
            ("swap", swap(same, other, chooser.uniform(1, 4), bool(number % 2), chooser)),
        ):
            write(args.out / f"{kind}-{number:03}.avi", pictures)
            (args.out / f"{kind}-{number:03}.jpg").write_bytes(photos[0].read_bytes())
        print(args.out / f"genuine-{number:03}.avi", flush=True)


if __name__ == "__main__":
    main()
