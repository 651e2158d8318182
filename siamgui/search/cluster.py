"""Files of a folder read by the workers of a Dask cluster that the user names: the only network siamgui ever uses.

The files are cut into shards. Each is read by a worker, which sees the folder under the same path; what it saw comes
back sealed (siamgui.search.shard), and only this process merges it into the index. A shard whose worker is lost is read
again by another one; each is merged once. Why this is safe enough, and what it is not: decision 22.
"""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count, islice
from pathlib import Path
from queue import Empty, Queue
from typing import Any

from siamgui import __version__
from siamgui.core.encoders.registry import encoder_of
from siamgui.core.errors import Cancelled, SiamguiError
from siamgui.core.formats import is_video
from siamgui.core.i18n import mark
from siamgui.core.manifest import bundled_encoder
from siamgui.search.shard import Shard, files_of, packed, read_shard
from siamgui.storage.collection_values import ReadFile
from siamgui.vault.parcel import Letterbox
from siamgui.vault.sealed import Refused

SHARD = 16
"""Photographs of one; a film is one of its own. So much is done again where a worker is lost."""
_AHEAD = 3
"""Shards for each worker that are handed out at a time, so that memory stays flat however large the folder is."""
_PORT = 8786  # where the address names none
_PATIENCE = 20.0  # seconds until a scheduler has answered
_LOOK = 0.5  # seconds between looks at whether it is to stop
_TRIES = 3
_SAFE = ["dask", "msgpack"]
"""How answers may be written: as plain bytes. It does not keep Dask from unpickling other messages (decision 22)."""


class ClusterMissing(SiamguiError):
    text = mark("Reading on a cluster needs Dask. Install it with “pip install siamgui[cluster]”.")


class SchedulerSilent(SiamguiError):
    """values: address"""

    text = mark("No Dask scheduler answers at {address}. Check the address, and that it runs the same Dask.")


class SchedulerLost(SiamguiError):
    text = mark("The Dask scheduler does not answer any more. What was read is kept; the same command goes on.")


class WorkersDiffer(SiamguiError):
    text = mark("The workers run another siamgui or another model. Install there what is installed here.")


class OriginalOnly(SiamguiError):
    text = mark("A cluster reads with the original model only. Choose it with “--model original”.")


class WorkersLost(SiamguiError):
    """values: n"""

    text = mark("The workers lost {n} files again and again. The others are read; the same command goes on.")


@dataclass(frozen=True, slots=True)
class Cluster:
    """The one at an address, such as "tls://scheduler:8786".

    left_out: addresses of workers that gave nothing that can be used, and are given nothing more.
    """

    address: str
    left_out: set[str] = field(default_factory=set)

    def read(
        self, root: Path, places: Sequence[str], encoder: str, stop: threading.Event
    ) -> Iterator[tuple[ReadFile, ...]]:
        """What is in the files below root, a shard at a time.

        Raises ClusterMissing, SchedulerSilent, SchedulerLost, WorkersDiffer, OriginalOnly, WorkersLost, Cancelled.
        """
        original = bundled_encoder()
        if encoder != original.key:
            raise OriginalOnly
        size = encoder_of(original.architecture).embedding_size
        box, errand = Letterbox(), secrets.token_hex(16)
        shards = [
            Shard(errand, number, str(root), part, encoder, __version__, box.public)
            for number, part in enumerate(_parts(places))
        ]
        lost = 0
        with _client(self.address) as client:
            gathering = _Errand(client, shards, partial(_opened, box, size), self.left_out)
            for shard, files in gathering.gathered(stop):
                if files is None:
                    lost += len(shard.places)
                else:
                    yield files
        if lost:
            raise WorkersLost(n=lost)


def _opened(box: Letterbox, size: int, shard: Shard, answer: object) -> tuple[ReadFile, ...] | None:
    """What a worker answered; None where that is nothing of this siamgui. size: numbers of an embedding."""
    try:
        return files_of(shard, box.open(shard.label, answer), size) if isinstance(answer, bytes) else None
    except Refused:
        return None


def _parts(places: Sequence[str]) -> Iterator[tuple[str, ...]]:
    photos = [place for place in places if not is_video(Path(place))]
    for start in range(0, len(photos), SHARD):
        yield tuple(photos[start : start + SHARD])
    for place in places:
        if is_video(Path(place)):
            yield (place,)


@contextmanager
def _client(address: str) -> Iterator[Any]:
    try:
        from distributed import Client
        from distributed.comm.addressing import parse_address, parse_host_port
    except ImportError:
        raise ClusterMissing from None
    ways = {"serializers": ["dask", "msgpack", "pickle"], "deserializers": _SAFE}
    try:
        # First of all: a client that finds nobody leaves its thread behind.
        socket.create_connection(parse_host_port(parse_address(address)[1], _PORT), _PATIENCE).close()
        client = Client(address, timeout=_PATIENCE, set_as_default=False, **ways)
    except (OSError, ValueError, RuntimeError):
        raise SchedulerSilent(address=address) from None
    with client:
        yield client


Opened = Callable[[Shard, object], tuple[ReadFile, ...] | None]
"""What an answer holds; None where it is nothing of this siamgui."""


class _Errand:
    """Shards that are handed out, a few at a time. left_out: addresses of workers whose answers held nothing."""

    def __init__(self, client: Any, shards: Sequence[Shard], opened: Opened, left_out: set[str]) -> None:
        self._client, self._opened, self._left_out = client, opened, left_out
        self._waiting = iter(shards)
        self._running: dict[Any, tuple[Shard, int]] = {}
        self._returned: list[tuple[Shard, int]] = []
        self._done: Queue[Any] = Queue()
        self._sent = count()
        self._asked: frozenset[str] = frozenset()  # whom alone, once some are left out

    def gathered(self, stop: threading.Event) -> Iterator[tuple[Shard, tuple[ReadFile, ...] | None]]:
        """Each with what is in its files as it comes; None where workers were lost over it too often."""
        try:
            while not stop.is_set():
                self._hand_out()
                if not self._running:
                    return
                try:
                    future = self._done.get(timeout=_LOOK)
                except Empty:
                    continue
                if future in self._running:  # otherwise it was handed to others
                    yield from self._taken(future)
            raise Cancelled
        except Exception:
            if _is_lost(self._client):  # it was while something was sent
                raise SchedulerLost from None
            raise
        finally:
            if not _is_lost(self._client):
                self._client.cancel(list(self._running), force=True)

    def _hand_out(self) -> None:
        there = frozenset(self._client.scheduler_info(n_workers=-1).get("workers", ()))
        if _is_lost(self._client):
            raise SchedulerLost
        if self._left_out and self._asked != there - self._left_out:
            self._asked = there - self._left_out
            if not self._asked:
                raise WorkersDiffer
            self._returned += [self._running.pop(future) for future in list(self._running) if not future.done()]
        while self._returned:
            self._send(*self._returned.pop())
        most = _AHEAD * max(1, len(self._asked or there))
        for shard in islice(self._waiting, max(0, most - len(self._running))):
            self._send(shard, 1)

    def _send(self, shard: Shard, times: int) -> None:
        key = f"siamgui-{shard.errand}-{shard.number}-{next(self._sent)}"
        whom = sorted(self._asked) or None
        future = self._client.submit(read_shard, packed(shard), key=key, pure=False, workers=whom)
        self._running[future] = shard, times
        future.add_done_callback(self._done.put)

    def _taken(self, future: Any) -> Iterator[tuple[Shard, tuple[ReadFile, ...] | None]]:
        (shard, times), files, worker = self._running.pop(future), None, ()
        if future.status == "finished":
            files = self._opened(shard, future.result())
            if files is None:
                worker = self._client.who_has([future]).get(future.key, ())
                self._left_out.update(worker)
        future.release()
        if files is not None:
            yield shard, files
        elif worker or times < _TRIES:
            self._returned.append((shard, times if worker else times + 1))
        else:
            yield shard, None


def _is_lost(client: Any) -> bool:
    return client.status not in ("running", "connecting")
