"""The photographs of a folder whose faces are nearest to one face, by the embeddings alone.

    python examples/nearest.py PHOTO FOLDER

A distance between embeddings is no verdict: that takes compare(), which knows how the faces were photographed.
And among many faces the nearest is often a stranger: `siamgui find` says how many to expect.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from siamgui import embed
from siamgui.api import SiamguiError


def main() -> None:
    wanted = embed(sys.argv[1])
    found = []
    for photo in sorted(Path(sys.argv[2]).iterdir()):
        try:
            found.append((float(np.linalg.norm(embed(photo).vector - wanted.vector)), photo.name))
        except SiamguiError as error:
            print(f"{photo.name}: {error}", file=sys.stderr)
    for distance, name in sorted(found)[:10]:
        print(f"{distance:.2f}  {name}")


if __name__ == "__main__":
    main()
