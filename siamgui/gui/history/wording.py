"""One entry of the log in words. For any thread."""

from __future__ import annotations

from siamgui.core import wording
from siamgui.core.amounts import when
from siamgui.core.i18n import mark, tr
from siamgui.core.source import SourceKind
from siamgui.core.types import Outcome
from siamgui.gui.history.state import Row
from siamgui.live import wording as live_wording
from siamgui.storage.verification_log import Asked, Entry

COLUMNS = (
    mark("When"),
    mark("Compared with"),
    mark("Result"),
    mark("False match rate"),
    mark("Presence check"),
    mark("Source"),
    mark("Model"),
)
RESULT, SOURCE, MODEL = 2, 5, 6
_SOURCES = {
    SourceKind.CAMERA: mark("camera"),
    SourceKind.FILE: mark("video file"),
    SourceKind.STREAM: mark("stream"),
}


def row_of(entry: Entry) -> Row:
    """An entry as it is shown."""
    name = entry.reference or tr("somebody removed since")
    cells = (
        when(entry.at),
        tr("everybody enrolled") if entry.kind is Asked.IDENTIFY else name,
        _result(entry, name),
        "–" if entry.fmr is None else wording.rate_words(entry.fmr, entry.fmr_is_bound),
        _presence(entry),
        tr(_SOURCES[entry.source]),
        entry.encoder_name,
    )
    return Row(entry, cells, _told(entry))


def _result(entry: Entry, name: str) -> str:
    if entry.kind is Asked.IDENTIFY and entry.outcome is Outcome.SAME:
        return tr("Supports: {name}", name=name)
    if entry.kind is Asked.IDENTIFY and entry.outcome is Outcome.DIFFERENT:
        return tr("Nobody enrolled")
    return wording.headline(entry.outcome)


def _presence(entry: Entry) -> str:
    if entry.presence is None:
        return tr("off")
    return tr("passed") if entry.presence else tr("not passed")


def _told(entry: Entry) -> str:
    """What the table has no room for: why it ended so, and under which settings."""
    ended = live_wording.why(entry.outcome, entry.reason, entry.presence_failure)
    under = tr(
        "Source: {source}. Strictness: {name}. Time: {seconds} s. Model: {model} ({version}).",
        source=tr(_SOURCES[entry.source]),
        name=wording.strictness_name(entry.strictness),
        seconds=f"{entry.seconds:.1f}",
        model=entry.encoder_name,
        version=entry.encoder,
    )
    return f"{ended} {under}" if ended else under
