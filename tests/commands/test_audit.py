"""siamgui audit, run as a person runs it."""

from __future__ import annotations

import json
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

from siamgui.cli import main
from tests.builders.command_line import Capture, no_face, refused


@pytest.fixture
def people(tmp_path: Path, samples: Path) -> Path:
    """Two people, one of whose names would be a tag, and a photograph without a face."""
    for name, folder in (("obama1", "<b>O"), ("obama2", "<b>O"), ("obama3", "<b>O"), ("biden", "Joe")):
        target = tmp_path / "people" / folder / f"{name}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(samples / f"{name}.jpg", target)
    no_face(tmp_path / "people" / "Joe" / "<i>wall.jpg")
    return tmp_path / "people"


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.fetched += [name for name, _ in attrs if name in ("src", "href")]


def test_audit_writes_a_page_that_fetches_nothing_and_its_numbers(
    capsys: Capture, people: Path, tmp_path: Path
) -> None:
    table = tmp_path / "groups.csv"
    table.write_text("person,<script>\n<b>O,<u>x\nJoe,y\n")
    out = tmp_path / "out"
    assert main(["audit", str(people), "--groups", str(table), "--out", str(out), "--device", "cpu"]) == 0
    text = capsys.readouterr().out
    assert "2 people; a face was read in 4 of 5 photos." in text
    assert "Too little data for an FMR of 1 in 1,000, which takes 78 people: “<u>x” (1), “y” (1)." in text

    values = json.loads((out / "audit.json").read_text(encoding="utf-8"))
    assert values["schema"] == "siamgui.audit/1"
    whole = values["everybody"]["balanced"]
    assert (whole["fmr"]["trials"], whole["fnmr"]["trials"], whole["unread"]) == (3, 3, 1)
    assert (whole["wrongly_same"], whole["wrongly_different"]) == (0, 0)
    assert [grouping["key"] for grouping in values["groupings"]] == ["<script>", "condition", "quality"]
    own = values["groupings"][0]["strictness"]["balanced"]
    assert [group["group"] for group in own["groups"]] == ["<u>x", "y"]
    assert own["across"]["fmr"]["trials"] == 3
    assert (own["fmr"], own["fnmr"]) == (None, None)

    page, tags = (out / "audit.html").read_text(encoding="utf-8"), _Tags()
    tags.feed(page)
    assert not tags.found & {"b", "i", "u", "script", "img", "link"}
    assert tags.fetched == []
    assert "&lt;script&gt;" in page
    assert "&lt;i&gt;wall.jpg" in page


def test_audit_refuses_before_it_reads(capsys: Capture, people: Path, tmp_path: Path) -> None:
    table = tmp_path / "groups.csv"
    table.write_text("person,sex\nNobody,f\n")
    assert "names nobody" in refused(capsys, "audit", people, "--groups", table, "--out", tmp_path / "out")
    assert "no file “none.csv”" in refused(capsys, "audit", people, "--groups", tmp_path / "none.csv")
    assert "one folder per person" in refused(capsys, "audit", people / "Joe")
    assert not (tmp_path / "out").exists()
