#!/usr/bin/env python3
"""What each way of encrypting an SQLite file costs, on embeddings and crops like those that siamgui keeps.

python tools/measure_ciphers.py [--rows 30000]

Every cipher of SQLite3 Multiple Ciphers, by apsw; SQLCipher by sqlcipher3 too, where that is installed (pip install
sqlcipher3-wheels). Rows of an embedding each are read in turn, so that a busy moment does not fall on one way alone; a
label is one row and a crop in a transaction that is on the disk when it ends. Medians. The key is random, so nothing is
stretched.
"""

from __future__ import annotations

import argparse
import os
import secrets
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import apsw

KEY = secrets.token_hex(32)
CIPHERS = ("aegis", "chacha20", "aes256cbc", "sqlcipher", "ascon128")
_VECTOR, _CROP = 1280, 37632  # bytes
_READS, _LABELS = 5, 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=30_000, help="embeddings in the file (default: 30000)")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: Path(folder) / name.replace(" ", "-") for name in ways()}
        for name, path in paths.items():
            fill(ways()[name](path), rows)
        reads = [{name: read(ways()[name](path)) for name, path in paths.items()} for _ in range(_READS)]
        labels = {name: label(ways()[name](path)) for name, path in paths.items()}
    plain = median(row["in clear"] for row in reads)
    print("| | read | against in clear | a label |\n|---|---|---|---|")
    for name in paths:
        value = median(row[name] for row in reads)
        print(f"| {name} | {1000 * value:.0f} ms | {value / plain:.2f} | {1000 * labels[name]:.1f} ms |")


def ways() -> dict[str, Callable[[Path], Any]]:
    """How a connection is opened, by name."""
    found: dict[str, Callable[[Path], Any]] = {"in clear": lambda path: apsw.Connection(str(path))}
    for cipher in CIPHERS:
        found[cipher] = lambda path, cipher=cipher: by_apsw(path, cipher)
    try:
        from sqlcipher3 import dbapi2
    except ImportError:
        return found

    def by_sqlcipher3(path: Path) -> Any:
        db = dbapi2.connect(path, isolation_level=None)
        db.execute(f"PRAGMA key = \"x'{KEY}'\"")
        return db

    return found | {"sqlcipher3": by_sqlcipher3}


def by_apsw(path: Path, cipher: str) -> Any:
    db = apsw.Connection(str(path))
    db.pragma("cipher", cipher)
    db.pragma("key", f"raw:{KEY}")
    return db


def fill(db: Any, rows: int) -> None:
    for pragma in ("auto_vacuum = FULL", "journal_mode = WAL"):
        db.execute(f"PRAGMA {pragma}").fetchall()
    db.execute(
        "CREATE TABLE vector (photo INTEGER, encoder TEXT, data BLOB, PRIMARY KEY (photo, encoder)) WITHOUT ROWID"
    )
    db.execute("CREATE TABLE label (id INTEGER PRIMARY KEY, crop BLOB)")
    db.execute("BEGIN")
    db.executemany("INSERT INTO vector VALUES (?, 'x', ?)", ((n, os.urandom(_VECTOR)) for n in range(rows)))
    db.execute("COMMIT")
    db.close()


def read(db: Any) -> float:
    start = time.perf_counter()
    db.execute("SELECT photo, data FROM vector WHERE encoder = 'x'").fetchall()
    taken = time.perf_counter() - start
    db.close()
    return taken


def label(db: Any) -> float:
    for pragma in ("secure_delete = ON", "synchronous = FULL"):
        db.execute(f"PRAGMA {pragma}").fetchall()
    times = []
    for _ in range(_LABELS):
        start = time.perf_counter()
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO label (crop) VALUES (?)", (os.urandom(_CROP),))
        db.execute("COMMIT")
        times.append(time.perf_counter() - start)
    db.close()
    return median(times)


if __name__ == "__main__":
    main()
