"""siamgui history: the comparisons that were written down."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from typing import Any

from siamgui.commands.kept import open_kept
from siamgui.core import wording
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark, tr, trn
from siamgui.core.typed_json import plain
from siamgui.storage.comparison_log import WrittenDown
from siamgui.storage.comparison_operations import (
    ClearComparisons,
    ExportComparisons,
    OpenComparison,
    ReadComparisons,
    RemoveComparisons,
    SayOfComparison,
)
from siamgui.storage.comparison_wording import comparison_row
from siamgui.storage.log_operations import KeepLogFor
from siamgui.storage.store import Store

Told = tuple[Any, Sequence[str]]
"""For machines, and as lines for a person."""


class ComparisonUnknown(SiamguiError):
    """values: number"""

    text = mark("There is no comparison {number}. “siamgui history list” shows those there are.")


class HistoryNotMeant(SiamguiError):
    text = mark("This forgets all comparisons so far. Add --yes if you mean it.")


def run(args: argparse.Namespace) -> int:
    """args: action, and what it takes."""
    with open_kept() as store:
        answer, lines = _ACTIONS[args.action](store, args)
    print(json.dumps(answer, ensure_ascii=False, indent=2) if args.json else "\n".join(lines))
    return 0


def _list(store: Store, args: argparse.Namespace) -> Told:
    found = [
        entry for entry in store.do(ReadComparisons()).entries if comparison_row(entry).shown(args.search, outcome=None)
    ]
    return [_as_json(entry) for entry in found], [_line(entry) for entry in found] or [tr("Nothing so far.")]


def _show(store: Store, args: argparse.Namespace) -> Told:
    entry = _found(store, args.number)
    record = entry.record
    lines = [_line(entry), "", wording.as_text(record, record.left.file, record.right.file), ""]
    lines += [f"{side.file}: {side.sha256}" for side in (record.left, record.right)]
    lines += [tr("{label}: {value}", label=tr("Note"), value=entry.note)] if entry.note else []
    return _as_json(entry), lines


def _say(store: Store, args: argparse.Namespace) -> Told:
    entry = _found(store, args.number)
    tags = entry.tags if args.tags is None else args.tags
    store.do(SayOfComparison(entry.id, tags, entry.note if args.note is None else args.note))
    entry = _found(store, args.number)
    return _as_json(entry), [_line(entry)]


def _export(store: Store, args: argparse.Namespace) -> Told:
    count = store.do(ExportComparisons(args.file))
    text = trn(
        "{n} comparison was written to “{name}”.",
        "{n} comparisons were written to “{name}”.",
        count,
        name=args.file.name,
    )
    return {"written": count}, [text]


def _forget(store: Store, args: argparse.Namespace) -> Told:
    gone = store.do(KeepLogFor(args.days or None))
    return {"removed": gone}, [trn("{n} entry is forgotten.", "{n} entries are forgotten.", gone)]


def _remove(store: Store, args: argparse.Namespace) -> Told:
    for number in args.numbers:
        _found(store, number)
    return _gone(store.do(RemoveComparisons(tuple(args.numbers))))


def _clear(store: Store, args: argparse.Namespace) -> Told:
    if not args.yes:
        raise HistoryNotMeant
    return _gone(store.do(ClearComparisons()))


def _gone(count: int) -> Told:
    return {"removed": count}, [trn("{n} comparison is forgotten.", "{n} comparisons are forgotten.", count)]


def _found(store: Store, number: int) -> WrittenDown:
    opened = store.do(OpenComparison(number))
    if opened is None:
        raise ComparisonUnknown(number=number)
    return opened.entry


def _line(entry: WrittenDown) -> str:
    when, photos, result, distance, rate, tags, model = comparison_row(entry).cells
    return "  ".join(filter(None, (f"{entry.id:>4}", when, photos, result, distance, rate, model, tags)))


def _as_json(entry: WrittenDown) -> dict[str, Any]:
    return {"id": entry.id, **plain(entry.record), "tags": entry.tags, "note": entry.note}


_ACTIONS: dict[str, Callable[[Store, argparse.Namespace], Told]] = {
    "list": _list,
    "show": _show,
    "say": _say,
    "export": _export,
    "forget": _forget,
    "remove": _remove,
    "clear": _clear,
}
