"""siamgui batch, run as a person runs it: every form of list and of result, interrupted and gone on with."""

from __future__ import annotations

import csv
import json
import shutil
import unicodedata
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from siamgui.batch.comparing import compare_rows
from siamgui.batch.unfinished import place_of
from siamgui.cli import main
from siamgui.commands.batch import how_of
from siamgui.core import wording
from siamgui.core.imaging import load_photo
from siamgui.core.photo_words import notes
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Strictness
from siamgui.evaluation.pairs import read_rows
from tests.batch.test_unfinished import interrupted
from tests.builders.command_line import Capture, no_face, ok, refused
from tests.conftest import ROOT


@pytest.fixture
def photos(tmp_path: Path, samples: Path) -> Path:
    for photo in samples.glob("*.jpg"):
        shutil.copy(photo, tmp_path / photo.name)
    no_face(tmp_path / "wall.jpg")
    shutil.copy(samples / "biden.jpg", tmp_path / unicodedata.normalize("NFD", "é.jpg"))
    with Image.open(samples / "biden.jpg") as left, Image.open(samples / "obama1.jpg") as right:
        two = Image.new("RGB", (left.width + right.width, max(left.height, right.height)))
        two.paste(left, (0, 0))
        two.paste(right, (left.width, 0))
    two.save(tmp_path / "two.jpg", quality=95)
    return tmp_path


LIST = """left,right,left_face,same
obama1.jpg,obama2.jpg,,1
obama1.jpg,biden.jpg,,0
wall.jpg,obama1.jpg,,
two.jpg,biden.jpg,1,
two.jpg,biden.jpg,2,
two.jpg,biden.jpg,3,
=1+2.jpg,biden.jpg,,
obama1.jpg,,,
obama1.jpg,obama1.jpg,,
obama3.jpg,biden.jpg,x,
"""


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_line_is_what_the_two_alone_are_or_why_not(capsys: Capture, photos: Path, engine: FaceEngine) -> None:
    (photos / "pairs.csv").write_text(LIST)
    assert main(["batch", str(photos / "pairs.csv"), "--out", str(photos / "out.csv"), "--strictness", "strict"]) == 0
    assert "Could not be compared: 5" in capsys.readouterr().out
    rows = rows_of(photos / "out.csv")
    assert [int(row["line"]) for row in rows] == list(range(2, 12))
    assert [row["same"] for row in rows[:3]] == ["1", "0", ""]
    for row in rows:
        if row["error"]:
            assert row["outcome"] == row["distance"] == ""
            continue
        left, right = (
            engine.read_photo(load_photo(photos / row[side]), int(row[f"{side}_face"]) - 1)
            for side in ("left", "right")
        )
        alone = engine.compare(left.reading, right.reading, Strictness.STRICT)
        verdict = alone.verdict
        assert row["outcome"] == verdict.outcome
        assert row["claim"] == wording.rarity(verdict)
        for name in ("distance", "fmr", "fnmr", "log10_lr"):
            assert float(row[name]) == getattr(verdict, name)
        assert verdict.claim is not None
        assert float(row["adjusted_distance"]) == verdict.claim.adjusted
        said = [wording.reason(verdict), *wording.all_advice(alone), *notes(left.photo, right.photo)]
        assert row["reasons"] == " ".join(filter(None, said))
        assert int(row["left_faces"]) == len(left.detection.faces)
    errors = {row["line"]: row["error"] for row in rows if row["error"]}
    assert "No face was found in “wall.jpg”" in errors["4"]
    assert "faces 1 to 2" in errors["7"]
    assert "=1+2.jpg" in errors["8"]
    assert rows[6]["left"] == "'=1+2.jpg"
    assert "Line 9 of “pairs.csv” is incomplete" in errors["9"]
    assert "face number “x”" in errors["11"]
    assert not place_of(photos / "out.csv").exists()
    documented = (ROOT / "docs" / "batch.md").read_text(encoding="utf-8")
    assert all(f"`{column}`" in documented for column in rows[0])


def test_a_list_without_names_from_a_spreadsheet_as_json(capsys: Capture, photos: Path) -> None:
    text = "sep=;\r\nobama1.jpg;obama2.jpg\r\nobama1.jpg;é.jpg\r\n"
    (photos / "list.csv").write_bytes(text.encode("utf-16"))
    assert main(["batch", str(photos / "list.csv"), "--out", str(photos / "out.json"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["pairs"], answer["same"], answer["different"], answer["errors"]) == (2, 1, 1, 0)
    written = json.loads((photos / "out.json").read_text(encoding="utf-8"))
    assert written["schema"] == "siamgui.batch/1"
    assert [pair["outcome"] for pair in written["pairs"]] == ["same", "different"]


def test_interrupted_it_goes_on_and_ends_as_it_would_have(capsys: Capture, photos: Path, engine: FaceEngine) -> None:
    source, target = photos / "pairs.csv", photos / "out.csv"
    source.write_text(LIST)
    assert main(["batch", str(source), "--out", str(target)]) == 0
    whole = target.read_bytes()
    capsys.readouterr()
    target.write_text("the results of yesterday")

    rows = read_rows(source)
    how = how_of(rows, source.parent, engine, Strictness.BALANCED)
    compared = compare_rows(engine, rows, Strictness.BALANCED, 1, lambda *_: None)
    with closing(compared), interrupted(target, rows, how) as kept:
        for row in rows[:4]:
            kept.add(row, next(compared))
    assert target.read_text() == "the results of yesterday"
    with source.open("a") as file:
        file.write("obama3.jpg,obama2.jpg,,\n")
    assert "another list" in refused(capsys, "batch", source, "--out", target)
    source.write_text(LIST)
    assert main(["batch", str(source), "--out", str(target), "--json"]) == 0
    out, err = capsys.readouterr()
    assert "4 pairs are there already" in err
    assert json.loads(out)["compared_now"] == 6
    assert target.read_bytes() == whole


def test_what_is_refused_before_any_work(capsys: Capture, photos: Path) -> None:
    source = photos / "pairs.csv"
    source.write_text("obama1.jpg,obama2.jpg\n")
    assert "is no kind of file" in refused(capsys, "batch", source, "--out", photos / "out.txt")
    assert "cannot take the place of the list" in refused(capsys, "batch", source, "--out", source)
    assert "can’t be written" in refused(capsys, "batch", source, "--out", photos / "none" / "out.csv")
    source.write_text("left,photo\nobama1.jpg,obama2.jpg\n")
    assert "must list two photos in each line" in refused(capsys, "batch", source, "--out", photos / "out.csv")
    assert sorted(path.name for path in photos.iterdir() if "out" in path.name) == []


def test_parquet_or_one_sentence(capsys: Capture, photos: Path) -> None:
    source, target = photos / "pairs.csv", photos / "out.parquet"
    source.write_text("obama1.jpg,obama2.jpg\nwall.jpg,obama1.jpg\n")
    try:
        from pyarrow import parquet  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        assert "needs the package pyarrow" in refused(capsys, "batch", source, "--out", target)
        return
    ok(capsys, "batch", source, "--out", target)
    rows = parquet.read_table(target).to_pylist()
    assert [row["outcome"] for row in rows] == ["same", None]
    assert rows[1]["error"]
