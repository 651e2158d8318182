"""Decodes pictures in processes of their own, which are ended when they take too long.

How long a TIFF or JPEG 2000 takes only its decoder knows, of which there are many. So these are
decoded where nothing else is: too much time, too much memory or a crash costs the picture, not the program. A process
takes one picture after the other (it costs a quarter of a second to start one) and leaves when whoever started it does.

What goes in: the limits, and the file. What comes out: some JSON, and the pixels.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from siamgui.core import errors
from siamgui.core.decoder import DECODER_ERRORS, Decoded, decode
from siamgui.core.errors import ImageTooSlow, UnreadableImage
from siamgui.core.file_cost import MAX_MEGAPIXELS, MOST_MEMORY
from siamgui.core.own_process import environment, running
from siamgui.core.process_channel import Channel, Pipes

if sys.platform == "linux":
    from siamgui.core.process_channel import Shared, pair

SECONDS = 4.0
"""That a processor may work for one picture; twice what the largest take, since a busy machine takes longer.

Where systems cannot count that, WAITING_SECONDS alone hold.
"""
WAITING_SECONDS = 300.0 if hasattr(os, "fork") else 15.0

_LIMITS = struct.Struct("<Qd")
_MOST = 3 * MAX_MEGAPIXELS * 1_000_000
_IDLE: list[_Worker] = []
_LOCK = threading.Lock()


def decode_apart(data: bytes, name: str, meanwhile: Callable[[], object]) -> Decoded:
    """As decode(), in another process. meanwhile: what is done here until then.

    Raises ImageTooSlow too, where it took too long or too much memory.
    """
    with _LOCK:
        worker = _IDLE.pop() if _IDLE else None
    if worker is not None and worker.process.poll() is not None:
        worker.end()
        worker = None
    worker = worker or _Worker()
    try:
        decoded = worker.decode(data, name, meanwhile)
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
        arguments = running("siamgui.core.decoder_process")
        if sys.platform == "linux":
            mine, other = pair()
            arguments += (str(other.fileno()),)
            options |= {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "pass_fds": [other.fileno()]}
        else:
            options |= {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "bufsize": 0}
        self.process = subprocess.Popen(
            arguments, stderr=subprocess.DEVNULL, env=environment(OPENBLAS_NUM_THREADS="1"), **options
        )
        self._channel: Channel
        if sys.platform == "linux":
            other.close()
            self._channel = Shared(mine, _MOST, copies=False)
        else:
            assert self.process.stdout is not None
            assert self.process.stdin is not None
            self._channel = Pipes(self.process.stdout, self.process.stdin, _MOST)
        self._too_long = False

    def decode(self, data: bytes, name: str, meanwhile: Callable[[], object]) -> Decoded | Exception:
        """What is returned as an error is the picture's; what is raised ends the process."""
        watch = threading.Timer(WAITING_SECONDS, self._stop)
        watch.start()
        try:
            self._channel.send(_LIMITS.pack(MOST_MEMORY, SECONDS), data)
            meanwhile()
            words, body = self._channel.receive()
            return _decoded(json.loads(words), body, name)
        except (OSError, ValueError):  # it is gone, or goes now
            self._channel.close()
            code = self.process.wait()
            if self._too_long or code in _TOO_MUCH:
                raise ImageTooSlow(name=name) from None
            raise DecoderCrashed(code) from None
        finally:
            watch.cancel()
            watch.join()

    def _stop(self) -> None:
        self._too_long = True
        self.process.kill()

    def end(self) -> None:
        self.process.kill()
        self._channel.close()
        self.process.wait()


class DecoderCrashed(RuntimeError):
    """A decoder ended its process: the picture is damaged."""


@atexit.register
def end_processes() -> None:
    """Of those that wait for a picture; another one is started when it is needed."""
    with _LOCK:
        while _IDLE:
            _IDLE.pop().end()


def _decoded(answer: dict[str, Any], body: memoryview, name: str) -> Decoded | Exception:
    if "error" in answer:
        kind = getattr(errors, str(answer["error"]), None)
        if isinstance(kind, type) and issubclass(kind, UnreadableImage):
            return kind(name=name, **answer["values"])
        return RuntimeError(answer["error"])
    pixels = np.frombuffer(body, np.uint8).reshape(int(answer["height"]), int(answer["width"]), 3)
    return Decoded(pixels, int(answer["frames"]), int(answer["orientation"]))


# --- in the process ---------------------------------------------------------------------------------------------------


def main() -> None:
    """Decode what comes in until nothing comes any more."""
    channel: Channel
    if sys.platform == "linux":
        channel = Shared(socket.socket(fileno=int(sys.argv[1])), _MOST, copies=True)
    else:
        channel = Pipes(sys.stdin.buffer, sys.stdout.buffer, _MOST)
    with contextlib.suppress(OSError, KeyboardInterrupt):
        while True:
            limits, body = channel.receive()
            data = body.obj if isinstance(body.obj, bytes) else bytes(body)
            del body
            with _limited(*_LIMITS.unpack(limits)):
                answer, pixels = _answer(data)
            del data
            channel.send(json.dumps(answer).encode(), b"" if pixels is None else pixels.data)


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
