"""A report as a file: what it holds comes back, a changed byte is told, and so are words that are not its figures'."""

from __future__ import annotations

import base64
import random
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from msgspec import structs

from siamgui import __version__
from siamgui.core.checklist import Checklist, Feature, Remark, Seen
from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import set_language
from siamgui.core.paths import data_folder
from siamgui.report import files, sealing
from siamgui.report.files import (
    EndingUnknown,
    Kind,
    NoReport,
    ReportChanged,
    ReportUnreadable,
    ReportUnwritable,
    ReportWordsChanged,
    open_report,
    write_report,
)
from siamgui.report.html import web_page
from siamgui.report.pages import command, document
from siamgui.report.report import Report
from siamgui.versions.seal import made_key
from siamgui.versions.signature import call_oneself, own_signer
from tests.builders.records import record, report

Write = Callable[[Report, Path], bytes]
FORMATS = pytest.mark.parametrize("write", [files.json_file, files.html_file])


@FORMATS
@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("form", ["clerk", "examiner"])
def test_what_was_put_in_comes_back(write: Write, language: str, form: str, tmp_path: Path) -> None:
    set_language(language)
    made = report(form=form, case="2026/114", remarks="first\nsecond “<b>”")
    seen = Checklist((Remark(Feature.EYES, Seen.SIMILAR), Remark(Feature.MARKS, None, "<i>a scar</i>")))
    made = structs.replace(made, checklist=seen)
    set_language("en")
    file = tmp_path / "report"
    file.write_bytes(write(made, data_folder()))
    opened = open_report(file)
    assert opened.report == made
    assert opened.signer is None
    assert opened.report.language == language
    words = str(document(opened.report))
    assert ("<i>a scar</i>" in words) is (form == "examiner")


@FORMATS
def test_a_changed_byte_anywhere_is_told(write: Write, tmp_path: Path) -> None:
    whole = write(report(), data_folder())
    file = tmp_path / "report"
    seal = whole.rindex(b"seal")
    places = {*random.Random(7).sample(range(len(whole)), 60), *range(seal, len(whole), 17), len(whole) - 1, 0}
    for place in sorted(places):
        changed = bytearray(whole)
        changed[place] ^= 1
        file.write_bytes(changed)
        with pytest.raises(SiamguiError) as told:
            open_report(file)
        assert isinstance(told.value, ReportChanged | NoReport), place
    for cut in (whole[:-1], whole + b"\n", whole + whole):
        file.write_bytes(cut)
        with pytest.raises((ReportChanged, NoReport)):
            open_report(file)


def test_a_rate_that_no_words_can_be_made_of_is_told(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_bytes(files.json_file(report(record(fmr=1e-320)), data_folder()))
    with pytest.raises(ReportChanged):
        open_report(file)


def test_the_command_takes_no_file_for_an_option() -> None:
    made = record()
    words = command(replace(made, left=replace(made.left, file="-rf.jpg"))).split()
    assert words[:4] == ["siamgui", "compare", "./-rf.jpg", "2.png"]


def test_the_command_tells_two_photographs_of_one_name_apart() -> None:
    made = record()
    words = command(replace(made, right=replace(made.right, file=made.left.file, sha256="0" * 64))).split()
    assert words[2:4] == [f"left/{made.left.file}", f"right/{made.left.file}"]


def _png_header(side: int) -> bytes:
    """Of a picture with sides of so many pixels, and nothing in it."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


@pytest.mark.parametrize("picture", [b"no picture", _png_header(10_000), _png_header(30_000)])
def test_a_picture_that_no_page_can_show_is_told(picture: bytes, tmp_path: Path) -> None:
    good = report(replace(record(), program=__version__))
    bad = structs.replace(good, left=structs.replace(good.left, picture=picture))
    page = web_page(document(good), good.language, bad.to_json())
    seal = sealing.packed(sealing.sealed(page, data_folder()))
    file = tmp_path / "report.html"
    for whole in (page + f"<!--siamgui-seal {seal}-->\n".encode(), files.json_file(bad, data_folder())):
        file.write_bytes(whole)
        with pytest.raises(ReportChanged):
            open_report(file)


def test_words_that_are_not_those_of_the_figures_are_told_though_the_seal_was_made_anew(tmp_path: Path) -> None:
    made = report(replace(record(), program=__version__))
    page = web_page(document(made), made.language, made.to_json())
    file = tmp_path / "report.html"

    def forge(content: bytes) -> None:
        seal = sealing.packed(sealing.sealed(content, data_folder()))
        file.write_bytes(content + f"<!--siamgui-seal {seal}-->\n".encode())

    forge(page)
    assert open_report(file).report == made
    forge(page.replace(b"Supports: same person", b"Supports: different people"))
    with pytest.raises(ReportWordsChanged):
        open_report(file)


def test_a_signature_says_whose_report_it_is_and_goes_with_nobody_elses(tmp_path: Path) -> None:
    made_key(data_folder())
    call_oneself(data_folder(), "Lab -- 3 >")
    own = own_signer(data_folder())
    for write in (files.json_file, files.html_file):
        file = tmp_path / "report"
        file.write_bytes(write(report(), data_folder()))
        assert open_report(file).signer == own
    payload = report().to_json()
    seal = sealing.sealed(payload, data_folder())
    other = report(case="another").to_json()
    with pytest.raises(sealing.Broken):
        sealing.signer(structs.replace(seal, sha256=sealing.sealed(other, data_folder()).sha256), other)


class Strict(HTMLParser):
    """Gathers what would run, or be asked for elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "link", "form", "base"):
            self.found.append(tag)
        for name, value in attrs:
            outside = name in ("src", "href") and not (value or "").startswith("data:")
            if name.startswith("on") or outside:
                self.found.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_html_is_escaped_and_asks_for_nothing() -> None:
    evil = '<script>alert(1)</script><img src="http://a.example/x" onerror=x>'
    made = record()
    made = replace(made, left=replace(made.left, file=f"{evil}.jpg"))
    page = files.html_file(report(made, form="examiner", case=evil, author=evil, remarks=evil), data_folder()).decode()
    reader = Strict()
    reader.feed(page)
    assert reader.found == []
    assert evil in "".join(reader.text)
    assert "default-src 'none'" in page
    drawings = [base64.b64decode(found) for found in re.findall(r"data:image/svg\+xml;base64,([^\"]+)", page)]
    assert drawings
    assert all(b"<script" not in drawing and b"href" not in drawing for drawing in drawings)


def test_what_is_no_report_is_said_to_be_none(tmp_path: Path, samples: Path) -> None:
    with pytest.raises(ReportUnreadable):
        open_report(tmp_path / "gone.pdf")
    with pytest.raises(ReportUnreadable):
        open_report(tmp_path)
    page = tmp_path / "page.html"
    for data in (b"", b"{}", b"<!DOCTYPE html>\n<p>", b"%PDF-1.4\nstartxref\n0\n%%EOF", b"[" * 100_000, b"\xff\xfe"):
        page.write_bytes(data)
        with pytest.raises(NoReport):
            open_report(page)
    with pytest.raises(NoReport):
        open_report(samples / "obama1.jpg")
    with pytest.raises(EndingUnknown):
        files.kind_of(Path("report.docx"))
    assert files.kind_of(Path("R.PDF")) is Kind.PDF
    with pytest.raises(ReportUnwritable):
        write_report(report(), tmp_path / "no such folder" / "r.json", data_folder(), lambda _: b"")


def test_figures_that_no_comparison_can_have_are_not_put_into_words(tmp_path: Path) -> None:
    made = report()
    file = tmp_path / "report.json"
    for verdict in ({"fmr": 0.0}, {"fnmr": 2.0}, {"log10_lr": 1e9}, {"disagree": True, "parts": ()}):
        bad = structs.replace(made, record=record(**verdict))
        file.write_bytes(files.json_file(bad, data_folder()))
        with pytest.raises(ReportChanged):
            open_report(file)
    bad = structs.replace(made, left=structs.replace(made.left, face=made.left.picture))
    file.write_bytes(files.json_file(bad, data_folder()))
    with pytest.raises(ReportChanged):
        open_report(file)
