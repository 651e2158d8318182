"""siamgui audit: FMR and FNMR by group, by condition and quality, on a folder of people."""

from __future__ import annotations

import argparse
import json

from siamgui.commands.evaluate import say_where
from siamgui.commands.model_choice import engine_for
from siamgui.commands.progress import ProgressLine
from siamgui.core.types import Strictness
from siamgui.evaluation import audit_words, report
from siamgui.evaluation.audit import AuditSource, as_json, write_audit
from siamgui.evaluation.audit_types import AuditReport
from siamgui.evaluation.summary import text_table

PAGE_NAME = "audit.html"


def run(args: argparse.Namespace) -> int:
    """args: folder, groups, out, strictness, device, model, jobs, json."""
    source = AuditSource(args.folder, args.groups)
    report.make_folder(args.out)
    engine = engine_for(args.device, args.model, args.jobs)
    found = source.audit(engine, engine.info, engine.calibration, args.jobs, ProgressLine())
    paths = write_audit(args.out / PAGE_NAME, found, args.strictness)
    if args.json:
        print(json.dumps(as_json(found), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_lines(found, args.strictness)))
    say_where(paths)
    return 0


def _lines(found: AuditReport, strictness: Strictness) -> list[str]:
    lines = [audit_words.people_line(found), *audit_words.notes(found), "", audit_words.claim_words(strictness)]
    head = audit_words.table_head()
    lines += text_table([head, audit_words.table_row(found.audit.everybody[strictness], measured=True)])
    for grouping in found.audit.groupings:
        rates = grouping.strictness[strictness]
        rows = [(audit_words.grouping_name(grouping), *head[1:]), *audit_words.table(grouping, rates)]
        lines += ["", *text_table(rows)]
        lines += audit_words.ratio_words(grouping, rates) + audit_words.lack_words(grouping, rates)
        lines += audit_words.not_stated_words(grouping)
    return [*lines, "", *audit_words.legend()]
