#!/usr/bin/env python3
"""Hands siamgui thousands of broken files, of every kind that it takes in, and counts what goes wrong.

python tools/fuzz.py --count 10000 --seed 1 [--kinds pictures,videos,lists,...,imports] [--keep FOLDER]

Each file is a good one with a few changes (tools/fuzz_inputs.py), which follow from the seed and its number. A process
of its own takes them in; when it dies, another goes on. Wrong is: a crash, SECONDS of a processor more than a good file
takes, an exception that is no SiamguiError, and a file opened that was not named. What went wrong is kept in FOLDER.
Files that native code opens by itself are not seen. The exit code is 1 where something went wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import selectors
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.fuzz_inputs import KINDS, Good, broken, seeds  # noqa: E402 - found by the line above

SECONDS = 2.0
WAITING_SECONDS = 600.0  # so long that other work on this machine does not count


@dataclass(slots=True)
class Outcome:
    """tried: files of each kind. outcomes: what came of them. wrong: (number of the file, kind, what is wrong)."""

    tried: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def summary(self) -> str:
        counts = Counter(what.partition(":")[0] for _, _, what in self.wrong)
        found = ", ".join(f"{counts[what]} {words}" for what, words in WRONG.items())
        return (
            f"{sum(self.tried.values())} files ({', '.join(f'{n} {kind}' for kind, n in self.tried.items())}): {found}"
        )


WRONG = {
    "crash": "crashes",
    "slow": f"hangs over {SECONDS:.0f} s",
    "traceback": "tracebacks",
    "opened": "files opened outside those named",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", default=",".join(kind for kind in KINDS if kind != "imports"))
    parser.add_argument("--keep", type=Path, default=Path("siamgui-fuzz"))
    parser.add_argument("--take-in", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.take_in:
        return take_in(args.take_in)
    outcome = fuzz(args.count, args.seed, args.kinds.split(","), args.keep)
    for number, kind, what in outcome.wrong:
        print(f"{kind} {number}: {what}")
    print(", ".join(f"{n} {what}" for what, n in outcome.outcomes.most_common()))
    print(outcome.summary)
    return int(bool(outcome.wrong))


def fuzz(count: int, seed: int, kinds: Sequence[str], keep: Path | None = None) -> Outcome:
    """Take in count broken files of these kinds, a share of each. keep: where those that went wrong are put."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory(prefix="siamgui-fuzz-") as place:
        folder = Path(place)
        with _data_folder(folder / "elsewhere"):
            good = {kind: seeds(kind, folder) for kind in kinds}
        taker = Taker(folder, good)
        try:
            for number, kind in enumerate(_shares(count, kinds)):
                name, data = broken(good[kind], f"{seed}/{number}")
                path = folder / "taken" / name
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(data)
                outcome.tried[kind] += 1
                came, wrong = taker.take(kind, path)
                outcome.outcomes[came] += 1
                for what in wrong:
                    outcome.wrong.append((number, kind, what))
                    if keep is not None:
                        keep.mkdir(parents=True, exist_ok=True)
                        (keep / f"{seed}-{number}-{name}").write_bytes(data)
                path.unlink()
        finally:
            taker.end()
    return outcome


@contextlib.contextmanager
def _data_folder(folder: Path) -> Iterator[None]:
    """So that versions are made in another data folder than the one that takes them in, and in none of the user's."""
    before = os.environ.get("SIAMGUI_DATA")
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # nothing stays in that of this machine
    os.environ["SIAMGUI_DATA"] = str(folder)
    try:
        yield
    finally:
        os.environ.pop("SIAMGUI_DATA")
        if before is not None:
            os.environ["SIAMGUI_DATA"] = before


def _shares(count: int, kinds: Sequence[str]) -> Iterator[str]:
    """In turn, so that a short run tries every kind."""
    turns = [kind for kind in kinds for _ in range(KINDS[kind])]
    for number in range(count):
        yield turns[number * 7 % len(turns)] if len(turns) % 7 else turns[number % len(turns)]


class Taker:
    """The process that takes files in, and the one after it when it died. It begins with good files."""

    def __init__(self, folder: Path, good: dict[str, Good]) -> None:
        self._folder = folder
        self._good = good
        self._usual: dict[str, float] = {}  # seconds that the first good file takes
        self._process: subprocess.Popen[str] | None = None

    def take(self, kind: str, path: Path) -> tuple[str, list[str]]:
        """(what came of it, what is wrong with that)."""
        if self._process is None:
            process = self._process = self._start()
            for each, files in self._good.items():
                first = self._folder / "taken" / f"first-{files[0][0]}"
                first.parent.mkdir(exist_ok=True)
                first.write_bytes(files[0][1])
                self.take(each, first)
                if self._process is not process:
                    return "crash", ["crash: with a good file"]
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(kind, path, file=self._process.stdin, flush=True)
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            came = selector.select(WAITING_SECONDS)
        line = self._process.stdout.readline() if came else ""
        if not line:
            code = self._process.poll() if came else None
            self.end()
            return ("crash", [f"crash: {code}"]) if came else ("hang", [f"slow: over {WAITING_SECONDS:.0f} s"])
        answer: dict[str, Any] = json.loads(line)
        usual = self._usual.setdefault(kind, answer["seconds"])
        wrong = [f"opened: {name}" for name in answer["opened"]]
        if answer["seconds"] > usual + SECONDS:
            wrong.append(f"slow: {answer['seconds']:.1f} s")
        if answer["trace"]:
            wrong.append(f"traceback: {answer['trace']}")
        return answer["outcome"], wrong

    def _start(self) -> subprocess.Popen[str]:
        command = [sys.executable, __file__, "--take-in", str(self._folder)]
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "SIAMGUI_DATA": str(self._folder / "data")}
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment,
        )

    def end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def take_in(folder: Path) -> int:
    """In the process: take in the files that are named on standard input."""
    from tools.fuzz_targets import TARGETS, watched

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # native code writes to standard output at times
    for line in sys.stdin:
        kind, _, name = line.rstrip("\n").partition(" ")
        print(json.dumps(watched(TARGETS[kind], Path(name), folder)), file=answers, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
