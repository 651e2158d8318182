"""Tables that people give: CSV as spreadsheets of any country and system write it."""

from __future__ import annotations

import codecs
import csv
import io
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import mark

MAX_MEGABYTES = 100
# The longer mark first: the one of UTF-32 begins like that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Excel says in a first line of its own what separates the cells; it may be quoted, and filled up with separators.
_SEPARATOR_LINE = re.compile(r'("?)sep=([^\w\s"\0]|\t)\1\2*', re.IGNORECASE)


class TableUnreadable(SiamguiError):
    """values: name"""

    text = mark("“{name}” cannot be read as a table. Save it as CSV text in UTF-8.")


class TableMissing(SiamguiError):
    """values: name"""

    text = mark("There is no file “{name}”.")


class TableTooLarge(SiamguiError):
    """values: name, limit (megabytes)"""

    text = mark("“{name}” is larger than {limit} MB. Divide it into several lists.")


def table_lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line number, stripped cells) of each line that is not blank, the first of which usually names the columns.

    Raises TableUnreadable, TableMissing, TableTooLarge.
    """
    text = _text(path)
    lines = io.StringIO(text, newline="")
    first, above = lines.readline(), 0
    if separator := _SEPARATOR_LINE.fullmatch(first.strip(" \r\n")):
        above = 1
    else:
        lines.seek(0)
    # Spreadsheets write semicolons or tabs in some countries.
    delimiter = separator[2] if separator else max(",;\t", key=text.lstrip().partition("\n")[0].count)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield reader.line_num + above, stripped
    except csv.Error:
        raise TableUnreadable(name=path.name) from None


def _text(path: Path) -> str:
    """What a table says: UTF-8, or Unicode of another form that begins with its mark, as spreadsheets write it."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe or a device may never end
            raise TableUnreadable(name=path.name)
        if path.stat().st_size > MAX_MEGABYTES * 1_000_000:
            raise TableTooLarge(name=path.name, limit=MAX_MEGABYTES)
        data = path.read_bytes()
        form = next((form for begin, form in _MARKS if data.startswith(begin)), "utf-8-sig")
        return data.decode(form)
    except FileNotFoundError:
        raise TableMissing(name=path.name) from None
    except (OSError, ValueError):
        raise TableUnreadable(name=path.name) from None
