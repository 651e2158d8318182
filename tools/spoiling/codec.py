"""Codecs: the picture was stored in too few bytes."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

from siamgui.core.types import Pixels
from spoiling.family import Family, Floats, Landmarks, Spoil, eye_distance, log_uniform, pixels, uniform


def jpeg(image: Pixels, quality: int, subsampling: int) -> Pixels:
    """subsampling: 0 for 4:4:4, 1 for 4:2:2, 2 for 4:2:0."""
    return stored(image, "JPEG", quality=quality, subsampling=subsampling)


def stored(image: Pixels, codec: str, **options: object) -> Pixels:
    """The picture written by Pillow in a format, and read again."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, codec, **options)
    return np.array(Image.open(buffer).convert("RGB"))


def jpeg_low(rng: np.random.Generator) -> Spoil:
    """Stored once, badly. The blocks lie where they happen to fall on the face."""
    quality, subsampling = round(log_uniform(rng, 2, 30)), int(rng.choice((0, 1, 2, 2)))
    return lambda image, landmarks, rng: jpeg(image, quality, subsampling)


def jpeg_chain(rng: np.random.Generator) -> Spoil:
    """Passed on through several services, each of which scales and stores it again, so that the blocks do not meet."""
    steps = [(round(log_uniform(rng, 4, 35)), uniform(rng, 0.75, 1.15)) for _ in range(int(rng.integers(2, 5)))]

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        height, width = image.shape[:2]
        for quality, scale in steps:
            size = max(round(width * scale), 16), max(round(height * scale), 16)
            image = jpeg(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), quality, 2)
        return image

    return spoil


def webp(rng: np.random.Generator) -> Spoil:
    quality, eyes = round(uniform(rng, 0, 18)), log_uniform(rng, 22, 48)
    return lambda image, landmarks, rng: stored(shrunk(image, landmarks, eyes), "WEBP", quality=quality, method=0)


def avif(rng: np.random.Generator) -> Spoil:
    """AVIF and HEIC of few bytes: no blocks, but everything fine is smoothed away."""
    quality, eyes = round(uniform(rng, 1, 25)), log_uniform(rng, 22, 48)
    return lambda image, landmarks, rng: stored(
        shrunk(image, landmarks, eyes), "AVIF", quality=quality, speed=10, max_threads=1
    )


def jpeg2000(rng: np.random.Generator) -> Spoil:
    """Wavelets: smears and ringing."""
    rate, eyes = log_uniform(rng, 50, 160), log_uniform(rng, 22, 40)
    return lambda image, landmarks, rng: stored(
        shrunk(image, landmarks, eyes),
        "JPEG2000",
        quality_mode="rates",
        quality_layers=[rate],
        irreversible=True,
        mct=1,
    )


def shrunk(image: Pixels, landmarks: Landmarks, eyes: float) -> Pixels:
    """The picture, made smaller where the eyes lie further apart than this: nobody stores a large one so badly."""
    scale = eyes / eye_distance(landmarks)
    if scale >= 1:
        return image
    size = max(round(image.shape[1] * scale), 16), max(round(image.shape[0] * scale), 16)
    result: Pixels = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return result


def cosine(size: int) -> Floats:
    """(size, size), the orthonormal DCT-II: coefficients = C @ block @ C.T."""
    k, n = np.mgrid[:size, :size]
    matrix = np.sqrt(2 / size) * np.cos(np.pi * (2 * n + 1) * k / (2 * size))
    matrix[0] /= np.sqrt(2)
    return matrix.astype(np.float32)


def video(rng: np.random.Generator) -> Spoil:
    """A video call that breaks up: blocks of any size whose cosines are coarsely rounded, colour coarser still."""
    share, step, slope = log_uniform(rng, 0.15, 0.6), log_uniform(rng, 25, 130), uniform(rng, 0.2, 1.0)
    lost = uniform(rng, 0, 0.12)

    def spoil(image: Pixels, landmarks: Landmarks, rng: np.random.Generator) -> Pixels:
        height, width = image.shape[:2]
        size = int(np.clip(round(share * eye_distance(landmarks)), 4, 32))
        rows, columns = -(-height // size), -(-width // size)
        wide = cv2.copyMakeBorder(
            cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb),
            0,
            rows * size - height,
            0,
            columns * size - width,
            cv2.BORDER_REPLICATE,
        )
        blocks = wide.astype(np.float32).reshape(rows, size, columns, size, 3).transpose(0, 2, 4, 1, 3) - 128
        c = cosine(size)
        # A step of `step` for blocks of 8; rising with the frequency, and doubled for the colour.
        order = np.add.outer(np.arange(size), np.arange(size)) * (8 / size)
        steps = step * (size / 8) * (0.5 + slope * order / 4) * np.array([1, 2, 2])[:, None, None]
        steps = steps.astype(np.float32)
        values = c @ blocks @ c.T
        values = np.trunc(values / steps + np.sign(values) * np.float32(0.4)) * steps
        # A block that never came keeps its mean.
        values[rng.random((rows, columns)) < lost, :, 1:, :] = 0
        back = (c.T @ values @ c + 128).transpose(0, 3, 1, 4, 2).reshape(rows * size, columns * size, 3)
        result: Pixels = cv2.cvtColor(pixels(back)[:height, :width], cv2.COLOR_YCrCb2RGB)
        return result

    return spoil


FAMILIES: tuple[Family, ...] = (
    Family("jpeg", "codec", jpeg_low),
    Family("jpeg-chain", "codec", jpeg_chain),
    Family("webp", "codec", webp),
    Family("avif", "codec", avif),
    Family("jpeg-2000", "codec", jpeg2000),
    Family("video-blocks", "codec", video),
)
