"""What can be asked of the labelled pairs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from siamgui.core.file_names import photo_name
from siamgui.core.pictures import SmallPhoto
from siamgui.core.types import Embedding, FaceReading, Label, Photo, Pixels
from siamgui.labelling.graph import LabelGraph
from siamgui.labelling.types import PairSet
from siamgui.storage.label_store import CONFIRMED, COPIES, DISPUTED, Problem, StoredFace, StoredLabel
from siamgui.storage.store import Data, Operation, Topic, Topics

LABELS: Topics = frozenset({Topic.LABELS})


@dataclass(frozen=True, slots=True, eq=False)
class LabelledFaces:
    """Everything that is kept but pictures and embeddings. faces: by id, in order of id. labels: oldest first."""

    faces: Mapping[int, StoredFace]
    labels: tuple[StoredLabel, ...]
    problems: tuple[Problem, ...]
    graph: LabelGraph


@dataclass(frozen=True, slots=True)
class ReadLabels(Operation[LabelledFaces]):
    def run(self, data: Data) -> LabelledFaces:
        return read_labels(data)


def read_labels(data: Data) -> LabelledFaces:
    faces = {face.id: face for face in data.labels.faces()}
    labels = data.labels.labels()
    graph = LabelGraph.of(labels, {face.id: face.person for face in faces.values()})
    return LabelledFaces(faces, labels, data.labels.problems(), graph)


@dataclass(frozen=True, slots=True)
class ReadFaceVectors(Operation[NDArray[np.float32]]):
    """(n, d) embeddings of the faces; as LabelStore.vectors()."""

    encoder: str
    faces: tuple[int, ...]

    def run(self, data: Data) -> NDArray[np.float32]:
        return data.labels.vectors(self.encoder, self.faces)


@dataclass(frozen=True, slots=True)
class FacesReadBefore(Operation[frozenset[str]]):
    """sha256 of the photographs that need not be decoded again, under encoder, "id version".

    named: only those of whose face it is known whom it shows.
    """

    encoder: str
    named: bool

    def run(self, data: Data) -> frozenset[str]:
        known = data.labels.read_before(self.encoder)
        if not self.named:
            return known
        return known & {face.sha256 for face in data.labels.faces() if face.person is not None}


@dataclass(frozen=True, slots=True)
class FindFace(Operation[StoredFace | None]):
    """The most prominent face of a photograph that was read before."""

    sha256: str

    def run(self, data: Data) -> StoredFace | None:
        return data.labels.face_of(self.sha256)


@dataclass(frozen=True, slots=True)
class SnapshotPairs(Operation[PairSet]):
    """A snapshot for training, of one moment."""

    def run(self, data: Data) -> PairSet:
        return data.labels.pair_set()


# -- changes ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class AddFace(Operation[StoredFace]):
    """Keep a face of a photograph, the most prominent one where nothing else is said; as LabelStore.add_face()."""

    photo: Photo | SmallPhoto
    reading: FaceReading
    faces_found: int
    path: Path | None
    person: str | None
    prominent: bool = True
    changes: ClassVar[Topics] = LABELS

    def run(self, data: Data) -> StoredFace:
        return data.labels.add_face(
            self.photo, self.reading, self.faces_found, self.path, self.person, prominent=self.prominent
        )


@dataclass(frozen=True, slots=True)
class AddProblem(Operation[None]):
    """text: the sentence that says why the photograph cannot be used."""

    path: Path
    text: str
    changes: ClassVar[Topics] = LABELS

    def run(self, data: Data) -> None:
        data.labels.add_problem(photo_name(self.path), None, self.text, self.path)


@dataclass(frozen=True, slots=True)
class SetLabel(Operation[None]):
    """label: None for no longer any. source: as in StoredLabel. Raises ValueError for a face with itself."""

    left: int
    right: int
    label: Label | None
    source: str
    changes: ClassVar[Topics] = LABELS

    def run(self, data: Data) -> None:
        if self.label is None:
            data.labels.remove_label(self.left, self.right)
        else:
            data.labels.set_label(self.left, self.right, self.label, self.source)


@dataclass(frozen=True, slots=True)
class ClearLabels(Operation[tuple[int, int]]):
    """Forget all photographs and labels -> how many faces and labels there were."""

    changes: ClassVar[Topics] = LABELS

    def run(self, data: Data) -> tuple[int, int]:
        count = len(data.labels.faces()), len(data.labels.labels())
        data.traces.owe(data.labels.crop_sums())
        data.labels.clear()
        for key in (CONFIRMED, DISPUTED, COPIES):
            data.labels.put(key, [])
        return count


# -- another encoder -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FacesToRead(Operation[tuple[int, dict[int, Pixels]]]):
    """How many faces encoder, "id version", has not seen, and the crops of at most so many of them."""

    encoder: str
    most: int

    def run(self, data: Data) -> tuple[int, dict[int, Pixels]]:
        missing = data.labels.missing(self.encoder)
        return len(missing), {face: data.labels.crop(face) for face in missing[: self.most]}


@dataclass(frozen=True, slots=True, eq=False)
class KeepFaceEmbeddings(Operation[None]):
    """What an encoder has made of some faces. Those that were removed in the meantime are passed over."""

    embeddings: Mapping[int, Embedding]
    changes: ClassVar[Topics] = LABELS

    def run(self, data: Data) -> None:
        for encoder in {embedding.encoder for embedding in self.embeddings.values()}:
            some = {face: one.vector for face, one in self.embeddings.items() if one.encoder == encoder}
            data.labels.put_vectors(encoder, list(some), np.stack(list(some.values())))
