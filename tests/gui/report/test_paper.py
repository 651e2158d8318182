"""Reports on pages: the clerk's is one, a PDF holds the report, and a changed byte is told."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from siamgui.core.errors import SiamguiError
from siamgui.core.i18n import speaking
from siamgui.core.paths import data_folder
from siamgui.core.types import Finding, Outcome, QualityIssue, Side, SideFinding
from siamgui.gui import theme
from siamgui.gui.report.controller import _pages
from siamgui.gui.report.paper import pdf_of
from siamgui.report.files import NoReport, ReportChanged, open_report, pdf_file
from tests.builders.records import record, report


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_clerks_report_is_one_page_even_where_much_is_to_be_said(qapp: QApplication, language: str) -> None:
    findings = tuple(
        SideFinding(side, Finding(issue, decisive=True))
        for side in Side
        for issue in (QualityIssue.SMALL, QualityIssue.BLURRED, QualityIssue.DARK)
    )
    open_ = record(outcome=Outcome.INCONCLUSIVE, forced=True, findings=findings)
    long = replace(open_, left=replace(open_.left, file=f"{'a long name ' * 6}.jpg"))
    with speaking(language):
        assert len(_pages(report(long, remarks="What the desk was told. " * 12))) == 1
        assert len(_pages(report(long, form="examiner"))) in (3, 4)


def test_letters_are_black_though_the_window_is_dark(qapp: QApplication) -> None:
    theme.apply(qapp, "dark")
    (page,) = _pages(report())
    theme.apply(qapp, "light")
    (other,) = _pages(report(replace(record())))
    # The line of the times apart, all of it is the same page.
    below = 300
    size = page.width(), page.height() - below
    assert page.copy(0, below, *size) == other.copy(0, below, *size)
    top = page.copy(0, 100, page.width(), 100)
    assert min(top.pixelColor(x, y).lightness() for x in range(top.width()) for y in range(0, 100, 3)) < 30


def test_a_pdf_holds_the_report_and_a_changed_byte_is_told(qapp: QApplication, tmp_path: Path) -> None:
    made = report(form="examiner", case="2026/114")
    whole = pdf_file(pdf_of(made), data_folder())
    file = tmp_path / "report.pdf"
    file.write_bytes(whole)
    assert whole.startswith(b"%PDF-")
    assert whole.rstrip().endswith(b"%%EOF")
    assert open_report(file).report == made
    seal = whole.index(b"%siamgui-seal")
    places = {*random.Random(7).sample(range(len(whole)), 60), *range(seal, len(whole), 7)}
    for place in sorted(places):
        changed = bytearray(whole)
        changed[place] ^= 1
        file.write_bytes(changed)
        with pytest.raises(SiamguiError) as told:
            open_report(file)
        assert isinstance(told.value, ReportChanged | NoReport), place
