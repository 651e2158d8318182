#!/usr/bin/env python3
"""How often live verification errs, and how soon it decides, on clips made by made_clips.py.

    tools/live_rates.py lfw_dev [--folds 3,4] [--clips 300] [--strictness strict] [--seed 0]

For each clip the frames go through the same FrameReader and Session as those of a camera, at the frames' own times.

Genuine     the reference is one photograph of the person that is not in the clip; then, of people with enough
            photographs, three that are not in the clip, as of an enrolled person.
Impostor    some clips, whole, against every photograph of the other people. A distance is within reach of a look for
            few of these pairs; those go through Session.
Swap        one person becomes another, at once or after half a second of nobody; the reference shows one of the two.

Every setting was chosen on folds 1 and 2.
"""

from __future__ import annotations

import argparse
import csv
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import median

import numpy as np
from made_clips import Still, clip, frames, still, swap

from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import FaceReading, Frame, Outcome, Pixels, Strictness
from siamgui.live.continuity import Continuity, Evidence
from siamgui.live.frames import FrameReader
from siamgui.live.sequential import LOOKS, Accumulator, allowed
from siamgui.live.session import LONGEST_STEP, ONCE_MORE, Session, weight_of
from siamgui.live.types import LiveVerdict, Reason, Reference, Seen

SWAP_SECONDS = 4.0

People = dict[str, list[Path]]


def people_of(folder: Path, folds: set[str]) -> People:
    """Photographs by person, of the people of these folds."""
    with (folder / "pairs.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["fold"] in folds]
    people = sorted({(folder / row[side]).parent for row in rows for side in ("left", "right")})
    return {person.name: sorted(person.glob("*.jpg")) for person in people}


class Studio:
    """Photographs are read once."""

    def __init__(self, engine: FaceEngine, strictness: Strictness) -> None:
        self.engine, self.strictness = engine, strictness
        self._readings: dict[Path, FaceReading] = {}

    def reading(self, path: Path) -> FaceReading:
        if path not in self._readings:
            photo = load_photo(path)
            self._readings[path] = self.engine.read_photo(photo).reading
        return self._readings[path]

    def still(self, path: Path) -> Still:
        return still(self.engine, path)

    def reference(self, paths: Sequence[Path]) -> Reference:
        readings = [self.reading(path) for path in paths]
        findings = readings[0].quality.findings if len(paths) == 1 else ()
        vectors = np.stack([reading.embedding.vector for reading in readings])
        return Reference("", vectors, self.engine.encoder.key, findings)

    def session(self, reference: Reference) -> Session:
        return Session(reference, self.engine.calibration, self.strictness)

    def see(self, pictures: Iterator[Pixels]) -> Iterator[Seen]:
        reader = FrameReader(self.engine)
        return (reader.read(frame) for frame in frames(pictures))

    def verify(self, reference: Reference, seen: Iterable[Seen], whole: bool = False) -> LiveVerdict:
        """whole: go on to the last frame, as with a file; else up to the verdict."""
        session = self.session(reference)
        for one in seen:
            if session.add(one).verdict is not None and not whole:
                break
        return session.end(Reason.ENDED)


def looks(studio: Studio, seen: Sequence[Seen]) -> list[np.ndarray]:
    """The mean embedding at each look that a clip reaches."""
    calibration = studio.engine.calibration
    continuity, evidence = Continuity(calibration.threshold(ONCE_MORE), calibration.energy), None
    found: list[np.ndarray] = []
    before = 0.0
    for one in seen:
        passed, before = min(one.frame.at - before, LONGEST_STEP), one.frame.at
        if one.reading is None or (weight := weight_of(one.reading.quality)) == 0:
            continue
        known = continuity.add(Evidence(one.reading.embedding.vector, weight, passed))
        evidence = evidence or Accumulator(len(one.reading.embedding.vector))
        if known is not None:
            evidence.add(known)
            if len(found) < len(LOOKS) and evidence.seconds >= LOOKS[len(found)].seconds:
                found.append(evidence.mean)
    return found


def rows(title: str, verdicts: Sequence[LiveVerdict]) -> None:
    count = Counter(verdict.outcome for verdict in verdicts)
    n = max(len(verdicts), 1)
    shares = ", ".join(f"{outcome.value} {count[outcome]} ({100 * count[outcome] / n:.2f} %)" for outcome in Outcome)
    print(f"{title}: {len(verdicts)} clips: {shares}")
    decided = [verdict.seconds for verdict in verdicts if verdict.outcome is not Outcome.INCONCLUSIVE]
    if decided:
        print(
            f"    decided {100 * len(decided) / n:.2f} %, median {median(decided):.2f} s, "
            f"nine in ten within {np.quantile(decided, 0.9):.2f} s of video"
        )
    why = Counter(verdict.reason.value for verdict in verdicts if verdict.outcome is Outcome.INCONCLUSIVE)
    if why:
        print("    inconclusive: " + ", ".join(f"{reason} {number}" for reason, number in why.most_common()))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--folds", default="3,4")
    parser.add_argument("--clips", type=int, default=300)
    parser.add_argument("--whole", type=int, default=60, help="clips that are also held against everybody else")
    parser.add_argument("--strictness", type=Strictness, choices=list(Strictness), default=Strictness.STRICT)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    start = time.monotonic()
    chooser = random.Random(args.seed)
    studio = Studio(FaceEngine.load(), args.strictness)
    people = people_of(args.folder, set(args.folds.split(",")))
    several = [name for name, photos in people.items() if len(photos) >= 3]
    print(f"Folds {args.folds}: {len(people)} people, {len(several)} with three photographs or more; {args.strictness}")

    one_photo, enrolled, clips = [], [], []
    for number in range(args.clips):
        name = several[number % len(several)]
        photos = chooser.sample(people[name], len(people[name]))
        references = photos[:3] if len(photos) >= 5 else photos[:1]
        shown = [studio.still(path) for path in photos[len(references) : len(references) + 4]]
        seen = _Rerun(studio.see(clip(shown, chooser)))
        one_photo.append(studio.verify(studio.reference(references[:1]), seen))
        if len(references) == 3:
            enrolled.append(studio.verify(studio.reference(references), seen))
        if number < args.whole:
            clips.append((name, [_lean(one) for one in seen]))
    rows("Genuine, one photograph", one_photo)
    rows("Genuine, enrolled with three", enrolled)
    _impostors(studio, people, clips)
    _swaps(studio, people, several, args.clips, chooser)
    print(f"{time.monotonic() - start:.0f} s")


class _Rerun:
    """What was seen once, for several sessions; frames are only made and read when the first session wants them."""

    def __init__(self, source: Iterator[Seen]) -> None:
        self._source, self._seen = source, list[Seen]()

    def __iter__(self) -> Iterator[Seen]:
        yield from self._seen
        for one in self._source:
            self._seen.append(one)
            yield one


def _lean(seen: Seen) -> Seen:
    """Without most of the pixels: hundreds of clips are kept."""
    return Seen(
        Frame(seen.frame.pixels[::8, ::8].copy(), seen.frame.at),
        seen.faces,
        seen.followed,
        seen.reading,
        seen.track,
        seen.picked,
    )


def _impostors(studio: Studio, people: People, clips: Sequence[tuple[str, list[Seen]]]) -> None:
    names = [name for name, photos in people.items() for _ in photos]
    paths = [path for photos in people.values() for path in photos]
    readings = [studio.reading(path) for path in paths]
    good = np.array([not reading.quality.decisive for reading in readings])
    table = np.stack([reading.embedding.vector for reading in readings])
    calibration = studio.engine.calibration
    reach = [allowed(calibration, studio.strictness, 1, look.share) for look in LOOKS]
    pairs = accepted = 0
    for name, seen in clips:
        other = good & (np.array(names) != name)
        pairs += int(other.sum())
        near = np.zeros(len(names), np.bool_)
        for limit, mean in zip(reach, looks(studio, seen), strict=False):
            near |= np.linalg.norm(table - mean, axis=1) <= limit
        for row in np.flatnonzero(near & other):
            accepted += studio.verify(studio.reference([paths[row]]), seen).outcome is Outcome.SAME
    rate = accepted / pairs
    print(f"Impostor, {len(clips)} clips against every photograph of others: {accepted} of {pairs} pairs accepted")
    print(f"    FMR {rate:.1e}, claimed {studio.strictness.fmr:.0e}")


def _swaps(studio: Studio, people: People, several: Sequence[str], count: int, chooser: random.Random) -> None:
    for title, at_once in (("at once", True), ("after a gap", False)):
        verdicts = []
        early = 0
        for number in range(count // 2):
            one, other = chooser.sample(several, 2)
            shown = [[studio.still(path) for path in people[name][1:4]] for name in (one, other)]
            reference = studio.reference(people[one][:1])
            if number % 2:
                shown.reverse()  # the impostor comes first
            # The first half before the first look can end, the others in the middle of the clip.
            at = chooser.uniform(0.3, 0.8) if number % 4 < 2 else SWAP_SECONDS / 2
            seen = _Rerun(studio.see(swap(shown[0], shown[1], at, not at_once, chooser, SWAP_SECONDS)))
            verdicts.append(studio.verify(reference, seen, whole=True))
            early += studio.verify(reference, seen).outcome is Outcome.SAME and at < 1
        rows(f"Swap {title}, the whole clip", verdicts)
        print(f"    called the same before the end of the clip, of those swapped in the first second: {early}")


if __name__ == "__main__":
    main()
