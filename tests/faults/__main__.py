"""python -m tests.faults [--kills N] [--only ACT]: kill -9 at N random instants, and say what was lost."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from siamgui.storage import connection, database
from siamgui.vault import vault
from tests.faults.acts import ACTS, Act, whole
from tests.faults.processes import Ended, done


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--only", choices=[act.name for act in ACTS])
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(arguments)
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    acts = [act for act in ACTS if args.only in (None, act.name)]
    chance = random.Random(args.seed)
    bad = 0
    with tempfile.TemporaryDirectory() as name:
        for act in acts:
            number = max(1, args.kills // len(acts) // (4 if act.costly else 1))
            begun, failures, amid = time.monotonic(), 0, 0
            folder = Path(name) / act.name
            database.connect, database.move_in = _CLEAR if act.clear else _ENCRYPTED
            _in(folder / "before")
            act.prepare()
            within = act.seconds or min(_anew(act, folder).seconds for _ in range(2))
            for _ in range(number):
                try:
                    ended = _anew(act, folder, chance.uniform(0, within))
                    amid += ended.killed
                    act.holds(ended.said)
                    whole(act)
                except Exception:  # whatever opening and reading it raises is what is counted here
                    failures += 1
                    traceback.print_exc()
            if not amid:
                failures += 1
                print(f"{act.name}: no kill came amid the work, so nothing was tried", file=sys.stderr)
            seconds = time.monotonic() - begun
            print(
                f"{act.name}: {number} kills, {amid} amid the work, {failures} lost or half, {seconds:.0f} s",
                flush=True,
            )
            bad += failures
    print(f"{bad} lost or half")
    return 1 if bad else 0


_ENCRYPTED = database.connect, database.move_in
_CLEAR = (lambda path, _key, wait: connection.connect(path, None, wait)), (lambda _path, _key, _wait: None)


def _in(place: Path) -> None:
    """The data folder is the one in place from here on, as a process that begins now finds it."""
    place.mkdir(parents=True, exist_ok=True)
    os.environ["SIAMGUI_DATA"] = str(place / "data")
    vault._vaults.clear()


def _anew(act: Act, folder: Path, kill_after: float | None = None) -> Ended:
    """The work of an act in a fresh copy of what was prepared, which is the data folder from then on."""
    place = folder / "now"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(folder / "before", place)
    _in(place)
    ended = done(act.work, kill_after)
    vault._vaults.clear()
    return ended


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
