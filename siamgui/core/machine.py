"""What siamgui takes of the machine: how many processors, and memory for the next photograph."""

from __future__ import annotations

import os
import sys

_AHEAD = 64_000_000  # bytes
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3  # of <malloc.h>


def processors() -> int:
    """How many this process may use, which may be fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def keep_for_reuse(largest: int = 100_000_000, kept: int = 300_000_000) -> None:
    """For a process that does the same again and again: reads photographs, or learns in steps.

    The pixels of a photograph of 12 megapixels take 36 MB; glibc hands such a piece back to the system as soon as it
    is free and asks for it again, all zeros, for the next one, which takes a fifth of the time that the photograph
    does. From now on pieces of up to `largest` bytes stay for the next one, `kept` bytes of them at most. No effect
    without glibc.
    """
    if sys.platform != "linux":
        return
    import ctypes

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, largest)
        mallopt(_TRIM_THRESHOLD, kept)
        mallopt(_TOP_PAD, _AHEAD)
