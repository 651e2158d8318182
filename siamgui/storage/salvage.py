"""The rows of a damaged library that can still be read, one by one where a whole table cannot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from siamgui.storage.database import Database
from siamgui.storage.errors import LibraryError, only_damage
from siamgui.storage.tables import NUMBERED, Row, Table, rows

_GUESSED = 1000
"""Ids beyond the highest that is known, which may be there all the same."""


def readable(library: Database, table: Table, broken: list[str]) -> Iterator[Row]:
    """Each row once; those on damaged pages are passed over, and the name of the table is then put into broken.

    Raises the LibraryError that is no damage.
    """
    seen: set[tuple[object, ...]] = set()
    places = [table.columns.index(key) for key in table.key]
    for row in _readable(library, table, broken):
        key = tuple(row[place] for place in places)
        if key not in seen:
            seen.add(key)
            yield row


def keys_of_people(library: Database) -> dict[int, str]:
    """The names as they are compared, by id, from the index: where the people themselves cannot be read."""
    with suppress(LibraryError):
        return {int(number): str(key) for key, number in library.read("SELECT key, id FROM person ORDER BY key")}
    return {}


def numbers(library: Database, table: Table) -> set[int]:
    """What the first column of the key holds, as far as it can be read."""
    found: set[int] = set()
    for order in ("ASC", "DESC"):
        with suppress(LibraryError):
            for (number,) in library.rows(f"SELECT {table.key[0]} FROM {table.name} ORDER BY 1 {order}"):
                found.add(int(number))
            break
    return found


def _readable(library: Database, table: Table, broken: list[str]) -> Iterator[Row]:
    try:
        yield from rows(library, table)
        return
    except LibraryError as error:  # then from the other end, and one by one
        only_damage(error)
        broken.append(table.name)
    first = f'"{table.key[0]}"'
    with suppress(LibraryError):
        yield from library.rows(table.select(f"ORDER BY {first} DESC"))
    if table.name in ("note", "problem"):
        first = "rowid"
    for number in range(1, _highest(library) + _GUESSED):
        with suppress(LibraryError):
            yield from library.read(table.select(f"WHERE {first} = ?"), (number,))


def _highest(library: Database) -> int:
    found = [0]
    with suppress(LibraryError):
        found += [int(row[0]) for row in library.read("SELECT seq FROM sqlite_sequence")]
    for name in NUMBERED:
        with suppress(LibraryError):
            found += [int(row[0] or 0) for row in library.read(f"SELECT max(id) FROM {name}")]
    return max(found)
