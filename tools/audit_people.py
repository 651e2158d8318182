"""Make a folder of people, with groups, to try `siamgui audit` on.

    python tools/audit_people.py LFW ATT OUT [--seed 0]

LFW is the folder `images` of lfw_dev (NAME/NAME_0001.jpg), ATT that of the AT&T faces (s1/1.pgm to s40/10.pgm).
Nobody of the cohort takes part (make_cohort.in_cohort). Written below OUT:

    people/      a folder for each person of both collections
    people.csv   person, source (the collection), dealt (a half of the people, drawn by lot: no difference is due)
    cameras/     the people of LFW with two photographs or more; of every second photograph what a poor camera, or one
                 at night, would have made (tools/domain_shift.py)
    cameras.csv  photo, camera

Neither collection says of anybody how old they are, of which sex or from where, so there are no groups of these.

Then:
    siamgui audit OUT/people --groups OUT/people.csv --out audit-people
    siamgui audit OUT/cameras --groups OUT/cameras.csv --out audit-cameras
"""

from __future__ import annotations

import argparse
import csv
import shutil
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from domain_shift import KINDS
from make_cohort import in_cohort

from siamgui.core.cv import cv2
from siamgui.core.imaging import load_photo

CAMERAS = ("as taken", "poor", "as taken", "night")
"""Of a person's photographs in turn."""
_KINDS = {"poor": "camera", "night": "night"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lfw", type=Path)
    parser.add_argument("att", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    rng = np.random.default_rng(args.seed)
    people = [folder for folder in sorted(args.lfw.iterdir()) if folder.is_dir() and not in_cohort(folder.name)]
    known = [args.att / f"s{number}" for number in range(1, 41)]
    dealt = rng.permutation(len(people) + len(known)) % 2
    rows = []
    for person, half in zip([*people, *known], dealt, strict=True):
        shutil.copytree(person, args.out / "people" / person.name)
        rows.append((person.name, "AT&T" if person in known else "LFW", "one half" if half else "other half"))
    _write(args.out / "people.csv", ("person", "source", "dealt"), rows)
    _write(args.out / "cameras.csv", ("photo", "camera"), _cameras(people, args.out / "cameras", rng))


def _cameras(people: Iterable[Path], out: Path, rng: np.random.Generator) -> Iterable[tuple[str, str]]:
    for person in people:
        photos = sorted(person.iterdir())
        if len(photos) < 2:
            continue
        (out / person.name).mkdir(parents=True)
        for place, photo in enumerate(photos):
            camera = CAMERAS[place % len(CAMERAS)]
            target = out / person.name / f"{photo.stem}.png"
            pixels = load_photo(photo).pixels
            if camera in _KINDS:
                pixels = KINDS[_KINDS[camera]](pixels, rng)
            cv2.imwrite(str(target), pixels[:, :, ::-1])
            yield f"{person.name}/{target.name}", camera


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


if __name__ == "__main__":
    main()
