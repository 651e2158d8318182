"""How fast faces are found: python -m tests.benchmarks.search [--faces N] [--stored N] [--shard N]

--faces N: one question among N made faces of the encoder that ships, in memory, in turn as they are and with integers
first: least and median of 27.
--stored N: so many faces kept, loaded, and searched with all that is said of the nearest 24.
--shard N: what a worker of a cluster does with N of the bundled photographs: bytes of its parcel, and its peak memory.
How fast folders are read: tools/index_rates.py. Nothing here is asserted. Run it alone on an idle machine.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from siamgui import __version__
from siamgui.core.embedding import unit
from siamgui.core.imaging import load_photo
from siamgui.core.manifest import bundled_encoder
from siamgui.core.pipeline import FaceEngine
from siamgui.core.resources import resource
from siamgui.core.types import FaceReading
from siamgui.search import face_table
from siamgui.search.face_table import FaceTable
from siamgui.search.finding import Searcher
from siamgui.search.probes import probe_of_photo
from siamgui.search.shard import Shard, packed, read_shard
from siamgui.search.values import Find
from siamgui.storage.collection_operations import AddCollection, KeepRead
from siamgui.storage.collection_values import FaceRows, ReadFile, SeenPicture
from siamgui.storage.seen_face import SeenFace, unpacked
from siamgui.storage.store import Store
from siamgui.vault.parcel import Letterbox

_AT_A_TIME = 4096
_TIMES = 9


def times(work: Callable[[], object], count: int = _TIMES) -> str:
    taken = []
    for _ in range(count):
        start = time.perf_counter()
        work()
        taken.append(1000 * (time.perf_counter() - start))
    return f"least {min(taken):.1f} ms, median {median(taken):.1f} ms"


def peak() -> str:
    import resource as limits

    return f"peak memory {limits.getrusage(limits.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"


def made(like: FaceReading, rng: np.random.Generator, count: int) -> list[SeenFace]:
    vectors = unit(rng.normal(size=(count, len(like.embedding.vector))).astype(np.float32))
    look = np.zeros(105, np.float32)
    return [SeenFace(like.face, like.quality, vector, look, 0.3, 0.03) for vector in vectors]


def query(engine: FaceEngine, probe: FaceReading, faces: int) -> None:
    """One question to the same faces, in turn as they are and with integers first."""
    tables = {}
    for name, often in (("as they are", False), ("integers first", True)):
        rng = np.random.default_rng(1)
        records = unpacked([face.pack() for face in made(probe, rng, _AT_A_TIME)])
        table, start, before = FaceTable(engine.calibration, often=often), time.perf_counter(), memory()
        for first in range(0, faces, _AT_A_TIME):
            ids = np.arange(first, min(first + _AT_A_TIME, faces)) + 1
            some = records[: len(ids)].copy()
            some["vector"] = unit(rng.normal(size=some["vector"].shape).astype(np.float32))
            table.add(FaceRows(ids, ids, ids, some))
        print(f"{len(table):,} faces {name}: {time.perf_counter() - start:.1f} s, {memory() - before:.0f} MB more")
        tables[name] = table

    def ask(table: FaceTable) -> None:
        bounds = table.bounds([probe])
        table._tighten(bounds, [probe], 88)
        face_table._highest(bounds, 88)

    taken: dict[str, list[float]] = {name: [] for name in tables}
    for _ in range(3 * _TIMES):
        for name, table in tables.items():
            start = time.perf_counter()
            ask(table)
            taken[name].append(1000 * (time.perf_counter() - start))
    for name, each in taken.items():
        print(f"bounds of all and the highest 88, {name}: least {min(each):.1f} ms, median {median(each):.1f} ms")


def memory() -> float:
    """MB of this process now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def stored(engine: FaceEngine, faces: int) -> None:
    read = engine.read_photo(load_photo(resource("samples") / "obama1.jpg"))
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SIAMGUI_DATA"] = folder
        with Store() as store:
            there = store.do(AddCollection(Path("/made"), engine.encoder.key))
            start = time.perf_counter()
            for first in range(0, faces, _AT_A_TIME):
                files = [
                    ReadFile(str(n), 1, 1, f"{n:064x}", "", SeenPicture(f"{n:064x}", 9, 9, n, (face,)))
                    for n, face in enumerate(made(read.reading, rng, min(_AT_A_TIME, faces - first)), first)
                ]
                store.do(KeepRead(there.id, engine.encoder.key, tuple(files)))
            seconds = time.perf_counter() - start
            size = sum(file.stat().st_size for file in Path(folder).rglob("library.sqlite*"))
            print(f"{faces:,} faces kept in {seconds:.1f} s, {size / faces:.0f} bytes of the disk each")
            searcher, request = Searcher(store, engine.calibration), Find(probe_of_photo(read))
            start = time.perf_counter()
            searcher.find(request)
            print(f"first question, loading included, {time.perf_counter() - start:.1f} s; {peak()}")
            print(f"further ones, with all that is said: {times(lambda: searcher.find(request), 5)}")


def shard(photos: int) -> None:
    """As on a worker that does nothing else."""
    files = sorted(resource("samples").glob("*.jpg"))
    places = tuple(files[number % len(files)].name for number in range(photos))
    asked = Shard("errand", 1, str(files[0].parent), places, bundled_encoder().key, __version__, Letterbox().public)
    parcel = read_shard(packed(asked))
    print(f"a parcel of {photos} photographs: {len(parcel):,} bytes; {peak()}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.search", description=__doc__)
    for name in ("faces", "stored", "shard"):
        parser.add_argument(f"--{name}", type=int, default=0)
    args = parser.parse_args()
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    if args.shard:
        shard(args.shard)
        return 0
    engine = FaceEngine.load("cpu")
    if args.faces:
        query(engine, engine.read_photo(load_photo(resource("samples") / "obama1.jpg")).reading, args.faces)
    if args.stored:
        stored(engine, args.stored)
    return 0


if __name__ == "__main__":
    sys.exit(main())
