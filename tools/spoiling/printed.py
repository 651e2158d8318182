"""Pictures that were printed, copied, stamped, laminated, scanned."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image

from siamgui.core.cv import cv2
from siamgui.core.types import Pixels
from spoiling.canvas import (
    Place,
    brightness,
    chance,
    colour,
    laid,
    lit,
    noise,
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


def _screen(image: Pixels, pitch: float, angle: float, phase: np.ndarray, lines: bool = False) -> Floats:
    """The threshold of a printing screen, 0 to 1: round dots, or lines. pitch in pixels."""
    x = np.arange(image.shape[1], dtype=np.float32)
    y = np.arange(image.shape[0], dtype=np.float32)[:, None]
    turn = np.float32(2 * np.pi / pitch)
    cos, sin = np.float32(np.cos(angle)) * turn, np.float32(np.sin(angle)) * turn
    first = np.cos(x * cos + y * sin + np.float32(phase[0]))
    if lines:
        return first * np.float32(0.5) + np.float32(0.5)
    return (first + np.cos(y * cos - x * sin + np.float32(phase[1]))) * np.float32(0.25) + np.float32(0.5)


def _pitch(place: Place, share: float) -> float:
    return max(share * place.unit, 2.3)


def _scanned(ink: Floats, soft: float) -> Floats:
    """As the scanner sees it, whose pixels are not sharp."""
    return cv2.GaussianBlur(ink, (0, 0), soft) if soft > 0.3 else ink


def halftone(rng: np.random.Generator) -> Spoil:
    """One ink in dots or lines on paper."""
    share, angle, lines = log_uniform(rng, 0.04, 0.085), uniform(rng, 0, np.pi), chance(rng, 0.3)
    ink, paper, hard = colour(rng, 0, 60, 0.6), colour(rng, 210, 255, 0.5), log_uniform(rng, 1.0, 4)
    contrast, soft = uniform(rng, 0.7, 1.2), uniform(rng, 0.12, 0.5)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        tone = (brightness(image) / 255 - 0.5) * contrast + 0.5
        pitch = _pitch(place, share)
        screen = _screen(image, pitch, angle, generator.uniform(0, 6.3, 2), lines)
        white = _scanned(np.clip((tone - screen) * hard + 0.5, 0, 1), soft * pitch)
        return pixels(ink + (paper - ink) * white[..., None])

    return spoil


def newspaper(rng: np.random.Generator) -> Spoil:
    """Cyan, magenta, yellow and black dots at four angles, not quite in register."""
    share, turn, hard = log_uniform(rng, 0.045, 0.1), uniform(rng, 0, np.pi / 2), log_uniform(rng, 1.2, 5)
    paper, slip, soft = colour(rng, 215, 250, 0.4), uniform(rng, 0, 0.04), uniform(rng, 0, 0.4)
    angles = turn + np.deg2rad([15, 75, 0, 45])

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        pitch = _pitch(place, share)
        inks = 1 - image.astype(np.float32) / 255
        black = inks.min(2) * 0.7
        left = np.repeat(paper[None, None], 1, 0) * np.ones((*image.shape[:2], 1), np.float32)
        for number in range(4):
            plane = black if number == 3 else inks[..., number] - black * 0.8
            dx, dy = generator.normal(0, slip * place.unit + 0.01, 2)
            plane = np.roll(plane, (round(dx), round(dy)), (1, 0))
            dots = np.clip(
                (plane - _screen(image, pitch, angles[number], generator.uniform(0, 6.3, 2))) * hard + 0.5, 0, 1
            )
            if number == 3:
                left *= (1 - 0.85 * dots)[..., None]
            else:
                left[..., number] *= 1 - 0.9 * dots
        return pixels(_scanned(left, soft * pitch))

    return spoil


_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16 + 1 / 32


def ordered_dither(rng: np.random.Generator) -> Spoil:
    """Few levels with the regular pattern of old computers, in colour or grey; its pixels may be large."""
    levels, share, plain = int(rng.integers(2, 5)), log_uniform(rng, 0.015, 0.06), chance(rng, 0.5)
    table = _BAYER if chance(rng, 0.6) else np.array([[0.125, 0.625], [0.875, 0.375]], np.float32)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        cell = max(share * Place.of(landmarks).unit, 1)
        height, width = image.shape[:2]
        size = (max(round(width / cell), 16), max(round(height / cell), 16))
        small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        source = brightness(small)[..., None] if plain else small
        table_here = np.roll(table, tuple(generator.integers(0, 4, 2)), (0, 1))
        tiles = -(-size[1] // len(table)), -(-size[0] // len(table))
        pattern = np.tile(table_here, tiles)[: size[1], : size[0], None]
        steps = np.floor(source / 255.0 * (levels - 1) + pattern).clip(0, levels - 1)
        values = pixels((steps * (255 / (levels - 1)))[..., 0] if plain else steps * (255 / (levels - 1)))
        return cv2.resize(values, (width, height), interpolation=cv2.INTER_NEAREST)

    return spoil


def error_diffusion(rng: np.random.Generator) -> Spoil:
    """Floyd and Steinberg's dither to two tones, or to few colours."""
    share, few, gain = log_uniform(rng, 0.012, 0.045), chance(rng, 0.5), uniform(rng, 0.8, 1.5)
    number = int(rng.integers(2, 4))
    ink, paper = colour(rng, 0, 60, 0.7), colour(rng, 200, 255, 0.5)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        cell = max(share * Place.of(landmarks).unit, 1)
        height, width = image.shape[:2]
        size = (max(round(width / cell), 16), max(round(height / cell), 16))
        small = pixels((cv2.resize(image, size, interpolation=cv2.INTER_AREA) - 128.0) * gain + 128)
        if few:
            steps = [round(v * 255 / (number - 1)) for v in range(number)]
            palette = Image.new("P", (1, 1))
            palette.putpalette([v for r in steps for g in steps for b in steps for v in (r, g, b)])
            made = Image.fromarray(small).quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
            values = np.asarray(made.convert("RGB"))
        else:
            dots = np.asarray(Image.fromarray(small).convert("1"), np.float32)[..., None]
            values = pixels(ink + (paper - ink) * dots)
        return cv2.resize(values, (width, height), interpolation=cv2.INTER_NEAREST)

    return spoil


def photocopy(rng: np.random.Generator) -> Spoil:
    """Hard contrast, flat areas fade, edges stay; toner in specks."""
    gain, level, reach = log_uniform(rng, 1.6, 5), uniform(rng, 0.38, 0.6), log_uniform(rng, 0.1, 0.8)
    local, specks, grain = uniform(rng, 0.0, 0.8), uniform(rng, 0, 0.012), uniform(rng, 0, 25)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        plane = brightness(image)
        around = cv2.blur(plane, (place.size(reach, 3),) * 2)
        tone = (plane - local * around - (1 - local) * 255 * level + local * 20) * gain + 128
        tone += grain * noise(generator, image)
        tone[generator.random(tone.shape, np.float32) < specks] = 20
        return pixels(tone)

    return spoil


def copied_often(rng: np.random.Generator) -> Spoil:
    """A copy of a copy of a copy: each blurs, hardens, turns a little and adds dust."""
    times, gain, soft = int(rng.integers(2, 5)), uniform(rng, 1.15, 1.6), log_uniform(rng, 0.012, 0.04)
    level, dust, inked = uniform(rng, 105, 145), uniform(rng, 0, 0.004), chance(rng, 0.25)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        unit = Place.of(landmarks).unit
        plane = brightness(image)
        for _ in range(times):
            plane = cv2.GaussianBlur(plane, (0, 0), max(soft * unit, 0.4))
            plane = (plane - level) * gain + 128 + 6 * noise(generator, image)
            plane[generator.random(plane.shape, np.float32) < dust] = 0
            plane = np.clip(plane, 0, 255)
        return pixels(255 - 0.9 * (255 - plane[..., None]) * np.array([1, 0.75, 0.4])) if inked else pixels(plane)

    return spoil


def fax(rng: np.random.Generator) -> Spoil:
    """One bit a pixel at an uneven resolution, with rows that fail."""
    share, level, local = log_uniform(rng, 0.02, 0.06), uniform(rng, 0.8, 1.05), log_uniform(rng, 0.3, 1.6)
    dotted, failing = chance(rng, 0.5), uniform(rng, 0, 0.04)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        height, width = image.shape[:2]
        cell = max(share * place.unit, 1)
        size = (max(round(width / cell), 24), max(round(height / cell / 0.8), 24))
        small = cv2.resize(brightness(image), size, interpolation=cv2.INTER_AREA)
        reach = max(round(local * place.unit / cell), 3)
        flat = small / np.maximum(cv2.blur(small, (reach, reach)), 30) / level
        limit = np.tile(_BAYER, (size[1] // 4 + 1, size[0] // 4 + 1))[: size[1], : size[0]]
        bits = (flat > (0.75 + 0.4 * limit if dotted else 0.96)).astype(np.float32)
        bits[generator.random(size[1]) < failing] = generator.integers(0, 2)
        return pixels(cv2.resize(bits * 235 + 10, (width, height), interpolation=cv2.INTER_NEAREST))

    return spoil


def folds(rng: np.random.Generator) -> Spoil:
    """Creases of a folded photograph: a white line, light on one side of it and shade on the other."""
    count, width, strength = int(rng.integers(1, 6)), log_uniform(rng, 0.01, 0.05), uniform(rng, 0.1, 0.4)
    lines = [(uniform(rng, 0, np.pi), uniform(rng, -0.9, 1.4)) for _ in range(count)]
    crumpled, seed = uniform(rng, 0.0, 0.12), int(rng.integers(2**32))

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator)
        x, y = place.fields(image)
        light, white = np.ones_like(x + y), np.zeros_like(x + y)
        rough = noise(np.random.default_rng(seed), image, 0.15 * place.unit)
        for angle, near in lines:
            away = math.cos(angle) * x + math.sin(angle) * y - near + 0.008 * rough
            light += strength * np.sign(away) * np.exp(-np.abs(away) * 3)
            white = np.maximum(white, np.clip(1.3 - np.abs(away) / width, 0, 1) * np.clip(0.75 + 0.4 * rough, 0, 1))
        light += crumpled * rough
        return laid(lit(image, light), (240, 238, 232), white.astype(np.float32))

    return spoil


def paper_texture(rng: np.random.Generator) -> Spoil:
    """Printed on rough, woven or embossed paper."""
    strength, share, kind = uniform(rng, 0.06, 0.3), log_uniform(rng, 0.03, 0.14), int(rng.integers(3))
    fade, tone, angle = uniform(rng, 0, 0.35), colour(rng, 200, 255, 0.6), uniform(rng, 0, np.pi)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        pitch = _pitch(Place.of(landmarks), share)
        if kind == 0:
            rough = noise(generator, image, pitch * 0.6)
            texture = np.roll(rough, 1, 1) - np.roll(rough, -1, 0)
        else:
            woven = _screen(image, pitch, angle, generator.uniform(0, 6.3, 2), kind == 1)
            texture = 3 * (woven - 0.5) + 0.4 * noise(generator, image)
        faded = image * (1 - fade) + fade * tone
        return pixels(faded * (1 + strength * texture)[..., None])

    return spoil


def stamp(rng: np.random.Generator) -> Spoil:
    """A round or square stamp of an office over a part of the face, inked unevenly."""
    ink = np.array([(40, 60, 160), (170, 30, 40), (30, 30, 40), (90, 40, 140), (20, 110, 70)], np.float32)[
        rng.integers(5)
    ]
    middle, radius = (uniform(rng, -0.9, 0.9), uniform(rng, 0.0, 1.5)), uniform(rng, 0.7, 1.5)
    angle, strength, square = uniform(rng, -60, 60), uniform(rng, 0.45, 0.9), chance(rng, 0.3)
    text, width = "".join(rng.choice(list("ABCDEFGHIKLMNOPRSTUV"), 9)), uniform(rng, 0.02, 0.06)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.1)
        sides, start = (4, np.pi / 4) if square else (48, 0.0)
        turn = np.linspace(0, 2 * np.pi, sides + 1) + start + np.deg2rad(angle)
        ring = np.stack([np.cos(turn), np.sin(turn)], 1) * radius
        paths = [place.pixels(ring * size + middle) for size in (1, 0.9, 0.55)]
        mark = strokes(image, paths, width * place.unit)
        down = np.array([np.sin(np.deg2rad(angle)), np.cos(np.deg2rad(angle))])
        for step in (-0.72, 0, 0.72):
            at = place.pixels(np.asarray(middle) + down * step * radius * (0.5 if square else 1.0))
            size = (0.25 if step == 0 else 0.16) * radius * place.unit
            mark = np.maximum(mark, written(image, text if step == 0 else text[:5], at, size, angle, 4))
        uneven = np.clip(0.8 + 0.3 * noise(generator, image, 0.12 * place.unit), 0, 1)
        mask = mark * uneven * strength
        return pixels(image * (1 - mask[..., None] * (1 - ink / 255)))

    return spoil


def guilloche(rng: np.random.Generator) -> Spoil:
    """The fine waves of a passport's laminate over the portrait."""
    waves, share = int(rng.integers(1, 4)), log_uniform(rng, 0.06, 0.25)
    bend, length, angle = uniform(rng, 0.1, 0.5), uniform(rng, 0.8, 3.0), uniform(rng, 0, np.pi)
    ink, strength, fine = colour(rng, 0, 255, 1.0), uniform(rng, 0.2, 0.65), uniform(rng, 0.1, 0.3)
    phases = rng.uniform(0, 6.3, 3)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator)
        x, y = place.fields(image)
        mask = np.zeros(image.shape[:2], np.float32)
        for number in range(waves):
            turn = angle + number * np.pi / waves
            along, across = math.cos(turn) * x + math.sin(turn) * y, math.cos(turn) * y - math.sin(turn) * x
            wave = np.sin(along * (2 * np.pi / length) + phases[number])
            distance = np.abs((across + bend * wave) / share % 1 - 0.5)
            soft = 1.2 / (share * place.unit)
            mask = np.maximum(mask, np.clip((fine - distance) / soft + 0.5, 0, 1))
        return laid(image, ink, mask * np.float32(strength))

    return spoil


def hologram(rng: np.random.Generator) -> Spoil:
    """The rainbow glare of a security film, brighter where its pattern stands."""
    angle, period, strength = uniform(rng, 0, np.pi), uniform(rng, 0.6, 3.0), uniform(rng, 0.2, 0.6)
    share, band, place_of_band = log_uniform(rng, 0.15, 0.7), uniform(rng, 0.5, 2.0), uniform(rng, -0.5, 1.4)
    phase = uniform(rng, 0, 6.3)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator)
        x, y = place.fields(image)
        along = math.cos(angle) * x + math.sin(angle) * y
        hue = along * (2 * np.pi / period) + phase + generator.uniform(-0.5, 0.5)
        rainbow = np.stack([127 + 128 * np.cos(hue + turn) for turn in (0, 2.1, 4.2)], 2)
        pattern = _screen(image, _pitch(place, share), angle + 0.6, np.zeros(2)) > 0.55
        glare = np.exp(-(((math.cos(angle + 0.4) * y - math.sin(angle + 0.4) * x) - place_of_band) ** 2) / band**2)
        mask = strength * glare * (0.5 + 0.5 * cv2.blur(pattern.astype(np.float32), (3, 3)))
        screened = 255 - (255 - image) * (1 - mask[..., None] * rainbow / 255)
        return pixels(screened)

    return spoil


def scan_streaks(rng: np.random.Generator) -> Spoil:
    """A scanner with dirt on its glass: coloured or grey streaks along the picture, or a tired printer's bands."""
    upright, count, strength = chance(rng, 0.5), int(rng.integers(2, 16)), uniform(rng, 20, 110)
    where, widths = rng.uniform(-1.6, 2.2, count), rng.uniform(0.01, 0.09, count)
    tones = rng.normal(0, 1, (count, 1)) + uniform(rng, 0, 1) * rng.normal(0, 1, (count, 3))
    banding, period = uniform(rng, 0, 0.16), log_uniform(rng, 0.1, 0.6)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        axis = 0 if upright else 1
        length = image.shape[1 - axis]
        at = (np.arange(length) - place.origin[axis]) / place.unit - generator.uniform(-0.04, 0.04)
        profile = np.zeros((length, 3), np.float32)
        for middle, width, tone in zip(where, widths, tones, strict=True):
            profile += np.clip(1.4 - np.abs(at - middle)[:, None] / (width + 0.5 / place.unit), 0, 1) * tone
        light = 1 + banding * np.sin(at * (2 * np.pi / period))[:, None]
        shape = (1, length, 3) if upright else (length, 1, 3)
        return pixels(image * np.broadcast_to(light, (length, 3)).reshape(shape) + (strength * profile).reshape(shape))

    return spoil


def engraving(rng: np.random.Generator) -> Spoil:
    """The lines of a banknote's portrait: they follow waves and swell where it is dark."""
    share, angle, bend = log_uniform(rng, 0.05, 0.1), uniform(rng, 0, np.pi), uniform(rng, 0, 0.2)
    ink, paper, length = colour(rng, 0, 90, 0.8), colour(rng, 200, 250, 0.6), uniform(rng, 0.6, 2.5)
    crossed, relief, soft = chance(rng, 0.4), uniform(rng, 0, 0.12), uniform(rng, 0.15, 0.5)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = Place.of(landmarks)
        x, y = place.fields(image)
        dark = 1 - brightness(image) / 255
        pitch = max(share, 2.4 / place.unit)
        white = np.ones(image.shape[:2], np.float32)
        for number in range(1 + crossed):
            turn = angle + number * 1.2
            along, across = math.cos(turn) * x + math.sin(turn) * y, math.cos(turn) * y - math.sin(turn) * x
            wave = bend * np.sin(along * (2 * np.pi / length)) - relief * dark
            line = np.abs((across + wave) / pitch % 1 - 0.5) * 2
            thickness = dark if number == 0 else dark * 1.6 - 0.7
            white = np.minimum(white, np.clip((line - thickness) * pitch * place.unit / 2 + 0.5, 0, 1))
        white = _scanned(white, soft * pitch * place.unit)
        return pixels(ink + (paper - ink) * white[..., None])

    return spoil


FAMILIES = tuple(
    Family(key, "print", draw)
    for key, draw in (
        ("halftone", halftone),
        ("newspaper", newspaper),
        ("ordered-dither", ordered_dither),
        ("error-diffusion", error_diffusion),
        ("photocopy", photocopy),
        ("copied-often", copied_often),
        ("fax", fax),
        ("folds", folds),
        ("paper-texture", paper_texture),
        ("stamp", stamp),
        ("guilloche", guilloche),
        ("hologram", hologram),
        ("scan-streaks", scan_streaks),
        ("engraving", engraving),
    )
)
