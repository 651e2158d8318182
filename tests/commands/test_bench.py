"""siamgui bench measures every stage."""

from __future__ import annotations

import json

from tests.builders.command_line import Capture, ok


def test_bench_measures_every_stage(capsys: Capture) -> None:
    results = json.loads(ok(capsys, "bench", "--runs", 1, "--json", "--device", "cpu"))
    for stage in ("decode", "detect", "align", "quality", "embed", "judge", "whole", "bare"):
        assert results["stages_ms"][stage] > 0
    assert results["ratio_whole_to_bare"] > 0.5
    assert results["photos_per_second"] > 0
