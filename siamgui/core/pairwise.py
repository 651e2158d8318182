"""Several photographs, each against each: what a pair of many says, and what it means that there are many."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from siamgui.core.i18n import mark, tr
from siamgui.core.shown_text import columns, one_line, shortened
from siamgui.core.types import Outcome, Side, Strictness, Verdict
from siamgui.core.wording import headline, one_in, reason, strictness_name

Pair = tuple[int, int]
"""Two of many by their places, counted from 0, the smaller first."""

SYMBOLS = {Outcome.SAME: "=", Outcome.INCONCLUSIVE: "~", Outcome.DIFFERENT: "x"}
"""In letters that every console has: what a console lacks it shows as a question mark."""
_NAME = 28  # columns of a terminal for the name of a photograph
_CELL = 8


def pairs_among(count: int) -> Iterator[Pair]:
    """Of so many photographs, in the order of a list."""
    return itertools.combinations(range(count), 2)


def by_chance(pairs: int, strictness: Strictness) -> str:
    """What a false match rate is among several pairs, in one sentence; "" for fewer than two.

    pairs: compared. The expected number of false matches among m pairs of different people is m times the FMR, however
    the pairs depend on one another, and no less than the probability of at least one (Boole's inequality).
    """
    if pairs < 2:
        return ""
    expected = pairs * strictness.fmr
    values = {"pairs": f"{pairs:,}", "fmr": one_in(strictness.fmr)}
    if expected < 1:
        said = mark(
            "The false match rate ({fmr}) is that of one pair: if all {pairs} pairs were of different people, up to "
            "about {many} such tables would still hold a pair that comes out as the same person."
        )
        return tr(said, many=one_in(expected, bound=True), **values)
    said = mark(
        "The false match rate ({fmr}) is that of one pair: if all {pairs} pairs were of different people, about {many} "
        "of them would still come out as the same person."
    )
    return tr(said, many=f"{math.ceil(expected - 1e-9):,}", **values)


def why(verdict: Verdict, left: str, right: str) -> str:
    """wording.reason() where photographs have names instead of sides."""
    if not verdict.forced or verdict.disagree:
        return reason(verdict)
    poor = {item.side for item in verdict.findings if item.finding.decisive}
    if len(poor) == 1:
        return tr("“{name}” is not good enough to decide.", name=left if poor == {Side.LEFT} else right)
    return reason(verdict)


def about_pair(verdict: Verdict, left: str, right: str) -> str:
    """One pair of many in a few words: who, outcome, distance."""
    return tr(
        "{left} and {right}: {outcome}, distance {distance}",
        left=left,
        right=right,
        outcome=headline(verdict.outcome),
        distance=f"{verdict.distance:.2f}",
    )


def one_of_several(file: str, other: str) -> str:
    """Of two photographs of many that are one."""
    return tr(
        "“{left}” and “{right}” are the same file, so this says nothing about two photos.", left=file, right=other
    )


def as_table(
    names: Sequence[str], verdicts: Mapping[Pair, Verdict], problems: Mapping[int, str], width: int
) -> list[str]:
    """Lines of plain text for n photographs: the lower half of the matrix, in as many parts as it takes, and a key.

    problems: by its place, why a photograph cannot be used. width: columns of the terminal.
    """
    titles = [f"{place + 1} {shortened(one_line(name), _NAME)}" for place, name in enumerate(names)]
    first = max(map(columns, titles)) + 2
    across = max(1, (width - first) // _CELL)
    lines: list[str] = []
    for start in range(0, len(names), across):
        part = range(start, min(start + across, len(names)))
        if lines:
            lines.append("")
        lines.append(" " * first + "".join(f"{place + 1:>{_CELL}}" for place in part).rstrip())
        for row in range(start, len(names)):
            title = titles[row] + " " * (first - columns(titles[row]))
            if row in problems:
                lines.append(title + (problems[row] if start == 0 else "–"))
                continue
            cells = [_cell(verdicts.get((place, row)), itself=place == row) for place in part if place <= row]
            lines.append((title + "".join(f"{cell:>{_CELL}}" for cell in cells)).rstrip())
    counts = Counter(verdict.outcome for verdict in verdicts.values())
    key = [
        tr("{symbol} {outcome} ({n})", symbol=symbol, outcome=headline(outcome), n=counts[outcome])
        for outcome, symbol in SYMBOLS.items()
    ]
    return [*lines, "", "   ".join(key)]


def _cell(verdict: Verdict | None, *, itself: bool) -> str:
    if verdict is None:
        return "·" if itself else "–"
    return f"{SYMBOLS[verdict.outcome]} {verdict.distance:.2f}"


def table_notes(pairs: int, strictness: Strictness) -> list[str]:
    """Below a table: how strict it is, and what chance does among so many pairs."""
    strict = tr(
        "{label}: {value}",
        label=tr("Strictness"),
        value=tr("{name} (FMR {share})", name=strictness_name(strictness), share=one_in(strictness.fmr)),
    )
    return [strict, *filter(None, [by_chance(pairs, strictness)])]
