"""An audit in words: the same rows and sentences in a terminal, on the page that is written, and in the window."""

from __future__ import annotations

from siamgui.core.folders import skipped_note
from siamgui.core.i18n import mark, tr, trn
from siamgui.core.types import QualityIssue, Strictness
from siamgui.core.wording import one_in, strictness_name
from siamgui.evaluation.audit_types import (
    AuditReport,
    Differential,
    GroupingAudit,
    GroupRates,
    GroupsAtStrictness,
    Rate,
)
from siamgui.evaluation.group_rates import ACROSS, EVERYBODY, LEAST_REPEATED, people_needed
from siamgui.evaluation.groups import CLEAR, CONDITION, GOOD, QUALITY, SPOILT
from siamgui.evaluation.summary import percent

_GROUPINGS = {CONDITION: mark("Condition"), QUALITY: mark("Quality")}
_GROUPS = {
    EVERYBODY: mark("Everybody"),
    ACROSS: mark("across groups"),
    CLEAR: mark("clear"),
    SPOILT: mark("spoilt"),
    GOOD: mark("nothing to find"),
    QualityIssue.SMALL.value: mark("small"),
    QualityIssue.BLURRED.value: mark("blurred"),
    QualityIssue.DARK.value: mark("dark"),
    QualityIssue.BRIGHT.value: mark("overexposed"),
    QualityIssue.FLAT.value: mark("little contrast"),
    QualityIssue.TURNED.value: mark("turned away"),
    QualityIssue.COVERED.value: mark("partly covered"),
    QualityIssue.UNCERTAIN.value: mark("hardly a face"),
    QualityIssue.DAMAGED.value: mark("part is missing"),
}


def grouping_name(grouping: GroupingAudit) -> str:
    return tr(_GROUPINGS[grouping.key]) if grouping.measured else grouping.key


def group_name(group: str, *, measured: bool) -> str:
    """measured: whether it is none that a table names."""
    return tr(_GROUPS[group]) if measured else group


def people_line(report: AuditReport) -> str:
    photos = report.head["photos"]
    return tr(
        "{people} people; a face was read in {read} of {count} photos.",
        people=f"{report.people:,}",
        read=f"{photos['read']:,}",
        count=f"{photos['count']:,}",
    )


def notes(report: AuditReport) -> list[str]:
    return [*report.notes, *([skipped_note(report.skipped)] if report.skipped else [])]


def claim_words(strictness: Strictness) -> str:
    """Which limit the rates are of."""
    name, claim = strictness_name(strictness), one_in(strictness.fmr)
    return tr("At “{strictness}”, which claims an FMR of {claim}:", strictness=name, claim=claim)


def table_head() -> tuple[str, ...]:
    return (
        tr("Group"),
        tr("people"),
        tr("photos"),
        "FMR",
        tr("95 % interval"),
        tr("of the mean"),
        "FNMR",
        tr("95 % interval"),
        tr("of the mean"),
        tr("left open"),
    )


def table_row(rates: GroupRates, *, measured: bool) -> tuple[str, ...]:
    """One cell for each of table_head()."""
    return (group_name(rates.group, measured=measured or rates.group == ACROSS), *cells(rates))


def cells(rates: GroupRates) -> tuple[str, ...]:
    """Those after the name. A rate of a group with too little data stands in brackets."""
    genuine = rates.fnmr.trials
    return (
        f"{rates.people:,}",
        f"{rates.photos:,}",
        *_rate(rates.fmr, 4),
        *_rate(rates.fnmr, 2),
        percent(rates.left_open / genuine if genuine else None),
    )


def _rate(rate: Rate, digits: int) -> tuple[str, str, str]:
    if rate.value is None or rate.interval_95 is None:
        return "–", "–", "–"
    value, (low, high) = percent(rate.value, digits), rate.interval_95
    times = "–" if rate.times is None else tr("{times} times", times=f"{rate.times:.2f}")
    return (
        value if rate.enough else f"({value})",
        tr("{low} to {high}", low=f"{100 * low:.{digits}f}", high=percent(high, digits)),
        times,
    )


def table(grouping: GroupingAudit, found: GroupsAtStrictness) -> list[tuple[str, ...]]:
    """The rows of one grouping; the last one of pairs across groups, where there are any."""
    rows = [table_row(rates, measured=grouping.measured) for rates in found.groups]
    return rows if found.across is None else [*rows, table_row(found.across, measured=True)]


def ratio_words(grouping: GroupingAudit, found: GroupsAtStrictness) -> list[str]:
    """How far apart the groups are, in false matches and in false non-matches."""
    sentences = []
    for apart, text in (
        (found.fmr, mark("False matches: “{worst}” has {ratio} times the geometric mean of {count} groups")),
        (found.fnmr, mark("False non-matches: “{worst}” has {ratio} times the geometric mean of {count} groups")),
    ):
        if apart is not None:
            worst = group_name(apart.worst, measured=grouping.measured)
            first = tr(text, worst=worst, ratio=f"{apart.ratio:.2f}", count=len(apart.groups))
            sentences.append(first + _range(apart) + _chance(apart))
    return sentences


def _range(apart: Differential) -> str:
    low, high = (f"{end:.2f}" for end in apart.interval_95)
    text = tr(" (95 % between {low} and {high}).", low=low, high=high)
    return text + (" " + tr("A group without an error counts as if it had one.") if apart.floored else "")


def _chance(apart: Differential) -> str:
    chance = f"{apart.by_chance:.2f}"
    if apart.beyond_chance:
        return " " + tr("Groups dealt at random reach {chance}: this is more.", chance=chance)
    return " " + tr("Groups dealt at random reach {chance} as well: this shows no difference.", chance=chance)


def lack_words(grouping: GroupingAudit, found: GroupsAtStrictness) -> list[str]:
    """Which groups have too little data, and what it would take."""

    def named(counts: list[tuple[str, int]]) -> str:
        listed = [
            tr("“{group}” ({n})", group=group_name(group, measured=grouping.measured), n=n) for group, n in counts
        ]
        return tr(", ").join(listed)

    sentences = []
    if few := [(rates.group, rates.people) for rates in found.groups if not rates.fmr.enough]:
        text = mark("Too little data for an FMR of {claim}, which takes {needed} people: {groups}.")
        needed = people_needed(found.claimed_fmr)
        sentences.append(tr(text, claim=one_in(found.claimed_fmr), needed=needed, groups=named(few)))
    if few := [(rates.group, rates.repeated) for rates in found.groups if not rates.fnmr.enough]:
        text = mark("Too little data for an FNMR, which takes {needed} people with two photos or more: {groups}.")
        sentences.append(tr(text, needed=LEAST_REPEATED, groups=named(few)))
    return sentences


def not_stated_words(grouping: GroupingAudit) -> list[str]:
    n = grouping.not_stated
    return [trn("The group of {n} photo is not known.", "The group of {n} photos is not known.", n)] if n else []


def legend() -> list[str]:
    """What the columns mean."""
    return [
        tr(
            "FMR: of pairs of different people of one group, how many are as alike as “same” asks for. FNMR: of pairs "
            "of photos of one person, how many are not. Left open: of these, how many came out inconclusive."
        ),
        tr(
            "“Of the mean” is the rate over the geometric mean of the groups, as NIST states differentials between "
            "groups. In brackets: too little data. Intervals resample people."
        ),
    ]
