"""Step 2 of the training page, and what the compare page gives to it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QImage

from siamgui.core.manifest import bundled_encoder
from siamgui.core.types import Label, Side
from siamgui.gui.training.labelling.check_step import CheckStep
from siamgui.labelling.types import Part
from siamgui.storage.label_store import LabelStore
from siamgui.storage.labelling_session import DeskMode
from siamgui.storage.training_steps import Step, StepStatus, lack_of
from tests.builders.databases import raw
from tests.builders.training_page import Learner
from tests.builders.window import User

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def check(learner: Learner) -> CheckStep:
    learner.click(learner.page.rail.buttons[Step.CHECK])
    learner.wait(lambda: learner.state.check is not None)
    step = learner.page.steps[Step.CHECK]
    assert isinstance(step, CheckStep)
    return step


@pytest.fixture
def people(lfw: Path, tmp_path: Path) -> Path:
    """A list of 36 pairs of many people."""
    folders = [folder for folder in sorted((lfw / "images").iterdir()) if len(list(folder.glob("*.jpg"))) > 1][:24]
    pairs = [sorted(folder.glob("*.jpg"))[:2] for folder in folders]
    rows = [f"{a},{b},1" for a, b in pairs]
    rows += [f"{a[0]},{b[1]},0" for a, b in zip(pairs[::2], pairs[1::2], strict=True)]
    path = tmp_path / "people.csv"
    path.write_text("\n".join(("left,right,same", *rows)))
    return path


def test_the_split_shows_who_is_held_out(user: User, people: Path) -> None:
    learner = Learner(user)
    learner.drop(people)
    step = check(learner)
    result = learner.state.check
    assert result is not None
    assert [part.part for part in result.parts] == [Part.TRAIN, Part.VALIDATION, Part.JUDGE]
    assert sum(part.people for part in result.parts) == 24
    assert result.left_out + sum(part.genuine + part.impostor for part in result.parts) == 36
    for part in result.parts:
        column = step.split.columns[part.part]
        assert f"{part.people} people" in column.counts.text()
        assert f"{part.people} people" in column.mosaic.accessibleName()
        assert len(part.faces) == part.people
    names = [{face.name.rsplit("_", 1)[0] for face in part.faces} for part in result.parts]
    assert not names[0] & names[2]
    assert lack_of(learner.state.summary, learner.state.check) == ""
    assert learner.progress(Step.CHECK).status is StepStatus.DONE
    assert not step.split.lack.isVisible()


def test_what_was_found_is_said_and_leads_to_the_desk(user: User, samples: Path, tmp_path: Path) -> None:
    learner = Learner(user)
    folder = tmp_path / "family"
    for person, names in {"Ann": ("obama1.jpg",), "Anna": ("obama2.jpg",), "Joe": ("biden.jpg", "same.jpg")}.items():
        (folder / person).mkdir(parents=True)
        for name in names:
            shutil.copy(samples / ("biden.jpg" if name == "same.jpg" else name), folder / person / name)
    with Image.open(samples / "biden.jpg") as image:
        image.resize((image.width // 2, image.height // 2)).save(folder / "Joe" / "smaller.jpg", quality=80)
        both = np.hstack([np.asarray(image.resize((400, 500))), np.asarray(image.resize((300, 500)))])
    Image.fromarray(both).save(folder / "Joe" / "two.jpg", quality=90)
    Image.new("RGB", (200, 200)).save(folder / "Joe" / "dark.png")
    learner.drop(folder)
    ann, anna = (next(face.id for face in learner.summary.faces if face.person == name) for name in ("Ann", "Anna"))
    learner.controller.settle((ann, anna), Label.SAME)  # two folders, one person
    joe = next(face.id for face in learner.summary.faces if face.name == "biden.jpg")
    learner.controller.settle((ann, joe), Label.SAME)  # a slip
    learner.settle()
    step = check(learner)
    lines = {name: line.words.text() for name, line in step.lines.lines.items()}
    assert "1 photo could not be used" in lines["faces"]
    assert "1 photo shows several faces" in lines["several"]
    assert "1 file is an exact copy" in lines["files"]
    assert "nearly identical" in lines["copies"]
    assert "“Ann” = “Anna”" in lines["people"]
    assert "slip" in lines["doubts"]
    assert step.split.lack.isVisible()
    assert learner.progress(Step.CHECK).status is StepStatus.OPEN
    button = step.lines.lines["doubts"].button
    assert button is not None
    step.scroll_area.ensureWidgetVisible(button)
    learner.click(button)
    learner.settle()
    assert learner.state.step is Step.PAIRS
    assert learner.state.desk is not None
    assert learner.state.desk.mode is DeskMode.LOOK


def test_one_check_runs_at_a_time(user: User, samples: Path) -> None:
    learner = Learner(user)
    learner.drop(samples / "obama1.jpg", samples / "obama2.jpg", samples / "biden.jpg")
    checks: dict[int, object] = {}

    def note() -> None:
        if learner.state.check is not None:
            checks[id(learner.state.check)] = learner.state.check

    learner.controller.changed.connect(note)
    learner.controller.go(Step.CHECK)
    for _ in range(5):  # each of them looks anew, with nothing changed
        learner.controller.show_desk(DeskMode.ASK)
    learner.settle()
    learner.wait(lambda: learner.state.check is not None)
    learner.controller.show_desk(DeskMode.ASK)
    learner.settle()
    assert len(checks) == 1


# The compare page.


def test_what_is_known_of_a_compared_pair_is_kept_and_can_be_taken_back(user: User, samples: Path) -> None:
    truth = user.page.card.truth
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    user.verdict()
    user.qtbot.mouseClick(truth.buttons[Label.SAME], Qt.MouseButton.LeftButton)
    user.qtbot.waitUntil(truth.undo_button.isVisible)
    assert truth.words.text() == "Kept for training: the same person."
    with LabelStore.open() as library:
        (label,) = library.labels()
        assert (label.label, label.source) == (Label.SAME, "compare")
        assert [face.name for face in library.faces()] == ["obama1.jpg", "obama2.jpg"]
    user.qtbot.mouseClick(truth.undo_button, Qt.MouseButton.LeftButton)
    learner = Learner(user)
    assert learner.summary.labels == ()
    assert learner.summary.faces == ()
    user.press(Qt.Key.Key_1, CTRL)
    assert truth.buttons[Label.SAME].isVisible()


def test_another_pair_asks_again_and_keys_answer(user: User, samples: Path) -> None:
    truth = user.page.card.truth
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    user.verdict()
    user.press(Qt.Key.Key_S, CTRL, SHIFT)
    user.qtbot.waitUntil(truth.undo_button.isVisible)
    user.drop_files(samples / "biden.jpg", at=Side.RIGHT)
    user.verdict()
    user.qtbot.waitUntil(truth.buttons[Label.DIFFERENT].isVisible)
    user.press(Qt.Key.Key_D, CTRL, SHIFT)
    user.qtbot.waitUntil(truth.undo_button.isVisible)
    assert sorted(Learner(user).said().values()) == [Label.DIFFERENT, Label.SAME]


def test_a_picture_without_a_file_is_kept_too(user: User, samples: Path) -> None:
    user.drop_files(samples / "obama1.jpg", at=Side.LEFT)
    mime = QMimeData()
    mime.setImageData(QImage(str(samples / "obama2.jpg")))
    user.drop(mime, at=Side.RIGHT)
    user.verdict()
    user.press(Qt.Key.Key_S, CTRL, SHIFT)
    user.qtbot.waitUntil(user.page.card.truth.undo_button.isVisible)
    with LabelStore.open() as library:
        names = {face.name for face in library.faces()}
        assert names == {"obama1.jpg", "dropped picture"}
        pairs = library.pair_set()
    assert pairs.crops.shape == (2, 112, 112, 3)


def test_a_photo_with_itself_is_refused_in_words(user: User, samples: Path) -> None:
    user.drop_files(samples / "obama1.jpg", samples / "obama1.jpg")
    user.verdict()
    truth = user.page.card.truth
    user.press(Qt.Key.Key_S, CTRL, SHIFT)
    user.qtbot.waitUntil(lambda: "same face of the same photo" in truth.words.text())
    assert Learner(user).said() == {}


def test_faces_of_another_encoder_are_read_again(open_window: Callable[..., User], samples: Path) -> None:
    learner = Learner(open_window())
    learner.drop(*(samples / name for name in ("obama1.jpg", "obama2.jpg", "biden.jpg")))
    learner.window.close()
    with LabelStore.open() as library:
        ids = [face.id for face in library.faces()]
    # As if they had been read with another version of the encoder only.
    encoder = bundled_encoder().key
    with raw() as db:
        db.execute("UPDATE vector SET encoder = 'another 1'")
    again = Learner(open_window())
    again.wait(lambda: again.asked is not None)
    again.wait(lambda: again.state.desk is not None and again.state.desk.waiting == 0)
    with LabelStore.open() as library:
        read, before = library.vectors(encoder, ids), library.vectors("another 1", ids)
    assert np.allclose(read, before, atol=1e-4)
