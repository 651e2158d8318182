"""Which map of a likeness is worth showing: deletion and insertion (Petsiuk, Das and Saenko, BMVC 2018), of pairs.

    python tools/explanation_rates.py FOLDER [--pairs 40] [--seed 1]

FOLDER holds one folder per person; nobody of the cohort takes part (make_cohort.in_cohort). Of so many pairs of one
person and half as many of different people a map is made of the first face by each method, with as many looks of the
encoder:

    spots, blurred     one spot after the other under a blurred copy (siamgui.core.explanation)
    spots, grey        under the mean colour
    RISE               random masks of 7 x 7 cells, half of them covered, correlated with the cosine
    random             a smooth random map
    any face           the mean of the maps of the other pairs: a map that only draws a face
    random encoder     spots, blurred, of an encoder of the same build with random weights

Then the pixels are covered by noise, which no method used, most important first (deletion: the lower the cosine, the
better), or brought back on noise (insertion: the higher, the better). Told: the mean cosine over the steps; for pairs
of different people the same from the other end, what speaks against them first: there the higher deletion and the lower
insertion are better. And the rank correlation of the map with that of the random encoder, and how often words are given
and hold: the part that is named, covered by noise on both faces, costs more than every other part.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from make_cohort import photographs
from numpy.typing import NDArray
from scipy.stats import spearmanr

from siamgui.core import encoders
from siamgui.core.alignment import CROP_SIZE
from siamgui.core.cv import cv2
from siamgui.core.embedding import embed
from siamgui.core.explanation import Part, blurred, covered, covers, explanation, face_map, laid, part_covers
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Pixels

Floats = NDArray[np.float32]
Look = Callable[[Pixels], Floats]
STEPS = 8
CELLS = 7
METHODS = ("spots, blurred", "spots, grey", "RISE", "random", "any face", "random encoder")


def random_encoder(key: str) -> Look:
    torch.manual_seed(1)
    net = encoders.build(key).eval()

    def encode(crops: Pixels) -> Floats:
        with torch.inference_mode():
            found: Floats = net(torch.tensor(crops).permute(0, 3, 1, 2).float()).numpy()
        return found

    return lambda crops: embed(encode, crops, 1)[0]


def of_spots(look: Look, crop: Pixels, other: Pixels, fill: Floats) -> Floats:
    spots = covers()
    cosines = look(np.concatenate([crop[None], laid(crop, fill, spots)])) @ look(other[None])[0]
    lost = cosines[0] - cosines[1:]
    return np.asarray(np.einsum("s,shw->hw", lost, spots) / np.maximum(spots.sum(axis=0), 1e-3), np.float32)


def smooth(cells: Floats) -> Floats:
    return np.asarray(cv2.resize(cells, (CROP_SIZE, CROP_SIZE), interpolation=cv2.INTER_CUBIC), np.float32)


def rise(look: Look, crop: Pixels, other: Pixels, rng: np.random.Generator) -> Floats:
    """CorrRISE: the correlation of what is covered with what is lost."""
    masks = np.stack([smooth((rng.random((CELLS, CELLS)) < 0.5).astype(np.float32)) for _ in range(len(covers()))])
    masks = np.clip(masks, 0, 1)
    lost = -(look(laid(crop, blurred(crop), masks)) @ look(other[None])[0])
    return np.asarray(np.einsum("s,shw->hw", lost - lost.mean(), masks - masks.mean(axis=0)), np.float32)


def curves(look: Look, crop: Pixels, other: Pixels, values: Floats, rng: np.random.Generator) -> tuple[float, float]:
    """Mean cosine while the highest values are covered first, and while they are brought back first."""
    noise = rng.integers(0, 256, crop.shape).astype(np.float32)
    rank = np.argsort(np.argsort(-values, axis=None)).reshape(values.shape) / values.size
    shares = np.arange(1, STEPS) / STEPS
    gone = np.stack([(rank < share).astype(np.float32) for share in shares])
    cosines = look(np.concatenate([laid(crop, noise, gone), laid(crop, noise, 1 - gone)])) @ look(other[None])[0]
    return float(cosines[: len(shares)].mean()), float(cosines[len(shares) :].mean())


def pairs_of(folder: Path, count: int, rng: np.random.Generator) -> tuple[list[tuple[Path, Path]], ...]:
    """Of one person, and half as many of different people."""
    of: dict[str, list[Path]] = {}
    for photo in photographs(folder, cohort=False):
        of.setdefault(photo.parent.name, []).append(photo)
    several = [own for own in of.values() if len(own) > 1]
    same = [tuple(several[n][:2]) for n in rng.permutation(len(several))[:count]]
    order = rng.permutation(len(several))[: 2 * (count // 2)]
    different = [(several[a][0], several[b][0]) for a, b in zip(order[::2], order[1::2], strict=True)]
    return [(a, b) for a, b in same], different


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    engine = FaceEngine.load("cpu")
    rng = np.random.default_rng(args.seed)
    nobody = random_encoder(engine.encoder.architecture)
    for words, sign, pairs in zip(
        ("one person", "different people"), (1, -1), pairs_of(args.folder, args.pairs, rng), strict=True
    ):
        crops = [[engine.read_photo(load_photo(path)).reading.crop for path in pair] for pair in pairs]
        maps: dict[str, list[Floats]] = {name: [] for name in METHODS}
        for one, other in crops:
            grey = one.reshape(-1, 3).mean(axis=0).astype(np.float32)
            maps["spots, blurred"].append(of_spots(engine.glimpses, one, other, blurred(one)))
            maps["spots, grey"].append(of_spots(engine.glimpses, one, other, grey))
            maps["RISE"].append(rise(engine.glimpses, one, other, rng))
            maps["random"].append(smooth(rng.standard_normal((CELLS, CELLS)).astype(np.float32)))
            maps["random encoder"].append(of_spots(nobody, one, other, blurred(one)))
        whole = np.sum(maps["spots, blurred"], axis=0)
        maps["any face"] = [np.asarray(whole - own, np.float32) for own in maps["spots, blurred"]]
        print(f"\n{len(pairs)} pairs of {words}: deletion, insertion (mean over pairs, ± standard error)")
        for name in METHODS:
            found = np.array(
                [
                    curves(engine.glimpses, one, other, sign * own, np.random.default_rng(n))
                    for n, ((one, other), own) in enumerate(zip(crops, maps[name], strict=True))
                ]
            )
            mean, error = found.mean(axis=0), found.std(axis=0) / np.sqrt(len(found))
            print(f"  {name:16} {mean[0]:.3f} ± {error[0]:.3f}   {mean[1]:.3f} ± {error[1]:.3f}", flush=True)
        alike = [
            float(spearmanr(a, b, axis=None).statistic)
            for a, b in zip(maps["spots, blurred"], maps["random encoder"], strict=True)
        ]
        print(f"  rank correlation with the random encoder's map: median {np.median(alike):.2f}")
        tell_words(engine, crops, rng)


def tell_words(engine: FaceEngine, crops: list[list[Pixels]], rng: np.random.Generator) -> None:
    given: list[tuple[str, bool]] = []
    for one, other in crops:
        made = []
        for crop, opposite in ((one, other), (other, one)):
            of = covered(crop)
            made.append(face_map(of, engine.glimpses(of.crops), engine.glimpses(opposite[None])[0]))
        found = explanation(*made)
        for part, sign in ((found.carries, 1), (found.against, -1)):
            if part is not None:
                lost = sum(noisy(engine, *pair, rng) for pair in ((one, other), (other, one)))
                given.append((f"{part.value} {sign:+d}", list(Part)[int(np.argmax(sign * lost))] is part))
    kinds = {kind: sum(1 for other, _ in given if other == kind) for kind, _ in given}
    print(f"  words: {len(given)} of {2 * len(crops)} given, {sum(holds for _, holds in given)} hold; {kinds}")


def noisy(engine: FaceEngine, crop: Pixels, other: Pixels, rng: np.random.Generator) -> Floats:
    """What each part costs when it is covered by noise."""
    masks = part_covers()
    noise = rng.integers(0, 256, crop.shape).astype(np.float32)
    cosines = engine.glimpses(np.concatenate([crop[None], laid(crop, noise, masks)])) @ engine.glimpses(other[None])[0]
    return np.asarray(cosines[0] - cosines[1:], np.float32)


if __name__ == "__main__":
    main()
