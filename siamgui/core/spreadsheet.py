"""CSV as spreadsheets read it."""

from __future__ import annotations

import csv
import enum
import io
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any


def spreadsheet_cell(value: Any) -> Any:
    """A text that begins like a formula would be computed by a spreadsheet, so an apostrophe goes before it."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, enum.StrEnum):
        return value.value
    if isinstance(value, str) and unicodedata.normalize("NFKC", value).lstrip()[:1] in ("=", "+", "-", "@"):
        return f"'{value}"
    return value


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table whose names are read rightly in any language: UTF-8 with its mark. None is an empty cell."""
    table = io.StringIO(newline="")
    writer = csv.writer(table)
    writer.writerow(header)
    writer.writerows([spreadsheet_cell(value) for value in row] for row in rows)
    return table.getvalue().encode("utf-8-sig", "surrogateescape")
