"""siamgui groups: the faces of the folders that were read, gathered by person, and what somebody says of them."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from siamgui.commands.enrolled import open_people
from siamgui.commands.group_faces import face_called, group_json, group_lines, groups_of
from siamgui.commands.model_choice import calibration_for, engine_for
from siamgui.commands.progress import ProgressLine
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark, tr, trn
from siamgui.search.collection_groups import CollectionGroups, Gathering
from siamgui.search.group_labels import MOST, enrol_group, label_groups, reviewed_plan
from siamgui.search.group_wording import clash_words, enrolled_words, expected_words, labelled_words
from siamgui.search.wording import face_count
from siamgui.storage.collection_operations import FindCollection
from siamgui.storage.group_operations import ForgetAnswers, SayApart, SayOnePerson
from siamgui.storage.group_values import AnswersDisagree
from siamgui.storage.store import Operation, Store

SCHEMA = "siamgui.groups/1"
_STEPS = 100


class SeveralGroups(SiamguiError):
    """values: count"""

    text = mark("These faces are in {count} groups. Name faces of one group at a time.")


Told = tuple[dict[str, Any], list[str]]


class NotAnyway(SiamguiError):
    """values: what"""

    text = mark("{what} If it is so all the same, add --anyway.")


def run(args: argparse.Namespace) -> int:
    """args: action, folders, model, json, and what the action takes: faces, name, anyway, most, consent, device."""
    with open_people() as store:
        calibration = calibration_for(args.model)
        folders = [Path(os.path.realpath(folder)) for folder in args.folders]
        collections = tuple(store.do(FindCollection(folder, calibration.encoder)).id for folder in folders)
        faces = [face_called(store, calibration.encoder, word) for word in getattr(args, "faces", ())]
        answer, lines = _ACTIONS[args.action](_Asked(store, Gathering(store, calibration, collections), faces, args))
    print(json.dumps(answer, ensure_ascii=False, indent=2) if args.json else "\n".join(lines))
    return 0


class _Asked:
    """One action. faces: those that it names."""

    def __init__(self, store: Store, gathering: Gathering, faces: Sequence[int], args: argparse.Namespace) -> None:
        self.store, self.faces, self.args = store, tuple(faces), args
        self.encoder = gathering.encoder
        self._gathering = gathering

    def gather(self) -> CollectionGroups:
        line = ProgressLine(steps=True)
        return self._gathering.gather(lambda done: line(max(1, int(done * _STEPS)), _STEPS))

    def do(self, operation: Operation[Any], faces: Sequence[int]) -> Told:
        """Say something -> the groups that these faces are in now."""
        try:
            self.store.do(operation)
        except AnswersDisagree as error:
            raise NotAnyway(what=error) from None
        found = self._gathering.look()
        groups = [] if found is None else groups_of(found, faces)
        answer = {"schema": SCHEMA, "groups": [group_json(self.store, group) for group in groups]}
        lines = [line for number, group in enumerate(groups, 1) for line in group_lines(self.store, group, str(number))]
        return answer, lines


# -- what is asked ---------------------------------------------------------------------------------------------------


def _list(asked: _Asked) -> Told:
    found = asked.gather()
    if asked.args.json:
        return _as_json(asked.store, found), []
    return {}, _lines(asked.store, found)


def _one_person(asked: _Asked) -> Told:
    """name, confirm, merge."""
    groups = groups_of(asked.gather(), asked.faces)
    every = tuple(face for group in groups for face in group.every)
    said = SayOnePerson(every, asked.args.name if asked.args.action == "name" else None, asked.args.anyway)
    return asked.do(said, asked.faces[:1])


def _apart(asked: _Asked) -> Told:
    """split, not."""
    groups = groups_of(asked.gather(), asked.faces)
    if len(groups) > 1:  # what is left of each is not to become one
        raise SeveralGroups(count=len(groups))
    rest = tuple(face for group in groups for face in group.every if face not in asked.faces)
    return asked.do(SayApart(asked.faces, rest, asked.args.action == "split"), (*asked.faces, *rest))


def _forget(asked: _Asked) -> Told:
    asked.store.do(ForgetAnswers(asked.faces))
    return {"schema": SCHEMA, "forgotten": len(asked.faces)}, [
        tr("What was said of {faces} is forgotten.", faces=face_count(len(asked.faces)))
    ]


def _label(asked: _Asked) -> Told:
    plan = reviewed_plan(asked.store, asked.gather(), asked.encoder, asked.args.most or MOST)
    done = label_groups(asked.store, engine_for(asked.args.device, asked.args.model), plan, ProgressLine())
    answer = {
        "schema": SCHEMA,
        "same": done.kept.same,
        "different": done.kept.different,
        "standing": done.kept.standing,
        "photos": done.photos,
        "groups": plan.groups,
        "problems": list(done.problems),
    }
    return answer, [labelled_words(done, plan.groups), *done.problems]


def _enrol(asked: _Asked) -> Told:
    (group,) = groups_of(asked.gather(), asked.faces)
    engine = engine_for(asked.args.device, asked.args.model)
    person = enrol_group(asked.store, engine, group, asked.args.name, asked.args.consent, ProgressLine())
    answer = {"schema": SCHEMA, "id": person.id, "name": person.name, "photos": person.photos}
    return answer, [enrolled_words(person)]


_ACTIONS: dict[str | None, Callable[[_Asked], Told]] = {
    None: _list,
    "list": _list,
    "name": _one_person,
    "confirm": _one_person,
    "merge": _one_person,
    "split": _apart,
    "not": _apart,
    "forget": _forget,
    "label": _label,
    "enrol": _enrol,
}


# -- the groups ------------------------------------------------------------------------------------------------------


def _lines(store: Store, found: CollectionGroups) -> list[str]:
    lines = [line for number, group in enumerate(found.groups, 1) for line in group_lines(store, group, str(number))]
    groups = trn("{n} group", "{n} groups", len(found.groups))
    lines.append(tr("{groups}; alone: {faces}", groups=groups, faces=face_count(len(found.alone))))
    if found.copies:
        lines.append(trn("{n} copy left out", "{n} copies left out", found.copies))
    if found.unjudged:
        lines.append(trn("{n} face is too poor to be judged.", "{n} faces are too poor to be judged.", found.unjudged))
    lines.append(expected_words(found))
    if found.clashes:
        lines.append(clash_words(found))
    if found.unread:
        lines.append(trn("{n} still to be read", "{n} still to be read", found.unread))
    return lines


def _as_json(store: Store, found: CollectionGroups) -> dict[str, Any]:
    """As documented in docs/groups.md."""
    bound = found.bound
    return {
        "schema": SCHEMA,
        "faces": found.faces,
        "copies": found.copies,
        "unjudged": found.unjudged,
        "unread": found.unread,
        "limit": bound.limit,
        "expected_wrong_joins": bound.expected,
        "carried_by_data": bound.carried,
        "clashes": len(found.clashes),
        "groups": [group_json(store, group) for group in found.groups],
        "alone": [group_json(store, group) for group in found.alone],
    }
