"""Measure the bundled encoder's distances on a folder of people, and store them as its calibration.

    python tools/calibrate.py FOLDER            write models/mobilefacenet/calibration.json and its hash
    python tools/calibrate.py FOLDER --check    calibrate on half of the people, test the claims on the other half

FOLDER holds one folder per person (the images/ of Labeled Faces in the Wild, for example). Every photograph goes
through the pipeline as shipped, and every pair of photographs is used, not only a list. --cache FILE keeps the
embeddings (of the people in FOLDER: do not share it) for a second run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from siamgui.core.calibration import Calibration
from siamgui.core.imaging import load_photo
from siamgui.core.manifest import bundled
from siamgui.core.pipeline import FaceEngine
from siamgui.core.runtime import open_runtime
from siamgui.core.types import Strictness

ROOT = Path(__file__).resolve().parent.parent
# A rate is claimed only where the pairs behind it come from this many different pairs of people: the relative error of
# a count of 30 is 18 %, its 95 % interval within a factor of 1.5. Genuine pairs come from far fewer people, and 10 of
# them must do: a factor of 2.
IMPOSTOR_SUPPORT, GENUINE_SUPPORT = 30, 10
STEPS_PER_DECADE = 12
# A table that measures nothing yet, only to open the engine with.
EMPTY = np.array([0.0, 2.0])


def open_engine() -> FaceEngine:
    """The engine before it has a calibration."""
    encoder = bundled("mobilefacenet")
    rates = np.array([1.0, 1.0])
    nothing = Calibration(
        f"{encoder.id} {encoder.version}",
        "",
        0,
        0,
        0,
        1.0,
        1.0,
        EMPTY,
        rates,
        EMPTY,
        rates,
        EMPTY,
        EMPTY * 0,
        EMPTY,
        rates[:1],
        rates[:1],
    )
    return FaceEngine(open_runtime("cpu", bundled("centerface"), encoder), nothing)


def embed(folder: Path) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """(n, d) unit embeddings of every photograph below folder, and (n,) the person each belongs to."""
    people = sorted(p for p in folder.iterdir() if p.is_dir())
    files = [(i, f) for i, person in enumerate(people) for f in sorted(person.iterdir())]
    engine = open_engine()
    vectors: list[NDArray[np.float32]] = []
    with ThreadPoolExecutor(1) as decoder:
        photos = decoder.map(lambda item: load_photo(item[1]), files)
        for n, photo in enumerate(photos, 1):
            found = engine.find_faces(photo)
            vectors.append(engine.read_face(photo, found.faces[found.prominent]).embedding.vector)
            if n % 200 == 0 or n == len(files):
                print(f"\r{n} of {len(files)} photographs", end="", file=sys.stderr)
    print(file=sys.stderr)
    return np.stack(vectors), np.array([i for i, _ in files])


def pair_distances(vectors: NDArray[np.float32], people: NDArray[np.int64]) -> tuple[NDArray[np.float64], ...]:
    """Sorted by distance: genuine distances, the person of each, impostor distances, the pair of people of each."""
    rows, columns = np.triu_indices(len(vectors), 1)
    cosine = (vectors @ vectors.T)[rows, columns]
    distances = np.sqrt(np.maximum(2 - 2 * cosine.astype(np.float64), 0))
    a, b = people[rows], people[columns]
    same = a == b
    couple = a.astype(np.int64) * (int(people.max()) + 1) + b
    genuine_order = np.argsort(distances[same])
    impostor_order = np.argsort(distances[~same])
    return (
        distances[same][genuine_order],
        a[same][genuine_order],
        distances[~same][impostor_order],
        couple[~same][impostor_order],
    )


def supported(groups_from_the_tail: NDArray[np.float64], support: int) -> float:
    """The smallest rate whose pairs come from support different groups."""
    _, first = np.unique(groups_from_the_tail, return_index=True)
    first.sort()
    # Three digits, so that the table holds the very number it is compared with.
    return float(f"{(first[support - 1] + 1) / len(groups_from_the_tail):.2e}")


def rates(smallest: float) -> NDArray[np.float64]:
    count = int(np.ceil(-np.log10(smallest) * STEPS_PER_DECADE)) + 1
    return np.geomspace(smallest, 1.0, count)


def calibrate(vectors: NDArray[np.float32], people: NDArray[np.int64], source: str) -> Calibration:
    genuine, persons, impostor, couples = pair_distances(vectors, people)
    smallest_fmr, smallest_fnmr = supported(couples, IMPOSTOR_SUPPORT), supported(persons[::-1], GENUINE_SUPPORT)
    fmr_rate, fnmr_rate = rates(smallest_fmr), rates(smallest_fnmr)[::-1]

    bins = np.linspace(0.0, 2.0, 1001)
    middles = (bins[:-1] + bins[1:]) / 2
    counts_genuine, counts_impostor = np.histogram(genuine, bins)[0], np.histogram(impostor, bins)[0]
    # Pool-adjacent-violators on equal priors: the fitted share of genuine pairs p gives LR = p / (1 - p).
    weight = np.concatenate([counts_genuine / len(genuine), counts_impostor / len(impostor)])
    fit = IsotonicRegression(increasing=False, y_min=0.0, y_max=1.0, out_of_bounds="clip")
    fit.fit(np.tile(middles, 2), np.repeat([1.0, 0.0], len(middles)), sample_weight=weight)
    lr_distance = np.linspace(0.0, 2.0, 81)
    share = np.clip(fit.predict(lr_distance), 1e-12, 1 - 1e-12)
    # No likelihood ratio beyond what the rarest supported rates allow.
    lr_log10 = np.clip(np.log10(share / (1 - share)), np.log10(smallest_fnmr), -np.log10(smallest_fmr))

    edges = np.linspace(0.0, 1.8, 61)
    density_genuine, density_impostor = np.histogram(genuine, edges)[0], np.histogram(impostor, edges)[0]
    encoder = bundled("mobilefacenet")
    return Calibration(
        encoder=f"{encoder.id} {encoder.version}",
        source=source,
        genuine_pairs=len(genuine),
        impostor_pairs=len(impostor),
        people=len(np.unique(people)),
        smallest_fmr=smallest_fmr,
        smallest_fnmr=smallest_fnmr,
        fmr_distance=np.quantile(impostor, fmr_rate, method="inverted_cdf"),
        fmr_rate=fmr_rate,
        fnmr_distance=np.quantile(genuine, 1 - fnmr_rate, method="inverted_cdf"),
        fnmr_rate=fnmr_rate,
        lr_distance=lr_distance,
        lr_log10=lr_log10,
        edges=edges,
        genuine=density_genuine / density_genuine.max(),
        impostor=density_impostor / density_impostor.max(),
    )


def check(vectors: NDArray[np.float32], people: NDArray[np.int64]) -> None:
    """Thresholds from one half of the people, realised rates on the other half, over several splits."""
    shuffle = np.random.default_rng(0)
    names = np.unique(people)
    realised: dict[Strictness, list[tuple[float, ...]]] = {s: [] for s in Strictness}
    for _ in range(5):
        half = np.isin(people, shuffle.permutation(names)[: len(names) // 2])
        for known, unknown in ((half, ~half), (~half, half)):
            table = calibrate(vectors[known], people[known], "")
            genuine, _, impostor, _ = pair_distances(vectors[unknown], people[unknown])
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


def store(calibration: Calibration) -> None:
    folder = ROOT / "models" / "mobilefacenet"
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
    parser.add_argument("--cache", type=Path, help="an .npz file for the embeddings")
    arguments = parser.parse_args()
    if arguments.cache and arguments.cache.exists():
        with np.load(arguments.cache) as kept:
            vectors, people = kept["vectors"], kept["people"]
    else:
        vectors, people = embed(arguments.folder)
        if arguments.cache:
            np.savez(arguments.cache, vectors=vectors, people=people)
    if arguments.check:
        check(vectors, people)
        return 0
    calibration = calibrate(vectors, people, arguments.source)
    store(calibration)
    print(
        f"{calibration.people} people, {calibration.genuine_pairs} genuine and {calibration.impostor_pairs} impostor "
        f"pairs; smallest FMR {calibration.smallest_fmr:.1e}, smallest FNMR {calibration.smallest_fnmr:.1e}"
    )
    for strictness in Strictness:
        print(f"{strictness}: same below %.3f, different above %.3f" % calibration.limits(strictness))
    return 0


if __name__ == "__main__":
    sys.exit(main())
