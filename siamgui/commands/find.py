"""siamgui find: the faces that are most like one, in the folders that were read."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from siamgui.commands.asked_face import photo_probe
from siamgui.commands.enrolled import open_people
from siamgui.commands.model_choice import engine_for
from siamgui.core.i18n import trn
from siamgui.core.pipeline import FaceEngine
from siamgui.search.errors import PhotoOrPerson
from siamgui.search.finding import Searcher
from siamgui.search.probes import probe_of_person
from siamgui.search.values import Find, Found, Likeness, Probe
from siamgui.search.wording import found_lines, likeness_words
from siamgui.storage.collection_operations import FindCollection
from siamgui.storage.people_operations import FindPerson
from siamgui.storage.store import Store

SCHEMA = "siamgui.find/1"


def run(args: argparse.Namespace) -> int:
    """args: photo, person, folders, face, limit, strictness, model, device, json."""
    if (args.photo is None) == (args.person is None):
        raise PhotoOrPerson
    with open_people() as store:
        engine = engine_for(args.device, args.model)
        key = engine.encoder.key
        folders = [Path(os.path.realpath(folder)) for folder in args.folders]
        collections = tuple(store.do(FindCollection(folder, key)).id for folder in folders)
        probe, notes = _probe(store, engine, args)
        found = Searcher(store, engine.calibration).find(
            Find(probe, args.strictness, collections, first=0, most=args.limit)
        )
    if found.unread:
        notes.append(
            trn(
                "{n} file was read by another model version, and is not searched. Read it anew: siamgui index",
                "{n} files were read by another model version, and are not searched. Read them anew: siamgui index",
                found.unread,
            )
        )
    if args.json:
        print(json.dumps(_as_json(found, notes), ensure_ascii=False, indent=2))
    else:
        print("\n".join([*found_lines(found), *notes]))
    return 0


def _probe(store: Store, engine: FaceEngine, args: argparse.Namespace) -> tuple[Probe, list[str]]:
    """Whom to find, and what to say of the photograph."""
    if args.person is not None:
        return probe_of_person(store, engine, store.do(FindPerson(args.person))), []
    return photo_probe(engine, args.photo, args.face)


def _as_json(found: Found, notes: list[str]) -> dict[str, Any]:
    """As documented in docs/find-json.md and resources/schema/find.schema.json."""
    return {
        "schema": SCHEMA,
        "looked_for": found.probe.name,
        "faces": found.faces,
        "more": found.more,
        "unread": found.unread,
        "whole": found.whole,
        "strictness": found.strictness.value,
        "encoder": found.probe.encoder,
        "likenesses": [_likeness_json(one, found.faces) for one in found.likenesses],
        "notes": notes,
    }


def _likeness_json(likeness: Likeness, faces: int) -> dict[str, Any]:
    face, span = likeness.face, likeness.face.seen.span
    return {
        "file": str(likeness.path),
        "sha256": face.sha256,
        "face": face.number,
        "box": [round(float(value), 2) for value in face.seen.face.box],
        "width": face.width,
        "height": face.height,
        "seconds": None if span is None else {"at": span.at, "first": span.first, "last": span.last},
        "distance": likeness.distance,
        "adjusted_distance": likeness.adjusted,
        "fmr": likeness.fmr,
        "fmr_is_bound": likeness.fmr_is_bound,
        "expected_strangers": likeness.expected,
        "outcome": likeness.outcome.value,
        "pair_alone": likeness.pair.value,
        "forced_by_quality": likeness.forced,
        "same_photo": likeness.copy,
        "copies": [str(path) for path in likeness.copies],
        "findings": [{"issue": one.issue.value, "decisive": one.decisive} for one in face.seen.quality.findings],
        "words": likeness_words(likeness, faces),
    }
