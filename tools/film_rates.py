#!/usr/bin/env python3
"""What reading a film costs and what it finds, for several rules of which pictures are looked at.

    tools/film_rates.py FOLDER [--people 12] [--seed 0]

FOLDER holds one folder per person. One film is made as tools/made_clips.py makes clips: each person for 6 seconds, one
after another, and then pairs of them in turn, 2 seconds each, as a dialogue is cut. The reference photograph of each
person is not in it. For each step between pictures: seconds of a processor for a second of film, views that were
looked at and sights that are kept, how many people have a sight that "balanced" calls the same as their reference, how
many have any view that it does, and sights of which it calls another person's reference the same.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from siamgui.core.calibration import judge
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import FaceReading, Outcome, Pixels, Strictness
from siamgui.search import film_reading, sights
from siamgui.search.film_reading import film_steps
from siamgui.search.probes import probe_of_face
from siamgui.storage.collection_values import PlacedFace
from siamgui.storage.seen_face import SeenFace
from tools.made_clips import Still, clip, still, write

STEPS = (0.25, 0.5, 1.0, 2.0)
ALONE, IN_TURN, TURNS = 6.0, 2.0, 3


def film(people: list[list[Still]], chooser: random.Random) -> Iterator[Pixels]:
    for stills in people:
        yield from clip(stills, chooser, ALONE)
    for one, other in zip(people[::2], people[1::2], strict=False):
        for _ in range(TURNS):
            yield from clip(one, chooser, IN_TURN)
            yield from clip(other, chooser, IN_TURN)


class Watching(sights.Sights):
    """Keeps every view that is looked at."""

    views: list[FaceReading] = []  # noqa: RUF012

    def _view(self, frame, face):  # type: ignore[no-untyped-def]
        view = super()._view(frame, face)
        self.views.append(self._engine.read_crop(view.face, view.crop))
        return view


def same(engine: FaceEngine, reference: FaceReading, other: FaceReading) -> bool:
    return judge(engine.calibration, reference, other, Strictness.BALANCED).outcome is Outcome.SAME


def reading(engine: FaceEngine, seen: SeenFace) -> FaceReading:
    placed = PlacedFace(1, 1, 1, "", (), 1, 1, 1.0, 0, seen)
    return probe_of_face(placed, engine.calibration).readings[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    chooser, engine = random.Random(args.seed), FaceEngine.load("cpu")
    there = [sorted(one.glob("*.jpg")) for one in sorted(args.folder.iterdir()) if one.is_dir()]
    photos = chooser.sample([some for some in there if len(some) >= 4], args.people)
    references = [engine.read_photo(load_photo(some[0])).reading for some in photos]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "film.avi"
        write(path, film([[still(engine, one) for one in some[1:5]] for some in photos], chooser))
        for step in STEPS:
            film_reading.STEP = sights.STEP = step
            began, seen, last = time.process_time(), list[SeenFace](), 0.0
            for one in film_steps(engine, path):
                seen += [each.seen for each in one.over]
                last = one.at
            cost = (time.process_time() - began) / last
            film_reading.Sights = Watching  # type: ignore[misc]
            Watching.views = []
            for _ in film_steps(engine, path):
                pass
            film_reading.Sights = sights.Sights  # type: ignore[misc]
            kept = [reading(engine, one) for one in seen]
            by_sight = np.array([[same(engine, ref, one) for one in kept] for ref in references])
            by_view = np.array([[same(engine, ref, one) for one in Watching.views] for ref in references])
            nearest = np.array(
                [
                    [engine.calibration.energy.distance(r.embedding.vector, k.embedding.vector) for k in kept]
                    for r in references
                ]
            ).argmin(axis=0)
            wrong = sum(
                by_sight[person, number]
                for number, who in enumerate(nearest)
                for person in range(len(photos))
                if person != who
            )
            print(
                f"step {step}: {cost:.3f} s of a processor a second of film, {len(Watching.views)} views, {len(kept)} "
                "sights; "
                f"people found by a sight {by_sight.any(axis=1).sum()}, by any view {by_view.any(axis=1).sum()} of "
                f"{len(photos)}; wrong {wrong}",
                flush=True,
            )


if __name__ == "__main__":
    main()
