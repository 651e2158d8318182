"""Write tests/golden/distances.json: distances between the bundled photographs by the torch reference on the CPU."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.core.test_runtime import GOLDEN, NAMES, distances, readings, torch_engine  # noqa: E402

GOLDEN.parent.mkdir(exist_ok=True)
values = distances(readings(torch_engine("cpu"), ROOT / "resources" / "samples")).round(6).tolist()
GOLDEN.write_text(json.dumps({"photographs": NAMES, "distances": values}, indent=1) + "\n", encoding="utf-8")
