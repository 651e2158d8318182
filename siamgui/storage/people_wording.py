"""People and their photographs in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from siamgui.core.amounts import day, photo_count, when
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import tr, trn
from siamgui.storage.people_store import Person
from siamgui.storage.people_view import PhotoTile

MOST_REFUSED = 2
"""Photographs that are not used and are named one by one."""


def list_lines(person: Person) -> str:
    """For the list: how many photographs, when last verified, until when retained."""
    first = photo_count(person.photos)
    if person.last_verified is not None:
        first += f" · {tr('verified {day}', day=day(person.last_verified))}"
    return first if person.retain_until is None else f"{first}\n{kept_until(person.retain_until)}"


def kept_until(last: date) -> str:
    """last: the day after which the person is removed."""
    return tr("kept until {day}", day=last.isoformat())


def about(person: Person) -> str:
    """Under the name: photographs, when enrolled, when last verified."""
    parts = [photo_count(person.photos), tr("enrolled {day}", day=day(person.created))]
    if person.last_verified is None:
        parts.append(tr("never verified"))
    else:
        parts.append(tr("last verified {when}", when=when(person.last_verified)))
    return " · ".join(parts)


def removed(name: str, *, photo: bool) -> str:
    """What was taken away. name: of the person, or of one photograph."""
    if photo:
        return tr("The photo “{name}” is removed.", name=name)
    return tr("“{name}” is removed, with all photos.", name=name)


def expired(names: Sequence[str]) -> str:
    """Whom the retention date has removed."""
    if not names:
        return ""
    return trn(
        "Removed because the retention date has passed: {names}.",
        "{n} people were removed because the retention date has passed, among them {names}.",
        len(names),
        names=listed(names[:5]),
    )


def refused(errors: Sequence[SiamguiError]) -> str:
    """Why photographs are not used."""
    left = len(errors) - MOST_REFUSED
    if left <= 0:
        return "\n".join(map(str, errors))
    more = trn("One more photo could not be used.", "{n} more photos could not be used.", left)
    return "\n".join((*map(str, errors[:MOST_REFUSED]), more))


def odd(tiles: Sequence[PhotoTile]) -> str:
    """Which photographs do not look like the others."""
    names = [tile.name for tile in tiles if tile.odd]
    if not names:
        return ""
    if len(names) == len(tiles):
        return tr("These photos do not look like one person. Remove what does not belong.")
    return trn(
        "{names} does not look like the other photos. Remove it if it shows somebody else.",
        "{n} photos do not look like the others, among them {names}. Remove those that show somebody else.",
        len(names),
        names=listed(names[:3]),
    )


def about_photo(tile: PhotoTile) -> str:
    """Its name, and what there is to say against it, a line each."""
    parts = [tile.name]
    if tile.odd:
        parts.append(tr("This does not look like the other photos."))
    if not tile.good:
        parts.append(tr("Not the best quality; a better photo helps."))
    if tile.faces > 1:
        parts.append(tr("{n} faces in the photo; the most prominent one is used.", n=tile.faces))
    return "\n".join(parts)


def listed(names: Sequence[str]) -> str:
    """Names in quotes, one after the other."""
    return tr(", ").join(tr("“{name}”", name=name) for name in names)
