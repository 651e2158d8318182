"""siamgui beside other programs on the same photographs: time, memory and accuracy, as a table with all settings.

    python tools/peers.py FOLDER [--pairs 300] [--face-recognition PYTHON] [--opencv PYTHON MODELS]
                                 [--deepface PYTHON] [--out docs]

FOLDER holds images/ and pairs.csv, as Labeled Faces in the Wild is laid out for `siamgui evaluate`. Every program
reads the same files, one after the other, in a process of its own, from the file to an embedding of the largest face.
In turns of 50 photographs, so that a busy moment of the machine does not fall on one of them alone. None is required:

--face-recognition  the Python of an environment that has it (dlib-bin, face_recognition_models, setuptools < 81, then
                    face_recognition itself with --no-deps)
--opencv            the Python of an environment that has OpenCV 4 (5 refuses the second network), and a folder with
                    OpenCV Zoo's face_detection_yunet_2023mar*.onnx and face_recognition_sface_2021dec*.onnx
--deepface          the Python of an environment that has it and its weights in ~/.deepface/weights: it downloads what
                    is missing, so it is only run where nothing is

What could not be run stands in the table with the reason.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
AT_A_TIME = 50
YUNET, SFACE = "face_detection_yunet_2023mar*.onnx", "face_recognition_sface_2021dec*.onnx"
MARKS = "<!-- peers: begin -->", "<!-- peers: end -->"
Read = Callable[[str], Any]
"""A path -> an embedding, None without a face."""


def siamgui(_: str) -> tuple[str, Read]:
    from siamgui import __version__
    from siamgui.core.errors import SiamguiError
    from siamgui.core.imaging import load_photo
    from siamgui.core.pipeline import FaceEngine

    engine = FaceEngine.load("cpu")

    def read(path: str) -> Any:
        try:
            return engine.read_photo(load_photo(Path(path))).reading.embedding.vector
        except SiamguiError:
            return None

    return __version__, read


def face_recognition(_: str) -> tuple[str, Read]:
    import face_recognition as peer  # type: ignore[import-not-found]

    def read(path: str) -> Any:
        image = peer.load_image_file(path)
        places = peer.face_locations(image, number_of_times_to_upsample=1, model="hog")
        if not places:
            return None
        largest = max(places, key=lambda box: (box[2] - box[0]) * (box[1] - box[3]))
        return peer.face_encodings(image, [largest], num_jitters=1, model="small")[0]

    return str(peer.__version__), read


def opencv(models: str) -> tuple[str, Read]:
    import cv2

    yunet, sface = (str(next(Path(models).glob(name))) for name in (YUNET, SFACE))
    finder = cv2.FaceDetectorYN.create(yunet, "", (320, 320), 0.9, 0.3, 5000)
    encoder = cv2.FaceRecognizerSF.create(sface, "")

    def read(path: str) -> Any:
        image = cv2.imread(path)
        finder.setInputSize((image.shape[1], image.shape[0]))
        _, faces = finder.detect(image)
        if faces is None:
            return None
        largest = max(faces, key=lambda face: face[2] * face[3])
        vector = encoder.feature(encoder.alignCrop(image, largest))[0]
        return vector / (vector**2).sum() ** 0.5

    return f"{cv2.__version__}, {Path(sface).stem.removeprefix('face_recognition_sface_')}", read


def deepface(_: str) -> tuple[str, Read]:
    from deepface import DeepFace, __version__  # type: ignore[import-not-found]

    def read(path: str) -> Any:
        import numpy as np

        try:
            found = DeepFace.represent(path, model_name="Facenet512", detector_backend="retinaface")
        except ValueError:
            return None
        vector = np.asarray(max(found, key=lambda one: one["facial_area"]["w"])["embedding"])
        return vector / np.linalg.norm(vector)

    return str(__version__), read


@dataclass(frozen=True, slots=True)
class Peer:
    """make: its reader. settings: in words. limit: distance up to which it says "same person" by itself."""

    name: str
    make: Callable[[str], tuple[str, Read]]
    settings: str
    limit: float | None


PEERS = (
    Peer("siamgui", siamgui, "as it comes, on the CPU", None),
    Peer("face_recognition", face_recognition, "HOG, upsampled once; 1 jitter, model small; tolerance 0.6", 0.6),
    Peer("OpenCV YuNet + SFace", opencv, "score 0.9, NMS 0.3; L2 limit 1.128", 1.128),
    Peer("deepface", deepface, "Facenet512, RetinaFace; L2 limit 1.04", 1.04),
)


def serve(name: str, models: str) -> None:
    """In the process of a peer: lines of JSON lists of paths in, what was read and what it took out."""
    import resource

    version, read = next(peer for peer in PEERS if peer.name == name).make(models)
    print(json.dumps({"version": version}), flush=True)
    for line in sys.stdin:
        answers = []
        for path in json.loads(line):
            processor, clock = time.process_time(), time.perf_counter()
            vector = read(path)
            spent = 1000 * (time.process_time() - processor), 1000 * (time.perf_counter() - clock)
            answers.append((None if vector is None else [float(number) for number in vector], *spent))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"answers": answers, "peak": peak}), flush=True)


@dataclass(slots=True)
class Running:
    """A peer at work, or why it is not."""

    peer: Peer
    process: subprocess.Popen[str] | None = None
    why_not: str = ""
    version: str = ""
    answers: list[tuple[list[float] | None, float, float]] = field(default_factory=list)
    peak: float = 0.0

    def hear(self) -> Any:
        assert self.process is not None
        assert self.process.stdout is not None
        return json.loads(self.process.stdout.readline() or "null")

    def read(self, paths: list[str]) -> None:
        if self.process is None:
            return
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(paths) + "\n")
        self.process.stdin.flush()
        said = self.hear()
        if said is None:
            self.process, self.why_not = None, "it ended by itself"
        else:
            self.answers += [tuple(answer) for answer in said["answers"]]
            self.peak = said["peak"]


def begun(peer: Peer, python: str | None, models: str, why_not: str) -> Running:
    running = Running(peer, why_not=why_not)
    if why_not or python is None:
        return running
    environment = {**os.environ, "PYTHONPATH": str(ROOT) if peer.name == "siamgui" else ""}
    running.process = subprocess.Popen(
        [python, __file__, "--serve", peer.name, "--models", models],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    hello = running.hear()
    if hello is None:
        running.process, running.why_not = None, "it does not start in that environment"
    else:
        running.version = hello["version"]
    return running


def started(args: argparse.Namespace) -> list[Running]:
    python, models = args.opencv or (None, "")
    missing = [name for name in (YUNET, SFACE) if python is None or not any(Path(models).glob(name))]
    weights = Path.home() / ".deepface" / "weights"
    reasons = {
        "siamgui": "",
        "face_recognition": "" if args.face_recognition else "no environment named with --face-recognition",
        "OpenCV YuNet + SFace": f"not at hand: {', '.join(missing)}" if missing else "",
        "deepface": ""
        if args.deepface and weights.is_dir()
        else "it downloads its weights when it first runs; none here",
    }
    pythons = {
        "siamgui": sys.executable,
        "face_recognition": args.face_recognition,
        "OpenCV YuNet + SFace": python,
        "deepface": args.deepface,
    }
    return [begun(peer, pythons[peer.name], models, reasons[peer.name]) for peer in PEERS]


def row(running: Running, pairs: list[tuple[int, int, bool]], base: float | None) -> str:
    """base: milliseconds of the processor that face_recognition takes."""
    import numpy as np

    from siamgui.evaluation.metrics import Curve, fold_accuracy, make_folds

    name = f"{running.peer.name} {running.version}".strip()
    if not running.answers:
        return f"| {name} | {running.peer.settings} | not run: {running.why_not} | | | | | |"
    vectors = [answer[0] for answer in running.answers]
    kept = [(a, b, same) for a, b, same in pairs if vectors[a] is not None and vectors[b] is not None]
    same = np.array([pair[2] for pair in kept])
    distances = np.array([np.linalg.norm(np.subtract(vectors[a], vectors[b])) for a, b, _ in kept])
    accuracy = fold_accuracy(distances, same, make_folds(same))
    own = "" if running.peer.limit is None else f"{100 * ((distances <= running.peer.limit) == same).mean():.2f} %"
    processor, clock = (median(answer[n] for answer in running.answers) for n in (1, 2))
    ratio = "" if base is None else f" ({base / processor:.1f} x)"
    unread = sum(vector is None for vector in vectors)
    folds = "" if accuracy is None else f"{100 * accuracy.read:.2f} %"
    return (
        f"| {name} | {running.peer.settings} | {processor:.1f} ms{ratio} | {clock:.1f} ms | {running.peak:.0f} MB "
        f"| {unread} | {folds}, AUC {Curve.of(distances, same).auc:.4f} | {own} |"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--pairs", type=int, default=300)
    parser.add_argument("--face-recognition")
    parser.add_argument("--opencv", nargs=2, metavar=("PYTHON", "MODELS"))
    parser.add_argument("--models", default="", help=argparse.SUPPRESS)
    parser.add_argument("--deepface")
    parser.add_argument("--out", type=Path, help="the folder of speed.md")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        serve(args.serve, args.models)
        return 0
    if args.folder is None:
        parser.error("a folder with images/ and pairs.csv is needed")
    lines = (args.folder / "pairs.csv").read_text(encoding="utf-8").splitlines()
    header, *rows = [line.split(",") for line in lines]
    columns = [header.index(name) for name in ("left", "right", "same")]
    listed = [[cells[column] for column in columns] for cells in rows]
    step = max(1, len(listed) // args.pairs)
    chosen = listed[::step][: args.pairs]
    names = list(dict.fromkeys(name for left, right, _ in chosen for name in (left, right)))
    number = {name: n for n, name in enumerate(names)}
    pairs = [(number[left], number[right], same in ("1", "same")) for left, right, same in chosen]
    paths = [str(args.folder / name) for name in names]
    peers = started(args)
    for peer in peers:
        peer.read(paths[:2])  # warm
        peer.answers.clear()
    for start in range(0, len(paths), AT_A_TIME):
        for peer in peers:
            peer.read(paths[start : start + AT_A_TIME])
    base = next((peer for peer in peers if peer.peer.name == "face_recognition" and peer.answers), None)
    spent = None if base is None else median(answer[1] for answer in base.answers)
    text = "\n".join(
        [
            f"{len(pairs)} pairs of {len(paths)} photographs; time is the median of one file to its embedding.",
            "",
            "| program | settings | processor | clock | memory | no face | accuracy, 10 folds | at its own limit |",
            "|---|---|---|---|---|---|---|---|",
            *(row(peer, pairs, spent) for peer in peers),
        ]
    )
    print(text)
    if args.out is not None:
        page = args.out / "speed.md"
        old = page.read_text(encoding="utf-8")
        between = f"{MARKS[0]}\n\n{text}\n\n{MARKS[1]}"
        page.write_text(
            re.sub(f"{re.escape(MARKS[0])}.*{re.escape(MARKS[1])}", lambda _: between, old, flags=re.DOTALL),
            encoding="utf-8",
        )
    for peer in peers:
        if peer.process is not None and peer.process.stdin is not None:
            peer.process.stdin.close()
            peer.process.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
