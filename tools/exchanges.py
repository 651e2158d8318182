"""Films of one person, and films in which somebody else takes the place of the first, made from photographs.

All are 384 x 288 pixels, with a moving head, light, grain and JPEG, as tools/made_clips.py has them; attacks have 10
frames a second, honest films 5: the slower, the farther a head moves from one to the next. An attack begins with one
person and shows another for at least two seconds, or again and again:

    cut         from one frame to the next, or after up to a second of nobody, of darkness, of a blurred picture
    dissolve    within 1 to 14 seconds the one is laid over the other
    morph       within 1 to 14 seconds shape and colours go from the one to the other; steps: the same, with rests
    turns       one frame, or up to three, of every 3 to 12 show the other
    visit       the other comes for 2 to 4 seconds, by a cut, a dissolve or a morph, and goes again
    takes over  both are in view; the other comes nearer and in front while the first goes, or crosses their way

An honest film shows one person only, from one photograph (a head with depth, tools/made_heads.py, or flat), or from ten
of one day (att_faces): turned (up to 40 degrees), light (a lamp that moves round the head, its colour, exposure),
glasses (put on and taken off), motion (blurred by it, nearer and farther, a hand before the face), day, and long ones
with all of it in turn.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import made_heads as made
import numpy as np
from made_clips import Still
from made_heads import Model, Mover, Pose
from numpy.typing import NDArray

from siamgui.core.alignment import similarity
from siamgui.core.cv import cv2
from siamgui.core.types import Frame, Pixels

WIDTH, HEIGHT = 384, 288
RATE, HONEST_RATE = 10, 5
EYES = 56.0
"""Pixels between the eyes, in the middle."""
JPEG = 85


@dataclass(frozen=True, eq=False)
class Placed:
    """A photograph with its face upright in the middle of a frame. marks: (5, 2)."""

    pixels: Pixels
    marks: NDArray[np.float64]


def placed(one: Still, eyes: float = EYES) -> Placed:
    middle = np.array([0.5 * WIDTH, 0.46 * HEIGHT])
    unit = np.array([[-0.5, -0.45], [0.5, -0.45], [0, 0.15], [-0.38, 0.6], [0.38, 0.6]])
    matrix = similarity(one.landmarks, (middle + eyes * unit).astype(np.float32))
    flags = cv2.INTER_AREA if np.linalg.det(matrix[:, :2]) < 1 else cv2.INTER_CUBIC
    wall = tuple(float(value) for value in one.pixels.reshape(-1, 3).mean(0))
    picture = cv2.warpAffine(one.pixels, matrix, (WIDTH, HEIGHT), flags=flags, borderValue=wall)
    return Placed(np.asarray(picture), one.landmarks.astype(np.float64) @ matrix[:, :2].T + matrix[:, 2])


class Morph:
    """Between two photographs: 0 shows the one, 1 the other, and in between the shape and the colours of both."""

    def __init__(self, one: Placed, other: Placed) -> None:
        self._sides = (one, other)
        grid = [(x, y) for x in (0, 0.5, 1) for y in (0, 0.5, 1) if (x, y) != (0.5, 0.5)]
        self._edge = np.array(grid) * (WIDTH, HEIGHT)

    def marks(self, share: float) -> NDArray[np.float64]:
        one, other = self._sides
        return np.asarray((1 - share) * one.marks + share * other.marks)

    def shaped(self, which: int, share: float) -> Pixels:
        """One of the two in the shape of the mixture."""
        side = self._sides[which]
        target, source = (np.vstack([marks, self._edge]) for marks in (self.marks(share), side.marks))
        maps = spline(source, target)
        return np.asarray(cv2.remap(side.pixels, *maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))

    def __call__(self, share: float) -> Pixels:
        if share in (0, 1):
            return self._sides[int(share)].pixels
        return np.asarray(cv2.addWeighted(self.shaped(0, share), 1 - share, self.shaped(1, share), share, 0))


def spline(source: NDArray[np.float64], target: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Maps for cv2.remap that bring what is at `source` to `target`, (n, 2) each: a thin plate."""

    def kernel(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
        squares = ((a[:, None] - b[None]) ** 2).sum(-1)
        return np.asarray(squares * np.log(squares + 1e-9))

    n = len(target)
    left = np.zeros((n + 3, n + 3))
    left[:n, :n] = kernel(target, target)
    left[:n, n:] = np.hstack([np.ones((n, 1)), target])
    left[n:, :n] = left[:n, n:].T
    weights = np.linalg.solve(left, np.vstack([source, np.zeros((3, 2))]))
    y, x = np.mgrid[:HEIGHT:8, :WIDTH:8]
    at = np.stack([x.ravel(), y.ravel()], axis=1).astype(float)
    found = (kernel(at, target) @ weights[:n] + np.hstack([np.ones((len(at), 1)), at]) @ weights[n:]).reshape(
        *x.shape, 2
    )
    across, down = (cv2.resize(found[..., n].astype(np.float32), (WIDTH, HEIGHT)) for n in (0, 1))
    return across, down


class Camera:
    """A hand or head that sways, light that drifts, grain and JPEG. still: how much less it moves, 0 to 1."""

    def __init__(self, chooser: random.Random, still: float = 0.0) -> None:
        self._waves = [(chooser.uniform(0.1, 0.4), chooser.uniform(0, 2 * np.pi)) for _ in range(5)]
        grain = np.random.default_rng(chooser.randrange(2**32))
        noise = chooser.uniform(1.5, 5.0)
        tiles = grain.normal(0, noise, (16, HEIGHT // 2, WIDTH // 2, 3)).astype(np.float32)
        self._grain = [np.asarray(cv2.resize(tile, (WIDTH, HEIGHT))) for tile in tiles]
        self._taken = 0
        self._reach = 1 - still

    def _wave(self, which: int, at: float) -> float:
        rate, phase = self._waves[which]
        return self._reach * float(np.sin(2 * np.pi * rate * at + phase))

    def film(self, picture: Pixels, at: float, light: float = 1.0) -> Pixels:
        turn = np.radians(5 * self._wave(0, at))
        scale = 1 + 0.1 * self._wave(1, at)
        linear = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        middle = np.array([WIDTH, HEIGHT]) / 2
        shift = middle - linear @ middle + (12 * self._wave(2, at), 8 * self._wave(3, at))
        matrix = np.hstack([linear, shift[:, None]])
        moved = cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
        return self.take(moved, light * (1 + 0.2 * self._wave(4, at)))

    def take(self, picture: Pixels, light: float = 1.0) -> Pixels:
        self._taken += 1
        lit = picture.astype(np.float32) * light + self._grain[self._taken % len(self._grain)]
        _, data = cv2.imencode(".jpg", np.clip(lit, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, JPEG])
        decoded: Pixels = cv2.imdecode(data, cv2.IMREAD_COLOR)
        return decoded


# -- attacks ---------------------------------------------------------------------------------------------------------

ATTACKS = ("cut", "dissolve", "morph", "steps", "turns", "visit")
TAKES_OVER = "takes over"
LEVELS = 10

Shot = tuple[str, int]
"""What one frame shows. Of "dissolve" and "morph": how far it has come, in LEVELS; of DISGUISES: 0, and of nothing."""
DISGUISES = ("nobody", "dark", "blurred")


def stock(one: Still, other: Still, chooser: random.Random) -> Iterator[tuple[Shot, Pixels]]:
    """The pictures that the attacks between two people are put together from, so that each is read once.

    In pairs, so that a reader that looks at every second frame in the mirror sees each picture both ways.
    """
    mixed, camera = Morph(placed(one), placed(other)), Camera(chooser)
    numbers = itertools.count()

    def shots(shot: Shot, picture: Pixels, pairs: int, light: float = 1.0) -> Iterator[tuple[Shot, Pixels]]:
        for _ in range(2 * pairs):
            yield shot, camera.film(picture, next(numbers) / 3, light)

    for kind, blend in (("morph", mixed), ("dissolve", _laid_over(mixed))):
        for level in range(LEVELS + 1):
            if kind == "morph" or 0 < level < LEVELS:
                yield from shots((kind, level), blend(level / LEVELS), 1 if 0 < level < LEVELS else 4)
    yield from shots(("dark", 0), mixed(0), 1, light=0.12)
    yield from shots(("blurred", 0), np.asarray(cv2.GaussianBlur(mixed(0), (0, 0), 9)), 1)


def attack(kind: str, chooser: random.Random) -> list[Shot]:
    """A film that begins with one person, frame by frame; kind: of ATTACKS."""
    begin, after = chooser.uniform(2.0, 4.0), chooser.uniform(3, 4)
    length = float(np.exp(chooser.uniform(np.log(1), np.log(14))))
    blend = chooser.choice(["morph", "dissolve"]) if kind not in ("morph", "dissolve") else kind
    if kind == "cut":
        how = chooser.choice(["at once", *DISGUISES])
        away = 0.0 if how == "at once" else chooser.uniform(0.2, 1.0)
        course = _times(begin + away + after)
        return [(how, 0) if begin <= at < begin + away else (blend, LEVELS * int(at >= begin)) for at in course]
    if kind == "turns":
        every = chooser.randrange(3, 13)
        run = 1 if every < 6 else chooser.randrange(1, 4)
        begin = chooser.choice([0.0, begin])
        course = _times(begin + 8)
        return [(blend, LEVELS * int(at >= begin and n % every >= every - run)) for n, at in enumerate(course)]
    if kind == "visit":
        rise, stay = chooser.choice([0.01, 1.5, 3.0]), chooser.uniform(2, 4)
        end = begin + 2 * rise + stay
        return [(blend, _level(min((at - begin) / rise, (end - at) / rise))) for at in _times(end + 2)]
    steps = chooser.randrange(2, 6) if kind == "steps" else LEVELS
    course = _times(begin + length + after)
    return [(blend, _level(round(np.clip((at - begin) / length, 0, 1) * steps) / steps)) for at in course]


def _times(seconds: float) -> list[float]:
    return [number / RATE for number in range(round(seconds * RATE))]


def _level(share: float) -> int:
    return round(float(np.clip(share, 0, 1)) * LEVELS)


def _laid_over(mixed: Morph) -> Callable[[float], Pixels]:
    one, other = mixed(0), mixed(1)
    return lambda share: np.asarray(cv2.addWeighted(one, 1 - share, other, share, 0))


def takes_over(one: Still, other: Still, chooser: random.Random) -> Iterator[Pixels]:
    """Both are in view: the first goes aside and back, or out, while the second comes to the middle."""
    return _takes_over(placed(one), placed(other), chooser.uniform(2.0, 4.0), Camera(chooser), chooser)


def _takes_over(one: Placed, other: Placed, begin: float, camera: Camera, chooser: random.Random) -> Iterator[Pixels]:
    """Two cut-outs in one room: the first goes aside and back, or out, while the second comes to the middle."""
    room = np.full((HEIGHT, WIDTH, 3), [chooser.randrange(60, 180) for _ in range(3)], np.uint8)
    length, side = chooser.uniform(1.0, 5.0), chooser.choice([-1, 1])
    crossing = chooser.random() < 0.5
    for number in range(round((begin + length + chooser.uniform(3, 4)) * RATE)):
        at = number / RATE
        share = float(np.clip((at - begin) / length, 0, 1))
        goes = (0.5 * WIDTH * side * (0.15 - (1.9 if crossing else 1.7) * share), 0.85 - 0.45 * share)
        comes = (0.5 * WIDTH * side * (0.75 * (1 - share) if not crossing else 0.9 * (1 - share)), 0.5 + 0.4 * share)
        picture = _stood(room, one, *goes)
        yield camera.film(_stood(picture, other, *comes), at)


def _stood(room: Pixels, one: Placed, aside: float, scale: float) -> Pixels:
    """A person cut out by an ellipse round the head, before a room. aside: pixels from the middle."""
    mask = np.zeros((HEIGHT, WIDTH), np.float32)
    cv2.ellipse(mask, (WIDTH // 2, round(0.45 * HEIGHT)), (76, 108), 0, 0, 360, 1.0, -1)
    matrix = np.array([[scale, 0, (1 - scale) * WIDTH / 2 + aside], [0, scale, (1 - scale) * HEIGHT / 2]])
    soft = cv2.warpAffine(cv2.GaussianBlur(mask, (0, 0), 4), matrix, (WIDTH, HEIGHT))[..., None]
    moved = cv2.warpAffine(one.pixels, matrix, (WIDTH, HEIGHT))
    return np.asarray((soft * moved + (1 - soft) * room).astype(np.uint8))


# -- honest films ----------------------------------------------------------------------------------------------------

HONEST = ("turned", "light", "glasses", "motion", "day")


def honest(kind: str, stills: Sequence[Still], chooser: random.Random, seconds: float) -> Iterator[Pixels]:
    """Frames of a film of one person. kind: of HONEST, or "long". stills: one photograph; for "day" several."""
    if kind == "day":
        return _of_a_day([placed(one, 50) for one in stills], chooser, seconds)
    if kind in ("light", "motion") and chooser.random() < 0.5:
        return _flat(kind, placed(stills[0]), chooser, seconds)
    return _head(kind, stills[0], chooser, seconds)


def _of_a_day(people: Sequence[Placed], chooser: random.Random, seconds: float) -> Iterator[Pixels]:
    camera, order = Camera(chooser), list(people)
    chooser.shuffle(order)
    shown, until = 0, chooser.uniform(0.6, 1.2)
    for number in range(round(seconds * HONEST_RATE)):
        at = number / HONEST_RATE
        if at >= until + 0.8:
            shown, until = shown + 1, at + chooser.uniform(0.6, 1.2)
        one, other = (order[(shown + n) % len(order)].pixels for n in (0, 1))
        share = max(0.0, (at - until) / 0.8)
        yield camera.film(np.asarray(cv2.addWeighted(one, 1 - share, other, share, 0)), at)


def _flat(kind: str, one: Placed, chooser: random.Random, seconds: float) -> Iterator[Pixels]:
    scene, camera = _Scene(kind, chooser), Camera(chooser)
    for number in range(round(seconds * HONEST_RATE)):
        at = number / HONEST_RATE
        yield camera.film(scene.on(one.pixels, at), at, scene.exposure(at))


def _head(kind: str, one: Still, chooser: random.Random, seconds: float) -> Iterator[Pixels]:
    """A head with depth, as near as a webcam is."""
    scene, camera = _Scene(kind, chooser), Camera(chooser)
    rng = np.random.default_rng(chooser.randrange(2**32))
    models = [Model(picture, one.landmarks) for picture in (one.pixels, with_glasses(one, rng))]
    surfaces = [made.head(model, float(np.clip(rng.normal(1, 0.1), 0.75, 1.25))) for model in models]
    small = rng.integers(40, 200, (4, 5, 3)).astype(np.uint8)
    wall = np.asarray(cv2.resize(small, (made.WIDTH, made.HEIGHT), interpolation=cv2.INTER_CUBIC))
    rest = Pose(distance=4.6)
    mover, target, until = Mover(rng, rest, 5.0, Pose(1, 1, 0.8, 0.02, 0.02, 0.03)), rest, 0.0
    for number in range(round(seconds * HONEST_RATE)):
        at = number / HONEST_RATE
        if at >= until:
            until = at + chooser.uniform(0.8, 2.0)
            target = rest if chooser.random() < 0.4 else _look_away(chooser, scene.turns(at))
        pose = replace(mover.step(target, 1 / HONEST_RATE))
        picture = made.render(surfaces[scene.glasses(at)], pose, wall)
        large = np.asarray(cv2.resize(picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC))
        yield camera.take(scene.on(large, at), scene.exposure(at))


def _look_away(chooser: random.Random, far: bool) -> Pose:
    most = 40 if far else 15
    yaw, pitch, roll = chooser.uniform(-most, most), chooser.uniform(-most, most) / 2.5, chooser.uniform(-15, 15)
    return Pose(yaw, pitch, roll, distance=chooser.uniform(4.2, 5.4))


class _Scene:
    """What is done to the picture of an honest film, at each second."""

    def __init__(self, kind: str, chooser: random.Random) -> None:
        self._kind = kind
        self._chooser = chooser
        self._phase = [chooser.uniform(0, 2 * np.pi) for _ in range(6)]
        self._rate = [chooser.uniform(0.05, 0.25) for _ in range(6)]
        self._glasses = chooser.uniform(3, 7), chooser.uniform(9, 20)
        self._hand = chooser.uniform(3, 9), chooser.uniform(0.4, 1.0), chooser.uniform(-0.3, 0.8)

    def _wave(self, which: int, at: float) -> float:
        return float(np.sin(2 * np.pi * self._rate[which] * at + self._phase[which]))

    def _now(self, at: float) -> str:
        """What happens now; of a long film one thing after the other."""
        return HONEST[int(at / 8) % 4] if self._kind == "long" else self._kind

    def turns(self, at: float) -> bool:
        return self._now(at) == "turned"

    def glasses(self, at: float) -> int:
        if self._kind == "long":
            return int(int(at / 8) % 8 in (2, 3, 4, 5))
        return int(self._kind == "glasses" and self._glasses[0] <= at < self._glasses[1])

    def exposure(self, at: float) -> float:
        return float(1 + 0.45 * self._wave(0, at)) if self._now(at) == "light" else 1.0

    def on(self, picture: Pixels, at: float) -> Pixels:
        now = self._now(at)
        if now == "light":
            return self._lit(picture, at)
        return self._moved(picture, at) if now == "motion" else picture

    def _lit(self, picture: Pixels, at: float) -> Pixels:
        """A lamp on one side, and its colour."""
        y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j].astype(np.float32)
        angle, strong = 2 * np.pi * self._rate[1] * at + self._phase[1], 0.9 + 0.8 * self._wave(2, at)
        shade = 1 / (1 + np.exp(-3 * strong * (x * np.cos(angle) + y * np.sin(angle))))
        warm = 1 + 0.2 * self._wave(3, at) * np.array([1, 0, -1], np.float32)
        return np.clip(picture * (0.35 + 1.3 * shade[..., None]) * warm, 0, 255).astype(np.uint8)

    def _moved(self, picture: Pixels, at: float) -> Pixels:
        begin, length, low = self._hand
        if self._kind == "long":
            begin = 8 * int(at / 8) + 2
        if begin <= at < begin + length:  # a hand or a cup
            picture, middle = picture.copy(), (round((0.5 + 0.06 * low) * WIDTH), round((0.55 + 0.12 * low) * HEIGHT))
            cv2.ellipse(picture, middle, (36, 48), 20, 0, 360, (150, 110, 90), -1)
        blur = max(0.0, self._wave(4, at)) * 9
        if blur < 2:
            return picture
        size = int(blur) | 1
        kernel = np.zeros((size, size), np.float32)
        kernel[size // 2] = 1 / size
        turn = cv2.getRotationMatrix2D((size // 2, size // 2), 180 * self._wave(5, at), 1)
        return np.asarray(cv2.filter2D(picture, -1, cv2.warpAffine(kernel, turn, (size, size))))


def with_glasses(one: Still, rng: np.random.Generator) -> Pixels:
    """The photograph with a frame before the eyes, of one of several shapes, and glass that mirrors a little."""
    picture = one.pixels.copy()
    left, right = (one.landmarks[n].astype(float) for n in (0, 1))
    across = right - left
    apart, angle = float(np.hypot(*across)), float(np.degrees(np.arctan2(across[1], across[0])))
    wide, high = rng.uniform(0.3, 0.4) * apart, rng.uniform(0.2, 0.34) * apart
    colour = [int(value) for value in rng.choice([(20, 20, 20), (70, 45, 25), (120, 120, 130)])]
    thick = max(1, round(rng.uniform(0.03, 0.09) * apart))
    glass = picture.copy()
    for eye in (left, right):
        centre = tuple(int(value) for value in np.round(eye))
        cv2.ellipse(glass, centre, (round(wide), round(high)), angle, 0, 360, (225, 230, 240), -1, cv2.LINE_AA)
    picture = np.asarray(cv2.addWeighted(picture, 0.88, glass, 0.12, 0))
    for eye, away in ((left, -1), (right, 1)):
        centre = tuple(int(value) for value in np.round(eye))
        cv2.ellipse(picture, centre, (round(wide), round(high)), angle, 0, 360, colour, thick, cv2.LINE_AA)
        along = across / apart * away
        start, end = (np.round(eye + reach * along * apart).astype(int) for reach in (wide / apart, 0.85))
        cv2.line(picture, tuple(start.tolist()), tuple(end.tolist()), colour, thick, cv2.LINE_AA)
    inner = [np.round(eye + way * across / apart * wide).astype(int) for eye, way in ((left, 1), (right, -1))]
    cv2.line(picture, tuple(inner[0].tolist()), tuple(inner[1].tolist()), colour, thick, cv2.LINE_AA)
    return picture


def frames(pictures: Iterator[Pixels], rate: int) -> Iterator[Frame]:
    return (Frame(picture, number / rate) for number, picture in enumerate(pictures))
