#!/usr/bin/env python3
"""How often a verification is talked into "same" by an exchange of the face, and how often an honest film is doubted.

    tools/exchange_rates.py DATA [--folds 3 4] [--attacks 200] [--honest 120] [--seed 1] [--real FOLDER] [--kept FOLDER]

DATA holds lfw_dev and att_faces. The films are made by tools/exchanges.py and go through FrameReader and Session as a
file does, to their end, at "balanced". Half of the attacks are between people who look alike: the other is one of the
three of the same folds who are nearest to the first. In one of four the reference shows the one who comes second.
Prints tables for docs/live-claims.md, with 95 % intervals (Clopper and Pearson).

--real: films of one person each, or folders of such films of one person, which are watched as one. --kept: where what
was seen in each film is kept, so that another rule is measured without looking at all of them again.

The settings of siamgui/live/anchor.py were chosen on folds 1 and 2, and people 1 to 20 of att_faces.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from exchanges import (
    ATTACKS,
    HONEST,
    HONEST_RATE,
    LEVELS,
    RATE,
    TAKES_OVER,
    Shot,
    attack,
    frames,
    honest,
    stock,
    takes_over,
)
from made_clips import Still, still
from scipy.stats import beta

from siamgui.commands.verify import MOST_PER_SECOND
from siamgui.core.camera import Camera
from siamgui.core.cv import cv2
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.source import VideoEnded
from siamgui.core.types import (
    Embedding,
    Face,
    FaceReading,
    Finding,
    Frame,
    Outcome,
    Quality,
    QualityIssue,
    Strictness,
)
from siamgui.live.frames import FrameReader
from siamgui.live.session import Session
from siamgui.live.types import LiveVerdict, Reason, Reference, Seen

NOTHING = np.zeros((1, 1, 3), np.uint8)
LONG = 32.0
"""Seconds of a film that shows everything in turn; the others have SHORT."""
SHORT = 12.0


@dataclass(frozen=True, eq=False)
class Watched:
    """One film. kind: of ATTACKS, HONEST, "long" or "real". alike: whether the two were chosen for their likeness."""

    kind: str
    alike: bool
    reference: FaceReading
    seen: list[Seen]


def people_of(data: Path, folds: set[str]) -> dict[str, list[Path]]:
    with (data / "lfw_dev" / "pairs.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["fold"] in folds]
    names = sorted({Path(row[side]).parent.name for row in rows for side in ("left", "right")})
    return {name: sorted((data / "lfw_dev" / "images" / name).glob("*.jpg")) for name in names}


class Studio:
    """Makes films and looks at them, or at what was kept of them."""

    def __init__(self, engine: FaceEngine, kept: Path | None) -> None:
        self.engine, self._kept = engine, kept

    def reading(self, path: Path) -> FaceReading:
        return self.engine.read_photo(load_photo(path)).reading

    def still(self, path: Path) -> Still:
        return still(self.engine, path)

    def vectors(self, people: dict[str, list[Path]]) -> np.ndarray:
        """(n, d) of the first photograph of each."""
        file = None if self._kept is None else self._kept / "people.npy"
        if file is not None and file.exists():
            return np.load(file)
        found = np.stack([self.reading(photos[0]).embedding.vector for photos in people.values()])
        if file is not None:
            np.save(file, found)
        return found

    def attacked(self, key: str, shown: Sequence[Still], kind: str, chooser: random.Random) -> list[Seen]:
        """An attack, put together from the pictures of these two people as they were seen."""
        pictures = random.Random(key)
        shots: list[Shot] = []

        def film() -> Iterator[Frame]:
            for number, (shot, picture) in enumerate(stock(shown[0], shown[1], pictures)):
                shots.append(shot)
                yield Frame(picture, number / RATE)

        seen = self.watch(key, film)
        shots = shots or [shot for shot, _ in stock(shown[0], shown[1], random.Random(key))]
        by_shot: dict[Shot, list[Seen]] = defaultdict(list)
        for shot, one in zip(shots, seen, strict=True):
            by_shot[shot].append(one)
        found = []
        for number, (blend, level) in enumerate(attack(kind, chooser)):
            name = "morph" if level in (0, LEVELS) and blend == "dissolve" else blend
            choice = by_shot.get((name, level))
            frame = Frame(NOTHING, number / RATE)
            if choice is None:  # nobody
                found.append(Seen(frame, (), None, None, 1, False))
            else:  # in the mirror in turn, as FrameReader has it
                one = choice[(number % 2 + 2 * chooser.randrange(len(choice) // 2)) % len(choice)]
                found.append(replace(one, frame=frame, track=1))
        return found

    def watch(self, key: str, film: Callable[[], Iterator[Frame]]) -> list[Seen]:
        file = None if self._kept is None else self._kept / f"{key}.npz"
        if file is not None and file.exists():
            return restored(file, self.engine.encoder.key)
        reader = FrameReader(self.engine)
        seen = [lean(reader.read(frame)) for frame in film()]
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            keep(file, seen)
        return seen

    def verdict(self, one: Watched, strictness: Strictness) -> LiveVerdict:
        vector = one.reference.embedding.vector[None]
        reference = Reference("", vector, self.engine.encoder.key, one.reference.quality.findings)
        session = Session(reference, self.engine.calibration, strictness)
        for seen in one.seen:
            session.add(seen)
        return session.end(Reason.ENDED)


# -- what is kept of a film ------------------------------------------------------------------------------------------


def lean(seen: Seen) -> Seen:
    """Without the pixels."""
    reading = seen.reading
    if reading is not None:
        reading = FaceReading(reading.face, NOTHING, reading.quality, reading.embedding)
    return Seen(Frame(NOTHING, seen.frame.at), seen.faces, seen.followed, reading, seen.track, seen.picked)


def keep(file: Path, seen: Sequence[Seen]) -> None:
    rows = [one for one in seen if one.reading is not None]
    quality = [[value for name, value in asdict(one.reading.quality).items() if name != "findings"] for one in rows]
    findings = [
        " ".join(f"{found.issue}:{int(found.decisive)}" for found in one.reading.quality.findings) for one in rows
    ]
    np.savez_compressed(
        file,
        at=[one.frame.at for one in seen],
        read=[one.reading is not None for one in seen],
        track=[one.track for one in seen],
        box=[one.reading.face.box for one in rows],
        marks=[one.reading.face.landmarks for one in rows],
        vector=[one.reading.embedding.vector for one in rows],
        quality=np.array(quality, float),
        findings=np.array(findings, str),
    )


def restored(file: Path, encoder: str) -> list[Seen]:
    with np.load(file) as kept:
        table = {name: kept[name] for name in kept.files}
    seen, row = [], 0
    for n, at in enumerate(table["at"]):
        frame = Frame(NOTHING, float(at))
        if not table["read"][n]:
            seen.append(Seen(frame, (), None, None, int(table["track"][n]), False))
            continue
        found = [one.split(":") for one in str(table["findings"][row]).split()]
        findings = tuple(Finding(QualityIssue(issue), decisive == "1") for issue, decisive in found)
        quality = Quality(*(float(value) for value in table["quality"][row]), findings)
        face = Face(table["box"][row], table["marks"][row], quality.detector_score)
        reading = FaceReading(face, NOTHING, quality, Embedding(table["vector"][row], encoder))
        seen.append(Seen(frame, (face,), 0, reading, int(table["track"][n]), False))
        row += 1
    return seen


# -- the films -------------------------------------------------------------------------------------------------------


def attacks(studio: Studio, people: dict[str, list[Path]], count: int, seed: int) -> Iterator[Watched]:
    """Three between each two people, and one in ten in which both are in view."""
    names = list(people)
    several = [n for n, name in enumerate(names) if len(people[name]) >= 2]
    vectors = studio.vectors(people)
    for number in range(count):
        pair, turn = divmod(number, 3)
        chooser = random.Random(f"pair {seed} {pair}")
        first = chooser.choice(several)
        near = np.argsort(-(vectors @ vectors[first]))[1:4]
        others = [*range(first), *range(first + 1, len(names))]
        other = int(chooser.choice(near)) if pair % 2 == 0 else chooser.choice(others)
        one, two = people[names[first]], people[names[other]]
        reference = two[0] if pair % 4 == 3 and len(two) > 1 else one[0]
        shown = [studio.still(path) for path in (one[1], two[-1])]
        chooser = random.Random(f"attack {seed} {number}")
        if number % 10 == 9:
            kind = TAKES_OVER
            seen = studio.watch(f"attack-{seed}-{number:03}", lambda: frames(takes_over(*shown, chooser), RATE))  # noqa: B023
        else:
            kind = ATTACKS[(pair + turn * 2 + pair // 6) % len(ATTACKS)]
            seen = studio.attacked(f"pair-{seed}-{pair:03}", shown, kind, chooser)
        yield Watched(kind, pair % 2 == 0, studio.reading(reference), seen)


def honest_films(
    studio: Studio, people: dict[str, list[Path]], days: Sequence[Path], count: int, seed: int
) -> Iterator[Watched]:
    kinds = (*HONEST, "long")
    several = [photos for photos in people.values() if len(photos) >= 2]
    for number in range(count):
        chooser = random.Random(f"honest {seed} {number}")
        kind = kinds[number % len(kinds)]
        photos = list(chooser.choice(several)[:2])
        if kind == "day":
            photos = sorted(days[number // len(kinds) % len(days)].glob("*.pgm"))
            chooser.shuffle(photos)

        def film() -> Iterator[Frame]:
            stills = [studio.still(path) for path in photos[1:]]  # noqa: B023
            return frames(honest(kind, stills, chooser, LONG if kind == "long" else SHORT), HONEST_RATE)  # noqa: B023

        seen = studio.watch(f"honest-{seed}-{number:03}", film)
        yield Watched(kind, False, studio.reading(photos[0]), seen)


def real_films(studio: Studio, folder: Path) -> Iterator[Watched]:
    """The first readable face of each is the reference: no photograph of these people is at hand."""
    for one in sorted(folder.iterdir()):
        files = sorted(one.iterdir()) if one.is_dir() else [one]
        seen = studio.watch(f"real-{one.stem}", lambda: _played(files))  # noqa: B023
        good = [s.reading for s in seen if s.reading is not None and not s.reading.quality.decisive]
        if good:
            yield Watched("real", False, good[0], seen)


def _played(files: Sequence[Path]) -> Iterator[Frame]:
    start = 0.0
    for file in files:
        last = at = -1.0
        with Camera.open(file) as camera:
            while True:
                try:
                    frame = camera.next()
                except VideoEnded:
                    break
                at = frame.at
                if at - last >= 0.9 / MOST_PER_SECOND:
                    last = at
                    yield Frame(frame.pixels, start + at)
        start += at + 0.1


# -- the tables ------------------------------------------------------------------------------------------------------


def interval(cases: int, count: int) -> str:
    low = 0.0 if cases == 0 else float(beta.ppf(0.025, cases, count - cases + 1))
    high = 1.0 if cases == count else float(beta.ppf(0.975, cases + 1, count - cases))
    return f"{100 * low:.1f} to {100 * high:.1f} %"


def table(films: Sequence[tuple[Watched, LiveVerdict]], wrong: Callable[[LiveVerdict], bool], title: str) -> None:
    print(f"| film | number | same | changed | otherwise inconclusive | different | {title} |")
    print("|---|---|---|---|---|---|---|")
    groups: dict[str, list[LiveVerdict]] = defaultdict(list)
    for one, verdict in films:
        groups[one.kind].append(verdict)
    groups["all"] = [verdict for _, verdict in films]
    for kind, verdicts in groups.items():
        count = len(verdicts)
        same, different = (sum(v.outcome is o for v in verdicts) for o in (Outcome.SAME, Outcome.DIFFERENT))
        changed = sum(v.reason is Reason.CHANGED for v in verdicts)
        rest = count - same - changed - different
        cases = sum(wrong(verdict) for verdict in verdicts)
        print(f"| {kind} | {count} | {same} | {changed} | {rest} | {different} | {cases}, {interval(cases, count)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--folds", nargs="+", default=["3", "4"])
    parser.add_argument("--attacks", type=int, default=200)
    parser.add_argument("--honest", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--real", type=Path)
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--strictness", type=Strictness, choices=list(Strictness), default=Strictness.BALANCED)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    studio = Studio(FaceEngine.load("cpu"), args.kept)
    people = people_of(args.data, set(args.folds))
    days = [args.data / "att_faces" / f"s{n}" for n in (range(1, 21) if "1" in args.folds else range(21, 41))]

    def judged(films: Iterator[Watched]) -> list[tuple[Watched, LiveVerdict]]:
        return [(one, studio.verdict(one, args.strictness)) for one in films]

    if args.attacks:
        report_attacks(judged(attacks(studio, people, args.attacks, args.seed)))
    found = judged(honest_films(studio, people, days, args.honest, args.seed))
    if args.real is not None:
        found += judged(real_films(studio, args.real))
    if found:
        report_honest(found)


def report_attacks(found: Sequence[tuple[Watched, LiveVerdict]]) -> None:
    table(found, lambda verdict: verdict.outcome is Outcome.SAME, "ended with same")
    alike = [verdict for one, verdict in found if one.alike]
    same = sum(verdict.outcome is Outcome.SAME for verdict in alike)
    print(f"\nOf the {len(alike)} between people who look alike, {same} ended with same.\n")


def report_honest(found: Sequence[tuple[Watched, LiveVerdict]]) -> None:
    table(found, lambda verdict: verdict.reason is Reason.CHANGED, "ended with changed")
    minutes = sum(one.seen[-1].frame.at for one, _ in found) / 60
    changed = sum(verdict.reason is Reason.CHANGED for _, verdict in found)
    single = sum(bool(verdict.strangers) for _, verdict in found)
    print(f"\n{minutes:.0f} minutes of honest film, changed {changed} times;")
    print(f"a single frame of somebody else said of {single} films.")


if __name__ == "__main__":
    main()
