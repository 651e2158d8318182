"""A comparison that was written down in words, for the window and the command line alike."""

from __future__ import annotations

from siamgui.core import wording
from siamgui.core.amounts import when
from siamgui.core.i18n import mark, tr
from siamgui.report.record import ComparedFace, Record
from siamgui.storage.comparison_log import WrittenDown
from siamgui.storage.log_wording import Columns, LogRow

COLUMNS = Columns(
    (
        mark("When"),
        mark("Photos"),
        mark("Result"),
        mark("Distance"),
        mark("False match rate"),
        mark("Tags"),
        mark("Model"),
    ),
    result=2,
    wide=1,
    spare=(3, 6),
)


def comparison_row(entry: WrittenDown) -> LogRow:
    """As it is shown in a table."""
    record, verdict = entry.record, entry.record.verdict
    cells = (
        when(record.at),
        tr("{left} and {right}", left=file_words(record.left), right=file_words(record.right)),
        wording.headline(verdict.outcome),
        f"{verdict.distance:.2f}",
        wording.rate_words(verdict.fmr, verdict.fmr_is_bound),
        entry.tags,
        record.engine.encoder_name,
    )
    why = wording.reason(verdict)
    sentences = (why or wording.rarity(verdict), _adjusted(record), asked_words(record), entry.note)
    return LogRow(entry.id, verdict.outcome, cells, " ".join(filter(None, sentences)), entry.note)


def _adjusted(record: Record) -> str:
    claim = record.verdict.claim
    return "" if claim is None else tr("Adjusted distance: {distance}.", distance=f"{claim.adjusted:.2f}")


def file_words(side: ComparedFace) -> str:
    """The file, and which of several faces."""
    return side.file if side.faces == 1 else tr("{name}, face {number}", name=side.file, number=side.face)


def distance_words(record: Record) -> str:
    """With the adjusted one, where the claim is that of the pair."""
    verdict = record.verdict
    if verdict.claim is None:
        return f"{verdict.distance:.2f}"
    return tr("{distance}, adjusted {adjusted}", distance=f"{verdict.distance:.2f}", adjusted=f"{record.adjusted:.2f}")


def asked_words(record: Record) -> str:
    """At which strictness, and who answered."""
    return tr(
        "Strictness: {name}. Model: {model} ({version}).",
        name=wording.strictness_name(record.verdict.strictness),
        model=record.engine.encoder_name,
        version=record.engine.encoder,
    )
