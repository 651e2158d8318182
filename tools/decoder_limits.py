#!/usr/bin/env python3
"""Every format of photographs, with every fault known: how long it takes to decode, and how much memory.

python tools/decoder_limits.py [WORD ...] > table.md        only cases whose format or fault holds every WORD

Each file is decoded in a process of its own. Time (of the processors, so that other work does not count) and memory are
what it takes beyond a good photograph, a JPEG of 12 megapixels, and must stay within SECONDS and MEGABYTES; the exit
code is 1 where one does not.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.hostile_pictures import CASES, GOOD, Case

SECONDS, MEGABYTES = 2.0, 500
ENDED = 300.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", metavar="WORD")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(decode(args.one)))
        return 0
    wanted = [
        case for case in CASES if all(word.lower() in f"{case.format} {case.fault}".lower() for word in args.words)
    ]
    with tempfile.TemporaryDirectory() as folder:
        good = measured(GOOD, Path(folder))
        print(f"A good photograph: {good['seconds']:.2f} s, {good['megabytes']:.0f} MB, the program itself included.\n")
        print("| format | fault | file | beyond it: time | memory | what comes of it |\n|---|---|---|---|---|---|")
        over = [row(case, measured(case, Path(folder)), good) for case in wanted]
    print(f"\n{sum(over)} of {len(over)} beyond {SECONDS:.0f} s or {MEGABYTES} MB.")
    return int(any(over))


def row(case: Case, found: dict[str, float | str], good: dict[str, float | str]) -> bool:
    seconds = float(found["seconds"]) - float(good["seconds"])
    megabytes = float(found["megabytes"]) - float(good["megabytes"])
    over = seconds > SECONDS or megabytes > MEGABYTES
    size = float(found["size"])
    size_text = f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"
    cells = [case.format, case.fault, size_text, f"{max(seconds, 0):.2f} s", f"{max(megabytes, 0):.0f} MB"]
    print("| " + " | ".join([*cells, ("**over** " if over else "") + str(found["outcome"])]) + " |", flush=True)
    return over


def measured(case: Case, folder: Path) -> dict[str, float | str]:
    """seconds, megabytes (most at one time, of the process and those it starts), size (bytes), outcome."""
    path = folder / "picture"
    path.write_bytes(case.make())
    command = [sys.executable, __file__, "--one", str(path)]
    begin = time.monotonic()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=ENDED, check=False)
    except subprocess.TimeoutExpired:
        return {"seconds": ENDED, "megabytes": 0, "size": path.stat().st_size, "outcome": "ended"}
    if done.returncode:
        outcome = f"crash {done.returncode}: {done.stderr.strip().splitlines()[-1:]}"
        return {"seconds": time.monotonic() - begin, "megabytes": 0, "size": path.stat().st_size, "outcome": outcome}
    found: dict[str, float | str] = json.loads(done.stdout)
    return found


def decode(path: Path) -> dict[str, float | str]:
    from siamgui.core.decoder_process import end_processes
    from siamgui.core.errors import SiamguiError
    from siamgui.core.imaging import load_photo

    begin = sum(os.times()[:4])
    try:
        photo = load_photo(path)
        outcome = f"read, {photo.width} x {photo.height}"
    except SiamguiError as error:
        outcome = type(error).__name__
    end_processes()  # what they used counts only then
    seconds = sum(os.times()[:4]) - begin
    return {"seconds": seconds, "megabytes": most_memory(), "size": path.stat().st_size, "outcome": outcome}


def most_memory() -> float:
    """Megabytes, of this process and the largest of those it started."""
    import resource

    unit = 1e6 if sys.platform == "darwin" else 1e3
    others = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit
    status = Path("/proc/self/status")  # Linux counts in getrusage what a process had before it became this program
    if status.exists():
        return others + next(int(line.split()[1]) for line in status.open() if line.startswith("VmHWM")) / 1e3
    return others + resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


if __name__ == "__main__":
    sys.exit(main())
