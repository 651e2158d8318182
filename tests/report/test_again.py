"""What is computed again from a record says what it said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from siamgui.core.firmness import tried
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.resources import resource
from siamgui.core.typed_json import WrongForm
from siamgui.core.types import Firmness, Outcome, Strictness
from siamgui.report.again import computed_again
from siamgui.report.record import read_record, record_of


def test_how_firm_it_was_is_written_down_and_found_again(engine: FaceEngine) -> None:
    left, right = (engine.read_photo(load_photo(resource(f"samples/{name}.jpg"))) for name in ("obama1", "obama2"))
    comparison = engine.compare(left.reading, right.reading, Strictness.BALANCED)
    comparison = tried(engine, left, right, comparison)
    record = record_of(left, right, comparison, engine.calibration, (engine.encoder, engine.detector))
    assert read_record(record.to_json()).verdict.firmness == comparison.verdict.firmness
    again = computed_again(engine, record, left.photo, right.photo)
    assert again.verdict == record.verdict
    assert computed_again(engine, record, left.reading.crop, right.reading.crop).verdict.firmness is None

    nothing_fell = replace(record, verdict=replace(record.verdict, outcome=Outcome.INCONCLUSIVE, unfirm=True))
    nothing_tried = replace(record, verdict=replace(record.verdict, firmness=Firmness(Outcome.SAME, ())))
    for made_up in (replace(nothing_fell, verdict=replace(nothing_fell.verdict, firmness=None)), nothing_tried):
        with pytest.raises(WrongForm):
            read_record(made_up.to_json())
