"""siamgui index: every face of a folder or a video, read once."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from siamgui.commands.kept import open_kept
from siamgui.commands.model_choice import engine_for
from siamgui.commands.progress import ProgressLine
from siamgui.core.folders import skipped_note
from siamgui.core.i18n import tr, trn
from siamgui.search.errors import NothingSearched
from siamgui.search.reading import collection_of, read_collection
from siamgui.search.values import ReadingDone, ReadingState
from siamgui.search.wording import done_words, left_out_words, state_words
from siamgui.storage.collection_operations import ListCollections
from siamgui.storage.collection_values import Collection

if TYPE_CHECKING:
    from siamgui.search.cluster import Cluster

SCHEMA = "siamgui.index/1"
MOST_PROBLEMS = 10
"""Files that cannot be read and are named one by one."""


def run(args: argparse.Namespace) -> int:
    """args: folders, jobs, scheduler, model, device, json."""
    with open_kept() as store:
        engine = engine_for(args.device, args.model, args.jobs)
        key = engine.encoder.key
        wanted = tuple(collection_of(store, folder, key) for folder in args.folders)
        if not args.folders:
            wanted = store.do(ListCollections(key))
        if not wanted:
            raise NothingSearched
        done: list[ReadingDone] = []
        elsewhere = _cluster(args)
        try:
            for collection in wanted:
                done.append(
                    read_collection(store, engine, collection, jobs=args.jobs, told=_Line(), elsewhere=elsewhere)
                )
                if elsewhere is not None and elsewhere.left_out:
                    print(left_out_words(elsewhere.left_out), file=sys.stderr)
        except KeyboardInterrupt:
            print(tr("Paused. What was read is kept; the same command goes on."), file=sys.stderr)
            raise
    if args.json:
        print(json.dumps({"schema": SCHEMA, "folders": list(map(_as_json, done))}, ensure_ascii=False, indent=2))
    else:
        print("\n".join(line for one in done for line in _lines(one)))
    return 0


def _cluster(args: argparse.Namespace) -> Cluster | None:
    if args.scheduler is None:
        return None
    from siamgui.search.cluster import Cluster

    return Cluster(args.scheduler)


class _Line(ProgressLine):
    """Quiet while there is nothing to read."""

    def __call__(self, state: ReadingState) -> None:  # type: ignore[override]  # of one folder
        last = state.done == state.total
        if (state.done or state.film is not None) and self._due(last=last):
            self._show(state_words(state), last=last)


def _lines(done: ReadingDone) -> list[str]:
    lines = done_words(done)
    if done.skipped:
        lines.append(skipped_note(done.skipped))
    name = done.collection.folder.name
    lines += [f"⚠ {place or name}: {problem}" for place, problem in done.problems[:MOST_PROBLEMS]]
    left = len(done.problems) - MOST_PROBLEMS
    return [*lines, trn("… and {n} more file", "… and {n} more files", left)] if left > 0 else lines


def _as_json(done: ReadingDone) -> dict[str, Any]:
    return collection_json(done.collection) | {
        "read": done.read,
        "unchanged": done.unchanged,
        "gone": done.gone,
        "away": done.away,
        "skipped": done.skipped,
        "seconds": round(done.seconds, 2),
        "problems": [{"file": place, "problem": problem} for place, problem in done.problems],
    }


def collection_json(collection: Collection) -> dict[str, Any]:
    return {
        "folder": str(collection.folder),
        "files": collection.files,
        "videos": collection.films,
        "faces": collection.faces,
        "copies": collection.copies,
        "unreadable": collection.problems,
        "unread": collection.unread,
        "added": collection.added,
        "last_read": collection.read,
    }
