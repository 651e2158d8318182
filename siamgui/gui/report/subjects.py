"""What reports are about: the pair that is compared, or a comparison of the history."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from siamgui.core.checklist import EMPTY
from siamgui.core.types import PhotoReading
from siamgui.gui.compare.closer.controller import CloserController
from siamgui.gui.compare.state import PairState
from siamgui.gui.inference import Ready
from siamgui.gui.report.state import Subject
from siamgui.report.record import Record, record_of
from siamgui.report.report import ReportSide, side_of
from siamgui.storage.comparison_operations import Opened, found_again
from siamgui.storage.comparison_report import sides_of


def subject_of_pair(state: PairState, ready: Ready | None, closer: CloserController | None) -> Subject | None:
    """Of the compare page, with the checklist of who has looked closer, if anybody has.

    None while there is no answer, or it is not known how firm it is.
    """
    left, right, comparison = state.left.loaded, state.right.loaded, None if state.checking else state.comparison
    if comparison is None or ready is None or left is None or right is None or left.read is None or right.read is None:
        return None
    record = record_of(left.read, right.read, comparison, ready.calibration, ready.models)
    sides = (left.read, left.decoded.file), (right.read, right.decoded.file)
    seen = EMPTY
    if closer is not None and closer.keeps(left.read, right.read):
        seen = closer.checklist
    return Subject(record, partial(_sides, record, sides), kept=False, checklist=seen)


def subject_of_entry(opened: Opened) -> Subject:
    """Of the history."""
    return Subject(opened.entry.record, lambda embed: sides_of(opened, embed=embed), kept=True)


def _sides(
    record: Record, sides: tuple[tuple[PhotoReading, Path | None], ...], embed: bool
) -> tuple[ReportSide, ReportSide]:
    from siamgui.core.imaging import picture_bytes

    made = []
    for (read, file), compared in zip(sides, (record.left, record.right), strict=True):
        path = found_again([file], compared.sha256) if embed and file is not None else None
        original = b"" if path is None else picture_bytes(path)
        made.append(side_of(read.photo, read.reading.crop, compared, original))
    return made[0], made[1]
