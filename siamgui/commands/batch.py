"""siamgui batch: the verdict on every pair of a list, written to a table; it goes on where it was interrupted."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

from siamgui.batch.comparing import compare_rows
from siamgui.batch.types import How, Result
from siamgui.batch.unfinished import unfinished
from siamgui.batch.writing import write, writer_for
from siamgui.commands.model_choice import engine_for
from siamgui.commands.progress import ProgressLine
from siamgui.core import i18n, wording
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark, tr, trn
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Outcome, Strictness
from siamgui.evaluation.pairs import Row, read_rows


class OverTheList(SiamguiError):
    """values: name"""

    text = mark("The results cannot take the place of the list “{name}”. Choose another file with --out.")


def run(args: argparse.Namespace) -> int:
    """args: source, images, out, strictness, device, model, jobs, anew, json."""
    target: Path = args.out
    to_bytes = writer_for(target)
    rows = read_rows(args.source, args.images)
    if target.exists() and os.path.samefile(target, args.source):
        raise OverTheList(name=target.name)
    engine = engine_for(args.device, args.model, args.jobs)
    how = how_of(rows, args.images or args.source.parent, engine, args.strictness)
    with unfinished(target, how, rows, anew=args.anew) as kept:
        missing = [row for row in rows if row.line not in kept.results]
        if len(missing) < len(rows):
            before = len(rows) - len(missing)
            print(
                trn("{n} pair is there already; going on.", "{n} pairs are there already; going on.", before),
                file=sys.stderr,
            )
        try:
            with closing(compare_rows(engine, missing, args.strictness, args.jobs, ProgressLine())) as compared:
                for row, result in zip(missing, compared, strict=True):
                    kept.add(row, result)
        except KeyboardInterrupt:
            print(tr("The same command goes on where this one stopped."), file=sys.stderr)
            raise
        results = [kept.results[row.line] for row in rows]
        write(target, to_bytes(results, how))
    print(_as_json(target, results, len(missing)) if args.json else _as_text(target, results))
    return 0


def how_of(rows: tuple[Row, ...], base: Path, engine: FaceEngine, strictness: Strictness) -> How:
    cells = [(row.line, row.left, row.right, row.left_face, row.right_face, row.same, row.problem) for row in rows]
    listed = json.dumps([os.path.abspath(base), cells]).encode("utf-8", "surrogateescape")
    files = sorted((file.name, file.sha256) for model in (engine.encoder, engine.detector) for file in model.files)
    return How(
        list=hashlib.sha256(listed).hexdigest(),
        model=hashlib.sha256(json.dumps(files).encode()).hexdigest(),
        encoder=engine.info.encoder,
        strictness=strictness,
        language=i18n.language(),
    )


def _as_text(target: Path, results: list[Result]) -> str:
    counts = Counter(one.outcome for one in results)
    rows = [(wording.headline(outcome), counts[outcome]) for outcome in Outcome]
    rows.append((tr("Could not be compared"), counts[None]))
    lines = [tr("{label}: {value}", label=label, value=f"{n:,}") for label, n in rows]
    return "\n".join([*lines, tr("Written: {files}", files=target)])


def _as_json(target: Path, results: list[Result], compared: int) -> str:
    counts = Counter(one.outcome for one in results)
    answer = {"written": str(target), "pairs": len(results), "compared_now": compared, "errors": counts[None]}
    return json.dumps(answer | {outcome.value: counts[outcome] for outcome in Outcome}, ensure_ascii=False, indent=2)
