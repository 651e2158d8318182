"""What is said of a cell and of a photograph of the matrix; for the eye as a tooltip, and for a reader."""

from __future__ import annotations

from siamgui.core.i18n import tr, trn
from siamgui.core.pairwise import about_pair, one_of_several, why
from siamgui.core.types import Verdict
from siamgui.core.wording import issue_words, rarity
from siamgui.gui.compare.matrix.state import MatrixState, Tile


def about_cell(state: MatrixState, row: Tile, column: Tile) -> tuple[str, ...]:
    """Of two tiles, or of a photograph and itself: sentences, the first of which says it all."""
    if row is column:
        return about_tile(row)
    for tile in (row, column):
        if tile.problem is not None:
            return (str(tile.problem),)
    verdict = state.verdict(row, column)
    if verdict is None:
        return (tr("{left} and {right}: not compared yet", left=row.name, right=column.name),)
    first, second = (row, column) if row.key < column.key else (column, row)
    return (about_pair(verdict, row.name, column.name), *_further(verdict, first, second))


def _further(verdict: Verdict, first: Tile, second: Tile) -> tuple[str, ...]:
    twins = one_of_several(first.name, second.name) if first.sha256 == second.sha256 else ""
    return tuple(filter(None, (rarity(verdict), why(verdict, first.name, second.name), twins)))


def about_tile(tile: Tile) -> tuple[str, ...]:
    """Of one photograph."""
    if tile.problem is not None:
        return (str(tile.problem),)
    if tile.reading is None:
        return (tr("Reading “{name}”…", name=tile.name),)
    said = [tile.name]
    if tile.faces > 1:
        said.append(tr("Face {n} of {count}", n=tile.chosen + 1, count=tile.faces))
    for finding in tile.reading.quality.findings:
        said.append(tr("{what} {help}", **issue_words(finding, tile.reading.quality)).capitalize())
    return tuple(said)


def counts(state: MatrixState) -> str:
    """How many photographs there are, and how many pairs of them are compared."""
    photos, pairs = len(state.tiles), len(state.compared)
    return " · ".join((trn("{n} photo", "{n} photos", photos), trn("{n} pair", "{n} pairs", pairs)))
