"""Sixteen people to train on, their split, and their embeddings under the bundled encoder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from siamgui.core.imaging import load_photo
from siamgui.core.manifest import bundled_encoder
from siamgui.core.pipeline import FaceEngine
from siamgui.finetuning.degrade import degrade
from siamgui.finetuning.job import Job
from siamgui.finetuning.run import embed
from siamgui.finetuning.settings import LossName
from siamgui.finetuning.split import split_pairs
from siamgui.labelling.types import PairSet, Split
from siamgui.versions.method import Method
from tests.builders.training_runs import EACH, PEOPLE, Data, Recorder, finish, make_job, settings_of


@pytest.fixture(scope="session")
def pairs(samples: Path, engine: FaceEngine) -> PairSet:
    """16 "people": each a blend of the bundled faces in proportions of its own, four spoilt pictures of it."""
    crops = []
    for name in ("obama1", "obama2", "obama3", "biden"):
        photo = load_photo(samples / f"{name}.jpg")
        crops.append(engine.read_photo(photo).reading.crop)
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.full(4, 0.4), PEOPLE)
    blends = np.einsum("pk,khwc->phwc", weights, np.stack(crops).astype(np.float32))
    pictures = torch.from_numpy(np.repeat(blends, EACH, axis=0)).permute(0, 3, 1, 2).float()
    spoilt = degrade(pictures, torch.Generator().manual_seed(0)).permute(0, 2, 3, 1).numpy().astype(np.uint8)
    person = np.repeat(np.arange(PEOPLE), EACH)
    left, right = np.triu_indices(PEOPLE * EACH, 1)
    same = person[left] == person[right]
    kept = np.concatenate([np.flatnonzero(same), rng.choice(np.flatnonzero(~same), same.sum(), replace=False)])
    good = np.arange(PEOPLE * EACH) % EACH == 0
    names = tuple(f"{n}.png" for n in range(PEOPLE * EACH))
    return PairSet(spoilt, names, good, person, left[kept], right[kept], same[kept], True)


@pytest.fixture(scope="session")
def split(pairs: PairSet) -> Split:
    return split_pairs(pairs)


@pytest.fixture(scope="session")
def start(pairs: PairSet) -> np.ndarray[Any, np.dtype[np.float32]]:
    return embed(bundled_encoder(), pairs.crops, lambda done, total: None)[0]


@pytest.fixture
def data(pairs: PairSet, split: Split, start: np.ndarray[Any, np.dtype[np.float32]]) -> Data:
    return pairs, split, start


@pytest.fixture(scope="session")
def finished_run(tmp_path_factory: pytest.TempPathFactory, pairs: PairSet, split: Split) -> tuple[Job, Recorder]:
    """A head, trained in four passes without a stop, and what was heard of it. Do not change it.

    Without contrast, for which two processes see other faces in a step than one does.
    """
    settings = settings_of(Method.HEAD, loss=LossName.HADSELL, epochs=4, batch=32, contrast=0.0)
    job = make_job(tmp_path_factory.mktemp("finished") / "run", pairs, split, settings)
    recorder = Recorder()
    finish(job, recorder)
    return job, recorder
