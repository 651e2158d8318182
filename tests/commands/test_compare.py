"""siamgui compare, run as a person runs it: every outcome, every choice, every kind of bad photo."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from siamgui.commands.compare import _claim_json
from siamgui.core.resources import resource
from siamgui.core.types import PairClaim
from tests.builders.command_line import Capture, compare_json, no_face, ok, process, refused
from tests.conftest import ROOT


def test_same_person(capsys: Capture, samples: Path) -> None:
    text = ok(capsys, "compare", samples / "obama1.jpg", samples / "obama2.jpg")
    assert "Supports: same person" in text
    assert re.search(r"(?i)(about|at most) 1 in [\d,]+ pairs of different people look this alike\.", text)
    assert "“obama1.jpg”" in text
    assert str(samples) not in text


def test_different_people(capsys: Capture, samples: Path) -> None:
    text = ok(capsys, "compare", samples / "obama1.jpg", samples / "biden.jpg")
    assert "Supports: different people" in text
    assert "of the same person look this different." in text


def test_in_chinese(capsys: Capture, samples: Path) -> None:
    text = ok(capsys, "compare", samples / "obama1.jpg", samples / "biden.jpg", "--language", "zh_CN")
    assert "支持为不同人" in text


def test_order_does_not_matter(capsys: Capture, samples: Path) -> None:
    one = compare_json(capsys, samples / "obama1.jpg", samples / "biden.jpg")
    other = compare_json(capsys, samples / "biden.jpg", samples / "obama1.jpg")
    assert one["distance"] == pytest.approx(other["distance"], abs=1e-6)
    assert one["left"] == other["right"]


def test_a_photo_with_itself_says_so(capsys: Capture, samples: Path) -> None:
    answer = compare_json(capsys, samples / "obama1.jpg", samples / "obama1.jpg")
    assert answer["distance"] == pytest.approx(0, abs=1e-3)
    assert "same file" in answer["words"]["notes"][0]


def test_strictness_only_moves_the_limits(capsys: Capture, samples: Path) -> None:
    pair = (samples / "obama1.jpg", samples / "obama3.jpg")
    answers = [compare_json(capsys, *pair, "--strictness", name) for name in ("convenient", "balanced", "strict")]
    assert len({answer["distance"] for answer in answers}) == 1
    limits = [answer["thresholds"]["same_below"] for answer in answers]
    assert limits == sorted(limits, reverse=True)
    assert limits[0] > limits[2]


def test_json_is_as_documented(capsys: Capture, samples: Path) -> None:
    answer = compare_json(capsys, samples / "obama1.jpg", samples / "biden.jpg")
    schema = json.loads(resource("schema/compare.schema.json").read_text(encoding="utf-8"))
    check_form(answer, schema, schema, "answer")
    for side in ("left", "right"):
        x0, y0, x1, y1 = answer[side]["faces"][answer[side]["face"] - 1]["box"]
        for x, y in answer[side]["faces"][answer[side]["face"] - 1]["landmarks"]:
            assert x0 < x < x1
            assert y0 < y < y1
    documented = (ROOT / "docs" / "compare-json.md").read_text(encoding="utf-8")
    claim = schema["properties"]["claim"]["required"]
    for name in {*schema["required"], *claim, *schema["$defs"]["side"]["required"]}:
        assert f"`{name}`" in documented


def test_the_claim_of_a_pair_is_as_documented() -> None:
    schema = json.loads(resource("schema/compare.schema.json").read_text(encoding="utf-8"))
    claim = PairClaim(1.1, 2e-5, False, 16204, 3, 1, True, "motion-blur")
    check_form(_claim_json(claim), schema["properties"]["claim"], schema, "claim")


def check_form(value: Any, rule: dict[str, Any], schema: dict[str, Any], where: str) -> None:
    """The part of JSON Schema that our schema uses; and no field that it does not name."""
    if "$ref" in rule:
        file, _, way = rule["$ref"].partition("#/")
        if file:
            schema = json.loads(resource(f"schema/{file}").read_text(encoding="utf-8"))
        rule = schema
        for step in way.split("/"):
            rule = rule[step]
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
    kinds |= {"integer": int, "number": (int, float)}
    if isinstance(rule.get("type"), list):
        types = rule["type"]
        rule = {**rule, "type": types[1] if value is None else types[0]}
    if "type" in rule:
        assert isinstance(value, kinds[rule["type"]]), where
    assert value == rule.get("const", value), where
    assert value in rule.get("enum", [value]), where
    if "pattern" in rule:
        assert re.search(rule["pattern"], value), where
    if rule.get("type") in {"integer", "number"}:
        assert rule.get("minimum", value) <= value <= rule.get("maximum", value), where
        assert value > rule.get("exclusiveMinimum", -np.inf), where
    if rule.get("type") == "object":
        assert set(rule["required"]) <= set(value) <= set(rule["properties"]), where
        for name, item in value.items():
            check_form(item, rule["properties"][name], schema, f"{where}.{name}")
    if rule.get("type") == "array":
        assert rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", len(value)), where
        for index, item in enumerate(value):
            check_form(item, rule["items"], schema, f"{where}[{index}]")


@pytest.fixture
def group(tmp_path: Path, samples: Path) -> Path:
    """Two faces side by side: Biden on the left, Obama, larger, on the right."""
    left = Image.open(samples / "biden.jpg").convert("RGB").resize((500, 600))
    right = Image.open(samples / "obama1.jpg").convert("RGB").resize((750, 900))
    picture = Image.new("RGB", (1250, 900), "grey")
    picture.paste(left, (0, 150))
    picture.paste(right, (500, 0))
    path = tmp_path / "group.png"
    picture.save(path)
    return path


def test_choosing_a_face(capsys: Capture, samples: Path, group: Path) -> None:
    answers = [compare_json(capsys, group, samples / "biden.jpg", "--left-face", number) for number in (1, 2)]
    assert [answer["left"]["face"] for answer in answers] == [1, 2]
    assert answers[0]["distance"] < answers[1]["distance"]
    text = ok(capsys, "compare", samples / "biden.jpg", group, "--right-face", 1)
    assert "“group.png” shows 2 faces" in text
    assert "face 1 was used (--right-face chooses)" in text


@pytest.mark.parametrize("number", [0, 3, -1])
def test_a_face_that_is_not_there(capsys: Capture, samples: Path, group: Path, number: int) -> None:
    said = refused(capsys, "compare", group, samples / "biden.jpg", f"--left-face={number}")
    assert "“group.png” has faces 1 to 2" in said


# -- bad input -----------------------------------------------------------------------------------------------------


def _empty(path: Path, _: Path) -> None:
    path.touch()


def _text(path: Path, _: Path) -> None:
    path.write_text("not a photo")


def _cut(path: Path, samples: Path) -> None:
    path.write_bytes((samples / "biden.jpg").read_bytes()[:3000])


def _folder(path: Path, _: Path) -> None:
    path.mkdir()


def _gone(_path: Path, _: Path) -> None:
    pass


def _no_face(path: Path, _: Path) -> None:
    no_face(path)


@pytest.mark.parametrize("make", [_empty, _text, _cut, _folder, _gone, _no_face])
@pytest.mark.parametrize("side", [0, 1])
def test_a_photo_that_cannot_be_used(capsys: Capture, tmp_path: Path, samples: Path, make: Any, side: int) -> None:
    folder = tmp_path / "照片 中文"
    folder.mkdir()
    bad = folder / "坏 photo.jpg"
    make(bad, samples)
    pair = [samples / "biden.jpg", samples / "biden.jpg"]
    pair[side] = bad
    said = refused(capsys, "compare", *pair)
    assert "“坏 photo.jpg”" in said
    assert "照片" not in said


def test_a_path_with_chinese_and_spaces_works(capsys: Capture, tmp_path: Path, samples: Path) -> None:
    copy = tmp_path / "照片 一" / "李 小明.jpg"
    copy.parent.mkdir()
    shutil.copy(samples / "obama1.jpg", copy)
    assert "“李 小明.jpg”" in ok(capsys, "compare", copy, samples / "obama2.jpg")


def test_a_comparison_loads_neither_torch_nor_qt_nor_reports(samples: Path) -> None:
    code = (
        "import sys; from siamgui.cli import main; code = main(sys.argv[1:]); "
        "heavy = {'torch', 'PySide6', 'matplotlib', 'sklearn', 'scipy'} & set(sys.modules); "
        "sys.exit(code or (f'loaded {heavy}' if heavy else 0))"
    )
    done = process("compare", samples / "obama1.jpg", samples / "obama2.jpg", "--device", "cpu", code=code)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Supports: same person" in done.stdout
