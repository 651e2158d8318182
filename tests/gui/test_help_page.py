"""The page under F1: the documents, and the keys on paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl

from siamgui.gui import help_page
from tests.builders.window import User


def test_the_documents_open_from_the_disk_in_the_language_of_the_window(
    open_window: Callable[..., User], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("site/index.html", "site/zh/index.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    opened: list[str] = []

    def open_url(url: QUrl) -> bool:
        opened.append(url.toLocalFile())
        return len(opened) > 1

    monkeypatch.setattr(help_page, "resource", lambda name: tmp_path / name)
    monkeypatch.setattr(help_page.QDesktopServices, "openUrl", open_url)
    user = open_window(start=False)
    user.window.go("help")
    user.help.documents_button.click()
    assert opened == [str(tmp_path / "site" / "index.html")]
    assert str(tmp_path) in user.help.trouble.text()
    user.speak("zh_CN")
    user.help.documents_button.click()
    assert opened[1] == str(tmp_path / "site" / "zh" / "index.html")
    assert not user.help.trouble.isVisible()


def test_a_checkout_without_them_does_not_offer_them(
    open_window: Callable[..., User], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(help_page, "resource", lambda name: tmp_path / name)
    user = open_window(start=False)
    user.window.go("help")
    assert not user.help.documents_button.isVisible()


def test_the_keys_are_printed_from_a_dialog_and_hold_every_command(open_window: Callable[..., User]) -> None:
    paper = help_page.keys_on_paper().toPlainText()
    assert "Ctrl+V" in paper
    assert "Look closer: rulers" in paper
    assert "Licences" not in paper
    user = open_window(start=False)
    user.window.go("help")
    user.help.print_button.click()
    assert user.help.dialog is not None
    user.help.dialog.reject()
    assert user.help.dialog is None
