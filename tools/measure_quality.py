"""Show what each kind of bad photograph does to the error rates, and where the quality limits cut.

    python tools/measure_quality.py PAIRS.csv [--pairs N]

Takes N same-person pairs of the list (one per pair of files, spread over it). The right photograph of each is spoilt in
steps; the left stays as it is. Printed per step: medians of the measured properties, FNMR at "balanced", share of
same-person pairs that would be called different, FMR at "balanced" over all pairs of different people (left against
spoilt right), and how many spoilt photographs are flagged and how many are forced inconclusive.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from siamgui.core.errors import NoFaceFound
from siamgui.core.imaging import load_photo, photo_from_pixels
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Face, FaceReading, Photo, Pixels, Strictness

Spoil = Callable[[Image.Image, Face], Image.Image]


def small(eyes: float) -> Spoil:
    def spoil(image: Image.Image, face: Face) -> Image.Image:
        factor = eyes / face.eye_distance
        return image.resize(
            (max(round(image.width * factor), 8), max(round(image.height * factor), 8)), Image.Resampling.BOX
        )

    return spoil


def blur(share: float) -> Spoil:
    return lambda image, face: image.filter(ImageFilter.GaussianBlur(share * face.eye_distance))


def gain(factor: float, offset: float = 0.0) -> Spoil:
    return lambda image, _: image.point(lambda v: v * factor + offset)


def noise(sigma: float) -> Spoil:
    def spoil(image: Image.Image, _: Face) -> Image.Image:
        rough = np.random.default_rng(0).normal(0, sigma, (*image.size[::-1], 3))
        return Image.fromarray(np.clip(np.asarray(image) + rough, 0, 255).astype(np.uint8))

    return spoil


def cover(top: float, bottom: float, left: float = -1.2, right: float = 1.2) -> Spoil:
    """A grey patch in eye distances from the middle of the eyes, down and to the right positive."""

    def spoil(image: Image.Image, face: Face) -> Image.Image:
        x, y = face.landmarks[:2].mean(0)
        e = face.eye_distance
        box = (round(x + left * e), round(y + top * e), round(x + right * e), round(y + bottom * e))
        covered = image.copy()
        covered.paste((110, 110, 115), box)
        return covered

    return spoil


def both(first: Spoil, second: Spoil) -> Spoil:
    """Both are told of the face as it was, so first must not change the size."""
    return lambda image, face: second(first(image, face), face)


STEPS: dict[str, Spoil] = {
    "as it is": lambda image, _: image,
    **{f"eyes {n} px apart": small(n) for n in (20, 14, 10, 8, 6)},
    **{f"blur {s} eye distances": blur(s) for s in (0.04, 0.08, 0.12, 0.18)},
    **{f"brightness x {f}": gain(f) for f in (0.4, 0.2, 0.1, 0.05)},
    **{f"overexposed x {f}": gain(f) for f in (1.8, 2.6, 3.5)},
    **{f"contrast x {f}": gain(f, 128 * (1 - f)) for f in (0.4, 0.2, 0.1)},
    **{f"noise {s}": noise(s) for s in (20, 50)},
    "blurred, 12 px": both(blur(0.05), small(12)),
    "blurred, dark": both(blur(0.05), gain(0.3)),
    "blurred, flat": both(blur(0.05), gain(0.25, 96)),
    "mouth covered": cover(0.75, 1.7),
    "nose and mouth covered": cover(0.3, 1.7),
    "eyes covered": cover(-0.3, 0.25),
    "left half covered": cover(-1.2, 1.7, right=0.0),
}


def read(engine: FaceEngine, photo: Photo) -> FaceReading | None:
    try:
        return engine.read_photo(photo).reading
    except NoFaceFound:
        return None


def spoilt(photo: Photo, face: Face, spoil: Spoil) -> Pixels:
    return np.asarray(spoil(Image.fromarray(photo.pixels), face).convert("RGB"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("--only", default="", help="steps whose name holds this word")
    parser.add_argument("--pairs", dest="count", type=int, default=120)
    arguments = parser.parse_args()
    with arguments.pairs.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["same"] == "1"]
    rows = rows[:: max(len(rows) // arguments.count, 1)][: arguments.count]
    folder = arguments.pairs.parent
    engine = FaceEngine.load("cpu")
    same_below, different_above = engine.calibration.limits(Strictness.BALANCED)
    lefts = [read(engine, load_photo(folder / row["left"])) for row in rows]
    photos = [load_photo(folder / row["right"]) for row in rows]
    faces = [engine.find_faces(photo) for photo in photos]
    people = np.array([Path(row["left"]).parent.name for row in rows])
    print(f"{'':<24} found  eyes sharp brigh contr yaw  score norm   FNMR  called   FMR      flagged forced")
    print(f"{'':<24}                                                     different")
    for name, spoil in STEPS.items():
        if arguments.only not in name:
            continue
        rights = [
            read(engine, photo_from_pixels(spoilt(photo, found.faces[found.prominent], spoil), "spoilt"))
            for photo, found in zip(photos, faces, strict=True)
        ]
        kept = [i for i, right in enumerate(rights) if right is not None and lefts[i] is not None]
        if not kept:
            print(f"{name:<24} none")
            continue
        a = np.stack([left.embedding.vector for i in kept if (left := lefts[i]) is not None])
        good = [right for i in kept if (right := rights[i]) is not None]
        b = np.stack([right.embedding.vector for right in good])
        distances = np.linalg.norm(a[:, None] - b[None], axis=-1)
        genuine = np.diag(distances)
        impostor = distances[people[kept][:, None] != people[kept][None]]
        q = [right.quality for right in good]
        medians = [
            float(np.median([getattr(x, n) for x in q]))
            for n in ("eye_distance", "sharpness", "brightness", "contrast", "yaw", "detector_score", "embedding_norm")
        ]
        print(
            f"{name:<24} {len(kept) / len(rows):5.2f} {medians[0]:5.1f} {medians[1]:5.2f} {medians[2]:5.2f} "
            f"{medians[3]:5.2f} {medians[4]:4.0f} {medians[5]:5.2f} {medians[6]:4.0f}  "
            f"{(genuine > same_below).mean():5.3f} {(genuine > different_above).mean():5.3f}   "
            f"{(impostor <= same_below).mean():.1e}  "
            f"{np.mean([bool(x.findings) for x in q]):5.2f}  {np.mean([x.decisive for x in q]):5.2f}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
