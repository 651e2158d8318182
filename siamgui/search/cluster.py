"""Files of a folder read by the workers of a Dask cluster that the user names: the only network siamgui ever uses.

The files are cut into shards. Each is read by a worker, which sees the folder under the same path; what it saw comes
back sealed (siamgui.search.shard), and only this process merges it into the index. A shard whose worker is lost is read
again by another one; each is merged once. Why this is safe enough, and what it is not: decision 22.
"""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
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
    """The one at an address, such as "tls://scheduler:8786"."""

    address: str

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
            for shard, parcel in _gathered(client, shards, stop):
                if parcel is None:
                    lost += len(shard.places)
                elif not parcel:
                    raise WorkersDiffer
                else:
                    try:
                        yield files_of(shard, box.open(shard.label, parcel), size)
                    except Refused:
                        raise WorkersDiffer from None
        if lost:
            raise WorkersLost(n=lost)


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


def _gathered(client: Any, shards: Sequence[Shard], stop: threading.Event) -> Iterator[tuple[Shard, bytes | None]]:
    """Each with its parcel as it comes; None where workers were lost over it too often."""
    waiting, running = iter(shards), dict[Any, tuple[Shard, int]]()
    done: Queue[Any] = Queue()

    def send(shard: Shard, times: int) -> None:
        key = f"siamgui-{shard.errand}-{shard.number}-{times}"
        future = client.submit(read_shard, packed(shard), key=key, pure=False)
        running[future] = shard, times
        future.add_done_callback(done.put)

    try:
        while not stop.is_set():
            workers = max(1, len(client.scheduler_info(n_workers=-1).get("workers", ())))
            if _is_lost(client):
                raise SchedulerLost
            for shard in islice(waiting, max(0, _AHEAD * workers - len(running))):
                send(shard, 1)
            if not running:
                return
            try:
                future = done.get(timeout=_LOOK)
            except Empty:
                continue
            shard, times = running.pop(future)
            if future.status == "finished":
                yield shard, future.result()
            elif times < _TRIES:
                send(shard, times + 1)
            else:
                yield shard, None
            future.release()
        raise Cancelled
    except Exception:
        if _is_lost(client):  # it was while something was sent
            raise SchedulerLost from None
        raise
    finally:
        if not _is_lost(client):
            client.cancel(list(running), force=True)


def _is_lost(client: Any) -> bool:
    return client.status not in ("running", "connecting")
