"""siamgui report and siamgui report verify, for each kind of file."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

from msgspec import structs

from siamgui.cli import main
from siamgui.core.paths import data_folder
from siamgui.report import files
from siamgui.storage.comparison_log import ComparisonLog
from siamgui.versions.seal import made_key
from siamgui.versions.signature import call_oneself
from tests.builders.command_line import Capture, ok, refused
from tests.builders.records import pictures, record


def test_a_report_is_equal_when_it_is_computed_again_and_refused_after_a_byte_was_changed(
    capsys: Capture, samples: Path, tmp_path: Path
) -> None:
    pair = (samples / "obama1.jpg", samples / "biden.jpg")
    first, *others = (tmp_path / f"report.{ending}" for ending in ("pdf", "html", "json"))
    text = ok(capsys, "report", *pair, "--out", first, "--form", "examiner", "--device", "cpu")
    assert text == "Supports: different people\n“report.pdf” is written. It is not signed.\n"
    for file in others:
        files.write_report(files.open_report(first).report, file, data_folder(), pdf=lambda _: b"")
    said = ok(capsys, "report", "verify", first, *others, "--photos", samples, "--device", "cpu")
    assert said.count("is as it was made") == 3
    assert said.count("Computed again: equal.") == 3
    assert "was not found" not in said
    assert "a little" not in said  # it was tried again, and holds
    words = "What is printed on its pages was not compared with its figures"
    assert [words in one for one in said.split("is as it was made")] == [False, True, False, False]  # of the PDF alone
    for file in (first, *others):
        data = bytearray(file.read_bytes())
        assert str(samples).encode() not in data
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
        assert "is not as it was made" in refused(capsys, "report", "verify", file, "--device", "cpu")


def test_what_is_not_known_of_a_verdict_is_said(capsys: Capture, samples: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    ok(capsys, "report", samples / "obama1.jpg", samples / "biden.jpg", "--out", file, "--device", "cpu")
    (tmp_path / "below").mkdir()
    shutil.copy(samples / "biden.jpg", tmp_path / "below")  # nobody said to look there
    shutil.copy(samples / "obama1.jpg", tmp_path)
    said = ok(capsys, "report", "verify", file, "--device", "cpu")
    assert "Computed again: equal." in said
    assert "“biden.jpg” was not found" in said
    assert "“obama1.jpg” was not found" not in said
    assert "holds when the photos are changed a little was not computed again" in said
    report = files.open_report(file).report
    verdict = replace(report.record.verdict, firmness=None, unfirm=False)
    less = structs.replace(report, record=replace(report.record, verdict=verdict))
    file.write_bytes(files.json_file(less, data_folder()))
    said = ok(capsys, "report", "verify", file, "--photos", samples, "--device", "cpu")
    assert "holds when the photos are changed a little is not in it" in said


def test_what_another_model_or_hand_would_say_is_not_equal(capsys: Capture, samples: Path, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    pair = (samples / "obama1.jpg", samples / "obama2.jpg")
    ok(capsys, "report", *pair, "--out", file, "--embed-photos", "--device", "cpu")
    report = files.open_report(file).report
    forged = structs.replace(report, right=structs.replace(report.right, original=b"", face=report.left.face))
    file.write_bytes(files.json_file(forged, data_folder()))
    assert main(["report", "verify", str(file), "--device", "cpu", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert not answer["equal"]
    assert answer["from_photos"] == {"left": True, "right": False}
    assert "distance" in [one["what"] for one in answer["differences"]]


def test_one_of_the_history_is_reported_and_signed_where_there_is_a_key(capsys: Capture, tmp_path: Path) -> None:
    made_key(data_folder())
    call_oneself(data_folder(), "Lab 3")
    with ComparisonLog.open() as log:
        number = log.add(record(), (None, None), pictures(1, 2)).id
    file = tmp_path / "report.html"
    assert "You signed it yourself." in ok(capsys, "report", "--from-history", number, "--out", file)
    assert "There is no comparison 9" in refused(capsys, "report", "--from-history", 9, "--out", file)


def test_bad_input_is_one_sentence(capsys: Capture, samples: Path, tmp_path: Path) -> None:
    photo = samples / "obama1.jpg"
    assert "Say with --out" in refused(capsys, "report", photo, photo)
    assert "Name two" in refused(capsys, "report", photo, "--out", tmp_path / "r.pdf")
    assert "does not say which" in refused(capsys, "report", photo, photo, "--out", tmp_path / "r.doc")
    assert "Name two" in refused(capsys, "report", "verify")
    assert "is no report" in refused(capsys, "report", "verify", photo)
