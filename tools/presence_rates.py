"""How often the presence check is passed by pictures (APCER) and refuses heads (BPCER), for each instrument.

    python tools/presence_rates.py DATA [--folds 3 4] [--attempts 16] [--seed 0] [--workers 2] [--doc FILE]

DATA holds att_faces and lfw_dev. Two kinds of evidence are printed:

1. Photographs of heads. The landmarks of two photographs of one person at different angles, against what the plane of
   one photograph allows: how far the nose has moved across it, and the depths that follow from that and the relief.
2. Attempts before a made camera (tools/made_heads.py): 320 x 240 pixels, 12 frames a second, blur and noise, and the
   real detector and the real close look in every frame. Whoever stands there sees the prompts and follows them as well
   as possible: after a reaction time, at a hand's or head's speed, further when the first movement does not suffice.

   genuine     a photograph on the surface of a generic head, which turns, tilts, nods, comes closer and blinks
   still       a photograph in a hand that is not quite still
   moved       ... pushed to the side that is asked for, tilted in its plane, and brought nearer
   turned      ... turned about its upright axis by up to 65 degrees, and leaned back
   near        a large print, turned, so near to the camera that its perspective is strong
   bent        as turned, round a cylinder about any axis, by 5 to 60 degrees half an eye distance from its middle
   bending     ... bent the more the further it is turned, to 25 to 60 degrees
   curled      one half is bent back as it is asked for, by up to 60 degrees
   wave        as turned, in the shape of an S
   eyes flat, eyes bent, eyes bending   as turned, bent and bending, with eyes that blink cut out
   mask        a print round a cylinder of 20 to 60 degrees before a head, whose eyes blink behind it
   zoomed      a picture on a screen, shifted and zoomed
   slides      three photographs of one person on a screen: turned to either side and straight, shown as asked for
   replay      a recording of the person doing what another check asked for, on a screen, again and again

The words are those of ISO/IEC 30107-3: APCER, the share of attack presentations of one instrument that pass; BPCER,
the share of bona fide ones that do not. Here both are of made presentations. Intervals are of 95 % (Clopper-Pearson).
The settings of siamgui/live were chosen on the people of folds 1 and 2. --doc writes the tables into a page, between
its two marks.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import made_heads as made
import numpy as np
from made_faces import closed
from made_heads import Model, Pose
from presence_acts import (
    HAND_SWAY,
    HEAD_SWAY,
    RATE,
    REST,
    STAND,
    Act,
    Follower,
    Replay,
    bending,
    curled,
    genuine,
    mask,
    picture,
    slides,
    wall,
)

from siamgui.core.closely import CloseLook, CloseReader
from siamgui.core.cv import cv2
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Face, Pixels
from siamgui.evaluation.metrics import rate_interval
from siamgui.evaluation.pairs import read_pairs
from siamgui.live.presence import LEAST_DEPTH, LEAST_RELIEF, RELIEF, TURN, PresenceCheck, Shape, depth, shape_of
from siamgui.live.relief import relief
from siamgui.live.types import PresenceState

LONGEST = 40.0
FRONTAL = 0.06
INSTRUMENTS = {
    "print, flat": ("still", "moved", "turned", "near"),
    "print, bent": ("bent", "bending", "curled", "wave"),
    "print with eyes cut out, flat": ("eyes flat",),
    "print with eyes cut out, bent": ("eyes bent", "eyes bending"),
    "paper mask with eyes cut out, worn": ("mask",),
    "screen, still pictures": ("zoomed", "slides"),
    "screen, replay of other prompts": ("replay",),
}
KINDS = ("genuine", *(kind for kinds in INSTRUMENTS.values() for kind in kinds))
BEGIN, END = "<!-- presence_rates -->", "<!-- end -->"


@dataclass(frozen=True, eq=False)
class Photograph:
    """A photograph of somebody, its refined landmarks and what they say."""

    person: str
    path: Path
    landmarks: np.ndarray
    close: CloseLook
    shape: Shape


@dataclass(frozen=True)
class Attempt:
    kind: str
    passed: bool
    failure: str
    depth: float
    relief: float
    seconds: float
    asked: tuple[str, ...]


def photographs(files: Sequence[tuple[str, Path]], engine: FaceEngine, closer: CloseReader) -> list[Photograph]:
    found = []
    for person, path in files:
        pixels = load_photo(path).pixels
        # Faces that reach the edge are found more surely with some room around them.
        wider = cv2.copyMakeBorder(pixels, 64, 64, 64, 64, cv2.BORDER_REPLICATE)
        face = _face(engine, wider, None)
        close = face and closer.read(wider, face)
        shape = face and shape_of(face, (wider.shape[1], wider.shape[0]), close)
        if face and close and shape:
            found.append(Photograph(person, path, face.landmarks - 64, CloseLook(close.points - 64, close.eyes), shape))
    return found


def _face(engine: FaceEngine, pixels: Pixels, before: Face | None) -> Face | None:
    """As siamgui.live.frames follows a face."""
    face = engine.follow(pixels, before) if before else None
    if face is None and (found := engine.glance(pixels)):
        largest = max(found, key=lambda one: one.width * one.height)
        face = engine.follow(pixels, largest) or largest
    return face


# --- Photographs of heads


def real_heads(photos: Sequence[Photograph]) -> Iterator[tuple[float, float, float]]:
    """For everyone: how far the nose is across the plane in the photograph turned most, and the depths of all."""
    for person in sorted({photo.person for photo in photos}):
        own = [photo.shape for photo in photos if photo.person == person]
        noses, aspects = np.array([shape.nose for shape in own]), np.array([shape.aspect for shape in own])
        straight = own[int(np.argmin(np.abs(noses)))]
        away = noses - straight.nose
        if abs(straight.nose) < FRONTAL and np.abs(away).max() >= TURN:
            reliefs = np.array([relief(straight.look.points, shape.look.points)[0] for shape in own])
            yield float(np.abs(away).max()), depth(away, aspects), depth(reliefs, aspects)


def one_picture(
    photos: Sequence[Photograph], engine: FaceEngine, closer: CloseReader, rng: np.random.Generator
) -> Iterator[tuple[float, float]]:
    """For one photograph of everyone, seen under 8 homographies: how far the nose seems to move, and its relief."""
    for photo in photos:
        surface = made.sheet(Model(load_photo(photo.path).pixels, photo.landmarks))
        shapes = []
        for _ in range(8):
            pose = Pose(*(rng.uniform(-1, 1, 6) * (50, 30, 20, 0.3, 0.2, 2.0))) + REST
            pixels = made.take(made.render(surface, pose, wall(rng)), rng, 0.6, 4.0)
            face = _face(engine, pixels, None)
            shape = face and shape_of(face, (made.WIDTH, made.HEIGHT), closer.read(pixels, face))
            if shape:
                shapes.append(shape)
        if len(shapes) > 1:
            reliefs = [relief(shapes[0].look.points, shape.look.points)[0] for shape in shapes]
            yield float(np.ptp([shape.nose for shape in shapes])) / 2, float(np.ptp(reliefs)) / 2


# --- Attempts


def _act(kind: str, photos: Sequence[Photograph], models: Sequence[Model], rng: np.random.Generator) -> Act:
    model, photo = models[0], photos[0]
    shut = closed(model.photo, photo.close.points)
    if kind == "slides":
        return slides([model.like(models[1]) for model in models])
    if kind == "curled":
        return curled(model, rng)
    if kind in ("bending", "eyes bending"):
        return bending(model, shut if kind.startswith("eyes") else None, rng)
    if kind == "mask":
        return mask(model, shut, rng)
    return genuine(model, shut, rng) if kind in ("genuine", "replay") else picture(kind, model, shut, rng)


def attempt(
    kind: str, photos: Sequence[Photograph], seed: Sequence[int], engine: FaceEngine, closer: CloseReader
) -> Attempt:
    """photos: one of a person, or for slides three."""
    rng = np.random.default_rng(seed)
    models = [Model(load_photo(photo.path).pixels, photo.landmarks) for photo in photos]
    speed = float(rng.uniform(5, 8))
    act = _act(kind, photos, models, rng)
    check = PresenceCheck(random.Random(int(rng.integers(2**32))))
    actor: Follower | Replay
    if kind == "replay":
        other = PresenceCheck(random.Random(int(rng.integers(2**32)))).prompts
        actor = Replay(act, other, rng)
    else:
        sway = HEAD_SWAY if kind in ("genuine", "mask") else STAND if kind == "zoomed" else HAND_SWAY
        actor = Follower(act, rng, sway, speed)
    behind, blur, noise = wall(rng), rng.uniform(0.3, 0.9), rng.uniform(2, 6)
    face: Face | None = None
    state: PresenceState | None = None
    for frame in range(round(LONGEST * RATE)):
        at = frame / RATE
        surface, pose = actor.step(at, state.prompt if state else None)
        pixels = made.take(made.render(surface, pose, behind), rng, blur, noise)
        face = _face(engine, pixels, face)
        close = face and closer.read(pixels, face)
        state = check.add(at, face, (made.WIDTH, made.HEIGHT), close)
        if state.passed is not None:
            break
    assert state is not None
    failure = "" if state.passed else str(state.failure or "unfinished")
    asked = tuple(prompt.value for prompt in check.prompts[: state.done + 1])
    return Attempt(kind, state.passed is True, failure, *check.depths, at, asked)


_readers: tuple[FaceEngine, CloseReader] | None = None


def _work(job: tuple[str, Sequence[Photograph], Sequence[int]]) -> Attempt:
    global _readers  # noqa: PLW0603  one engine a process
    cv2.setNumThreads(1)
    _readers = _readers or (FaceEngine.load("cpu"), CloseReader())
    return attempt(*job, *_readers)


def share_of(kind: str, attempts: int) -> int:
    """How many of the attempts of its instrument are of this kind."""
    kinds = next((kinds for kinds in INSTRUMENTS.values() if kind in kinds), None)
    return 3 * attempts if kinds is None else math.ceil(attempts / len(kinds))


def jobs(
    photos: Sequence[Photograph], kinds: Sequence[str], attempts: int, seed: int
) -> Iterator[tuple[str, Sequence[Photograph], Sequence[int]]]:
    """Every attempt of a kind is with another person, as far as there are enough.

    attempts: of each instrument, in equal shares of its kinds; of genuine ones three times as many.
    """
    people: dict[str, list[Photograph]] = {}
    for photo in photos:
        people.setdefault(photo.person, []).append(photo)
    straight = [min(own, key=lambda photo: abs(photo.shape.nose)) for own in people.values()]
    straight = [photo for photo in straight if abs(photo.shape.nose) < FRONTAL]
    three = []
    for own in people.values():
        ordered = sorted(own, key=lambda photo: photo.shape.nose)
        middle = min(own, key=lambda photo: abs(photo.shape.nose))
        if ordered[0].shape.nose < -1.2 * TURN and ordered[-1].shape.nose > 1.2 * TURN and middle in straight:
            three.append((ordered[0], middle, ordered[-1]))
    for kind in kinds:
        number = KINDS.index(kind)
        order = np.random.default_rng((seed, number)).permutation(len(three if kind == "slides" else straight))
        for n in range(share_of(kind, attempts) if len(order) else 0):
            who = int(order[n % len(order)])
            yield kind, three[who] if kind == "slides" else (straight[who],), (seed, number, n)


# --- What is printed


def rate(count: int, of: int) -> str:
    low, high = rate_interval(count, of)
    return f"{count / of:.1%} ({low:.1%} to {high:.1%})"


def tables(results: Sequence[Attempt], people: int) -> str:
    """Two tables in Markdown: for each instrument, and for heads."""
    lines = ["| instrument | presentations | APCER (95 %) | why the others ended |", "|---|---|---|---|"]
    for name, kinds in INSTRUMENTS.items():
        own = [result for result in results if result.kind in kinds]
        if own:
            why = Counter(result.failure for result in own if not result.passed)
            reasons = ", ".join(f"{reason} {n}" for reason, n in why.most_common())
            lines.append(f"| {name} | {len(own)} | {rate(sum(r.passed for r in own), len(own))} | {reasons} |")
    heads = [result for result in results if result.kind == "genuine"]
    attacks = [result for result in results if result.kind != "genuine"]
    if attacks:
        lines.append(f"| all of these | {len(attacks)} | {rate(sum(r.passed for r in attacks), len(attacks))} | |")
    if heads:
        why = Counter(f"{r.failure} at “{r.asked[-1]}”" for r in heads if not r.passed)
        times = np.percentile([result.seconds for result in heads if result.passed] or [0.0], (50, 95))
        lines += [
            "",
            f"Made heads, {len(heads)} presentations of people drawn from {people}: BPCER "
            f"{rate(sum(not r.passed for r in heads), len(heads))}"
            + (f" ({', '.join(f'{reason} {n}' for reason, n in why.most_common())})" if why else "")
            + f". Whoever passed needed {times[0]:.1f} s in the median, {times[1]:.1f} s for 19 in 20.",
        ]
    return "\n".join(lines)


def depths(results: Sequence[Attempt]) -> str:
    """For each kind that turned: the depths, for whoever chooses the limits."""
    lines = []
    for kind in KINDS:
        own = np.array([(r.depth, r.relief) for r in results if r.kind == kind and r.depth > 0])
        if len(own):
            low, middle, high = np.percentile(own, (5, 50, 95), axis=0)
            passed = sum(r.passed for r in results if r.kind == kind)
            said = [f"{m:.2f} ({a:.2f} to {b:.2f})" for a, m, b in zip(low, middle, high, strict=True)]
            lines.append(f"  {kind:<14}{len(own):4}  passed {passed:3}  depth {said[0]}  relief {said[1]}")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, metavar="DATA", help="the folder that holds att_faces and lfw_dev")
    parser.add_argument("--folds", nargs="+", default=["3", "4"], metavar="FOLD")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS, metavar="KIND")
    parser.add_argument(
        "--attempts",
        type=int,
        default=16,
        help="of each instrument, and three times as many genuine ones (default: 16)",
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--doc", type=Path, help="a page to write the tables into")
    parser.add_argument("--json", type=Path, help="write every attempt to this file")
    arguments = parser.parse_args()
    started = time.monotonic()

    pairs = read_pairs(arguments.data / "lfw_dev" / "pairs.csv", None).pairs
    people = {path.parent.name for pair in pairs if pair.fold in arguments.folds for path in (pair.left, pair.right)}
    images = arguments.data / "lfw_dev" / "images"
    files = [(person, path) for person in sorted(people) for path in sorted((images / person).glob("*.jpg"))]
    att = [(f"s{n}", arguments.data / "att_faces" / f"s{n}" / f"{i}.pgm") for n in range(1, 41) for i in range(1, 11)]
    engine, closer = FaceEngine.load("cpu"), CloseReader()
    lfw_photos = photographs(files, engine, closer)
    said = [f"Folds {', '.join(arguments.folds)}: {len(people)} people, {len(lfw_photos)} photographs with a face."]
    for name, photos in (("lfw_dev", lfw_photos), ("att_faces", photographs(att, engine, closer))):
        heads = np.array(list(real_heads(photos)))
        if len(heads):
            low, middle, _ = np.percentile(heads[:, 1:], (5, 50, 95), axis=0)
            said.append(
                f"Real heads, {name}, {len(heads)} people who are turned in one photograph: depth {middle[0]:.2f} in "
                f"the median, {low[0]:.2f} or more for 19 in 20 (limit {LEAST_DEPTH}); of the relief "
                f"{middle[1]:.2f} and {low[1]:.2f} (limit {LEAST_RELIEF})."
            )
        some = photos[:: max(len(photos) // 100, 1)]
        flat = np.array(list(one_picture(some, engine, closer, np.random.default_rng(0))))
        said.append(
            f"{len(flat)} photographs of {name} under homographies: the nose seems to move by "
            f"{np.median(flat[:, 0]):.3f} eye distances in the median, {flat[:, 0].max():.3f} at most (a turn is "
            f"{TURN}); the relief is {np.median(flat[:, 1]):.3f} and {flat[:, 1].max():.3f} (a turn is {RELIEF})."
        )
    print("\n".join(said))

    print("\nAttempts before a made camera:")
    work = list(jobs(lfw_photos, arguments.kinds, arguments.attempts, arguments.seed))
    # Not forked: this process already runs the threads of the engine.
    with ProcessPoolExecutor(arguments.workers, multiprocessing.get_context("spawn")) as pool:
        results = list(pool.map(_work, work, chunksize=4))
    table = tables(results, len({photo.person for photo in lfw_photos}))
    print(table + "\n\n" + depths(results))
    if arguments.doc:
        page = arguments.doc.read_text(encoding="utf-8")
        before, after = page.split(BEGIN)[0], page.split(END)[1]
        said = [f"- {line}" for line in said]
        arguments.doc.write_text(before + "\n".join([BEGIN, *said, "", table, END]) + after, encoding="utf-8")
    print(f"{(time.monotonic() - started) / 60:.0f} minutes")
    if arguments.json:
        arguments.json.write_text(json.dumps([asdict(result) for result in results]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
