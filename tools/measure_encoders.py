"""How well the parts of the bundled encoder tell people apart, alone and together, by one view of a face and by two.

    python tools/measure_encoders.py FOLDER --pairs pairs.csv [--cache FILE]

FOLDER holds one folder per person; pairs.csv has the columns fold, left, right (as "images/PERSON/PHOTO") and same.
Accuracy: of the pairs of each fold, by the threshold that is best for the other folds. TAR: share of same-person pairs
within the distance that this share of different-person pairs is within, all photographs against all. --shares also
measures what share of the squared distance the first part had better have, on half of the people each.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from face_crops import Crops, read_crops
from numpy.typing import NDArray

from siamgui.core.embedding import unit
from siamgui.core.encoders.registry import encoder_of
from siamgui.core.manifest import bundled_encoder
from siamgui.core.parts import largest_alone
from siamgui.core.runtime import OpenVinoEncoder
from siamgui.core.types import Pixels
from siamgui.versions.calibrate import pair_distances

Vectors = NDArray[np.float32]
Views = tuple[Vectors, Vectors]
RATES = (1e-3, 1e-4, 1e-5)
SHARES = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)


def parts_of(crops: Pixels) -> tuple[Vectors, Vectors]:
    """(n, 192) and (n, 128) of one view; of unit length, but the first, whose length is that of the whole."""
    model = bundled_encoder()
    first, second = (encoder_of(part.key).embedding_size for part in encoder_of(model.architecture).parts)
    encode = OpenVinoEncoder(model).encode
    raw = np.concatenate([encode(crops[k : k + 1]) for k in range(len(crops))])
    assert raw.shape[1] == first + second
    return unit(raw[:, :first]) * np.linalg.norm(raw, axis=1, keepdims=True), unit(raw[:, first:])


def together(one: Vectors, other: Vectors, share: float) -> Vectors:
    return np.concatenate([share**0.5 * unit(one), (1 - share) ** 0.5 * unit(other)], axis=1)


def variants(m: Views, s: Views, share: float) -> dict[str, Vectors]:
    both_m, both_s = m[0] + m[1], s[0] + s[1]
    return {
        "MobileFaceNet, one view": unit(m[0]),
        "MobileFaceNet, two views (0.1.0)": unit(both_m),
        "SFace, one view": s[0],
        "SFace, two views": unit(both_s),
        "both, one view each": together(m[0], s[0], share),
        "both, SFace the mirror image": together(m[0], s[1], share),
        "both, MobileFaceNet two views": together(both_m, s[0], share),
        "both, two views each": together(both_m, both_s, share),
        "both, one view each, equal shares": together(m[0], s[0], 0.5),
    }


def accuracy(vectors: Vectors, pairs: Sequence[tuple[int, int, int, bool]]) -> float:
    fold, left, right, same = (np.array(column) for column in zip(*pairs, strict=True))
    distance = np.linalg.norm(vectors[left] - vectors[right], axis=1)
    found = []
    for number in np.unique(fold):
        rest = fold != number
        order = np.argsort(distance[rest])
        # right answers where everything up to the k-th distance is called the same
        hits = np.cumsum(np.where(same[rest][order], 1, -1)) + (~same[rest]).sum()
        best = np.flatnonzero(hits == hits.max())
        limit = distance[rest][order][best[len(best) // 2]]
        found.append(((distance[~rest] <= limit) == same[~rest]).mean())
    return float(np.mean(found))


def accepted(vectors: Vectors, people: NDArray[np.int64]) -> list[float]:
    """TAR at each of RATES."""
    pairs = pair_distances(vectors, people)
    limits = (pairs.impostor[max(0, int(rate * len(pairs.impostor)) - 1)] for rate in RATES)
    return [float((pairs.genuine <= limit).mean()) for limit in limits]


def halves(people: NDArray[np.int64]) -> list[NDArray[np.bool_]]:
    names = np.unique(people)
    shuffle = np.random.default_rng(0)
    found = []
    for _ in range(3):
        half = np.isin(people, shuffle.permutation(names)[: len(names) // 2])
        found += [half, ~half]
    return found


def disagreement(one: Vectors, other: Vectors, share: float, people: NDArray[np.int64]) -> None:
    """What it costs to say nothing where one part alone sees too little likeness (siamgui.core.parts)."""
    upper = np.triu_indices(len(people), 1)
    same = people[upper[0]] == people[upper[1]]
    cosines = [(unit(v) @ unit(v).T)[upper] for v in (one, other)]
    joint = share * cosines[0] + (1 - share) * cosines[1]

    def within(cosine: NDArray[np.float32], rate: float) -> NDArray[np.bool_]:
        strangers = cosine[~same]
        rank = len(strangers) - int(rate * len(strangers))
        found: NDArray[np.bool_] = cosine >= np.partition(strangers, rank)[rank]
        return found

    for rate in (1e-2, *RATES[:2]):
        alike, alone = within(joint, rate), float(largest_alone(rate, np.array(False)))
        unlike = ~within(cosines[0], alone) | ~within(cosines[1], alone)
        lost = (alike & unlike & same).sum() / same.sum()
        spared = (alike & unlike & ~same).sum() / (alike & ~same).sum()
        print(f"encoders disagree, FMR {rate:.0e}: same-person pairs lost {lost:.3%}, strangers spared {spared:.1%}")


def read_pairs(path: Path, crops: Crops) -> list[tuple[int, int, int, bool]]:
    at = {f"images/{name}": number for number, name in enumerate(crops.names)}
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return [(int(row["fold"]), at[row["left"]], at[row["right"]], row["same"] == "1") for row in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="an .npz file for the faces")
    parser.add_argument("--shares", action="store_true")
    arguments = parser.parse_args()
    crops = read_crops(arguments.folder, arguments.cache)
    pairs = read_pairs(arguments.pairs, crops)
    seen, mirrored = parts_of(crops.crops), parts_of(np.ascontiguousarray(crops.crops[:, :, ::-1]))
    m, s = zip(seen, mirrored, strict=True)
    share = encoder_of(bundled_encoder().architecture).parts[0].share
    print(f"{'':34} accuracy  " + "  ".join(f"TAR {rate:.0e}" for rate in RATES))
    for name, vectors in variants(m, s, share).items():
        rates = "  ".join(f"{value:9.2%}" for value in accepted(vectors, crops.people))
        print(f"{name:34} {accuracy(vectors, pairs):8.2%} {rates}")
    disagreement(m[0], s[0], share, crops.people)
    if arguments.shares:
        print("share    TAR at 1e-4, 1e-5 on six halves of the people")
        for value in SHARES:
            joint = together(m[0], s[0], value)
            tars = [accepted(joint[half], crops.people[half])[1:] for half in halves(crops.people)]
            print(f"{value:5.2f}    " + "  ".join(f"{four:.2%} {five:.2%}" for four, five in tars))


if __name__ == "__main__":
    main()
