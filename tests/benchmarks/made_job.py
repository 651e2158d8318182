"""A job of one pass over made pairs, for benchmarks of fine-tuning."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from siamgui.core.manifest import bundled_encoder
from siamgui.finetuning.job import Job
from siamgui.finetuning.methods import METHODS
from siamgui.labelling.types import PairSet, Part, Split
from siamgui.vault.key import Key
from siamgui.versions.method import Method

_PEOPLE_A_PAIR, _EACH = 0.2, 3


def made_job(folder: Path, method: str, pairs: int, key: Key | None = None) -> Job:
    """Grain for faces, three of each person; as many pairs of one person as of two, all to be learned from."""
    rng = np.random.default_rng(0)
    person = np.repeat(np.arange(round(_PEOPLE_A_PAIR * pairs)), _EACH)
    faces = len(person)
    crops = rng.integers(0, 256, (faces, 112, 112, 3)).astype(np.uint8)
    left, right = np.triu_indices(faces, 1)
    same = person[left] == person[right]
    kept = np.concatenate([rng.choice(np.flatnonzero(same == kind), pairs // 2, replace=False) for kind in (1, 0)])
    good = rng.random(faces) < 0.5
    made = PairSet(crops, tuple(map(str, range(faces))), good, person, left[kept], right[kept], same[kept], True)
    split = Split(np.full(pairs, int(Part.TRAIN)), np.full(faces, int(Part.TRAIN)))
    settings = replace(METHODS[Method(method)].defaults, epochs=1, device="cpu")
    return Job.create(folder, made, split, settings, bundled_encoder(), "Benchmark", key=key)
