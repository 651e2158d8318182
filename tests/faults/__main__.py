"""python -m tests.faults [--kills N] [--only ACT]: kill -9 at N random instants, and say what was lost."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from siamgui.storage import connection, database
from siamgui.vault import vault
from tests.faults.acts import ACTS, Act, whole


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
            number = args.kills // len(acts)
            begun, failures, amid = time.monotonic(), 0, 0
            folder = Path(name) / act.name
            database.connect, database.move_in = _CLEAR if act.clear else _ENCRYPTED
            _in(folder / "before")
            act.prepare()
            for _ in range(number):
                place = folder / "now"
                shutil.rmtree(place, ignore_errors=True)
                shutil.copytree(folder / "before", place)
                said, killed = killed_amid(act, place, chance.uniform(0, act.seconds))
                amid += killed
                _in(place)
                try:
                    act.holds(said)
                    whole(act)
                except Exception:
                    failures += 1
                    traceback.print_exc()
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


def killed_amid(act: Act, place: Path, after: float) -> tuple[list[str], bool]:
    """What the process said until it was killed after so many seconds, and whether it was still at it.

    It is forked: a process that loads Python for each of a thousand kills would spend its time with that.
    """
    heard, speak = os.pipe()
    child = os.fork()
    if not child:
        _child(act, place, speak)
    os.close(speak)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with os.fdopen(heard, encoding="utf-8") as lines:
        said = lines.read().splitlines()
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, said
    return said, os.WIFSIGNALED(status)


def _child(act: Act, place: Path, speak: int) -> None:
    code = 1
    try:
        _in(place)
        act.work(lambda text: _write(speak, text))
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def _write(speak: int, text: str) -> None:
    os.write(speak, text.encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
