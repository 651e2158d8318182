"""What is made of the program says what it says. Whether the pages are up to date, tools/documents.py --check asks."""

from __future__ import annotations

import importlib
from types import ModuleType

import pytest

from siamgui import cli
from tests.conftest import ROOT


@pytest.fixture
def tool(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    return importlib.import_module("reference_pages")


def test_every_command_and_option_stands_in_the_reference(tool: ModuleType) -> None:
    page = tool.commands()
    parser = cli._parser()
    depths = [depth for depth, _, _ in tool._below(parser)]
    assert page.count("\n## siamgui ") == depths.count(1) > 15
    assert "### siamgui people enrol" in page
    assert "`--strictness {convenient,balanced,strict}`" in page
    assert "%(" not in page


def test_defaults_of_the_library_are_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    """They were cut to pieces: “Literal[ = 'auto', …”."""
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    page = importlib.import_module("api_page").page()
    assert "device: Literal['auto', 'cpu', 'cuda', 'mps'] = 'auto'," in page
    assert "left_face: int | None = None," in page


def test_links_of_a_file_outside_lead_within_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("mkdocs", reason="the extra docs is not installed")
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    within = importlib.import_module("site_hooks").links_within
    text = "[a](docs/audit.md#chance) [b](siamgui/api.py) [c](CONTRIBUTING.md) [d](https://example.org)"
    assert within(text, "SECURITY.md", "reporting-faults.md") == (
        "[a](audit.md#chance) b [c](contributing.md) [d](https://example.org)"
    )
    assert within("![x](../screenshots/a.png)", "docs/zh/a.md", "zh/a.md") == "![x](../screenshots/a.png)"


def test_nothing_that_fetches_passes(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    faults_of = importlib.import_module("documents").faults_of
    folder = tmp_path_factory.mktemp("site")
    (folder / "good.html").write_text('<a href="https://example.org">x</a><script src="a.js"></script>', "utf-8")
    assert faults_of(folder) == []
    (folder / "bad.html").write_text('<script src="https://unpkg.com/x"></script>', "utf-8")
    (folder / "path.json").write_text(f'"{ROOT}"', "utf-8")
    assert [fault.split()[0] for fault in faults_of(folder)] == ["bad.html", "path.json"]
