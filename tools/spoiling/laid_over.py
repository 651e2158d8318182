"""What lies between the face and the eye that sees it: bars, writing, shadows, nets, rain, dirt, stickers."""

from __future__ import annotations

import math

import numpy as np

from siamgui.core.cv import cv2
from siamgui.core.types import Pixels
from spoiling.canvas import (
    MOUTH,
    Place,
    chance,
    colour,
    ellipse,
    laid,
    lit,
    noise,
    polygon,
    shifted,
    strokes,
    written,
)
from spoiling.family import (
    Family,
    Floats,
    Landmarks,
    Spoil,
    log_uniform,
    pixels,
    uniform,
)


def _bar(place: Place, middle: float, wide: float, high: float, turn: float) -> np.ndarray:
    """The corners of a bar across the face, in pixels."""
    corners = np.array([(-wide, -high), (wide, -high), (wide, high), (-wide, high)])
    cos, sin = np.cos(turn), np.sin(turn)
    return place.pixels(corners @ np.array([[cos, sin], [-sin, cos]]) + (0, middle))


def censor_bar(rng: np.random.Generator) -> Spoil:
    """A bar over the eyes, sometimes the mouth or the nose: black, white or of any colour."""
    tone = colour(rng, 0, 25, 0.3) if chance(rng, 0.6) else colour(rng)
    middle = float(rng.choice([0.0, 0.0, 0.0, 0.55, MOUTH])) + uniform(rng, -0.06, 0.06)
    wide, high, turn = uniform(rng, 0.75, 1.6), uniform(rng, 0.1, 0.38), uniform(rng, -0.15, 0.15)
    cover = uniform(rng, 0.7, 1.0)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator)
        return laid(image, tone, polygon(image, _bar(place, middle, wide, high, turn)) * np.float32(cover))

    return spoil


def blurred_part(rng: np.random.Generator) -> Spoil:
    """The eyes, or another part, made unrecognisable by blur or by large pixels."""
    middle = float(rng.choice([0.0, 0.0, 0.0, 0.55, MOUTH])) + uniform(rng, -0.06, 0.06)
    wide, high, large = uniform(rng, 0.8, 1.5), uniform(rng, 0.2, 0.5), log_uniform(rng, 0.1, 0.4)
    squares, soft = chance(rng, 0.5), uniform(rng, 0, 0.1)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator)
        if squares:
            height, width = image.shape[:2]
            size = (max(round(width / (large * place.unit)), 4), max(round(height / (large * place.unit)), 4))
            small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
            layer = cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)
        else:
            layer = cv2.GaussianBlur(image, (0, 0), max(large * place.unit, 1.5))
        return laid(image, layer, polygon(image, _bar(place, middle, wide, high, 0), soft * place.unit))

    return spoil


def cast_shadow(rng: np.random.Generator) -> Spoil:
    """The shadow of a hat, a hand, a window frame or a tree, with a hard or a soft edge."""
    kind, dark, soft = int(rng.integers(4)), uniform(rng, 0.15, 0.6), log_uniform(rng, 0.01, 0.2)
    angle, at, width = uniform(rng, 0, np.pi), uniform(rng, -0.3, 0.9), log_uniform(rng, 0.15, 0.6)
    bend, share, seed = uniform(rng, -0.4, 0.4), log_uniform(rng, 0.3, 1.0), int(rng.integers(2**32))
    amount = uniform(rng, -0.4, 0.5)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.08)
        x, y = place.fields(image)
        along, across = math.cos(angle) * x + math.sin(angle) * y, math.cos(angle) * y - math.sin(angle) * x
        if kind == 0:  # A hat: all above a bent line.
            depth = y - at + 0.3 + bend * x * x
        elif kind == 1:  # One bar.
            depth = np.abs(across - at + 0.3) - width
        elif kind == 2:  # A frame of crossing bars.
            depth = np.minimum(np.abs(along % 1.4 - 0.7), np.abs(across % 1.1 - 0.55)) - 0.4 * width
        else:  # Leaves.
            depth = share * 0.3 * (noise(np.random.default_rng(seed), image, share * place.unit * 0.6) - amount)
        shade = np.clip(0.5 - depth / soft, 0, 1)
        return lit(image, (1 - (1 - dark) * shade).astype(np.float32))

    return spoil


_LETTERS = list("ABCDEFGHIKLMNOPRSTUVWXYZ0123456789")


def caption(rng: np.random.Generator) -> Spoil:
    """One line of large text across the face, perhaps on a band or with an outline."""
    text = "".join(rng.choice(_LETTERS, int(rng.integers(4, 12))))
    at, angle, size = (
        (uniform(rng, -0.3, 0.3), uniform(rng, -0.2, 1.5)),
        uniform(rng, -35, 35),
        uniform(rng, 0.25, 0.55),
    )
    tone, edge, cover = colour(rng), colour(rng, 0, 60), uniform(rng, 0.5, 1.0)
    weight, outlined, band = uniform(rng, 3, 7), chance(rng, 0.5), chance(rng, 0.3)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.08)
        middle = place.pixels(at)
        result = image
        if band:
            turn = -np.deg2rad(angle)
            long = place.unit * 6 * np.array([np.cos(turn), np.sin(turn)])
            result = laid(result, edge, strokes(image, [[middle - long, middle + long]], 1.7 * size * place.unit) * 0.8)
        if outlined:
            wide = written(image, text, middle, size * place.unit, angle, weight + 6)
            result = laid(result, edge, wide * np.float32(cover))
        return laid(result, tone, written(image, text, middle, size * place.unit, angle, weight) * np.float32(cover))

    return spoil


def watermark(rng: np.random.Generator) -> Spoil:
    """A short text, a cross or a logo, repeated over the whole picture, half transparent."""
    text = "".join(rng.choice(_LETTERS, int(rng.integers(2, 8))))
    angle, size, cover = uniform(rng, -60, 60), uniform(rng, 0.15, 0.4), uniform(rng, 0.3, 0.75)
    tone = colour(rng, 200, 255, 0.3) if chance(rng, 0.6) else colour(rng)
    gap, crossed, weight = uniform(rng, 1.6, 3.0), chance(rng, 0.3), uniform(rng, 2, 6)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.15)
        high = max(size * place.unit, 5)
        wide = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, high / 22, 1)[0][0] + 1.5 * high
        x, y = (np.arange(n, dtype=np.float32) for n in (image.shape[1], image.shape[0]))
        x, y = x - np.float32(place.origin[0]), (y - np.float32(place.origin[1]))[:, None]
        turn = np.deg2rad(angle)
        cos, sin = np.float32(np.cos(turn)), np.float32(np.sin(turn))
        tile = np.zeros((max(round(gap * high), 8), max(round(wide), 8), 3), np.uint8)
        cell = written(tile, text, np.array([tile.shape[1] / 2, tile.shape[0] / 2]), high, 0, weight)
        if crossed:
            height, width = cell.shape
            cell = np.maximum(cell, strokes(tile, [[(0, 0), (width, height)], [(0, height), (width, 0)]], high / 12))
        across = np.ascontiguousarray((x * cos - y * sin) % np.float32(cell.shape[1]))
        down = np.ascontiguousarray((x * sin + y * cos) % np.float32(cell.shape[0]))
        mask = cv2.remap(cell, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        return laid(image, tone, mask * np.float32(cover))

    return spoil


def net(rng: np.random.Generator) -> Spoil:
    """A veil, a net, a fence or a mosquito screen before the face: threads that cross, perhaps with knots."""
    share, width, angle = log_uniform(rng, 0.15, 0.8), uniform(rng, 0.03, 0.1), uniform(rng, 0, np.pi)
    tone, cover = colour(rng, 0, 60) if chance(rng, 0.6) else colour(rng, 150, 255), uniform(rng, 0.3, 0.8)
    skew, wave, dots = uniform(rng, 0.9, 1.7), uniform(rng, 0, 0.15), chance(rng, 0.3)
    haze = uniform(rng, 0, 0.25)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.3)
        x, y = place.fields(image)
        x, y = x + wave * np.sin(2.1 * y), y + wave * np.sin(1.7 * x)
        pitch = max(share, 4 / place.unit)
        threads = []
        for turn in (angle, angle + skew):
            off = np.abs((math.cos(turn) * x + math.sin(turn) * y) / pitch % 1 - 0.5)
            threads.append(np.clip((width - off) * pitch * place.unit / 1.2 + 0.5, 0, 1))
        mask = np.maximum(*threads)
        if dots:
            mask = np.clip(threads[0] + threads[1] - 1 + 0.3 * mask, 0, 1)
        return laid(laid(image, tone, np.full(mask.shape, haze, np.float32)), tone, (mask * cover).astype(np.float32))

    return spoil


def bars(rng: np.random.Generator) -> Spoil:
    """Bars of a fence or twigs before the face: a few thick lines, straight or crooked, sharp or out of focus."""
    count, width, soft = int(rng.integers(2, 7)), log_uniform(rng, 0.06, 0.24), uniform(rng, 0, 0.1)
    tone, gap, angle = colour(rng, 0, 200, 0.6), uniform(rng, 0.45, 0.9), uniform(rng, 0, np.pi)
    crooked, seed = uniform(rng, 0, 0.12) * chance(rng, 0.6), int(rng.integers(2**32))
    spread, cover = uniform(rng, 0, 0.3), uniform(rng, 0.75, 1.0)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.1)
        shared = np.random.default_rng(seed)
        along = np.linspace(-7, 7, 40)
        paths = []
        for number in range(count):
            off = (number - (count - 1) / 2) * gap + shared.normal(0, 0.1)
            line = np.stack([along, off + np.cumsum(shared.normal(0, crooked, 40))], 1)
            turn = angle + shared.normal(0, spread)
            paths.append(
                place.pixels(line @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + (0, 0.5))
            )
        mask = strokes(image, paths, width * place.unit, soft * place.unit) * np.float32(cover)
        light = 0.9 + 0.15 * noise(generator, image, 0.06 * place.unit)
        return laid(image, light[..., None] * tone, mask)

    return spoil


def drops(rng: np.random.Generator) -> Spoil:
    """Drops on the lens or a window: each shows the scene upside down and has a bright and a dark side."""
    count, size, bend = int(rng.integers(12, 90)), log_uniform(rng, 0.06, 0.22), uniform(rng, 0.4, 1.2)
    seed, mist, run = int(rng.integers(2**32)), uniform(rng, 0, 0.1), uniform(rng, 1, 2.2)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.1)
        shared = np.random.default_rng(seed)
        height, width = image.shape[:2]
        dx, dy = np.zeros((height, width), np.float32), np.zeros((height, width), np.float32)
        middles = place.pixels(shared.uniform((-2, -1.6), (2, 2.6), (count, 2)))
        radii = np.maximum(size * place.unit * shared.uniform(0.4, 1.2, count), 1.5)
        for (mx, my), radius in zip(middles, radii, strict=True):
            left, right = max(int(mx - radius), 0), min(int(mx + radius) + 2, width)
            top, low = max(int(my - radius * run), 0), min(int(my + radius * run) + 2, height)
            if left >= right or top >= low:
                continue
            px, py = np.arange(left, right) - mx, (np.arange(top, low) - my)[:, None]
            away = (px / radius) ** 2 + (py / (radius * run)) ** 2
            inside = away < 1
            part = (slice(top, low), slice(left, right))
            dx[part] = np.where(inside, -px * (1 + bend), dx[part])
            dy[part] = np.where(inside, -py * (1 + bend), dy[part])
        x, y = np.arange(width, dtype=np.float32) + dx, np.arange(height, dtype=np.float32)[:, None] + dy
        ground = cv2.GaussianBlur(image, (0, 0), mist * place.unit) if mist * place.unit > 0.5 else image
        seen = cv2.remap(ground, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        return lit(seen, (1 - np.clip(dy / (size * place.unit * run * 3), -0.5, 0.6)).astype(np.float32))

    return spoil


def dirt(rng: np.random.Generator) -> Spoil:
    """Dust, mud, fingerprints or mould on the lens: soft spots, dark or bright."""
    count, size, soft = int(rng.integers(15, 90)), log_uniform(rng, 0.09, 0.3), log_uniform(rng, 0.01, 0.1)
    tone, cover, seed = colour(rng, 10, 240, 0.5), uniform(rng, 0.35, 0.9), int(rng.integers(2**32))

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.1)
        shared = np.random.default_rng(seed)
        spots = np.zeros(image.shape[:2], np.uint8)
        middles, radii = shared.uniform((-2, -1.6), (2, 2.6), (count, 2)), size * shared.exponential(0.6, count)
        for middle, radius, turn in zip(place.pixels(middles), radii, shared.uniform(0, 180, count), strict=True):
            axes = (max(round(radius * place.unit), 1), max(round(radius * place.unit * 0.7), 1))
            cv2.ellipse(spots, (tuple(float(v) for v in middle), (2.0 * axes[0], 2.0 * axes[1]), float(turn)), 255, -1)
        mask = cv2.GaussianBlur(spots, (0, 0), max(soft * place.unit, 0.5)).astype(np.float32) / 255
        uneven = np.clip(0.85 + 0.25 * noise(generator, image, 0.05 * place.unit), 0, 1)
        return laid(image, tone, mask * uneven * np.float32(cover))

    return spoil


def scribble(rng: np.random.Generator) -> Spoil:
    """Somebody has drawn on the face with a pen: strokes to and fro, crosses, circles round the eyes."""
    kind, tone, width = int(rng.integers(3)), colour(rng, 0, 255), log_uniform(rng, 0.035, 0.1)
    seed, count, angle = int(rng.integers(2**32)), int(rng.integers(6, 22)), uniform(rng, 0, np.pi)
    middle, wide = (uniform(rng, -0.4, 0.4), uniform(rng, 0, 1.1)), uniform(rng, 0.6, 1.3)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.06)
        shared = np.random.default_rng(seed)
        if kind == 0:
            ends = np.stack([np.where(np.arange(count) % 2, wide, -wide), np.linspace(-0.6, 0.6, count)], 1)
            ends = ends + shared.normal(0, 0.06, ends.shape)
            turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
            paths = [place.pixels(ends @ turn + middle)]
        elif kind == 1:
            ends = np.array([(-wide, -0.5), (wide, 1.6), (wide, -0.5), (-wide, 1.6)]) + shared.normal(0, 0.08, (4, 2))
            paths = [place.pixels(ends[:2]), place.pixels(ends[2:])]
        else:
            turn = np.linspace(0, 6.6 * np.pi, 70)
            loop = np.stack([np.cos(turn), 0.8 * np.sin(turn)], 1) * 0.33 + np.cumsum(
                shared.normal(0, 0.01, (70, 2)), 0
            )
            paths = [place.pixels(loop + at) for at in ((-0.5, 0), (0.5, 0))]
            paths.append(place.pixels([(-0.17, 0), (0, -0.06), (0.17, 0)]))
            curl = np.linspace(0, np.pi, 20)
            paths.append(place.pixels(np.stack([0.7 * np.cos(curl), 0.75 + 0.25 * np.sin(curl) * np.cos(2 * curl)], 1)))
        return laid(image, tone, strokes(image, paths, width * place.unit) * np.float32(0.9))

    return spoil


def sticker(rng: np.random.Generator) -> Spoil:
    """A sticker or an emoji over a part of the face: a disc with a face, a heart, a star, a price."""
    kind, size = int(rng.integers(4)), uniform(rng, 0.35, 0.85)
    middle = np.array([(0.0, 1.1), (0.0, 0.6), (-0.6, 0.2), (0.6, 0.2), (-0.7, 1.0), (0.7, 1.0)][rng.integers(6)])
    middle = middle + rng.normal(0, 0.08, 2)
    tone, edge, turn = colour(rng, 60, 255), colour(rng, 0, 255), uniform(rng, -0.6, 0.6)
    yellow = np.array([250, 205, 60], np.float32)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.06)
        t = np.linspace(0, 2 * np.pi, 60, endpoint=False)
        form = np.stack([np.cos(t), np.sin(t)], 1)
        if kind == 1:
            form = np.stack(
                [np.sin(t) ** 3, -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)) / 16], 1
            )
        elif kind == 2:
            form = (
                form
                * np.where(np.arange(60) % 12 < 6, 1 - np.arange(60) % 6 / 10, 0.5 + np.arange(60) % 6 / 10)[:, None]
            )
        matrix = size * np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        path = place.pixels(form @ matrix + middle)
        result = laid(image, yellow if kind == 0 else tone, polygon(image, path))
        result = laid(result, edge * 0.6, strokes(image, [np.concatenate([path, path[:1]])], 0.05 * place.unit))
        if kind == 0:
            eyes = sum(
                ellipse(image, place, np.array([s * 0.35, -0.25]) @ matrix + middle, (0.1 * size, 0.16 * size))
                for s in (-1, 1)
            )
            smile = np.stack([0.55 * np.cos(t[:30]), 0.15 + 0.45 * np.sin(t[:30])], 1) @ matrix + middle
            result = laid(
                laid(result, (60, 40, 20), eyes), (60, 40, 20), strokes(image, [place.pixels(smile)], 0.07 * place.unit)
            )
        return result

    return spoil


def smear(rng: np.random.Generator) -> Spoil:
    """A thumb has wiped over the wet print, or grease over the lens: a band is drawn out along one direction."""
    angle, at, width = uniform(rng, 0, np.pi), uniform(rng, -0.3, 0.9), uniform(rng, 0.25, 0.8)
    long, haze = log_uniform(rng, 0.25, 1.2), uniform(rng, 0, 0.3)
    bend = uniform(rng, -0.3, 0.3)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator)
        x, y = place.fields(image)
        along, across = (
            math.cos(angle) * x + math.sin(angle) * (y - 0.5),
            math.cos(angle) * (y - 0.5) - math.sin(angle) * x,
        )
        length = max(round(long * place.unit), 3)
        kernel = np.zeros((2 * length + 1,) * 2, np.float32)
        step = (int(length * np.cos(angle)), int(length * np.sin(angle)))
        cv2.line(kernel, (length - step[0], length - step[1]), (length + step[0], length + step[1]), 1.0)
        drawn = cv2.filter2D(image, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE)
        mask: Floats = np.exp(-(((across - at + 0.4 + bend * along * along) / width) ** 4)).astype(np.float32)
        return laid(image, drawn * (1 - haze) + 200 * haze, mask)

    return spoil


def spotlight(rng: np.random.Generator) -> Spoil:
    """Light patches over the face: the reflection of a lamp in a frame's glass, a flare, a burnt spot."""
    count, size, tone = int(rng.integers(1, 5)), log_uniform(rng, 0.2, 0.8), colour(rng, 200, 255, 0.6)
    middles, strength, hard = (
        rng.uniform((-0.9, -0.5), (0.9, 1.5), (count, 2)),
        uniform(rng, 0.4, 0.95),
        log_uniform(rng, 0.5, 4),
    )
    stretch, turn = log_uniform(rng, 0.3, 1.0), uniform(rng, 0, np.pi)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator)
        x, y = place.fields(image)
        mask = np.zeros(image.shape[:2], np.float32)
        for middle in middles:
            dx, dy = x - middle[0], y - middle[1]
            away = ((math.cos(turn) * dx + math.sin(turn) * dy) / size) ** 2
            away = away + ((math.cos(turn) * dy - math.sin(turn) * dx) / (size * stretch)) ** 2
            mask = np.maximum(mask, np.exp(-(away**hard)))
        return pixels(255 - (255 - image) * (1 - strength * mask[..., None] * tone / 255))

    return spoil


FAMILIES = tuple(
    Family(key, "cover", draw)
    for key, draw in (
        ("censor-bar", censor_bar),
        ("blurred-part", blurred_part),
        ("cast-shadow", cast_shadow),
        ("caption", caption),
        ("watermark", watermark),
        ("net", net),
        ("bars", bars),
        ("drops", drops),
        ("dirt", dirt),
        ("scribble", scribble),
        ("sticker", sticker),
        ("smear", smear),
        ("spotlight", spotlight),
    )
)
