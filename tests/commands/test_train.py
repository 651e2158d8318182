"""What training says while it is under way."""

from __future__ import annotations

import pytest

from siamgui.commands.train import _Console
from siamgui.finetuning.events import PassedOver, event_of, line_of


def test_files_of_the_reference_that_were_passed_over_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    event = PassedOver(2, ("“a.jpg” is empty. Copy or download it again.",))
    assert event_of(line_of(event)) == event
    _Console()(event)
    assert capsys.readouterr().err.splitlines() == [
        "2 hidden or system files and folders were skipped.",
        "“a.jpg” is empty. Copy or download it again.",
    ]
