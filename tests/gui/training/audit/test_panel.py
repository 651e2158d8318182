"""An audit in the real window: a folder and a table are chosen, read behind the window, shown and saved."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from siamgui.core.types import Strictness
from siamgui.evaluation.groups import NobodyNamed
from siamgui.gui.training.audit.panel import AuditPanel
from siamgui.gui.training.versions.judge_step import JudgeStep
from siamgui.storage.training_steps import Step
from tests.builders.training_page import OBAMAS, Learner


@pytest.fixture
def people(tmp_path: Path, samples: Path) -> Path:
    for name in (*OBAMAS, "biden.jpg"):
        target = tmp_path / "people" / ("Joe" if name == "biden.jpg" else "Barack") / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(samples / name, target)
    return tmp_path / "people"


def _panel(learner: Learner) -> AuditPanel:
    learner.click(learner.page.rail.buttons[Step.JUDGE])
    step = learner.page.steps[Step.JUDGE]
    assert isinstance(step, JudgeStep)
    learner.wait(lambda: learner.window.controllers.audit.state.engine)
    return step.audit


def test_an_audit_is_there_before_anything_was_trained_and_is_shown_and_saved(
    learner: Learner, people: Path, tmp_path: Path
) -> None:
    panel, audit = _panel(learner), learner.window.controllers.audit
    assert not panel.start_button.isEnabled()
    table = tmp_path / "groups.csv"
    table.write_text("person,office\nBarack,first\nJoe,second\n")
    panel.folders.chosen.emit((people,))
    panel.lists.chosen.emit((table,))
    assert panel.chosen.text() == "people · groups.csv"
    learner.click(panel.start_button)
    learner.wait(lambda: not audit.state.running)
    assert audit.state.error is None
    assert "2 people; a face was read in 4 of 4 photos." in panel.said.text()
    assert [one.accessibleName() for one in panel.tables] == [
        "Everybody",
        "office",
        "Condition",
        "Quality",
    ]
    assert "first: people 1, photos 3" in panel.tables[1].accessibleDescription()

    learner.window.controllers.set_strictness(Strictness.STRICT)
    assert audit.state.strictness is Strictness.STRICT
    panel.pages.chosen.emit((tmp_path / "mine.html",))
    learner.wait(lambda: audit.state.saved is not None)
    assert "<h1>Audit by group: people</h1>" in (tmp_path / "mine.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "mine.json").read_text(encoding="utf-8"))["schema"] == "siamgui.audit/1"


def test_what_cannot_be_audited_is_said_and_an_audit_can_be_given_up(
    learner: Learner, people: Path, tmp_path: Path
) -> None:
    panel, audit = _panel(learner), learner.window.controllers.audit
    table = tmp_path / "groups.csv"
    table.write_text("person,office\nNobody,first\n")
    panel.folders.chosen.emit((people,))
    panel.lists.chosen.emit((table,))
    learner.click(panel.start_button)
    learner.wait(lambda: not audit.state.running)
    assert isinstance(audit.state.error, NobodyNamed)
    assert panel.trouble.isVisible()

    panel.lists.chosen.emit(())
    learner.click(panel.start_button)
    learner.click(panel.stop_button)
    learner.wait(lambda: not audit.state.running)
    assert (audit.state.report, audit.state.error) == (None, None)
    assert panel.start_button.isEnabled()
