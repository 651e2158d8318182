"""What can be asked of the log of verifications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar

from siamgui.core.source import SourceKind
from siamgui.live.types import LiveVerdict
from siamgui.storage.store import Data, Operation, Topic, Topics
from siamgui.storage.verification_log import Asked, Entry


@dataclass(frozen=True, slots=True)
class LoggedVerifications:
    """entries: newest first, some of total. keep_days: after how many days an entry goes, None for never."""

    entries: tuple[Entry, ...]
    total: int
    keep_days: int | None


@dataclass(frozen=True, slots=True, eq=False)
class AddLogEntry(Operation[Entry]):
    """Keep how a verification ended. encoder_name: what a person calls the encoder of the verdict."""

    verdict: LiveVerdict
    kind: Asked
    source: SourceKind
    encoder_name: str
    changes: ClassVar[Topics] = frozenset({Topic.LOG, Topic.PEOPLE})

    def run(self, data: Data) -> Entry:
        return data.log.add(self.verdict, self.kind, self.source, self.encoder_name)


@dataclass(frozen=True, slots=True)
class ReadLog(Operation[LoggedVerifications]):
    """most: at most so many entries; None for all."""

    most: int | None = None

    def run(self, data: Data) -> LoggedVerifications:
        return LoggedVerifications(data.log.entries(self.most), data.log.count(), data.log.keep_days)


@dataclass(frozen=True, slots=True)
class ExportLog(Operation[int]):
    """Write all entries to a CSV file, whole or not at all -> how many. Raises LogUnwritable."""

    path: Path

    def run(self, data: Data) -> int:
        return data.log.export_csv(self.path)


@dataclass(frozen=True, slots=True)
class ClearLog(Operation[int]):
    """Forget all entries -> how many there were."""

    changes: ClassVar[Topics] = frozenset({Topic.LOG})

    def run(self, data: Data) -> int:
        count = data.log.count()
        data.log.clear()
        return count


@dataclass(frozen=True, slots=True)
class KeepLogFor(Operation[int]):
    """Forget verifications and comparisons after so many days, from now on; None: never -> how many went.

    Raises ValueError below 1.
    """

    days: int | None
    changes: ClassVar[Topics] = frozenset({Topic.LOG, Topic.COMPARISONS})

    def run(self, data: Data) -> int:
        data.log.set_keep_days(self.days)
        return expire(data, date.today())


@dataclass(frozen=True, slots=True)
class AnyEntryOverdue(Operation[bool]):
    """Whether ExpireLog would find any; whoever only looks need not wait for those who write."""

    today: date

    def run(self, data: Data) -> bool:
        return overdue(data, self.today)


@dataclass(frozen=True, slots=True)
class ExpireLog(Operation[int]):
    """Forget what is not to be kept any longer -> how many entries there were."""

    today: date
    changes: ClassVar[Topics] = frozenset({Topic.LOG, Topic.COMPARISONS})

    def run(self, data: Data) -> int:
        return expire(data, self.today)


def overdue(data: Data, today: date) -> bool:
    """Whether expire() would find any."""
    begin = data.log.kept_from(today)
    return begin is not None and (data.log.overdue(today) or data.comparisons.any_before(begin))


def expire(data: Data, today: date) -> int:
    """Forget the verifications and comparisons that are not to be kept any longer -> how many there were."""
    begin = data.log.kept_from(today)
    return 0 if begin is None else data.log.expire(today) + data.comparisons.clear_before(begin)
