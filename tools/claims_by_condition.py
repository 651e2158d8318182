"""What a verdict claims against what happens, by what two photographs suffer from.

    python tools/claims_by_condition.py FOLDER [--people 60] [--draws 2] [--cache FILE] [--markdown FILE]
                                         [--version FOLDER [--general] | --bare] [--pairs PAIRS.csv]

FOLDER holds one folder per person. Nobody of the cohort takes part (make_cohort.in_cohort). Of every family of
tools/spoiling, and of the kinds in spoiling/exam that are in no cohort, so many draws of the parameters are each laid
on one photograph of so many people. Told for each, at each strictness:

    spoilt, spoilt   called the same of different people, both photographs spoilt alike: realised over claimed rate
    left out         the same with all families of that group taken out of the cohort
    clear, spoilt    the same, one photograph clear
    genuine          of the same person, one photograph clear: called the same, and called different, in per cent
    plain            what the distance alone would do: spoilt, spoilt, without quality findings

Realised rates are of pairs that were read. "Called the same" is what a verdict says: both encoders must agree
(siamgui.core.parts); of clear pairs the rate without that, which is what is told of a distance, stands beside it.

--version FOLDER: the same of a version with a head (tools/tuning_claims.py --keep), its domain included, and with the
cohort that its limits were measured with. Quality is left aside then, as it was measured for the bundled encoder;
--bare leaves it aside for that one, to compare with. --general: the domain is left aside, too.
--pairs PAIRS.csv: only people of its folds 3 and 4, of whom such a version knows nothing.

--cache keeps what was read (of the people in FOLDER: do not share it).
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from make_cohort import photographs
from numpy.typing import NDArray
from spoiling import FAMILIES
from spoiling.exam import EXAM
from spoilt_photos import Read, Task, read_all
from tuning_claims import TESTED, take_out

from siamgui.core import embedding
from siamgui.core.calibration import Calibration
from siamgui.core.cohort import Cohort, Conditions, cohort_of
from siamgui.core.energy import L2
from siamgui.core.manifest import Model, Origin, bundled_encoder, read_manifest
from siamgui.core.parts import all_say
from siamgui.core.types import Strictness
from siamgui.core.weights import read_weights
from siamgui.evaluation.metrics import PairsRead, nothing_heard, outcomes, rate_interval
from siamgui.evaluation.pair_limits import PairLimits
from siamgui.evaluation.pairs import read_pairs

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
HELD = 1.5
"""Times the claim that a rate may be."""
MISSED = 0.005
"""Share of genuine pairs that may be called different."""
PARTNERS = 60
"""Clear photographs of other people that each spoilt one is held against."""


def tasks(photos: Sequence[Path], people: int, draws: int) -> Iterator[Task]:
    """Every photograph as it is, and those that are spoilt, of people with several photographs."""
    yield from (Task(photo, (), 0, 0) for photo in photos)
    of: dict[str, list[Path]] = {}
    for photo in photos:
        of.setdefault(photo.parent.name, []).append(photo)
    several = [own for own in of.values() if len(own) > 1]
    for family in (*FAMILIES, *EXAM):
        rng = np.random.default_rng(zlib.crc32(family.key.encode()))
        for _ in range(draws):
            seed = int(rng.integers(1 << 31))
            for index in rng.choice(len(several), min(people, len(several)), replace=False):
                own = several[index]
                yield Task(own[rng.integers(len(own))], (family.key,), seed, int(rng.integers(1 << 31)))


@dataclass(frozen=True, eq=False)
class Faces:
    """n faces: unit embeddings, norms, looks, who each shows, which photograph it is, and whether quality decides."""

    vectors: NDArray[np.float32]
    norms: NDArray[np.float32]
    looks: NDArray[np.float32]
    person: Ints
    photo: Ints
    poor: NDArray[np.bool_]

    def __getitem__(self, rows: Ints) -> Faces:
        return Faces(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


class Row(NamedTuple):
    """Of one family: realised over claimed rates at each strictness, and what else is called so at the middle one."""

    both: NDArray[np.float64]
    left_out: NDArray[np.float64] | None
    one: NDArray[np.float64]
    one_different: float
    genuine_same: float
    genuine_different: float
    plain: NDArray[np.float64]
    pairs: int
    one_pairs: int
    genuine_pairs: int


def faces(some: Sequence[tuple[Task, Read]], number: dict[Path, int], who: dict[str, int]) -> Faces:
    return Faces(
        np.stack([read.vector for _, read in some]),
        np.array([read.norm for _, read in some], np.float32),
        np.stack([read.look for _, read in some]),
        np.array([who[task.photo.parent.name] for task, _ in some]),
        np.array([number[task.photo] for task, _ in some]),
        np.array([read.decisive for _, read in some]),
    )


def without(cohort: Cohort, group: str) -> Cohort:
    """The cohort without the families of a group."""
    keys = {family.key for family in FAMILIES if family.group == group}
    kept = ~np.isin(cohort.kind, [place for place, key in enumerate(cohort.kinds) if key in keys])
    parts = (cohort.vectors[kept], cohort.kind[kept], cohort.person[kept], cohort.kinds, cohort.encoder)
    usual = cohort.usual_mean, cohort.usual_deviation
    return cohort_of(*parts, cohort.look_mean, cohort.look_scale, cohort.clarity, usual)


def conditions(cohort: Cohort, some: Faces) -> Conditions:
    return cohort.conditions(some.vectors, some.norms, some.looks)


def turned(some: Faces, version: Model) -> Faces:
    """As a version with a head sees them."""
    head, scale = read_weights(version.file("weights.safetensors").read())["head.weight"], bundled_encoder().norm_scale
    vectors, lengths = embedding.turned(some.vectors, some.norms / (scale or 1.0), head)
    return replace(some, vectors=vectors, norms=np.asarray((version.norm_scale or 1.0) * lengths, np.float32))


def known(calibration: Calibration, cohort: Cohort, x: Faces, a: Conditions, y: Faces, b: Conditions) -> PairsRead:
    """Of m pairs, as siamgui.evaluation reads them."""
    distances = L2.distances(x.vectors, y.vectors)
    pair = cohort.adjustment(x.vectors, a, y.vectors, b)
    told = np.full(len(distances), -1)
    pairs = PairsRead(
        distances,
        pair.adjusted(distances),
        np.asarray(pair.shared, np.float64),
        pair.unlike,
        x.poor & y.poor,
        x.poor | y.poor,
        told,
        *nothing_heard(distances),
    )
    if not calibration.parts:
        return pairs
    architecture = calibration.encoder.partition(" ")[0]

    def apart(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.linalg.norm(one - other, axis=-1))

    return pairs.heard(all_say(architecture, calibration.parts, x.vectors, y.vectors, apart))


def called(calibration: Calibration, pairs: PairsRead, x: Faces, y: Faces) -> Iterator[tuple[Bools, Bools]]:
    """(same, different) of m pairs at each strictness, by what holds for faces like these."""
    judged, left = PairLimits.of(calibration, np.concatenate([x.vectors, y.vectors])), np.arange(len(x.vectors))
    right = left + len(left)
    pairs, table = judged.carried_by_both(pairs, left, right), judged.table(left, right)
    return (outcomes(pairs, judged.limits(s, table), s) for s in Strictness)


def realised(calibration: Calibration, pairs: PairsRead, x: Faces, y: Faces) -> NDArray[np.float64]:
    """(3,) share called the same over the rate claimed, at each strictness."""
    every = zip(called(calibration, pairs, x, y), Strictness, strict=True)
    return np.array([same.mean() / s.fmr for (same, _), s in every])


def alike(spoilt: Faces, draw: Ints) -> tuple[Ints, Ints]:
    """Pairs of different people that share a draw."""
    a, b = np.triu_indices(len(draw), 1)
    chosen = (draw[a] == draw[b]) & (spoilt.person[a] != spoilt.person[b])
    return a[chosen], b[chosen]


def measure(
    calibration: Calibration, clear: Faces, of_clear: Conditions, spoilt: Faces, draw: Ints, less: Cohort | None
) -> Row:
    cohort = calibration.cohort
    assert cohort is not None
    own = conditions(cohort, spoilt)
    a, b = alike(spoilt, draw)
    both = known(calibration, cohort, spoilt[a], own[a], spoilt[b], own[b])
    left_out = None
    if less is not None:
        seen = conditions(less, spoilt)
        left_out = realised(
            calibration, known(calibration, less, spoilt[a], seen[a], spoilt[b], seen[b]), spoilt[a], spoilt[b]
        )
    rng = np.random.default_rng(0)
    rows = np.repeat(np.arange(len(spoilt.person)), PARTNERS)
    partners = rng.integers(len(clear.person), size=len(rows))
    others = spoilt.person[rows] != clear.person[partners]
    i, j = rows[others], partners[others]
    strangers = known(calibration, cohort, spoilt[i], own[i], clear[j], of_clear[j])
    one = realised(calibration, strangers, spoilt[i], clear[j])
    _, (_, apart), _ = called(calibration, strangers, spoilt[i], clear[j])
    i, j = np.nonzero((spoilt.person[:, None] == clear.person[None]) & (spoilt.photo[:, None] != clear.photo[None]))
    genuine = known(calibration, cohort, spoilt[i], own[i], clear[j], of_clear[j])
    _, (same, different), _ = called(calibration, genuine, spoilt[i], clear[j])
    free = np.zeros(len(a), np.bool_)
    plain = PairsRead.unconditional(both.distances, free)
    return Row(
        realised(calibration, both, spoilt[a], spoilt[b]),
        left_out,
        one,
        float(apart.mean()),
        float(same.mean()),
        float(different.mean()),
        realised(calibration, plain, spoilt[a], spoilt[b]),
        len(a),
        len(apart),
        len(same),
    )


def clear_pairs(calibration: Calibration, clear: Faces, of_clear: Conditions) -> str:
    cohort, alone = calibration.cohort, replace(calibration, parts={})
    assert cohort is not None
    a, b = np.triu_indices(len(clear.person), 1)
    same = clear.person[a] == clear.person[b]
    rng = np.random.default_rng(0)
    chosen = np.flatnonzero(~same)
    chosen = rng.choice(chosen, min(400_000, len(chosen)), replace=False)
    said = []
    for table, rows in ((alone, chosen), (calibration, chosen), (calibration, np.flatnonzero(same))):
        x, y = clear[a[rows]], clear[b[rows]]
        said.append(called(table, known(table, cohort, x, of_clear[a[rows]], y, of_clear[b[rows]]), x, y))
    lines = [
        f"Clear photographs: {int(same.sum())} genuine pairs, {len(chosen)} of {int((~same).sum())} impostor pairs."
    ]
    for strictness, (near, _), (wrong, told), (same, apart) in zip(Strictness, *said, strict=True):
        rate, bare = (some.mean() / strictness.fmr for some in (wrong, near))
        lines.append(
            f"- {strictness}: realised {rate:.2f} times the claim, {bare:.2f} by the distance; genuine called the same "
            f"{100 * same.mean():.2f} %, different {100 * apart.mean():.2f} %; different people called different "
            f"{100 * told.mean():.1f} %"
        )
    return "\n".join(lines)


def table(rows: dict[str, Row], groups: dict[str, str]) -> Iterator[str]:
    yield "| group | family | plain | spoilt, spoilt | left out | clear, spoilt | genuine same % | different % |"
    yield "|---|---|---|---|---|---|---|---|"

    def times(values: NDArray[np.float64] | None) -> str:
        return "–" if values is None else " / ".join(f"{value:.1f}" for value in values)

    for key, row in sorted(rows.items(), key=lambda item: (groups[item[0]], item[0])):
        shares = f"{100 * row.genuine_same:.0f} | {100 * row.genuine_different:.1f}"
        yield (
            f"| {groups[key]} | {key} | {times(row.plain)} | {times(row.both)} | {times(row.left_out)} | "
            f"{times(row.one)} | {shares} |"
        )


def summary(name: str, values: Sequence[NDArray[np.float64]], pairs: Sequence[int]) -> str:
    """At balanced; how many are for sure beyond HELD times the claim at each strictness. pairs: of each family."""
    middle = np.array([value[1] for value in values])
    mean = float(np.exp(np.log(middle + 0.1).mean()) - 0.1)
    over = ", ".join(f"{int((middle > bound).sum())} beyond {bound}" for bound in (HELD, 3, 5))
    sure = [
        sum(surely(value[n] * s.fmr, count, HELD * s.fmr) for value, count in zip(values, pairs, strict=True))
        for n, s in enumerate(Strictness)
    ]
    return (
        f"- {name}: {len(middle)} families, geometric mean {mean:.2f}, worst {middle.max():.1f}; {over}; surely beyond "
        f"{HELD} {' / '.join(map(str, sure))}"
    )


def surely(share: float, pairs: int, bound: float) -> bool:
    """Whether the 95 % interval of a share lies beyond a bound, its pairs taken for independent."""
    return rate_interval(round(share * pairs), pairs)[0] > bound


def told(name: str, rate: str, rows: Sequence[Row]) -> str:
    """summary() of one of a Row's rates."""
    return summary(
        name, [getattr(row, rate) for row in rows], [row.one_pairs if rate == "one" else row.pairs for row in rows]
    )


def _mean(shares: Sequence[float]) -> float:
    """In per cent."""
    return 100 * float(np.mean(shares))


def judging(folder: Path | None, *, general: bool) -> tuple[Model | None, Calibration]:
    """The version in a folder and its calibration, or that of the bundled encoder. general: without its domain."""
    if folder is None:
        return None, Calibration.bundled()
    take_out(np.load(folder.parent / TESTED))  # as when its limits were measured
    version = read_manifest(folder, Origin.HERE)
    table = Calibration.of(version)
    return version, replace(table, domain=None) if general else table


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--draws", type=int, default=2)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--version", type=Path)
    parser.add_argument("--general", action="store_true")
    parser.add_argument("--bare", action="store_true")
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--markdown", type=Path, help="write the table here as well")
    arguments = parser.parse_args()
    photos = photographs(arguments.folder, cohort=False)
    todo = list(tasks(photos, arguments.people, arguments.draws))
    found = read_all(todo, arguments.cache)
    read = [(task, what) for task, what in zip(todo, found, strict=True) if what is not None]
    if arguments.pairs is not None:
        rest = {
            photo.parent.name
            for p in read_pairs(arguments.pairs).pairs
            if p.fold in "34"
            for photo in (p.left, p.right)
        }
        read = [item for item in read if item[0].photo.parent.name in rest]
    number = {photo: place for place, photo in enumerate(photos)}
    who = {name: place for place, name in enumerate(sorted({photo.parent.name for photo in photos}))}
    version, calibration = judging(arguments.version, general=arguments.general)
    cohort = calibration.cohort
    assert cohort is not None

    def seen(some: Sequence[tuple[Task, Read]]) -> Faces:
        all_of_them = faces(some, number, who)
        if version is not None or arguments.bare:
            all_of_them = replace(all_of_them, poor=np.zeros(len(some), np.bool_))
        return all_of_them if version is None else turned(all_of_them, version)

    clear = seen([item for item in read if not item[0].families])
    of_clear = conditions(cohort, clear)
    groups = {family.key: family.group for family in FAMILIES} | {family.key: "exam" for family in EXAM}
    less: dict[str, Cohort] = {}
    if version is None:
        less = {group: without(cohort, group) for group in sorted({family.group for family in FAMILIES})}
    rows: dict[str, Row] = {}
    for key, group in groups.items():
        some = [item for item in read if item[0].families == (key,)]
        if len(some) > 1:
            draw = np.array([task.seed for task, _ in some])
            rows[key] = measure(calibration, clear, of_clear, seen(some), draw, less.get(group))
    lost = sum(what is None for what in found)
    ours = [row for key, row in rows.items() if groups[key] != "exam"]
    exam = [row for key, row in rows.items() if groups[key] == "exam"]
    lines = [
        f"{len(todo)} photographs; in {lost} the face was not found any more.",
        "",
        clear_pairs(calibration, clear, of_clear),
        "",
        "Both photographs spoilt alike, different people, balanced: realised over claimed rate",
        told("distance alone", "plain", (*ours, *exam)),
        told("families of the cohort", "both", ours),
        *([told("their whole group left out", "left_out", ours)] if less else []),
        *([told("kinds kept for an examination", "both", exam)] if exam else []),
        told("one photograph clear", "one", (*ours, *exam)),
        f"- different people, one photograph clear: called different "
        f"{_mean([row.one_different for row in rows.values()]):.1f} %",
        f"- genuine, one photograph clear: called the same {_mean([row.genuine_same for row in rows.values()]):.1f} %, "
        f"different {_mean([row.genuine_different for row in rows.values()]):.2f} %, "
        f"worst {100 * max(row.genuine_different for row in rows.values()):.1f} %; "
        f"{sum(row.genuine_different > MISSED for row in rows.values())} families beyond {100 * MISSED} %, surely "
        f"{sum(surely(row.genuine_different, row.genuine_pairs, MISSED) for row in rows.values())}",
        "",
        *table(rows, groups),
    ]
    print("\n".join(lines))
    if arguments.markdown:
        arguments.markdown.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
