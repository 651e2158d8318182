"""The faces of a folder of people as every encoder sees them: found, aligned and cut out by the pipeline as shipped."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from siamgui.core.embedding import embed
from siamgui.core.encoders.registry import encoder_of
from siamgui.core.imaging import load_photo
from siamgui.core.manifest import Model, bundled, bundled_encoder
from siamgui.core.pipeline import FaceEngine
from siamgui.core.runtime import OpenVinoEncoder, open_runtime
from siamgui.core.types import Pixels
from siamgui.versions.calibrate import nothing_known


@dataclass(frozen=True)
class Crops:
    """crops: (n, 112, 112, 3) uint8 RGB. people: (n,) whom each shows. names: (n,) "PERSON/PHOTO"."""

    crops: Pixels
    people: NDArray[np.int64]
    names: NDArray[np.str_]


def read_crops(folder: Path, cache: Path | None = None) -> Crops:
    """The most prominent face of every photograph below folder, which holds one folder per person.

    cache: a .npz file that is read if it exists and is written otherwise. It holds faces: do not share it.
    """
    if cache and cache.exists():
        with np.load(cache) as kept:
            return Crops(kept["crops"], kept["people"], kept["names"])
    people = sorted(p for p in folder.iterdir() if p.is_dir())
    files = [(i, f) for i, person in enumerate(people) for f in sorted(person.iterdir())]
    encoder = bundled_encoder()
    engine = FaceEngine(open_runtime("cpu", bundled("centerface"), encoder), nothing_known(encoder.key))
    crops = []
    with ThreadPoolExecutor(1) as decoder:
        for n, photo in enumerate(decoder.map(lambda item: load_photo(item[1]), files), 1):
            crops.append(engine.read_photo(photo).reading.crop)
            if n % 200 == 0 or n == len(files):
                print(f"\r{n} of {len(files)} photographs", end="", file=sys.stderr)
    print(file=sys.stderr)
    names = [f"{file.parent.name}/{file.name}" for _, file in files]
    read = Crops(np.stack(crops), np.array([i for i, _ in files]), np.array(names))
    if cache:
        np.savez(cache, crops=read.crops, people=read.people, names=read.names)
    return read


def embedded(crops: Pixels, encoder: Model) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(n, d) unit embeddings as the engine computes them, and (n,) their lengths before, on the scale of quality."""
    encode, views = OpenVinoEncoder(encoder).encode, encoder_of(encoder.architecture).views
    parts = [embed(encode, crops[k : k + 1], views) for k in range(len(crops))]
    norms = np.concatenate([norm for _, norm in parts]) * np.float32(encoder.norm_scale or 0)
    return np.concatenate([vectors for vectors, _ in parts]), norms
