"""siamgui bench measures every stage."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

from siamgui.commands import bench_vault
from siamgui.storage.moving_in import in_clear
from tests.builders.command_line import Capture, ok


def test_bench_measures_every_stage(capsys: Capture) -> None:
    results = json.loads(ok(capsys, "bench", "--runs", 1, "--json", "--device", "cpu"))
    for stage in ("decode", "detect", "align", "quality", "embed", "judge", "whole", "bare"):
        assert 0 < results["stages_ms"][stage]["median"] <= results["stages_ms"][stage]["p95"]
    assert results["ratio_whole_to_bare"] > 0.5
    assert min(results["photos_per_second"], results["one_by_one_per_second"]) > 0


def test_what_encryption_costs_is_measured_on_the_same_data(tmp_path: Path, capsys: Capture) -> None:
    paths = {kind: tmp_path / kind / "library.sqlite" for kind in bench_vault.OPEN}
    for kind, path in paths.items():
        path.parent.mkdir()
        with closing(bench_vault.OPEN[kind](path)) as file:
            bench_vault._fill(file, 30)
        assert bench_vault.main([kind, str(path)]) == 0
        assert float(capsys.readouterr().out) > 0
    assert [in_clear(path) for path in paths.values()] == [True, False]
    assert all(value > 0 for value in bench_vault._labels(paths, 2).values())
    assert all(bench_vault._loading(kind, path) > 0 for kind, path in paths.items())
