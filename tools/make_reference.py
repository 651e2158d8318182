"""Make models/reference/: embeddings of many people by a bundled encoder, without photographs, names or order.

    python tools/make_reference.py FOLDER

FOLDER holds one folder per person. A version whose head was trained is measured on these embeddings, to see what it
forgot. They are shuffled and rounded to half precision; who belongs together is kept as a number, who it is is not.
--encoder KEY and --cache FILE: as for tools/calibrate.py, and the same file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
from calibrate import ROOT
from face_crops import embedded, read_crops
from safetensors.numpy import save

from siamgui.core.encoders.registry import bundled_encoders, default_encoder
from siamgui.core.manifest import bundled

SEED = 20050620


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--source", default="Labeled Faces in the Wild (deep-funneled), people of folds 1 to 4")
    keys = [entry.key for entry in bundled_encoders()]
    parser.add_argument("--encoder", choices=keys, default=default_encoder().key)
    parser.add_argument("--cache", type=Path, help="an .npz file for the faces")
    arguments = parser.parse_args()
    encoder = bundled(arguments.encoder)
    crops = read_crops(arguments.folder, arguments.cache)
    (vectors, _), people = embedded(crops.crops, encoder), crops.people
    rng = np.random.default_rng(SEED)
    order = rng.permutation(len(vectors))
    number = rng.permutation(int(people.max()) + 1)
    data = save({"vectors": vectors[order].astype(np.float16), "person": number[people[order]].astype(np.int32)})
    folder = ROOT / "models" / "reference"
    folder.mkdir(exist_ok=True)
    (folder / "embeddings.safetensors").write_bytes(data)
    manifest = {
        "id": "reference",
        "version": "1",
        "name": "Reference embeddings",
        "role": "reference",
        "source": arguments.source,
        "licence": "Labeled Faces in the Wild: for research use",
        "notes": "Numbers computed from photographs of people in the news of 2002 to 2004. No photograph, no name.",
        "files": {"embeddings.safetensors": {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}},
        "card": {"encoder": encoder.key, "weights": encoder.file("weights.safetensors").sha256},
    }
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(vectors)} embeddings of {len(number)} people, {len(data):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
