"""siamgui bench --vault: what encryption costs, in clear against encrypted in one run.

Opening is measured in a process that has just begun, with all that it imports for that; all in turn, so that a busy
moment of the machine does not fall on one of them alone.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from siamgui.core.encoders.registry import default_encoder
from siamgui.core.i18n import tr
from siamgui.core.own_process import environment, running
from siamgui.core.paths import LIBRARY
from siamgui.core.temporary import temporary_place
from siamgui.core.types import Label
from siamgui.storage.checksums import checksum
from siamgui.storage.database import Database, now
from siamgui.storage.label_store import LabelStore
from siamgui.storage.people_store import PeopleStore
from siamgui.vault.passphrase import measured_cost, new_salt, stretched
from siamgui.vault.vault import vault_of

SCHEMA = "siamgui.bench-vault/1"
MANY = 100_000
"""People who are loaded."""
_FACES, _LOADS, _ENCODER = 50, 3, "bench 1"
CLEAR, SEALED = "clear", "encrypted"
_Open = Callable[[Path], Database]
OPEN: dict[str, _Open] = {CLEAR: Database.in_clear, SEALED: Database.open}


def measure(runs: int, people: int = MANY) -> dict[str, Any]:
    """Everything that --vault prints. runs: openings of each; labels are as many again, of 20 each."""
    with temporary_place() as folder:
        paths = {kind: folder / kind / LIBRARY for kind in OPEN}
        for kind, path in paths.items():
            path.parent.mkdir()
            with closing(OPEN[kind](path)) as file:
                _fill(file, people)
        opening = _each(paths, _opening, max(3, runs // 2))
        labels = _labels(paths, 20 * runs)
        loading = _each(paths, _loading, _LOADS)
        vault = vault_of(paths[SEALED].parent)
        opened_by = vault.state.source.value
        vault.abandon()
    return {
        "schema": SCHEMA,
        "key_in": opened_by,
        "people": people,
        "open_ms": {kind: round(value, 1) for kind, value in opening.items()},
        "open_beyond_clear_ms": round(opening[SEALED] - opening[CLEAR], 1),
        "label_ms": {kind: round(value, 2) for kind, value in labels.items()},
        "load_ms": {kind: round(value, 1) for kind, value in loading.items()},
        "load_ratio": round(loading[SEALED] / loading[CLEAR], 3),
        "passphrase_ms": round(_passphrase(), 0),
    }


def as_text(results: dict[str, Any]) -> str:
    rows = [
        (tr("Opening, in a new process"), results["open_ms"]),
        (tr("A label"), results["label_ms"]),
        (tr("{n} people loaded", n=f"{results['people']:,}"), results["load_ms"]),
    ]
    told = tr("in clear {clear} ms, encrypted {encrypted} ms")
    lines = [tr("{label}: {value}", label=label, value=told.format(**values)) for label, values in rows]
    lines.append(
        tr("{label}: {value}", label=tr("A guess at a passphrase"), value=f"{results['passphrase_ms']:.0f} ms")
    )
    return "\n".join(lines)


def _fill(file: Database, people: int) -> None:
    """People with one photograph each, without pictures, and faces to label."""
    rng = np.random.default_rng(0)
    size = default_encoder().embedding_size
    with file.writing() as db:
        for first in range(0, people, 10_000):
            count = min(10_000, people - first)
            vectors = rng.standard_normal((count, size)).astype("<f4")
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            ids = range(first + 1, first + count + 1)
            who = ((n, f"Person {n}", f"person {n}", "", None, now(), None) for n in ids)
            db.executemany("INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?)", who)
            photos = ((n, n, f"{n:064x}", f"{n}.jpg", 1, now()) for n in ids)
            db.executemany("INSERT INTO person_photo VALUES (?, ?, ?, ?, ?, ?)", photos)
            data = ((n, _ENCODER, v.tobytes(), checksum(v.tobytes())) for n, v in zip(ids, vectors, strict=True))
            db.executemany("INSERT INTO person_vector VALUES (?, ?, ?, ?)", data)
        faces = ((n, f"{n:064x}", f"{n}.jpg", None, None, 1, 1, 1, 0.0, 0.0, 1.0) for n in range(1, _FACES + 1))
        db.executemany(f"INSERT INTO face VALUES ({', '.join('?' * 11)})", faces)


def _each(paths: dict[str, Path], work: Callable[[str, Path], float], runs: int) -> dict[str, float]:
    """The median of each kind, in milliseconds."""
    times = [{kind: work(kind, path) for kind, path in paths.items()} for _ in range(runs + 1)][1:]
    return {kind: median(row[kind] for row in times) for kind in paths}


def _opening(kind: str, path: Path) -> float:
    command = running("siamgui.commands.bench_vault", kind, str(path))
    return float(subprocess.run(command, env=environment(), check=True, capture_output=True, text=True).stdout)


def _labels(paths: dict[str, Path], count: int) -> dict[str, float]:
    stores = {kind: LabelStore(OPEN[kind](path)) for kind, path in paths.items()}
    pairs = [(a, b) for a in range(1, _FACES + 1) for b in range(a + 1, _FACES + 1)]
    times: dict[str, list[float]] = {kind: [] for kind in paths}
    for number in range(count):
        for kind, store in stores.items():
            start = time.perf_counter()
            store.set_label(*pairs[number % len(pairs)], list(Label)[number % 2], "bench")
            times[kind].append(1000 * (time.perf_counter() - start))
    for store in stores.values():
        store.close()
    return {kind: median(values) for kind, values in times.items()}


def _loading(kind: str, path: Path) -> float:
    with PeopleStore(OPEN[kind](path)) as people:
        start = time.perf_counter()
        people.gallery(_ENCODER)
        return 1000 * (time.perf_counter() - start)


def _passphrase() -> float:
    """What a passphrase that is set here would cost."""
    cost = measured_cost()
    start = time.perf_counter()
    stretched("bench", new_salt(), cost)
    return 1000 * (time.perf_counter() - start)


def main(arguments: list[str]) -> int:
    """KIND PATH: open it once, and print how many milliseconds that took."""
    kind, path = arguments
    start = time.perf_counter()
    OPEN[kind](Path(path)).close()
    print(1000 * (time.perf_counter() - start))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
