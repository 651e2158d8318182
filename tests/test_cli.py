"""The command line, run as a person runs it: main() in this process, and once as a process of its own."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from siamgui import __version__
from siamgui.cli import main
from siamgui.core.resources import resource
from tests.conftest import ROOT

Capture = pytest.CaptureFixture[str]


def ok(capsys: Capture, *arguments: object) -> str:
    """Standard output of a command that must succeed without a word on standard error."""
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    assert (code, err) == (0, "")
    return out


def refused(capsys: Capture, *arguments: object) -> str:
    """The one sentence of a command that must refuse its input."""
    code = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
    assert "Traceback" not in err
    return err


# -- help and arguments --------------------------------------------------------------------------------------------


def test_version(capsys: Capture) -> None:
    assert ok(capsys, "--version") == f"siamgui {__version__}\n"


@pytest.mark.parametrize("command", ["", "open", "compare", "evaluate", "bench", "doctor"])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_help_in_both_languages(capsys: Capture, command: str, language: str) -> None:
    text = ok(capsys, "--language", language, *command.split(), "--help")
    assert ("用法" in text) == (language == "zh_CN")
    assert "--device" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("compare", "a.jpg"), "required: B"),
        (("compare", "a.jpg", "b.jpg", "--strictness", "lax"), "--strictness"),
        (("compare", "a.jpg", "b.jpg", "c.jpg"), "unrecognized arguments: c.jpg"),
        (("compare", "a.jpg", "b.jpg", "--left-face", "x"), "--left-face"),
        (("evaluate", "p.csv", "--jobs", "0"), "--jobs"),
        (("match",), "match"),
        (("open", "1.jpg", "2.jpg", "3.jpg"), "at most two photos"),
    ],
)
def test_wrong_arguments_get_one_sentence(capsys: Capture, arguments: tuple[str, ...], words: str) -> None:
    assert words in refused(capsys, *arguments)


# -- compare -------------------------------------------------------------------------------------------------------


def compare_json(capsys: Capture, *arguments: object) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(ok(capsys, "compare", *arguments, "--json", "--device", "cpu"))
    return answer


def test_same_person(capsys: Capture, samples: Path) -> None:
    text = ok(capsys, "compare", samples / "obama1.jpg", samples / "obama2.jpg")
    assert "Supports: same person" in text
    assert re.search(r"(About|At most) 1 in [\d,]+ pairs of different people look this alike\.", text)
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
    _check(answer, schema, schema, "answer")
    for side in ("left", "right"):
        x0, y0, x1, y1 = answer[side]["faces"][answer[side]["face"] - 1]["box"]
        for x, y in answer[side]["faces"][answer[side]["face"] - 1]["landmarks"]:
            assert x0 < x < x1
            assert y0 < y < y1
    documented = (ROOT / "docs" / "compare-json.md").read_text(encoding="utf-8")
    for name in {*schema["required"], *schema["$defs"]["side"]["required"]}:
        assert f"`{name}`" in documented


def _check(value: Any, rule: dict[str, Any], schema: dict[str, Any], where: str) -> None:
    """The part of JSON Schema that our schema uses; and no field that it does not name."""
    if "$ref" in rule:
        rule = schema["$defs"][rule["$ref"].rsplit("/", 1)[1]]
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
            _check(item, rule["properties"][name], schema, f"{where}.{name}")
    if rule.get("type") == "array":
        assert rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", len(value)), where
        for index, item in enumerate(value):
            _check(item, rule["items"], schema, f"{where}[{index}]")


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
    Image.new("RGB", (400, 300), (90, 120, 160)).save(path, format="JPEG")


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


# -- a process of its own ------------------------------------------------------------------------------------------


def process(*arguments: object, code: str = "", **options: Any) -> subprocess.CompletedProcess[str]:
    start = ["-c", code] if code else ["-m", "siamgui"]
    command = [sys.executable, *start, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, **options)


def test_a_comparison_loads_neither_torch_nor_qt_nor_reports(samples: Path) -> None:
    code = (
        "import sys; from siamgui.cli import main; code = main(sys.argv[1:]); "
        "heavy = {'torch', 'PySide6', 'matplotlib', 'sklearn', 'scipy'} & set(sys.modules); "
        "sys.exit(code or (f'loaded {heavy}' if heavy else 0))"
    )
    done = process("compare", samples / "obama1.jpg", samples / "obama2.jpg", "--device", "cpu", code=code)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Supports: same person" in done.stdout


def test_a_reader_that_goes_away_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "siamgui", "doctor", "--json"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert done.stderr == b""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a named pipe to hold the command at a known point")
def test_ctrl_c_ends_quietly(tmp_path: Path) -> None:
    waiting = tmp_path / "pairs.csv"
    os.mkfifo(waiting)
    command = [sys.executable, "-m", "siamgui", "evaluate", str(waiting)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    with waiting.open("w"):  # returns once the command has begun to read
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (130, "", "Stopped.\n")


# -- evaluate ------------------------------------------------------------------------------------------------------


@pytest.fixture
def labelled(tmp_path: Path, samples: Path) -> Path:
    """Four photographs, one without a face, and a list of pairs."""
    for photo in samples.glob("*.jpg"):
        shutil.copy(photo, tmp_path / photo.name)
    _no_face(tmp_path / "wall.jpg", samples)
    (tmp_path / "pairs.csv").write_text(
        "left,right,same\n"
        "obama1.jpg,obama2.jpg,1\n"
        "obama2.jpg,obama3.jpg,same\n"
        "obama1.jpg,wall.jpg,1\n"
        "obama1.jpg,biden.jpg,0\n"
        "obama2.jpg,biden.jpg,different\n"
    )
    return tmp_path / "pairs.csv"


def test_evaluate_writes_its_results(capsys: Capture, labelled: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "results"
    assert main(["evaluate", str(labelled), "--out", str(out), "--device", "cpu"]) == 0
    text, _ = capsys.readouterr()
    assert "1 photo could not be used:" in text
    assert "wall.jpg: No face was found" in text
    assert sorted(path.name for path in out.iterdir()) == ["evaluation.json", "roc-det.png", "scores.csv"]

    results = json.loads((out / "evaluation.json").read_text(encoding="utf-8"))
    assert results["photos"]["count"] == 5
    assert [item["photo"] for item in results["photos"]["unread"]] == ["wall.jpg"]
    assert results["pairs"] == {"genuine": 3, "impostor": 2, "genuine_unread": 1, "impostor_unread": 0}
    assert results["auc"] == 1.0
    assert results["accuracy"]["read"] == 1.0
    assert results["accuracy"]["all"] < 1.0
    assert results["strictness"]["balanced"]["genuine"]["inconclusive"] >= 1 / 3
    assert not any(point["supported"] for point in results["tar"])
    assert "support no statement about an FMR below" in text

    with (out / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["right"] for row in rows] == ["obama2.jpg", "obama3.jpg", "wall.jpg", "biden.jpg", "biden.jpg"]
    assert rows[2]["distance"] == ""
    assert rows[2]["balanced"] == "inconclusive"
    assert "wall.jpg" in rows[2]["unread"]
    picture = np.asarray(Image.open(out / "roc-det.png").convert("L"))
    assert picture.shape[1] > 1000
    assert picture.min() < 50


def test_evaluate_says_what_compare_says(capsys: Capture, labelled: Path, tmp_path: Path) -> None:
    main(["evaluate", str(labelled), "--out", str(tmp_path / "out"), "--device", "cpu"])
    capsys.readouterr()
    with (tmp_path / "out" / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["distance"]]
    for row in rows:
        answer = compare_json(capsys, tmp_path / row["left"], tmp_path / row["right"])
        assert float(row["distance"]) == pytest.approx(answer["distance"], abs=1e-5)
        assert float(row["fmr"]) == pytest.approx(answer["fmr"], rel=1e-2)
        assert row["balanced"] == answer["verdict"]


def test_evaluate_people(capsys: Capture, tmp_path: Path, samples: Path) -> None:
    for name in ("obama1", "obama2", "obama3", "biden"):
        target = tmp_path / "people" / name.rstrip("123") / f"{name}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(samples / f"{name}.jpg", target)
    out = tmp_path / "out"
    assert main(["evaluate", str(tmp_path / "people"), "--out", str(out), "--json", "--device", "cpu"]) == 0
    results = json.loads(capsys.readouterr().out)
    assert results["pairs"] == {"genuine": 3, "impostor": 3}
    assert (results["people"], results["skipped"]) == (2, 0)
    assert results["eer"]["value"] == 0.0
    assert results == json.loads((out / "evaluation.json").read_text(encoding="utf-8"))
    assert not (out / "scores.csv").exists()


def test_evaluate_two_pairs_with_accents_in_another_spelling(capsys: Capture, tmp_path: Path, samples: Path) -> None:
    for name in ("obama1", "obama2", "biden"):
        shutil.copy(samples / f"{name}.jpg", tmp_path / f"{name} \u00e9.jpg")
    rows = "left\tright\tsame\r\n"
    rows += "obama1 e\u0301.jpg\tobama2 e\u0301.jpg\t1\r\n"
    rows += "obama1 e\u0301.jpg\tbiden e\u0301.jpg\t0\r\n"
    (tmp_path / "pairs.csv").write_bytes(rows.encode("utf-16"))
    assert main(["evaluate", str(tmp_path / "pairs.csv"), "--out", str(tmp_path / "out"), "--device", "cpu"]) == 0
    assert "3 photos read" in capsys.readouterr().out


def test_evaluate_people_as_other_systems_leave_them(capsys: Capture, tmp_path: Path, samples: Path) -> None:
    """Thumbnails and wastebaskets are nobody, and a name in two spellings is one person."""
    folder = tmp_path / "people"
    places = {"obama1": ("Zo\u00eb", ".thumbs", "Zo\u00eb/@eaDir/1.jpg"), "obama2": ("Zoe\u0308",)}
    places |= {"biden": ("Joe", "#recycle", "@eaDir/2.jpg"), "obama3": ("Zoe\u0308",)}
    for name, whose in places.items():
        for each in whose:
            (folder / each).mkdir(parents=True, exist_ok=True)
            shutil.copy(samples / f"{name}.jpg", folder / each / f"{name}.jpg")
    (folder / "Joe" / "._biden.jpg").write_bytes(b"\0\5\x16\7")
    assert main(["evaluate", str(folder), "--out", str(tmp_path / "out"), "--device", "cpu"]) == 0
    said = capsys.readouterr()
    assert "5 hidden or system files and folders were skipped." in said.out
    results = json.loads((tmp_path / "out" / "evaluation.json").read_text(encoding="utf-8"))
    assert (results["people"], results["skipped"], results["photos"]["count"]) == (2, 5, 4)
    assert results["pairs"] == {"genuine": 3, "impostor": 3}


def test_an_old_result_stays_when_the_new_one_cannot_be_read(capsys: Capture, tmp_path: Path, samples: Path) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        _no_face(tmp_path / name, samples)
    (tmp_path / "pairs.csv").write_text("left,right,same\na.jpg,b.jpg,1\na.jpg,c.jpg,0\n")
    out = tmp_path / "out"
    out.mkdir()
    (out / "evaluation.json").write_text("old")
    assert "Too few of the photos" in refused(capsys, "evaluate", tmp_path / "pairs.csv", "--out", out)
    assert [path.name for path in out.iterdir()] == ["evaluation.json"]
    assert (out / "evaluation.json").read_text() == "old"


def test_evaluate_refuses_before_it_works(capsys: Capture, labelled: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    assert "“file”" in refused(capsys, "evaluate", labelled, "--out", blocked)
    assert "“none.csv”" in refused(capsys, "evaluate", tmp_path / "none.csv")


# -- bench and doctor ----------------------------------------------------------------------------------------------


def test_bench_measures_every_stage(capsys: Capture) -> None:
    results = json.loads(ok(capsys, "bench", "--runs", 1, "--json", "--device", "cpu"))
    for stage in ("decode", "detect", "align", "quality", "embed", "judge", "whole", "bare"):
        assert results["stages_ms"][stage] > 0
    assert results["ratio_whole_to_bare"] > 0.5
    assert results["photos_per_second"] > 0


def test_doctor_finds_all_well(capsys: Capture) -> None:
    report = json.loads(ok(capsys, "doctor", "--json"))
    assert report["ok"] is True
    assert report["versions"]["siamgui"] == __version__
    assert all(model["intact"] for model in report["models"])
    assert "cpu" in report["devices"]
    assert report["engine"]["device"].lower() in report["devices"]


def test_doctor_finds_a_damaged_model(tmp_path: Path) -> None:
    """In a copy of the project, run as a process of its own."""
    root = ROOT
    for name in ("siamgui", "models", "resources"):
        shutil.copytree(root / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    damaged = max((tmp_path / "models").rglob("*.bin"), key=lambda path: path.stat().st_size)
    data = bytearray(damaged.read_bytes())
    data[len(data) // 2] ^= 1
    damaged.write_bytes(data)
    done = process("doctor", cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert done.returncode == 1
    assert damaged.name in done.stdout
    assert "damaged" in done.stdout
    assert done.stderr == ""
