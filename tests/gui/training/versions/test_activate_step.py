"""Step 6 and what it does to Compare: versions used, rolled back, renamed, deleted, carried elsewhere and back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLineEdit

from siamgui.core.manifest import bundled_encoder
from siamgui.core.paths import data_folder
from siamgui.gui import language
from siamgui.gui.training.versions.activate_step import ActivateStep
from siamgui.storage.training_steps import Step
from siamgui.versions.version_store import VersionStore
from tests.builders.versions import result, vouched
from tests.builders.window import PATIENCE, User

EXAMINATION = 5 * PATIENCE
"""Milliseconds: another process loads torch and measures."""


class Keeper:
    """A person at step 6."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.window = user.window
        user.press(Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
        self.wait(
            lambda: (
                self.window.controllers.runs.state.versions is not None
                and self.window.controllers.labelling.state.summary is not None
            )
        )
        self.window.controllers.labelling.go(Step.ACTIVATE)

    @property
    def step(self) -> ActivateStep:
        step = self.user.training.steps[Step.ACTIVATE]
        assert isinstance(step, ActivateStep)
        return step

    def wait(self, done: Callable[[], bool], patience: int = PATIENCE) -> None:
        self.user.qtbot.waitUntil(done, timeout=patience)

    def pick(self, name: str) -> None:
        """With the arrow keys."""
        self.step.list.setFocus()
        rows = [self.step.list.item(row).text().splitlines()[0] for row in range(self.step.list.count())]
        while (steps := rows.index(name) - self.step.list.currentRow()) != 0:
            self.user.press(Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)

    def press(self, button: QAbstractButton) -> None:
        """With the space bar."""
        assert button.isVisible()
        assert button.isEnabled()
        button.setFocus()
        self.user.press(Qt.Key.Key_Space)

    def choose(self, file: Path) -> None:
        """In the dialog that is open."""
        dialog = self.window.findChild(QFileDialog)
        assert dialog is not None
        dialog.setDirectory(str(file.parent))
        line = dialog.findChild(QLineEdit, "fileNameEdit")
        assert line is not None
        line.setText(file.name)
        self.user.qtbot.keyClick(line, Qt.Key.Key_Return)
        self.window.activateWindow()
        self.wait(self.window.isActiveWindow)

    def active(self) -> str:
        return next(version.name for version in self.window.controllers.runs.state.versions or () if version.active)

    def names(self) -> list[str]:
        return [version.name for version in self.window.controllers.runs.state.versions or ()]


@pytest.fixture
def adopted(finished_version: Path, tmp_path: Path) -> Path:
    """“Poor camera” among the versions of this machine; returns its folder."""
    return data_folder() / "models" / VersionStore().adopt(result(finished_version, tmp_path)).id


def refuse(folder: Path) -> None:
    """As if the gate had refused the version."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["card"]["gate"] = {"allowed": False, "reasons": ["holdout-worse"]}
    path.write_text(json.dumps(manifest))
    vouched(folder)


def test_compare_uses_the_version_at_once_and_goes_back(
    open_window: Callable[..., User], adopted: Path, samples: Path
) -> None:
    user = open_window()
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    before = user.verdict()
    keeper = Keeper(user)
    assert keeper.step.list.currentItem().text() == "Original\nin use"
    keeper.pick("Poor camera")
    keeper.press(keeper.step.use_button)
    keeper.wait(lambda: user.window.status.engine.whole_text().find("Poor camera") >= 0)
    after = user.verdict()
    assert after.engine.encoder_id == adopted.name
    assert after.left.embedding.encoder != before.left.embedding.encoder
    assert keeper.active() == "Poor camera"
    assert VersionStore().active().id == adopted.name
    keeper.press(keeper.step.back_button)
    keeper.wait(lambda: user.controller.state.engine is not None and keeper.active() == "Original")
    assert user.verdict().verdict.distance == pytest.approx(before.verdict.distance, abs=1e-5)


def test_a_damaged_active_version_is_said_and_the_original_answers(
    open_window: Callable[..., User], adopted: Path, samples: Path
) -> None:
    VersionStore().activate(adopted.name)
    weights = adopted / "serving.bin"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\0")
    user = open_window()
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    assert user.verdict().engine.encoder_id == bundled_encoder().id
    assert user.window.notice.isVisible()
    assert "“Poor camera” is missing or damaged, so the original is used" in user.window.notice.text()
    keeper = Keeper(user)
    keeper.pick("Poor camera")
    assert "is damaged" in keeper.step.status.text()
    assert not keeper.step.use_button.isEnabled()
    assert keeper.step.delete_button.isEnabled() == (keeper.active() == "Original")


def test_a_refused_version_takes_a_typed_reason_that_stays_on_its_card(
    open_window: Callable[..., User], adopted: Path
) -> None:
    refuse(adopted)
    user = open_window()
    keeper = Keeper(user)
    keeper.pick("Poor camera")
    keeper.press(keeper.step.use_button)
    assert keeper.step.questions["reason"].isVisible()
    assert "worse than before" in keeper.step.questions["reason"].words.text()
    assert not keeper.step.questions["reason"].yes_button.isEnabled()
    user.press(Qt.Key.Key_Return)
    assert keeper.active() == "Original"
    user.qtbot.keyClicks(keeper.step.questions["reason"].answer, "Only for the gate at night")
    user.press(Qt.Key.Key_Return)
    keeper.wait(lambda: keeper.active() == "Poor camera")
    assert VersionStore().active().card.override_reason == "Only for the gate at night"
    assert "Only for the gate at night" in keeper.step.card.accessibleDescription()


def test_rename_delete_and_what_only_asks(open_window: Callable[..., User], adopted: Path) -> None:
    keeper = Keeper(open_window(start=False))
    assert not keeper.step.rename_button.isEnabled()  # the original
    assert not keeper.step.delete_button.isEnabled()
    keeper.pick("Poor camera")
    keeper.press(keeper.step.rename_button)
    name = keeper.step.questions["rename"].answer
    assert name is not None
    name.selectAll()
    keeper.user.qtbot.keyClicks(name, "Night gate")
    keeper.user.press(Qt.Key.Key_Return)
    keeper.wait(lambda: "Night gate" in keeper.names())
    question = keeper.step.questions["delete"]
    keeper.press(keeper.step.delete_button)
    assert "Delete “Night gate” for good?" in question.words.text()
    assert question.no_button.hasFocus()
    keeper.user.press(Qt.Key.Key_Space)
    assert not question.isVisible()
    assert adopted.exists()
    keeper.press(keeper.step.delete_button)
    keeper.user.press(Qt.Key.Key_Escape)
    assert not question.isVisible()
    assert keeper.window.page == "training"
    keeper.press(keeper.step.delete_button)
    keeper.press(question.yes_button)
    keeper.wait(lambda: keeper.names() == ["Original"])
    assert not adopted.exists()
    assert keeper.step.name.whole_text() == "Original"


def test_export_import_and_compare_two(open_window: Callable[..., User], adopted: Path, tmp_path: Path) -> None:
    keeper = Keeper(open_window(start=False))
    keeper.pick("Poor camera")
    keeper.press(keeper.step.export_button)
    file = tmp_path / "carried.siamgui"
    keeper.choose(file)
    keeper.wait(file.exists)
    keeper.press(keeper.step.delete_button)
    keeper.press(keeper.step.questions["delete"].yes_button)
    keeper.wait(lambda: keeper.names() == ["Original"])
    keeper.press(keeper.step.import_button)
    keeper.choose(file)
    keeper.wait(lambda: "Poor camera" in keeper.names(), EXAMINATION)
    assert keeper.step.name.whole_text() == "Poor camera"
    assert keeper.step.arrival.text() == "“Poor camera” was imported. It is not active yet. It is not signed."
    assert not keeper.step.progress.isVisible()
    keeper.step.other.setFocus()
    keeper.user.press(Qt.Key.Key_Down)
    assert keeper.step.card.accessibleName() == "Card of Poor camera, Original"
    assert "Method: Head on frozen embeddings, –." in keeper.step.card.accessibleDescription()


def test_an_import_shows_its_progress_and_can_be_stopped(
    open_window: Callable[..., User], adopted: Path, tmp_path: Path
) -> None:
    file = tmp_path / "carried.siamgui"
    VersionStore().export(adopted.name, file)
    VersionStore().delete(adopted.name)
    keeper = Keeper(open_window(start=False))
    keeper.press(keeper.step.import_button)
    keeper.choose(file)
    keeper.wait(keeper.step.progress.isVisible)
    assert keeper.step.progress.words.text() == "Examining “carried.siamgui”…"
    assert not keeper.step.import_button.isEnabled()
    keeper.press(keeper.step.stop_button)
    keeper.wait(keeper.step.import_button.isEnabled)
    assert not keeper.step.progress.isVisible()
    assert keeper.names() == ["Original"]


def test_what_was_put_beside_the_versions_is_examined_by_itself(
    open_window: Callable[..., User], finished_version: Path
) -> None:
    shutil.copytree(finished_version, data_folder() / "models" / finished_version.name)
    keeper = Keeper(open_window(start=False))
    keeper.pick("Poor camera")
    keeper.wait(keeper.step.use_button.isEnabled, EXAMINATION)
    assert "no worse than the original" in keeper.step.status.text()


def test_a_file_that_is_no_version_is_one_sentence_on_the_page(open_window: Callable[..., User], samples: Path) -> None:
    keeper = Keeper(open_window(start=False))
    keeper.press(keeper.step.import_button)
    keeper.choose(samples / "obama1.jpg")
    keeper.wait(keeper.user.training.notice.isVisible)
    assert keeper.user.training.notice.text() == "“obama1.jpg” is not a model version that siamgui exported."
    assert keeper.names() == ["Original"]


def test_in_another_language_the_question_waits_on(
    open_window: Callable[..., User], adopted: Path, qapp: QApplication
) -> None:
    keeper = Keeper(open_window(start=False))
    keeper.pick("Poor camera")
    keeper.step.other.setFocus()
    keeper.user.press(Qt.Key.Key_Down)
    keeper.press(keeper.step.rename_button)
    before, name = keeper.step, keeper.step.questions["rename"].answer
    assert name is not None
    keeper.user.qtbot.keyClicks(name, "Night gate")
    language.apply(qapp, "zh_CN")
    keeper.wait(lambda: keeper.step is not before)
    assert keeper.step.name.whole_text() == "Poor camera"
    assert keeper.step.card.accessibleName() == "模型卡：Poor camera, Original"
    keeper.user.press(Qt.Key.Key_Return)
    keeper.wait(lambda: "Night gate" in keeper.names())
