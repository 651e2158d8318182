"""Measure a bundled encoder's distances on a folder of people, and store them as its calibration.

    python tools/calibrate.py FOLDER            write the encoder's calibration.json and its hash
    python tools/calibrate.py FOLDER --check    calibrate on half of the people, test the claims on the other half

FOLDER holds one folder per person (the images/ of Labeled Faces in the Wild, for example). Every photograph goes
through the pipeline as shipped, and every pair of photographs is used, not only a list. --encoder KEY: another one than
the one that is used unless the user chooses. --cache FILE keeps the faces (do not share it) for a second run.

--cohort FILE: what make_cohort.py --cache FILE kept of the same FOLDER, just before; then false match rates are those
of adjusted distances. --check tests the plain ones; claims_by_condition.py tests what a verdict says.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from face_crops import Crops, embedded, read_crops
from make_cohort import in_cohort, shown_by_file
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.cohort import for_encoder
from siamgui.core.encoders.registry import bundled_encoders, default_encoder, encoder_of
from siamgui.core.look import look
from siamgui.core.manifest import Model, bundled
from siamgui.core.parts import PartTable, split
from siamgui.core.types import Strictness
from siamgui.versions.calibrate import PairDistances, calibrate, pair_distances, pairs_of

NEAREST_MIXED = 120_000
"""Twice as many pairs as the largest claim, 1e-2, is about."""
ROOT = Path(__file__).resolve().parent.parent


def check(vectors: NDArray[np.float32], people: NDArray[np.int64]) -> None:
    """Thresholds from one half of the people, realised rates on the other half, over several splits."""
    shuffle = np.random.default_rng(0)
    names = np.unique(people)
    realised: dict[Strictness, list[tuple[float, ...]]] = {s: [] for s in Strictness}
    for _ in range(5):
        half = np.isin(people, shuffle.permutation(names)[: len(names) // 2])
        for known, unknown in ((half, ~half), (~half, half)):
            table = calibrate(vectors[known], people[known], "", "")
            pairs = pair_distances(vectors[unknown], people[unknown])
            genuine, impostor = pairs.genuine, pairs.impostor
            for strictness in Strictness:
                same, different = table.limits(strictness)
                realised[strictness].append(
                    (
                        float((impostor <= same).mean()),
                        float((genuine > different).mean()),
                        float(((genuine > same) & (genuine <= different)).mean()),
                        float(((impostor > same) & (impostor <= different)).mean()),
                    )
                )
    print(
        "claimed FMR   realised on other people: mean (least to most of 10 halves)   "
        "FNMR     inconclusive: same people, different people"
    )
    for strictness, rows in realised.items():
        values = np.array(rows)
        fmr, (fnmr, unsure_same, unsure_different) = values[:, 0], values[:, 1:].mean(0)
        print(
            f"{strictness.fmr:<13.0e} {fmr.mean():.2e} ({fmr.min():.2e} to {fmr.max():.2e})"
            f"{'':<30}{fnmr:.4f}   {unsure_same:.4f}, {unsure_different:.4f}"
        )


def adjusted_pairs(
    crops: Crops, vectors: NDArray[np.float32], norms: NDArray[np.float32], encoder: Model, owner: NDArray[np.str_]
) -> PairDistances:
    """All pairs by adjusted distance, but those of two people who are both in the cohort.

    owner: who the rows of the cohort show. Nobody is a stranger to themselves; somebody else of the cohort would be a
    stranger that a face met in use never is.
    """
    cohort = for_encoder(encoder)
    assert cohort is not None
    names = np.array([name.partition("/")[0] for name in crops.names])
    looks = np.stack([look(crop) for crop in crops.crops])
    conditions = cohort.conditions(vectors, norms, looks, names[:, None] == owner[None])
    closeness = cohort.all_adjusted(vectors, conditions, vectors, conditions)
    strangers = np.array([not in_cohort(name) for name in names])
    # A stranger to the cohort counts the other person's own rows among its strangers, if that one is in it. Nobody whom
    # a verdict is about is in it, so the nearest of these pairs are looked at anew, without those rows.
    mixed = np.where(strangers[:, None] & ~strangers[None], closeness, -2).ravel()
    nearest = np.argpartition(-mixed, NEAREST_MIXED)[:NEAREST_MIXED]
    rows, columns = np.unravel_index(nearest, closeness.shape)
    for start in range(0, len(rows), 1024):
        x, y = rows[start : start + 1024], columns[start : start + 1024]
        alone = cohort.conditions(vectors[x], norms[x], looks[x], names[y][:, None] == owner[None])
        pair = cohort.adjustment(vectors[x], alone, vectors[y], conditions[y])
        again = pair.slope * np.vecdot(vectors[x], vectors[y]) + pair.offset
        closeness[x, y] = closeness[y, x] = np.clip(again, -1, 1)
    return pairs_of(closeness, crops.people, strangers=strangers)


def part_table(vectors: NDArray[np.floating], people: NDArray[np.int64]) -> PartTable:
    """How rare a distance is for one of several encoders. vectors: (n, d) unit."""
    alone = calibrate(vectors.astype(np.float32), people, "", "")
    return PartTable(alone.smallest_fmr, rounded(alone.fmr_distance), rounded(alone.fmr_rate))


def rounded(curve: NDArray[np.float64]) -> list[float]:
    return [float(f"{value:.6g}") for value in curve]


def store(calibration: Calibration, encoder: Model) -> None:
    folder = ROOT / "models" / encoder.id
    text = calibration.to_json()
    (folder / "calibration.json").write_text(text, encoding="utf-8", newline="\n")
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["calibration"] = {
        "file": "calibration.json",
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "bytes": len(text.encode()),
    }
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--source", default="Labeled Faces in the Wild (deep-funneled), people of folds 1 to 4")
    parser.add_argument("--check", action="store_true", help="test the claims on other people; writes nothing")
    keys = [entry.key for entry in bundled_encoders()]
    parser.add_argument("--encoder", choices=keys, default=default_encoder().key)
    parser.add_argument("--cache", type=Path, help="an .npz file for the faces")
    parser.add_argument("--cohort", type=Path, help="the cache of tools/make_cohort.py")
    arguments = parser.parse_args()
    encoder = bundled(arguments.encoder)
    crops = read_crops(arguments.folder, arguments.cache)
    (vectors, norms), people = embedded(crops.crops, encoder), crops.people
    if arguments.check:
        check(vectors, people)
        return 0
    adjusted = None
    if arguments.cohort is not None:
        owner = shown_by_file(arguments.folder, arguments.cohort)
        adjusted = adjusted_pairs(crops, vectors, norms, encoder, owner)
    calibration = calibrate(vectors, people, arguments.source, encoder.key, adjusted=adjusted)
    parts = split(encoder_of(encoder.architecture), vectors)
    calibration = replace(calibration, parts={key: part_table(part, people) for key, part in parts.items()})
    store(calibration, encoder)
    print(
        f"{calibration.people} people, {calibration.genuine_pairs} genuine and {calibration.impostor_pairs} impostor "
        f"pairs; smallest FMR {calibration.smallest_fmr:.1e}, smallest FNMR {calibration.smallest_fnmr:.1e}"
    )
    for strictness in Strictness:
        print(f"{strictness}: same below %.3f, different above %.3f" % calibration.limits(strictness))
    return 0


if __name__ == "__main__":
    sys.exit(main())
