"""An entry of the log in words."""

from __future__ import annotations

from dataclasses import replace

from siamgui.core.source import SourceKind
from siamgui.core.types import Outcome, Strictness
from siamgui.live.types import PresenceFailure, Reason
from siamgui.storage.log_wording import COLUMNS, log_row
from siamgui.storage.verification_log import Asked, Entry

ADA = Entry(
    id=1,
    at="2026-11-24T10:31:00+00:00",
    kind=Asked.VERIFY,
    outcome=Outcome.SAME,
    reason=Reason.BOUND,
    reference="Ada",
    person=3,
    strictness=Strictness.STRICT,
    fmr=1e-4,
    fmr_is_bound=True,
    encoder="mobilefacenet 1",
    encoder_name="MobileFaceNet",
    presence=True,
    presence_failure=None,
    seconds=2.5,
    source=SourceKind.CAMERA,
)


def test_one_person_was_asked_for() -> None:
    row = log_row(ADA)
    assert len(row.cells) == len(COLUMNS.names)
    assert row.cells[1:] == (
        "Ada",
        "Supports: same person",
        "at most 1 in 10,000",
        "passed",
        "camera",
        "MobileFaceNet",
    )
    assert row.told.startswith("Source: camera. Strictness: Strict. Time: 2.5 s.")
    assert log_row(replace(ADA, reference="")).cells[1] == "somebody removed since"


def test_everybody_was_asked_for() -> None:
    row = log_row(replace(ADA, kind=Asked.IDENTIFY))
    assert row.cells[1:3] == ("everybody enrolled", "Supports: Ada")
    nobody = log_row(replace(ADA, kind=Asked.IDENTIFY, outcome=Outcome.DIFFERENT, reason=Reason.NOBODY, fmr=None))
    assert nobody.cells[COLUMNS.result : COLUMNS.result + 2] == ("Nobody enrolled", "–")
    assert nobody.told.startswith("This face is not close to any of the people enrolled. ")


def test_why_it_ended_so_stands_below() -> None:
    failed = replace(
        ADA, outcome=Outcome.INCONCLUSIVE, reason=Reason.PRESENCE, presence=False, presence_failure=PresenceFailure.FLAT
    )
    assert "The face moved like a flat picture." in log_row(failed).told


def test_what_is_searched_for() -> None:
    row = log_row(ADA)
    assert row.shown("", None)
    assert row.shown(" ADA ", Outcome.SAME)
    assert not row.shown("ada", Outcome.DIFFERENT)
    assert not row.shown("eve", None)
    assert row.shown(row.cells[COLUMNS.spare[0]], None)
