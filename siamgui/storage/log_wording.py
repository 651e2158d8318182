"""One entry of the log of verifications in words, for the window and the command line alike."""

from __future__ import annotations

from dataclasses import dataclass

from siamgui.core import wording
from siamgui.core.amounts import when
from siamgui.core.i18n import mark, tr
from siamgui.core.source import SourceKind
from siamgui.core.types import Outcome
from siamgui.live import wording as live_wording
from siamgui.storage.verification_log import Asked, Entry


@dataclass(frozen=True, slots=True)
class Columns:
    """Of a table of answers. names: marked for translation. result: where the outcome stands.

    wide: which takes the room that is left. spare: those that are said below the table anyway.
    """

    names: tuple[str, ...]
    result: int
    wide: int
    spare: tuple[int, ...]


COLUMNS = Columns(
    (
        mark("When"),
        mark("Compared with"),
        mark("Result"),
        mark("False match rate"),
        mark("Presence check"),
        mark("Source"),
        mark("Model"),
    ),
    result=2,
    wide=1,
    spare=(5, 6),
)
_SOURCES = {
    SourceKind.CAMERA: mark("camera"),
    SourceKind.FILE: mark("video file"),
    SourceKind.STREAM: mark("stream"),
}


@dataclass(frozen=True, slots=True, eq=False)
class LogRow:
    """One answer in words. id: of the row in the library. cells: in the order of its columns.

    told: what they have no room for, in sentences. found_by: what is searched beside the cells.
    """

    id: int
    outcome: Outcome
    cells: tuple[str, ...]
    told: str
    found_by: str = ""

    def shown(self, search: str, outcome: Outcome | None) -> bool:
        """Whether a cell contains what is searched for, in whatever case, and it ended so. outcome: None for all."""
        words = search.strip().casefold()
        ended = outcome is None or self.outcome is outcome
        return ended and any(words in cell.casefold() for cell in (*self.cells, self.found_by))


def log_row(entry: Entry) -> LogRow:
    """An entry as it is shown."""
    cells = (
        when(entry.at),
        compared_with(entry),
        result(entry),
        "–" if entry.fmr is None else wording.rate_words(entry.fmr, entry.fmr_is_bound),
        live_wording.presence_state(entry.presence),
        tr(_SOURCES[entry.source]),
        entry.encoder_name,
    )
    ended = live_wording.why(entry.outcome, entry.reason, entry.presence_failure)
    under = tr(
        "Source: {source}. Strictness: {name}. Time: {seconds} s. Model: {model} ({version}).",
        source=tr(_SOURCES[entry.source]),
        name=wording.strictness_name(entry.strictness),
        seconds=f"{entry.seconds:.1f}",
        model=entry.encoder_name,
        version=entry.encoder,
    )
    return LogRow(entry.id, entry.outcome, cells, f"{ended} {under}" if ended else under)


def compared_with(entry: Entry) -> str:
    return tr("everybody enrolled") if entry.kind is Asked.IDENTIFY else _name(entry)


def result(entry: Entry) -> str:
    return live_wording.outcome_words(entry.outcome, _name(entry), who=entry.kind is Asked.IDENTIFY)


def _name(entry: Entry) -> str:
    return entry.reference or tr("somebody removed since")
