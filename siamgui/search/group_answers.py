"""What was said of faces that were gathered, as rows for a Grouper, and the groups as they are after it was said.

Whoever reviews groups is not to wait until all faces are gathered anew: what was said moves the faces that it is about,
and nothing else. The next gathering takes all of it into account.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from siamgui.search.grouping import units
from siamgui.search.grouping_values import Answers, Ints
from siamgui.storage.group_values import GroupAnswers

Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What was said, of n faces. groups: ids of the k groups. member: (n,) the place of the group that each is in, -1
    for none. others: (m, 2) the place of a group and the row of a face that is not in it.

    clashes: rows of faces of which something else was said than of their copies.
    """

    groups: tuple[int, ...]
    member: Ints
    others: Ints
    clashes: tuple[int, ...]

    @classmethod
    def of(cls, answers: GroupAnswers, ids: Ints, original: Ints) -> Said:
        """ids: (n,) rising. original: (n,) as in Faces."""
        groups = tuple(answers.names)
        place = {group: number for number, group in enumerate(groups)}
        belongs, others = (_rows(some, ids, place) for some in (answers.belongs, answers.others))
        member = np.full(len(ids), -1)
        member[belongs[:, 1]] = belongs[:, 0]
        of_copies = np.full(len(ids), -1)
        np.maximum.at(of_copies, original, member)
        told = np.where(member < 0, of_copies[original], member)
        clashing = np.flatnonzero((member >= 0) & (member != of_copies[original]))
        against = others[told[others[:, 1]] == others[:, 0], 1]
        return cls(groups, told, others, tuple(np.union1d(clashing, against).tolist()))

    def for_grouper(self, answers: GroupAnswers, original: Ints) -> Answers:
        """What clashes is left out: that copies are one face is certain."""
        rows = [np.flatnonzero(self.member == group) for group in range(len(self.groups))]
        same = tuple(pair for some in rows for pair in zip(some[:-1].tolist(), some[1:].tolist(), strict=True))
        unit = units(original, same)
        first = [int(some[0]) if len(some) else -1 for some in rows]
        different = tuple(
            (first[group], row)
            for group, row in self.others.tolist()
            if first[group] >= 0 and unit[first[group]] != unit[row]
        )
        whose = {
            int(unit[first[number]]): (first[number], group)
            for number, group in enumerate(self.groups)
            if answers.names[group] and first[number] >= 0
        }
        return Answers(same, different, tuple(whose.values()))


def arranged(label: Ints, said: Said, original: Ints) -> tuple[Ints, Ints]:
    """(n,) the group that each face is in, after what was said, and (n,) its place among Said.groups, -1 for none.

    label: (n,) the group that it was found in. Who was said to be in a group is there. Others stay where most of those
    are with whom they were found, and alone where they were said not to be there.
    """
    count, known = len(label), len(said.groups)
    at = said.member.copy()
    labels = int(label.max(initial=-1)) + 1
    most = _most(label, said.member, labels, known)
    free = at < 0
    at[free] = most[label[free]]
    barred = np.unique(said.others[:, 0] * count + original[said.others[:, 1]])
    out = free & (at >= 0) & np.isin(at * count + original, barred)
    at[out] = -1
    key = np.where(at >= 0, at, known + label)
    key[out] = known + labels + original[out]
    return np.asarray(np.unique(key, return_inverse=True)[1], np.int64), at


def _most(label: Ints, member: Ints, labels: int, known: int) -> Ints:
    """(labels,) the place of the group that most faces of each label are in, -1 where none is in one."""
    inside = member >= 0
    most = np.full(labels, -1)
    if not known or not inside.any():
        return most
    keys, counts = np.unique(label[inside] * known + member[inside], return_counts=True)
    order = np.lexsort((-keys, counts))  # the highest count comes last, of equal ones the lowest place
    most[keys[order] // known] = keys[order] % known
    return most


def _rows(table: Ints, ids: Ints, place: dict[int, int]) -> Ints:
    """(m, 2) place of the group and row of the face, of those that are here."""
    row = np.searchsorted(ids, table[:, 1])
    here = (row < len(ids)) & (ids[np.minimum(row, len(ids) - 1)] == table[:, 1]) if len(ids) else row < 0
    groups = np.array([place[group] for group in table[here, 0].tolist()], np.int64)
    return np.stack([groups, row[here]], axis=1)
