"""Decodes pictures in processes of their own, which are ended when they take too long.

How long a TIFF or JPEG 2000 takes only its decoder knows, of which there are many. So these are
decoded where nothing else is: too much time, too much memory or a crash costs the picture, not the program. A process
takes one picture after the other (it costs a quarter of a second to start one) and leaves when whoever started it does.

What goes in: the length of the file, its limits, and the file. What comes out: a line of JSON, and the pixels.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import struct
import subprocess
import sys
import threading
from typing import IO, Any

import numpy as np
from PIL import Image

from siamgui.core import errors
from siamgui.core.decoder import DECODER_ERRORS, Decoded, decode
from siamgui.core.errors import ImageTooSlow, UnreadableImage
from siamgui.core.file_cost import MAX_MEGAPIXELS, MOST_MEMORY

SECONDS = 4.0
"""That a processor may work for one picture; twice what the largest take, since a busy machine takes longer.

Where systems cannot count that, WAITING_SECONDS alone hold.
"""
WAITING_SECONDS = 300.0 if hasattr(os, "fork") else 15.0

_REQUEST = struct.Struct("<QQd")
_IDLE: list[_Worker] = []
_LOCK = threading.Lock()


def decode_apart(data: bytes, name: str) -> Decoded:
    """As decode(), in another process. Raises ImageTooSlow too, where it took too long or too much memory."""
    with _LOCK:
        worker = _IDLE.pop() if _IDLE else None
    if worker is not None and worker.process.poll() is not None:
        worker.end()
        worker = None
    worker = worker or _Worker()
    try:
        decoded = worker.decode(data, name)
    except BaseException:
        worker.end()
        raise
    with _LOCK:
        _IDLE.append(worker)
    if isinstance(decoded, Exception):
        raise decoded
    return decoded


class _Worker:
    """One process."""

    def __init__(self) -> None:
        options: dict[str, Any] = {"start_new_session": True}  # a Ctrl-C is for the program
        if sys.platform == "win32":
            options = {"creationflags": subprocess.CREATE_NO_WINDOW}
        self.process = subprocess.Popen(
            (sys.executable, "-m", "siamgui.core.decoder_process"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            **options,
        )
        self._too_long = False
        _widen(self.process.stdout)

    def decode(self, data: bytes, name: str) -> Decoded | Exception:
        """What is returned as an error is the picture's; what is raised ends the process."""
        watch = threading.Timer(WAITING_SECONDS, self._stop)
        watch.start()
        try:
            return self._ask(data, name)
        except (OSError, ValueError):  # it is gone
            code = self.process.wait()
            if self._too_long or code in _TOO_MUCH:
                raise ImageTooSlow(name=name) from None
            raise DecoderCrashed(code) from None
        finally:
            watch.cancel()
            watch.join()

    def _ask(self, data: bytes, name: str) -> Decoded | Exception:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        for part in (_REQUEST.pack(len(data), MOST_MEMORY, SECONDS), data):
            _write(self.process.stdin, part)
        answer = json.loads(_line(self.process.stdout))
        if "error" in answer:
            return _error(answer, name)
        height, width = int(answer["height"]), int(answer["width"])
        if not 0 < height * width <= MAX_MEGAPIXELS * 1_000_000:
            raise ValueError("size")
        pixels = np.empty((height, width, 3), np.uint8)
        _fill(self.process.stdout, pixels.data.cast("B"))
        return Decoded(pixels, int(answer["frames"]), int(answer["orientation"]))

    def _stop(self) -> None:
        self._too_long = True
        self.process.kill()

    def end(self) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self.process.wait()


class DecoderCrashed(RuntimeError):
    """A decoder ended its process: the picture is damaged."""


@atexit.register
def end_processes() -> None:
    """Of those that wait for a picture; another one is started when it is needed."""
    with _LOCK:
        while _IDLE:
            _IDLE.pop().end()


def _error(answer: dict[str, Any], name: str) -> Exception:
    kind = getattr(errors, str(answer["error"]), None)
    if isinstance(kind, type) and issubclass(kind, UnreadableImage):
        return kind(name=name, **answer["values"])
    return RuntimeError(answer["error"])


def _widen(pipe: IO[bytes] | None) -> None:
    """A wider pipe needs fewer turns between the processes for the megabytes of a picture."""
    if sys.platform == "linux" and pipe is not None:
        import fcntl

        with contextlib.suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, 1 << 20)


def _write(pipe: IO[bytes], data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[pipe.write(view) or 0 :]


def _line(pipe: IO[bytes]) -> bytes:
    line = pipe.readline(10_000)
    if not line.endswith(b"\n"):
        raise OSError("gone")
    return line


def _fill(pipe: IO[bytes], view: memoryview) -> None:
    while view:
        count = pipe.readinto(view)  # type: ignore[attr-defined]
        if not count:
            raise OSError("gone")
        view = view[count:]


# --- in the process ---------------------------------------------------------------------------------------------------


def main() -> None:
    """Decode what comes in until nothing comes any more."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        while len(head := source.read(_REQUEST.size)) == _REQUEST.size:
            length, memory, seconds = _REQUEST.unpack(head)
            data = source.read(length)
            with _limited(memory, seconds):
                answer, pixels = _answer(data)
            del data
            sink.write(json.dumps(answer).encode() + b"\n")
            if pixels is not None:
                sink.write(pixels.data.cast("B"))
            sink.flush()


def _answer(data: bytes) -> tuple[dict[str, Any], np.ndarray[Any, Any] | None]:
    try:
        decoded = decode(data, "")
    except UnreadableImage as error:
        values = {key: value for key, value in error.values.items() if key != "name"}
        return {"error": type(error).__name__, "values": values}, None
    except Image.DecompressionBombError:
        return {"error": "ImageTooLarge", "values": {"limit": MAX_MEGAPIXELS}}, None
    except MemoryError:
        return {"error": "ImageTooSlow", "values": {}}, None
    except DECODER_ERRORS as error:
        return {"error": repr(error)[:200], "values": {}}, None
    height, width, _ = decoded.pixels.shape
    answer = {"height": height, "width": width, "frames": decoded.frames, "orientation": decoded.orientation}
    return answer, decoded.pixels


if sys.platform == "win32":
    _TOO_MUCH: tuple[int, ...] = ()

    def _limited(memory: int, seconds: float) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()
else:
    import resource
    import signal
    from collections.abc import Iterator

    _TOO_MUCH = (-signal.SIGPROF,)

    @contextlib.contextmanager
    def _limited(memory: int, seconds: float) -> Iterator[None]:
        """Within seconds of a processor (a signal ends the process) and bytes of memory (there is no more)."""
        signal.setitimer(signal.ITIMER_PROF, seconds)
        if sys.platform == "linux":  # elsewhere the system does not hold the limit, or counts what is never used
            resource.setrlimit(resource.RLIMIT_DATA, (_data_used() + memory, resource.RLIM_INFINITY))
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def _data_used() -> int:
        """Bytes that this process holds, as RLIMIT_DATA counts them."""
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[5]) * resource.getpagesize()


if __name__ == "__main__":
    main()
