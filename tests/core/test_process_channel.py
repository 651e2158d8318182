"""What one end sends the other receives, however large it is; and an end that is gone is an error, not a wait."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator

import pytest

from siamgui.core.process_channel import Channel, Pipes

if sys.platform == "linux":
    from siamgui.core.process_channel import Shared, pair

MOST = 10_000_000


def ends(kind: str) -> tuple[Channel, Channel]:
    if kind != "pipes":
        one, other = pair()
        return Shared(one, MOST, copies=True), Shared(other, MOST, copies=kind == "copied")
    here, there = os.pipe(), os.pipe()
    files = [os.fdopen(end, mode, 0) for end, mode in zip((*here, *there), ("rb", "wb", "rb", "wb"), strict=True)]
    return Pipes(files[0], files[3], MOST), Pipes(files[2], files[1], MOST)


@pytest.fixture(params=["pipes", "copied", "shared"] if sys.platform == "linux" else ["pipes"])
def channels(request: pytest.FixtureRequest) -> Iterator[tuple[Channel, Channel]]:
    one, other = ends(request.param)
    yield one, other
    one.close()
    other.close()


@pytest.mark.parametrize("body", [b"", b"x", bytes(range(256)) * 10_000])
def test_words_and_a_body(channels: tuple[Channel, Channel], body: bytes) -> None:
    one, other = channels
    for _ in range(2):
        sender = threading.Thread(target=one.send, args=(b"words", body))
        sender.start()
        words, received = other.receive()
        sender.join()
        assert words == b"words"
        assert bytes(received) == body


def test_an_end_that_is_gone(channels: tuple[Channel, Channel]) -> None:
    one, other = channels
    one.close()
    with pytest.raises(OSError, match="gone"):
        other.receive()
    with pytest.raises(OSError, match=r"."):
        other.send(b"words", bytes(1_000_000))


def test_more_than_there_may_be_is_not_taken(channels: tuple[Channel, Channel]) -> None:
    one, other = channels
    sender = threading.Thread(target=_send, args=(one, bytes(MOST + 1)))
    sender.start()
    with pytest.raises(OSError, match="no message"):
        other.receive()
    other.close()
    sender.join()


def _send(channel: Channel, body: bytes) -> None:
    with contextlib.suppress(OSError):  # the other end leaves in the middle
        channel.send(b"words", body)
