"""What can be asked of what was said of faces that were gathered by person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from siamgui.storage.group_values import AnswerStep, GroupAnswers
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
        return data.groups.forget(data.groups.keys(self.faces))


@dataclass(frozen=True, slots=True)
class TakeAnswersBack(Operation[None]):
    """Undo one change. Raises AnswersChanged."""

    step: AnswerStep
    changes: ClassVar[Topics] = _ANSWERS

    def run(self, data: Data) -> None:
        data.groups.put_back(self.step)
