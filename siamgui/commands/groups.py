"""siamgui groups: the faces of the folders that were read, gathered by person."""

from __future__ import annotations

import argparse
import json
import math
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from siamgui.commands.kept import open_kept
from siamgui.commands.model_choice import calibration_in_use
from siamgui.commands.progress import ProgressLine
from siamgui.core.i18n import tr, trn
from siamgui.search.collection_groups import CollectionGroups, FaceGroup, group_collections
from siamgui.search.wording import face_count
from siamgui.storage.collection_operations import FindCollection, PlaceFace
from siamgui.storage.collection_values import FaceGone, PlacedFace
from siamgui.storage.store import Store

SCHEMA = "siamgui.groups/1"
_STEPS = 100


def run(args: argparse.Namespace) -> int:
    """args: folders, json."""
    with open_kept() as store:
        calibration = calibration_in_use()
        folders = [Path(os.path.realpath(folder)) for folder in args.folders]
        collections = tuple(store.do(FindCollection(folder, calibration.encoder)).id for folder in folders)
        line = ProgressLine(steps=True)
        found = group_collections(
            store, calibration, collections, lambda done: line(max(1, int(done * _STEPS)), _STEPS)
        )
        answer = _as_json(store, found) if args.json else None
        lines = [] if args.json else _lines(store, found)
    print(json.dumps(answer, ensure_ascii=False, indent=2) if args.json else "\n".join(lines))
    return 0


class _Line(ProgressLine):
    def __init__(self) -> None:
        super().__init__(steps=True)

    def __call__(self, done: float) -> None:  # type: ignore[override]  # a share
        super().__call__(max(1, int(done * _STEPS)), _STEPS)


def _placed(store: Store, faces: Iterable[int]) -> list[PlacedFace]:
    """Those that are still there, and a file with them."""
    placed = []
    for face in faces:
        try:
            placed.append(store.do(PlaceFace(face)))
        except FaceGone:
            continue
    return [one for one in placed if one.files]


def _lines(store: Store, found: CollectionGroups) -> list[str]:
    lines = []
    for number, group in enumerate(found.groups, 1):
        lines.append(tr("{label}: {value}", label=number, value=face_count(len(group.faces))))
        lines += [
            f"    {one.files[0]} " + tr("(face {number})", number=one.number) for one in _placed(store, group.faces)
        ]
    groups = trn("{n} group", "{n} groups", len(found.groups))
    lines.append(tr("{groups}; alone: {faces}", groups=groups, faces=face_count(len(found.alone))))
    if found.copies:
        lines.append(trn("{n} copy left out", "{n} copies left out", found.copies))
    if found.unjudged:
        lines.append(trn("{n} face is too poor to be judged.", "{n} faces are too poor to be judged.", found.unjudged))
    lines.append(_expected_words(found))
    if found.unread:
        lines.append(trn("{n} still to be read", "{n} still to be read", found.unread))
    return lines


def _expected_words(found: CollectionGroups) -> str:
    return tr(
        "Wrong joins to be expected among {faces}: at most {count}. Look through the groups before you rely on them.",
        faces=face_count(found.bound.faces),
        count=_rounded_up(found.bound.expected),
    )


def _rounded_up(expected: float) -> str:
    """One digit below 1, whole numbers above: "at most" never claims less."""
    step = 10.0 ** min(0, math.floor(math.log10(expected))) if expected else 1.0
    return f"{math.ceil(expected / step - 1e-9) * step:,.{max(0, -round(math.log10(step)))}f}"


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
        "groups": [_group_json(store, group) for group in found.groups],
        "alone": [_group_json(store, group) for group in found.alone],
    }


def _group_json(store: Store, group: FaceGroup) -> dict[str, Any]:
    return {
        "faces": [_face_json(one) for one in _placed(store, group.faces)],
        "copies": [_face_json(one) for one in _placed(store, group.copies)],
    }


def _face_json(placed: PlacedFace) -> dict[str, Any]:
    return {
        "file": str(placed.files[0]),
        "files": [str(path) for path in placed.files],
        "sha256": placed.sha256,
        "face": placed.number,
        "box": [round(float(value), 2) for value in placed.seen.face.box],
    }
