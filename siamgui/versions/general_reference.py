"""A general reference set: faces that are not the user's, to see what a fine-tune forgot.

The bundled one holds no photograph: embeddings of the bundled encoder and who belongs together, in random order and
without names (tools/make_reference.py). It measures whatever stands on those embeddings (a head). For a changed
backbone a folder of people is read. Without one the faces of the bundled set are moved as clear photographs of the
user's were that the encoder had not learned from (carried()): no photographs of anybody else may be shipped, and these
are the clear ones there are. Where they are few, the four bundled photographs are looked at, which prove little.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from siamgui.core.calibration import Calibration
from siamgui.core.cohort import Cohort, bundled_cohort
from siamgui.core.embedding import unit
from siamgui.core.encoders.registry import has_head
from siamgui.core.errors import ModelCorrupt, SiamguiError
from siamgui.core.manifest import Model, bundled, read_manifest
from siamgui.core.pipeline import FaceEngine
from siamgui.core.resources import models_folder, resource
from siamgui.core.typed_json import WrongForm
from siamgui.core.types import Pixels
from siamgui.core.weights import read_weights
from siamgui.evaluation.pairs import TooLittleRead, read_people
from siamgui.evaluation.reading import each_reading
from siamgui.labelling.types import Ints
from siamgui.versions.calibrate import calibrate, pairs_of

if TYPE_CHECKING:
    from torch import nn

Progress = Callable[[int, int], None]
CARRIERS = 30
"""People whose clear photographs must show how an encoder has moved them, for others to be moved likewise."""
SAME_PHOTO = 0.99
"""Cosine above which two embeddings of the bundled encoder are of one photograph."""


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceEmbeddings:
    """vectors: (n, d) float32 unit embeddings of the encoder with this key; person: (n,); source: in words."""

    vectors: NDArray[np.float32]
    person: Ints
    encoder: str
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceFaces:
    """crops: (n, 112, 112, 3) uint8, aligned; person: (n,); source: in words.

    skipped: hidden and system files and folders. problems: why photographs could not be used, a sentence for each.
    """

    crops: Pixels
    person: Ints
    source: str
    skipped: int = 0
    problems: tuple[str, ...] = ()


def bundled_embeddings() -> ReferenceEmbeddings:
    """Raises ModelMissing, ModelCorrupt."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    model = read_manifest(models_folder() / "reference")
    file = model.file("embeddings.safetensors")
    try:
        tensors = load(file.read())
        vectors = tensors["vectors"].astype(np.float32)
        person = tensors["person"].astype(np.int64)
    except (SafetensorError, KeyError, ValueError):
        raise ModelCorrupt(name=file.name) from None
    return ReferenceEmbeddings(unit(vectors), person, str(model.card.get("encoder", "")), model.source)


def embeddings_under(encoder: nn.Module, reference: ReferenceEmbeddings) -> NDArray[np.float32] | None:
    """(n, d) unit embeddings of the reference under another encoder; None where more than a head changed.

    encoder: made by siamgui.core.encoders. Raises ModelMissing, ModelCorrupt.
    """
    file = bundled(reference.encoder.partition(" ")[0]).file("weights.safetensors")
    try:
        known = read_weights(file.read())
    except WrongForm:
        raise ModelCorrupt(name=file.name) from None
    own = encoder.state_dict()
    if not all(name in own and np.array_equal(own[name].cpu().numpy(), value) for name, value in known.items()):
        return None
    if "head.weight" not in own:
        return reference.vectors
    return unit(reference.vectors @ own["head.weight"].cpu().numpy().T)


def carried(
    reference: NDArray[np.float32], before: NDArray[np.float32], after: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(n, d) faces as a changed encoder may be taken to see them: moved as it has moved others, off themselves.

    reference: (n, d) unit embeddings under the parent. before, after: (m, d) those of other faces, under the parent and
    under the changed encoder, which has not learned from them. What these have moved by beside their own direction is
    drawn for each face from a normal distribution with the same mean and covariance, by a fixed seed. So what the
    encoder does to all faces alike is in it, and how far it scatters them; that it may move the photographs of one
    person together is not: a changed encoder is rather better than it looks here.
    """
    along = np.vecdot(after, before)
    beside = after - along[:, None] * before
    mean = beside.mean(axis=0)
    drawn = np.random.default_rng(0).normal(size=(len(reference), len(beside))) / np.sqrt(len(beside))
    return unit(np.asarray(along.mean() * reference + mean + drawn @ (beside - mean), np.float32))


def strangers_of(cohort: Cohort, reference: ReferenceEmbeddings) -> ReferenceEmbeddings:
    """The people of the reference who are in no cohort: strangers to it, and to a head that learned there.

    cohort: the bundled one, as it is.
    """
    near = (reference.vectors @ cohort.vectors[: cohort.clear].T).max(axis=1)
    kept = ~np.isin(reference.person, reference.person[near > SAME_PHOTO])
    return replace(reference, vectors=reference.vectors[kept], person=reference.person[kept])


def claims_of(
    vectors: NDArray[np.float32], reference: ReferenceEmbeddings, cohort: Cohort, encoder: str
) -> Calibration:
    """The calibration of the bundled encoder with a head, under L2, by adjusted distances.

    vectors: (n, d) unit embeddings of the reference under it; reference: strangers_of() the cohort; cohort: behind the
    head. There are no pixels to look at: what two clear photographs share of a fault is next to nothing, and what is
    not taken off makes the rates larger. Raises ValueError where pairs of a kind are missing.
    """
    conditions = cohort.conditions(vectors, np.ones(len(vectors), np.float32), None)
    adjusted = pairs_of(cohort.all_adjusted(vectors, conditions, vectors, conditions), reference.person)
    return calibrate(vectors, reference.person, reference.source, encoder, adjusted=adjusted)


def plain_calibration(parent: Model) -> Calibration:
    """The calibration of a model by distances as they are. Where its own is of adjusted ones (siamgui.core.cohort), it
    is measured on the bundled reference; that of a head on those alone who are in no cohort, where it learned.

    Raises ModelMissing, ModelCorrupt.
    """
    from siamgui.core import encoders

    table = Calibration.of(parent)
    if not table.adjusted:
        return table
    known = bundled_embeddings()
    if has_head(parent.architecture):
        known = strangers_of(bundled_cohort(), known)
    vectors = embeddings_under(encoders.load(parent), known)
    if vectors is None:
        return table
    return calibrate(vectors, known.person, known.source, parent.key, parent.energy)


def read_faces(folder: Path, engine: FaceEngine, progress: Progress) -> ReferenceFaces:
    """The most prominent face of every photograph in a folder of people; the others are told of.

    Raises what read_people() raises; TooLittleRead where no two people, or no two photographs of one person, are left.
    progress: called with (photographs done, in all).
    """
    people = read_people(folder)
    crops, person, problems = _crops(engine, people.photos, people.person, progress)
    shown = len(set(person))
    if shown < 2 or shown == len(person):
        raise TooLittleRead(name=folder.name)
    return ReferenceFaces(np.stack(crops), np.array(person), folder.name, people.skipped, tuple(problems))


def bundled_faces(engine: FaceEngine) -> ReferenceFaces:
    """The bundled public-domain photographs: three of one man, one of another."""
    shown = {"obama1": 0, "obama2": 0, "obama3": 0, "biden": 1}
    photos = [resource("samples") / f"{name}.jpg" for name in shown]
    crops, person, _ = _crops(engine, photos, list(shown.values()), lambda done, total: None)
    return ReferenceFaces(np.stack(crops), np.array(person), "siamgui")


def _crops(
    engine: FaceEngine, photos: Sequence[Path], person: Sequence[int], progress: Progress
) -> tuple[list[Pixels], list[int], list[str]]:
    """The faces that could be read, whom each shows, and why the others could not be."""
    crops, shown, problems = [], [], []
    for index, (read, who) in enumerate(zip(each_reading(engine, photos), person, strict=True)):
        if isinstance(read, SiamguiError):
            problems.append(str(read))
        else:
            crops.append(read.reading.crop)
            shown.append(who)
        progress(index + 1, len(photos))
    return crops, shown, problems
