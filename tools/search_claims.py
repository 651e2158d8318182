"""Strangers expected against realised, where a face is looked for among many (siamgui.search.finding).

    python tools/search_claims.py FOLDER [--faces 10000] [--probes 200] [--cache FILE]
    python tools/search_claims.py FOLDER --copies

FOLDER holds one folder per person. Nobody of the cohort takes part (make_cohort.in_cohort). A table of rates is made of
the clear photographs of half of the others; the rest are searched. Where their photographs are fewer than --faces,
copies of them are spoilt by one random family of tools/spoiling each, and read by the pipeline as shipped, until there
are so many; N = 1,000 is drawn from the same mixture. Clear photographs of the rest are looked for; the faces of the
same person are left out, so whoever is found is a stranger. Printed for each N: of those as near to whom at most x
strangers are expected, how many there are in the mean, by that table and by the one that ships, which knows them.

--copies: how far two copies of a photograph lie apart, in bits of their hash and in distance, and two photographs of a
person.

--cache keeps what was read (of the people in FOLDER: do not share it).
"""

from __future__ import annotations

import argparse
import io
import random
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
from make_cohort import photographs
from numpy.typing import NDArray
from PIL import Image
from spoiling import FAMILIES
from spoilt_photos import Read, Task, read_all

from siamgui.core.calibration import Calibration
from siamgui.core.cohort import Cohort, Conditions, bundled_cohort
from siamgui.core.errors import SiamguiError
from siamgui.core.imaging import load_photo, photo_from_bytes
from siamgui.core.manifest import bundled_encoder
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Photo
from siamgui.search.copies import MOST_BITS
from siamgui.search.picture_hash import picture_hash
from siamgui.storage.seen_face import SAME_PHOTO
from siamgui.versions.calibrate import calibrate, pairs_of

LEVELS = (0.3, 1.0, 3.0, 10.0, 30.0)
SIZES = (1000, 10_000)
Faces = tuple[NDArray[np.float32], Conditions]


def tasks(photos: list[Path], faces: int) -> list[Task]:
    """The clear ones, and so many spoilt ones that all are so many; a tenth more, as some faces are not found again."""
    chance = random.Random(1)
    spoilt = max(0, round((faces - len(photos)) * 1.15))
    return [Task(photo, (), 0, 0) for photo in photos] + [
        Task(photos[number % len(photos)], (chance.choice(FAMILIES).key,), number, number) for number in range(spoilt)
    ]


def known(cohort: Cohort, reads: list[Read]) -> Faces:
    vectors = np.stack([read.vector for read in reads])
    norms = np.array([read.norm for read in reads], np.float32)
    return vectors, cohort.conditions(vectors, norms, np.stack([read.look for read in reads]))


def adjusted(cohort: Cohort, probes: Faces, faces: Faces) -> NDArray[np.float64]:
    """(n, m) distances."""
    closeness = cohort.all_adjusted(*probes, *faces)
    return np.asarray(np.sqrt(np.maximum(2 - 2 * closeness.astype(np.float64), 0)))


def table_of(cohort: Cohort, reads: list[Read], people: NDArray[np.int64]) -> Calibration:
    faces = known(cohort, reads)
    pairs = pairs_of(cohort.all_adjusted(*faces, *faces), people)
    return calibrate(faces[0], people, "", cohort.encoder, adjusted=pairs)


def realised(table: Calibration, distances: NDArray[np.float64], strangers: NDArray[np.bool_]) -> list[float]:
    """For each level, how many strangers a probe has in the mean whose expected number is at most that."""
    rates = np.exp(np.interp(distances, table.fmr_distance, np.log(table.fmr_rate)))
    expected = np.maximum(rates, table.smallest_fmr) * strangers.sum(axis=1, keepdims=True)
    return [float(((expected <= level) & strangers).sum(axis=1).mean()) for level in LEVELS]


def claims(folder: Path, faces: int, probes: int, cache: Path | None) -> None:
    photos = photographs(folder, cohort=False)
    people = sorted({photo.parent.name for photo in photos})
    random.Random(0).shuffle(people)
    half = set(people[: len(people) // 2])
    first, rest = ([photo for photo in photos if (photo.parent.name in half) == side] for side in (True, False))
    todo = tasks(first, 0) + tasks(rest, faces)
    read = read_all(todo, cache)
    found = [(task, one) for task, one in zip(todo, read, strict=True) if one is not None]
    cohort, number = bundled_cohort(), {name: place for place, name in enumerate(people)}

    def of(side: bool) -> tuple[list[Task], list[Read], NDArray[np.int64]]:
        some = [(task, one) for task, one in found if (task.photo.parent.name in half) == side]
        owners = np.array([number[task.photo.parent.name] for task, _ in some])
        return [task for task, _ in some], [one for _, one in some], owners

    _, reads, owners = of(True)
    own, shipped = table_of(cohort, reads, owners), Calibration.bundled()
    searched, reads, owners = of(False)
    table = known(cohort, reads)
    clear = np.flatnonzero([not task.families for task in searched])
    chance = np.random.default_rng(2)
    asked = chance.permutation(clear)[:probes]
    distances = adjusted(cohort, (table[0][asked], table[1][asked]), table)
    others = owners[asked][:, None] != owners[None]
    print(f"{len(half)} people make the table; {len(people) - len(half)} are searched: {len(clear)} clear photographs")
    print(f"smallest FMR of that table {own.smallest_fmr:.1e}, of the one that ships {shipped.smallest_fmr:.1e}")
    for size in (one for one in SIZES if one <= len(searched)):
        taken = np.zeros(len(searched), bool)
        taken[chance.permutation(len(searched))[:size]] = True
        for name, one in (("of others", own), ("that ships", shipped)):
            counts = realised(one, distances, others & taken)
            said = "  ".join(f"{level:g}: {count:.2f}" for level, count in zip(LEVELS, counts, strict=True))
            print(f"N = {size:,}, table {name:<10}  expected: realised  {said}")


def _stored_anew(photo: Photo, scale: float, quality: int) -> Photo:
    with Image.fromarray(photo.pixels) as image, io.BytesIO() as file:
        image.resize((round(photo.width * scale), round(photo.height * scale))).save(file, "JPEG", quality=quality)
        return photo_from_bytes(file.getvalue(), photo.name)


def copies(folder: Path, people: int = 150) -> None:
    engine, rng = FaceEngine.load("cpu", bundled_encoder()), random.Random(3)
    several = [one for one in sorted(folder.iterdir()) if len(list(one.iterdir())) > 1]
    told: dict[str, list[tuple[int, float]]] = {"copies": [], "one person": []}
    for person in rng.sample(several, min(people, len(several))):
        seen = []
        try:
            for path in sorted(person.iterdir())[:3]:
                photo = load_photo(path)
                seen.append((picture_hash(photo.pixels), engine.read_photo(photo).reading.embedding.vector))
            again = _stored_anew(photo, rng.choice((0.5, 0.7, 1.5)), rng.choice((60, 75, 90)))
            other = picture_hash(again.pixels), engine.read_photo(again).reading.embedding.vector
        except SiamguiError:
            continue
        for name, pairs in (("copies", [(seen[-1], other)]), ("one person", combinations(seen, 2))):
            told[name] += [((a ^ b).bit_count(), float(np.linalg.norm(x - y))) for (a, x), (b, y) in pairs]
    for name, rows in told.items():
        bits, distances = (np.array(column) for column in zip(*rows, strict=True))
        both = ((bits <= MOST_BITS) & (distances <= SAME_PHOTO)).mean()
        shown = [f"{np.quantile(column, q):.2f}" for column in (bits, distances) for q in (0.01, 0.5, 0.99)]
        print(
            f"{name:<11} {len(rows):5} pairs; 1 %, 50 %, 99 %: bits {shown[:3]}, distance {shown[3:]}; taken {both:.3f}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--faces", type=int, default=SIZES[-1])
    parser.add_argument("--probes", type=int, default=200)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--copies", action="store_true")
    arguments = parser.parse_args()
    if arguments.copies:
        copies(arguments.folder)
    else:
        claims(arguments.folder, arguments.faces, arguments.probes, arguments.cache)
    return 0


if __name__ == "__main__":
    sys.exit(main())
