#!/usr/bin/env python3
"""What reading video files costs, beside OpenCV: processor seconds, in turn, of the same files.

    tools/decode_rates.py FILE ... [--rounds 5]

For each file, milliseconds of a processor a frame: of siamgui.core.film and of OpenCV, every frame made into RGB, and
the median of the ratios round by round; then the same where one frame in half a second is wanted (the others are not
made into pixels).
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from siamgui.core.cv import cv2
from siamgui.core.errors import SiamguiError
from siamgui.core.film import Film

STEP = 0.5


def by_siamgui(path: Path, step: float) -> tuple[float, int]:
    began, frames, at = time.process_time(), 0, 0.0
    with Film(path, sparse=step > 0) as film:
        try:
            while True:
                at = film.next_from(frames * step).at
                frames += 1
        except SiamguiError:
            pass
    return time.process_time() - began, round(at * film.fps) + 1


def by_opencv(path: Path, step: float) -> tuple[float, int]:
    began, frames, wanted = time.process_time(), 0, 0
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    while capture.grab():
        frames += 1
        if capture.get(cv2.CAP_PROP_POS_MSEC) / 1000 >= wanted * step:
            wanted += 1
            there, picture = capture.retrieve()
            if there:
                cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
    return time.process_time() - began, max(frames, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    for path in args.files:
        told = []
        for step in (0.0, STEP):
            ours, theirs = [], []
            for _ in range(args.rounds):
                for way, costs in ((by_siamgui, ours), (by_opencv, theirs)):
                    seconds, frames = way(path, step)
                    costs.append(1000 * seconds / frames)
            ratio = statistics.median(one / other for one, other in zip(ours, theirs, strict=True))
            told.append(f"{min(ours):.2f} and {min(theirs):.2f} ms, ratio {ratio:.2f}")
        print(f"{path.name}: every frame {told[0]}; one in half a second {told[1]}", flush=True)


if __name__ == "__main__":
    main()
