"""Whether siamgui computes on a graphics card what it computes on the CPU, and how fast: one command, under 8 minutes.

    python tools/gpu_check.py                      on the first CUDA device
    python tools/gpu_check.py --device cpu         the same code, small, where there is none

1. compare: every pair of the bundled photographs, distances and verdicts.
2. evaluate: many photographs of 250 pixels, decoded on the CPU by one thread a processor while the card works.
3. training: an encoder adapted in a few steps, in 32 bits and with bfloat16.
4. torchrun: two processes with gloo, and with nccl where there are two cards.
5. faces a second for batches of 1 to 4096, beside what the measured arithmetic and memory of the card allow: the
   network's FLOP and the bytes that its layers read and write are counted, the card's rates are measured.

Each answer is held against the CPU's within the tolerance that stands in the table. Exit code 1 where one is not.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from siamgui.core import embedding
from siamgui.core.calibration import Calibration
from siamgui.core.cv import cv2
from siamgui.core.encoders import load
from siamgui.core.imaging import load_photo
from siamgui.core.manifest import bundled, bundled_encoder
from siamgui.core.many_faces import AGREEMENT, ManyFaces
from siamgui.core.pipeline import FaceEngine
from siamgui.core.resources import resource
from siamgui.core.runtime import OpenVinoRuntime, Runtime, TorchRuntime
from siamgui.core.types import Pixels, Strictness
from siamgui.core.weights import read_weights
from siamgui.evaluation.reading import read_photos
from siamgui.finetuning.events import Reporter
from siamgui.finetuning.job import Job
from siamgui.finetuning.learners import make_learner
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.run import run_job
from siamgui.finetuning.settings import LossName
from siamgui.finetuning.split import split_pairs
from siamgui.finetuning.trainer import Quiet, Trainer
from siamgui.labelling.types import PairSet, Part, Split
from siamgui.versions.method import Method

ROOT = Path(__file__).resolve().parent.parent
DISTANCE = 1e-3
"""Of two distances between the same photographs, as the golden distances of the tests."""
READ = 5e-3
"""Of two distances between grainy photographs of 250 pixels: where the landmarks lie moves with the last digits."""
TRAINED, TRAINED_BF16 = 0.02, 0.1
"""Mean distance of an embedding after the same few steps of training: Adam makes whole steps of small differences."""
SHARED = 0.35
"""Share of what a head moves by which two processes may end elsewhere than one, as in the tests."""
SIZES = tuple(4**n for n in range(7))  # 1 to 4096
WANTED = 50_000


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is done. seconds: of each measurement. matrix: side of those by which arithmetic is measured."""

    photos: int
    people: int
    steps: int
    sizes: tuple[int, ...]
    seconds: float
    matrix: int


ON_A_CARD = Extent(photos=2000, people=24, steps=8, sizes=SIZES, seconds=0.5, matrix=8192)
ON_A_CPU = Extent(photos=4, people=2, steps=1, sizes=(1, 4), seconds=0.0, matrix=256)


class Table:
    """What was found, line by line, and whether all of it holds."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.wrong = 0

    def says(self, what: str, figure: str) -> None:
        self.lines.append(f"{what:62} {figure}")
        print(self.lines[-1], flush=True)

    def holds(self, what: str, value: float, limit: float) -> None:
        good = bool(value <= limit)
        self.wrong += not good
        self.says(what, f"{value:.2g}, at most {limit:g}: {'ok' if good else 'WRONG'}")

    def part(self, name: str, work: Callable[[], None]) -> None:
        """One that fails is said, and the others go on."""
        start = time.perf_counter()
        try:
            work()
        except Exception as error:  # whatever a card can do wrong belongs into the table
            traceback.print_exc()
            self.wrong += 1
            self.says(name, f"FAILED: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}")
        self.says(f"({name})", f"{time.perf_counter() - start:.1f} s")


def engines(device: str) -> tuple[FaceEngine, FaceEngine]:
    """On the CPU as siamgui has it, and by torch on the device."""
    runtimes: tuple[Runtime, ...] = (
        OpenVinoRuntime(bundled("centerface"), bundled_encoder(), os.cpu_count() or 1),
        TorchRuntime(bundled("centerface"), bundled_encoder(), device),
    )
    one, two = (FaceEngine(runtime, Calibration.bundled()) for runtime in runtimes)
    return one, two


def unchanged(engine: FaceEngine) -> None:
    if engine.info.fallback:
        raise RuntimeError("the card failed, and the CPU went on")


def compare(table: Table, on_cpu: FaceEngine, on_card: FaceEngine) -> None:
    photos = [load_photo(path) for path in sorted(resource("samples").glob("*.jpg"))]
    read = [[engine.read_photo(photo).reading for photo in photos] for engine in (on_cpu, on_card)]
    unchanged(on_card)
    gaps, other = [], 0
    for one, two in combinations(range(len(photos)), 2):
        for strictness in Strictness:
            first, second = (
                engine.compare(faces[one], faces[two], strictness).verdict
                for engine, faces in zip((on_cpu, on_card), read, strict=True)
            )
            gaps.append(abs(first.distance - second.distance))
            other += first.outcome is not second.outcome
    table.holds("compare: largest difference of a distance", max(gaps), DISTANCE)
    table.holds(f"compare: other verdicts, of {len(gaps)}", other, 0)


def between(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, n) distances."""
    return np.linalg.norm(vectors[:, None] - vectors, axis=2)


def made_photos(engine: FaceEngine, folder: Path, count: int) -> list[Path]:
    """count JPEG files of 250 x 250, each a bundled face under a light and grain of its own."""
    parts: list[Pixels] = []
    for path in sorted(resource("samples").glob("*.jpg")):
        photo = load_photo(path)
        found = engine.find_faces(photo)
        face = found.faces[found.prominent]
        side, (x, y) = round(1.1 * face.height), (face.box[:2] + face.box[2:]) / 2
        top, left = max(0, round(float(y)) - side), max(0, round(float(x)) - side)
        parts.append(cv2.resize(photo.pixels[top : top + 2 * side, left : left + 2 * side], (250, 250)))
    rng, paths = np.random.default_rng(0), []
    for number in range(count):
        part = parts[number % len(parts)].astype(np.float32)
        varied = part * rng.uniform(0.6, 1.2) + rng.normal(0, rng.uniform(1, 8), part.shape)
        paths.append(folder / f"{number:05}.jpg")
        cv2.imwrite(str(paths[-1]), varied.clip(0, 255).astype(np.uint8)[..., ::-1])
    return paths


def evaluate(table: Table, on_cpu: FaceEngine, on_card: FaceEngine, extent: Extent, folder: Path) -> None:
    paths, jobs = made_photos(on_cpu, folder, extent.photos), os.cpu_count() or 1
    read_photos(on_card, paths[:8], jobs, lambda done, total: None)
    start = time.perf_counter()
    there = read_photos(on_card, paths, jobs, lambda done, total: None)
    seconds = time.perf_counter() - start
    unchanged(on_card)
    some = paths[:: max(1, len(paths) // 200)]
    here = read_photos(on_cpu, some, jobs, lambda done, total: None)
    again = there.vectors[:: max(1, len(paths) // 200)]
    both = here.read & ~np.isnan(again[:, 0])
    table.holds("evaluate: photos that only one of them could read", float((~both).sum()), 0)
    gap = abs(between(here.vectors[both]) - between(again[both])).max()
    table.holds("evaluate: largest difference of a distance", float(gap), READ)
    table.says(f"evaluate: photos a second, {jobs} threads decode", f"{len(paths) / seconds:.0f}")


def made_pairs(people: int) -> tuple[PairSet, Split, NDArray[np.float32]]:
    """Four spoilt pictures each of made faces, all pairs of a person and as many of two; embeddings of length 1."""
    rng = np.random.default_rng(0)
    faces = cv2.resize(rng.uniform(0, 255, (7, 7, 3 * people)).astype(np.float32), (112, 112))
    each = np.moveaxis(faces.reshape(112, 112, people, 3), 2, 0).repeat(4, 0)
    crops = (each + rng.normal(0, 20, each.shape)).clip(0, 255).astype(np.uint8)
    person = np.arange(people).repeat(4)
    left, right = np.triu_indices(len(person), 1)
    same = person[left] == person[right]
    kept = np.concatenate([np.flatnonzero(same), rng.choice(np.flatnonzero(~same), same.sum(), replace=False)])
    names = tuple(f"{n}.png" for n in range(len(person)))
    pairs = PairSet(crops, names, np.arange(len(person)) % 4 == 0, person, left[kept], right[kept], same[kept], True)
    split = Split(np.full(len(kept), int(Part.TRAIN)), np.full(len(person), int(Part.TRAIN)))
    encode = OpenVinoRuntime(bundled("centerface"), bundled_encoder()).encode
    return pairs, split, embedding.embed(encode, crops, 1)[0]


class Steps(Trainer):
    """A Trainer whose precision is chosen. bits16: bfloat16, whether the device has it or not."""

    bits16 = False

    def _precision(self) -> AbstractContextManager[object]:
        return torch.autocast(self._device.type, torch.bfloat16) if self.bits16 else nullcontext()


def trained(device: str, extent: Extent, bits16: bool) -> tuple[NDArray[np.float32], float]:
    """(n, d) embeddings after the steps, by the CPU; pictures that were learned from in a second."""
    pairs, split, start = made_pairs(extent.people)
    size = max(4, len(pairs.same) // extent.steps)
    settings = replace(METHODS[Method.ADAPT].defaults, epochs=1, batch=size, device=device)
    learner = make_learner(bundled_encoder(), settings)
    trainer = Steps(learner, pairs, split, settings, start, torch.device(device), Quiet(lambda: False))
    trainer.bits16 = bits16
    begun = time.perf_counter()
    trainer.run(None, "")
    seconds = time.perf_counter() - begun
    net = learner.encoder().eval()
    with torch.inference_mode():
        x = torch.tensor(pairs.crops[:32]).permute(0, 3, 1, 2).float()
        vectors: NDArray[np.float32] = embedding.embed_images(net, x, 1).numpy()
    return vectors, 2 * len(pairs.same) / seconds


def training(table: Table, device: str, extent: Extent) -> None:
    wanted, _ = trained("cpu", extent, bits16=False)
    kinds = [("32 bits", False, TRAINED), ("bfloat16", True, TRAINED_BF16)]
    for name, bits16, limit in kinds if device == "cuda" else kinds[:1]:  # the CPU is never trained in 16
        if device == "cuda":
            trained(device, replace(extent, people=4, steps=1), bits16)  # the first step of all takes seconds
        got, speed = trained(device, extent, bits16)
        gap = float(np.linalg.norm(got - wanted, axis=1).mean())
        table.holds(f"training, {name}: mean distance of an embedding after it", gap, limit)
        table.says(f"training, {name}: pictures a second, all included", f"{speed:.0f}")


def head_of(folder: Path, device: str, processes: int) -> NDArray[np.float32]:
    """What a run of a head has learned: by this process, or by so many that torchrun starts."""
    pairs, _, _ = made_pairs(16)
    plain = {"contrast": 0.0, "cohort": 0.0, "patience": 0}  # two processes see other faces in a step than one does
    settings = replace(METHODS[Method.HEAD].defaults, loss=LossName.HADSELL, epochs=4, batch=32, device=device, **plain)
    job = Job.create(folder, pairs, split_pairs(pairs), settings, bundled_encoder(), "Check", None)
    if processes == 1:
        threads = torch.get_num_threads()
        run_job(job, Reporter(None, lambda event: None), lambda: False)
        torch.set_num_threads(threads)
    else:
        command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": path}
        command += ["-m", "siamgui.finetuning", str(folder)]
        done = subprocess.run(command, capture_output=True, env=environment, text=True, timeout=180, check=False)
        if done.returncode:
            print(done.stdout[-1000:], done.stderr[-3000:])
            raise RuntimeError(f"torchrun ended with {done.returncode}")
    result = Job.open(folder).result
    assert result is not None
    return np.asarray(read_weights((result / "weights.safetensors").read_bytes())["head.weight"], np.float32)


def torchrun(table: Table, device: str, folder: Path) -> None:
    alone = head_of(folder / "alone", "cpu", 1)
    moved = float(np.linalg.norm(alone - np.eye(len(alone))))
    kinds = [("two processes, gloo, CPU", "cpu", 2)]
    cards = torch.cuda.device_count() if device == "cuda" else 0
    if cards:
        kinds += [
            ("one process, the card", device, 1),
            ("two processes, nccl" if cards > 1 else "two, gloo, one card", device, 2),
        ]
    for name, where, processes in kinds:
        head = head_of(folder / name.replace(" ", "-"), where, processes)
        table.holds(
            f"torchrun: {name}: other than one, of what it moved", float(np.linalg.norm(head - alone)) / moved, SHARED
        )
    if cards < 2:
        table.says("torchrun: two processes, nccl", "not run: nccl wants a card for each process")


def counted(net: nn.Module, device: torch.device) -> tuple[float, float, float]:
    """Of one face: FLOP; numbers that convolutions, PReLU and dense layers read and write; and numbers of weights."""
    moved = 0

    def count(_: nn.Module, given: tuple[torch.Tensor, ...], out: torch.Tensor) -> None:
        nonlocal moved
        moved += given[0].numel() + out.numel()

    hooks = [m.register_forward_hook(count) for m in net.modules() if isinstance(m, nn.Conv2d | nn.PReLU | nn.Linear)]
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(torch.zeros(1, 3, 112, 112, device=device))
    for hook in hooks:
        hook.remove()
    return float(counter.get_total_flops()), float(moved), float(sum(p.numel() for p in net.parameters()))


def rate(work: Callable[[], object], device: torch.device, seconds: float) -> float:
    """Times a second, after two that are not counted."""
    done = torch.cuda.synchronize if device.type == "cuda" else lambda: None
    for _ in range(2 if seconds else 0):
        work()
    done()
    start, times = time.perf_counter(), 0
    while not times or time.perf_counter() - start < seconds:
        for _ in range(1 if times < 4 else 4):
            work()
            times += 1
        done()
    return times / (time.perf_counter() - start)


def limits(device: torch.device, extent: Extent) -> tuple[dict[torch.dtype, float], float]:
    """FLOP a second of a square matrix product, in each precision, and bytes a second of a copy (read and written)."""
    side = extent.matrix
    flops = {}
    for kind in (torch.float32, torch.float16 if device.type == "cuda" else torch.bfloat16):
        matrix = torch.randn(side, side, device=device).to(kind)
        flops[torch.float32 if kind is torch.float32 else torch.float16] = (
            2 * side**3 * rate(lambda matrix=matrix: matrix @ matrix, device, extent.seconds)
        )
    block = torch.empty(4 * side * side, device=device)
    there = torch.empty_like(block)
    return flops, 8 * len(block) * rate(lambda: there.copy_(block), device, extent.seconds)


def encoding(table: Table, device_name: str, on_cpu: FaceEngine, extent: Extent, folder: Path) -> None:
    device = torch.device(device_name)
    runtime = TorchRuntime(bundled("centerface"), bundled_encoder(), device_name)
    faces = [load_photo(path) for path in made_photos(on_cpu, folder, 8)]
    crops = np.stack([on_cpu.read_photo(photo).reading.crop for photo in faces])
    largest = max(extent.sizes)
    many = np.tile(crops, (-(-largest // len(crops)), 1, 1, 1))[:largest]
    net = load(bundled_encoder()).to(device).to(memory_format=torch.channels_last)
    together = ManyFaces(net, device)
    flop, moved, weights = counted(net, device)
    flops, memory = limits(device, extent)
    table.says("encoding: one face", f"{flop / 1e9:.2f} GFLOP, {moved / 1e6:.1f} million numbers read and written")
    table.says(
        "encoding: measured limits",
        f"{flops[torch.float32] / 1e12:.1f} TFLOP/s in 32 bits, "
        f"{flops[torch.float16] / 1e12:.1f} in 16, {memory / 1e9:.0f} GB/s",
    )
    vectors = embedding.unit(together.encode(many))[: len(crops)]
    encode = OpenVinoRuntime(bundled("centerface"), bundled_encoder()).encode
    wanted = embedding.embed(encode, crops[: len(vectors)], 1)[0]
    table.says("encoding: 16 bits are exact enough", str(together.half))
    gap = abs(between(vectors) - between(wanted)).max()
    table.holds("encoding: largest difference of a distance, in batches", float(gap), 2 * AGREEMENT)
    best = 0.0
    table.says(
        "encoding: faces a second, batch", "  32 bits  16 bits   limit of 32   limit of 16   from memory of the CPU"
    )
    for size in extent.sizes:
        pictures = torch.tensor(many[:size]).to(device)
        speed, limit = {}, {}
        for bits, half in ((4, False), (2, True)):
            if half and not together.half:
                speed[bits], limit[bits] = float("nan"), float("nan")
                continue
            with torch.inference_mode():
                speed[bits] = size * rate(lambda h=half, p=pictures: together.seen(p, half=h), device, extent.seconds)
            kind = torch.float16 if half else torch.float32
            seconds = max(flop * size / flops[kind], bits * (moved * size + weights) / memory)
            limit[bits] = size / seconds
        whole = size * rate(lambda size=size: runtime.encode(many[:size]), device, extent.seconds)
        best = max(best, whole)
        table.says(f"  {size:5}", f"{speed[4]:9.0f} {speed[2]:8.0f} {limit[4]:13.0f} {limit[2]:13.0f} {whole:12.0f}")
    if device.type == "cuda":
        table.says(f"encoding: the best from the CPU's memory, aim {WANTED:,}", f"{best:,.0f} faces/s")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--parts", nargs="*", help="only these: compare evaluate training torchrun encoding")
    args = parser.parse_args(arguments)
    if args.device == "cuda" and not torch.cuda.is_available():
        print("No CUDA device is at hand; --device cpu runs the same on the CPU.")
        return 2
    extent, table = ON_A_CARD if args.device == "cuda" else ON_A_CPU, Table()
    name = torch.cuda.get_device_name() if args.device == "cuda" else "CPU"
    table.says("device", f"{name}, torch {torch.__version__}, {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory(prefix="siamgui-") as scratch:
        folder = Path(scratch)
        os.environ["SIAMGUI_DATA"] = str(folder / "data")
        os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
        on_cpu, on_card = engines(args.device)
        for part in ("photos", "runs", "faces"):
            (folder / part).mkdir()
        parts: dict[str, Callable[[], None]] = {
            "compare": lambda: compare(table, on_cpu, on_card),
            "evaluate": lambda: evaluate(table, on_cpu, on_card, extent, folder / "photos"),
            "training": lambda: training(table, args.device, extent),
            "torchrun": lambda: torchrun(table, args.device, folder / "runs"),
            "encoding": lambda: encoding(table, args.device, on_cpu, extent, folder / "faces"),
        }
        for name, work in parts.items():
            if args.parts is None or name in args.parts:
                table.part(name, work)
    print("\n" + "\n".join(table.lines))
    print("\nall holds" if not table.wrong else f"\n{table.wrong} WRONG")
    return int(table.wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
