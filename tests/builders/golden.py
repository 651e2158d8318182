"""What the commands answer about known photographs, without what differs from run to run: the golden answers.

Nothing here reaches below the command line, so that two builds of siamgui can be held against each other whatever
changed inside. tools/golden.py keeps the answers; tests/test_golden.py compares.
"""

from __future__ import annotations

import io
import itertools
import json
import zlib
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np

from siamgui.cli import main
from siamgui.core.cv import cv2
from siamgui.core.types import Pixels
from tests.builders.videos import still, write

FOLDER = Path(__file__).resolve().parent.parent / "golden"
STRICTNESS = ("convenient", "balanced", "strict")
EYES = {
    "obama1": ((435.8, 209.8), (556.1, 208.8)),
    "obama2": ((250.9, 370.4), (376.9, 379.6)),
    "obama3": ((381.2, 195.0), (445.2, 203.3)),
    "biden": ((292.3, 176.3), (363.7, 191.3)),
}
"""Where the eyes are in the bundled photographs: x, y in pixels, the left one of the picture first."""

_PEOPLE, _PICTURES = 12, 4
_VARIES = {"timings_ms", "seconds", "per_second", "version", "models"}


def compare(samples: Path, _: Path) -> Any:
    """The bundled photographs: each pair, and some at every strictness."""
    chosen = itertools.product(itertools.combinations(EYES, 2), STRICTNESS)
    return {
        f"{left}-{right} {strictness}": _said(
            "compare", samples / f"{left}.jpg", samples / f"{right}.jpg", "--strictness", strictness
        )
        for (left, right), strictness in chosen
        if strictness == "balanced" or left == "obama1"
    }


def verify(samples: Path, folder: Path) -> Any:
    """Two seconds before the camera, of the person of the reference and of another one, and one after the other."""
    sitting = {name: still(_upright(samples, name), 50) for name in ("obama2", "biden")}
    clips = {**sitting, "both": [*sitting["obama2"][:40], *sitting["biden"][:25]]}
    videos = {name: write(folder / f"{name}.avi", clip) for name, clip in clips.items()}
    reference = ("--reference", samples / "obama1.jpg")
    return {
        f"{name} {strictness}": _said("verify", *reference, "--source", video, "--strictness", strictness)
        for name, video in videos.items()
        for strictness in STRICTNESS[1:]
    }


def evaluate(samples: Path, folder: Path) -> Any:
    """The bundled photographs, a folder for each of the two people."""
    for name in EYES:
        person = folder / "people" / name.rstrip("123")
        person.mkdir(parents=True, exist_ok=True)
        (person / f"{name}.jpg").write_bytes((samples / f"{name}.jpg").read_bytes())
    return _said("evaluate", folder / "people", "--out", folder / "out")


def evaluate_lfw(lfw: Path, folder: Path) -> Any:
    """Some of the listed pairs of Labeled Faces in the Wild, of people who are strangers to the cohort."""
    header, *rows = (lfw / "pairs.csv").read_text(encoding="utf-8").splitlines()
    # As tools/make_cohort.py chooses them: whoever is in the cohort is among their own strangers.
    strangers = [
        row for row in rows if all(zlib.crc32(path.split("/")[1].encode()) % 2 for path in row.split(",")[1:3])
    ]
    (folder / "some.csv").write_text("\n".join([header, *strangers[::5]]), encoding="utf-8")
    return _said("evaluate", folder / "some.csv", "--images", lfw, "--out", folder / "out")


def train(samples: Path, folder: Path) -> Any:
    """Made-up people: the tables of "calibrate", and a head of two passes. In one thread: more round otherwise."""
    import torch

    for name, picture in _made_up(samples):
        assert cv2.imwrite(str(folder / name), picture[..., ::-1])
    pairs = itertools.combinations([name for name, _ in _made_up(samples)], 2)
    rows = (f"{one},{two},{int(one[:2] == two[:2])}" for one, two in pairs if one[:2] == two[:2] or one[2:] == two[2:])
    (folder / "pairs.csv").write_text("\n".join(["left,right,same", *rows]), encoding="utf-8")
    methods: dict[str, tuple[object, ...]] = {"calibrate": (), "head": ("--epochs", 2, "--batch", 32)}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return {
            method: _said("train", folder / "pairs.csv", "--method", method, "--seed", 7, *more, done=(0, 3))
            for method, more in methods.items()
        }
    finally:
        torch.set_num_threads(threads)


def processor() -> str:
    """Which instructions this processor has: the last digits of a network's answer follow from them."""
    return " ".join(np.show_config(mode="dicts")["SIMD Extensions"]["found"])


def _said(*arguments: object, done: tuple[int, ...] = (0,)) -> Any:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([*map(str, arguments), "--json", "--device", "cpu"])
    assert code in done, err.getvalue()
    return _constant(json.loads(out.getvalue()))


def _constant(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _constant(item) for name, item in value.items() if name not in _VARIES}
    if isinstance(value, list):
        return [_constant(item) for item in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


def _upright(samples: Path, name: str) -> Pixels:
    """(256, 256, 3) RGB: the face, its eyes at fixed places."""
    pixels = cv2.imread(str(samples / f"{name}.jpg"))[..., ::-1]
    one, two = (complex(*eye) for eye in EYES[name])
    turn = complex(60, 0) / (two - one)
    shift = complex(98, 110) - turn * one
    warp = np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
    return cv2.warpAffine(pixels, warp, (256, 256), flags=cv2.INTER_AREA, borderValue=(128, 128, 128))


def _made_up(samples: Path) -> Iterator[tuple[str, Pixels]]:
    """Each person a blend of the bundled faces in proportions of its own, in pictures dimmed and blurred at random."""
    faces = np.stack([_upright(samples, name) for name in EYES]).astype(np.float32)
    rng = np.random.default_rng(0)
    for person, weights in enumerate(rng.dirichlet(np.full(len(EYES), 0.4), _PEOPLE)):
        blend = np.tensordot(weights, faces, 1)
        for number in range(_PICTURES):
            soft = cv2.GaussianBlur(blend, (0, 0), rng.uniform(0.3, 3.0))
            grainy = soft * rng.uniform(0.5, 1.2) + rng.normal(0, rng.uniform(1, 10), soft.shape)
            yield f"{person:02}-{number}.png", grainy.clip(0, 255).astype(np.uint8)
