"""What a pass of fine-tuning costs on the CPU: python -m tests.benchmarks.training [--pairs N] [--against CHECKOUT]

Runs one pass over made pairs by each method, as the training process does, and prints milliseconds of the processor and
of the clock for each pair, without what comes before and after the pass, and the most memory. With another checkout
both are timed in turns, in processes of their own, and the ratio is printed: of the least of the turns, as a busy
machine only ever adds. Nothing here is asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

METHODS = ("head", "adapt", "full")


class _Over(BaseException):
    """The pass is at its end."""


def measure(method: str, pairs: int) -> tuple[float, float]:
    """Seconds of the processor and of the clock for one pass."""
    from siamgui.finetuning.events import Epoch, Reporter
    from siamgui.finetuning.run import run_job
    from tests.benchmarks.made_job import made_job

    times: list[tuple[float, float]] = []

    def check() -> bool:
        """Before the first step."""
        if not times:
            times.append((time.process_time(), time.perf_counter()))
        return False

    def hear(event: object) -> None:
        if isinstance(event, Epoch) and event.number == 1:
            times.append((time.process_time(), time.perf_counter()))
            raise _Over

    with TemporaryDirectory() as folder:
        job = made_job(Path(folder) / "run", method, pairs)
        with suppress(_Over):
            run_job(job, Reporter(None, hear), check)
    (processor, clock), (processor_end, clock_end) = times
    return processor_end - processor, clock_end - clock


def _in(checkout: Path, method: str, pairs: int) -> tuple[float, float, float]:
    command = [sys.executable, __file__, "--alone", method, "--pairs", str(pairs)]
    environment = {**os.environ, "PYTHONPATH": str(checkout)}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    processor, clock, peak = json.loads(done.stdout.splitlines()[-1])
    return 1000 * processor / pairs, 1000 * clock / pairs, peak


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--methods", nargs="*", default=METHODS)
    parser.add_argument("--against", type=Path, help="another checkout, which is timed in turns with this one")
    parser.add_argument("--alone", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.alone:
        import resource

        took = measure(args.alone, args.pairs)
        print(json.dumps([*took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
        return
    places = {"here": Path(__file__).resolve().parents[2]}
    if args.against is not None:
        places["there"] = args.against.resolve()
    for method in args.methods:
        each: dict[str, list[tuple[float, float, float]]] = {name: [] for name in places}
        for _ in range(args.turns):
            for name, checkout in places.items():
                each[name].append(_in(checkout, method, args.pairs))
        least = {name: [min(values) for values in zip(*turns, strict=True)] for name, turns in each.items()}
        for name, (processor, clock, peak) in least.items():
            print(f"{method:6}{name:6}{processor:8.2f} ms of the processor,{clock:8.2f} ms a pair,{peak:6.0f} MB")
        if len(least) == 2:
            ratios = [before / now for now, before in zip(least["here"], least["there"], strict=True)]
            print(f"{method:6}{'':6}{ratios[0]:8.2f} times as fast by the processor,{ratios[1]:6.2f} by the clock")


if __name__ == "__main__":
    main()
