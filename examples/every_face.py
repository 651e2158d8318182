"""Every face of a photograph, and which two of them are most alike.

python examples/every_face.py PHOTO
"""

from __future__ import annotations

import sys
from itertools import combinations

from siamgui import Engine


def main() -> None:
    photo = sys.argv[1]
    engine = Engine("cpu")
    faces = engine.find_faces(photo)
    for number, face in enumerate(faces, 1):
        x, y = face.box[:2]
        print(f"face {number}: {face.width:.0f} pixels wide at {x:.0f}, {y:.0f}, score {face.score:.2f}")
    read = [engine.read(photo, number) for number in range(1, len(faces) + 1)]  # each is read once
    pairs = [(engine.compare(left, right), left, right) for left, right in combinations(read, 2)]
    if pairs:
        answer, left, right = min(pairs, key=lambda pair: pair[0].verdict.distance)
        print(f"most alike: {left.chosen + 1} and {right.chosen + 1}, {answer.verdict.outcome}")


if __name__ == "__main__":
    main()
