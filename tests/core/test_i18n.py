"""Every text exists in every language, with the same fields, and the compiled catalogues are current."""

from __future__ import annotations

import importlib.util

import pytest

from siamgui.core import i18n
from siamgui.core.i18n import set_language, tr, trn
from siamgui.core.types import Outcome
from siamgui.core.wording import headline
from siamgui.evaluation.csv_table import TableMissing
from tests.conftest import ROOT

TOOL = ROOT / "tools" / "translations.py"


def test_catalogues_are_complete_and_current() -> None:
    spec = importlib.util.spec_from_file_location("translations", TOOL)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert {path.parent.parent.name for path in tool.catalogues()} == set(i18n.LANGUAGES) - {"en"}
    assert tool.problems() == []


def test_the_verdict_in_chinese() -> None:
    set_language("zh_CN")
    assert [headline(outcome) for outcome in Outcome] == ["支持为同一人", "无法判断", "支持为不同人"]


@pytest.mark.parametrize("value", ["zh_CN.UTF-8", "zh_TW", "zh"])
def test_the_system_speaks_chinese(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LC_ALL", value)
    set_language("system")
    assert i18n.language() == "zh_CN"


@pytest.mark.parametrize("value", ["de_DE.UTF-8", "C"])
def test_any_other_system_gets_english(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LC_ALL", value)
    set_language("system")
    assert tr("Balanced") == "Balanced"


def test_numbers_choose_the_plural() -> None:
    assert [trn("{n} cat", "{n} cats", n) for n in (1, 2)] == ["1 cat", "2 cats"]


def test_nothing_that_comes_from_outside_steers_the_terminal() -> None:
    assert tr("There is no file “{name}”.", name="a\x1b[2Jb\x9b.jpg") == "There is no file “a�[2Jb�.jpg”."
    assert tr("{label}: {value}", label="Two lines", value="one\ntwo") == "Two lines: one\ntwo"
    text = str(TableMissing(name="a\u202egpj\n\x1b[31m.exe"))
    assert text == "There is no file “a�gpj��[31m.exe”."
