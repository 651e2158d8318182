"""An audit as one HTML file: nothing is fetched, nothing runs, and no name in it is taken for a tag."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

from siamgui.core.i18n import language, tr
from siamgui.core.types import Strictness
from siamgui.core.wording import strictness_name
from siamgui.evaluation import audit_words
from siamgui.evaluation.audit_types import AuditReport, GroupingAudit, GroupRates, GroupsAtStrictness, Rate

_STYLE = """
:root { color-scheme: light dark; --ink: #1c1f23; --dim: #5b6470; --line: #d9dde3; --mark: #1f5fa8; --back: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --dim: #a2abb6; --line: #3a4048; --mark: #7db4f0; --back: #16191d; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back);
  max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2.5rem; } p { margin: .4rem 0; }
.dim { color: var(--dim); } .scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .6rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; white-space: normal; } thead th { color: var(--dim); }
tbody th { font-weight: normal; } svg { display: block; } svg .range { stroke: var(--mark); stroke-width: 2; }
svg .rate { fill: var(--mark); } svg .claim { stroke: var(--dim); stroke-dasharray: 3 2; }
summary { cursor: pointer; } @media print { body { margin: 0; } }
"""
_WIDTH, _HEIGHT, _LOWEST = 150.0, 16.0, 1e-6


def html_of(report: AuditReport, shown: Strictness) -> str:
    """The whole file. shown: the strictness that stands open; the others are folded."""
    engine, title = report.head["engine"], tr("Audit by group: {name}", name=report.head["source"]["name"])
    everybody = [
        (strictness_name(strictness), report.audit.everybody[strictness], strictness.fmr) for strictness in Strictness
    ]
    body = [
        f"<h1>{escape(title)}</h1>",
        *_paragraphs([audit_words.people_line(report)]),
        *_paragraphs([f"{engine['encoder']} {engine['version']} · {engine['device']}"], "dim"),
        *_paragraphs(audit_words.notes(report)),
        *_paragraphs(audit_words.legend(), "dim"),
        f"<h2>{escape(tr('Everybody'))}</h2>",
        _table([(name, rates, claim) for name, rates, claim in everybody], tr("Strictness")),
        *(part for grouping in report.audit.groupings for part in _grouping(grouping, shown)),
        *_unread(report),
    ]
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!doctype html>\n<html lang="{language().replace("_", "-")}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _paragraphs(sentences: Iterable[str], kind: str = "") -> list[str]:
    attribute = f' class="{kind}"' if kind else ""
    return [f"<p{attribute}>{escape(sentence)}</p>" for sentence in sentences]


def _grouping(grouping: GroupingAudit, shown: Strictness) -> list[str]:
    parts = [f"<h2>{escape(audit_words.grouping_name(grouping))}</h2>"]
    parts += _paragraphs(audit_words.not_stated_words(grouping), "dim")
    for strictness in (shown, *(other for other in Strictness if other is not shown)):
        found = grouping.strictness[strictness]
        inside = [
            _table(_named(grouping, found), tr("Group")),
            *_paragraphs(audit_words.ratio_words(grouping, found)),
            *_paragraphs(audit_words.lack_words(grouping, found), "dim"),
        ]
        words = escape(audit_words.claim_words(strictness))
        if strictness is shown:
            parts += [f"<p>{words}</p>", *inside]
        else:
            parts += [f"<details><summary>{words}</summary>", *inside, "</details>"]
    return parts


def _named(grouping: GroupingAudit, found: GroupsAtStrictness) -> list[tuple[str, GroupRates, float]]:
    names = [row[0] for row in audit_words.table(grouping, found)]
    every = found.groups if found.across is None else (*found.groups, found.across)
    return [(name, rates, found.claimed_fmr) for name, rates in zip(names, every, strict=True)]


def _table(rows: Sequence[tuple[str, GroupRates, float]], first: str) -> str:
    """rows: (name, rates, claimed FMR)."""
    head = audit_words.table_head()
    heads = "".join(f"<th>{escape(cell)}</th>" for cell in (first, *head[1:6], "", *head[6:9], "", head[9]))
    body = []
    for name, rates, claim in rows:
        cells = audit_words.cells(rates)
        drawn = [*map(_cell, cells[:5]), _drawn(rates.fmr, claim), *map(_cell, cells[5:8]), _drawn(rates.fnmr, None)]
        body.append(f'<tr><th scope="row">{escape(name)}</th>{"".join(drawn)}{_cell(cells[8])}</tr>')
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    return f'<div class="scroll">{table}</div>'


def _cell(text: str) -> str:
    return f"<td>{escape(text)}</td>"


def _drawn(rate: Rate, claim: float | None) -> str:
    """The rate and its interval on a scale of powers of ten, up to 1; a dashed line where the claim is."""
    if rate.value is None or rate.interval_95 is None:
        return "<td></td>"
    (low, high), middle = map(_place, rate.interval_95), _HEIGHT / 2
    parts = [f'<line class="range" x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}"/>']
    if rate.value > 0:
        parts.append(f'<circle class="rate" cx="{_place(rate.value):.1f}" cy="{middle}" r="4"/>')
    if claim is not None:
        parts.append(f'<line class="claim" x1="{_place(claim):.1f}" x2="{_place(claim):.1f}" y1="0" y2="{_HEIGHT}"/>')
    size = f'width="{_WIDTH:.0f}" height="{_HEIGHT:.0f}"'
    return f'<td><svg {size} aria-hidden="true">{"".join(parts)}</svg></td>'


def _place(rate: float) -> float:
    share = 1 - math.log10(max(rate, _LOWEST)) / math.log10(_LOWEST)
    return 5 + share * (_WIDTH - 10)


def _unread(report: AuditReport) -> list[str]:
    unread = report.head["photos"]["unread"]
    if not unread:
        return []
    lines = "".join(f"<li>{escape(item['photo'])}: {escape(item['reason'])}</li>" for item in unread)
    title = escape(tr("Photos of which no face could be read"))
    return [f"<h2>{title}</h2>", f"<details><summary>{len(unread):,}</summary><ul>{lines}</ul></details>"]
