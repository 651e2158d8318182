"""What a repair saves of the comparisons that were written down: those whose figures are whole, and whole pictures."""

from __future__ import annotations

from siamgui.storage.database import Database
from siamgui.storage.salvage import readable
from siamgui.storage.tables import TABLES, put_rows

_COMPARISON, _IMAGE = (table for name in ("comparison", "comparison_image") for table in TABLES if table.name == name)


def save_comparisons(old: Database, new: Database, broken: list[str]) -> int:
    """Within a transaction of new. broken: gets the tables that cannot be read whole -> how many are not as before."""
    rows = list(readable(old, _COMPARISON, broken))
    kept = {row[0] for row in rows if not _COMPARISON.damaged(row)}
    put_rows(new, _COMPARISON, [row for row in rows if row[0] in kept])
    images = [row for row in readable(old, _IMAGE, broken) if row[0] in kept]
    whole = [row for row in images if not _IMAGE.damaged(row)]
    put_rows(new, _IMAGE, whole)
    lost = {row[0] for row in images} - {row[0] for row in whole}
    return len(rows) - len(kept) + len(lost)
