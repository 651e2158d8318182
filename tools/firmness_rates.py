"""What small changes of the photographs do to verdicts (siamgui.core.firmness).

    python tools/firmness_rates.py FOLDER [--half 0|1] [--photos 500] [--cache FILE]

FOLDER holds one folder per person. Nobody of the cohort takes part (make_cohort.in_cohort), and of the others the
people of one half, with so many photographs drawn from theirs. Every pair of one person is judged, and every pair of
different people that would be called the same, and again under every small change of either photograph. Told for each
strictness:

    same of genuine      called the same, of pairs of one person: as they are, and if the verdict must hold under
                         all changes, under all but one, or under three quarters of them
    same of impostors    the same of different people: realised over claimed rate
    a stricter limit     what a stricter limit realises that costs as many genuine pairs as the first rule
    different            called different, of genuine pairs and of drawn impostor pairs; likewise
    spread               farthest less nearest distance under the changes: median, 95 and 100 %

The rule was chosen with --half 0; report --half 1. --cache keeps what was read (of the people in FOLDER: do not share
it), and is read where it is there.
"""

from __future__ import annotations

import argparse
import sys
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from make_cohort import photographs
from numpy.typing import NDArray

from siamgui.core.calibration import judge
from siamgui.core.errors import SiamguiError
from siamgui.core.firmness import changes_of, firmness, read_changed
from siamgui.core.imaging import load_photo
from siamgui.core.look import look
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import (
    Change,
    Embedding,
    Face,
    FaceReading,
    Finding,
    Firmness,
    Outcome,
    Quality,
    QualityIssue,
    Side,
    Strictness,
    Verdict,
)

DRAWN = 2000
"""Impostor pairs of which "different" is counted."""
MARGIN = 0.2
"""Distance beyond the limit of clear photographs at which the two at hand still may be within theirs."""
RULES = {"all": 0, "but one": 1, "three quarters": 4}
"""How many of the changes a verdict may fall under."""
AS_IT_IS = "as it is"
Readings = list[FaceReading | None]
Pair = tuple[Readings, Readings]


@dataclass(frozen=True, eq=False)
class Table:
    """Of n photographs, as they are and under each change; NaN where that was not tried.

    vectors: (n, 1 + changes, d); norms: (n, 1 + changes); looks: (n, 1 + changes, l); decisive: (n,) whether a quality
    finding of the photograph as it is decides; person: (n,).
    """

    vectors: NDArray[np.float32]
    norms: NDArray[np.float32]
    looks: NDArray[np.float32]
    decisive: NDArray[np.bool_]
    person: NDArray[np.int64]


def read(engine: FaceEngine, photos: Sequence[Path]) -> Table:
    names = sorted({photo.parent.name for photo in photos})
    rows, people, took = [], [], []
    for number, path in enumerate(photos):
        try:
            whole = engine.read_photo(load_photo(path))
        except SiamguiError:
            continue
        started = time.perf_counter()
        face = whole.reading.face
        changed = {change: read_changed(engine, whole.photo, face, change) for change in changes_of(face)}
        took.append(time.perf_counter() - started)
        rows.append([whole.reading, *(changed.get(change) for change in Change)])
        people.append(names.index(path.parent.name))
        if number % 25 == 0:
            print(f"\r{number} of {len(photos)}", end="", file=sys.stderr, flush=True)
    print(f"\none photograph under all changes: {1000 * float(np.median(took)):.0f} ms", file=sys.stderr)
    first = rows[0][0]
    assert first is not None
    no_vector, no_look = np.full_like(first.embedding.vector, np.nan), np.full_like(look(first.crop), np.nan)
    return Table(
        np.array([[no_vector if one is None else one.embedding.vector for one in row] for row in rows]),
        np.array([[np.nan if one is None else one.quality.embedding_norm for one in row] for row in rows], np.float32),
        np.array([[no_look if one is None else look(one.crop) for one in row] for row in rows]),
        np.array([row[0] is not None and row[0].quality.decisive for row in rows]),
        np.array(people),
    )


def readings(engine: FaceEngine, table: Table) -> list[Readings]:
    """As the engine gave them, without what a verdict does not need."""
    cohort = engine.calibration.cohort
    assert cohort is not None
    face = Face(np.zeros(4, np.float32), np.zeros((5, 2), np.float32), 1.0)
    crop = np.zeros((0, 0, 3), np.uint8)
    found = []
    for n in range(len(table.person)):
        known = ~np.isnan(table.norms[n])
        met = cohort.conditions(table.vectors[n][known], table.norms[n][known], table.looks[n][known])
        poor = (Finding(QualityIssue.UNCERTAIN, decisive=True),) if table.decisive[n] else ()
        quality = Quality(0, 0, 0, 0, 0, 0, 1, 1, poor)
        each: Readings = [None] * len(known)
        for place, k in enumerate(np.flatnonzero(known)):
            vector = Embedding(table.vectors[n, k], engine.encoder.key)
            each[k] = FaceReading(face, crop, quality, vector, met[place : place + 1])
        found.append(each)
    return found


def judged(engine: FaceEngine, pairs: Sequence[Pair], at: Strictness) -> list[Firmness]:
    found = []
    for one, other in pairs:
        left, right = one[0], other[0]
        assert left is not None
        assert right is not None
        sides = ((Side.LEFT, one), (Side.RIGHT, other))
        changed = {
            side: {change: each for change, each in zip(Change, row[1:], strict=True) if each is not None}
            for side, row in sides
        }
        found.append(firmness(engine.calibration, left, right, changed, at))
    return found


def verdict_of(engine: FaceEngine, pair: Pair, at: Strictness) -> Verdict:
    one, other = pair[0][0], pair[1][0]
    assert one is not None
    assert other is not None
    return judge(engine.calibration, one, other, at)


def stricter(
    engine: FaceEngine, own: Sequence[Firmness], genuine: Sequence[Pair], accepted: Sequence[Pair], at: Strictness
) -> int:
    """Impostor pairs within a limit that costs as many genuine ones as holding under all changes does."""
    fallen = sum(one.outcome is Outcome.SAME and bool(one.fallen) for one in own)
    same = [verdict_of(engine, pair, at) for pair, one in zip(genuine, own, strict=True) if one.outcome is Outcome.SAME]
    limit = sorted(adjusted(verdict) for verdict in same)[len(same) - fallen - 1]
    return sum(adjusted(verdict_of(engine, pair, at)) <= limit for pair in accepted)


def adjusted(verdict: Verdict) -> float:
    assert verdict.claim is not None
    return verdict.claim.adjusted


def shares(found: Sequence[Firmness], outcome: Outcome, of: int) -> dict[str, float]:
    """Pairs that come out so, as they are and by each rule, over so many."""
    so = [one for one in found if one.outcome is outcome]
    kept = {rule: sum(len(one.fallen) <= most for one in so) for rule, most in RULES.items()}
    return {AS_IT_IS: len(so) / of, **{rule: count / of for rule, count in kept.items()}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", type=int, choices=(0, 1), default=1)
    parser.add_argument("--photos", type=int, default=500)
    parser.add_argument("--cache", type=Path)
    args = parser.parse_args()
    engine = FaceEngine.load("cpu")
    photos = drawn_photos(args.folder, args.half, args.photos)
    if args.cache and args.cache.exists():
        with np.load(args.cache) as kept:
            table = Table(**kept)
    else:
        table = read(engine, photos)
        if args.cache:
            np.savez(args.cache, **vars(table))
    tell(engine, table)


def drawn_photos(folder: Path, half: int, count: int) -> list[Path]:
    photos = photographs(folder, cohort=False)
    own = [photo for photo in photos if zlib.crc32(f"firm {photo.parent.name}".encode()) % 2 == half]
    rng = np.random.default_rng(half)
    return [own[n] for n in sorted(rng.choice(len(own), min(count, len(own)), replace=False))]


def tell(engine: FaceEngine, table: Table) -> None:
    faces, people = readings(engine, table), table.person
    first, second = np.triu_indices(len(people), 1)
    alike = people[first] == people[second]
    as_they_are = table.vectors[:, 0]
    genuine = [(faces[a], faces[b]) for a, b in zip(first[alike], second[alike], strict=True)]
    a, b = first[~alike], second[~alike]
    print(f"{len(people)} photographs of {len(set(people))} people: {len(genuine)} genuine, {len(a)} impostor pairs")
    distances = np.linalg.norm(as_they_are[a] - as_they_are[b], axis=1)
    near = np.flatnonzero(distances < engine.calibration.limits(Strictness.CONVENIENT).same_below + MARGIN)
    drawn = np.random.default_rng(1).choice(len(a), min(DRAWN, len(a)), replace=False)
    spread: list[float] = []
    for at in Strictness:
        own = judged(engine, genuine, at)
        spread = [one.reach[1] - one.reach[0] for one in own]
        close = [(faces[a[n]], faces[b[n]]) for n in near]
        accepted = [pair for pair in close if verdict_of(engine, pair, at).outcome is Outcome.SAME]
        others = judged(engine, accepted, at)
        some = judged(engine, [(faces[a[n]], faces[b[n]]) for n in drawn], at)
        print(f"\n{at.value}, claimed {at.fmr:g}; {len(others)} impostor pairs called the same")
        lines = {
            "same of genuine, %": (shares(own, Outcome.SAME, len(own)), 100),
            "same of impostors, times the claim": (shares(others, Outcome.SAME, len(a)), 1 / at.fmr),
            "different of genuine, %": (shares(own, Outcome.DIFFERENT, len(own)), 100),
            "different of impostors, %": (shares(some, Outcome.DIFFERENT, len(some)), 100),
        }
        for words, (found, times) in lines.items():
            print(f"  {words:36}", "   ".join(f"{rule} {times * share:.2f}" for rule, share in found.items()))
        kept = stricter(engine, own, genuine, accepted, at)
        print(f"  {'a stricter limit at that cost, times':36} {kept / len(a) / at.fmr:.2f}")
    low, high, most = np.quantile(spread, (0.5, 0.95, 1))
    print(f"\nspread of the distance, genuine pairs: {low:.3f}, 95 % {high:.3f}, most {most:.3f}")


if __name__ == "__main__":
    main()
