"""The log of verifications: when, how each ended, how rare such a likeness is, and which model version said so.

It holds no pictures, no embeddings and no folders. An enrolled person's name is in one place only, with the person: an
entry shows the name the person has now, and none once the person is removed.
"""

from __future__ import annotations

import csv
import enum
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from siamgui.core.errors import SiamguiError
from siamgui.core.files import write_whole
from siamgui.core.i18n import mark
from siamgui.core.source import SourceKind
from siamgui.core.spreadsheet import spreadsheet_cell
from siamgui.core.types import Outcome, Strictness
from siamgui.live.types import LiveVerdict, PresenceFailure, Reason
from siamgui.storage.database import Keeper, now
from siamgui.storage.errors import LibraryDamaged

_KEEP_DAYS = "log.keep_days"
COLUMNS = (
    "at",
    "kind",
    "outcome",
    "reason",
    "reference",
    "person",
    "strictness",
    "fmr",
    "fmr_is_bound",
    "encoder",
    "encoder_name",
    "presence",
    "presence_failure",
    "seconds",
    "source",
)
_ENTRY = ", ".join(
    ("verification.id", *COLUMNS[:4], "coalesce(person.name, reference)", *(f"verification.{c}" for c in COLUMNS[5:]))
)
_FROM = "verification LEFT JOIN person ON person.id = verification.person"


class Asked(enum.StrEnum):
    """What was asked: "is this …?" or "who is this?"."""

    VERIFY = "verify"
    IDENTIFY = "identify"


@dataclass(frozen=True, slots=True)
class Entry:
    """One verification.

    at: ISO 8601 in UTC. reference: name of the file of the reference photograph, or of the person it is about; "" where
    that was nobody, or somebody who is no longer enrolled. person: id, None where it is about no enrolled person.
    fmr, fmr_is_bound, presence, presence_failure, seconds: as in LiveVerdict. encoder: "id version".
    encoder_name: what a person calls it.
    """

    id: int
    at: str
    kind: Asked
    outcome: Outcome
    reason: Reason
    reference: str
    person: int | None
    strictness: Strictness
    fmr: float | None
    fmr_is_bound: bool
    encoder: str
    encoder_name: str
    presence: bool | None
    presence_failure: PresenceFailure | None
    seconds: float
    source: SourceKind


class LogUnwritable(SiamguiError):
    """values: name, reason (in the words of the operating system)"""

    text = mark("“{name}” can’t be written ({reason}). Choose another place.")


class VerificationLog(Keeper):
    """See the module. Any method may raise a LibraryError."""

    def add(self, verdict: LiveVerdict, kind: Asked, source: SourceKind, encoder_name: str) -> Entry:
        """Keep how a verification ended; where it supports an enrolled person, that person was verified now."""
        at = now()
        with self._writing() as db:
            person = verdict.person
            if person is not None and not db.execute("SELECT 1 FROM person WHERE id = ?", (person,)).fetchone():
                person = None  # removed while the verification ran
            reference = "" if verdict.person is not None else Path(verdict.name or "").name
            values = (
                at,
                kind.value,
                verdict.outcome.value,
                verdict.reason.value,
                reference,
                person,
                verdict.strictness.value,
                None if verdict.fmr is None else float(verdict.fmr),
                bool(verdict.fmr_is_bound),
                verdict.encoder,
                encoder_name,
                None if verdict.presence is None else bool(verdict.presence),
                None if verdict.presence_failure is None else verdict.presence_failure.value,
                float(verdict.seconds),
                source.value,
            )
            columns, marks = ", ".join(COLUMNS), ", ".join("?" * len(COLUMNS))
            statement = f"INSERT INTO verification ({columns}) VALUES ({marks})"
            db.execute(statement, values)
            entry = db.last_insert_rowid()
            if verdict.outcome is Outcome.SAME and person is not None:
                db.execute("UPDATE person SET last_verified = ? WHERE id = ?", (at, person))
            return self.entries(1, entry + 1)[0]

    def entries(self, limit: int | None = None, before: int | None = None) -> tuple[Entry, ...]:
        """Newest first. limit: at most so many; None for all. before: only those older than the entry of this id."""
        statement = f"SELECT {_ENTRY} FROM {_FROM} WHERE ? IS NULL OR verification.id < ? ORDER BY 1 DESC LIMIT ?"
        return tuple(
            self._entry(row) for row in self._read(statement, (before, before, -1 if limit is None else limit))
        )

    def count(self) -> int:
        return int(self._read("SELECT count(*) FROM verification")[0][0])

    def export_csv(self, path: Path) -> int:
        """Write all entries, oldest first, or nothing; returns how many. Raises LogUnwritable."""
        entries = self.entries()[::-1]
        table = io.StringIO(newline="")
        writer = csv.writer(table)
        writer.writerow(COLUMNS)
        for entry in entries:
            writer.writerow([spreadsheet_cell(getattr(entry, column)) for column in COLUMNS])
        try:
            # With a byte order mark, without which a spreadsheet takes names in other scripts apart.
            write_whole(path, table.getvalue().encode("utf-8-sig"), exported=True)
        except OSError as error:
            raise LogUnwritable(name=path.name, reason=error.strerror or str(error)) from None
        return len(entries)

    def clear(self) -> None:
        """Forget all entries."""
        with self._writing() as db:
            if self.count():
                db.execute("DELETE FROM verification")
                self._off_the_disk()

    def clear_before(self, day: date) -> int:
        """Forget the entries of the days before day, in local time; returns how many there were."""
        begin = _begin(day)
        if not self._any_before(begin):
            return 0
        with self._writing() as db:
            db.execute("DELETE FROM verification WHERE at < ?", (begin,))
            gone = db.changes()
            self._off_the_disk()
        return gone

    @property
    def keep_days(self) -> int | None:
        """For how many days entries are kept; None: until they are cleared."""
        days = self.get(_KEEP_DAYS)
        return days if isinstance(days, int) and days > 0 else None

    def set_keep_days(self, days: int | None) -> None:
        """It takes effect at the next expire(). Raises ValueError for a number below 1."""
        if days is not None and days < 1:
            raise ValueError(days)
        self.put(_KEEP_DAYS, days)

    def expire(self, today: date) -> int:
        """Forget the entries that are older than keep_days; returns how many there were."""
        day = self._kept_from(today)
        return self.clear_before(day) if day is not None else 0

    def overdue(self, today: date) -> bool:
        """Whether expire() would find any."""
        begin = self.kept_from(today)
        return begin is not None and self._any_before(begin)

    def kept_from(self, today: date) -> str | None:
        """The moment from which on entries are kept, ISO 8601 in UTC; None where all are."""
        day = self._kept_from(today)
        return None if day is None else _begin(day)

    def _kept_from(self, today: date) -> date | None:
        days = self.keep_days
        return None if days is None or days >= today.toordinal() else today - timedelta(days=days)

    def _any_before(self, begin: str) -> bool:
        return bool(self._read("SELECT 1 FROM verification WHERE at < ? LIMIT 1", (begin,)))

    def _entry(self, row: tuple[Any, ...]) -> Entry:
        entry, at, kind, outcome, reason, reference, person, strictness, fmr, bound, *rest = row
        encoder, encoder_name, presence, failure, seconds, source = rest
        try:
            return Entry(
                id=entry,
                at=at,
                kind=Asked(kind),
                outcome=Outcome(outcome),
                reason=Reason(reason),
                reference=reference,
                person=person,
                strictness=Strictness(strictness),
                fmr=fmr,
                fmr_is_bound=bool(bound),
                encoder=encoder,
                encoder_name=encoder_name,
                presence=None if presence is None else bool(presence),
                presence_failure=None if failure is None else PresenceFailure(failure),
                seconds=seconds,
                source=SourceKind(source),
            )
        except ValueError:
            raise LibraryDamaged(name=self._name) from None


def _begin(day: date) -> str:
    """Of a day in local time, as times are kept."""
    return datetime.combine(day, time.min).astimezone(UTC).isoformat(timespec="milliseconds")
