"""The card of one model version, or those of two beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from siamgui.core.i18n import tr
from siamgui.gui.training.versions.table import Table

if TYPE_CHECKING:
    from siamgui.versions.version_store import Version


class CardView(Table):
    """Names and values."""

    def __init__(self) -> None:
        super().__init__(names=168, spacing=(16, 6))

    def show_versions(self, versions: Sequence[Version]) -> None:
        """versions: one, or two to compare."""
        from siamgui.versions.cards import card_rows

        cards = [card_rows(version) for version in versions]
        rows = [(row[0][0], *(value for _, value in row)) for row in zip(*cards, strict=True)]
        if len(versions) > 1:
            rows.insert(0, ("", *(version.name for version in versions)))
        said = [(row[0], *(value or "–" for value in row[1:])) for row in rows if any(row[1:])]
        spoken = [f"{name}: {', '.join(values)}." for name, *values in said]
        names = ", ".join(version.name for version in versions)
        self.show_rows(tr("Card of {names}", names=names), said, spoken)
