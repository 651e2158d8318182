"""siamgui history, and what “compare --keep” writes down."""

from __future__ import annotations

import json
from pathlib import Path

from siamgui.cli import main
from siamgui.core.paths import LIBRARY, data_folder
from siamgui.storage.comparison_log import ComparisonLog
from tests.builders.command_line import Capture, compare_json, ok, refused
from tests.builders.records import record


def test_a_comparison_is_written_down_where_it_is_asked_for_and_only_there(capsys: Capture, samples: Path) -> None:
    pair = (samples / "obama1.jpg", samples / "obama2.jpg")
    assert main(["compare", *map(str, pair), "--device", "cpu"]) == 0
    assert not (data_folder() / LIBRARY).exists()
    capsys.readouterr()
    said = compare_json(capsys, *pair, "--keep", "pictures")
    (entry,) = json.loads(ok(capsys, "history", "list", "--json"))
    assert entry["verdict"]["distance"] == said["distance"]
    assert entry["left"]["sha256"] == said["left"]["sha256"]
    with ComparisonLog.open() as log:
        assert len(log.pictures(entry["id"])) == 2
        assert log.entries()[0].paths == pair
    assert "Only a comparison of two photos" in refused(capsys, "compare", *pair, pair[0], "--keep", "figures")


def test_what_stands_there_is_looked_through_told_of_exported_and_forgotten(capsys: Capture, tmp_path: Path) -> None:
    assert ok(capsys, "history", "list") == "Nothing so far.\n"
    with ComparisonLog.open() as log:
        for left in (1, 3, 5):
            log.add(record(left, left + 1), (None, None))
    assert ok(capsys, "history", "list").count("Supports: same person") == 3
    assert "passport" in ok(capsys, "history", "say", 2, "--tags", "passport", "--note", "asked by the desk")
    assert ok(capsys, "history", "list", "--search", "BY THE DESK").strip().startswith("2 ")
    shown = ok(capsys, "history", "show", 2)
    assert "Adjusted distance" in shown
    assert "asked by the desk" in shown
    assert ok(capsys, "history", "export", tmp_path / "all.csv") == "3 comparisons were written to “all.csv”.\n"
    assert "no comparison 9" in refused(capsys, "history", "remove", 1, 9)
    assert ok(capsys, "history", "remove", 1, 3) == "2 comparisons are forgotten.\n"
    assert "Add --yes" in refused(capsys, "history", "clear")
    assert ok(capsys, "history", "forget", "--days", 0) == "0 entries are forgotten.\n"
    assert ok(capsys, "history", "clear", "--yes") == "1 comparison is forgotten.\n"
