"""Make models/cohort/: embeddings of strangers in clear and in spoilt photographs, without photographs, names or order.

    python tools/make_cohort.py FOLDER [--each 64] [--mixed 1000] [--cache FILE]

FOLDER holds one folder per person. Half of the people, chosen by their name, are the cohort; the other half stay
strangers to it, so that rates can be measured on them (in_cohort(); tools/calibrate.py, tools/claims_by_condition.py).
Of each family in tools/spoiling so many photographs are spoilt with parameters drawn anew for each, more of those whose
parameters are many, and so many more by two families together. Every one goes through the pipeline as shipped; where no
face is found, or another than the one that was spoilt, it is left out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save
from spoiling import FAMILIES
from spoilt_photos import Read, Task, read_all

from siamgui.core.cohort import Clarity, Cohort, cohort_of, expected_features
from siamgui.core.manifest import bundled_encoder

ROOT = Path(__file__).resolve().parent.parent
SEED = 20050620
WEIGHTS = {"lens": 3, "smooth": 2, "cover": 2}
"""Of groups whose parameters are many: times as many photographs of each family."""
HARMLESS = (
    "airbrushed aliased avif beauty brightened caption channel-swap colour-cast coloured-light contrast "
    "cross-processed cut-chin cut-tight daguerreotype dark dirt edge-preserving enlarged fixed-pattern gamma glow grey "
    "guilloche haze hue-turned jpeg-2000 median mosaic overexposed panel-cast sharpening-halos small spotlight "
    "squeezed stains toned torn-frame vignette"
)
"""Families that hardly draw two people together: at most 4 times the claim of the distance alone, at balanced. In units
of how such photographs and clear ones vary, two grey or two very sharp photographs share nothing worth a warning."""
LEAST_SPREAD = 0.03
EACH, MIXED = 64, 1000
Floats = NDArray[np.float32]


def in_cohort(person: str) -> bool:
    """Whether somebody of that name is one of the cohort's people. An even half of all names."""
    return zlib.crc32(person.encode()) % 2 == 0


def photographs(folder: Path, *, cohort: bool) -> list[Path]:
    people = sorted(p for p in folder.iterdir() if p.is_dir() and in_cohort(p.name) == cohort)
    return [photo for person in people for photo in sorted(person.iterdir())]


def tasks(photos: Sequence[Path], each: int, mixed: int) -> Iterator[Task]:
    """Every photograph as it is, and those to be spoilt."""
    rng = np.random.default_rng(SEED)

    def task(*families: str) -> Task:
        photo = photos[rng.integers(len(photos))]
        return Task(photo, families, int(rng.integers(1 << 31)), int(rng.integers(1 << 31)))

    yield from (Task(photo, (), 0, 0) for photo in photos)
    for family in FAMILIES:
        yield from (task(family.key) for _ in range(each * WEIGHTS.get(family.group, 1)))
    for _ in range(mixed):
        first, second = rng.choice(len(FAMILIES), 2, replace=False)
        yield task(FAMILIES[first].key, FAMILIES[second].key)


def cohort(kept: Sequence[tuple[Task, Read]], encoder: str) -> Cohort:
    """With all that is measured on its people."""
    clear = np.array([not task.families for task, _ in kept])
    single = np.array([len(task.families) == 1 for task, _ in kept])
    kinds = ("", *(family.key for family in FAMILIES))
    # Of two families the first that was laid on stands for both.
    kind = np.array([kinds.index(task.families[0]) if task.families else 0 for task, _ in kept])
    vectors, norms, looks = (
        np.stack([getattr(read, name) for _, read in kept]).astype(np.float32) for name in ("vector", "norm", "look")
    )
    harmless = [kinds.index(key) for key in HARMLESS.split()]
    mean, scale = whitened(looks[clear | (np.isin(kind, harmless) & single)])
    nothing = Clarity(np.zeros(8), 1.0, 0.0)
    names = np.array([task.photo.parent.name for task, _ in kept])
    number = np.unique(names, return_inverse=True)[1]
    person = np.random.default_rng(SEED).permutation(int(number.max()) + 1)[number]
    bare = cohort_of(vectors, kind, person, kinds, encoder, mean, scale, nothing, (0.0, 1.0))
    order = np.argsort(~clear, kind="stable")
    own = person[:, None] == person[order][None]
    seen = bare.conditions(vectors, norms, looks, own)
    features = expected_features(norms, seen)
    # The cosine to the clear photographs of the same person that are not the very photograph that was spoilt.
    photos = np.array([hash(task.photo) for task, _ in kept])
    others = own[:, : bare.clear] & (photos[:, None] != photos[order][None, : bare.clear])
    several = np.flatnonzero(others.any(axis=1))
    cosines = vectors[several] @ bare.vectors[: bare.clear].T
    likeness = (cosines * others[several]).sum(axis=1) / others[several].sum(axis=1)
    usual_mean, usual_deviation = (float(np.median(values[clear])) for values in (seen.mean, seen.deviation))
    bare = replace(bare, usual_mean=usual_mean, usual_deviation=usual_deviation)
    return replace(bare, clarity=clarity(features[several], likeness, clear[several]))


def owners(kept: Sequence[tuple[Task, Read]]) -> NDArray[np.str_]:
    """(n,) who the rows of cohort() show, in their order."""
    clear = np.array([not task.families for task, _ in kept])
    return np.array([task.photo.parent.name for task, _ in kept])[np.argsort(~clear, kind="stable")]


def kept_of(folder: Path, each: int, mixed: int, cache: Path | None) -> list[tuple[Task, Read]]:
    todo = list(tasks(photographs(folder, cohort=True), each, mixed))
    return [(task, read) for task, read in zip(todo, read_all(todo, cache), strict=True) if read is not None]


def shuffled(clear: int, whole: int) -> NDArray[np.int64]:
    """The order in which the rows are written: no neighbours, the clear ones first."""
    rng = np.random.default_rng(SEED)
    return np.concatenate([rng.permutation(clear), clear + rng.permutation(whole - clear)])


def shown_by_file(folder: Path, cache: Path) -> NDArray[np.str_]:
    """(n,) who the rows of the file show, which was made of folder with the usual numbers and this cache."""
    kept = kept_of(folder, EACH, MIXED, cache)
    return owners(kept)[shuffled(sum(not task.families for task, _ in kept), len(kept))]


def whitened(looks: Floats) -> tuple[Floats, Floats]:
    """(l,) mean and (l, l) matrix: a look less the mean, times the matrix, varies by 1 in every direction.

    Or by less in those few in which looks hardly vary at all: some of the numbers depend on each other.
    """
    mean = looks.mean(axis=0)
    _, size, directions = np.linalg.svd((looks - mean).astype(np.float64), full_matrices=False)
    scale = directions.T / np.hypot(size / len(looks) ** 0.5, LEAST_SPREAD)
    # safetensors writes the memory as it lies, whatever the strides say.
    return mean, np.ascontiguousarray(scale, np.float32)


def clarity(features: NDArray[np.float64], likeness: Floats, clear: NDArray[np.bool_]) -> Clarity:
    """Ridge regression. Clear photographs count as often as all spoilt ones together: most photographs are."""
    weight = np.where(clear, (~clear).sum() / clear.sum(), 1.0)
    middle, spread = features.mean(axis=0), features.std(axis=0)
    spread[-1], middle[-1] = 1.0, 0.0
    x = (features - middle) / spread
    weights = np.linalg.solve(x.T * weight @ x + 30 * np.eye(x.shape[1]), x.T * weight @ likeness) / spread
    weights[-1] -= middle @ weights
    usual = float(np.median(likeness[clear]))
    return Clarity(weights, usual, float((likeness - features @ weights)[~clear].std()))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--each", type=int, default=EACH, help="photographs spoilt by each family")
    parser.add_argument("--mixed", type=int, default=MIXED, help="photographs spoilt by two families")
    parser.add_argument("--cache", type=Path, help="an .npz file for what was read (do not share it)")
    parser.add_argument("--source", default="Labeled Faces in the Wild (deep-funneled), people of folds 1 to 4")
    arguments = parser.parse_args()
    kept = kept_of(arguments.folder, arguments.each, arguments.mixed, arguments.cache)
    made = cohort(kept, bundled_encoder().key)
    order = shuffled(made.clear, len(made))
    size = np.abs(made.vectors).max(axis=1, keepdims=True) / 127
    data = save(
        {
            "vectors": np.round(made.vectors / size).astype(np.int8)[order],
            "kind": made.kind.astype(np.uint8)[order],
            "person": made.person.astype(np.uint16)[order],
            "look_mean": made.look_mean,
            "look_scale": made.look_scale,
            "usual": np.array([made.usual_mean, made.usual_deviation]),
            "clarity": np.array([*made.clarity.weights, made.clarity.usual, made.clarity.deviation]),
        }
    )
    folder = ROOT / "models" / "cohort"
    folder.mkdir(exist_ok=True)
    (folder / "cohort.safetensors").write_bytes(data)
    manifest = {
        "id": "cohort",
        "version": "1",
        "name": "Cohort of strangers",
        "role": "cohort",
        "source": arguments.source,
        "licence": "Labeled Faces in the Wild: for research use",
        "notes": "Numbers computed from photographs of people in the news of 2002 to 2004, clear and spoilt. "
        "No photograph, no name.",
        "files": {"cohort.safetensors": {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}},
        "card": {"encoder": made.encoder, "kinds": list(made.kinds)},
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8", newline="\n")
    print(f"{made.clear} clear and {len(made) - made.clear} spoilt photographs, {len(data):,} bytes")
    print(f"expected of two clear photographs: {made.clarity.usual:.3f}, +- {made.clarity.deviation:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
