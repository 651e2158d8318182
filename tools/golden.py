"""Write tests/golden: what this build answers about known photographs, for every later one to be held against.

tools/golden.py                   distances by the torch reference, and the answers of the commands
tools/golden.py --lfw FOLDER      also those about Labeled Faces in the Wild (images/ and pairs.csv)
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.builders import golden  # noqa: E402
from tests.core import test_runtime as distances  # noqa: E402

SAMPLES = ROOT / "resources" / "samples"


def write(name: str, value: Any) -> None:
    golden.FOLDER.mkdir(exist_ok=True)
    text = json.dumps(value, ensure_ascii=False, indent=1)
    (golden.FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lfw", type=Path)
    lfw = parser.parse_args().lfw
    os.environ["LC_ALL"] = "C.UTF-8"
    found = distances.distances(distances.readings(distances.torch_engine("cpu"), SAMPLES)).round(6).tolist()
    write("distances", {"photographs": distances.NAMES, "distances": found})
    for make in (golden.compare, golden.verify, golden.evaluate, golden.evaluate_lfw, golden.train):
        source = lfw if make is golden.evaluate_lfw else SAMPLES
        if source is not None:
            with tempfile.TemporaryDirectory(prefix="siamgui-") as folder:
                os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
                os.environ["SIAMGUI_DATA"] = str(Path(folder) / "data")
                answers = make(source, Path(folder))
            write(make.__name__, {"processor": golden.processor(), "answers": answers})


if __name__ == "__main__":
    main()
