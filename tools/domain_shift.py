"""Make a domain shift from labelled photographs: a clear photo against a poor camera.

    python tools/domain_shift.py PAIRS.csv OUT [--kind camera] [--train 1 2] [--test 3 4] [--pairs 300] [--seed 0]

PAIRS.csv has the columns fold, left, right, same. In every pair the right photograph is replaced by what a poor device
would have made of it; the left one stays. Written below OUT:

    images/         the spoilt photographs
    train.csv       pairs of the folds to train on: half of the same person, half of different people
    shuffled.csv    the same pairs, their labels shuffled
    test.csv        pairs of the folds to test on, across the shift
    test-clean.csv  the same pairs, both photographs as they were

The kinds, with what each does to the whole photograph:
    camera  grey; blurred; reduced until the face is 16 pixels wide and enlarged again; noise; JPEG
    print   a photocopy: grey, contrast driven up, halftone dots, paper noise
    night   a dark, noisy picture with a colour cast, brightened again

Then:
    siamgui train OUT/train.csv --name poor-camera
    siamgui evaluate OUT/test.csv --model poor-camera
    siamgui evaluate OUT/test-clean.csv --model poor-camera
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from siamgui.core.cv import cv2
from siamgui.core.imaging import load_photo
from siamgui.core.types import Pixels
from siamgui.evaluation.pairs import Pair, read_pairs

# In a photograph of Labeled Faces in the Wild the face is about 0.4 of the width.
FACE_SHARE = 0.4


def camera(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    height, width = pixels.shape[:2]
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    grey = cv2.GaussianBlur(grey, (0, 0), 0.008 * width)
    small_width = round(16 / FACE_SHARE)
    small = cv2.resize(grey, (small_width, round(small_width * height / width)), interpolation=cv2.INTER_AREA)
    noisy = small.astype(np.float32) + rng.normal(0, 8, small.shape)
    small = np.clip(noisy, 0, 255).astype(np.uint8)
    large = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return jpeg(np.repeat(large[:, :, None], 3, axis=2), 60)


def photocopy(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    grey = 255 / (1 + np.exp(-(grey - 118) / 26))
    rows, columns = np.indices(grey.shape)
    dots = 38 * np.sin(2 * np.pi * (rows + columns) / 5.0) * np.sin(2 * np.pi * (rows - columns) / 5.0)
    noisy = grey + dots + rng.normal(0, 10, grey.shape)
    return jpeg(np.repeat(np.clip(noisy, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2), 70)


def night(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    dark = pixels.astype(np.float32) * np.array([0.10, 0.07, 0.05]) + rng.normal(0, 2.6, pixels.shape)
    seen = np.clip(np.round(dark), 0, 255)  # what the sensor stores
    return jpeg(np.clip(seen * 9, 0, 255).astype(np.uint8), 60)


KINDS: dict[str, Callable[[Pixels, np.random.Generator], Pixels]] = {
    "camera": camera,
    "print": photocopy,
    "night": night,
}


def jpeg(pixels: Pixels, quality: int) -> Pixels:
    _, data = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded: NDArray[np.uint8] = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return np.ascontiguousarray(decoded[:, :, ::-1])


def chosen(pairs: list[Pair], count: int, rng: np.random.Generator) -> list[Pair]:
    """count pairs, half of each kind, in random order; all of them where there are fewer."""
    picked = []
    for same in (True, False):
        kind = [pair for pair in pairs if pair.same == same]
        picked += [kind[i] for i in rng.permutation(len(kind))[: count // 2]]
    return [picked[i] for i in rng.permutation(len(picked))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, metavar="PAIRS.csv")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--images", type=Path, help="where the paths in PAIRS.csv start")
    parser.add_argument("--kind", choices=KINDS, default="camera")
    parser.add_argument("--train", nargs="+", default=["1", "2"], metavar="FOLD")
    parser.add_argument("--test", nargs="+", default=["3", "4"], metavar="FOLD")
    parser.add_argument("--pairs", type=int, default=300, help="pairs to train on (default: 300)")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    source = read_pairs(arguments.source, arguments.images)
    rng = np.random.default_rng(arguments.seed)
    train = chosen([p for p in source.pairs if p.fold in arguments.train], arguments.pairs, rng)
    test = [p for p in source.pairs if p.fold in arguments.test]
    labels = rng.permutation([pair.same for pair in train])

    spoil = KINDS[arguments.kind]
    folder = arguments.out.resolve() / "images"
    folder.mkdir(parents=True, exist_ok=True)
    spoilt: dict[Path, Path] = {}
    for pair in (*train, *test):
        if pair.right not in spoilt:
            target = spoilt[pair.right] = folder / f"{len(spoilt):05d}.png"
            made = spoil(load_photo(pair.right).pixels, np.random.default_rng((arguments.seed, len(spoilt))))
            cv2.imwrite(str(target), made[:, :, ::-1])

    def put(name: str, pairs: list[Pair], right: Callable[[Path], Path], same: list[bool]) -> None:
        with (arguments.out / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["fold", "left", "right", "same"])
            for pair, is_same in zip(pairs, same, strict=True):
                writer.writerow([pair.fold, pair.left.resolve(), right(pair.right), int(is_same)])

    put("train.csv", train, spoilt.__getitem__, [pair.same for pair in train])
    put("shuffled.csv", train, spoilt.__getitem__, [bool(same) for same in labels])
    put("test.csv", test, spoilt.__getitem__, [pair.same for pair in test])
    put("test-clean.csv", test, Path.resolve, [pair.same for pair in test])
    print(f"{len(train)} pairs to train on, {len(test)} to test on, {len(spoilt)} photographs spoilt: {arguments.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
