"""What a person said of faces that were gathered: whose they are, and whose they are not.

A face is known by the digest of its picture and its number there. So what was said survives another encoder, another
name of the file and a folder that is read again. What is seen in a film depends on the encoder; what was said of that
holds for the encoder that saw it, and is there again when that reads the film again. A face is one of at most one
group; each change replaces whole groups, and can be taken back as long as nobody has changed them since.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark

FaceKey = tuple[str, int]
"""Digest of the picture, and the number of the face in it, from 1; in a film one that no other encoder uses."""


class AnswersDisagree(SiamguiError):
    """What is said now goes against what was said or seen before; it counts all the same where `anyway` is said."""


class SaidApart(AnswersDisagree):
    """values: name, count"""

    text = mark("Of these it was said before that they are different people: “{name}” (faces: {count}).")


class TwiceInOnePhoto(AnswersDisagree):
    """values: name"""

    text = mark(
        "Two of these faces are in one photo, “{name}”, so they are different people, unless there is a mirror in it."
    )


class NamesDiffer(AnswersDisagree):
    """values: first, second"""

    text = mark("These were named as two people, “{first}” and “{second}”.")


class NameIsThere(AnswersDisagree):
    """values: name, count"""

    text = mark("There is a group “{name}” already (faces: {count}). It would become one with this.")


class AnswersChanged(SiamguiError):
    text = mark("Somebody has changed these groups since. That can no longer be taken back.")


class WholeGroup(SiamguiError):
    text = mark("Those are all faces of the group. Leave the ones that belong together.")


@dataclass(frozen=True, slots=True)
class KnownGroup:
    """A group that somebody has worked on. name: "" for none. faces: they belong together; others: not with them.

    reviewed: somebody has said that all of `faces` are one person; otherwise they are what was left of a group when
    others were taken out of it.
    """

    id: int
    name: str
    reviewed: bool
    faces: frozenset[FaceKey]
    others: frozenset[FaceKey]


@dataclass(frozen=True, slots=True)
class AnswerStep:
    """One change, so that it can be taken back: the groups that it touched, before and after."""

    before: tuple[KnownGroup, ...]
    after: tuple[KnownGroup, ...]


@dataclass(frozen=True, slots=True, eq=False)
class GroupAnswers:
    """Everything that was said, of faces that one encoder sees.

    names, reviewed: of each group, by id. belongs, others: (m, 2) rows of the id of a group and of a face.
    """

    names: dict[int, str]
    reviewed: frozenset[int]
    belongs: NDArray[np.int64]
    others: NDArray[np.int64]

    def says_the_same(self, other: GroupAnswers) -> bool:
        rows = (self.belongs, other.belongs), (self.others, other.others)
        return (self.names, self.reviewed) == (other.names, other.reviewed) and all(
            np.array_equal(mine, theirs) for mine, theirs in rows
        )
