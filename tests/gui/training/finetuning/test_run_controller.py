"""Steps 3 to 5 in the real window, with the real training process: plan, train, watch, interrupt, judge, use."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QSpinBox

from siamgui.core.imaging import load_photo
from siamgui.core.paths import LIBRARY, data_folder
from siamgui.core.pipeline import FaceEngine
from siamgui.core.types import Label
from siamgui.finetuning.methods import METHODS
from siamgui.finetuning.settings import LossName
from siamgui.gui import language
from siamgui.gui.training.finetuning.method_step import MethodStep
from siamgui.gui.training.finetuning.train_step import TrainStep
from siamgui.gui.training.versions.judge_step import JudgeStep
from siamgui.storage.label_store import LabelStore
from siamgui.storage.run_state import Phase, RunState
from siamgui.storage.store import Store
from siamgui.storage.training_runs import MakeRun
from siamgui.storage.training_steps import Step, StepStatus
from siamgui.vault.errors import Locked
from siamgui.vault.vault import vault_of
from siamgui.versions.method import Method
from siamgui.versions.version_store import VersionStore
from tests.builders.labels import fill
from tests.builders.window import PATIENCE, User

PEOPLE, PHOTOS, CIRCLE = 20, 3, 2
RUN_PATIENCE = 4 * PATIENCE
Triple = tuple[int, int, Label]


@pytest.fixture(scope="module")
def labelled(att: Path, engine: FaceEngine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of 20 people of AT&T: 60 pairs of the same person, 30 of different people."""
    path = tmp_path_factory.mktemp("library") / LIBRARY
    faces: dict[int, list[int]] = {}
    with LabelStore.open(path) as library:
        for person, number in itertools.product(range(1, PEOPLE + 1), range(1, PHOTOS + 1)):
            photo = load_photo(att / f"s{person}" / f"{number}.pgm")
            reading = engine.read_photo(photo).reading
            faces.setdefault(person, []).append(library.add_face(photo, reading, 1).id)
        pairs: list[Triple] = []
        for own in faces.values():
            pairs += [(a, b, Label.SAME) for a, b in itertools.combinations(own, 2)]
        for one, other in itertools.combinations(faces, 2):
            if (one - 1) // CIRCLE == (other - 1) // CIRCLE:
                pairs += [(a, b, Label.DIFFERENT) for a, b in zip(faces[one], faces[other], strict=True)]
        library.set_labels(pairs, "csv")
    return path


class Trainee:
    """A person at steps 3 to 5."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.window = user.window
        user.press(Qt.Key.Key_5, Qt.KeyboardModifier.ControlModifier)
        self.runs = user.window.controllers.runs
        labelling = user.window.controllers.labelling
        self.wait(
            lambda: (
                labelling.state.summary is not None
                and self.state.counts is not None
                and self.state.versions is not None
            )
        )

    @property
    def state(self) -> RunState:
        return self.runs.state

    def wait(self, done: Callable[[], bool]) -> None:
        self.user.qtbot.waitUntil(done, timeout=RUN_PATIENCE)

    def wait_for(self, *phases: Phase) -> None:
        self.wait(lambda: self.state.phase in phases)

    def press(self, button: QAbstractButton) -> None:
        """With the space bar."""
        assert button.isVisible()
        assert button.isEnabled()
        button.setFocus()
        self.user.press(Qt.Key.Key_Space)

    def speak(self, to: str) -> None:
        """Change the language of the window."""
        app, before = QApplication.instance(), self.user.training
        assert isinstance(app, QApplication)
        language.apply(app, to)
        self.wait(lambda: self.user.training is not before)

    def _step(self, step: Step) -> object:
        self.window.controllers.labelling.go(step)
        return self.user.training.steps[step]

    @property
    def method(self) -> MethodStep:
        step = self._step(Step.METHOD)
        assert isinstance(step, MethodStep)
        return step

    @property
    def train(self) -> TrainStep:
        step = self._step(Step.TRAIN)
        assert isinstance(step, TrainStep)
        return step

    @property
    def judge(self) -> JudgeStep:
        step = self._step(Step.JUDGE)
        assert isinstance(step, JudgeStep)
        return step

    def status(self, step: Step) -> StepStatus:
        return self.user.training.progress[step].status


@pytest.fixture
def open_trainee(open_window: Callable[..., User], labelled: Path) -> Callable[..., Trainee]:
    def make(start: bool = False) -> Trainee:
        data_folder().mkdir(parents=True, exist_ok=True)
        if not (data_folder() / LIBRARY).exists():
            shutil.copytree(labelled.parent, data_folder(), dirs_exist_ok=True)
        return Trainee(open_window(start=start))

    return make


def focus_and_type(trainee: Trainee, box: QSpinBox, text: str) -> None:
    box.setFocus()
    box.selectAll()
    trainee.user.qtbot.keyClicks(box, text)
    trainee.user.press(Qt.Key.Key_Tab)


# Step 3.


def test_one_recommendation_and_the_users_own_choice_is_remembered(open_trainee: Callable[..., Trainee]) -> None:
    trainee = open_trainee()
    step = trainee.method
    assert step.headline.text() == "Recommended: Head on frozen embeddings"
    assert "90 pairs" in step.reason.text()
    assert [method for method, card in step.cards.items() if card.radio.isChecked()] == [Method.HEAD]
    step.cards[Method.HEAD].radio.setFocus()
    trainee.user.press(Qt.Key.Key_Down)
    assert trainee.state.wanted is not None
    assert trainee.state.wanted.method is Method.ADAPT
    assert step.cards[Method.ADAPT].radio.hasFocus()
    assert not step.form.isVisible()
    trainee.press(step.expert_button)
    assert step.form.isVisible()
    epochs, loss, q = (step.form.boxes[name] for name in ("epochs", "loss", "q"))
    assert isinstance(epochs, QSpinBox)
    assert isinstance(loss, QComboBox)
    focus_and_type(trainee, epochs, "3")
    assert not q.isVisible()
    loss.setFocus()
    trainee.user.press(Qt.Key.Key_Down)
    assert q.isVisible()  # the Chopra loss alone has a Q
    step.name.setFocus()
    trainee.user.qtbot.keyClicks(step.name, "Night gate")
    trainee.user.press(Qt.Key.Key_Tab)
    trainee.window.close()
    again = open_trainee()
    wanted = again.state.wanted
    assert wanted is not None
    assert (wanted.method, wanted.epochs, wanted.loss) == (Method.ADAPT, 3, LossName.CHOPRA)
    step = again.method
    assert step.name.text() == "Night gate"
    assert step.default_button.isVisible()
    trainee_focus = step.cards[Method.HEAD].radio
    trainee_focus.click()
    assert again.state.plan.settings is None  # what is recommended follows the data


def test_without_pairs_training_waits_for_them(open_window: Callable[..., User]) -> None:
    trainee = Trainee(open_window(start=False))
    for step in (Step.METHOD, Step.TRAIN, Step.JUDGE):
        assert trainee.status(step) is StepStatus.BLOCKED
    assert trainee.status(Step.ACTIVATE) is StepStatus.OPEN


# Steps 4 and 5.


@pytest.mark.long
def test_train_judge_and_use_while_comparing_goes_on(open_trainee: Callable[..., Trainee], samples: Path) -> None:
    trainee = open_trainee(start=True)
    step = trainee.train
    assert "90 pairs of 20 people" in step.summary.text()
    trainee.press(step.begin_button)
    trainee.wait_for(Phase.RUNNING)
    trainee.window.go("compare")
    trainee.user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    before = trainee.user.verdict()
    trainee.window.go("training")
    trainee.wait(lambda: len(trainee.state.epochs) > 2)
    trainee.press(step.keep_button)
    trainee.wait_for(Phase.FINISHED, Phase.BROKEN_OFF)
    assert trainee.state.error is None
    assert trainee.state.epochs[0].number == 0
    assert len(step.eer.lines[0].getData()[0]) == len(trainee.state.epochs)
    assert "Equal error rate on held-out people" in step.eer.accessibleDescription()
    assert step.distances.accessibleDescription() != "Nothing has been measured yet."
    judge = trainee.judge
    judged = trainee.state.judged
    assert judged is not None
    assert judged.judgement.gate.allowed
    assert judged.judgement.holdout is not None
    assert "“My photos 1”" in judge.headline.text()
    assert "Equal error rate" in judge.holdout.table.accessibleDescription()
    assert judge.reference.isVisible()
    assert len(judge.worst.tiles) == min(12, len(judged.judgement.holdout.worst))
    trainee.press(judge.use_button)
    trainee.wait(lambda: judge.use_button.text() == "In use")
    trainee.wait(lambda: "My photos 1" in trainee.window.status.engine.whole_text())
    after = trainee.user.verdict()
    assert after.engine.encoder_id == judged.version == VersionStore().active().id
    assert after.verdict.distance != before.verdict.distance
    trainee.window.close()
    again = open_trainee()  # what was judged is still there
    again.wait_for(Phase.FINISHED)
    assert again.judge.use_button.text() == "In use"


@pytest.mark.long
def test_in_another_language_the_plan_and_the_run_go_on(open_trainee: Callable[..., Trainee]) -> None:
    trainee = open_trainee()
    method = trainee.method
    trainee.press(method.expert_button)
    method.name.setFocus()
    trainee.user.qtbot.keyClicks(method.name, "Night")
    trainee.speak("zh_CN")
    assert trainee.method is not method
    assert trainee.method.form.isVisible()
    assert trainee.method.name.hasFocus()
    trainee.user.qtbot.keyClicks(trainee.method.name, " gate")
    trainee.press(trainee.train.begin_button)
    trainee.wait(lambda: len(trainee.state.epochs) > 2)
    trainee.press(trainee.train.pause_button)
    trainee.wait_for(Phase.PAUSED)
    trainee.speak("en")
    step = trainee.train
    assert step.headline.text() == "“Night gate” is paused"
    assert len(step.eer.lines[0].getData()[0]) == len(trainee.state.epochs)
    assert "Equal error rate on held-out people" in step.eer.accessibleDescription()
    assert trainee.user.training.rail.buttons[Step.TRAIN].text() == "4  Train\npaused"
    assert step.pause_button.hasFocus()
    trainee.press(step.pause_button)
    trainee.wait_for(Phase.RUNNING)
    trainee.press(step.keep_button)
    trainee.wait_for(Phase.FINISHED, Phase.BROKEN_OFF)
    judge = trainee.judge
    before, table = judge.headline.text(), judge.holdout.table.accessibleDescription()
    trainee.speak("zh_CN")
    assert trainee.judge.headline.text() != before
    assert trainee.judge.holdout.table.accessibleDescription() != table


def test_whoever_changes_what_opens_the_vault_does_not_hold_up_the_window(
    open_window: Callable[..., User], quick_passphrases: None
) -> None:
    with LabelStore.open() as library:
        ids = [face.id for face in fill(library, 8)]
        for others, label in ((ids[1::2], Label.SAME), (ids[2::2], Label.DIFFERENT)):
            library.set_labels([(a, b, label) for a, b in zip(ids[::2], others, strict=False)], "csv")
    with Store() as store:
        store.do(MakeRun(METHODS[Method.CALIBRATE].defaults, "mine", None))
    trainee, vault = Trainee(open_window(start=False)), vault_of()
    trainee.wait_for(Phase.BROKEN_OFF)
    held, go_on = threading.Event(), threading.Event()

    def change() -> None:
        with vault._guard:
            held.set()
            go_on.wait(5)
            vault.set_passphrase("correct horse battery")
            vault.forget()

    thread = threading.Thread(target=change)
    thread.start()
    held.wait()
    trainee.runs.go_on()
    trainee.runs.go_on()  # one is enough
    trainee.runs.discard()
    assert (trainee.state.phase, trainee.state.error, trainee.runs._process) == (Phase.BROKEN_OFF, None, None)
    assert not go_on.is_set()
    assert thread.is_alive()  # it still has it
    go_on.set()
    thread.join()
    trainee.wait(lambda: isinstance(trainee.state.error, Locked))
    assert trainee.state.phase is Phase.BROKEN_OFF


@pytest.mark.long
def test_killed_closed_continued_cancelled_forgotten(open_trainee: Callable[..., Trainee]) -> None:
    trainee = open_trainee()
    step = trainee.train
    trainee.press(step.begin_button)
    trainee.wait(lambda: len(trainee.state.epochs) > 2)
    trainee.press(step.pause_button)
    trainee.wait_for(Phase.PAUSED)
    process = trainee.runs._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    trainee.wait_for(Phase.BROKEN_OFF)
    assert step.error.text().startswith("Training stopped unexpectedly.")
    assert step.continue_button.hasFocus()
    seen = len(trainee.state.epochs)
    trainee.press(step.continue_button)
    trainee.wait(lambda: len(trainee.state.epochs) > seen)
    assert not step.error.isVisible()
    trainee.window.close()  # the process writes its checkpoint and leaves
    again = open_trainee()
    again.wait_for(Phase.BROKEN_OFF)
    step = again.train
    assert "was interrupted" in step.headline.text()
    kept = again.state.epochs
    assert [epoch.number for epoch in kept] == list(range(len(kept)))
    again.press(step.continue_button)
    again.wait(lambda: len(again.state.epochs) > len(kept))
    assert again.state.epochs[: len(kept)] == kept
    assert [epoch.number for epoch in again.state.epochs] == list(range(len(again.state.epochs)))
    again.press(step.cancel_button)
    again.wait_for(Phase.BROKEN_OFF)
    assert again.state.error is None
    again.press(step.discard_button)
    assert again.state.phase is Phase.NONE
    assert step.begin_button.hasFocus()
    again.window.close()
    assert not list((data_folder() / "training").iterdir())  # it held faces
    assert open_trainee().state.phase is Phase.NONE


def shuffled(triples: Sequence[Triple]) -> list[Triple]:
    labels = np.random.default_rng(1).permutation(np.array([label for _, _, label in triples], dtype=object))
    return [(left, right, label) for (left, right, _), label in zip(triples, labels, strict=True)]


@pytest.mark.long
def test_labels_of_chance_are_refused_unless_a_reason_is_typed(
    open_trainee: Callable[..., Trainee], labelled: Path
) -> None:
    data_folder().mkdir(parents=True, exist_ok=True)
    shutil.copytree(labelled.parent, data_folder(), dirs_exist_ok=True)
    with LabelStore.open() as library:
        for left, right, label in shuffled([(one.left, one.right, one.label) for one in library.labels()]):
            library.set_label(left, right, label, "desk")
    trainee = open_trainee()
    trainee.method.cards[Method.CALIBRATE].radio.click()
    trainee.press(trainee.train.begin_button)
    trainee.wait_for(Phase.FINISHED, Phase.BROKEN_OFF)
    assert trainee.state.phase is Phase.FINISHED, trainee.state.error
    judge = trainee.judge
    assert judge.headline.text() == "“My photos 1” is not recommended"
    assert "The labels look like chance" in judge.reasons.text()
    assert not judge.use_button.isVisible()
    trainee.press(judge.override_button)
    assert judge.reason.hasFocus()
    trainee.user.press(Qt.Key.Key_Escape)
    assert not judge.reason.isVisible()
    assert trainee.window.page == "training"
    trainee.press(judge.override_button)
    trainee.user.press(Qt.Key.Key_Return)
    assert VersionStore().active().bundled
    trainee.user.qtbot.keyClicks(judge.reason, "Only to see what happens")
    trainee.user.press(Qt.Key.Key_Return)
    trainee.wait(lambda: judge.use_button.isVisible() and judge.use_button.text() == "In use")
    assert VersionStore().active().card.override_reason == "Only to see what happens"
