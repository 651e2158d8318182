"""What an audit finds, as it is written to audit.json."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from siamgui.core.types import Strictness


@dataclass(frozen=True, slots=True)
class Rate:
    """errors among trials, which are pairs of photographs; value: their share, None of none.

    interval_95: of value, people resampled. enough: whether there are people enough to state it for a group. times:
    value over the geometric mean of the groups that have enough; None where no such ratio is stated.
    """

    errors: int
    trials: int
    value: float | None
    interval_95: tuple[float, float] | None
    enough: bool
    times: float | None = None


@dataclass(frozen=True, slots=True)
class GroupRates:
    """One group at one strictness; of pairs, those whose two photographs both belong to it.

    people, photos: of which a face could be read; unread: photographs of which none could; repeated: people with two
    photographs or more. fmr: pairs of different people at or below the limit of "same", quality aside; fnmr: pairs of
    one person that are not. wrongly_same: pairs of different people that are called the same, quality considered;
    wrongly_different, left_open: pairs of one person that are called different, and of which nothing is said.
    """

    group: str
    people: int
    photos: int
    unread: int
    repeated: int
    fmr: Rate
    fnmr: Rate
    wrongly_same: int
    wrongly_different: int
    left_open: int


@dataclass(frozen=True, slots=True)
class Differential:
    """How far apart the rates of groups are (NIST IR 8429): the worst over their geometric mean.

    groups: those that have enough. A group without an error counts as if it had one; floored: whether there is one.
    interval_95: people resampled. by_chance: the 95th percentile of the ratio where groups are dealt anew at random.
    """

    groups: tuple[str, ...]
    worst: str
    ratio: float
    interval_95: tuple[float, float]
    by_chance: float
    floored: bool

    @property
    def beyond_chance(self) -> bool:
        return self.ratio > self.by_chance


@dataclass(frozen=True, slots=True)
class GroupsAtStrictness:
    """across: pairs of photographs in two different groups; None where there is one group only."""

    claimed_fmr: float
    groups: tuple[GroupRates, ...]
    across: GroupRates | None
    fmr: Differential | None
    fnmr: Differential | None


@dataclass(frozen=True, slots=True)
class GroupingAudit:
    """key: a column, or "condition" or "quality" where measured. not_stated: photographs of which no group is known."""

    key: str
    measured: bool
    not_stated: int
    strictness: dict[Strictness, GroupsAtStrictness]


@dataclass(frozen=True, slots=True)
class Audit:
    """everybody: all photographs as one group, at each strictness."""

    everybody: dict[Strictness, GroupRates]
    groupings: tuple[GroupingAudit, ...]


@dataclass(frozen=True, slots=True)
class AuditReport:
    """head: what was measured with what, as in evaluation.json. notes: sentences about the table of groups."""

    head: dict[str, Any]
    people: int
    skipped: int
    audit: Audit
    notes: tuple[str, ...]
