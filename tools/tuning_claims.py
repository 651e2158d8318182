"""What fine-tuning does for the verdict: under domain shifts, labelled pairs of some people, judged on other people.

    python tools/tuning_claims.py PAIRS.csv [--kinds camera night print] [--pairs 300] [--method head] [--cache FOLDER]

PAIRS.csv has the columns fold, left, right, same; the shifts are those of tools/domain_shift.py, which see: the right
photograph of each pair is spoilt, folds 1 and 2 are trained on, folds 3 and 4 are tested on. For the encoder that comes
with siamgui and for the version that was trained from it, at each strictness, in per cent:

    attainable   genuine pairs within the distance that really has this FMR on the people tested on, all against all
    same         genuine pairs called the same person, quality considered
    domain       realised FMR over the claim, of a clear photograph against a spoilt one, all against all
    general      the same of two clear photographs; both spoilt: of two that are spoilt
    different    genuine pairs called different people

The bundled reference embeddings are of people of all four folds; whoever is tested on is left out of it for the run.
--cache FOLDER: keeps the aligned faces (of the people in PAIRS.csv: do not share it) for a second run.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from domain_shift import KINDS, chosen
from numpy.typing import NDArray

from siamgui.core import embedding
from siamgui.core.calibration import Calibration
from siamgui.core.encoders.registry import encoder_of
from siamgui.core.errors import SiamguiError
from siamgui.core.imaging import load_photo
from siamgui.core.manifest import Model, bundled_encoder, read_manifest
from siamgui.core.pipeline import FaceEngine
from siamgui.core.quality import find_issues
from siamgui.core.runtime import OpenVinoEncoder
from siamgui.core.types import Photo, Pixels, Quality, Strictness
from siamgui.evaluation.metrics import Curve
from siamgui.evaluation.pair_limits import PairLimits
from siamgui.evaluation.pairs import Pair, read_pairs
from siamgui.finetuning import run
from siamgui.finetuning.events import Reporter
from siamgui.finetuning.job import Job
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.split import split_pairs
from siamgui.labelling.types import PairSet
from siamgui.versions.general_reference import ReferenceEmbeddings, bundled_embeddings
from siamgui.versions.method import Method

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Vectors = NDArray[np.float32]
Floats = NDArray[np.floating]
Spoil = Callable[[Pixels, int], Pixels]

PROPERTIES = ("eye_distance", "sharpness", "brightness", "contrast", "yaw", "pitch", "detector_score")
SAME_PHOTO = 0.995
"""The cosine above which a reference embedding is that of a photograph tested on."""


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """crops: (n, 112, 112, 3) aligned. properties: (n, 7) as PROPERTIES. read: (n,) whether a face was found."""

    crops: Pixels
    properties: NDArray[np.float64]
    read: Bools

    @classmethod
    def of(cls, photos: Sequence[Path], spoil: Spoil | None, cache: Path | None) -> Faces:
        if cache is not None and cache.exists():
            with np.load(cache) as kept:
                return cls(kept["crops"], kept["properties"], kept["read"])
        engine = FaceEngine.load("cpu")
        crops, properties = np.zeros((len(photos), 112, 112, 3), np.uint8), np.zeros((len(photos), len(PROPERTIES)))
        read = np.zeros(len(photos), bool)
        for n, path in enumerate(photos):
            photo = load_photo(path)
            if spoil is not None:
                photo = Photo(spoil(photo.pixels, n), photo.sha256, photo.name)
            try:
                reading = engine.read_photo(photo).reading
            except SiamguiError:
                continue
            crops[n], read[n] = reading.crop, True
            properties[n] = [getattr(reading.quality, name) for name in PROPERTIES]
            if n % 200 == 0:
                print(f"\r{n} of {len(photos)} photographs", end="", file=sys.stderr)
        print(file=sys.stderr)
        if cache is not None:
            np.savez(cache, crops=crops, properties=properties, read=read)
        return cls(crops, properties, read)

    def only(self, rows: Ints) -> Faces:
        return Faces(self.crops[rows], self.properties[rows], self.read[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """Faces under one encoder. vectors: (n, d) unit. decisive: (n,) whether quality forbids a verdict."""

    vectors: Vectors
    decisive: Bools

    @classmethod
    def of(cls, faces: Faces, model: Model) -> Sight:
        views = encoder_of(model.architecture).views
        vectors, lengths = embedding.embed(OpenVinoEncoder(model).encode, faces.crops, views)
        decisive = []
        for row, length in zip(faces.properties, lengths, strict=True):
            norm = None if model.norm_scale is None else model.norm_scale * float(length)
            quality = Quality(*map(float, row), embedding_norm=norm, findings=())
            quality = replace(quality, findings=find_issues(quality))
            decisive.append(quality.decisive)
        return cls(vectors, np.array(decisive))


@dataclass(frozen=True, slots=True, eq=False)
class Test:
    """left, right: clear and spoilt faces, with who they show. pairs: (m, 2) listed ones, of left and right; same."""

    left: Faces
    right: Faces
    person_left: Ints
    person_right: Ints
    pairs: Ints
    same: Bools


def pair_set(
    pairs: Sequence[Pair], clear: Faces, spoilt: Faces, of_clear: dict[Path, int], of_spoilt: dict[Path, int]
) -> PairSet:
    """As an import of these pairs would make it: clear photographs left, spoilt ones right."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    listed = [(of_clear[p.left], of_spoilt[p.right], p.same) for p in pairs]
    listed = [(a, b, same) for a, b, same in listed if clear.read[a] and spoilt.read[b]]
    left, at_left = np.unique([a for a, _, _ in listed], return_inverse=True)
    right, at_right = np.unique([b for _, b, _ in listed], return_inverse=True)
    same = np.array([same for *_, same in listed])
    at_right = at_right + len(left)
    count = len(left) + len(right)
    links = coo_array((np.ones(same.sum()), (at_left[same], at_right[same])), shape=(count, count))
    person = connected_components(links, directed=False)[1].astype(np.int64)
    faces = [clear.only(left), spoilt.only(right)]
    crops = np.concatenate([some.crops for some in faces])
    parent = bundled_encoder()
    lengths = embedding.embed(OpenVinoEncoder(parent).encode, crops, encoder_of(parent.architecture).views)[1]
    good = []
    for row, length in zip(np.concatenate([some.properties for some in faces]), lengths, strict=True):
        norm = None if parent.norm_scale is None else parent.norm_scale * float(length)
        good.append(not find_issues(Quality(*map(float, row), embedding_norm=norm, findings=())))
    names = tuple(map(str, range(count)))
    return PairSet(crops, names, np.array(good), person, at_left, at_right, same, people_known=False)


def trained(pairs: PairSet, method: Method, seed: int, reference: ReferenceEmbeddings, folder: Path) -> Model:
    settings = replace(METHODS[method].defaults, seed=seed, device="cpu")
    job = Job.create(folder, pairs, split_pairs(pairs, seed), settings, bundled_encoder(), "tuned")
    run.bundled_embeddings = lambda: reference  # whoever is tested on stands in the bundled one
    result = run.run_job(job, Reporter(folder / "events.jsonl", lambda event: None), lambda: False)
    assert result is not None
    return read_manifest(result)


def without(people: Vectors) -> ReferenceEmbeddings:
    """The bundled reference without the people of these embeddings."""
    known = bundled_embeddings()
    tested = known.person[(known.vectors @ people.T).max(axis=1) > SAME_PHOTO]
    kept = ~np.isin(known.person, tested)
    return replace(known, vectors=known.vectors[kept], person=known.person[kept])


def measured(test: Test, model: Model, name: str) -> list[str]:
    """Rows of the table, one a strictness."""
    table = Calibration.of(model)
    left, right = Sight.of(test.left, model), Sight.of(test.right, model)
    vectors, count = np.concatenate([left.vectors, right.vectors]), len(left.vectors)
    decisive, judged = np.concatenate([left.decisive, right.decisive]), PairLimits.of(table, vectors)
    person = np.concatenate([test.person_left, test.person_right])

    def couples(a: Ints, b: Ints) -> tuple[Ints, Ints]:
        apart = (person[a][:, None] != person[b]) & (a[:, None] < b)
        one, two = np.nonzero(apart)
        return a[one], b[two]

    def seen(one: Ints, two: Ints) -> tuple[Floats, Bools, Ints]:
        closeness = np.concatenate(
            [
                np.vecdot(vectors[one[k : k + 100_000]], vectors[two[k : k + 100_000]])
                for k in range(0, len(one), 100_000)
            ]
        )
        return table.energy.distance_at(closeness), judged.decisive(decisive, one, two), judged.table(one, two)

    clear, spoilt = np.arange(count), count + np.arange(len(right.vectors))
    listed = seen(test.pairs[:, 0], count + test.pairs[:, 1])
    genuine, shut, kind = (each[test.same] for each in listed)
    kinds = [seen(*couples(a, b)) for a, b in ((clear, spoilt), (clear, clear), (spoilt, spoilt))]
    eer = Curve.of(listed[0].astype(np.float64), test.same).eer
    rows = []
    for strictness in Strictness:
        limits = judged.limits(strictness, kind)
        within = np.quantile(kinds[0][0], strictness.fmr)
        cells = [
            f"{100 * (genuine <= within).mean():.1f}",
            f"{100 * ((genuine <= limits.same_below) & ~shut).mean():.1f}",
        ]
        for distances, closed, of_kind in kinds:
            wrong = (distances <= judged.limits(strictness, of_kind).same_below) & ~closed
            cells.append(f"{wrong.mean() / strictness.fmr:.2f}")
        cells.append(f"{100 * ((genuine > limits.different_above) & ~shut).mean():.1f}")
        rows.append(f"| {name} | {100 * eer:.1f} | {strictness.value} | {' | '.join(cells)} |")
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, metavar="PAIRS.csv")
    parser.add_argument("--images", type=Path, help="where the paths in PAIRS.csv start")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--pairs", type=int, default=300)
    parser.add_argument("--method", choices=[method.value for method in Method], default=Method.HEAD.value)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    source = read_pairs(arguments.source, arguments.images)
    rng = np.random.default_rng(arguments.seed)
    train = chosen([p for p in source.pairs if p.fold in ("1", "2")], arguments.pairs, rng)
    test = [p for p in source.pairs if p.fold in ("3", "4")]
    photos = sorted({photo for p in (*train, *test) for photo in (p.left, p.right)})
    place = {photo: n for n, photo in enumerate(photos)}
    rights = list(dict.fromkeys(p.right for p in (*train, *test)))
    place_right = {photo: n for n, photo in enumerate(rights)}

    def cache(kind: str) -> Path | None:
        named = f"{kind}-{arguments.pairs}-{arguments.seed}.npz"
        return None if arguments.cache is None else arguments.cache / named

    clear = Faces.of(photos, None, cache("clear"))
    tested = np.array(sorted({place[photo] for p in test for photo in (p.left, p.right)}))
    tested = tested[clear.read[tested]]
    print(f"{arguments.method}, {arguments.pairs} labelled pairs, seed {arguments.seed}\n")
    print("| encoder | EER | strictness | attainable | same | domain | general | both spoilt | different |")
    print("|---|---|---|---|---|---|---|---|---|")
    reference = without(Sight.of(clear.only(tested), bundled_encoder()).vectors)
    for kind in arguments.kinds:
        spoil = KINDS[kind]
        spoilt = Faces.of(
            rights,
            lambda pixels, n, spoil=spoil: spoil(pixels, np.random.default_rng((arguments.seed, n))),
            cache(kind),
        )
        right = np.array(sorted({place_right[p.right] for p in test}))
        right = right[spoilt.read[right]]
        names = {name: n for n, name in enumerate(sorted({photo.parent.name for photo in photos}))}
        row_left, row_right = ({int(r): n for n, r in enumerate(rows)} for rows in (tested, right))
        listed = [(place[p.left], place_right[p.right], p.same) for p in test]
        listed = [(row_left[a], row_right[b], same) for a, b, same in listed if a in row_left and b in row_right]
        data = Test(
            clear.only(tested),
            spoilt.only(right),
            np.array([names[photos[n].parent.name] for n in tested]),
            np.array([names[rights[n].parent.name] for n in right]),
            np.array([(a, b) for a, b, _ in listed]),
            np.array([same for *_, same in listed]),
        )
        pairs = pair_set(train, clear, spoilt, place, place_right)
        with tempfile.TemporaryDirectory() as folder:
            version = trained(pairs, Method(arguments.method), arguments.seed, reference, Path(folder))
            rows = measured(data, bundled_encoder(), f"{kind}, before") + measured(data, version, f"{kind}, after")
        print("\n".join(rows), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
