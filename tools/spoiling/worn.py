"""What people wear or hold before their faces."""

from __future__ import annotations

import math

import numpy as np

from siamgui.core.types import Pixels
from spoiling.canvas import (
    MOUTH,
    Place,
    brightness,
    chance,
    colour,
    ellipse,
    hair,
    laid,
    mirrored,
    noise,
    polygon,
    shifted,
    spline,
    strokes,
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


def _cloth(
    image: Pixels,
    place: Place,
    tone: Floats,
    generator: np.random.Generator,
    rough: float = 0.05,
    round_by: float = 0.25,
) -> np.ndarray:
    """A matter of one colour, darker at the sides of the face as something round is; (h, w, 3) of 0 to 255."""
    x, _ = place.fields(image)
    light = 1.05 - round_by * np.minimum(x * x, 2) + rough * noise(generator, image, 0.03 * place.unit)
    return light[..., None] * tone


def _outline(image: Pixels, place: Place, half: list[tuple[float, float]], soft: float = 0.01) -> Floats:
    return polygon(image, place.pixels(spline(mirrored(half))), soft * place.unit)


def medical_mask(rng: np.random.Generator) -> Spoil:
    """Medical, cloth or pointed mask, of any colour, from the nose to under the chin; pleats, straps, a print."""
    tone = np.array([166, 200, 214]) + rng.normal(0, 12, 3) if chance(rng, 0.35) else colour(rng, 10, 255)
    top, low, wide = uniform(rng, 0.3, 0.62), uniform(rng, 1.8, 2.15), uniform(rng, 0.95, 1.2)
    pleats, depth = int(rng.integers(0, 5)), uniform(rng, 0.65, 0.95)
    spots, spot_tone, seed = chance(rng, 0.25), colour(rng), int(rng.integers(2**32))
    edge = uniform(rng, 0.1, 0.3)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator)
        half = [(0.0, top), (0.5 * wide, top + edge * 0.6), (wide, top + edge + 0.1)]
        half += [(0.95 * wide, 1.35), (0.5 * wide, low - 0.08), (0.0, low)]
        layer = _cloth(image, place, tone, generator)
        if spots:
            dots = np.random.default_rng(seed).uniform((-1, 0.4), (1, 2), (60, 2))
            layer = laid(
                layer, spot_tone, strokes(image, list(place.pixels(np.stack([dots, dots], 1))), 0.1 * place.unit)
            )
        for number in range(pleats):
            level = top + 0.3 + (low - top - 0.5) * (number + 0.5) / pleats
            path = place.pixels([(-wide, level + 0.05), (0, level - 0.04), (wide, level + 0.05)])
            layer = layer * (1 - (1 - depth) * strokes(image, [path], 0.04 * place.unit, 0.01 * place.unit))[..., None]
        straps = [
            place.pixels([(s * 0.9 * wide, y), (s * 1.5, y - 0.25)]) for s in (-1, 1) for y in (top + edge + 0.15, 1.35)
        ]
        return laid(laid(image, tone, strokes(image, straps, 0.04 * place.unit)), layer, _outline(image, place, half))

    return spoil


def _lens(shape: int, wide: float, high: float) -> list[tuple[float, float]]:
    """The outline of one glass about its middle: round, square, aviator, cat's eye, narrow."""
    table = (
        [(1, 0), (0.7, 0.7), (0, 1), (-0.7, 0.7), (-1, 0), (-0.7, -0.7), (0, -1), (0.7, -0.7)],
        [(1, -0.6), (1, 0.6), (0.6, 1), (-0.6, 1), (-1, 0.6), (-1, -0.6), (-0.6, -1), (0.6, -1)],
        [(1, -0.5), (0.8, 0.6), (0.2, 1.15), (-0.5, 0.9), (-0.9, 0.2), (-1, -0.7), (0, -0.85)],
        [(1.15, -0.95), (0.95, 0.3), (0.3, 0.85), (-0.6, 0.75), (-0.95, 0.1), (-0.9, -0.6), (0.2, -0.75)],
        [(1, -0.5), (0.9, 0.35), (0, 0.55), (-0.9, 0.35), (-1, -0.4), (0, -0.55)],
    )
    return [(x * wide, y * high) for x, y in table[shape]]


def _glasses(rng: np.random.Generator, dark: bool) -> Spoil:
    shape, wide, high = int(rng.integers(5)), uniform(rng, 0.36, 0.52), uniform(rng, 0.28, 0.45)
    tint = colour(rng, 0, float(rng.choice([15, 90])) if dark else 255, 0.9)
    cover = uniform(rng, 0.75, 1.0) if dark else uniform(rng, 0.0, 0.15)
    frame, width = colour(rng, 0, float(rng.choice([20, 130, 255]))), log_uniform(rng, 0.03, 0.13)
    fade, glare = uniform(rng, 0, 0.5) if dark else 0.0, uniform(rng, 0.0, 0.5 if dark else 0.9) * chance(rng, 0.6)
    slant, at, low = uniform(rng, -0.9, 0.9), uniform(rng, -0.3, 0.3), uniform(rng, -0.05, 0.14)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.04)
        x, y = place.fields(image)
        result, rims = image, []
        for s in (-1, 1):
            points = [(s * (0.52 + px), low + py) for px, py in _lens(shape, wide, high)]
            path = place.pixels(spline(points))
            inside = polygon(image, path)
            through = np.float32(cover) * (1 - np.float32(fade) * np.clip((y - low) / high * 0.5 + 0.5, 0, 1)) * inside
            result = laid(result, tint, through)
            shine = np.exp(-((((x - s * 0.52) + slant * (y - low) - at) / 0.16) ** 2)) * np.float32(glare)
            result = laid(result, (235, 240, 245), shine * inside)
            rims.append(np.concatenate([path, path[:1]]))
        rims.append(place.pixels([(-0.16, low - 0.08), (0, low - 0.12), (0.16, low - 0.08)]))
        rims += [place.pixels([(s * (0.5 + wide), low - 0.1), (s * 1.25, low - 0.12)]) for s in (-1, 1)]
        return laid(result, frame, strokes(image, rims, width * place.unit))

    return spoil


def sunglasses(rng: np.random.Generator) -> Spoil:
    """Sunglasses of five shapes and any tint, perhaps lighter below, perhaps with a reflection."""
    return _glasses(rng, True)


def spectacles(rng: np.random.Generator) -> Spoil:
    """Clear glasses with a thick frame and a reflection over the eyes."""
    return _glasses(rng, False)


def cap(rng: np.random.Generator) -> Spoil:
    """A hat, a cap or a helmet: from above to the brows or the eyes, with the shade of its brim below."""
    tone, brim = colour(rng, 0, 230), uniform(rng, -0.6, -0.2)
    bend, shade, reach = uniform(rng, -0.35, 0.35), uniform(rng, 0.1, 0.6), uniform(rng, 0.2, 0.9)
    wide, rim, band = uniform(rng, 1.2, 2.2), uniform(rng, 0.08, 0.3), colour(rng, 0, 230)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.08)
        x, y = place.fields(image)
        edge = brim + bend * (x / 1.2) ** 2
        result = pixels(image * (1 - shade * np.clip(1 - np.clip(y - edge, 0, 9) / reach, 0, 1))[..., None])
        soft = np.float32(place.unit / 1.5)
        crown = np.clip((edge - y) * soft + 0.5, 0, 1) * np.clip((1.35 - np.abs(x) - 0.1 * (y + 1) ** 2) * soft, 0, 1)
        visor = np.clip((edge - y) * soft + 0.5, 0, 1) * np.clip((y - edge + rim) * soft, 0, 1)
        visor = visor * np.clip((wide - np.abs(x)) * soft, 0, 1)
        result = laid(result, _cloth(image, place, tone, generator), crown.astype(np.float32))
        return laid(result, _cloth(image, place, band, generator), visor.astype(np.float32))

    return spoil


def hood(rng: np.random.Generator) -> Spoil:
    """A hood, a veil or a helmet round the face: only its middle shows, shaded from the edge."""
    tone, wide, high = colour(rng, 0, 230, uniform(rng, 0, 1)), uniform(rng, 0.95, 1.3), uniform(rng, 1.25, 1.7)
    middle, shade = uniform(rng, 0.4, 0.75), uniform(rng, 0.0, 0.5)
    square = log_uniform(rng, 2, 4)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.06)
        x, y = place.fields(image)
        away = (np.abs(x / wide) ** square + np.abs((y - middle) / high) ** square) ** (1 / square)
        cover = np.clip((away - 1) * wide * place.unit + 0.5, 0, 1)
        folds = 0.85 + 0.1 * np.sin(away * 5 + 3 * x) + 0.04 * noise(generator, image, 0.05 * place.unit)
        far = np.clip(2.6 - away, 0.2, 1)
        shaded = pixels(image * (1 - shade * np.clip(away, 0, 1) ** 4)[..., None])
        return laid(shaded, (folds * far)[..., None] * tone, cover.astype(np.float32))

    return spoil


def fringe(rng: np.random.Generator) -> Spoil:
    """Hair over the forehead, an eye or both, in strands."""
    tone, low, slope = hair(rng), uniform(rng, -0.45, 0.22), uniform(rng, -0.5, 0.5)
    seed, ragged, fine = int(rng.integers(2**32)), uniform(rng, 0.05, 0.3), log_uniform(rng, 0.02, 0.06)
    lean, sides = uniform(rng, -0.5, 0.5), uniform(rng, 0.85, 1.4)
    cover = uniform(rng, 0.7, 1.0)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.06)
        x, y = place.fields(image)
        across = x + lean * (y + 1) * 0.5
        table = np.random.default_rng(seed).normal(0, 1, 512)
        strand = np.interp(across.ravel() / fine + 256, np.arange(512), table).reshape(across.shape)
        tuft = np.interp(across.ravel() / (5 * fine) + 256, np.arange(512), table[::-1]).reshape(across.shape)
        edge = low + slope * x + ragged * tuft + 0.3 * ragged * strand
        edge = np.where(np.abs(x) > sides, edge + 6 * (np.abs(x) - sides), edge)
        locks = (
            np.clip((edge - y) * place.unit / 2 + 0.5, 0, 1)
            * np.clip(2.0 + y, 0, 1)
            * np.clip((1.5 - np.abs(x)) * 6, 0, 1)
        )
        light = 0.9 + 0.22 * strand + 0.25 * np.exp(-(((y + 0.8) / 0.3) ** 2))
        return laid(image, light[..., None] * tone, (locks * cover).astype(np.float32))

    return spoil


def hand(rng: np.random.Generator) -> Spoil:
    """A hand or a fist before the mouth, the nose, an eye or a cheek: fingers side by side."""
    skin = np.array([214, 168, 142]) * uniform(rng, 0.4, 1.1) + rng.normal(0, 8, 3)
    middle = np.array([(0.0, 1.15), (0.0, 0.9), (-0.5, 0.1), (0.5, 0.1), (-0.7, 1.0), (0.7, 1.0)][rng.integers(6)])
    middle = middle + rng.normal(0, 0.1, 2)
    angle, width, long = uniform(rng, -np.pi, np.pi), uniform(rng, 0.24, 0.34), uniform(rng, 0.35, 1.1)
    count = int(rng.integers(3, 5))

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.08)
        along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        x, y = place.fields(image)
        sideways = (x - middle[0]) * across[0] + (y - middle[1]) * across[1]
        result = image
        palm = middle - along * (long + 0.5)
        arm = strokes(image, [place.pixels([palm, palm - along * 6])], 0.9 * count * width * place.unit)
        result = laid(result, skin * 0.9, arm)
        for number in range(count):
            off = (number - (count - 1) / 2) * width * 0.95
            start, end = (
                middle + across * off + along * (s * long * (1 - 0.15 * abs(number - 1.3))) for s in (-1.2, 1)
            )
            finger = strokes(image, [place.pixels([start, end])], width * place.unit, 0.008 * place.unit)
            light = 1.08 - 9 * (sideways - off) ** 2 + 0.02 * noise(generator, image, 0.05 * place.unit)
            result = laid(result, np.clip(light, 0.35, 1.2)[..., None] * skin, finger)
            nail = strokes(
                image, [place.pixels([end, end + along * 0.02])], 0.5 * width * place.unit, 0.01 * place.unit
            )
            result = laid(result, np.minimum(skin * 1.12 + 12, 255), nail * np.float32(0.7))
        return result

    return spoil


def scarf(rng: np.random.Generator) -> Spoil:
    """A scarf, a collar or a bandana from the nose, the mouth or the chin downwards, perhaps striped."""
    tone, second = colour(rng, 10, 240), colour(rng, 10, 240)
    top, bend, striped = uniform(rng, 0.45, 1.35), uniform(rng, -0.15, 0.3), chance(rng, 0.5)
    angle, share, wide = uniform(rng, 0, np.pi), log_uniform(rng, 0.1, 0.5), uniform(rng, 1.15, 1.7)
    fold = uniform(rng, 0.05, 0.25)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.06)
        x, y = place.fields(image)
        depth = y - top + bend * (x / 1.1) ** 2
        soft = np.float32(place.unit / 2)
        cover = np.clip(depth * soft + 0.5, 0, 1) * np.clip(
            (wide + 0.4 * np.clip(depth, 0, 2) - np.abs(x)) * soft, 0, 1
        )
        layer = np.ones((*image.shape[:2], 1), np.float32) * tone
        if striped:
            bands = (math.cos(angle) * x + math.sin(angle) * y) / share % 1 < 0.5
            layer = np.where(bands[..., None], layer, second)
        light = 1 + fold * np.sin(depth * 7 + 1.5 * x) - 0.2 * np.minimum(x * x, 2)
        light = light + 0.06 * noise(generator, image, 0.03 * place.unit)
        return laid(image, layer * light[..., None], cover.astype(np.float32))

    return spoil


def beard(rng: np.random.Generator) -> Spoil:
    """A beard, a moustache or both, painted or glued on, of one colour and hair by hair."""
    tone, cover = hair(rng), uniform(rng, 0.5, 0.97)
    full, lip = chance(rng, 0.65), chance(rng, 0.75)
    lip = lip or not full
    top, low = uniform(rng, 0.5, 1.1), uniform(rng, 1.7, 2.3)
    droop, thick, fine = uniform(rng, -0.1, 0.35), uniform(rng, 0.07, 0.16), log_uniform(rng, 0.02, 0.06)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator, 0.04)
        mask = np.zeros(image.shape[:2], np.float32)
        soft = 0.04 * place.unit
        if full:
            outer = [
                (1.15, top),
                (1.05, 1.35),
                (0.65, low - 0.15),
                (0.0, low),
                (-0.65, low - 0.15),
                (-1.05, 1.35),
                (-1.15, top),
            ]
            inner = [(-0.85, top + 0.1), (-0.62, 1.1), (-0.3, 1.34), (0.3, 1.34), (0.62, 1.1), (0.85, top + 0.1)]
            mask = polygon(image, place.pixels(outer + inner), soft)
        if lip:
            half = [(0.0, 0.8), (0.25, 0.84), (0.55, MOUTH + droop), (0.4, MOUTH + droop), (0.0, 0.8 + thick)]
            mask = np.maximum(mask, polygon(image, place.pixels(mirrored(half)), soft * 0.5))
        hairs = noise(generator, image, fine * place.unit)
        light = 0.95 + 0.3 * hairs
        mask = np.clip(mask * (1 + 0.15 * hairs), 0, 1) * np.float32(cover)
        return laid(image, light[..., None] * tone, mask)

    return spoil


def face_paint(rng: np.random.Generator) -> Spoil:
    """The stripes, halves and spots of supporters, clowns and soldiers."""
    kind, count = int(rng.integers(4)), int(rng.integers(2, 6))
    tones = [colour(rng, 0, 255) for _ in range(count)]
    angle, share, cover = uniform(rng, 0, np.pi), log_uniform(rng, 0.2, 0.7), uniform(rng, 0.5, 0.95)
    seed, wave = int(rng.integers(2**32)), uniform(rng, 0, 0.08)

    def spoil(image: Pixels, landmarks: Landmarks, generator: np.random.Generator) -> Pixels:
        place = shifted(Place.of(landmarks), generator)
        x, y = place.fields(image)
        rough = wave * noise(np.random.default_rng(seed), image, 0.2 * place.unit)
        if kind == 0:  # Stripes over the whole face.
            part = np.floor((math.cos(angle) * x + math.sin(angle) * (y - 0.5) + rough) / share).astype(int) % (
                count + 1
            )
        elif kind == 1:  # Fields side by side, as a flag.
            along = math.cos(angle) * x + math.sin(angle) * (y - 0.5) + rough
            part = np.clip(((along + 1.2) / 2.4 * count).astype(int), 0, count - 1)
        elif kind == 2:  # Camouflage.
            spots = noise(np.random.default_rng(seed), image, share * place.unit * 0.7)
            part = np.clip(((spots + 1.5) / 3 * (count + 1)).astype(int), 0, count)
        else:  # A white face with coloured eyes, nose and mouth.
            part = np.zeros(image.shape[:2], int)
            for middle, radii in (
                ((-0.5, 0), (0.35, 0.5)),
                ((0.5, 0), (0.35, 0.5)),
                ((0, 0.6), (0.2, 0.2)),
                ((0, 1.1), (0.6, 0.3)),
            ):
                part[ellipse(image, place, middle, radii) > 0.5] = 1
        inside = ellipse(image, place, (0, 0.45), (1.15, 1.5), 0.06 * place.unit) * np.float32(cover)
        table = np.stack([*tones, tones[0] * 0])
        inside = inside * (part < count)
        return laid(image, table[part] * (0.5 + 0.6 * brightness(image)[..., None] / 255), inside)

    return spoil


FAMILIES = tuple(
    Family(key, "cover", draw)
    for key, draw in (
        ("medical-mask", medical_mask),
        ("sunglasses", sunglasses),
        ("spectacles", spectacles),
        ("cap", cap),
        ("hood", hood),
        ("fringe", fringe),
        ("hand", hand),
        ("scarf", scarf),
        ("beard", beard),
        ("face-paint", face_paint),
    )
)
