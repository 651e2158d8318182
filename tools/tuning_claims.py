"""What fine-tuning does for the verdict: under domain shifts, labelled pairs of some people, judged on other people.

    python tools/tuning_claims.py PAIRS.csv [--kinds camera night print] [--pairs 300] [--method head] [--cache FOLDER]
                                             [--keep FOLDER] [--train 1 2] [--test 3 4]

PAIRS.csv has the columns fold, left, right, same; the shifts are those of tools/domain_shift.py, which see: the right
photograph of each pair is spoilt, some folds are trained on and others are tested on. What is chosen is chosen with
--train 1 --test 2 and the reverse; folds 3 and 4 are for what is reported. For the encoder that comes
with siamgui and for the version that was trained from it, at each strictness:

    EER          of the listed pairs, in per cent
    attainable   per cent of genuine pairs within the distance that really has this FMR on the people tested on, a clear
                 photograph against a spoilt one, all against all
    same         per cent of genuine pairs called the same person, quality considered
    different    per cent of genuine pairs called different people, likewise
    domain       realised FMR over the claim, of a clear photograph against a spoilt one, all against all: pairs at or
                 below the limit, quality aside; in brackets the 95 % interval by bootstrap over people
    general      the same of two clear photographs
    both spoilt  the same of two that are spoilt

Nobody tested on is known to what they are tested with: they are taken out of the cohort and out of the reference before
a version is trained. The bundled encoder's claims need the whole cohort, so its verdicts are those on the half of the
people who are in none.

--keep FOLDER: makes it, with the versions in FOLDER/camera and so on, for tools/claims_by_condition.py.
--cache FOLDER: keeps the aligned faces and their embeddings. Do not share either: they are of the people in PAIRS.csv.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from domain_shift import KINDS, chosen
from numpy.typing import NDArray

from siamgui.core import cohort, embedding, encoders
from siamgui.core.calibration import Calibration
from siamgui.core.cohort import Cohort, bundled_cohort
from siamgui.core.encoders.registry import encoder_of, has_head
from siamgui.core.errors import SiamguiError
from siamgui.core.imaging import load_photo
from siamgui.core.look import look
from siamgui.core.manifest import Model, Origin, bundled_encoder, read_manifest
from siamgui.core.pipeline import FaceEngine
from siamgui.core.quality import find_issues
from siamgui.core.runtime import OpenVinoEncoder
from siamgui.core.types import Photo, Pixels, Quality, Strictness
from siamgui.core.weights import read_weights
from siamgui.evaluation.bootstrap import fmr_interval, people_of_pairs
from siamgui.evaluation.metrics import Curve, outcomes
from siamgui.evaluation.pair_limits import PairLimits
from siamgui.evaluation.pairs import Pair, read_pairs
from siamgui.evaluation.reading import Readings
from siamgui.finetuning import run, start
from siamgui.finetuning.events import Reporter
from siamgui.finetuning.job import Job
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.split import split_pairs
from siamgui.labelling.types import PairSet
from siamgui.versions import general_reference
from siamgui.versions.general_reference import (
    SAME_PHOTO,
    ReferenceEmbeddings,
    bundled_embeddings,
    embeddings_under,
)
from siamgui.versions.method import Method

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Vectors = NDArray[np.float32]
Floats = NDArray[np.floating]
Spoil = Callable[[Pixels, int], Pixels]

PROPERTIES = ("eye_distance", "sharpness", "brightness", "contrast", "yaw", "pitch", "detector_score")
MOST_PAIRS = 300
TESTED = "tested.npy"
"""Beside the versions that are kept: embeddings of whom they know nothing."""
_AT_A_TIME = 50_000


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """crops: (n, 112, 112, 3) aligned. properties: (n, 7) as PROPERTIES. read: (n,) whether a face was found.

    vectors: (n, d) unit embeddings of the bundled encoder; lengths: (n,) before that.
    """

    crops: Pixels
    properties: NDArray[np.float64]
    read: Bools
    vectors: Vectors
    lengths: Vectors

    @classmethod
    def of(cls, photos: Sequence[Path], spoil: Spoil | None, cache: Path | None) -> Faces:
        if cache is not None and cache.exists():
            with np.load(cache) as kept:
                return cls(*(kept[name] for name in cls.__slots__))
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
        faces = cls(crops, properties, read, *embedded(crops, bundled_encoder()))
        if cache is not None:
            np.savez(cache, **{name: getattr(faces, name) for name in cls.__slots__})
        return faces

    def only(self, rows: Ints) -> Faces:
        return Faces(*(getattr(self, name)[rows] for name in self.__slots__))

    def decisive(self, model: Model, lengths: Floats) -> Bools:
        """(n,) whether quality forbids a verdict. lengths: (n,) of the embeddings under model."""
        return np.array([any(finding.decisive for finding in found) for found in self.findings(model, lengths)])

    def findings(self, model: Model, lengths: Floats) -> Iterator[Sequence[object]]:
        for row, length in zip(self.properties, lengths, strict=True):
            norm = None if model.norm_scale is None else model.norm_scale * float(length)
            yield find_issues(Quality(*map(float, row), embedding_norm=norm, findings=()))


def embedded(crops: Pixels, model: Model) -> tuple[Vectors, Vectors]:
    return embedding.embed(OpenVinoEncoder(model).encode, crops, encoder_of(model.architecture).views)


def under(faces: Faces, model: Model) -> tuple[Vectors, Floats]:
    """(n, d) unit embeddings, (n,) lengths. A head is a matrix behind the embeddings of the bundled encoder."""
    known = ReferenceEmbeddings(faces.vectors, np.arange(len(faces.vectors)), bundled_encoder().key, "")
    if embeddings_under(encoders.load(model), known) is None:
        return embedded(faces.crops, model)
    if not has_head(model.architecture):
        return faces.vectors, faces.lengths
    head = read_weights(model.file("weights.safetensors").read())["head.weight"]
    return embedding.turned(faces.vectors, faces.lengths, head)


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
    listed = [(of_clear[p.left], of_spoilt[p.right], p.same) for p in pairs]
    listed = [(a, b, same) for a, b, same in listed if clear.read[a] and spoilt.read[b]]
    left, at_left = np.unique([a for a, _, _ in listed], return_inverse=True)
    right, at_right = np.unique([b for _, b, _ in listed], return_inverse=True)
    same = np.array([same for *_, same in listed])
    at_right = at_right + len(left)
    count = len(left) + len(right)
    person = people_of_pairs(at_left, at_right, same, count).astype(np.int64)
    faces = [clear.only(left), spoilt.only(right)]
    crops, parent = np.concatenate([some.crops for some in faces]), bundled_encoder()
    good = [not found for some in faces for found in some.findings(parent, some.lengths)]
    names = tuple(map(str, range(count)))
    return PairSet(crops, names, np.array(good), person, at_left, at_right, same, people_known=False)


def trained(pairs: PairSet, method: Method, seed: int, folder: Path, keep: Path | None) -> Model:
    """keep: where a copy of it is left."""
    settings = replace(METHODS[method].defaults, seed=seed, device="cpu")
    job = Job.create(folder, pairs, split_pairs(pairs, seed), settings, bundled_encoder(), "tuned")
    result = run.run_job(job, Reporter(folder / "events.jsonl", lambda event: None), lambda: False)
    assert result is not None
    if keep is not None:
        shutil.copytree(result, keep)
    return read_manifest(result, Origin.HERE)


def take_out(people: Vectors, keep: Path | None = None) -> None:
    """Whoever these embeddings show, out of the cohort and out of the bundled reference, for what is trained from now.

    People in the cohort are known by their clear photographs, which are all in it. keep: where they are written.
    """
    if keep is not None:
        keep.mkdir(parents=True)
        np.save(keep / TESTED, people)
    known, bundled = bundled_embeddings(), bundled_cohort()
    clear = bundled.vectors[: bundled.clear]
    kept = ~np.isin(known.person, known.person[(known.vectors @ people.T).max(axis=1) > SAME_PHOTO])
    reference = replace(known, vectors=known.vectors[kept], person=known.person[kept])
    rows = ~np.isin(bundled.person, bundled.person[: bundled.clear][(clear @ people.T).max(axis=1) > SAME_PHOTO])
    left = replace(
        bundled,
        vectors=bundled.vectors[rows],
        clear=int(rows[: bundled.clear].sum()),
        kind=bundled.kind[rows],
        person=bundled.person[rows],
    )

    def reference_left() -> ReferenceEmbeddings:
        return reference

    def cohort_left() -> Cohort:
        return left

    for module in (run, start, general_reference):
        module.bundled_embeddings = reference_left  # type: ignore[attr-defined]
    for module in (run, cohort, general_reference):
        module.bundled_cohort = cohort_left  # type: ignore[attr-defined]


def readings(faces: Faces, model: Model, table: Calibration) -> Readings:
    """What evaluation makes of these faces."""
    vectors, lengths = under(faces, model)
    met = None
    if table.cohort is not None:
        looks = np.stack([look(crop) for crop in faces.crops])
        met = table.cohort.conditions(vectors, np.float32((model.norm_scale or 1.0) * lengths), looks)
    nothing = np.zeros(len(vectors), bool)
    return Readings(vectors, faces.decisive(model, lengths), nothing, np.ones(len(vectors), np.int64), (), met)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """m pairs: distances; of each strictness whether they are within the limit of "same", called the same person, and
    called different people."""

    distances: Floats
    called: dict[Strictness, tuple[Bools, Bools, Bools]]

    @classmethod
    def of(cls, read: Readings, table: Calibration, left: Ints, right: Ints) -> Seen:
        judged, distances = PairLimits.of(table, read.vectors), []
        called: dict[Strictness, list[tuple[Bools, Bools, Bools]]] = {strictness: [] for strictness in Strictness}
        for at in range(0, len(left), _AT_A_TIME):
            a, b = left[at : at + _AT_A_TIME], right[at : at + _AT_A_TIME]
            pairs, kind = read.pairs(a, b, table), judged.table(a, b)
            distances.append(pairs.distances)
            for strictness in Strictness:
                limits = judged.limits(strictness, kind)
                called[strictness].append((pairs.adjusted <= limits.same_below, *outcomes(pairs, limits, strictness)))
        joined = {s: tuple(map(np.concatenate, zip(*each, strict=True))) for s, each in called.items()}
        return cls(np.concatenate(distances), joined)


def measured(test: Test, model: Model, name: str, strangers: Bools) -> list[str]:
    """Rows of the table, one a strictness. strangers: (n,) which of the clear and the spoilt faces are in no cohort."""
    table, count = Calibration.of(model), len(test.person_left)
    both = Faces(*(np.concatenate([getattr(f, n) for f in (test.left, test.right)]) for n in Faces.__slots__))
    read = readings(both, model, table)
    person = np.concatenate([test.person_left, test.person_right])
    clear, spoilt = np.arange(count), np.arange(count, len(person))
    photos = [np.bincount(person[side][strangers[side]], minlength=int(person.max()) + 1) for side in (clear, spoilt)]

    def couples(a: Ints, b: Ints) -> tuple[Ints, Ints]:
        one, two = np.nonzero((person[a][:, None] != person[b]) & (a[:, None] < b))
        return a[one], b[two]

    left, right = test.pairs[:, 0], count + test.pairs[:, 1]
    listed = Seen.of(read, table, left, right)
    genuine, counted = test.same, strangers[left] & strangers[right] & test.same
    every = couples(clear, spoilt)
    distances = np.concatenate(
        [
            table.energy.distances(read.vectors[a], read.vectors[b])
            for a, b in (
                (every[0][at : at + _AT_A_TIME], every[1][at : at + _AT_A_TIME])
                for at in range(0, len(every[0]), _AT_A_TIME)
            )
        ]
    )
    kinds = []
    for a, b in ((clear, spoilt), (clear, clear), (spoilt, spoilt)):
        one, two = couples(a[strangers[a]], b[strangers[b]])
        kinds.append((Seen.of(read, table, one, two), one, two))
    eer = Curve.of(listed.distances.astype(np.float64), test.same).eer
    rows = []
    for strictness in Strictness:
        within = np.quantile(distances, strictness.fmr)
        _, same, different = listed.called[strictness]
        cells = [100 * (listed.distances[genuine] <= within).mean(), 100 * same[counted].mean()]
        shown = [f"{cell:.1f}" for cell in (*cells, 100 * different[counted].mean())]
        for number, (seen, one, two) in enumerate(kinds):
            wrong = seen.called[strictness][0]
            matches = np.stack([person[one[wrong]], person[two[wrong]]])
            own, other = (photos[0], photos[1]) if number == 0 else (photos[number - 1], None)
            low, high = fmr_interval(matches, own, other)
            rate = wrong.mean() / strictness.fmr
            shown.append(f"{rate:.2f} ({low / strictness.fmr:.2f} to {high / strictness.fmr:.2f})")
        rows.append(f"| {name} | {100 * eer:.1f} | {strictness.value} | {' | '.join(shown)} |")
    return rows


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, metavar="PAIRS.csv")
    parser.add_argument("--images", type=Path, help="where the paths in PAIRS.csv start")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--pairs", type=int, default=300)
    parser.add_argument("--method", choices=[method.value for method in Method], default=Method.HEAD.value)
    parser.add_argument("--train", nargs="+", default=["1", "2"], metavar="FOLD")
    parser.add_argument("--test", nargs="+", default=["3", "4"], metavar="FOLD")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    if set(arguments.train) & set(arguments.test):
        parser.error("a fold can't be trained on and tested on")
    return arguments


def main() -> int:
    arguments = parsed()
    source = read_pairs(arguments.source, arguments.images)
    rng = np.random.default_rng(arguments.seed)
    # Fewer pairs are the first of as many: one cache serves them all.
    train = chosen([p for p in source.pairs if p.fold in arguments.train], max(MOST_PAIRS, arguments.pairs), rng)
    test = [p for p in source.pairs if p.fold in arguments.test]
    photos = sorted({photo for p in (*train, *test) for photo in (p.left, p.right)})
    place = {photo: n for n, photo in enumerate(photos)}
    rights = list(dict.fromkeys(p.right for p in (*train, *test)))
    place_right = {photo: n for n, photo in enumerate(rights)}

    def cache(kind: str) -> Path | None:
        folds = "".join(arguments.train), "".join(arguments.test)
        named = f"{kind}-{'-'.join(folds)}-{len(train)}-{arguments.seed}.npz"
        return None if arguments.cache is None else arguments.cache / named

    clear = Faces.of(photos, None, cache("clear"))
    tested = np.array(sorted({place[photo] for p in test for photo in (p.left, p.right)}))
    tested = tested[clear.read[tested]]
    names = {name: n for n, name in enumerate(sorted({photo.parent.name for photo in photos}))}
    shown = np.array([names[photo.parent.name] for photo in photos])
    known = bundled_cohort()
    member = (clear.vectors[tested] @ known.vectors[: known.clear].T).max(axis=1) > SAME_PHOTO
    members = np.unique(shown[tested][member])
    print(f"{arguments.method}, {arguments.pairs} labelled pairs, seed {arguments.seed}\n")
    print("| encoder | EER | strictness | attainable | same | different | domain | general | both spoilt |")
    print("|---|---|---|---|---|---|---|---|---|")
    datas, before = {}, {}
    for kind in arguments.kinds:
        spoil = KINDS[kind]
        spoilt = Faces.of(
            rights,
            lambda pixels, n, spoil=spoil: spoil(pixels, np.random.default_rng((arguments.seed, n))),
            cache(kind),
        )
        right = np.array(sorted({place_right[p.right] for p in test}))
        right = right[spoilt.read[right]]
        row_left, row_right = ({int(r): n for n, r in enumerate(rows)} for rows in (tested, right))
        listed = [(place[p.left], place_right[p.right], p.same) for p in test]
        listed = [(row_left[a], row_right[b], same) for a, b, same in listed if a in row_left and b in row_right]
        data = Test(
            clear.only(tested),
            spoilt.only(right),
            shown[tested],
            np.array([names[rights[n].parent.name] for n in right]),
            np.array([(a, b) for a, b, _ in listed]),
            np.array([same for *_, same in listed]),
        )
        datas[kind] = data, pair_set(train[: arguments.pairs], clear, spoilt, place, place_right)
        people = np.concatenate([data.person_left, data.person_right])
        before[kind] = measured(data, bundled_encoder(), f"{kind}, before", ~np.isin(people, members))
    take_out(clear.vectors[tested], arguments.keep)
    for kind, (data, pairs) in datas.items():
        everybody = np.ones(len(data.person_left) + len(data.person_right), bool)
        with tempfile.TemporaryDirectory() as folder:
            keep = None if arguments.keep is None else arguments.keep / kind
            version = trained(pairs, Method(arguments.method), arguments.seed, Path(folder), keep)
            rows = before[kind] + measured(data, version, f"{kind}, after", everybody)
        print("\n".join(rows), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
