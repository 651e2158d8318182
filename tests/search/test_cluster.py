"""A folder read by the processes of a cluster, one of which is killed: as if it had been read here, nothing twice."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace as replace_face
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from siamgui import __version__
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.search import cluster as cluster_module
from siamgui.search import shard as shard_module
from siamgui.search.cluster import Cluster, OriginalOnly, SchedulerLost, SchedulerSilent, WorkersDiffer
from siamgui.search.reading import collection_of, read_collection, seen_in
from siamgui.search.shard import Shard, files_of, packed, read_shard
from siamgui.search.values import ReadingState
from siamgui.search.wording import left_out_words
from siamgui.storage.collection_operations import ReadSeenFaces
from siamgui.storage.seen_face import SeenFace
from siamgui.storage.store import Store
from siamgui.vault.parcel import Letterbox
from siamgui.vault.sealed import Refused
from tests.builders.videos import still, write

distributed = pytest.importorskip("distributed", reason="needs Dask: pip install siamgui[cluster]")


@pytest.fixture
def folder(tmp_path: Path, samples: Path) -> Path:
    place = tmp_path / "scans"
    place.mkdir()
    for number, name in enumerate(("obama1", "obama2", "obama3", "biden")):
        shutil.copy(samples / f"{name}.jpg", place / f"{number}.jpg")
    (place / "broken.jpg").write_bytes(b"\xff\xd8\xff no more")
    write(place / "film.avi", still(load_photo(samples / "obama1.jpg").pixels, 6), 4.0)
    return place


@pytest.fixture
def two_processes(tmp_path: Path) -> Iterator[Any]:
    place = str(tmp_path / "dask")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, local_directory=place
    ) as cluster:
        yield cluster


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")  # of Dask, about workers that die
def test_a_cluster_reads_what_is_read_here_though_a_worker_is_killed_and_nothing_twice(
    folder: Path, engine: FaceEngine, two_processes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "SHARD", 1)
    killed: list[int] = []

    def told(state: ReadingState) -> None:
        if state.done >= 1 and not killed:
            killed.append(next(iter(two_processes.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

    with Store() as store:
        key = engine.encoder.key
        there = collection_of(store, folder, key)
        cluster = Cluster(two_processes.scheduler_address)
        done = read_collection(store, engine, there, told=told, elsewhere=cluster)
        assert killed
        assert (done.read, done.collection.files, done.collection.films, done.collection.faces) == (6, 6, 1, 5)
        assert [place for place, _ in done.problems] == ["broken.jpg"]
        rows = store.do(ReadSeenFaces(key, 0, 100))
        assert rows is not None
        kept = rows.records["vector"].astype(np.float32)
        for name in range(4):
            (here,) = seen_in(engine, load_photo(folder / f"{name}.jpg")).faces
            assert np.linalg.norm(kept - here.vector, axis=1).min() < 0.01
        again = read_collection(store, engine, there, elsewhere=Cluster("tcp://127.0.0.1:1"))
        assert (again.read, again.unchanged) == (0, 6)


def test_what_a_worker_answers_is_sealed_and_nothing_else_is_taken(
    folder: Path, engine: FaceEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shard_module, "_engine", lambda: engine)
    box, key = Letterbox(), engine.encoder.key
    shard = Shard("errand", 1, str(folder), ("0.jpg", "gone.jpg"), key, __version__, box.public)
    parcel = read_shard(packed(shard))
    seen, gone = files_of(shard, box.open(shard.label, parcel), 320)
    assert seen.picture is not None
    assert len(seen.picture.faces) == 1
    assert gone.problem
    assert b"0.jpg" not in parcel
    for label, data in ((b"errand 2", parcel), (shard.label, parcel[:-1]), (shard.label, b"")):
        with pytest.raises(Refused):
            box.open(label, data)
    with pytest.raises(Refused):
        Letterbox().open(shard.label, parcel)
    with pytest.raises(Refused):
        files_of(replace(shard, places=("0.jpg",)), box.open(shard.label, parcel), 320)
    with pytest.raises(Refused):
        files_of(shard, box.open(shard.label, parcel), 192)
    assert read_shard(packed(replace(shard, version="0"))) == b""
    assert read_shard(packed(replace(shard, encoder="another 1"))) == b""


def test_what_no_search_could_weigh_is_not_taken(
    folder: Path, engine: FaceEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shard_module, "_engine", lambda: engine)
    box = Letterbox()
    shard = Shard("errand", 1, str(folder), ("0.jpg",), engine.encoder.key, __version__, box.public)
    (whole,) = msgspec.msgpack.decode(box.open(shard.label, read_shard(packed(shard))))
    place, size, modified, digest, _, width, height, looks, seconds, (data,) = whole
    face = SeenFace.unpack(data)
    nowhere = replace_face(face, face=replace_face(face.face, box=face.face.box * np.nan))
    for spoilt in (
        (place, 2**63, *whole[2:]),
        (*whole[:3], "../" + digest, *whole[4:]),
        (*whole[:5], -1, *whole[6:]),
        (*whole[:8], float("nan"), [data]),
        (*whole[:8], 4.0, [data]),  # no film
        (*whole[:9], [replace_face(face, deviation=0.0).pack()]),
        (*whole[:9], [replace_face(face, vector=face.vector * 0).pack()]),
        (*whole[:9], [nowhere.pack()]),
    ):
        with pytest.raises(Refused):
            files_of(shard, msgspec.msgpack.encode([spoilt]), 320)
    told = (place, size, modified, digest, "\x1b[2J", width, height, looks, seconds, [data])
    (taken,) = files_of(shard, msgspec.msgpack.encode([told]), 320)
    assert taken.problem.isprintable()


@pytest.mark.filterwarnings("ignore")  # of Dask, about a scheduler that is gone
def test_a_scheduler_that_is_lost_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "_PATIENCE", 0.5)
    shard = Shard("errand", 1, "/p", ("0.jpg",), "mine 1", __version__, Letterbox().public)
    with (
        distributed.LocalCluster(n_workers=0, processes=False, protocol="tcp", dashboard_address=None) as local,
        cluster_module._client(local.scheduler_address) as client,
    ):
        local.close()
        with pytest.raises(SchedulerLost, match="does not answer any more"):
            next(cluster_module._Errand(client, [shard], lambda *_: None, set()).gathered(threading.Event()))
        client._loop_runner.stop()  # a client that gives up by itself leaves its thread to the process


@pytest.mark.filterwarnings("ignore")  # of Dask, about workers in one process
def test_a_worker_that_answers_something_else_is_left_out_and_nobody_left_is_one_sentence(
    folder: Path, engine: FaceEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shard_module, "_engine", lambda: engine)
    monkeypatch.setattr(cluster_module, "SHARD", 1)
    odd = {"0"}

    def answer(data: bytes) -> object:
        return 7 if str(distributed.get_worker().name) in odd else read_shard(data)

    monkeypatch.setattr(cluster_module, "read_shard", answer)
    (folder / "film.avi").unlink()
    with (
        Store() as store,
        distributed.LocalCluster(
            n_workers=2, processes=False, protocol="tcp", dashboard_address=None, threads_per_worker=1
        ) as local,
    ):
        there = collection_of(store, folder, engine.encoder.key)
        cluster = Cluster(local.scheduler_address)
        done = read_collection(store, engine, there, elsewhere=cluster)
        assert (done.read, done.collection.faces, len(cluster.left_out)) == (5, 4, 1)
        assert "1 worker was left out" in left_out_words(cluster.left_out)
        odd.add("1")
        (folder / "0.jpg").write_bytes((folder / "3.jpg").read_bytes() + b"more")
        with pytest.raises(WorkersDiffer, match="another siamgui"):
            read_collection(store, engine, there, elsewhere=Cluster(local.scheduler_address))


def test_what_cannot_be_asked_is_one_sentence(
    folder: Path, engine: FaceEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "_PATIENCE", 0.5)
    with Store() as store:
        there = collection_of(store, folder, engine.encoder.key)
        with pytest.raises(SchedulerSilent, match="No Dask scheduler answers"):
            read_collection(store, engine, there, elsewhere=Cluster("tcp://127.0.0.1:1"))
        with pytest.raises(OriginalOnly, match="--model original"):
            next(Cluster("tcp://127.0.0.1:1").read(folder, ["0.jpg"], "mine 1", threading.Event()))
