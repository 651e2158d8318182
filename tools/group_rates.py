"""How well faces are gathered by person (siamgui.search.grouping), beside plain DBSCAN and HDBSCAN.

    python tools/group_rates.py FOLDER [--cache FILE] [--markdown FILE]     docs/groups.md
    python tools/group_rates.py --scale 20000 [--people 4]                  time and memory

FOLDER holds one folder per person. Nobody of the cohort takes part (make_cohort.in_cohort). The others are two halves,
by their name: on one the linkage was chosen, and the limit is measured on it here; the other half is grouped. Once as
the photographs are, and once with each second one spoilt by a family of tools/spoiling or spoiling/exam, alike for all
that a family spoils. Told of each method:

    wrong joins     people in groups beyond the one that each group may show, with the 95 % interval of a Poisson count
    expected        wrong joins that the bound allows for, at most
    groups          of several faces, and how many of these show several people
    wrong pairs     pairs of different people in one group
    missed joins    groups that the faces of a person are in beyond one, of those there could be, in per cent, with the
                    95 % interval over people drawn anew
    pairs apart     pairs of one person that are not in one group, in per cent

--cache keeps what was read (of the people in FOLDER: do not share it). --scale makes faces of the people of the cohort,
25 of each person or of so many --people, and groups them; then once more, after something was said of two of them.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from make_cohort import photographs
from numpy.typing import NDArray
from scipy.stats import chi2
from sklearn.cluster import DBSCAN, HDBSCAN
from spoiling import FAMILIES
from spoiling.exam import EXAM
from spoilt_photos import Read, Task, read_all

from siamgui.core.calibration import Calibration
from siamgui.core.embedding import unit
from siamgui.search.grouping import SHARE, Grouper
from siamgui.search.grouping_values import Answers, Faces, Grouping
from siamgui.versions.calibrate import calibrate, pairs_of

Ints = NDArray[np.int64]
SHARES = (SHARE / 10, SHARE)
REPEATS = 1000
_SEED = 20050620
AS_THEY_ARE = "The photographs as they are"
"""The title of the first table."""
_OF_EACH, _APART = 25, 0.8


def tasks(photos: Sequence[Path]) -> Iterator[Task]:
    """Every photograph as it is, and each second one spoilt."""
    yield from (Task(photo, (), 0, 0) for photo in photos)
    rng = np.random.default_rng(20261)
    families = (*FAMILIES, *EXAM)
    for photo in photos:
        family, noise = families[rng.integers(len(families))], int(rng.integers(1 << 31))
        if rng.random() < 0.5:
            yield Task(photo, (family.key,), zlib.crc32(family.key.encode()), noise)


@dataclass(frozen=True, eq=False)
class Shown:
    """faces, and a number for who each shows, (n,). half: (n,) 0 or 1."""

    faces: Faces
    person: Ints
    half: Ints

    @classmethod
    def of(cls, some: Sequence[tuple[Task, Read]], calibration: Calibration) -> Shown:
        cohort = calibration.cohort
        assert cohort is not None
        names = [task.photo.parent.name for task, _ in some]
        vectors, looks = (np.stack([getattr(read, name) for _, read in some]) for name in ("vector", "look"))
        norms = np.array([read.norm for _, read in some], np.float32)
        poor = np.array([read.decisive for _, read in some])
        every = np.arange(len(some))
        seen = cohort.conditions(vectors, norms, looks)
        faces = Faces(vectors, seen, poor, np.zeros(len(some), bool), every, every)
        half = np.array([zlib.crc32(name.encode()) >> 1 & 1 for name in names])
        return cls(faces, np.unique(names, return_inverse=True)[1].astype(np.int64), half)

    def only(self, half: int) -> Shown:
        rows, faces = np.flatnonzero(self.half == half), self.faces
        assert faces.conditions is not None
        every = np.arange(len(rows))
        some = Faces(faces.vectors[rows], faces.conditions[rows], faces.poor[rows], faces.damaged[rows], every, every)
        person = np.unique(self.person[rows], return_inverse=True)[1].astype(np.int64)
        return Shown(some, person, self.half[rows])

    def closeness(self, calibration: Calibration) -> NDArray[np.float32]:
        """(n, n) by adjusted distance."""
        faces = self.faces
        assert calibration.cohort is not None
        assert faces.conditions is not None
        close = calibration.cohort.all_adjusted(faces.vectors, faces.conditions, faces.vectors, faces.conditions)
        return np.asarray((close + close.T) / 2)


def measured_on(shown: Shown, calibration: Calibration) -> Calibration:
    """The limits that follow from these people."""
    adjusted = pairs_of(shown.closeness(calibration), shown.person)
    table = calibrate(shown.faces.vectors, shown.person, "", calibration.encoder, adjusted=adjusted)
    return replace(table, cohort=calibration.cohort, adjusted=True)


def row(name: str, label: Ints, person: Ints, expected: float | None) -> str:
    """One line of the table. label: (n,) which group each face is in."""
    where = np.unique(label, return_inverse=True)[1]
    table = np.zeros((int(where.max()) + 1, int(person.max()) + 1), np.int64)
    np.add.at(table, (where, person), 1)
    size, several, own = table.sum(axis=1), (table > 0).sum(axis=1), table.sum(axis=0)
    wrong = int((several - 1).sum())
    apart = int(_pairs(own).sum() - _pairs(table).sum())
    missed, most = (table > 0).sum(axis=0) - 1, own - 1
    drawn = np.random.default_rng(_SEED).integers(len(own), size=(REPEATS, len(own)))
    low, high = np.percentile(missed[drawn].sum(axis=1) / most[drawn].sum(axis=1), [2.5, 97.5])
    least, greatest = chi2.ppf(0.025, 2 * wrong) / 2 if wrong else 0.0, chi2.ppf(0.975, 2 * wrong + 2) / 2
    return (
        f"| {name} | {wrong} ({least:.1f} to {greatest:.1f}) | {'–' if expected is None else f'{expected:.1f}'} | "
        f"{int((size > 1).sum())}, {int((several > 1).sum())} | {int(_pairs(size).sum() - _pairs(table).sum())} | "
        f"{100 * missed.sum() / most.sum():.1f} ({100 * low:.1f} to {100 * high:.1f}) | "
        f"{100 * apart / _pairs(own).sum():.1f} |"
    )


def _pairs(count: Ints) -> Ints:
    return count * (count - 1) // 2


def labels(found: Grouping, count: int) -> Ints:
    label = np.empty(count, np.int64)
    for number, rows in enumerate(found.groups):
        label[list(rows)] = number
    return label


def _alone(label: Ints) -> Ints:
    """What belongs nowhere, each a group of its own."""
    noise = label < 0
    return np.where(noise, label.max() + 1 + np.cumsum(noise), label)


def lines(shown: Shown, limits: Calibration, shipped: Calibration) -> Iterator[str]:
    faces, person = shown.faces, shown.person
    poor = int(faces.poor.sum())
    yield f"{len(faces)} faces of {int(person.max()) + 1} people, {poor} of them too poor to be judged with each other."
    yield ""
    yield "| method | wrong joins | expected | groups, mixed | wrong pairs | missed joins % | pairs apart % |"
    yield "|---|---|---|---|---|---|---|"
    for name, table in (("limits of the other half", limits), ("limits as shipped", shipped)):
        for share in SHARES:
            found = Grouper(faces, table, share).group(Answers())
            words = f"{name}, {100 * share:g} % may be wrong joins: {found.bound.limit:.3f}"
            yield row(words, labels(found, len(faces)), person, found.bound.expected)
    plain = np.sqrt(np.maximum(2 - 2 * faces.vectors @ faces.vectors.T, 0)).astype(np.float64)
    plain = (plain + plain.T) / 2
    np.fill_diagonal(plain, 0)
    for size in (2, 3):
        label = HDBSCAN(min_cluster_size=size, metric="precomputed", copy=True).fit_predict(plain)
        yield row(f"HDBSCAN of plain distances, groups of {size} or more", _alone(label), person, None)
    for rate in (1e-3, 1e-4, 1e-5):
        limit = limits.threshold(rate)
        label = DBSCAN(eps=limit, min_samples=1, metric="precomputed").fit_predict(plain)
        yield row(f"DBSCAN of plain distances, {limit:.3f} (FMR {rate:.0e})", label, person, None)
    for limit in (0.9, 1.0):
        label = DBSCAN(eps=limit, min_samples=1, metric="precomputed").fit_predict(plain)
        yield row(f"DBSCAN of plain distances, {limit:.1f} (chosen by outcomes)", label, person, None)


def scale(count: int, people: int) -> str:
    """Faces made around the clear ones of the cohort, which counts as strangers to them."""
    calibration = Calibration.bundled()
    cohort = calibration.cohort
    assert cohort is not None
    rng = np.random.default_rng(_SEED)
    own = (
        rng.normal(size=(people, cohort.vectors.shape[1]))
        @ np.linalg.cholesky(np.cov(cohort.vectors[: cohort.clear].T) + 1e-6 * np.eye(cohort.vectors.shape[1])).T
    )
    vectors = np.repeat(unit(own), -(-count // people), axis=0)[:count]
    vectors = unit(vectors + _APART * unit(rng.normal(size=vectors.shape)))
    began, work = time.perf_counter(), time.process_time()
    seen = cohort.conditions(vectors, np.full(count, 10, np.float32), None)
    met = time.perf_counter()
    every, no = np.arange(count), np.zeros(count, bool)
    grouper = Grouper(Faces(vectors, seen, no, no, every, every), calibration)
    found = grouper.group(Answers())
    grouped = time.perf_counter()
    grouper.group(Answers(((0, 1),)))
    again = time.perf_counter() - grouped
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    times = f"conditions {met - began:.1f} s, groups {grouped - met:.1f} s, once more {again:.1f} s"
    used = f"{time.process_time() - work:.0f} s of a processor in all, peak {peak:.0f} MB"
    made = f"{len(found.several)} groups of {people} people, the largest of {len(found.groups[0])}"
    return f"{count} faces: {times}; {used}; {made}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--markdown", type=Path, help="write the tables here as well")
    parser.add_argument("--scale", type=int)
    parser.add_argument("--people", type=int, help="of so many people")
    arguments = parser.parse_args()
    if arguments.scale:
        print(scale(arguments.scale, arguments.people or -(-arguments.scale // _OF_EACH)))
        return 0
    if arguments.folder is None:
        parser.error("FOLDER is missing")
    todo = list(tasks(photographs(arguments.folder, cohort=False)))
    read = list(zip(todo, read_all(todo, arguments.cache), strict=True))
    shipped = Calibration.bundled()
    spoilt = {task.photo: (task, one) for task, one in read}  # the last of each photograph
    text: list[str] = []
    for title, some in (
        (AS_THEY_ARE, [item for item in read if not item[0].families]),
        ("Half of the photographs spoilt", list(spoilt.values())),
    ):
        shown = Shown.of([(task, one) for task, one in some if one is not None], shipped)
        if not text:
            limits = measured_on(shown.only(0), shipped)
        text += [f"## {title}", "", *lines(shown.only(1), limits, shipped), ""]
    print("\n".join(text))
    if arguments.markdown:
        head = arguments.markdown.read_text(encoding="utf-8").partition(f"\n## {AS_THEY_ARE}")[0].rstrip()
        arguments.markdown.write_text("\n".join([head, "", *text]), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
