"""Work in a process of its own, which is forked, and killed at an instant or left to its end.

Forked: a process that loads Python for each of a thousand kills would spend its time with that.
"""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

Say = Callable[[str], None]
Work = Callable[[Say], None]


@dataclass(frozen=True, slots=True)
class Ended:
    """said: what the process was told to be kept. killed: amid its work. seconds: how long it took."""

    said: list[str]
    killed: bool
    seconds: float


def done(work: Work, kill_after: float | None = None) -> Ended:
    """kill_after: seconds; None for never. Raises AssertionError where the work raised; its traceback is printed."""
    begun = time.monotonic()
    heard, speak = os.pipe()
    child = os.fork()
    if not child:
        _child(work, speak)
    os.close(speak)
    if kill_after is not None:
        time.sleep(kill_after)  # nothing is waited for: the instant is the experiment
        os.kill(child, signal.SIGKILL)
    with os.fdopen(heard, encoding="utf-8") as lines:
        said = lines.read().splitlines()
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, f"the work failed, having said {said}"
    return Ended(said, os.WIFSIGNALED(status), time.monotonic() - begun)


def _child(work: Work, speak: int) -> None:
    code = 1
    try:
        work(lambda text: _write(speak, text))
        code = 0
    except BaseException:  # whatever it is must not go on as a second process of whoever forked
        traceback.print_exc()
    finally:
        os._exit(code)


def _write(speak: int, text: str) -> None:
    os.write(speak, text.encode() + b"\n")
