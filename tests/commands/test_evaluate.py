"""siamgui evaluate, run as a person runs it, on a list of pairs and on a folder of people."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from siamgui.cli import main
from tests.builders.command_line import Capture, compare_json, no_face, refused


@pytest.fixture
def labelled(tmp_path: Path, samples: Path) -> Path:
    """Four photographs, one without a face, and a list of pairs."""
    for photo in samples.glob("*.jpg"):
        shutil.copy(photo, tmp_path / photo.name)
    no_face(tmp_path / "wall.jpg")
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
        no_face(tmp_path / name)
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
