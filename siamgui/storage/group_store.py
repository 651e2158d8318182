"""What was said of faces that were gathered, as it is kept; see siamgui.storage.group_values."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from siamgui.storage.collection_values import FaceGone
from siamgui.storage.connection import Connection
from siamgui.storage.database import Keeper
from siamgui.storage.group_values import (
    AnswersChanged,
    AnswerStep,
    FaceKey,
    GroupAnswers,
    KnownGroup,
    NameIsThere,
    NamesDiffer,
    SaidApart,
    TwiceInOnePhoto,
    WholeGroup,
)
from siamgui.storage.person_names import clean_name, name_key

_AT_A_TIME = 500  # numbers in one statement
NEW = 0
"""The id of a group that is not kept yet."""


class GroupStore(Keeper):
    """See the module. Any method may raise a LibraryError."""

    # -- looking -----------------------------------------------------------------------------------------------------

    def answers(self, encoder: str) -> GroupAnswers:
        """Of faces that encoder, "id version", sees."""
        groups = self._read("SELECT id, name, reviewed FROM face_group")
        rows = self._read(
            "SELECT face_group, seen_face.id, belongs FROM face_answer JOIN seen_picture USING (sha256)"
            " JOIN seen_face ON picture = seen_picture.id"
            " AND face_answer.number = seen_face.number + iif(seconds IS NULL, 0, ?)"
            " WHERE encoder = ? ORDER BY face_group, seen_face.id",
            (of_film(encoder), encoder),
        )
        table = np.array(rows, np.int64).reshape(-1, 3)
        return GroupAnswers(
            {group: name for group, name, _ in groups},
            frozenset(group for group, _, reviewed in groups if reviewed),
            table[table[:, 2] == 1, :2],
            table[table[:, 2] == 0, :2],
        )

    def keys(self, faces: Sequence[int]) -> frozenset[FaceKey]:
        """Of faces by their ids, and of all copies of them. Raises FaceGone."""
        found: set[FaceKey] = set()
        for some in _parts(tuple(dict.fromkeys(faces))):
            marks = ", ".join("?" * len(some))
            rows = self._read(
                "SELECT one.id, sha256, other.number, encoder, seconds FROM seen_face one JOIN seen_face other"
                " ON other.id = coalesce(one.copy_of, one.id) OR other.copy_of = coalesce(one.copy_of, one.id)"
                f" JOIN seen_picture ON seen_picture.id = other.picture WHERE one.id IN ({marks})",
                some,
            )
            if {row[0] for row in rows} != set(some):
                raise FaceGone
            found.update(
                (sha256, number + (0 if seconds is None else of_film(encoder)))
                for _, sha256, number, encoder, seconds in rows
            )
        return frozenset(found)

    def _groups(self, numbers: Iterable[int]) -> list[KnownGroup]:
        made = []
        for group in sorted(set(numbers)):
            for name, reviewed in self._read("SELECT name, reviewed FROM face_group WHERE id = ?", (group,)):
                rows = self._read("SELECT sha256, number, belongs FROM face_answer WHERE face_group = ?", (group,))
                faces, others = (
                    frozenset((sha256, number) for sha256, number, belongs in rows if bool(belongs) == kind)
                    for kind in (True, False)
                )
                made.append(KnownGroup(group, name, bool(reviewed), faces, others))
        return made

    def _of(self, keys: Iterable[FaceKey], *, said: bool = False) -> list[KnownGroup]:
        """The groups that the faces are in. said: also those that they were said not to be in."""
        which = "" if said else " AND belongs"
        found: set[int] = set()
        for one in keys:
            rows = self._read(f"SELECT face_group FROM face_answer WHERE sha256 = ? AND number = ?{which}", one)
            found.update(row[0] for row in rows)
        return self._groups(found)

    def _named(self, name: str) -> list[KnownGroup]:
        rows = self._read("SELECT id, name FROM face_group WHERE name != ''")
        return self._groups(group for group, there in rows if name_key(there) == name_key(name))

    # -- changes -----------------------------------------------------------------------------------------------------

    def say_one_person(self, keys: frozenset[FaceKey], name: str | None, *, anyway: bool) -> AnswerStep:
        """All of these are one person, with all groups that they are in. name: a new one, None for that they have.

        Raises AnswersDisagree unless anyway, NameEmpty, NameTooLong, NameUnprintable.
        """
        name = None if name is None else clean_name(name)
        own = self._of(keys)
        namesakes = [] if name is None else [one for one in self._named(name) if one not in own]
        joined = [*own, *namesakes]
        # What was only left together nobody has looked through: of that what is shown now, and no more.
        left = [replace(one, id=NEW, faces=one.faces - keys) for one in joined if not one.reviewed]
        faces = keys.union(*(one.faces for one in joined if one.reviewed))
        others = frozenset().union(*(one.others for one in joined))
        if not anyway:
            self._refuse(own, namesakes, name, keys, faces, others)
        weight = Counter({one.id: len(one.faces) for one in joined})
        first = next((group for group, _ in weight.most_common(1)), NEW)
        called = next((one.name for one in sorted(joined, key=lambda one: -weight[one.id]) if one.name), "")
        kept = KnownGroup(first, called if name is None else name, True, faces, others - faces)
        return self._replace(joined, [kept, *left])

    def _refuse(
        self,
        own: Sequence[KnownGroup],
        namesakes: Sequence[KnownGroup],
        name: str | None,
        keys: frozenset[FaceKey],
        faces: frozenset[FaceKey],
        others: frozenset[FaceKey],
    ) -> None:
        """Raises AnswersDisagree."""
        if against := sorted(faces & others):
            raise SaidApart(name=self._file_with(against[0]), count=len(against))
        for one in namesakes:
            raise NameIsThere(name=one.name, count=len(one.faces))
        names = sorted({one.name for one in own if one.name})
        if name is None and len(names) > 1:
            raise NamesDiffer(first=names[0], second=names[1])
        together = [one.faces for one in own]
        within = [Counter(sha256 for sha256, _ in some) for some in together]
        often = {sha256: count for sha256, count in Counter(sha256 for sha256, _ in faces).items() if count > 1}
        new = sorted(sha256 for sha256, count in often.items() if all(some[sha256] < count for some in within))
        if photos := [sha256 for sha256 in new if not self._is_film(sha256)]:
            raise TwiceInOnePhoto(name=self._file_with((photos[0], 0)))

    def say_apart(self, keys: frozenset[FaceKey], rest: frozenset[FaceKey], *, together: bool) -> AnswerStep:
        """These are not the person that the rest of their group is. together: they are one person themselves.

        The rest stays together as it is. Raises WholeGroup where there is none.
        """
        rest -= keys
        if not rest:
            raise WholeGroup
        touched = {one.id: one for one in (*self._of(keys), *self._of(rest))}
        left = [replace(one, faces=one.faces - keys) for one in touched.values()]
        anchors = {one.id for one in left if one.faces & rest}
        made = [replace(one, others=one.others | keys) if one.id in anchors else one for one in left]
        if not anchors:
            made.append(KnownGroup(NEW, "", False, rest, keys))
        if together:
            made.append(KnownGroup(NEW, "", True, keys, frozenset()))
        return self._replace(tuple(touched.values()), made)

    def forget(self, keys: frozenset[FaceKey]) -> AnswerStep:
        """What was said of these faces."""
        touched = self._of(keys, said=True)
        return self._replace(
            touched, [replace(one, faces=one.faces - keys, others=one.others - keys) for one in touched]
        )

    def forget_named(self, name: str) -> bool:
        """All of a group of this name -> whether there was one."""
        named = self._named(name)
        self._replace(named, [])
        if named:
            self._off_the_disk()
        return bool(named)

    def put_back(self, step: AnswerStep) -> None:
        """Undo. Raises AnswersChanged."""
        there = {one.id for one in (*step.before, *step.after)}
        if tuple(self._groups(there)) != step.after:
            raise AnswersChanged
        names = {one.name for one in step.before if one.name}
        if any(one.id not in there for name in names for one in self._named(name)):
            raise AnswersChanged  # another group has that name by now
        if any(one.id not in there for one in self._of(key for group in step.before for key in group.faces)):
            raise AnswersChanged  # or one of the faces
        with self._writing() as db:
            self._write(db, step.after, step.before)
            drop_unnamed_answers(db)  # a folder may have been removed meanwhile

    def _replace(self, before: Sequence[KnownGroup], after: Sequence[KnownGroup]) -> AnswerStep:
        """A group without faces is none."""
        with self._writing() as db:
            kept = self._write(db, before, [one for one in after if one.faces])
        return AnswerStep(tuple(sorted(before, key=lambda one: one.id)), tuple(sorted(kept, key=lambda one: one.id)))

    def _write(
        self, db: Connection, before: Iterable[KnownGroup], after: Iterable[KnownGroup]
    ) -> tuple[KnownGroup, ...]:
        db.executemany("DELETE FROM face_group WHERE id = ?", [(one.id,) for one in before])
        kept = []
        for one in after:
            values = (one.id or None, one.name, one.reviewed)
            db.execute("INSERT INTO face_group (id, name, reviewed) VALUES (?, ?, ?)", values)
            number = db.last_insert_rowid()
            rows = [(number, *key, belongs) for belongs, some in ((1, one.faces), (0, one.others)) for key in some]
            db.executemany("INSERT INTO face_answer VALUES (?, ?, ?, ?)", rows)
            kept.append(replace(one, id=number))
        return tuple(kept)

    def _is_film(self, sha256: str) -> bool:
        rows = self._read("SELECT 1 FROM seen_picture WHERE sha256 = ? AND seconds IS NOT NULL LIMIT 1", (sha256,))
        return bool(rows)

    def _file_with(self, key: FaceKey) -> str:
        """The name of a file that holds it."""
        rows = self._read(
            "SELECT place, folder FROM collection_file JOIN collection ON collection.id = collection"
            " WHERE sha256 = ? LIMIT 1",
            key[:1],
        )
        return str(rows[0][0] or rows[0][1]).rpartition("/")[2] if rows else ""


def of_film(encoder: str) -> int:
    """What is added to the numbers of the faces of a film: another encoder sees other sights in it, in other order."""
    return (zlib.crc32(encoder.encode()) + 1) << 24


def drop_unnamed_answers(db: Connection) -> None:
    """What was said of faces whose pictures no file of a collection holds any more; within a transaction."""
    db.execute("DELETE FROM face_answer WHERE sha256 NOT IN (SELECT sha256 FROM collection_file)")
    db.execute("DELETE FROM face_group WHERE id NOT IN (SELECT face_group FROM face_answer WHERE belongs)")


def _parts(numbers: tuple[int, ...]) -> Iterable[tuple[int, ...]]:
    return (numbers[start : start + _AT_A_TIME] for start in range(0, len(numbers), _AT_A_TIME))
