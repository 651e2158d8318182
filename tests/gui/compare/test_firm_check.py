"""Small changes are tried behind the window, and what was tried is not tried again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from siamgui.core.calibration import Calibration, Limits, judge
from siamgui.core.imaging import load_photo
from siamgui.core.pipeline import FaceEngine
from siamgui.core.resources import resource
from siamgui.core.types import Change, Outcome, PhotoReading, Strictness
from siamgui.gui.compare.firm_check import FirmCheck
from siamgui.gui.inference import Inference
from tests.builders.window import PATIENCE, User


@pytest.fixture(scope="module")
def reads(engine: FaceEngine) -> dict[str, PhotoReading]:

    return {
        name: engine.read_photo(load_photo(resource(f"samples/{name}.jpg"))) for name in ("obama1", "obama2", "biden")
    }


@pytest.fixture
def check(inference: Inference, qtbot: QtBot) -> FirmCheck:
    qtbot.waitUntil(lambda: inference.current is not None, timeout=PATIENCE)
    return FirmCheck(inference)


def test_found_at_every_strictness_and_kept(check: FirmCheck, reads: dict[str, PhotoReading], qtbot: QtBot) -> None:
    left, right = reads["obama1"], reads["obama2"]
    with qtbot.waitSignal(check.done, timeout=PATIENCE):
        check.check(left, right)
    found = check.found(left.reading, right.reading)
    assert found is not None
    assert set(found) == set(Strictness)
    assert len(found[Strictness.BALANCED].trials) == 2 * len(Change)
    assert check.found(right.reading, left.reading) is None
    tried = check._tried[left.reading]
    before = dict(tried)
    with qtbot.waitSignal(check.done, timeout=PATIENCE):
        check.check(right, left)  # swapped: judged anew, and nothing read again
    assert check._tried[left.reading] == before
    check.stop()


def test_stopped_before_it_is_over_says_nothing(check: FirmCheck, reads: dict[str, PhotoReading], qtbot: QtBot) -> None:
    check.check(reads["obama1"], reads["biden"])
    check.stop()
    with qtbot.assertNotEmitted(check.done, wait=200):
        pass
    assert check.found(reads["obama1"].reading, reads["biden"].reading) is None


def test_the_window_answers_first_and_then_says_how_firm(user: User, samples: Path) -> None:
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    comparison = user.verdict()
    card = user.page.card
    assert user.controller.state.checking
    assert comparison.verdict.firmness is None
    assert card.headline.text() == "Supports: same person"
    assert card.firm.text().startswith("Checking whether that holds")
    card.render_state(replace(user.controller.state, checking=False))  # as where they could not be tried
    assert card.firm.text().endswith("could not be tried.")
    user.firm()
    state = user.controller.state
    assert state.comparison is not None
    assert state.comparison.verdict.firmness is not None
    assert card.headline.text() == "Supports: same person"
    assert card.firm.text().startswith("That holds when the photos are changed a little")
    assert "stays between" in card.gauge.accessibleDescription()
    before = state.comparison.verdict.firmness
    user.window.controllers.set_strictness(Strictness.STRICT)  # judged again without asking the engine
    assert not user.controller.state.checking
    assert user.controller.state.comparison is not None
    assert user.controller.state.comparison.verdict.firmness is not before


def test_what_does_not_hold_is_inconclusive_in_the_window(
    open_window: Callable[..., User], samples: Path, reads: dict[str, PhotoReading], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pair whose distance is just within the limit."""
    left, right = reads["obama1"].reading, reads["obama2"].reading
    claim = judge(Calibration.bundled(), left, right, Strictness.BALANCED).claim
    assert claim is not None
    monkeypatch.setattr(Calibration, "limits", lambda *_: Limits(claim.adjusted + 1e-4, claim.adjusted + 0.2))
    user = open_window()
    user.drop_files(samples / "obama1.jpg", samples / "obama2.jpg")
    assert user.verdict().verdict.outcome is Outcome.SAME
    user.firm()
    comparison = user.controller.state.comparison
    assert comparison is not None
    assert comparison.verdict.outcome is Outcome.INCONCLUSIVE
    assert "does not hold" in user.page.card.reason.text()
    assert user.page.card.headline.text() == "Inconclusive"


def test_what_could_not_be_tried_says_nothing_of_another_pair(
    check: FirmCheck, reads: dict[str, PhotoReading], qtbot: QtBot
) -> None:
    left, right = reads["obama1"], reads["obama2"]
    bare = replace(left, photo=replace(left.photo, pixels=np.zeros((0, 0, 3), np.uint8)))
    with qtbot.captureExceptions(), qtbot.waitSignal(check.done, timeout=PATIENCE):
        check.check(bare, right)
    assert check.failed(left.reading, right.reading)
    assert not check.failed(left.reading, reads["biden"].reading)
    assert not check.failed(right.reading, left.reading)
