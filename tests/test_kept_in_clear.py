"""Every byte of a used data folder, and of the temporary places, is searched for faces, embeddings, names and files."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from siamgui.cli import main
from siamgui.core.imaging import load_photo
from siamgui.core.manifest import bundled_encoder
from siamgui.core.paths import data_folder
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Label
from siamgui.finetuning.events import Failed, Reporter
from siamgui.finetuning.job import Job
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.run_files import EVENTS, vault_files
from siamgui.finetuning.split import split_pairs
from siamgui.search.reading import collection_of, read_collection
from siamgui.storage.label_store import LabelStore
from siamgui.storage.people_store import PeopleStore
from siamgui.storage.store import Store
from siamgui.storage.training_runs import KeepPlan, RunPlan
from siamgui.versions.method import Method
from siamgui.versions.version_store import VersionStore
from tests.builders.command_line import Capture, ok
from tests.builders.versions import result

NAME, FILE, CONSENT, SCANS = "Annabelle Winterbottom", "holiday-in-bergen.jpg", "asked at the lake", "scans-of-1931"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where everything temporary goes."""
    place = tmp_path / "temporary"
    place.mkdir()
    for variable in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(variable, str(place))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return place


@pytest.mark.long
def test_none_is_in_clear(
    capsys: Capture, tmp_path: Path, samples: Path, engine: FaceEngine, finished_version: Path, temporary: Path
) -> None:
    (tmp_path / SCANS).mkdir()
    photo_file = tmp_path / SCANS / FILE
    photo_file.write_bytes((samples / "obama1.jpg").read_bytes())
    photo = load_photo(photo_file)
    reading = engine.read_photo(photo).reading
    ok(capsys, "people", "enrol", NAME, photo_file, "--consent", CONSENT)
    assert main(["people", "who", str(photo_file)]) == 0
    version = VersionStore().adopt(result(finished_version, tmp_path / "training"))
    VersionStore().activate(version.id)
    with Store() as store, LabelStore.open() as library, PeopleStore.open() as people:
        store.do(KeepPlan(RunPlan(name=NAME, reference=photo_file.parent)))
        first = library.add_face(photo, reading, 1, photo_file, NAME).id
        other = load_photo(samples / "biden.jpg")
        second = library.add_face(other, engine.read_photo(other).reading, 1).id
        third = load_photo(samples / "obama2.jpg")
        same = library.add_face(third, engine.read_photo(third).reading, 1, photo_file, NAME).id
        library.set_label(first, second, Label.DIFFERENT, "desk")
        library.set_label(first, same, Label.SAME, "desk")
        pairs = library.pair_set()
        picture = people.picture(1)
        read_collection(store, engine, collection_of(store, tmp_path / SCANS, bundled_encoder().key))
        settings = METHODS[Method.CALIBRATE].defaults
        folder, key = data_folder() / "training" / "20260101", vault_files()
        job = Job.create(folder, pairs, split_pairs(pairs), settings, bundled_encoder(), NAME, photo_file.parent, key)
        Reporter(job.folder / EVENTS, lambda event: None, key).say(Failed(f"“{FILE}” is gone"))
        weights = (finished_version / "weights.safetensors").read_bytes()
        traces = {
            "crop": reading.crop[56].tobytes(),
            "crop of a run": pairs.crops[0][56].tobytes(),
            "picture": picture[400:440],
            "embedding": reading.embedding.vector.astype("<f4").tobytes()[:32],
            "embedding of a searched photo": reading.embedding.vector.astype("<f2").tobytes()[:32],
            "searched folder": SCANS.encode(),
            "hash of the photo": photo.sha256.encode(),
            "name": NAME.encode(),
            "name as it is compared": NAME.lower().encode(),
            "file": FILE.encode(),
            "consent": CONSENT.encode(),
            "weights": weights[-2000:-1960],
            "tables": b"CREATE TABLE",
        }
        found = {
            (what, path.name)
            for place in (data_folder(), temporary)
            for path in place.rglob("*")
            if path.is_file()
            for what, trace in traces.items()
            if trace in path.read_bytes()
        }
    assert found == set()
    assert NAME in ok(capsys, "people", "list")  # it was there, and is
