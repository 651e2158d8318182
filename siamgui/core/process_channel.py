"""Words and megabytes between two processes.

On Linux the megabytes lie in memory that both see, and only its number is handed over: through a pipe they are copied
four times, in a hundred pieces, which takes longer than decoding a plain picture. Elsewhere they go through pipes.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import socket
import struct
import sys
from typing import IO, Protocol

_SIZES = struct.Struct("<IQ")
_LONGEST_WORDS = 10_000


class Channel(Protocol):
    """One end. A message is some words, at most 10,000 bytes, and a body. All raise OSError where the other is gone."""

    def send(self, words: bytes, body: bytes | memoryview) -> None: ...

    def receive(self) -> tuple[bytes, memoryview]:
        """(words, body)."""

    def close(self) -> None: ...


class Pipes:
    """A pipe each way. most: bytes that a body may have."""

    def __init__(self, source: IO[bytes], sink: IO[bytes], most: int) -> None:
        self._source, self._sink, self._most = source, sink, most

    def send(self, words: bytes, body: bytes | memoryview) -> None:
        content = memoryview(body).cast("B")
        for part in (_SIZES.pack(len(words), len(content)), words, content):
            left = memoryview(part)
            while left:
                left = left[self._sink.write(left) or 0 :]
        self._sink.flush()

    def receive(self) -> tuple[bytes, memoryview]:
        sizes = _SIZES.unpack(self._filled(_SIZES.size))
        if sizes[0] > _LONGEST_WORDS or sizes[1] > self._most:
            raise OSError("no message")
        return bytes(self._filled(sizes[0])), self._filled(sizes[1])

    def _filled(self, size: int) -> memoryview:
        whole = memoryview(bytearray(size))
        left = whole
        while left:
            count = self._source.readinto(left)  # type: ignore[attr-defined]
            if not count:
                raise OSError("gone")
            left = left[count:]
        return whole

    def close(self) -> None:
        for pipe in (self._source, self._sink):
            with contextlib.suppress(OSError):
                pipe.close()


if sys.platform == "linux":
    import fcntl

    def pair() -> tuple[socket.socket, socket.socket]:
        """The two ends of a channel, for Shared."""
        return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    class Shared:
        """A socket for words. most: bytes that a body may have. copies: whether it is looked at in a copy."""

        def __init__(self, end: socket.socket, most: int, *, copies: bool) -> None:
            self._end, self._most, self._copies = end, most, copies

        def send(self, words: bytes, body: bytes | memoryview) -> None:
            left = memoryview(body).cast("B")
            memory = os.memfd_create("siamgui", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
            try:
                while left:
                    left = left[os.write(memory, left) :]
                socket.send_fds(self._end, [words], [memory])
            finally:
                os.close(memory)

        def receive(self) -> tuple[bytes, memoryview]:
            words, memories, _, _ = socket.recv_fds(self._end, _LONGEST_WORDS, 1, socket.MSG_CMSG_CLOEXEC)
            if not memories:
                raise OSError("gone")
            memory = memories[0]
            try:
                # From here on the other end cannot take away what is looked at here.
                fcntl.fcntl(memory, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
                size = os.fstat(memory).st_size
                if size > self._most:
                    raise OSError("no message")
                if self._copies or not size:
                    with open(memory, "rb", buffering=0, closefd=False) as file:
                        file.seek(0)  # the other end left it behind what it wrote
                        return words, memoryview(file.read())
                return words, memoryview(mmap.mmap(memory, size, mmap.MAP_SHARED | mmap.MAP_POPULATE))
            finally:
                os.close(memory)

        def close(self) -> None:
            self._end.close()
