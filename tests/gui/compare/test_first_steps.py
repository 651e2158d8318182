"""The first steps on the page Compare, as somebody sees them who opens siamgui for the first time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from siamgui.gui import preferences
from siamgui.gui.compare.first_steps import FirstStepsStrip
from tests.builders.window import PATIENCE, User


def strip_of(user: User) -> FirstStepsStrip:
    return user.page.findChildren(FirstStepsStrip)[-1]


def test_they_end_with_a_comparison_of_ones_own(
    open_window: Callable[..., User], samples: Path, tmp_path: Path
) -> None:
    own = [tmp_path / name for name in ("one.jpg", "other.jpg")]
    for path in own:
        path.write_bytes((samples / "obama1.jpg").read_bytes())
    user = open_window()
    assert not user.page.findChildren(FirstStepsStrip)  # nobody asked for them
    user.window.go("help")
    user.help.around_button.click()
    strip = strip_of(user)
    assert user.window.page == "compare"
    assert strip.sample_button.isVisible()
    strip.sample_button.click()
    user.qtbot.waitUntil(strip.next_button.isVisible, timeout=PATIENCE)
    strip.next_button.click()
    assert strip.open_button.isVisible()
    assert not strip.next_button.isVisible()
    user.window.open_files(own)
    user.qtbot.waitUntil(lambda: not strip.open_button.isVisible(), timeout=PATIENCE)
    assert "your own" in strip.words.text()
    assert not preferences.was_shown_around()
    strip.end_button.click()
    assert not strip.isVisible()
    assert preferences.was_shown_around()


def test_they_are_skipped_for_good_and_speak_the_language_of_the_window(open_window: Callable[..., User]) -> None:
    user = open_window(start=False)
    user.window.show_around()
    user.speak("zh_CN")
    strip = strip_of(user)
    assert strip.isVisible()
    assert strip.end_button.text() == "跳过"
    strip.end_button.click()
    assert not strip.isVisible()
    assert preferences.was_shown_around()
    user.window.show_around()
    assert strip_of(user).isVisible()
