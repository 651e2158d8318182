"""The window around the pages: start, settings, help, messages, closing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from siamgui.core import resources
from siamgui.core.imaging import load_photo
from siamgui.core.types import Side, Strictness
from siamgui.gui import preferences, theme
from siamgui.gui.live.state import Phase
from siamgui.gui.preferences import Preferences
from tests.builders import videos
from tests.builders.streams import sending
from tests.builders.window import PATIENCE, User

CTRL = Qt.KeyboardModifier.ControlModifier


def choose(user: User, box: QComboBox, value: str) -> None:
    """Pick an entry with the arrow keys, as a person does."""
    box.setFocus()
    while (steps := box.findData(value) - box.currentIndex()) != 0:
        user.press(Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)


# Pages and keys.


def test_pages_by_key_and_escape_back(open_window: Callable[..., User]) -> None:
    user = open_window(start=False)
    window = user.window
    assert window.page == "compare"
    user.press(Qt.Key.Key_7, CTRL)
    assert window.page == "settings"
    user.press(Qt.Key.Key_F1)
    assert window.page == "help"
    user.press(Qt.Key.Key_Escape)
    assert window.page == "settings"
    user.press(Qt.Key.Key_Escape)
    assert window.page == "compare"
    user.press(Qt.Key.Key_Escape)
    assert window.page == "compare"
    user.press(Qt.Key.Key_F1)
    user.press(Qt.Key.Key_1, CTRL)
    assert window.page == "compare"
    assert [name for name, tab in window.rail.tabs.items() if tab.isChecked()] == ["compare"]


def test_help_lists_the_keys_and_the_licences_of_everything_bundled(open_window: Callable[..., User]) -> None:
    user = open_window(start=False)
    user.press(Qt.Key.Key_F1)
    text = user.help.text.toPlainText()
    for expected in (
        "Ctrl+V",
        "Swap the photos",
        "CenterFace",
        "MobileFaceNet",
        "MIT",
        "obama1.jpg",
        "public domain",
        "Icons",
        "openvino",
    ):
        assert expected in text


# Settings.


def test_preferences_are_kept_and_nonsense_is_not_believed() -> None:
    assert preferences.load() == Preferences()
    chosen = Preferences("zh_CN", "dark", "cpu", Strictness.STRICT)
    preferences.save(chosen)
    assert preferences.load() == chosen
    store = QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "siamgui", "siamgui")
    store.setValue("language", "klingon")
    store.setValue("strictness", "")
    store.sync()
    assert preferences.load() == Preferences("system", "dark", "cpu", Strictness.BALANCED)


def test_language_changes_at_once_and_the_photos_stay(user: User, samples: Path) -> None:
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    before = user.verdict()
    user.drop_files(samples / "nowhere.jpg", at=Side.LEFT)
    user.qtbot.waitUntil(lambda: user.error(Side.LEFT) != "", timeout=PATIENCE)
    user.window.go("settings")
    choose(user, user.settings.language, "zh_CN")
    user.qtbot.waitUntil(lambda: user.page.card.headline.text() == "支持为同一人", timeout=PATIENCE)
    assert user.window.rail.tabs["compare"].text() == "比较"
    after = user.controller.state.comparison
    assert after is not None
    assert after.left is before.left
    assert "nowhere.jpg" in user.page.slots[Side.LEFT].error.text()
    assert not user.page.slots[Side.LEFT].error.text().isascii()
    choose(user, user.settings.language, "en")
    user.qtbot.waitUntil(lambda: user.page.card.headline.text() == "Supports: same person", timeout=PATIENCE)
    assert preferences.load().language == "en"


def test_appearance_changes_at_once(open_window: Callable[..., User], qapp: QApplication) -> None:
    user = open_window(start=False)
    user.window.go("settings")
    choose(user, user.settings.appearance, "dark")
    assert theme.colours() is theme.DARK
    assert qapp.palette().color(QPalette.ColorRole.Window) == theme.DARK.window
    choose(user, user.settings.appearance, "light")
    assert theme.colours() is theme.LIGHT


def test_device_change_loads_the_engine_again_and_keeps_the_photos(user: User, samples: Path) -> None:
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    before = user.verdict()
    user.window.go("settings")
    with user.qtbot.waitSignal(user.window.controllers.inference.ready, timeout=PATIENCE):
        choose(user, user.settings.device, "cpu")
        assert user.controller.state.comparison is None
    after = user.verdict()
    assert user.names() == ("obama1.jpg", "obama2.jpg")
    assert after.left is not before.left
    assert after.verdict.distance == pytest.approx(before.verdict.distance, abs=1e-5)


def test_a_device_this_machine_lacks_is_said_and_the_cpu_answers(
    qtbot: QtBot, open_window: Callable[..., User], samples: Path
) -> None:
    if sys.platform == "darwin":
        pytest.skip("this machine may have it")
    user = open_window(start=False)
    user.controller.load_engine("mps")
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    comparison = user.verdict()
    assert comparison.engine.device == "CPU"
    assert user.window.notice.isVisible()
    assert user.window.notice.text().endswith("The CPU is used instead.")
    qtbot.mouseClick(user.window.notice.close_button, Qt.MouseButton.LeftButton)
    assert not user.window.notice.isVisible()


def test_strictness_at_the_start(open_window: Callable[..., User]) -> None:
    user = open_window(start=False)
    user.window.go("settings")
    choose(user, user.settings.strictness, Strictness.STRICT)
    assert user.controller.state.strictness is Strictness.STRICT
    again = open_window(start=False)
    assert again.controller.state.strictness is Strictness.STRICT


def test_the_window_remembers_its_size(open_window: Callable[..., User]) -> None:
    first = open_window(start=False)
    first.window.resize(1111, 777)
    first.window.close()
    assert not preferences.load_geometry().isEmpty()


# A broken engine.


@pytest.mark.parametrize("damage", ["missing", "corrupt"])
def test_a_broken_model_is_said_and_the_window_lives(
    open_window: Callable[..., User], samples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    models = tmp_path / "models"
    for source in resources.models_folder().rglob("*"):
        if source.is_file():
            target = models / source.relative_to(resources.models_folder())
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    broken = models / "centerface" / "serving.bin"
    if damage == "missing":
        broken.unlink()
    else:
        broken.write_bytes(broken.read_bytes()[:-1] + b"\0\0")
    monkeypatch.setattr("siamgui.core.manifest.models_folder", lambda: models)
    user = open_window()
    user.qtbot.waitUntil(user.window.trouble.isVisible, timeout=PATIENCE)
    assert "serving.bin" in user.window.trouble.text()
    assert ("missing" in user.window.trouble.text()) == (damage == "missing")
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    user.qtbot.waitUntil(lambda: user.names() == ("obama1.jpg", "obama2.jpg"), timeout=PATIENCE)
    assert user.page.card.headline.text() == "Cannot compare yet"
    user.window.go("settings")
    monkeypatch.undo()
    user.window.start()
    assert user.verdict().engine.device == "CPU"
    assert not user.window.trouble.isVisible()


# Closing.


def test_closing_while_working_ends_every_thread(open_window: Callable[..., User], samples: Path) -> None:
    user = open_window()
    for _ in range(5):
        user.drop_files(samples / "obama1.jpg", samples / "biden.jpg")
    user.window.close()
    names = {thread.name for thread in threading.enumerate()}
    assert not any(name.startswith(("decoder", "inference")) for name in names)


def test_closing_waits_for_a_source_that_is_slow_to_let_go(open_window: Callable[..., User], samples: Path) -> None:
    """A stream that has gone silent holds its reader for up to two seconds."""
    clip = videos.pan(load_photo(samples / "obama1.jpg").pixels, 12, size=(160, 128))
    with sending(videos.h264(clip * 5)) as stream:
        user = open_window()
        live = user.window.controllers.live
        live.reference.load(samples / "obama2.jpg")
        live.set_source(stream)
        user.qtbot.waitUntil(lambda: live.state.can_start, timeout=PATIENCE)
        live.start()
        user.qtbot.waitUntil(lambda: live.state.phase is Phase.LIVE, timeout=PATIENCE)
        user.window.close()
        assert "camera" not in {thread.name for thread in threading.enumerate()}


_RUN = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from siamgui.gui import app

QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, sys.argv[1])


class Watched(app.MainWindow):
    def __init__(self, *values):
        super().__init__(*values)
        self.painted.connect(self.first_paint)
        self.controllers.pair.changed.connect(self.changed)

    def first_paint(self):
        print("painted without", *(m for m in ("torch", "cv2", "openvino", "PIL", "numpy") if m not in sys.modules))

    def changed(self):
        comparison = self.controllers.pair.state.comparison
        if comparison is not None:
            print("verdict", comparison.verdict.outcome.value, comparison.engine.device, "torch" in sys.modules)
            QTimer.singleShot(0, self.close)


app.MainWindow = Watched
sys.exit(app.run([Path(name) for name in sys.argv[2:]]))
"""


def test_the_whole_program_from_start_to_end(samples: Path, tmp_path: Path) -> None:
    """Painted before anything heavy is loaded; the two photos of the command line answered; a clean end."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", _RUN, str(tmp_path)]
    photos = [str(samples / "obama1.jpg"), str(samples / "obama2.jpg")]
    done = subprocess.run(
        [*command, *photos], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    painted, *_, verdict = done.stdout.splitlines()
    assert painted == "painted without torch cv2 openvino PIL numpy"
    assert verdict.split()[:3] == ["verdict", "same", "CPU"]
    assert verdict.split()[3] == "False"
    assert "Traceback" not in done.stderr
