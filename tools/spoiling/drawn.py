"""Pictures that look drawn, painted, carved or laid of stones."""

from __future__ import annotations

import math

import numpy as np

from siamgui.core.cv import cv2
from siamgui.core.types import Pixels
from spoiling.canvas import (
    Place,
    brightness,
    chance,
    colour,
    laid,
    noise,
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


def _at_most(image: Pixels, unit: float, most: float = 45) -> tuple[Pixels, float]:
    """A copy whose eyes are no further apart than most, and its unit."""
    scale = min(1.0, most / unit)
    size = (max(round(image.shape[1] * scale), 16), max(round(image.shape[0] * scale), 16))
    return (image if scale == 1 else cv2.resize(image, size, interpolation=cv2.INTER_AREA)), unit * scale


def _back(image: Pixels, like: Pixels) -> Pixels:
    size = (like.shape[1], like.shape[0])
    return image if image.shape == like.shape else cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)


def _dodged(plane: Floats, reach: float) -> Floats:
    """White paper with the darker side of every edge on it, 0 to 255."""
    around = cv2.GaussianBlur(plane, (0, 0), max(reach, 0.6))
    return np.minimum(plane * 255 / np.maximum(around, 8), 255)


def pencil(rng: np.random.Generator) -> Spoil:
    """Pencil or charcoal on paper: lines, perhaps hatching in the dark, perhaps coloured."""
    share, weight, shade = log_uniform(rng, 0.05, 0.4), uniform(rng, 1, 4), uniform(rng, 0, 0.5)
    hue, rough = uniform(rng, 0, 0.7) * chance(rng, 0.4), uniform(rng, 0, 14)
    lead, paper = colour(rng, 0, 80, 0.6), colour(rng, 215, 255, 0.4)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        unit = Place.of(landmarks).unit
        plane = brightness(image)
        lines = (_dodged(plane, share * unit) / 255) ** weight
        lines *= 1 - shade * (1 - plane / 255)
        lines += rough / 255 * noise(generator, image)
        made = lead + (paper - lead) * lines[..., None]
        return pixels(made + hue * (image - plane[..., None]))

    return spoil


def oil(rng: np.random.Generator) -> Spoil:
    """Oil paint: of each neighbourhood the most frequent brightness, with its mean colour."""
    share, levels, relief = log_uniform(rng, 0.1, 0.28), int(rng.integers(5, 9)), uniform(rng, 0, 1.2)
    vivid = uniform(rng, 0.9, 1.5)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        small, unit = _at_most(image, Place.of(landmarks).unit, 26)
        size = (max(round(share * unit) | 1, 3),) * 2
        level = (brightness(small) * (levels / 256)).astype(np.uint8)
        best, made = np.full(level.shape, -1, np.float32), np.zeros(small.shape, np.float32)
        for number in range(levels):
            here = level == number
            if not here.any():
                continue
            count = cv2.blur(here.astype(np.float32), size)
            sums = cv2.blur(small * here[..., None].astype(np.float32), size)
            wins = count > best
            best[wins] = count[wins]
            made[wins] = sums[wins] / np.maximum(count[wins], 1e-4)[:, None]
        plane = made.mean(2)
        made = plane[..., None] + vivid * (made - plane[..., None])
        made += relief * (np.roll(plane, 1, 1) - np.roll(plane, -1, 0))[..., None] * 0.3
        return _back(pixels(made), image)

    return spoil


def cartoon(rng: np.random.Generator) -> Spoil:
    """Few flat tones and black outlines."""
    levels, share, ink = int(rng.integers(3, 8)), log_uniform(rng, 0.04, 0.15), uniform(rng, 0.3, 1.0)
    vivid, limit, soft = uniform(rng, 0.6, 1.7), uniform(rng, 4, 9), uniform(rng, 0.06, 0.16)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        small, unit = _at_most(image, Place.of(landmarks).unit, 40)
        flat = cv2.medianBlur(small, max(round(soft * unit) | 1, 3)).astype(np.float32)
        plane = flat.mean(2, keepdims=True)
        step = 255 / levels
        made = np.floor(plane / step) * step + step / 2 + vivid * (flat - plane)
        made = np.floor(made / 24) * 24 + 12
        smooth = cv2.GaussianBlur(brightness(small), (0, 0), 0.8)
        edge = np.clip((cv2.GaussianBlur(smooth, (0, 0), max(share * unit, 1)) - smooth - limit) / 5, 0, 1)
        return _back(pixels(made * (1 - ink * edge[..., None])), image)

    return spoil


def emboss(rng: np.random.Generator) -> Spoil:
    """A relief lit from one side; of the picture itself more or less remains."""
    angle, share, strength = uniform(rng, 0, 2 * np.pi), log_uniform(rng, 0.02, 0.09), log_uniform(rng, 1.0, 4.0)
    keep, tone = uniform(rng, 0, 0.6), colour(rng, 100, 170, uniform(rng, 0, 1))

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        reach = max(share * Place.of(landmarks).unit, 0.6)
        plane = cv2.GaussianBlur(brightness(image), (0, 0), 0.6 * reach)
        step = np.array([np.cos(angle), np.sin(angle)]) * reach
        there = cv2.warpAffine(
            plane,
            np.array([[1, 0, step[0]], [0, 1, step[1]]]),
            (image.shape[1], image.shape[0]),
            borderMode=cv2.BORDER_REPLICATE,
        )
        return pixels(tone + strength * (plane - there)[..., None] + keep * (image - tone))

    return spoil


def line_art(rng: np.random.Generator) -> Spoil:
    """Lines along the edges that Canny finds, on paper or over the picture."""
    share, limit, keep = log_uniform(rng, 0.02, 0.06), log_uniform(rng, 25, 90), uniform(rng, 0.15, 0.75)
    width, bright = log_uniform(rng, 0.02, 0.08), chance(rng, 0.3)
    ink, paper = colour(rng, 0, 70, 0.8), colour(rng, 200, 255, 0.5)
    if bright:
        ink, paper = paper, ink

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        plane = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (0, 0), max(share * place.unit, 0.7))
        edges = cv2.Canny(plane, limit * 0.5, limit)
        size = place.size(width)
        if size > 1:
            edges = cv2.dilate(edges, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
        mask = cv2.GaussianBlur(edges, (0, 0), 0.6).astype(np.float32) / 255
        return laid(image * keep + paper * (1 - keep), ink, np.minimum(mask * 1.3, 1))

    return spoil


def woodcut(rng: np.random.Generator) -> Spoil:
    """Two tones; what lies uniform them is cut in lines that follow the form."""
    share, angle, form = log_uniform(rng, 0.05, 0.1), uniform(rng, 0, np.pi), uniform(rng, 0, 1.2)
    low, high, soft = uniform(rng, 0.0, 0.25), uniform(rng, 0.6, 0.95), uniform(rng, 0.15, 0.45)
    ink, paper = colour(rng, 0, 70, 0.8), colour(rng, 190, 255, 0.7)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        plane = cv2.GaussianBlur(brightness(image), (0, 0), max(0.03 * place.unit, 0.6)) / 255
        pitch = max(share, 2.5 / place.unit)
        form_here = form * cv2.GaussianBlur(plane, (0, 0), 0.15 * place.unit)
        line = (math.cos(angle) * x + math.sin(angle) * y + form_here) / pitch
        line = np.abs((line + 0.02 * noise(generator, image, 0.2 * place.unit)) % 1 - 0.5) * 2
        limit = low + (high - low) * line
        white = np.clip((plane - limit) * 8 + 0.5, 0, 1)
        white = cv2.GaussianBlur(white, (0, 0), soft * pitch * place.unit)
        return pixels(ink + (paper - ink) * white[..., None])

    return spoil


def watercolour(rng: np.random.Generator) -> Spoil:
    """Colours run into each other, edges dry darker, the paper shines through."""
    share, wave, fade = log_uniform(rng, 0.1, 0.25), uniform(rng, 0.02, 0.08), uniform(rng, 0.1, 0.4)
    edge, grain, vivid = uniform(rng, 0.3, 1.2), uniform(rng, 0.02, 0.08), uniform(rng, 0.8, 1.5)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        unit = place.unit
        rough = [noise(generator, image, 0.25 * unit) * np.float32(wave * unit) for _ in range(2)]
        x = np.arange(image.shape[1], dtype=np.float32) + rough[0]
        y = np.arange(image.shape[0], dtype=np.float32)[:, None] + rough[1]
        run = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        small, small_unit = _at_most(run, unit, 32)
        flat = _back(cv2.medianBlur(small, max(round(share * small_unit) | 1, 3)), image).astype(np.float32)
        plane = flat.mean(2)
        dark = np.abs(plane - cv2.GaussianBlur(plane, (0, 0), max(0.05 * unit, 0.8)))
        made = plane[..., None] + vivid * (flat - plane[..., None])
        made = made * (1 - fade) + 250 * fade - edge * 2 * dark[..., None]
        return pixels(made * (1 + grain * noise(generator, image, 0.04 * unit))[..., None])

    return spoil


def _cells(image: Pixels, seeds: np.ndarray) -> np.ndarray:
    """(h, w) int32: to which of the seeds (x, y in pixels) each pixel is nearest, counted from 0."""
    empty = np.full(image.shape[:2], 255, np.uint8)
    at = np.round(seeds).astype(int)
    keep = (at >= 0).all(1) & (at[:, 0] < image.shape[1]) & (at[:, 1] < image.shape[0])
    at = at[keep] if keep.any() else np.array([[image.shape[1] // 2, image.shape[0] // 2]])
    empty[at[:, 1], at[:, 0]] = 0
    _, labels = cv2.distanceTransformWithLabels(empty, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    return labels - 1


def _mean_of(image: Pixels, cells: np.ndarray) -> np.ndarray:
    """(h, w, 3): of every cell its mean colour."""
    flat = cells.ravel()
    count = np.maximum(np.bincount(flat), 1)
    means = np.stack([np.bincount(flat, image[..., band].ravel().astype(np.float64)) / count for band in range(3)], 1)
    return means.astype(np.float32)[cells]


def stained_glass(rng: np.random.Generator) -> Spoil:
    """Panes of one colour each, of uneven form, with lead uniform them."""
    share, lead, vivid = log_uniform(rng, 0.075, 0.14), uniform(rng, 0.1, 0.7), uniform(rng, 0.9, 1.9)
    seed, thick = int(rng.integers(2**32)), log_uniform(rng, 0.008, 0.02)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        grid = np.stack(np.meshgrid(np.arange(-5, 5, share), np.arange(-4, 6, share)), 2).reshape(-1, 2)
        grid += np.random.default_rng(seed).uniform(-0.45, 0.45, grid.shape) * share
        cells = _cells(image, place.pixels(grid + generator.uniform(-0.1, 0.1, 2)))
        made = _mean_of(image, cells)
        plane = made.mean(2, keepdims=True)
        joint = (cells != np.roll(cells, 1, 0)) | (cells != np.roll(cells, 1, 1))
        size = place.size(thick)
        lines = cv2.dilate(joint.astype(np.uint8) * 255, np.ones((size, size), np.uint8)).astype(np.float32) / 255
        return laid(plane + vivid * (made - plane), (20, 20, 24), lines * np.float32(lead))

    return spoil


def tiles(rng: np.random.Generator) -> Spoil:
    """A mosaic of small square stones, each of one colour, in mortar."""
    share, angle, uneven = log_uniform(rng, 0.08, 0.17), uniform(rng, -0.5, 0.5), uniform(rng, 0, 0.12)
    mortar, width, round_stones = colour(rng, 20, 220, 0.3), uniform(rng, 0.06, 0.2), chance(rng, 0.3)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        pitch = max(share, 3 / place.unit)
        across = (math.cos(angle) * x + math.sin(angle) * y) / pitch + generator.random()
        down = (math.cos(angle) * y - math.sin(angle) * x) / pitch + generator.random()
        column, row = np.floor(across).astype(np.int64), np.floor(down).astype(np.int64)
        column, row = column - column.min(), row - row.min()
        cells = row * (column.max() + 1) + column
        made = _mean_of(image, cells) * (1 + uneven * generator.standard_normal(cells.max() + 1)[cells])[..., None]
        a, b = np.abs(across % 1 - 0.5), np.abs(down % 1 - 0.5)
        edge = np.hypot(a, b) if round_stones else np.maximum(a, b)
        joint = np.clip((edge - 0.5 + width / 2) * pitch * place.unit + 0.5, 0, 1)
        return laid(made, mortar, joint.astype(np.float32))

    return spoil


def kuwahara(rng: np.random.Generator) -> Spoil:
    """Kuwahara's filter (1976): of four quarters around a pixel the mean of the most even one."""
    share, sharp = log_uniform(rng, 0.06, 0.2), uniform(rng, 0, 0.8)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        small, unit = _at_most(image, Place.of(landmarks).unit)
        size = max(round(share * unit), 2)
        plane = brightness(small)
        mean = cv2.blur(small, (size, size)).astype(np.float32)
        level = cv2.blur(plane, (size, size))
        spread = cv2.blur(plane * plane, (size, size)) - level * level
        half = size // 2 + 1
        made, best = mean, np.full(plane.shape, np.inf, np.float32)
        for dx, dy in ((-half, -half), (half, -half), (-half, half), (half, half)):
            here = np.roll(spread, (dy, dx), (0, 1))
            wins = here < best
            best = np.where(wins, here, best)
            made = np.where(wins[..., None], np.roll(mean, (dy, dx), (0, 1)), made)
        made += sharp * (made - cv2.GaussianBlur(made, (0, 0), max(0.06 * unit, 0.8)))
        return _back(pixels(made), image)

    return spoil


_SIGNS = " .:-=+*oO#%@"


def characters(rng: np.random.Generator) -> Spoil:
    """Set from letters and signs, as on a terminal: dark places take signs with more ink."""
    share, keep, bright = log_uniform(rng, 0.07, 0.13), uniform(rng, 0.1, 0.6), chance(rng, 0.5)
    ink, paper = colour(rng, 0, 50, 0.7), colour(rng, 200, 255, 0.7)
    if bright:
        ink, paper = paper, ink

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        high = Place.of(landmarks).size(share, 5)
        wide = max(round(high * 0.7), 4)
        height, width = image.shape[:2]
        rows, columns = -(-height // high), -(-width // wide)
        table = np.zeros((len(_SIGNS), high, wide), np.uint8)
        for number, sign in enumerate(_SIGNS):
            large = np.zeros((high * 4, wide * 4), np.uint8)
            cv2.putText(
                large, sign, (0, high * 3), cv2.FONT_HERSHEY_SIMPLEX, wide * 4 / 20, 255, max(high // 3, 1), cv2.LINE_AA
            )
            table[number] = cv2.resize(large, (wide, high), interpolation=cv2.INTER_AREA)
        amount = cv2.resize(brightness(image), (columns, rows), interpolation=cv2.INTER_AREA) / 255
        number = np.clip((amount if bright else 1 - amount) * len(_SIGNS), 0, len(_SIGNS) - 1).astype(int)
        page = table[number].transpose(0, 2, 1, 3).reshape(rows * high, columns * wide)[:height, :width]
        base = cv2.blur(image, (wide, high)).astype(np.float32) * keep + paper * (1 - keep)
        return laid(base, ink, page.astype(np.float32) / 255)

    return spoil


FAMILIES = tuple(
    Family(key, "drawn", draw)
    for key, draw in (
        ("pencil", pencil),
        ("oil", oil),
        ("cartoon", cartoon),
        ("emboss", emboss),
        ("line-art", line_art),
        ("woodcut", woodcut),
        ("watercolour", watercolour),
        ("stained-glass", stained_glass),
        ("tiles", tiles),
        ("kuwahara", kuwahara),
        ("characters", characters),
    )
)
