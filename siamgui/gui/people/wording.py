"""What the people page says of a person."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from siamgui.core.i18n import tr, trn

if TYPE_CHECKING:
    from siamgui.storage.people_store import Person


def local_time(iso: str) -> str:
    """ISO 8601 in UTC as local time: "2026-11-24 10:31"."""
    return _local(iso).strftime("%Y-%m-%d %H:%M")


def local_day(iso: str) -> str:
    return _local(iso).strftime("%Y-%m-%d")


def _local(iso: str) -> datetime:
    return datetime.fromisoformat(iso).astimezone()


def photo_count(person: Person) -> str:
    return trn("{n} photo", "{n} photos", person.photos)


def list_lines(person: Person) -> str:
    """For the list: how many photographs, when last verified, until when retained."""
    first = photo_count(person)
    if person.last_verified is not None:
        day = tr("verified {day}", day=local_day(person.last_verified))
        first = f"{first} · {day}"
    until = _until(person)
    return f"{first}\n{until}" if until else first


def _until(person: Person) -> str:
    return "" if person.retain_until is None else tr("kept until {day}", day=person.retain_until.isoformat())


def about(person: Person) -> str:
    """Under the name: photographs, when enrolled, when last verified."""
    parts = [photo_count(person), tr("enrolled {day}", day=local_day(person.created))]
    if person.last_verified is None:
        parts.append(tr("never verified"))
    else:
        parts.append(tr("last verified {when}", when=local_time(person.last_verified)))
    return " · ".join(parts)
