"""What can be asked of what was said of faces that were gathered by person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from siamgui.core.types import Label
from siamgui.labelling.graph import Pair
from siamgui.storage.group_values import AnswerStep, GroupAnswers
from siamgui.storage.label_operations import LABELS, AddFace
from siamgui.storage.label_store import StoredLabel
from siamgui.storage.store import Data, Operation, Topic, Topics

_ANSWERS: Topics = frozenset({Topic.ANSWERS})


@dataclass(frozen=True, slots=True)
class ReadAnswers(Operation[GroupAnswers]):
    """Everything that was said, of the faces that encoder, "id version", sees."""

    encoder: str

    def run(self, data: Data) -> GroupAnswers:
        return data.groups.answers(self.encoder)


@dataclass(frozen=True, slots=True)
class SayOnePerson(Operation[AnswerStep]):
    """All of these faces, by their ids, are one person; as GroupStore.say_one_person(). Raises FaceGone too."""

    faces: tuple[int, ...]
    name: str | None = None
    anyway: bool = False
    changes: ClassVar[Topics] = _ANSWERS

    def run(self, data: Data) -> AnswerStep:
        return data.groups.say_one_person(data.groups.keys(self.faces), self.name, anyway=self.anyway)


@dataclass(frozen=True, slots=True)
class SayApart(Operation[AnswerStep]):
    """Some faces of a group are not the person that the rest is; as GroupStore.say_apart(). Raises FaceGone too."""

    faces: tuple[int, ...]
    rest: tuple[int, ...]
    together: bool
    changes: ClassVar[Topics] = _ANSWERS

    def run(self, data: Data) -> AnswerStep:
        groups = data.groups
        return groups.say_apart(groups.keys(self.faces), groups.keys(self.rest), together=self.together)


@dataclass(frozen=True, slots=True)
class ForgetAnswers(Operation[AnswerStep]):
    """What was said of these faces. Raises FaceGone."""

    faces: tuple[int, ...]
    changes: ClassVar[Topics] = _ANSWERS

    def run(self, data: Data) -> AnswerStep:
        data.file.off_the_disk()
        return data.groups.forget(data.groups.keys(self.faces))


@dataclass(frozen=True, slots=True)
class TakeAnswersBack(Operation[None]):
    """Undo one change. Raises AnswersChanged."""

    step: AnswerStep
    changes: ClassVar[Topics] = _ANSWERS

    def run(self, data: Data) -> None:
        data.groups.put_back(self.step)


# -- labels ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LabelsStep:
    """What labels of groups have changed, so that it can be taken back: what stood before, and faces that are new."""

    before: Mapping[Pair, StoredLabel | None]
    faces: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class LabelsKept:
    """same, different: pairs that are labelled so now and were not before. standing: pairs of which something else was
    said before, which stays."""

    step: LabelsStep
    same: int
    different: int
    standing: int


@dataclass(frozen=True, slots=True, eq=False)
class KeepGroupLabels(Operation[LabelsKept]):
    """Faces and labels of them, all or nothing. labels: of pairs of the faces, by their places."""

    faces: tuple[AddFace, ...]
    labels: tuple[tuple[int, int, Label], ...]
    changes: ClassVar[Topics] = LABELS

    def run(self, data: Data) -> LabelsKept:
        newest = data.labels.newest()
        kept = [face.run(data).id for face in self.faces]
        wanted = [(kept[left], kept[right], label) for left, right, label in self.labels]
        standing = {(one.left, one.right): one for one in data.labels.labels()}
        against = data.labels.set_labels((one for one in wanted if one[0] != one[1]), "groups")
        now = {(one.left, one.right): one for one in data.labels.labels()}
        changed = {pair: standing.get(pair) for pair, one in now.items() if standing.get(pair) != one}
        same = sum(now[pair].label is Label.SAME for pair in changed)
        step = LabelsStep(changed, tuple(sorted({face for face in kept if face > newest})))
        return LabelsKept(step, same, len(changed) - same, len(against))


@dataclass(frozen=True, slots=True)
class TakeLabelsBack(Operation[None]):
    """Undo. Faces that came with it stay where other labels need them."""

    step: LabelsStep
    changes: ClassVar[Topics] = LABELS

    def run(self, data: Data) -> None:
        there = {face.id for face in data.labels.faces()}
        before = {pair: one for pair, one in self.step.before.items() if there.issuperset(pair)}
        others = [one for one in data.labels.labels() if (one.left, one.right) not in before]
        needed = {face for one in others for face in (one.left, one.right)}
        needed |= {face for pair, one in before.items() if one is not None for face in pair}
        faces = [face for face in self.step.faces if face in there - needed]
        data.traces.owe(data.labels.crop_sums(faces))
        data.labels.put_back(before, faces)
