"""The experiment of Chopra, Hadsell and LeCun (CVPR 2005) on the AT&T faces: 40 people, 10 grey photographs each.

As in the paper: its network, its loss, 35 people to train on and 5 others to test on, and a person as a Gaussian over
the embeddings of five photographs. Here the 40 people are shuffled and cut into eights, so that eight splits test
everyone once, and no photograph is ever compared with itself (the paper's counts of pairs include that).

Unlike in the paper the embeddings have unit length, so Q = 2, and one step sees 16 people x 4 photographs: all 96
genuine pairs, and as many impostors, the nearest. The photographs are varied anew in every step.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from siamgui.core.encoders.chopra2005 import EMBEDDING_SIZE, Chopra2005
from siamgui.core.energy import L2
from siamgui.core.errors import Cancelled, ImageGone, SiamguiError, UnreadableImage
from siamgui.core.file_names import photo_name
from siamgui.core.i18n import mark, tr
from siamgui.core.imaging import load_photo
from siamgui.finetuning.adam import Adam
from siamgui.finetuning.augment import Variation, augment
from siamgui.finetuning.losses import make_pair_loss
from siamgui.finetuning.settings import LossName

PEOPLE, PHOTOS, TESTED = 40, 10, 5
FALSE_ACCEPTS = (0.10, 0.075, 0.05)
PAPER = (0.0, 0.01, 0.01)
"""The paper's false rejects of the five-photo model at these false accepts, on the AT&T faces."""

STEPS = 1000
_PEOPLE_A_STEP, _PHOTOS_A_STEP = 16, 4
_LEARNING_RATE = 2e-3
_NEAREST = 1  # impostor pairs for each genuine one
_VARIATION = Variation(shift=0.06, turn=10, zoom=0.15, mirror=0.5, light=0.3, cover=0.5)
_SHIFT = 2  # pixels between the views of a photograph that is tested

_MODELLED = 5
# Of one person's ten photographs every five make a model once: 252 models, each tried with the other five.
_CHOICES = np.array(list(itertools.combinations(range(PHOTOS), _MODELLED)))
_OTHERS = np.array([np.setdiff1d(range(PHOTOS), choice) for choice in _CHOICES])
# Five photographs do not give a covariance in 50 directions. Unit embeddings spread over the whole sphere have the
# variance 1/50 in each; a person is expected to have this share of it, and the expectation weighs as much as five
# photographs.
_EXPECTED_VARIANCE = 0.3 / EMBEDDING_SIZE
_EXPECTATION_WEIGHT = 5

Rates = tuple[float, ...]
Doubles = NDArray[np.float64]


class AttFacesMissing(SiamguiError):
    """values: name"""

    text = mark("There is no folder “{name}”. Choose the folder of the AT&T faces, which holds s1 to s40.")


class AttFacesIncomplete(SiamguiError):
    """values: name, photo"""

    text = mark(
        "“{name}” does not hold the AT&T faces: “{photo}” is missing. "
        "It must hold the folders s1 to s40 with the photos 1.pgm to 10.pgm in each."
    )


class AttPhotoOfOtherSize(SiamguiError):
    """values: photo, width, height"""

    text = mark(
        "“{photo}” has {width} × {height} pixels. The photos of the AT&T faces have 92 × 112: use the originals."
    )


@dataclass(frozen=True, slots=True)
class SplitResult:
    """people: the numbers of the five test people. Rates of false rejects, one for each of FALSE_ACCEPTS.

    person_model: of five-photo models. single: of single pairs. seconds: what training took.
    """

    people: tuple[int, ...]
    person_model: Rates
    single: Rates
    seconds: float


@dataclass(frozen=True, slots=True)
class AttResult:
    """All splits of one run."""

    seed: int
    steps: int
    splits: tuple[SplitResult, ...]

    @property
    def person_model(self) -> Rates:
        """Mean over the splits."""
        return tuple(np.mean([split.person_model for split in self.splits], axis=0).tolist())

    @property
    def single(self) -> Rates:
        return tuple(np.mean([split.single for split in self.splits], axis=0).tolist())

    def to_json(self) -> dict[str, Any]:
        means = {"person_model": self.person_model, "single": self.single}
        return {**asdict(self), "false_accepts": FALSE_ACCEPTS, "mean": means, "paper": {"person_model": PAPER}}


def run(
    data: Path,
    splits: int = 8,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
    stopped: Callable[[], bool] = lambda: False,
    steps: int = STEPS,
) -> AttResult:
    """Train and test `splits` >= 1 times, `steps` >= 1 steps each. data: the folder that holds s1 to s40.

    progress: called with (steps done, steps in all). stopped: asked before every step.
    Raises Cancelled, the errors of this module, and those of siamgui.core.imaging with the photo as "s1/1.pgm".
    """
    faces = load(data)
    results = []
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # small layers: two threads gain little, lose much on a busy machine, and round otherwise
    try:
        for number in range(splits):

            def trained(step: int, before: int = number * steps) -> None:
                progress(before + step, splits * steps)

            results.append(_split(faces, seed, number, steps, trained, stopped))
    finally:
        torch.set_num_threads(threads)
    return AttResult(seed, steps, tuple(results))


def _split(
    faces: Tensor, seed: int, number: int, steps: int, progress: Callable[[int], None], stopped: Callable[[], bool]
) -> SplitResult:
    tested = tested_people(seed, number)
    start = time.perf_counter()
    network = train(faces[np.setdiff1d(np.arange(PEOPLE), tested)], (seed, number), steps, progress, stopped)
    seconds = time.perf_counter() - start
    vectors = embed(network, faces[tested])
    return SplitResult(tuple((tested + 1).tolist()), person_model_rates(vectors), single_rates(vectors), seconds)


def load(data: Path) -> Tensor:
    """(40, 10, 1, 56, 46) float32 grey in 0..255, halved. Raises as run() does."""
    if not data.is_dir():
        raise AttFacesMissing(name=photo_name(data))
    people = [
        [_photo(data, f"s{person}/{photo}.pgm") for photo in range(1, PHOTOS + 1)] for person in range(1, PEOPLE + 1)
    ]
    faces = torch.from_numpy(np.array(people, dtype=np.float32))
    return functional.avg_pool2d(faces, 2)[:, :, None]


def _photo(data: Path, name: str) -> NDArray[np.uint8]:
    try:
        pixels = load_photo(data / name).pixels
    except ImageGone:
        raise AttFacesIncomplete(name=photo_name(data), photo=name) from None
    except UnreadableImage as error:  # “1.pgm” alone would not say which of the forty
        raise type(error)(**error.values | {"name": name}) from error
    height, width = pixels.shape[:2]
    if (width, height) != (92, 112):
        raise AttPhotoOfOtherSize(photo=name, width=width, height=height)
    return pixels[:, :, 0]


def tested_people(seed: int, number: int) -> NDArray[np.int64]:
    """(5,) ascending indices of the people that split `number` tests. Eight splits in a row cover all 40 people."""
    groups = PEOPLE // TESTED
    order = np.random.default_rng([seed, number // groups]).permutation(PEOPLE)
    return np.sort(order[number % groups * TESTED :][:TESTED])


def train(
    faces: Tensor,
    seed: tuple[int, int],
    steps: int,
    progress: Callable[[int], None],
    stopped: Callable[[], bool],
) -> Chopra2005:
    """faces: (people >= 16, photos >= 4, 1, 56, 46) grey. The same seed gives the same network. Raises Cancelled."""
    number = int(np.random.SeedSequence(seed).generate_state(1)[0])
    generator = torch.Generator().manual_seed(number)
    with torch.random.fork_rng():
        torch.manual_seed(number)
        network = Chopra2005().train()
    loss = make_pair_loss(LossName.CHOPRA, L2.bound(EMBEDDING_SIZE))
    optimiser = Adam((network.parameters(), _LEARNING_RATE))
    person = torch.arange(_PEOPLE_A_STEP).repeat_interleave(_PHOTOS_A_STEP)
    left, right = torch.triu_indices(len(person), len(person), 1)
    same = person[left] == person[right]
    for step in range(steps):
        if stopped():
            raise Cancelled
        x = augment(_batch(faces, generator), _VARIATION, generator)
        vectors = functional.normalize(network(x))
        distances = L2.between(vectors[left], vectors[right])
        near = distances[~same].topk(_NEAREST * int(same.sum()), largest=False).values
        cost = (loss(distances[same], same[same]) + loss(near, torch.zeros_like(near, dtype=torch.bool))) / 2
        optimiser.zero_grad()
        cost.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step(_pace(step, steps))
        progress(step + 1)
    return network.eval()


def _pace(step: int, steps: int) -> float:
    """Share of the learning rate: a warm-up over a tenth of the steps, then half a cosine."""
    return min(1.0, 10 * (step + 1) / steps) * (1 + math.cos(math.pi * step / steps)) / 2


def _batch(faces: Tensor, generator: torch.Generator) -> Tensor:
    """Some photographs of some people: (64, 1, 56, 46), person by person."""
    people = torch.randperm(len(faces), generator=generator)[:_PEOPLE_A_STEP]
    photos = torch.stack([torch.randperm(faces.shape[1], generator=generator)[:_PHOTOS_A_STEP] for _ in people])
    return faces[people[:, None], photos].flatten(0, 1)


@torch.inference_mode()
def embed(network: Chopra2005, faces: Tensor) -> Doubles:
    """(people, photos, 1, 56, 46) -> (people, photos, 50) of unit length.

    The mean of 18 views: the photo and its mirror image, each where it is and two pixels off in eight directions.
    """
    height, width = faces.shape[3:]
    wide = functional.pad(faces.flatten(0, 1), (_SHIFT,) * 4, mode="replicate")
    total = torch.zeros(len(wide), EMBEDDING_SIZE, dtype=torch.float64)
    for down, across in itertools.product((0, _SHIFT, 2 * _SHIFT), repeat=2):
        x = wide[:, :, down : down + height, across : across + width]
        total += functional.normalize(network(x)) + functional.normalize(network(x.flip(3)))
    return functional.normalize(total).reshape(*faces.shape[:2], -1).numpy()


def person_model_rates(vectors: Doubles) -> Rates:
    """False rejects of the five-photo model at FALSE_ACCEPTS. vectors: (people >= 2, 10, d) of unit length.

    Each five of a person's ten photographs make a Gaussian with their mean and their covariance, the latter drawn
    towards the same small variance in all directions. Genuine are the person's other five photographs, impostors
    all photographs of all others: 6,300 and 50,400 trials for five people. An impostor is equally likely everywhere,
    so the likelihood ratio is the Gaussian's density, and one limit on it, for all models, decides.
    """
    genuine, impostor = [], []
    for person, own in enumerate(vectors):
        others = np.delete(vectors, person, axis=0).reshape(-1, vectors.shape[2])
        for choice, rest in zip(_CHOICES, _OTHERS, strict=True):
            density = _density(own[choice])
            genuine.append(density(own[rest]))
            impostor.append(density(others))
    return false_rejects(np.concatenate(genuine), np.concatenate(impostor))


def _density(photos: Doubles) -> Callable[[Doubles], Doubles]:
    """The log density of a Gaussian around (n, d) vectors: (m, d) -> (m,)."""
    mean = photos.mean(0)
    spread = (photos - mean).T @ (photos - mean) + _EXPECTATION_WEIGHT * _EXPECTED_VARIANCE * np.eye(len(mean))
    covariance = spread / (len(photos) - 1 + _EXPECTATION_WEIGHT)
    inverse, (_, logarithm) = np.linalg.inv(covariance), np.linalg.slogdet(2 * np.pi * covariance)
    return lambda x: np.asarray(-0.5 * (((x - mean) @ inverse * (x - mean)).sum(1) + logarithm))


def single_rates(vectors: Doubles) -> Rates:
    """False rejects of single pairs at FALSE_ACCEPTS, every pair of different photographs once.

    vectors: (people >= 2, photos >= 2, d).
    """
    people, photos = vectors.shape[:2]
    flat, person = vectors.reshape(people * photos, -1), np.repeat(np.arange(people), photos)
    left, right = np.triu_indices(len(flat), 1)
    score = -np.linalg.norm(flat[left] - flat[right], axis=1)
    same = person[left] == person[right]
    return false_rejects(score[same], score[~same])


def false_rejects(genuine: Doubles, impostor: Doubles) -> Rates:
    """Shares of genuine scores at or below the limit that at most a share FALSE_ACCEPTS of impostors exceeds.

    Higher scores speak for the same person. Only the order of the scores counts, never a fixed limit.
    """
    descending = np.sort(impostor)[::-1]
    limits = [descending[int(share * len(impostor))] for share in FALSE_ACCEPTS]
    return tuple(float((genuine <= limit).mean()) for limit in limits)


def text(result: AttResult) -> str:
    """The rates of every split and their mean beside the paper's, several lines without a final newline."""
    lines = [
        tr(
            "AT&T faces: trained on {trained} people, tested on {tested} others; "
            "false rejects at {rates} false accepts:",
            trained=PEOPLE - TESTED,
            tested=TESTED,
            rates=_percents(FALSE_ACCEPTS),
        )
    ]
    lines += [
        tr(
            "Split {number} ({people}): five-photo model {model}, single pairs {single}; trained in {seconds} s",
            number=number,
            people=" ".join(f"s{person}" for person in split.people),
            model=_percents(split.person_model),
            single=_percents(split.single),
            seconds=round(split.seconds),
        )
        for number, split in enumerate(result.splits, 1)
    ]
    model, single = _percents(result.person_model), _percents(result.single)
    lines.append(tr("Mean: five-photo model {model}, single pairs {single}", model=model, single=single))
    lines.append(tr("Chopra, Hadsell and LeCun (2005): five-photo model {model}", model=_percents(PAPER)))
    lines.append(
        tr(
            "The longest training took {seconds} s on one CPU thread.",
            seconds=round(max(split.seconds for split in result.splits)),
        )
    )
    return "\n".join(lines)


def _percents(rates: Rates) -> str:
    return " / ".join(f"{100 * rate:.3g}" for rate in rates) + " %"
