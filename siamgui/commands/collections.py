"""siamgui collections: the folders that were read for find."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from siamgui.commands.index import collection_json
from siamgui.commands.kept import open_kept
from siamgui.commands.model_choice import encoder_in_use
from siamgui.core.i18n import tr
from siamgui.search.errors import FolderNotMeant, NothingSearched
from siamgui.search.wording import collection_words
from siamgui.storage.collection_operations import FindCollection, ListCollections, RemoveCollection
from siamgui.storage.store import Store

SCHEMA = "siamgui.collections/1"


def run(args: argparse.Namespace) -> int:
    """args: action, json, and what the action takes: folder, yes."""
    with open_kept() as store:
        answer, lines = (_list if args.action == "list" else _remove)(store, args)
    print(json.dumps(answer, ensure_ascii=False, indent=2) if args.json else "\n".join(lines))
    return 0


def _list(store: Store, _args: argparse.Namespace) -> tuple[Any, list[str]]:
    there = store.do(ListCollections(encoder_in_use()))
    lines = [tr("{label}: {value}", label=one.folder, value=collection_words(one)) for one in there]
    answer = {"schema": SCHEMA, "folders": [collection_json(one) for one in there]}
    return answer, lines or [str(NothingSearched())]


def _remove(store: Store, args: argparse.Namespace) -> tuple[Any, list[str]]:
    folder = Path(os.path.realpath(args.folder))
    there = store.do(FindCollection(folder, encoder_in_use()))
    if not args.yes:
        raise FolderNotMeant(name=folder.name)
    store.do(RemoveCollection(there.id))
    return collection_json(there), [tr("“{name}” is forgotten, with all faces that were read in it.", name=folder.name)]
