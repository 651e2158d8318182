"""Tone: brightness and colour are other than they were, everywhere alike."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from siamgui.core.types import Pixels
from spoiling.family import Family, Landmarks, Spoil, either, eye_distance, grey, log_uniform, pixels, softened, uniform

LEVELS = np.arange(256) / 255


def curved(values: NDArray[np.floating]) -> Spoil:
    """A tone curve: 256 values of 0..1, or (256, 3), one column for each colour."""
    table = np.clip(values * 255 + 0.5, 0, 255).astype(np.uint8)
    wide = np.ascontiguousarray(table.reshape(1, 256, -1))

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        result: Pixels = cv2.LUT(image, wide)
        return result

    return spoil


def colourless(inner: Spoil) -> Spoil:
    """The same on a grey picture."""
    return lambda image, landmarks, rng: inner(pixels(grey(image).astype(np.float32)), landmarks, rng)


def negative(rng: np.random.Generator) -> Spoil:
    """A film negative, with a gamma, a base that is not clear, perhaps the orange of colour film, perhaps grey."""
    gamma, low = log_uniform(rng, 0.6, 1.7), uniform(rng, 0, 0.2)
    mask = np.array([1, uniform(rng, 0.5, 1), uniform(rng, 0.3, 0.8)]) if rng.random() < 0.3 else np.ones(3)
    spoil = curved((low + (1 - low) * (1 - LEVELS) ** gamma)[:, None] * mask)
    return colourless(spoil) if rng.random() < 0.35 else spoil


def luminance_negative(rng: np.random.Generator) -> Spoil:
    """Dark and bright exchanged, the colours kept."""
    amount = uniform(rng, 0.75, 1.0)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        parts = cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb)
        parts[..., 0] = pixels((255 - parts[..., 0].astype(np.float32)) * np.float32(amount))[..., 0]
        result: Pixels = cv2.cvtColor(parts, cv2.COLOR_YCrCb2RGB)
        return result

    return spoil


def solarised(rng: np.random.Generator) -> Spoil:
    """Above a brightness the tones run back (Sabattier effect): once, or in waves."""
    if rng.random() < 0.65:
        turn = uniform(rng, 0.35, 0.8)
        values = np.where(turn > LEVELS, LEVELS / turn, (1 - LEVELS) / (1 - turn))
    else:
        values = 0.5 - 0.5 * np.cos(LEVELS * 2 * np.pi * uniform(rng, 0.8, 2.0) + uniform(rng, 0, 2))
    return colourless(curved(values)) if rng.random() < 0.4 else curved(values)


def posterised(rng: np.random.Generator) -> Spoil:
    """Few levels of each colour, or of grey."""
    levels, shift = int(rng.integers(2, 7)), uniform(rng, -0.25, 0.25)
    values = np.clip(np.round(LEVELS * (levels - 1) + shift), 0, levels - 1) / (levels - 1)
    return colourless(curved(values)) if rng.random() < 0.4 else curved(values)


def threshold(rng: np.random.Generator) -> Spoil:
    """Black and white with a narrow ramp between, at a brightness near that of the face."""
    soft, place, local = log_uniform(rng, 5, 45), uniform(rng, -25, 25), uniform(rng, 0, 1)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        values = grey(image).astype(np.float32)
        around = cv2.blur(values, (2 * round(eye_distance(landmarks)) + 1,) * 2)
        x, y = np.round(landmarks[2]).astype(int)
        here = float(around[np.clip(y, 0, len(around) - 1), np.clip(x, 0, around.shape[1] - 1)])
        limit = local * around + np.float32((1 - local) * here + place)
        return pixels(255 / (1 + np.exp(np.clip((limit - values) / np.float32(soft * 0.5), -30, 30))))

    return spoil


def cast(rng: np.random.Generator) -> Spoil:
    """A colour cast, in the shadows another than in the lights."""
    gain = np.exp(rng.normal(0, 0.3, 3))
    lift = rng.uniform(0, 0.3, 3) * (rng.random() < 0.5)
    return curved(lift + (1 - lift) * LEVELS[:, None] * gain / gain.mean() * uniform(rng, 0.8, 1.15))


def gamma(rng: np.random.Generator) -> Spoil:
    power = log_uniform(rng, 0.3, 0.75) if rng.random() < 0.5 else log_uniform(rng, 1.35, 3)
    return curved(LEVELS**power)


def contrast(rng: np.random.Generator) -> Spoil:
    """A steep curve: dark goes black, bright goes white."""
    slope, place = log_uniform(rng, 1.8, 6), uniform(rng, 0.3, 0.65)
    values = 1 / (1 + np.exp(-slope * 4 * (LEVELS - place) / 1.2))
    return colourless(curved(values)) if rng.random() < 0.4 else curved(values)


def mixed(rng: np.random.Generator) -> Spoil:
    """Infrared, ultraviolet, colour-blind film: grey, or two tones, from an unusual mixture of the colours."""
    weights = rng.normal(0.33, 0.8, 3)
    weights /= np.abs(weights).sum()
    power, ends = log_uniform(rng, 0.6, 1.6), np.array([[0, 0, 0], [255, 255, 255]], float)
    if rng.random() < 0.3:
        ends = np.stack([rng.uniform(0, 90, 3), rng.uniform(150, 255, 3)])
    low, high = 255 * np.minimum(weights, 0).sum(), 255 * np.maximum(weights, 0).sum()

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        values = image @ weights.astype(np.float32)
        # As a camera would expose: the range that the picture uses is the range that is shown.
        least, most = np.percentile(values[::4, ::4], (1, 99))
        least, most = min(least, low * 0.5 + least * 0.5), max(most, least + 0.2 * (high - low))
        tone = np.clip((values - np.float32(least)) / np.float32(most - least), 0, 1) ** np.float32(power)
        return pixels(tone[..., None] * (ends[1] - ends[0]).astype(np.float32) + ends[0].astype(np.float32))

    return spoil


def swapped(rng: np.random.Generator) -> Spoil:
    """The colours exchanged, as red for blue, some perhaps inverted."""
    orders = ((2, 1, 0), (1, 0, 2), (0, 2, 1), (1, 2, 0), (2, 0, 1))
    order = list(orders[int(rng.choice(5, p=(0.4, 0.15, 0.15, 0.15, 0.15)))])
    inverted = (rng.random(3) < 0.2).astype(np.uint8) * np.uint8(255)
    return lambda image, landmarks, rng: np.ascontiguousarray(image[..., order] ^ inverted)


def local_contrast(rng: np.random.Generator) -> Spoil:
    """Over-processed: contrast raised in each part of the picture (CLAHE, "HDR")."""
    limit, tiles, amount = log_uniform(rng, 3, 30), int(rng.integers(3, 13)), uniform(rng, 0.7, 1.0)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        parts = cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb)
        parts[..., 0] = cv2.createCLAHE(limit, (tiles, tiles)).apply(parts[..., 0])
        result: Pixels = cv2.addWeighted(cv2.cvtColor(parts, cv2.COLOR_YCrCb2RGB), amount, image, 1 - amount, 0)
        return result

    return spoil


def halos(rng: np.random.Generator) -> Spoil:
    """Sharpened until the edges have halos."""
    size, amount = log_uniform(rng, 0.015, 0.3), log_uniform(rng, 2, 8)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        sigma = max(size * eye_distance(landmarks), 0.7)
        soft = softened(image, sigma)
        # Small details carry little, so they need more to be seen.
        gain = amount * (1 if sigma > 3 else 1.5)
        result: Pixels = cv2.addWeighted(image, 1 + gain, soft, -gain, 0)
        return result

    return spoil


def grey_only(rng: np.random.Generator) -> Spoil:
    """Without colour, with a tone curve."""
    return colourless(curved(LEVELS ** log_uniform(rng, 0.7, 1.4)))


def toned(rng: np.random.Generator) -> Spoil:
    """Sepia and other tonings: grey between two colours of the paper and of the silver."""
    dark = np.array([uniform(rng, 0.05, 0.3), uniform(rng, 0, 0.2), uniform(rng, 0, 0.15)])
    light = np.array([uniform(rng, 0.85, 1), uniform(rng, 0.75, 0.95), uniform(rng, 0.5, 0.85)])
    if rng.random() < 0.25:
        dark, light = dark[::-1], light[::-1]
    power = log_uniform(rng, 0.7, 1.5)
    return colourless(curved(dark + (light - dark) * (LEVELS**power)[:, None]))


def cross_processed(rng: np.random.Generator) -> Spoil:
    """Film in the wrong bath, filters of telephones: another S or inverse S for each colour."""
    bend, lift, shift = rng.uniform(-0.22, 0.28, 3), rng.uniform(-0.1, 0.2, 3), rng.uniform(-0.12, 0.12, 3)
    x = LEVELS[:, None]
    return curved(x - bend * np.sin(2 * np.pi * x) * 0.7 + lift * (1 - x) + shift * 4 * x * (1 - x))


def hue_turned(rng: np.random.Generator) -> Spoil:
    """Every hue turned, and the colours stronger."""
    turn, amount = uniform(rng, 15, 165) * either(rng) / 2, log_uniform(rng, 0.8, 3)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        parts = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
        parts[..., 0] = (np.arange(256) + turn).astype(int)[parts[..., 0]] % 180
        parts[..., 1] = np.clip(np.arange(256) * amount, 0, 255).astype(np.uint8)[parts[..., 1]]
        result: Pixels = cv2.cvtColor(parts, cv2.COLOR_HSV2RGB)
        return result

    return spoil


def thermal(rng: np.random.Generator) -> Spoil:
    """False colours, as of a thermal camera or a depth picture."""
    maps = (cv2.COLORMAP_JET, cv2.COLORMAP_HOT, cv2.COLORMAP_INFERNO, cv2.COLORMAP_BONE, cv2.COLORMAP_RAINBOW)
    number, amount, inverted = int(rng.choice(maps)), uniform(rng, 0.6, 1.0), rng.random() < 0.3

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        values = grey(image)
        false = cv2.applyColorMap(255 - values if inverted else values, number)[..., ::-1]
        result: Pixels = cv2.addWeighted(np.ascontiguousarray(false), amount, image, 1 - amount, 0)
        return result

    return spoil


FAMILIES: tuple[Family, ...] = (
    Family("negative", "tone", negative),
    Family("luminance-negative", "tone", luminance_negative),
    Family("solarised", "tone", solarised),
    Family("posterised", "tone", posterised),
    Family("threshold", "tone", threshold),
    Family("colour-cast", "tone", cast),
    Family("gamma", "tone", gamma),
    Family("contrast", "tone", contrast),
    Family("channel-mix", "tone", mixed),
    Family("channel-swap", "tone", swapped),
    Family("local-contrast", "tone", local_contrast),
    Family("sharpening-halos", "tone", halos),
    Family("grey", "tone", grey_only),
    Family("toned", "tone", toned),
    Family("cross-processed", "tone", cross_processed),
    Family("hue-turned", "tone", hue_turned),
    Family("false-colours", "tone", thermal),
)
