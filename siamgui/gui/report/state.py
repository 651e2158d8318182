"""What the report page knows, as immutable values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from siamgui.core.checklist import EMPTY, Checklist
from siamgui.core.errors import SiamguiError

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from siamgui.report.record import Record
    from siamgui.report.report import Report, ReportSide, Wanted


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What a report is about. sides: makes the pictures, with the files themselves or without; for a worker thread.

    kept: whether it comes from what is kept, and goes when that is locked. checklist: what an examiner has seen.
    """

    record: Record
    sides: Callable[[bool], tuple[ReportSide, ReportSide]]
    kept: bool
    checklist: Checklist = EMPTY


@dataclass(frozen=True, slots=True)
class Wish:
    """wanted: what a person adds. language: of the report. embed: whether the two files go into it."""

    wanted: Wanted
    language: str
    embed: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """name: of the file. signed: by whom, in words."""

    name: str
    signed: str


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """pages: as they look."""

    report: Report
    pages: tuple[QImage, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ReportState:
    """subject: None while there is none. made: by the last wish but those that are being made, None before.

    making, saving: whether that is under way. saved: what was written last. notice: what could not be done.
    """

    subject: Subject | None = None
    wish: Wish | None = None
    made: Made | None = None
    making: bool = False
    saving: bool = False
    saved: Saved | None = field(default=None)
    notice: SiamguiError | None = None
