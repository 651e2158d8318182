"""What was measured now beside what was measured before."""

from __future__ import annotations

from pathlib import Path

import pytest

from siamgui.commands import bench_compare
from tests.builders.command_line import Capture, refused

BEFORE = {"stages_ms": {"whole": {"median": 10.0, "p95": 20}}, "photos_per_second": 50, "runs": 3, "memory_mb": None}
NOW = {"stages_ms": {"whole": {"median": 11.0, "p95": 16}}, "photos_per_second": 40, "runs": 9, "memory_mb": 400}


def test_what_got_worse_is_named_whichever_way_is_better() -> None:
    found = bench_compare.compared(BEFORE, NOW)
    assert {one.name: round(one.ratio, 2) for one in found} == {
        "stages_ms.whole.median": 1.1,
        "stages_ms.whole.p95": 0.8,
        "photos_per_second": 1.25,
    }
    lines = bench_compare.as_text(found).splitlines()
    assert [line.endswith("worse") for line in lines[1:4]] == [True, False, True]
    assert lines[-1] == "2 of 3 figures are at least 5 % worse."
    assert bench_compare.as_json(found)["photos_per_second"] == {
        "before": 50.0,
        "now": 40.0,
        "times_worse": 1.25,
        "worse": True,
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "isn't what siamgui bench --json writes"),
        ("[1]", "isn't what siamgui bench --json writes"),
        ('{"schema": "siamgui.bench-vault/1"}', "holds siamgui.bench-vault/1, this is siamgui.bench/2"),
    ],
)
def test_another_file_is_refused_before_anything_is_measured(
    content: str, said: str, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "old.json").write_text(content)
    assert said in refused(capsys, "bench", "--compare", tmp_path / "old.json")
    assert "isn't what" in refused(capsys, "bench", "--compare", tmp_path / "none.json")
