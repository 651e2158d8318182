"""siamgui compare with three photographs or more, run as a person runs it."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from siamgui.cli import main
from siamgui.core.resources import resource
from tests.builders.command_line import Capture, compare_json, no_face, ok, refused
from tests.commands.test_compare import check_form
from tests.conftest import ROOT


@pytest.fixture
def photos(samples: Path) -> list[Path]:
    return [samples / name for name in ("obama1.jpg", "obama2.jpg", "biden.jpg")]


def test_every_pair_says_what_the_two_alone_say(capsys: Capture, photos: list[Path]) -> None:
    answer = compare_json(capsys, *photos)
    schema = json.loads(resource("schema/compare-many.schema.json").read_text(encoding="utf-8"))
    check_form(answer, schema, schema, "answer")
    documented = (ROOT / "docs" / "compare-json.md").read_text(encoding="utf-8")
    for name in (*schema["required"], "number", "problem", "expected_false_matches"):
        assert f"`{name}`" in documented
    assert [photo["file"] for photo in answer["photos"]] == [path.name for path in photos]
    assert [(pair["left"], pair["right"]) for pair in answer["pairs"]] == [(1, 2), (1, 3), (2, 3)]
    for pair, (left, right) in zip(answer["pairs"], combinations(range(3), 2), strict=True):
        alone = compare_json(capsys, photos[left], photos[right])
        assert {name: value for name, value in pair.items() if name not in ("left", "right")} == {
            name: alone[name] for name in pair if name not in ("left", "right")
        }
        for number, side in ((left, "left"), (right, "right")):
            assert {name: answer["photos"][number][name] for name in alone[side]} == alone[side]
    assert answer["chance"]["pairs"] == 3
    assert answer["chance"]["expected_false_matches"] == pytest.approx(3e-3)


def test_the_table_for_a_terminal(capsys: Capture, photos: list[Path], tmp_path: Path) -> None:
    no_face(tmp_path / "wall.jpg")
    text = ok(capsys, "compare", *photos, tmp_path / "wall.jpg", photos[0], "--strictness", "strict")
    lines = text.splitlines()
    assert lines[0].split() == ["1", "2", "3", "4", "5"]
    assert lines[2].startswith("2 obama2.jpg")
    assert "= 0." in lines[2]
    assert "x 1." in lines[3]
    assert "No face was found in “wall.jpg”" in lines[4]
    assert lines[5].split()[2:4] == ["=", "0.00"]
    assert "= Supports: same person (3)   ~ Inconclusive (0)   x Supports: different people (3)" in text
    assert "if all 6 pairs were of different people" in text
    assert "“obama1.jpg” and “obama1.jpg” are the same file" in text
    assert str(tmp_path) not in text


def test_a_face_of_one_of_many(capsys: Capture, photos: list[Path], tmp_path: Path) -> None:
    parts = [Image.open(path).convert("RGB").resize((500, 600)) for path in (photos[2], photos[0])]
    Image.fromarray(np.hstack([np.asarray(part) for part in parts])).save(tmp_path / "two.png")
    three = (photos[0], photos[2], tmp_path / "two.png")
    verdicts = {}
    for face in (1, 2):
        answer = compare_json(capsys, *three, "--face", f"3:{face}")
        assert answer["photos"][2]["face"] == face
        verdicts[face] = [pair["verdict"] == "same" for pair in answer["pairs"]]
    assert verdicts == {1: [False, False, True], 2: [False, True, False]}
    assert main(["compare", *map(str, three)]) == 0
    assert "(--face 3:N chooses)" in capsys.readouterr().out
    assert "faces 1 to 2" in refused(capsys, "compare", *three, "--face", "3:9")
    assert "numbers 1 to 3" in refused(capsys, "compare", *three, "--face", "4:1")


def test_with_one_usable_photo_there_is_nothing_to_compare(capsys: Capture, photos: list[Path], tmp_path: Path) -> None:
    no_face(tmp_path / "wall.jpg")
    said = refused(capsys, "compare", tmp_path / "wall.jpg", photos[0], tmp_path / "gone.jpg")
    assert said.startswith("siamgui: Fewer than two of the photos can be used.")
    assert "wall.jpg" in said
